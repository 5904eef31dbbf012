"""Processes that are killed: at any moment, at any write, before they could say that they were done."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from faultkit import processes
from faultkit.outcome import Row, examine, retried

pytestmark = pytest.mark.faults

New = Callable[[str], Path]


def test_at_random(row: Row, store: Path) -> None:
    """kill -9 while appending, at random moments"""
    chance = random.Random(9)
    acknowledged: dict[str, tuple[int, ...]] = {}
    rounds = 20
    waiting = [processes.start("wait", store, f"r{k}", 10_000) for k in range(2)]
    for k in range(rounds):
        process = waiting.pop(0)
        waiting.append(processes.start("wait", store, f"r{k + 2}", 10_000))
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.stdin.write("\n")
        process.stdin.flush()
        begun = process.stdout.readline()
        time.sleep(chance.uniform(0, 0.08))
        process.kill()
        said = processes.Said(begun + process.stdout.read(), process.wait(), "")
        acknowledged |= said.acknowledged
        row.tried()
        # The action that was under way, if any, is tried again under its id: it is there once.
        again = retried(store, f"r{k}", len(said.acknowledged) + 1)
        for action, seqs in said.acknowledged.items():
            row.check(again[action] == seqs, f"{action} was recorded again")
        acknowledged |= again
    for process in waiting:
        process.kill()
        process.communicate()
    row.check(len(acknowledged) > rounds, "hardly anything was recorded")
    examine(row, store, acknowledged)


@pytest.mark.parametrize(
    "what", ["events.db-wal", "events.db", "ledger.db-wal", "keys.db", "keys.db-journal"]
)
def test_at_every_write(row: Row, new_store: New, what: str) -> None:
    """kill -9 at the n-th write of a file"""
    row.fault += f", {what}"
    died = 0
    for when in (1, 2, 3, 4, 6, 9, 14, 20):
        store = new_store(f"{what}-{when}")
        under = processes.injected("pwrite64", "signal=KILL", when, store / what)
        said = processes.run("record", store, "k", 4, under=under)
        died += said.code == -9
        row.tried()
        again = retried(store, "k", 4)
        for action, seqs in said.acknowledged.items():
            row.check(again.get(action) == seqs, f"{action} was recorded again")
        row.check(len(again) == 4, f"{store.name}: work does not go on")
        examine(row, store, said.acknowledged | again)
    row.check(died >= 5, f"only {died} were killed")


def test_between_commit_and_acknowledgement(row: Row, new_store: New, tmp_path: Path) -> None:
    """kill -9 between commit and acknowledgement; the same action again is a no-op"""
    for when in range(1, 9):
        store = new_store(f"ack-{when}")
        # The n-th line that the worker says is an acknowledgement.
        said = processes.interrupted(tmp_path / f"said-{when}", when, "record", store, "k", 8)
        row.tried()
        row.check(len(said.acknowledged) == when - 1, f"killed elsewhere: {said.lines}")
        again = retried(store, "k", when)
        row.check(len(again) == when, "the retried action was not acknowledged")
        seqs = sorted(s for listed in again.values() for s in listed)
        first = seqs[0]
        row.check(seqs == list(range(first, first + 2 * when)), f"positions were used up: {seqs}")
        examine(row, store, again)


def test_while_rebuilding(row: Row, new_store: New) -> None:
    """a rebuild killed halfway"""
    for k in range(3):
        store = new_store(f"rebuild-{k}")
        before = (store / "ledger.db").read_bytes()
        said = processes.run("rebuild", store)
        row.tried()
        row.check(said.code == -9, f"it was not killed: {said.code} {said.err}")
        row.check(bool(list(store.glob("ledger.rebuild-*"))), "it had not begun")
        row.check((store / "ledger.db").read_bytes() == before, "the old ledger was touched")
        examine(row, store, {})
        row.check(not list(store.glob("ledger.rebuild-*")), "its remains were not removed")
    for when in (1, 5, 20, 60):
        store = new_store(f"swap-{when}")
        under = processes.injected("pwrite64", "signal=KILL", when, store / "ledger.db-wal")
        processes.run("record", store, "k", 2, under=under)
        row.tried()
        examine(row, store, {})
