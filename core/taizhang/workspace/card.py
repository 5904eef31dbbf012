"""The card of a store (目录卡): which tables there are, known without loading programmes.

Listing them needs names and labels alone, and loading programmes takes most of such a command's time. So
whoever has the store open leaves a card in the ledger, and :func:`read` gives it as long as nothing that it was
made of has changed: sources, settings, keys, the list of erasures, what is in quarantine, what is installed,
which code has made the ledger. It gives nothing where the ledger is not level with the log, or whoever opens the
store would be told something. Importing this module has to cost next to nothing.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import sqlite3
import sys
from contextlib import closing, suppress
from typing import TYPE_CHECKING, Any

from taizhang import __version__
from taizhang_eventstore.recorders.glance import glance
from taizhang_eventstore.seals.reach import MARK, reach

if TYPE_CHECKING:
    from taizhang.workspace.workspace import Workspace

CARD = "card"
"""The row of ``_meta`` that holds it."""

_BESIDE = ("config.toml", "quarantine.json", "plugins", os.path.join("seals", "erasures.jsonl"))
"""What of a store it depends on, beside ledger and keys."""

_NARROWING = ("TAIZHANG_DISABLE", "TAIZHANG_PLUGINS")
"""What of the environment it depends on."""

_CHINA = dt.timedelta(hours=8)


def _state(path: str) -> list[object]:
    """Returns a value that changes when a file or directory does, or another takes its place."""
    try:
        found = os.stat(path)
    except OSError:
        return [path]
    # Also the time of the change itself, which no program sets.
    return [path, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns]


def _installed(place: str) -> list[object]:
    """Returns what of a place on ``sys.path`` decides which programmes are found."""
    try:
        names = sorted(os.listdir(place))
    except OSError:
        return [place]
    infos = [n for n in names if n.endswith((".dist-info", ".egg-info"))]
    points = [_state(os.path.join(place, n, "entry_points.txt")) for n in infos]
    return [place, points, [n for n in names if n.startswith("taizhang")]]


def _digest(root: str, sources: list[str], fingerprints: list[Any]) -> str:
    said = [
        __version__,
        sys.version,
        [os.environ.get(name) for name in _NARROWING],
        [_installed(path or ".") for path in sys.path],
        [_state(path) for path in sources],
        [_state(os.path.join(root, name)) for name in _BESIDE],
        fingerprints,
    ]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def _keys(root: str) -> str | None:
    """As :meth:`taizhang_eventstore.personal.keys.Keys.state` says it; None without keys."""
    try:
        found = os.stat(os.path.join(root, "keys.db"))
    except OSError:
        return None
    return f"{found.st_ino} {found.st_size} {found.st_mtime_ns}"


def read(root: str) -> dict[str, Any] | None:
    """Reads what :func:`leave` left, if it is still true of the store at ``root``, else None.

    Returns:
        ``tables``, sorted by name: name, label (Chinese, English), owner, shape, today's number of rows (None where its programme failed), names of the columns.
    """
    path = os.path.join(root, "ledger.db")
    if not os.path.isfile(path) or any(_running(root)):
        return None
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as db:
            db.execute("PRAGMA query_only = ON")
            return _read(db, root)
    except (sqlite3.Error, ValueError, KeyError, TypeError, OSError):
        return None


def _running(root: str) -> list[str]:
    """Marks of calls of programmes: somebody may have died in one."""
    return [name for name in os.listdir(root) if name.startswith(".running-")]


def _read(db: sqlite3.Connection, root: str) -> dict[str, Any] | None:
    meta = dict(db.execute("SELECT name, value FROM _meta").fetchall())
    if CARD not in meta or meta.get("keys") != _keys(root):
        return None
    card: dict[str, Any] = json.loads(meta[CARD])
    tracking = db.execute("SELECT unit, fingerprint, fault FROM _tracking ORDER BY unit").fetchall()
    if card["digest"] != _digest(root, card["sources"], [list(row) for row in tracking]):
        return None
    least = db.execute("SELECT min(position) FROM _tracking").fetchone()[0]
    seen = glance(os.path.join(root, "events.db"))
    position, _, id = str(meta["last"]).partition(" ")
    if seen is None or not seen[0] == least == int(position):
        return None
    # Whoever opens the store is told where the log is older than what is known of it.
    if os.path.exists(os.path.join(root, MARK)) or reach(root).position > seen[0]:
        return None
    if not seen[1].startswith(json.dumps({"id": id}, separators=(",", ":"))[:-1].encode()):
        return None
    if card["demonstration"]:
        if card["head"] != least:
            return None
        day = str(card["day"])
    else:
        day = (dt.datetime.now(dt.UTC) + _CHINA).date().isoformat()
    db.create_function("clock_on", 0, lambda: day, deterministic=True)
    for table in card["tables"]:
        table["rows"] = db.execute(table.pop("count")).fetchone()[0]
    return card


def contents(ws: Workspace) -> dict[str, Any]:
    """Tells of an open store what :func:`read` tells, by its programmes."""
    from taizhang.ledger.missing import fault_of
    from taizhang.ledger.schema import shown_names

    ledger = ws.at()
    return {
        "tables": [
            {
                "name": name,
                "label": [table.label.zh, table.label.en],
                "owner": table.owner,
                "shape": table.shape,
                "rows": None
                if fault_of(ledger, table)
                else ledger.value(f'SELECT count(*) FROM "{name}"'),
                "columns": shown_names(table),
            }
            for name, table in sorted(ws.registry.tables.items())
        ]
    }


def leave(ws: Workspace, made: dict[str, Any]) -> None:
    """Leaves the card of an open store in its ledger, where it may be written and nothing has to be told.

    Files of a store that its user has to trust are looked at anew each time: a store that has some gets none.
    """
    if ws.read_only or any(ws.paths.plugins.glob("*.py")) or ws.warnings():
        return
    from taizhang.ledger.views import counting

    registry, db, root = ws.registry, ws.ledger.db, str(ws.paths.root)
    tracking = db.execute("SELECT unit, fingerprint, fault FROM _tracking ORDER BY unit").fetchall()
    sources = _sources()
    card = {
        "digest": _digest(root, sources, [list(row) for row in tracking]),
        "sources": sources,
        "demonstration": ws.demonstration,
        "day": ws.today().isoformat(),
        "head": ws.ledger.projector.position(),
        "tables": [
            {
                **{k: v for k, v in table.items() if k != "rows"},
                "count": counting(registry.tables[table["name"]]),
            }
            for table in made["tables"]
        ],
    }
    written = json.dumps(card, ensure_ascii=False)
    if db.execute("SELECT value FROM _meta WHERE name = ?", (CARD,)).fetchone() != (written,):
        with suppress(sqlite3.Error):  # a full disk keeps nobody from reading
            db.execute("INSERT OR REPLACE INTO _meta VALUES (?, ?)", (CARD, written))


def _sources() -> list[str]:
    """Every file and folder of code that programmes and this program are made of."""
    from pathlib import Path

    from taizhang.loading.loader import slices
    from taizhang.loading.sources import candidates

    homes = {Path(str(sys.modules[name].__file__)) for name in ("taizhang", *slices())}
    homes |= {c.file for c in candidates(None) if c.file is not None}
    found: set[Path] = set()
    for home in homes:
        folder = home.parent
        if home.name == "__init__.py":
            files = list(folder.rglob("*.py"))
            found.update(files, (f.parent for f in files))
        else:
            found.add(home)
    return sorted(map(str, found))


__all__ = ["CARD", "leave", "read"]
