"""The projector: events become rows, unit by unit, page by page.

A *unit* is what is projected together: the core's slices are one, every programme is its own. Each unit
has a tracking row, and a programme runs in a savepoint, so that one that raises stops no other: its fault
is noted and it is tried again when its code changes. Pages end where actions end.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Collection, Sequence

from msgspec import Struct, field

from taizhang.declarations.ledger import in_clause
from taizhang.declarations.registry import CORE, VOIDED, Registry
from taizhang.isolation.guard import stops
from taizhang.ledger import search
from taizhang.ledger.actions import LAST, Actions
from taizhang.ledger.collecting import no_collections
from taizhang.ledger.facts import FactSource
from taizhang.ledger.own import note_layout
from taizhang.ledger.schema import (
    create_common,
    create_common_indexes,
    create_indexes,
    create_line,
    create_table,
    create_views,
    drop_table,
)
from taizhang.ledger.transaction import Transaction
from taizhang.ledger.units import Unit
from taizhang.ledger.vault import vault_of
from taizhang_eventstore.log import Log
from taizhang_eventstore.recorded import Recorded

Progress = Callable[[int, int], None]
"""Called with events done and events in all."""

PAGE, LARGEST = 5_000, 20_000
"""The fewest events of a full page, and the most: 50,000 were no faster and took 160 MB more."""

HEAVIEST = 16_000_000
"""Bytes of events after which a page is full: those with many lines become many rows."""

HELD = 1.0
"""Seconds for which a page should hold the lock: so long other writers wait, and progress is silent."""

PROJECTING = "推算台账|projecting"


class Changes(Struct):
    """The changes written since somebody last asked: rows by table, entities by kind, those entities whose
    life may have become shorter, and whether there were personal texts.
    """

    rows: dict[str, set[int]] = field(default_factory=dict)
    entities: dict[str, set[str]] = field(default_factory=dict)
    shrunk: dict[str, set[str]] = field(default_factory=dict)
    texts: bool = False

    def touches(self, tables: Collection[str]) -> bool:
        """Tells if a row of one of these tables was written; ``personal`` stands for the texts."""
        return not self.rows.keys().isdisjoint(tables) or (self.texts and "personal" in tables)


class Projector:
    """Keeps one ledger file level with the log."""

    def __init__(self, db: sqlite3.Connection, log: Log, registry: Registry) -> None:
        self.db = db
        self.log = log
        self.registry = registry
        vault_of(registry).attach(db)
        self.source = FactSource(db, log, registry)
        # The core first: it knows where actions end.
        tables = {CORE: [], **registry.units()}
        self.units = {name: Unit(name, db, tables[name], self.source) for name in tables}
        self.changes = Changes()

    # Setting up

    def prepare(self) -> None:
        """Creates what is missing and clears units whose code or columns changed."""
        with Transaction(self.db):
            create_common(self.db)
            create_common_indexes(self.db)
            known = {
                unit: (position, fingerprint, fault)
                for unit, position, fingerprint, fault in self.db.execute(
                    "SELECT unit, position, fingerprint, fault FROM _tracking"
                )
            }
            changed = False
            for unit in self.units.values():
                fingerprint = unit.fingerprint(self.registry)
                _, before, fault = known.get(unit.name, (0, "", None))
                released = fault is not None and not self.registry.guard.faulty(unit.name)
                if before == fingerprint and not released:
                    continue  # one that failed and has been released is tried from the beginning
                changed = True
                for table in unit.tables:
                    drop_table(self.db, table.name)
                    if table.entity:
                        search.forget(self.db, table)
                    create_table(self.db, table)
                    create_line(self.db, table)
                    create_indexes(self.db, table)
                if unit.name == CORE:
                    self.db.execute("DELETE FROM _actions")
                    self.db.execute("DELETE FROM amendments")
                    self.db.execute("DELETE FROM _batches")
                self.db.execute(
                    "INSERT OR REPLACE INTO _tracking VALUES (?, 0, ?, NULL)",
                    (unit.name, fingerprint),
                )
            if changed:
                create_views(self.db, self.registry)
                note_layout(self.db, self.registry)

    def agrees(self) -> bool:
        """Tells if the file has every unit's rows as the code of this program makes them."""
        try:
            known = dict(self.db.execute("SELECT unit, fingerprint FROM _tracking").fetchall())
        except sqlite3.DatabaseError:
            return False
        return all(known.get(u.name) == u.fingerprint(self.registry) for u in self.units.values())

    def seen(self) -> tuple[int, str] | None:
        """Position and id of the last event that the ledger has seen; None where there was none."""
        row = self.db.execute("SELECT value FROM _meta WHERE name = ?", (LAST,)).fetchone()
        if row is None:
            return None
        position, _, id = str(row[0]).partition(" ")
        return int(position), id

    def read_tracking(self) -> None:
        """Reads how far each unit has come, by whichever process."""
        for name, position, fault in self.db.execute("SELECT unit, position, fault FROM _tracking"):
            if (unit := self.units.get(name)) is not None:
                unit.position, unit.fault = position, fault

    # Catching up

    def catch_up(self, progress: Progress | None = None, page: int | None = None) -> int:
        """Brings every healthy unit to the log's head; returns that position.

        ``page`` is how many events are applied in one transaction; without it as many as this
        machine applies in a second, since rows that many events of a page change are written once.
        """
        size = page or PAGE
        with no_collections():
            while True:
                # Looking is free of locks; only what there is to write waits for other writers.
                head = self.log.head()
                if self.position() >= head:
                    return head
                with Transaction(self.db):
                    began = time.monotonic()
                    head = self.step(size)
                if page is None:
                    taken = max(time.monotonic() - began, 0.01)
                    size = min(LARGEST, max(PAGE, int(size * HELD / taken)))
                if progress is not None and head:
                    progress(min(self._start(), head), head)
                self.changes = Changes()

    def step(self, page: int = PAGE) -> int:
        """One page, inside the caller's transaction; returns the log's head."""
        self.read_tracking()
        head = self.log.head()
        start = self._start()
        if start < head:
            core = self.units[CORE]
            if core.fault is None and core.position > start:
                self._alone(start, page)
            elif events := self._page(start, head, page):
                self.source.begin(start)
                self.apply(events)
        return head

    def _healthy(self) -> list[Unit]:
        return [u for u in self.units.values() if u.fault is None]

    def _start(self) -> int:
        return min((u.position for u in self._healthy()), default=0)

    def position(self) -> int:
        """Returns how far the slowest healthy unit has come."""
        self.read_tracking()
        return self._start()

    def behind(self, head: int) -> bool:
        """Tells if a healthy unit lacks events up to ``head``."""
        return self._start() < head

    def _page(self, start: int, head: int, size: int) -> list[Recorded]:
        """About ``size`` events after ``start``, or fewer large ones, ending where an action ends."""
        page: list[Recorded] = []
        held = 0
        for recorded in self.log.read(after=start, until=head):
            page.append(recorded)
            held += len(recorded.data)
            if (len(page) >= size or held >= HEAVIEST) and recorded.envelope.closes:
                break
        return page

    def _alone(self, start: int, size: int) -> None:
        """Programmes that stand behind the core catch up: each reads its own events only."""
        end = self.units[CORE].position
        for unit in [u for u in self._healthy() if u.position == start]:
            types = [VOIDED, *(n for w in unit.writers for n in w.types)]
            page: list[Recorded] = []
            held = 0
            for recorded in self.log.read(after=start, until=end, types=types):
                full = len(page) >= size or held >= HEAVIEST
                if full and recorded.envelope.action != page[-1].envelope.action:
                    reached = page[-1].position
                    break
                page.append(recorded)
                held += len(recorded.data)
            else:
                reached = end
            self.source.begin(start)
            self.source.load(page)
            self._guarded(unit, page)
            self._moved([unit], reached)

    def apply(self, events: Sequence[Recorded]) -> None:
        """Applies whole actions, inside the caller's transaction, to every unit that lacks them.

        Most events concern the core and no programme, or one: the others only move their position.
        """
        last = events[-1].position
        self.source.load(events)
        kinds = {type(e.event) for e in events}
        voided = any(e.envelope.voids is not None for e in events)  # of whichever type
        behind = [u for u in self._healthy() if u.position < last]
        for unit in behind:
            if voided or unit.name in self.registry.unlifted or not kinds.isdisjoint(unit.plans):
                self._guarded(unit, [e for e in events if e.position > unit.position])
            elif unit.name == CORE:
                Actions(self.db).take(events)
        self._moved(behind, last)

    def _moved(self, units: Sequence[Unit], position: int) -> None:
        """Says how far those have come that did not fail."""
        moved = [u for u in units if u.fault is None]
        for unit in moved:
            unit.position = position
        names = [u.name for u in moved]
        self.db.execute(
            f"UPDATE _tracking SET position = ? WHERE unit IN ({in_clause(names)})",
            (position, *names),
        )

    def _guarded(self, unit: Unit, events: Sequence[Recorded]) -> None:
        """Runs one unit; the core's faults are raised, a programme's undo its rows and are noted."""
        if unit.name == CORE:
            Actions(self.db).take(events)
            self._run(unit, events)
        elif unit.name in self.registry.unlifted:
            self._fail(unit, self.registry.unlifted[unit.name])
        else:
            self._in_savepoint(unit, events)

    def _in_savepoint(self, unit: Unit, events: Sequence[Recorded]) -> None:
        self.db.execute("SAVEPOINT unit")
        guard = self.registry.guard
        try:
            with guard.watching(unit.name, PROJECTING):
                self._run(unit, events)
        except BaseException as error:
            if not self.db.in_transaction:
                raise  # For want of room SQLite has undone all of it already.
            self.db.execute("ROLLBACK TO unit")
            # The file's own troubles and somebody's wish to stop are no fault of a programme.
            if isinstance(error, sqlite3.Error) or stops(error):
                self.db.execute("RELEASE unit")
                raise
            self._fail(unit, guard.note(unit.name, PROJECTING, error, self.source.upto).said())
        self.db.execute("RELEASE unit")

    def _run(self, unit: Unit, events: Sequence[Recorded]) -> None:
        try:
            unit.run(events)
            self._flush(unit)
        except BaseException:
            unit.forget()
            raise

    def _fail(self, unit: Unit, fault: str) -> None:
        unit.fault = fault
        self.db.execute("UPDATE _tracking SET fault = ? WHERE unit = ?", (fault, unit.name))

    def _flush(self, unit: Unit) -> None:
        changes = self.changes
        changes.texts |= unit.texts.flush()
        for writer in unit.writers:
            if writer.idle:
                continue
            ids = writer.flush()
            table = writer.table
            if writer.written:
                changes.rows.setdefault(table.name, set()).update(writer.written)
            if ids and table.entity:
                changes.entities.setdefault(table.entity, set()).update(ids)
                changes.shrunk.setdefault(table.entity, set()).update(writer.shrunk)
                if table.search:
                    search.refresh(self.db, table, ids, unit.texts.vault)
            writer.written.clear()
            writer.shrunk.clear()
