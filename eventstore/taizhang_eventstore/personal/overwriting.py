"""Destroying keys so that their bytes are gone too (就地覆写).

A key that is deleted stands on in two places: in the page of `keys.db`, and in the rollback journal, which has
that page as it was. SQLite overwrites the row in its page (`secure_delete`), but it truncates the journal, and
then the disk's free blocks have the key. So the journal of this one transaction is kept, written over with
zeros, brought to the disk, and cut off only then.

Below the file nothing is promised: a file system that copies on write, its snapshots and backups, and the
spare blocks of a solid-state disk may keep what was overwritten. A destroyed key was wrapped, so it says
nothing to whoever has neither the passphrase nor the key file; an encrypted disk keeps the rest.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from taizhang_eventstore.files import writing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from io import FileIO
    from pathlib import Path

_BLOCK = 1 << 20


@contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """``with transaction(db):`` — all of it, or nothing."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        # For want of room SQLite has rolled back itself.
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def overwriting(db: sqlite3.Connection, path: Path, subjects: Sequence[tuple[str]]) -> None:
    """Deletes keys of subjects, and overwrites every place in which files had them.

    Args:
        db: The connection to `keys.db`, in autocommit.
        path: The file.
        subjects: Whose keys, one in each tuple.

    Raises:
        StoreError: The journal cannot be written over; the keys are deleted by then.
    """
    db.execute("PRAGMA journal_mode = PERSIST")
    try:
        with transaction(db):
            db.executemany("DELETE FROM keys WHERE subject = ?", subjects)
        # Nobody else writes a journal while this lock is held, and none is begun before a page is written.
        with transaction(db):
            blanked(path.with_name(f"{path.name}-journal"))
    finally:
        db.execute("PRAGMA journal_mode = TRUNCATE")


def blanked(path: Path) -> None:
    """Writes zeros over a file, in its place, and empties it; on the disk on return. Nothing where there is none."""
    with writing(path), suppress(FileNotFoundError), open(path, "r+b", buffering=0) as file:
        zeroed(file)
        file.truncate(0)


def zeroed(file: FileIO) -> None:
    """Writes zeros over an open file; on the disk on return. Raises `OSError`."""
    left = file.seek(0, os.SEEK_END)
    file.seek(0)
    while left:
        left -= file.write(bytes(min(left, _BLOCK)))
    os.fsync(file.fileno())


__all__ = ["blanked", "overwriting", "transaction", "zeroed"]
