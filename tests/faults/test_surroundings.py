"""Surroundings that are against us: a read-only medium, a clock set back, a programme that raises."""

from __future__ import annotations

import datetime as dt
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from faultkit.outcome import Row, examine, retried

from taizhang.api import Deed, Member, Programme, field
from taizhang.api import Row as TableRow
from taizhang.cli import main
from taizhang.workspace import Workspace
from taizhang_eventstore.ambient import SeededAmbient
from taizhang_eventstore.errors import StoreError
from taizhang_eventstore.verifying.verifying import verify

pytestmark = pytest.mark.faults


def test_a_read_only_medium(
    row: Row, store: Path, disk: Callable[[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    """a read-only medium"""
    acknowledged = retried(store, "m", 5)
    for k, without in enumerate(((), ("ledger.db",), ("ledger.db", "seal.key"))):
        place = disk("16m")
        there = Path(shutil.copytree(store, place / "store"))
        for name in without:
            (there / name).unlink()
        subprocess.run(["mount", "-o", "remount,ro", str(place)], check=True)
        for words, code in (
            (["show", "members", "--json"], 0), (["overview"], 0), (["verify"], 0), (["doctor"], None),
            (["--read-only", "events"], 0), (["seal"], 1), (["rebuild"], 1),
            (["record", "organisation.found", "--name", "丙", "--kind", "支部"], 1),
        ):  # fmt: skip
            with pytest.raises(SystemExit) as leave:
                main(["--store", str(there), *words])
            said = capsys.readouterr()
            row.tried()
            row.check(
                leave.value.code == code or code is None,
                f"{k} {words}: {leave.value.code} {said.err}",
            )
            row.check("程序内部出错" not in said.err, f"{k} {words}: {said.err}")
        with Workspace.open(there, read_only=True) as ws:
            row.check(len(ws.at("2012-06-01").rows("members")) == 8, "members are missing")
        row.check(verify(there).verified, "it does not verify")
    examine(row, store, acknowledged)


def test_a_clock_set_back(row: Row, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """the clock set back"""
    start = dt.datetime(2020, 3, 1, tzinfo=dt.UTC)
    for k, back in enumerate(
        (dt.timedelta(seconds=90), dt.timedelta(days=400), dt.timedelta(days=20_000))
    ):
        store = tmp_path / f"clock-{k}"
        ambient = SeededAmbient(k, start)
        with Workspace.init(store, ambient=ambient) as ws:
            seqs, moments = [], []
            for n in range(12):
                ambient.set(
                    start + dt.timedelta(minutes=n) - (back if n in (4, 5, 9) else dt.timedelta())
                )
                fields = {"name": f"钟{n}", "kind": "外部组织"}
                seqs += ws.record("organisation.found", fields, on="2012-01-01").seq
                moments.append(start + dt.timedelta(minutes=n))
            row.tried()
            row.check(seqs == sorted(seqs), "positions went back")
            known = [ws.known_at(m.isoformat()) for m in moments]
            row.check(known == sorted(known), f"what is known goes back: {known}")
            row.check(known[-1] == seqs[-1], "the last is not known")
            ids = [e.envelope.id for e in ws.log.read(after=seqs[0] - 1)]
            row.check(len(set(ids)) == len(ids), "an id was given twice")
        report = verify(store)
        row.check(
            report.verified and any(f.code == "clock" for f in report.findings), "nobody is told"
        )
        with pytest.raises(SystemExit):
            main(["--store", str(store), "doctor"])
        row.check("时钟曾被拨回" in capsys.readouterr().out, "doctor does not tell")
        examine(row, store, {})


def _faulty() -> Programme:
    """A programme whose table raises on some event."""
    made = Programme("faulty", "会出错的|Faulty", api=1, needs=("members",))

    class FaultyRow(TableRow):
        """One deed."""

        member: Member = field("党员|Member")

    table = made.records("deeds", "事|Deeds", FaultyRow)

    @made.deed("do", "做|Do", event="done")
    class Do(Deed):
        """A deed."""

        member: Member = field("党员|Member")

    def raises(_: object) -> FaultyRow:
        raise ZeroDivisionError("projection")

    table.records(Do, raises)
    return made


def test_a_projection_that_raises(
    row: Row, store: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """a projection that raises"""
    from taizhang.loading.loader import Loaded, load
    from taizhang.workspace import workspace

    def with_faulty(*words: Any, **options: Any) -> Loaded:
        loaded = load(*words, **options)
        loaded.registry.add(_faulty())
        return loaded

    monkeypatch.setattr(workspace, "load", with_faulty)
    with Workspace.open(store) as ws:
        member = ws.at("2012-01-01").rows("members")[0]["id"]
        before = len(ws.at("2012-01-01").rows("members"))
        for k in range(4):
            try:
                ws.record("faulty.do", {"member": member}, on="2012-01-01", action_id=f"f{k}")
            except (StoreError, ZeroDivisionError) as error:
                row.wrong.append(f"{error!r}")
            row.tried()
            fields = {"name": f"员{k}", "organisation": "甲支部"}
            ws.record("member.register", fields, on="2012-01-01", action_id=f"m{k}")
        row.check(len(ws.at("2012-01-01").rows("members")) == before + 4, "others stood still")
        fault = ws.db.execute("SELECT fault FROM _tracking WHERE unit = 'faulty'").fetchone()[0]
        row.check("ZeroDivisionError" in str(fault), f"the fault is not noted: {fault}")
        deeds = [e for e in ws.log.read() if e.name == "faulty.done"]
        row.check(len(deeds) == 4, f"{len(deeds)} deeds are in the log")
        ws.rebuild()
        row.check(len(ws.at("2012-01-01").rows("members")) == before + 4, "a rebuild stops at it")
    with pytest.raises(SystemExit):
        main(["--store", str(store), "doctor"])
    row.check("faulty" in capsys.readouterr().out, "doctor does not name it")
    monkeypatch.undo()
    # Without the programme its events stay, and all else is as it was.
    examine(row, store, {})
