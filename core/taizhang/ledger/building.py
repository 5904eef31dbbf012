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
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from operator import itemgetter
from pathlib import Path
from typing import Any

from taizhang.declarations.programme import Table
from taizhang.declarations.registry import CORE, Registry
from taizhang.isolation.guard import stops
from taizhang.ledger import search
from taizhang.ledger.actions import Actions
from taizhang.ledger.facts import FactSource
from taizhang.ledger.projector import PROJECTING, Progress
from taizhang.ledger.rows import Days
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
from taizhang.ledger.texts import Texts, tokenised
from taizhang.ledger.transaction import Transaction
from taizhang.ledger.units import fingerprint, served
from taizhang.ledger.whole import GONE, Noter, WholeTable, amending, whole
from taizhang_eventstore.log import Log
from taizhang_eventstore.recorded import Recorded

PAGE = 1_000
"""Events read at a time: larger pages are no faster, and take more memory."""

SHARE = 15_000
"""Positions for each part of a table: a part of a table that most events feed is some 20 MB."""

READING, MAKING = 0.5, 0.3
"""The shares of reading the log, and of making the tables, in the whole of the work."""

_src = itemgetter(0)


class _Unit:
    """One unit while it is built."""

    def __init__(
        self, name: str, tables: Sequence[Table[Any]], registry: Registry, db: sqlite3.Connection
    ) -> None:
        self.name = name
        self.tables = tables
        self.texts = Texts(db, registry)
        self.whole = [whole(t, self.texts, registry) for t in tables]
        self.fault: str | None = None


@dataclass(frozen=True, slots=True)
class _Feed:
    """One table that a type of event feeds: what is put aside, as which kind, and the table's first part."""

    table: WholeTable
    content: Noter
    kind: int
    first: int


@dataclass(frozen=True, slots=True)
class _Plan:
    """What one unit does with one type of event."""

    unit: _Unit
    personal: bool
    rank: int
    feeds: tuple[_Feed, ...]


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
        self.source = FactSource(db, log, registry)
        self.head = log.head()
        self.parts = 1 + self.head // share
        self.share = share
        self.units = [_Unit(n, t, registry, db) for n, t in {CORE: [], **registry.units()}.items()]
        self._plans: dict[type, list[_Plan]] = {}
        self._held: list[tuple[int, int, int, str | None, Any]] = []
        self._days = Days()
        first = {t.name: i * self.parts for i, (_, t, _) in enumerate(self._tables())}
        self._count = len(first) * self.parts
        for unit in self.units:
            made = {t.name: w for t, w in zip(unit.tables, unit.whole, strict=True)}
            for event, how in served(unit.name, unit.tables, registry).items():
                feeds = tuple(
                    _Feed(w, self._watched(unit, w.noter(event)), w.kinds[event], first[name])
                    for name, w in ((t.name, made[t.name]) for t in how.tables)
                )
                plan = _Plan(unit, how.personal, how.rank, feeds)
                self._plans.setdefault(event, []).append(plan)

    def _watched(self, unit: _Unit, content: Noter) -> Noter:
        """A plugin's code that leaves a mark if it does not come back; the core's is not delayed by that."""
        guard = self.registry.guard
        if not guard.knows(unit.name):
            return content

        def watched(src: int, event: Any) -> Any:
            with guard.watching(unit.name, PROJECTING):
                return content(src, event)

        return watched

    def _tables(self) -> Iterator[tuple[_Unit, Table[Any], WholeTable]]:
        for unit in self.units:
            for table, made in zip(unit.tables, unit.whole, strict=True):
                yield unit, table, made

    def prepare(self) -> None:
        """The tables, without indexes."""
        with Transaction(self.db):
            create_common(self.db)
            for unit in self.units:
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
        with Transaction(self.db), Spill(self.folder, self._count) as notes:
            self._read(notes, told)
            with Spill(self.folder, self._count) as rows:
                self._make(notes, rows, told)
                self._write(rows)
        self._finish()
        told(self.head)

    # Reading the log

    def _read(self, notes: Spill, told: _Told) -> None:
        start, actions = 0, Actions(self.db)
        events = self.log.read(until=self.head)
        while page := list(islice(events, self.page)):
            for unit in self.units:
                if unit.fault is None and unit.name in self.registry.unlifted:
                    self._leave(unit, self.registry.unlifted[unit.name])
            self.source.begin(start)
            # Only corrections and voids ask for other events.
            roots = {r.envelope.root for r in page}
            self.source.load(
                [r for r in page if r.envelope.root is not None or r.position in roots]
            )
            actions.take(page)
            self._note(page, notes)
            for unit in self.units:
                unit.texts.flush()
            start = page[-1].position
            told(start * READING)
        self._close(start, notes)

    def _note(self, page: Sequence[Recorded], notes: Spill) -> None:
        """Puts aside what events mean to the tables, once their action is whole."""
        parts, held, day_of, waiting = self.parts, self._held, self._days, notes.waiting
        count = 0
        for recorded in page:
            position, envelope, event = recorded.position, recorded.envelope, recorded.event
            alone = envelope.n == 1
            for plan in self._plans.get(type(event), ()):
                try:
                    if plan.personal:
                        plan.unit.texts.take(recorded)
                        event = tokenised(recorded)
                    if plan.feeds and envelope.root is None:
                        day = day_of[envelope.on]
                        for feed in plan.feeds:
                            found = feed.content(position, event)
                            if found is None:
                                continue
                            key, content = found
                            part = feed.first + hash(key) % parts
                            if alone:
                                waiting[part].append((position, position, feed.kind, day, content))
                                count += 1
                            else:
                                held.append((part, position, feed.kind, day, content))
                except BaseException as error:
                    self._failed(plan.unit, error, position)
            if envelope.root is not None:
                self._amend(recorded, envelope.root)
            if held and envelope.i == envelope.n:
                self._close(position, notes)
        notes.added(count)

    def _amend(self, recorded: Recorded, root: int) -> None:
        """A correction or void: told to every part in which the fact has ever stood."""
        self.source.upto = recorded.position
        first = recorded if recorded.envelope.voids is None else self.source.event(root)
        plans = [] if first is None else self._plans.get(type(first.event), [])
        if not any(plan.feeds for plan in plans):
            return
        fact = self.source.resolve(root)
        family = [r for r in self.source.family(root) if r.envelope.voids is None]
        events = [event for r in family if (event := tokenised(r)) is not None]
        parts = self.parts
        for plan in plans:
            try:
                for feed in plan.feeds:
                    found = None if fact is None else feed.content(root, fact.event)
                    here = None if found is None else hash(found[0]) % parts
                    for part in {hash(feed.table.key_of(root, e)) % parts for e in events}:
                        place = feed.first + part
                        if fact is not None and found is not None and part == here:
                            kind = amending(feed.kind)
                            self._held.append((place, root, kind, fact.day, found[1]))
                        else:
                            self._held.append((place, root, GONE, None, None))
            except BaseException as error:
                self._failed(plan.unit, error, recorded.position)

    def _close(self, position: int, notes: Spill) -> None:
        """An action ends at ``position``."""
        waiting, held = notes.waiting, self._held
        for part, *note in held:
            waiting[part].append((position, *note))
        notes.added(len(held))
        held.clear()

    def _failed(self, unit: _Unit, error: BaseException, seq: int | None = None) -> None:
        # The file's own troubles and somebody's wish to stop are no fault of a programme.
        if unit.name == CORE or isinstance(error, sqlite3.Error | OSError) or stops(error):
            raise error
        self._leave(unit, self.registry.guard.note(unit.name, PROJECTING, error, seq).said())

    def _leave(self, unit: _Unit, fault: str) -> None:
        """The unit's tables are left empty."""
        unit.fault = fault
        unit.texts.forget()
        self._plans = {
            event: [plan for plan in plans if plan.unit is not unit]
            for event, plans in self._plans.items()
        }

    # Making and writing the tables

    def _make(self, notes: Spill, rows: Spill, told: _Told) -> None:
        """Makes every part; history is written at once, rows are put aside by position."""
        first, parts, share = 0, self.parts, self.share
        for unit, table, made_of in self._tables():
            history = Writing(table).history
            for part in range(first, first + parts):
                items = notes.take(part)
                if unit.fault is None and items:
                    try:
                        with self.registry.guard.watching(unit.name, PROJECTING):
                            made, gone = made_of.made(items)
                    except BaseException as error:
                        self._failed(unit, error, made_of.at)
                        continue
                    if gone:
                        self.db.executemany(history, gone)
                    waiting = rows.waiting
                    for row in made:
                        waiting[first + row[0] // share].append(row)
                    rows.added(len(made))
            first += parts
            told(self.head * (READING + MAKING * first / self._count))

    def _write(self, rows: Spill) -> None:
        """Every row in its place; a faulty unit's tables stay empty."""
        first = 0
        for unit, table, _ in self._tables():
            write = Writing(table)
            for part in range(first, first + self.parts):
                listed = rows.take(part)
                if listed and unit.fault is None:
                    listed.sort(key=_src)
                    self.db.executemany(write.append, listed)
            if unit.fault is not None:
                self.db.execute(write.empty)
            first += self.parts
        for unit in self.units:
            row = (0 if unit.fault else self.head, unit.fault, unit.name)
            self.db.execute("UPDATE _tracking SET position = ?, fault = ? WHERE unit = ?", row)

    def _finish(self) -> None:
        """Indexes and the finder."""
        with Transaction(self.db):
            create_common_indexes(self.db)
            for _, table, _ in self._tables():
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
