"""Several processes at once: writers on one entity and on many, first starts, a backup under load."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from faultkit import processes
from faultkit.outcome import Row, examine, retried

from taizhang.maintenance.backup import backup
from taizhang.maintenance.restore import restore
from taizhang.store.continuity import OlderLog
from taizhang.words.errors import Refused
from taizhang.workspace import Workspace
from taizhang_eventstore.verifying.verifying import verify

pytestmark = pytest.mark.faults

New = Callable[[str], Path]

INIT = (
    "events.db", "events.db-wal", "keys.db", "keys.db.part", "keys.db.part-journal", "config.toml",
    "config.toml.new", "ledger.db", "ledger.db-wal", "seal.key", "seals", "seals/seal.pub",
    "seals/000000000001.seal", "seals/leaves.bin", "seals/range",
)  # fmt: skip
"""What a first start writes."""


def test_three_on_separate_entities(row: Row, store: Path) -> None:
    """three writers on separate entities"""
    count = 40
    said = processes.together(processes.start("wait", store, n, count) for n in "abc")
    acknowledged = {a: s for one in said for a, s in one.acknowledged.items()}
    row.tried(3 * count)
    row.check(len(acknowledged) == 3 * count, f"refused: {[one.refused for one in said]}")
    seqs = [s for listed in acknowledged.values() for s in listed]
    row.check(len(set(seqs)) == len(seqs) == 6 * count, "positions were given twice")
    examine(row, store, acknowledged)


def test_three_on_one_entity(row: Row, store: Path) -> None:
    """three writers on one entity"""
    count = 15
    with Workspace.open(store) as ws:
        member = ws.at("2012-01-01").rows("members")[0]["id"]
        ws.record("member.move", {"member": member, "organisation": "乙支部"}, on="2012-06-01")
    said = processes.together(processes.start("moves", store, n, count, member) for n in "abc")
    row.tried(3 * count)
    for one in said:
        row.check(one.unread == [] and one.code == 0, f"{one.unread} {one.err}")
        # Another writer may have moved the member there already, or be faster ten times over.
        row.check(set(one.refused.values()) <= {"Refused", "Dependents"}, f"{one.refused}")
    acknowledged = {a: s for one in said for a, s in one.acknowledged.items()}
    row.check(len(acknowledged) > count, f"only {len(acknowledged)} of {3 * count} got through")
    with Workspace.open(store) as ws:
        moved = [e for e in ws.log.read(tags=[f"member:{member}"]) if e.name == "member.moved"]
        there = [e.payload["organisation"] for e in moved]
        # Nobody decided on a branch that was not the member's any more.
        row.check(all(a != b for a, b in pairwise(there)), "moved to where he was")
        row.check(len(moved) == len(acknowledged) + 1, "an unacknowledged move is there")
    examine(row, store, acknowledged)


def test_first_starts(row: Row, new_store: New, tmp_path: Path) -> None:
    """concurrent first start: init, and first opening"""
    for k in range(4):
        place = tmp_path / f"new-{k}"
        said = processes.together(processes.start("init", place) for _ in range(3))
        row.tried()
        row.check(sorted(one.code for one in said) == [0, 2, 2], f"{[one.code for one in said]}")
        for one in said:
            sentence = f"错误：{place} 已经有账册\n" if one.code else ""
            row.check(one.err == sentence, f"it said: {one.err}")
        row.check(verify(place).verified, "it does not verify")
        with Workspace.open(place) as ws:
            row.check(ws.log.head() == 1, f"it begins with {ws.log.head()} events")
    for k in range(4):
        store = new_store(f"first-{k}")
        for suffix in ("", "-wal", "-shm"):
            (store / f"ledger.db{suffix}").unlink(missing_ok=True)
        said = processes.together(processes.start("first", store, n) for n in "abc")
        row.tried()
        row.check(
            not any(o.unread or o.refused or o.code for o in said), f"{[o.lines for o in said]}"
        )
        examine(row, store, {a: s for one in said for a, s in one.acknowledged.items()})


def test_a_first_start_that_is_killed(row: Row, tmp_path: Path) -> None:
    """init killed at the n-th call of a kind, then run again"""
    died = 0
    for call, times in (
        ("pwrite64", (1, 2, 4, 7, 11, 16, 22, 30)), ("write", (1, 2, 3, 4, 5, 6)),
        ("rename", (1, 2, 3, 4)), ("fsync", (1, 2, 3)), ("fdatasync", (1, 2, 4, 6)),
    ):  # fmt: skip
        for when in times:
            place = tmp_path / f"{call}-{when}"
            files = [place, *(place / name for name in INIT)]
            under = processes.injected(call, "signal=KILL", when, *files)
            said = processes.run("init", place, under=under)
            died += said.code == -9
            row.tried()
            what = f"{call} {when}"
            again = processes.run("init", place)
            # Killed too late to be no store, it is one, which opens and can be sealed.
            row.check(again.code in (0, 2), f"{what}: {again.err}")
            sealed = processes.run("command", place, "seal", "--json")
            row.check(sealed.code == 0, f"{what}: it cannot be sealed: {sealed.err}")
            with Workspace.open(place) as ws:
                row.check(ws.stamp is not None and ws.log.head() == 1, f"{what}: half a store")
                row.check(ws.keyring.identity == ws.stamp.keys, f"{what}: other keys")
                row.check(ws.warnings() == [], f"{what}: {ws.warnings()}")
            examine(row, place, {})
    row.check(died > 15, f"only {died} were killed")


def test_a_backup_under_load(row: Row, store: Path, tmp_path: Path) -> None:
    """a backup taken while three write"""
    started = [processes.start("wait", store, n, 10_000) for n in "abc"]
    acknowledged: dict[str, tuple[int, ...]] = {}
    for process in started:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in started:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    try:
        for k in range(8):
            # What was acknowledged before a backup begins has to be in it.
            for process in started:
                assert process.stdout is not None
                for _ in range(2):
                    acknowledged |= processes.Said(process.stdout.readline(), 0, "").acknowledged
            # By turns onto the earlier one and to a new place.
            made = backup(store, tmp_path / f"backup-{k % 2 * k}")
            row.tried()
            row.check(verify(made.path).verified, f"backup {k} does not verify")
            restored = tmp_path / f"restored-{k}"
            restore(made.path, restored)
            examine(row, restored, dict(acknowledged), keys=False)
    finally:
        for process in started:
            process.kill()
            process.communicate()
    examine(row, store, acknowledged)


def test_a_backup_that_is_killed(row: Row, new_store: New, tmp_path: Path) -> None:
    """a backup killed halfway"""
    for call, when in (
        ("pwrite64", 3),
        ("pwrite64", 30),
        ("fsync", 2),
        ("fsync", 9),
        ("rename", 2),
    ):
        store, dest = new_store(f"s-{call}-{when}"), tmp_path / f"b-{call}-{when}"
        backup(store, dest)
        with Workspace.open(store) as ws:
            ws.record("organisation.found", {"name": "新", "kind": "外部组织"}, on="2012-01-01")
        said = processes.run(
            "backup", store, dest, under=processes.injected(call, "signal=KILL", when)
        )
        row.tried()
        kept = dest if dest.exists() else dest.with_name(dest.name + ".taizhang-before")
        row.check(verify(kept).verified, f"{call} {when}: no whole backup is left ({said.code})")
        made = backup(store, dest)
        row.check(made.manifest.events == 7, f"{call} {when}: {made.manifest.events} events")
        left = sorted(p.name for p in tmp_path.glob(f"{dest.name}*"))
        row.check(left == [dest.name], f"{call} {when}: left {left}")
        examine(row, store, {})


def test_a_site_that_was_put_back(row: Row, new_store: New, tmp_path: Path) -> None:
    """an older events.db beside newer seals"""
    for k in range(3):
        store = new_store(f"site-{k}")
        old = Path(shutil.copytree(store, tmp_path / f"old-{k}"))
        acknowledged = {}
        for n in range(k + 1):
            acknowledged |= retried(store, f"n{n}", 2)
        dest = tmp_path / f"kept-{k}"
        backup(store, dest)
        shutil.copyfile(old / "events.db", store / "events.db")
        row.tried()
        report = verify(store)
        row.check(not report.verified, "it went unnoticed")
        with Workspace.open(store) as ws:
            row.check(ws.close_seal() is None and ws.sealing.trouble is not None, "it was sealed")
            row.check(bool(ws.warnings()), "nobody is told")
            for n in range(2):
                fields = {"name": f"又{n}", "kind": "外部组织"}
                try:
                    ws.record("organisation.found", fields, on="2012-01-01")
                    row.wrong.append("a second event of the same number was recorded")
                except OlderLog:
                    pass
        row.check(not verify(store).verified, "it went unnoticed")
        try:
            backup(store, dest)
        except Exception as error:
            row.check(getattr(error, "exit_code", 0) in (1, 3), f"{error!r}")
        else:
            row.wrong.append("the newer backup was replaced")
        row.check(verify(dest).verified, "the backup was touched")
        try:
            restore(dest, store)
            row.wrong.append("a store was written over")
        except Refused:
            pass
        restore(dest, store, over=True)
        examine(row, store, acknowledged)
