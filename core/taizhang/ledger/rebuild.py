"""Rebuilding: a fresh ledger is built aside, with progress, and swapped in.

The swap goes through SQLite's backup API: renaming a file under another process's open connection gives
"database disk image is malformed". A process that writes in between loses nothing: rows are a function of
the log, and the tracking row that arrives with them says how far they reach.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from taizhang.ledger.projector import Progress, Projector
from taizhang.ledger.schema import connect

if TYPE_CHECKING:
    from taizhang.workspace import Workspace

WORTHWHILE = 20_000
"""So many events behind, and building anew is faster than catching up."""


def rebuild(ws: Workspace, progress: Progress | None = None) -> int:
    """Builds ``ledger.db`` from position 0 beside the old one and puts it in its place."""
    aside = ws.paths.ledger.with_name("ledger.rebuild.db")
    _remove(aside)
    try:
        db = connect(aside)
        db.execute("PRAGMA journal_mode = OFF")
        db.execute("PRAGMA synchronous = OFF")
        try:
            projector = Projector(db, ws.log, ws.registry, building=True)
            projector.prepare()
            position = projector.catch_up(progress)
            projector.finish()
            db.backup(ws.db)
        finally:
            db.close()
    finally:
        _remove(aside)
    return position


def _remove(path: Path) -> None:
    for suffix in ("", "-journal", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
