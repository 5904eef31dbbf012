"""A disk that fails: EIO in the n-th call of a kind, on the files of the store."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from faultkit import processes
from faultkit.outcome import Row, examine, retried

pytestmark = pytest.mark.faults

TRIES = {
    "pwrite64": ("1", "2", "3", "5", "8", "13", "21", "34", "55", "1+"),
    "pread64": ("1", "2", "3", "5", "8", "13", "21", "34", "1+"),
    "fdatasync": ("1", "2", "3", "4", "6", "1+"),
    "fsync": ("1", "2", "1+"),
    "ftruncate": ("1", "2", "1+"),
    "openat": ("1", "2", "3", "4", "5", "6", "8", "1+"),
    "unlink": ("1", "2", "1+"),
    "newfstatat": ("1", "2", "3", "5", "1+"),
    "fcntl": ("1", "3", "8", "20", "1+"),
}
FILES = ("events.db", "events.db-wal", "events.db-shm", "ledger.db", "ledger.db-wal")


@pytest.mark.parametrize("call", TRIES)
def test_eio(row: Row, new_store: Callable[[str], Path], call: str) -> None:
    """EIO injected in a system call"""
    row.fault += f": {call}"
    for when in TRIES[call]:
        store = new_store(f"{call}-{when}")
        files = [store, *(store / name for name in FILES)]
        under = processes.injected(call, "error=EIO", when, *files)
        said = processes.run("record", store, "e", 4, under=under)
        row.tried()
        row.check(said.unread == [], f"{call} {when}: no error for people: {said.unread}")
        row.check(said.code == 0, f"{call} {when}: it ended with {said.code}: {said.err}")
        again = retried(store, "e", 4)
        row.check(len(again) == 4, f"{call} {when}: work does not go on: {list(again)}")
        for action, seqs in said.acknowledged.items():
            row.check(again.get(action) == seqs, f"{action} was recorded again")
        examine(row, store, said.acknowledged | again)
