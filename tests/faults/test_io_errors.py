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
    "read": ("1", "2", "3", "5", "1+"),
    "write": ("1", "2", "3", "4", "1+"),
    "fdatasync": ("1", "2", "3", "4", "6", "8", "1+"),
    "fsync": ("1", "2", "3", "1+"),
    "ftruncate": ("1", "2", "1+"),
    "openat": ("1", "2", "3", "4", "5", "6", "8", "10", "12", "15", "18", "21", "1+"),
    "rename": ("1", "2", "1+"),
    "unlink": ("1", "2", "1+"),
    "newfstatat": ("1", "2", "3", "4", "5", "6", "8", "10", "13", "17", "22", "1+"),
    "fcntl": ("1", "3", "8", "20", "1+"),
}
FILES = (
    "events.db", "events.db-wal", "events.db-shm", "ledger.db", "ledger.db-wal", "ledger.db-shm",
    "keys.db", "keys.db-journal", "config.toml", "seal.key", "seals", "seals/range",
    "seals/leaves.bin", "seals/seal.pub", "seals/erasures.jsonl",
)  # fmt: skip


def touched(store: Path) -> list[Path]:
    """Everything in a store that a process at work calls the system for."""
    return [store, *(store / name for name in FILES)]


@pytest.mark.parametrize("call", TRIES)
def test_eio(row: Row, new_store: Callable[[str], Path], call: str) -> None:
    """EIO injected in a system call"""
    row.fault += f": {call}"
    for when in TRIES[call]:
        store = new_store(f"{call}-{when}")
        under = processes.injected(call, "error=EIO", when, *touched(store))
        said = processes.run("day", store, "e", 4, under=under)
        row.tried()
        row.check(said.unread == [], f"{call} {when}: no error for people: {said.unread}")
        row.check(said.code == 0, f"{call} {when}: it ended with {said.code}: {said.err}")
        row.check(
            all(str(store) in text for text in said.sentences),
            f"{call} {when}: no file is named: {said.sentences}",
        )
        again = retried(store, "e", 4)
        row.check(len(again) == 4, f"{call} {when}: work does not go on: {list(again)}")
        for action, seqs in said.acknowledged.items():
            row.check(again.get(action) == seqs, f"{action} was recorded again")
        examine(row, store, said.acknowledged | again)


@pytest.mark.parametrize("call", ["newfstatat", "openat", "pread64"])
def test_eio_under_a_command(row: Row, new_store: Callable[[str], Path], call: str) -> None:
    """EIO while a command opens the store: one sentence that names a file, exit code 1 or 3"""
    row.fault += f": {call}"
    met = 0
    for when in TRIES[call]:
        store = new_store(f"{call}-{when}")
        under = processes.injected(call, "error=EIO", when, *touched(store))
        said = processes.run("command", store, "show", "organisations", under=under)
        row.tried()
        met += said.code != 0
        what = f"{call} {when}: {said.code} {said.err}"
        row.check(said.code in (0, 1, 3), what)
        row.check("Traceback" not in said.err and "程序内部出错" not in said.err, what)
        if said.code:
            (*notes, error) = said.err.splitlines()
            row.check(error.startswith("错误：") and str(store) in error, what)
            row.check(all(note.startswith("注意：") for note in notes), what)
        examine(row, store, {})
    # SQLite opens a second time, for reading only, where the first try fails.
    row.check(met >= 2, f"only {met} came to an error")
