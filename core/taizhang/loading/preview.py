"""Preview (预览): what turning a programme off would affect, told without running any of it.

Its events are counted in the log, its rows in the ledger's file, its duties in its source: the commands that
repair load no plugin, and this one is asked before a bad one is turned off.
"""

from __future__ import annotations

import ast
import sqlite3
from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from taizhang.ledger.schema import connect, quoted
from taizhang.loading.loader import core_registry
from taizhang.loading.sources import Candidate, candidates
from taizhang.store import StorePaths
from taizhang_eventstore.log import open_log

DECLARED = ("duty", "figure")
"""The declarations that are read from the source."""


@dataclass(frozen=True, slots=True)
class Affected:
    """What goes out of sight with a programme. Events stay listed, exported and verifiable."""

    events: Mapping[str, int]
    """How many of each stored type."""
    tables: Mapping[str, int]
    """Rows of every day, by table."""
    entities: Mapping[str, int]
    """How many entities each table of entities tells of."""
    duties: tuple[str, ...]
    figures: tuple[str, ...]
    needed_by: tuple[str, ...]
    """Programmes that need it, and are not loaded without it."""

    @property
    def nothing(self) -> bool:
        """Whether nobody would notice."""
        return not (self.events or any(self.tables.values()) or self.duties or self.needed_by)


def affected(paths: StorePaths, name: str) -> Affected:
    """What disabling the programme ``name`` in a store affects."""
    found = candidates(paths.plugins)
    tables, entities = _rows(paths.ledger, name)
    own = next((c for c in found if c.name == name), None)
    declared = _declared(own)
    off = paths.disabled()
    return Affected(
        _events(paths.events, name),
        tables,
        entities,
        declared["duty"],
        declared["figure"],
        tuple(
            c.name
            for c in found
            if c.heading is not None and name in c.heading.needs and c.name not in off
        ),
    )


def _events(path: Path, name: str) -> dict[str, int]:
    with open_log(path, core_registry().codec, read_only=True) as log:
        return dict(sorted(Counter(r.type for r in log.read(tags=[f"owner:{name}"])).items()))


def _rows(path: Path, name: str) -> tuple[dict[str, int], dict[str, int]]:
    """Rows by table and entities by table, as far as the ledger's file tells."""
    tables: dict[str, int] = {}
    entities: dict[str, int] = {}
    if not path.exists():
        return tables, entities
    try:
        with closing(connect(path, read_only=True)) as db:
            views = db.execute(
                "SELECT name FROM sqlite_master WHERE type = 'view' AND substr(name, 1, ?) = ? "
                "ORDER BY name",
                (len(name) + 1, f"{name}_"),
            ).fetchall()
            for (view,) in views:
                columns = {row[1] for row in db.execute(f"PRAGMA table_info({quoted(view)})")}
                tables[view] = _number(db, f"SELECT count(*) FROM {quoted(view)}")
                if "id" in columns:
                    entities[view] = _number(db, f"SELECT count(DISTINCT id) FROM {quoted(view)}")
    except sqlite3.Error:
        return {}, {}  # A ledger that cannot be read is made again at the next opening.
    return tables, entities


def _number(db: sqlite3.Connection, sql: str) -> int:
    return int(db.execute(sql).fetchone()[0])


def _declared(candidate: Candidate | None) -> dict[str, tuple[str, ...]]:
    """Names of duties and figures as they stand in the source of a programme."""
    found: dict[str, list[str]] = {kind: [] for kind in DECLARED}
    file = None if candidate is None else candidate.file
    if file is not None:
        files = sorted(file.parent.rglob("*.py")) if file.name == "__init__.py" else [file]
        for one in files:
            try:
                module = ast.parse(one.read_text("utf-8"))
            except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
                continue
            for node in ast.walk(module):
                kind = getattr(getattr(node, "func", None), "attr", "")
                first = node.args[0] if isinstance(node, ast.Call) and node.args else None
                if kind in found and isinstance(first, ast.Constant):
                    found[kind].append(str(first.value))
    return {kind: tuple(names) for kind, names in found.items()}
