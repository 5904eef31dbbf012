"""Rebuilding: a fresh ledger is built aside, with progress, and swapped in.

The swap goes through SQLite's backup API: renaming a file under another process's open connection gives
"database disk image is malformed". A process that writes in between loses nothing: rows are a function of
the log, and the tracking row that arrives with them says how far they reach.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from taizhang.declarations.registry import Registry
from taizhang.ledger.collecting import no_collections
from taizhang.ledger.own import note_layout
from taizhang.ledger.projector import Progress, Projector
from taizhang.ledger.schema import connect
from taizhang_eventstore.log import Log

if TYPE_CHECKING:
    from taizhang.ledger.building import Shared

FASTER = 1.6
"""So many times as fast an event is applied when the ledger is built anew as when one catches up: 1.57 and
1.70 by processor time, on 60,000 and 20,000 mixed events from an empty ledger.
"""

FEW = 10_000
"""Up to so many events, one is as fast as the other: what a rebuild needs besides outweighs its speed."""

SUFFIXES = ("", "-journal", "-wal", "-shm")


def worthwhile(behind: int, head: int) -> bool:
    """Tells if building the ledger anew from all ``head`` events is faster than catching up with those that
    it is ``behind``.
    """
    return behind > FEW and behind * FASTER > head


def rebuild(
    db: sqlite3.Connection,
    path: Path,
    log: Log,
    registry: Registry,
    progress: Progress | None = None,
) -> None:
    """Builds the ledger ``path`` from position 0 beside the old one and puts it in its place, under the
    open connection ``db``.

    Until the swap the old one stays as it is, whatever happens to this process.
    """
    clear(path)
    aside = path.with_name(f"ledger.rebuild-{os.getpid()}.db")
    try:
        with closing(build(aside, log, registry, progress)) as built:
            # What was recorded meanwhile, so that the swap takes the ledger back by nothing.
            Projector(built, log, registry).catch_up()
            built.backup(db)
    finally:
        _remove(aside)


def build(
    path: Path, log: Log, registry: Registry, progress: Progress | None = None
) -> sqlite3.Connection:
    """A new ledger file level with the log; the caller closes and, if it fails, removes it.

    Several processes share the work where that can be had. What goes wrong in one of them is not looked
    into: this process does it all again, alone, and so meets it, says it and survives it as always.
    """
    from taizhang.ledger import parallel  # not needed by a program that only opens a store

    count = parallel.processes(log, registry)
    if count > 1:
        try:
            return _built(path, log, registry, progress, count, parallel.fill)
        except parallel.Fallen as fallen:
            _remove(path)
            built = _built(path, log, registry, progress)
            # With the same code this process came through: it was not a plugin that ended them.
            for pid in fallen.pids:
                registry.guard.cleared(pid)
            return built
    return _built(path, log, registry, progress)


def _built(
    path: Path,
    log: Log,
    registry: Registry,
    progress: Progress | None,
    processes: int = 1,
    shared: Shared | None = None,
) -> sqlite3.Connection:
    from taizhang.ledger.building import Builder

    db = connect(path)
    try:
        # If this process dies the file is thrown away: nothing of it has to survive, and the lock
        # that is held until the end says that it is in use.
        for pragma in (
            "locking_mode = EXCLUSIVE",
            "journal_mode = OFF",
            "synchronous = OFF",
            "secure_delete = OFF",
            "cache_size = -8000",
        ):
            db.execute(f"PRAGMA {pragma}")
        builder = Builder(db, log, registry, path.parent, processes=processes, shared=shared)
        with no_collections():
            builder.prepare()
            builder.build(progress)
            note_layout(db, registry)
    except BaseException:
        db.close()
        raise
    return db


def clear(ledger: Path) -> None:
    """Removes what processes that died while rebuilding have left beside ``ledger``."""
    for path in ledger.parent.glob("ledger.rebuild-*.db"):
        try:
            with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as db:
                db.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError:
            continue  # somebody is at work on it
        except sqlite3.DatabaseError:
            pass
        _remove(path)


def _remove(path: Path) -> None:
    for suffix in SUFFIXES:
        path.with_name(path.name + suffix).unlink(missing_ok=True)
