"""Building in several processes: the same ledger as one makes, and none of them left behind."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from ledgerkit import toy

from taizhang.declarations.registry import Registry
from taizhang.ledger import parallel, rebuild
from taizhang.ledger.building import Builder
from taizhang.ledger.noting import Noting, part_of
from taizhang.ledger.projector import Progress
from taizhang.ledger.schema import connect
from taizhang.ledger.vault import vault_of
from taizhang.loading.loader import load
from taizhang.maintenance.erasing import erase
from taizhang.testing.histories import histories
from taizhang.testing.logs import Said, logged
from taizhang.testing.properties import ends
from taizhang.workspace import Workspace
from taizhang_eventstore import forking
from taizhang_eventstore.log import Log, open_log

from .test_building import DAY, WITH, bad, history, raising

__all__ = ["bad"]

WITHOUT = toy.registry(with_extra=False)
CALM = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture]


def everything(db: sqlite3.Connection) -> dict[str, list[tuple[Any, ...]]]:
    """All that a file holds, in its order and with its rowids."""
    schema = db.execute("SELECT type, name, sql FROM sqlite_master").fetchall()
    found = {"": schema}
    for kind, name, sql in schema:
        # The index itself keeps no rows; the tables that it is made of are looked at.
        if kind == "table" and name != "_finder":
            rowid = "" if "WITHOUT ROWID" in sql or name.startswith("_finder_") else "rowid, "
            found[name] = db.execute(f'SELECT {rowid}* FROM "{name}"').fetchall()
    return found


def built(
    log: Log, registry: Registry, path: Path, processes: int, share: int = 3
) -> dict[str, list[tuple[Any, ...]]]:
    """The ledger that so many processes make."""
    path.unlink(missing_ok=True)
    with closing(connect(path)) as db:
        db.execute("PRAGMA synchronous = OFF")
        builder = Builder(
            db, log, registry, path.parent, processes=processes, page=share, share=share
        )
        builder.prepare()
        builder.build()
        return everything(db)


@pytest.fixture
def forced(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two processes, however short the log and however few the cores."""
    monkeypatch.setattr(parallel, "processes", lambda *_: 2)


@pytest.fixture(autouse=True)
def _nobody_left() -> Iterator[None]:
    yield
    assert multiprocessing.active_children() == []
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


@pytest.mark.parametrize("which", ["toy", "real"])
def test_the_ledger_is_the_same_row_by_row(
    tmp_path_factory: pytest.TempPathFactory, which: str
) -> None:
    """Also without one of the programmes whose events are in the log."""
    registry = toy.registry() if which == "toy" else load().registry

    @settings(max_examples=15 if which == "toy" else 5, suppress_health_check=CALM)
    @given(histories(registry))
    def holds(said: Sequence[Said]) -> None:
        folder = tmp_path_factory.mktemp("parallel")
        with logged(folder / "events.db", said, registry) as log:
            one = built(log, registry, folder / "ledger.db", 1)
            for count in (2, 3):
                assert built(log, registry, folder / "ledger.db", count) == one
        if which == "toy":
            with open_log(folder / "events.db", WITHOUT.codec) as log:
                one = built(log, WITHOUT, folder / "ledger.db", 1)
                assert built(log, WITHOUT, folder / "ledger.db", 2) == one

    holds()


def test_a_longer_log_with_amendments_of_what_lies_behind_a_cut(tmp_path: Path) -> None:
    said = history(60)
    roots = [s for s in said if s.event.__class__.__name__ in ("Moved", "Stamp", "Lead")][:12]
    for root in roots:
        position = len(said) + 1
        said.append(
            Said(
                position, root.event, root.on, position, corrects=root.position, root=root.position
            )
        )
    with logged(tmp_path / "events.db", said, WITH) as log:
        one = built(log, WITH, tmp_path / "ledger.db", 1, share=7)
        assert any(name.endswith("_history") and rows for name, rows in one.items())
        for count in (2, 3, 5):
            assert built(log, WITH, tmp_path / "ledger.db", count, share=7) == one


def test_cuts_are_where_actions_end(tmp_path: Path) -> None:
    @settings(max_examples=20, suppress_health_check=CALM)
    @given(histories(WITHOUT))
    def holds(said: Sequence[Said]) -> None:
        path = tmp_path / "events.db"
        path.unlink(missing_ok=True)
        with logged(path, said, WITHOUT) as log:
            for count in (1, 2, 3, 50):
                cuts = parallel._cuts(log, log.head(), count)
                assert cuts[0][0] == 0
                assert cuts[-1][1] == log.head()
                assert [b for _, b in cuts[:-1]] == [a for a, _ in cuts[1:]]
                assert {b for _, b in cuts} <= set(ends(said))

    holds()


def test_sealed_texts_and_erased_ones(store: Path, tmp_path: Path) -> None:
    """Under keys, which each process reads by itself; texts that were corrected to the same as well."""
    with Workspace.open(store) as ws:
        for number, name in enumerate(("王小明", "李秀英", "张伟")):
            ids = ws.at("2012-01-01").query("SELECT id FROM members WHERE name = ?", name)
            details = {"member": ids[0]["id"], "phone": f"1380000000{number}"}
            seq = ws.record("member.correct_details", details, on="2012-02-01").seq[0]
            if number:
                fields = {"phone": f"1380000000{number - 1}"}
                ws.correct(seq, fields, reason="写错了")
        erase(ws, "member", ids[0]["id"], "本人要求")
        one = built(ws.log, ws.registry, tmp_path / "ledger.db", 1, share=2)
        vault = vault_of(ws.registry)
        texts = {vault.text(token, kept) for token, _, kept, *_ in one["personal"]}
        assert "王小明" in texts
        assert "张伟" not in texts
        marks = {mark for mark, *_ in one["_ranks"]}
        assert [vault.mark(n) in marks for n in ("王小明", "张伟")] == [True, False]
        for count in (2, 3):
            assert built(ws.log, ws.registry, tmp_path / "ledger.db", count, share=2) == one


def test_faults_are_found_and_said_as_one_process_does(
    tmp_path: Path, bad: None, forced: None
) -> None:
    raising(tmp_path)


@pytest.mark.parametrize("stage", [Noting, Builder])
def test_a_process_that_is_killed_costs_time_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, forced: None, stage: type
) -> None:
    here, name = os.getpid(), "read" if stage is Noting else "make"
    work = getattr(stage, name)

    def killed(*args: Any, **words: Any) -> None:
        if os.getpid() != here:
            os.kill(os.getpid(), signal.SIGKILL)
        work(*args, **words)

    monkeypatch.setattr(stage, name, killed)
    with logged(tmp_path / "events.db", history(40), WITH) as log:
        with closing(rebuild.build(tmp_path / "ledger.db", log, WITH)) as db:
            found = everything(db)
        monkeypatch.undo()
        with closing(rebuild.build(tmp_path / "other.db", log, WITH)) as db:
            assert everything(db) == found


def test_ctrl_c_ends_all_of_them_and_the_old_ledger_stays(
    store: Path, monkeypatch: pytest.MonkeyPatch, forced: None
) -> None:
    here = os.getpid()
    make = Builder.make

    def hanging(*args: Any) -> None:
        if os.getpid() != here:
            signal.pause()
        make(*args)

    def press(*_: object) -> None:
        raise KeyboardInterrupt

    with Workspace.open(store) as ws:
        before = everything(ws.db)
        monkeypatch.setattr(Builder, "make", hanging)
        usual = signal.signal(signal.SIGALRM, press)
        # Again and again: one that falls into a callback of the fork is swallowed there.
        signal.setitimer(signal.ITIMER_REAL, 0.5, 0.5)
        try:
            with pytest.raises(KeyboardInterrupt):
                ws.rebuild()
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, usual)
        assert everything(ws.db) == before
    assert list(store.glob("ledger.rebuild-*")) == []


def test_progress_rises_to_the_whole(tmp_path: Path, forced: None) -> None:
    told: list[tuple[int, int]] = []
    progress: Progress = lambda *each: told.append(each)  # noqa: E731
    with logged(tmp_path / "events.db", history(60), WITH) as log:
        rebuild.build(tmp_path / "ledger.db", log, WITH, progress).close()
    assert told == sorted(told)
    assert told[-1] == (60, 60)


def test_when_one_process_does_it_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A short log, one core, another thread, a programme whose events are not lifted, a log looked at."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1, 2})
    # Whoever runs the tests may have threads of its own.
    usual, counted = forking.threads(), forking.threads
    monkeypatch.setattr(forking, "threads", lambda: 1)
    registry = toy.registry()
    path = tmp_path / "events.db"
    first = [Said(1, toy.Founded(organisation="o-0", name="甲"), DAY, 1)]
    with logged(path, first, registry) as log:
        assert parallel.processes(log, registry) == 1
        monkeypatch.setattr(parallel, "SMALL", 1)
        assert parallel.processes(log, registry) == 3
        registry.unlifted["extra"] = "|"
        assert parallel.processes(log, registry) == 1
        registry.unlifted.clear()
        done = threading.Event()
        other = threading.Thread(target=done.wait)
        other.start()
        assert counted() > usual
        monkeypatch.setattr(forking, "threads", lambda: 2)
        assert parallel.processes(log, registry) == 1
        monkeypatch.setattr(forking, "threads", lambda: 1)
        done.set()
        other.join()
        monkeypatch.setattr(os, "sched_getaffinity", lambda _: {1})
        assert parallel.processes(log, registry) == 1
        monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1, 2})
        assert parallel.processes(log, registry) == 3
        with open_log(path, registry.codec, read_only=True) as looked:
            assert parallel.processes(looked, registry) == 1


def test_parts_are_the_same_in_every_process() -> None:
    keys = [("m-1",), ("m-1", "甲"), ("m-1", None), (7,), (), (7, 8), ("\ud800",)]
    assert [part_of(key, 97) for key in keys] == [66, 59, 71, 7, 57, 88, 81]
