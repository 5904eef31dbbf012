"""The ledger's file as a disposable thing: opened, found damaged, thrown away, replaced by others."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from taizhang.ledger.actions import LAST
from taizhang.ledger.schema import connect, current


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


def discard(path: Path) -> None:
    """Throws the ledger away; the log stays untouched."""
    # The file itself last: who opens it meanwhile finds out that it is gone (`identity`).
    for suffix in ("-wal", "-shm", ""):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


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
