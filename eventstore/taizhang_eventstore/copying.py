"""Copying a log and its seals (复制), while others write: the copy is of one moment, and on the disk.

The seals are copied first, so that none of them covers events that the log's copy has not.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING, Final

from taizhang_eventstore.errors import StoreError, not_found, translating
from taizhang_eventstore.files import copy, settle, writing
from taizhang_eventstore.recorders.still import looks, way
from taizhang_eventstore.seals.seals import Seals
from taizhang_eventstore.seals.tree import HASH

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Progress = Callable[[int, int], None]
    """Called with what is done and what there is in all."""

_PAGES: Final = 4_096
"""Pages of the database at a time: 16 MiB."""


def copy_database(source: Path, target: Path, progress: Progress | None = None) -> None:
    """Copies a SQLite database as it stands at one moment into a new file, by SQLite's backup API.

    Nothing is written beside `source`, and those who write to it do not wait; what is at `target` is
    written over. Raises `StoreError`.

    Args:
        source: The file of the database.
        target: The file that is made.
        progress: Is told how many of how many pages are copied.
    """
    if not source.is_file():
        raise not_found(source)
    for locked in (False, True):
        with writing(target):
            os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
        if _filled(source, target, progress, locked=locked):
            break
    with writing(target):
        handle = os.open(target, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
        settle(target.parent)


def _filled(source: Path, target: Path, progress: Progress | None, *, locked: bool) -> bool:
    """Copies; False when it was read without locks and somebody has begun to write meanwhile."""
    with ExitStack() as ends:
        with translating(source):
            found = way(source, ends, locked=locked)
            reading = ends.enter_context(closing(found.connect()))
            # One reading transaction around all steps: otherwise every append makes SQLite begin
            # again, and under a busy writer it never ends.
            reading.execute("BEGIN")
            reading.execute("SELECT count(*) FROM sqlite_master").fetchone()
        with translating(target):
            made = ends.enter_context(closing(sqlite3.connect(target, isolation_level=None)))
            # Half a copy is thrown away, so nothing of it has to be undone; see above for the disk.
            made.execute("PRAGMA journal_mode = OFF")
            made.execute("PRAGMA synchronous = OFF")
            made.execute("PRAGMA cache_size = -16384")
            try:
                reading.backup(made, pages=_PAGES, progress=progress and _told(progress))
            except sqlite3.DatabaseError:
                if found.seen is None or looks(source) == found.seen:
                    raise
                return False
        return found.seen is None or looks(source) == found.seen


def _told(progress: Progress) -> Callable[[int, int, int], object]:
    return lambda _, left, of: progress(of - left, of)


def copy_seals(source: Path, target: Path) -> None:
    """Copies the seals of the store in `source`, and whatever else stands with them, to `target`.

    The private key is left. Raises `StoreError`.
    """
    store, made = Seals(source), Seals(target)
    if not store.directory.is_dir():
        return
    with writing(made.directory):
        made.directory.mkdir(mode=0o700)
    # In this order, for somebody may be sealing: the range speaks of a seal that is there already.
    names = ["range", "seal.pub"]
    with writing(store.directory):
        for name in names:
            _copied(store.directory / name, made.directory / name)
        names += sorted(p.name for p in store.directory.glob("*.seal"))
        names += sorted(
            p.name
            for p in store.directory.iterdir()
            if p.name not in names and p.suffix != ".part" and p != store.leaves
        )
        for name in names[2:]:
            _copied(store.directory / name, made.directory / name)
        sizes = made.sizes()
        if sizes and store.leaves.is_file():
            copy(store.leaves, made.leaves, limit=sizes[-1] * HASH)
    settle(made.directory)


def _copied(source: Path, target: Path) -> None:
    if source.is_file() and not source.is_symlink():
        try:
            copy(source, target)
        except StoreError:
            if source.exists():
                raise
            target.unlink(
                missing_ok=True
            )  # a seal that a later one has taken the place of meanwhile
