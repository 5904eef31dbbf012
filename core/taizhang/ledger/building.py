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
from collections.abc import Callable, Iterable
from operator import itemgetter
from pathlib import Path

from taizhang.declarations.fields import Declared
from taizhang.declarations.lines import line_fields
from taizhang.declarations.registry import Registry
from taizhang.ledger import ranking, search
from taizhang.ledger.actions import Actions, Kept
from taizhang.ledger.entries import Stored
from taizhang.ledger.facts import FactSource
from taizhang.ledger.lines import BITS
from taizhang.ledger.noting import Noting
from taizhang.ledger.plans import Built, Plans
from taizhang.ledger.projector import PROJECTING, Progress
from taizhang.ledger.schema import (
    create_common,
    create_common_indexes,
    create_indexes,
    create_line,
    create_table,
    create_views,
)
from taizhang.ledger.spill import Item, Spill
from taizhang.ledger.statements import Writing
from taizhang.ledger.texts import Stored as Text
from taizhang.ledger.texts import keep
from taizhang.ledger.transaction import Transaction
from taizhang.ledger.units import fingerprint
from taizhang.ledger.vault import vault_of
from taizhang_eventstore.log import Log

PAGE = 1_000
"""Events read at a time: larger pages are no faster, and take more memory."""

SHARE = 15_000
"""Positions for each part of a table: a part of a table that most events feed is some 20 MB."""

SAMPLED = 100
"""Events that are looked at to see how many lines they have."""

READING, MAKING = 0.5, 0.3
"""The shares of reading the log, and of making the tables, in the whole of the work."""

_src = itemgetter(0)


Shared = Callable[["Builder", "Meter"], None]
"""Fills and finishes the tables of a ledger, inside its transaction."""


class Builder:
    """Builds the ledger of ``log`` in ``db``, an empty file; what is put aside goes to ``folder``.

    ``shared`` fills the tables with ``processes`` besides this one. ``page`` and ``share`` are for
    tests: events read at a time, and positions for each part.
    """

    def __init__(
        self,
        db: sqlite3.Connection,
        log: Log,
        registry: Registry,
        folder: Path,
        *,
        processes: int = 1,
        shared: Shared | None = None,
        page: int = PAGE,
        share: int | None = None,
    ) -> None:
        self.db = db
        self.log = log
        self.registry = registry
        vault_of(registry).attach(db)
        self.folder = folder
        self.processes = processes
        self._shared = shared
        self.page = page
        self.head = log.head()
        self.share = _share(log, self.head) if share is None else share
        self.plans = Plans(log, registry, 1 + self.head // self.share)

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
        told = Meter(progress, self.head)
        with Transaction(self.db):
            self._actions = Actions(self.db)
            (self._shared or Builder._fill)(self, told)
            ranking.arrange(self.db, vault_of(self.registry))
            for unit in self.plans.units:
                row = (0 if unit.fault else self.head, unit.fault, unit.name)
                self.db.execute("UPDATE _tracking SET position = ?, fault = ? WHERE unit = ?", row)
        told(self.head)

    def _fill(self, told: Meter) -> None:
        """One step after the other: tables are written when no programme can fail any more."""
        count = self.plans.count
        with Spill(self.folder, count) as notes, Spill(self.folder, count) as rows:
            source = FactSource(self.db, self.log, self.registry)

            def written(position: int, rows: Kept, texts: list[Text]) -> None:
                self.keep(rows)
                keep(self.db, texts)
                told(position * READING)

            Noting(self.plans, source, notes, self.page).read(0, self.head, written)
            for built in self.plans.tables():
                history = Writing(built.table).history

                def gone(_: int, listed: list[Stored], history: str = history) -> None:
                    self.db.executemany(history, listed)

                self.make(built, built.parts, notes.take, rows, gone)
                told(self.head * (READING + MAKING * built.parts.stop / count))
            for built in self.plans.tables():
                self.append(built, map(rows.take, built.parts))
        self.finish_common()
        for built in self.plans.tables():
            self.finish(built)

    # The steps, for whichever process takes them

    def keep(self, rows: Kept) -> None:
        """Writes ends of actions and amendments; pages in their order."""
        self._actions.write(*rows)

    def make(
        self,
        built: Built,
        parts: Iterable[int],
        take: Callable[[int], list[Item]],
        rows: Spill,
        gone: Callable[[int, list[Stored]], None],
    ) -> None:
        """Makes parts of a table.

        Args:
            built: The table.
            parts: The parts, of all tables'.
            take: Gives the notes of one.
            rows: Where rows are put, by their position.
            gone: Told of each part and its history rows, where there are any.
        """
        unit, whole, first, share = built.unit, built.whole, built.parts.start, self.share
        for part in parts:
            items = take(part)
            if unit.fault is not None or not items:
                continue
            try:
                with self.registry.guard.watching(unit.name, PROJECTING):
                    made, history = whole.made(items)
            except BaseException as error:
                self.plans.failed(unit, error, whole.at)
                continue
            if history:
                gone(part, history)
            waiting, bits = rows.waiting, BITS if built.table.lined else 0
            for row in made:
                waiting[first + (row[0] >> bits) // share].append(row)
            rows.added(len(made))

    def append(self, built: Built, rows: Iterable[list[Item]]) -> None:
        """Writes the rows of a table by position; a faulty unit's tables stay empty."""
        write = Writing(built.table)
        for listed in rows:
            if listed and built.unit.fault is None:
                listed.sort(key=_src)
                self.db.executemany(write.append, listed)
        if built.unit.fault is not None:
            self.db.execute(write.empty)

    def finish_common(self) -> None:
        """Indexes of the tables that do not depend on declarations."""
        create_common_indexes(self.db)

    def finish(self, built: Built) -> None:
        """Indexes of a table, and its share of the finder."""
        create_line(self.db, built.table)
        create_indexes(self.db, built.table)
        if built.table.search:
            search.rebuild(self.db, built.table, built.unit.texts.vault)


def _share(log: Log, head: int) -> int:
    """Positions for each part, so that a part of a table has about :data:`SHARE` rows where events have
    many lines.
    """
    some = log.at(range(1, head + 1, max(1, head // SAMPLED)))
    lines = [
        len(getattr(r.event, field))
        for r in some
        if isinstance(r.event, Declared)
        for field in line_fields(type(r.event))
    ]
    return max(1, int(SHARE * len(some) / (len(some) + sum(lines)))) if lines else SHARE


class Meter:
    """Tells how far the work has come, in events of ``all``."""

    def __init__(self, progress: Progress | None, all: int) -> None:
        self._progress = progress
        self._all = all

    def __call__(self, done: float) -> None:
        if self._progress is not None:
            self._progress(int(done), self._all)
