"""The ledger's file as a disposable thing: opened, found damaged, thrown away, replaced by others."""

from __future__ import annotations

import sqlite3
from contextlib import ExitStack, closing, suppress
from pathlib import Path

from taizhang.ledger.actions import LAST
from taizhang.ledger.schema import connect, current
from taizhang_eventstore.personal.overwriting import zeroed


def open_file(path: Path) -> sqlite3.Connection:
    """A connection to the ledger; one that is damaged or of another layout is thrown away first."""
    try:
        db = connect(path)
        try:
            if current(db):
                return db
        except BaseException:
            db.close()
            raise
        db.close()
        # One of before texts were encrypted: what it says of people is not left in free blocks.
        discard(path, overwritten=True)
        return connect(path)
    except sqlite3.DatabaseError as error:
        if not damaged(error):
            raise
    discard(path)
    return connect(path)


def damaged(error: sqlite3.DatabaseError) -> bool:
    """Tells if ``error`` says that the file is not a sound database."""
    # A short read is what the write-ahead log of a file that was deleted looks like.
    return (
        error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
        or error.sqlite_errorcode == sqlite3.SQLITE_IOERR_SHORT_READ
    )


def discard(path: Path, *, overwritten: bool = False) -> None:
    """Throws the ledger away; the log stays untouched.

    Args:
        path: The ledger.
        overwritten: Its bytes are written over before they are left to the disk.
    """
    # The file itself last: who opens it meanwhile finds out that it is gone (`identity`).
    for suffix in ("-wal", "-shm", ""):
        part = path.with_name(path.name + suffix)
        with ExitStack() as ends:
            file = None
            # Not the shared memory, in which SQLite of another process may be at work.
            if overwritten and suffix != "-shm":
                with suppress(OSError):
                    file = ends.enter_context(open(part, "r+b", buffering=0))
            part.unlink(missing_ok=True)
            if file is not None:
                # A full or failing disk keeps nobody from a new ledger.
                with suppress(OSError):
                    zeroed(file)


def identity(path: Path) -> tuple[int, int] | None:
    """Identifies the file that the path leads to; another one once somebody has thrown the ledger away."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


def last_seen(path: Path) -> tuple[int, str] | None:
    """Position and id of the last event that the ledger at ``path`` has seen, without preparing it."""
    if not path.is_file():
        return None
    try:
        with closing(connect(path, read_only=True)) as db:
            row = db.execute("SELECT value FROM _meta WHERE name = ?", (LAST,)).fetchone()
    except sqlite3.Error:
        return None
    position, _, id = str(row[0]).partition(" ") if row is not None else ("", "", "")
    return (int(position), id) if position.isdecimal() else None
