"""Building a ledger from the whole log, in an empty file.

Catching up loads what the next events are going to meet, and writes rows that later events change
again. Where the whole log is there to be read, neither is needed, for a timeline depends on its own
facts alone. So the log is read once and its facts are put aside by parts of their tables' keys; then
every part is made in memory, from the first fact to the last; and the rows are written once, in their
order. Memory holds one page of events, or one part.

Rows and history come out as catching up makes them: it is the same code that applies facts to timelines
(:mod:`taizhang.ledger.timeline`), and the tests compare the two.
"""

from __future__ import annotations

import sqlite3
from operator import itemgetter
from pathlib import Path

from taizhang.declarations.registry import Registry
from taizhang.ledger import search
from taizhang.ledger.facts import FactSource
from taizhang.ledger.noting import Noting
from taizhang.ledger.plans import Plans
from taizhang.ledger.projector import PROJECTING, Progress
from taizhang.ledger.schema import (
    create_common,
    create_common_indexes,
    create_indexes,
    create_line,
    create_table,
    create_views,
)
from taizhang.ledger.spill import Spill
from taizhang.ledger.statements import Writing
from taizhang.ledger.transaction import Transaction
from taizhang.ledger.units import fingerprint
from taizhang_eventstore.log import Log

PAGE = 1_000
"""Events read at a time: larger pages are no faster, and take more memory."""

SHARE = 15_000
"""Positions for each part of a table: a part of a table that most events feed is some 20 MB."""

READING, MAKING = 0.5, 0.3
"""The shares of reading the log, and of making the tables, in the whole of the work."""

_src = itemgetter(0)


class Builder:
    """Builds the ledger of ``log`` in ``db``, an empty file; what is put aside goes to ``folder``.

    ``page`` and ``share`` are for tests: events read at a time, and positions for each part.
    """

    def __init__(
        self,
        db: sqlite3.Connection,
        log: Log,
        registry: Registry,
        folder: Path,
        *,
        page: int = PAGE,
        share: int = SHARE,
    ) -> None:
        self.db = db
        self.log = log
        self.registry = registry
        self.folder = folder
        self.page = page
        self.share = share
        self.head = log.head()
        self.plans = Plans(db, registry, 1 + self.head // share)

    def prepare(self) -> None:
        """The tables, without indexes."""
        with Transaction(self.db):
            create_common(self.db)
            for unit in self.plans.units:
                for table in unit.tables:
                    create_table(self.db, table)
                row = unit.name, fingerprint(unit.name, unit.tables, self.registry)
                self.db.execute("INSERT INTO _tracking VALUES (?, 0, ?, NULL)", row)
            create_views(self.db, self.registry)

    def build(self, progress: Progress | None = None) -> None:
        """Fills the tables, then makes indexes and the finder.

        A programme that raises is left empty, and its fault noted; a fault of the core is raised.
        """
        told = _Told(progress, self.head)
        count = self.plans.count
        with Transaction(self.db), Spill(self.folder, count) as notes:
            source = FactSource(self.db, self.log, self.registry)
            noting = Noting(self.db, self.plans, source, notes, self.page)
            noting.read(self.head, lambda done: told(done * READING))
            with Spill(self.folder, count) as rows:
                self._make(notes, rows, told)
                self._write(rows)
        self._finish()
        told(self.head)

    def _make(self, notes: Spill, rows: Spill, told: _Told) -> None:
        """Makes every part; history is written at once, rows are put aside by position."""
        first, parts, share = 0, self.plans.parts, self.share
        for unit, table, made_of in self.plans.tables():
            history = Writing(table).history
            for part in range(first, first + parts):
                items = notes.take(part)
                if unit.fault is None and items:
                    try:
                        with self.registry.guard.watching(unit.name, PROJECTING):
                            made, gone = made_of.made(items)
                    except BaseException as error:
                        self.plans.failed(unit, error, made_of.at)
                        continue
                    if gone:
                        self.db.executemany(history, gone)
                    waiting = rows.waiting
                    for row in made:
                        waiting[first + row[0] // share].append(row)
                    rows.added(len(made))
            first += parts
            told(self.head * (READING + MAKING * first / self.plans.count))

    def _write(self, rows: Spill) -> None:
        """Every row in its place; a faulty unit's tables stay empty."""
        first = 0
        for unit, table, _ in self.plans.tables():
            write = Writing(table)
            for part in range(first, first + self.plans.parts):
                listed = rows.take(part)
                if listed and unit.fault is None:
                    listed.sort(key=_src)
                    self.db.executemany(write.append, listed)
            if unit.fault is not None:
                self.db.execute(write.empty)
            first += self.plans.parts
        for unit in self.plans.units:
            row = (0 if unit.fault else self.head, unit.fault, unit.name)
            self.db.execute("UPDATE _tracking SET position = ?, fault = ? WHERE unit = ?", row)

    def _finish(self) -> None:
        """Indexes and the finder."""
        with Transaction(self.db):
            create_common_indexes(self.db)
            for _, table, _ in self.plans.tables():
                create_line(self.db, table)
                create_indexes(self.db, table)
                if table.search:
                    search.rebuild(self.db, table)


class _Told:
    """Tells how far the work has come, in events of ``all``."""

    def __init__(self, progress: Progress | None, all: int) -> None:
        self._progress = progress
        self._all = all

    def __call__(self, done: float) -> None:
        if self._progress is not None:
            self._progress(int(done), self._all)
