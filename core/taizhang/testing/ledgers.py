"""Ledgers over logs, without a workspace: made, caught up, read, dumped."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from taizhang.declarations.registry import Registry
from taizhang.ledger.building import Builder
from taizhang.ledger.projector import PAGE, Projector
from taizhang.ledger.schema import connect
from taizhang.ledger.view import LedgerView
from taizhang.ledger.views import Views
from taizhang.testing.logs import Said, logged
from taizhang_eventstore.log import Log, open_log

Rows = list[tuple[Any, ...]]


_EMPTY: dict[tuple[int, bool], bytes] = {}


def _empty(registry: Registry, building: bool) -> bytes:
    """A ledger file without rows, made once: making tables takes longer than filling them."""
    key = (id(registry), building)
    if key not in _EMPTY:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "empty.db")
            with open_log(Path(folder, "events.db"), registry.codec) as log:
                db = connect(path)
                if building:
                    Builder(db, log, registry, Path(folder)).prepare()
                else:
                    Projector(db, log, registry).prepare()
                db.close()
            _EMPTY[key] = path.read_bytes()
    return _EMPTY[key]


@contextmanager
def ledger_of(
    log: Log, registry: Registry, path: Path, *, page: int = PAGE, building: bool = False
) -> Iterator[Projector]:
    """A ledger file brought level with the log, and the projector on it; built from the whole log if
    that is asked for, in parts of ``page`` positions.
    """
    path.write_bytes(_empty(registry, building))
    db = connect(path)
    # How safely it is written is not what these tests ask.
    db.execute("PRAGMA synchronous = OFF")
    try:
        if building:
            Builder(db, log, registry, path.parent, page=page, share=page).build()
        projector = Projector(db, log, registry)
        projector.prepare()
        projector.catch_up(page=page)
        yield projector
    finally:
        db.close()


@contextmanager
def replayed(
    history: Sequence[Said], registry: Registry, *, page: int = PAGE
) -> Iterator[Projector]:
    """The projector on a ledger of a history, with a log of its own; both are gone afterwards."""
    with (
        tempfile.TemporaryDirectory() as folder,
        logged(Path(folder, "events.db"), history, registry) as log,
        ledger_of(log, registry, Path(folder, "ledger.db"), page=page) as projector,
    ):
        yield projector


def dump(db: sqlite3.Connection, registry: Registry) -> dict[str, Rows]:
    """Everything that the ledger stores: rows, history, actions, batches, amendments, texts, names."""
    stored = [f"_{t}{h}" for t in registry.tables for h in ("", "_history")]
    found = {
        name: sorted(db.execute(f'SELECT * FROM "{name}"').fetchall(), key=str)
        for name in [*stored, "_actions", "_batches", "amendments", "personal"]
    }
    found["finder"] = db.execute(
        "SELECT f.entity, f.id, f.mark, f.signs, dense_rank() OVER (ORDER BY r.rank) "
        "FROM _found f LEFT JOIN _ranks r ON r.mark = f.mark ORDER BY f.entity, f.id"
    ).fetchall()
    db.execute("CREATE VIRTUAL TABLE temp._indexed USING fts5vocab (main, _finder, row)")
    found["index"] = db.execute("SELECT term, doc FROM temp._indexed ORDER BY term").fetchall()
    db.execute("DROP TABLE temp._indexed")
    return found


def readable(
    ledger: LedgerView,
    *,
    every_day: bool = True,
    without: tuple[str, ...] = (),
    only: Iterable[str] | None = None,
    computed: bool = True,
) -> dict[str, Rows]:
    """Reads what a reader sees of every table (or of some), columns ``without`` left out, and computed ones
    unless ``computed``.
    """
    found = {}
    asked = without
    for name in ledger.registry.tables if only is None else only:
        without = asked if computed else (*asked, *ledger.registry.tables[name].computed)
        rows = ledger.query(f'SELECT * FROM "{name}{"_all" if every_day else ""}"')
        cells = [tuple(v for k, v in row.items() if k not in without) for row in rows]
        found[name] = sorted(cells, key=str)
    return found


_VIEWS: list[Views] = []
"""The clocks of the connection that was read last."""


def view(projector: Projector, on: date | None = None, known: int | None = None) -> LedgerView:
    """The projector's ledger at two clocks."""
    if not _VIEWS or _VIEWS[0].db is not projector.db:
        _VIEWS[:] = [Views(projector.db, projector.registry)]
    views = _VIEWS[0]
    return LedgerView(projector.db, projector.registry, on or date(2100, 1, 1), known, views=views)
