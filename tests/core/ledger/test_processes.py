"""Several processes on one store, and processes that are killed in the middle of their work."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from taizhang.testing.ledgers import dump
from taizhang.workspace import Workspace

Worker = Callable[..., "subprocess.Popen[str]"]
OFF = {"liudai"}


def together(processes: Sequence[subprocess.Popen[str]]) -> list[list[str]]:
    """Lets all go at once; what each said, once it has ended without error."""
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    said = []
    for process in processes:
        assert process.stdout is not None
        assert process.stderr is not None
        out = process.stdout.read()
        assert (process.wait(timeout=60), process.stderr.read()) == (0, "")
        said.append(out.splitlines())
    return said


def killed(process: subprocess.Popen[str]) -> None:
    """Lets a process go that kills itself."""
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    process.communicate("\n", timeout=60)
    assert process.returncode == -9


def sound(ws: Workspace) -> None:
    """Fails unless the ledger is level with the log and a rebuild gives the same."""
    ws.catch_up()
    before = dump(ws.db, ws.registry)
    assert ws.db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert {p for (p,) in ws.db.execute("SELECT position FROM _tracking")} == {ws.log.head()}
    ws.rebuild()
    assert dump(ws.db, ws.registry) == before


@pytest.mark.parametrize("branches", [["甲支部"] * 4, ["甲支部", "乙支部"] * 2], ids=["one", "two"])
def test_four_processes_lose_nothing(store: Path, worker: Worker, branches: list[str]) -> None:
    count = 6
    processes = [worker("record", store, f"党员{k}号", count, b) for k, b in enumerate(branches)]
    said = [line.split() for lines in together(processes) for line in lines]
    seqs = [int(seq) for _, *listed in said for seq in listed]
    assert len(set(seqs)) == len(seqs) == 4 * (count + count // 3)
    with Workspace.open(store, disabled=OFF) as ws:
        assert set(seqs) == {e.position for e in ws.log.read(after=6)}
        members = {row["member"] for row in ws.at("2012-03-01").rows("memberships")}
        assert {id for id, *_ in said if id != "-"} <= members
        assert len(members) == 3 + 4 * count
        assert ws.findings() == []
        sound(ws)


def test_the_same_action_from_four_processes_is_recorded_once(store: Path, worker: Worker) -> None:
    said = together([worker("once", store, "same-action") for _ in range(4)])
    assert len({line for lines in said for line in lines}) == 1
    with Workspace.open(store, disabled=OFF) as ws:
        assert len(list(ws.log.read(tags=["action:same-action"]))) == 1
        sound(ws)


def test_killed_between_log_and_ledger(store: Path, worker: Worker) -> None:
    """The log has the action: the ledger catches up, and trying again records nothing more."""
    with Workspace.open(store, disabled=OFF) as ws:
        head = ws.log.head()
    killed(worker("die", store, "the-action"))
    with Workspace.open(store, disabled=OFF) as ws:
        assert ws.log.head() == head + 1
        assert [r["name"] for r in ws.at("2012-01-01").rows("organisations")][-1] == "只此一个"
        fields = {"name": "只此一个", "kind": "支部"}
        again = ws.record("organisation.found", fields, on="2012-01-01", action_id="the-action")
        assert again.seq == (head + 1,)
        assert ws.log.head() == head + 1
        sound(ws)


def test_killed_between_log_and_ledger_beside_another_reader(store: Path, worker: Worker) -> None:
    with Workspace.open(store, disabled=OFF) as ws:
        killed(worker("die", store, "the-action"))
        assert len(ws.at("2012-01-01").rows("organisations")) == 2
        ws.catch_up()
        assert len(ws.at("2012-01-01").rows("organisations")) == 3
        sound(ws)


def test_a_rebuild_that_is_killed_leaves_the_ledger_as_it_was(store: Path, worker: Worker) -> None:
    with Workspace.open(store, disabled=OFF) as ws:
        before = dump(ws.db, ws.registry)
        killed(worker("rebuild", store))
        assert dump(ws.db, ws.registry) == before
        assert list(store.glob("ledger.rebuild-*"))
        sound(ws)
        assert list(store.glob("ledger.rebuild-*")) == [], "what it left is cleared away"
