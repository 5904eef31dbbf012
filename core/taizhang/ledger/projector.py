"""The projector: events become rows, unit by unit, page by page.

A *unit* is what is projected together: the core's slices are one, every programme is its own. Each unit
has a tracking row and runs in a savepoint with it, so that a programme that raises stops no other: its
fault is noted and it is tried again when its code changes. Pages end where actions end.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from taizhang import __version__
from taizhang.declare import refs
from taizhang.ledger import search
from taizhang.ledger.facts import Fact, FactSource, personal_fields, tokenised
from taizhang.ledger.records import RecordWriter
from taizhang.ledger.schema import (
    LEDGER_VERSION,
    create_common,
    create_indexes,
    create_table,
    create_views,
    drop_table,
    stored_columns,
)
from taizhang.ledger.timeline import TableWriter
from taizhang.pinyin import pinyin
from taizhang.programme import Table
from taizhang.registry import CORE, VOIDED, Registry
from taizhang_eventstore.log import Log
from taizhang_eventstore.recorded import Recorded

Progress = Callable[[int, int], None]
"""Called with events done and events in all."""

PAGE = 5_000


class Unit:
    """One unit's writers, and how far it has come."""

    def __init__(
        self, name: str, db: sqlite3.Connection, tables: Sequence[Table[Any]], source: FactSource
    ) -> None:
        self.name = name
        self.tables = list(tables)
        self.position = 0
        self.fault: str | None = None
        self.writers: list[TableWriter | RecordWriter] = [
            (RecordWriter if t.shape == "record" else TableWriter)(db, t, source) for t in tables
        ]
        self.feeds: dict[type, list[TableWriter | RecordWriter]] = {}
        for writer in self.writers:
            for event in writer.table.feeds:
                self.feeds.setdefault(event, []).append(writer)

    def fingerprint(self, registry: Registry) -> str:
        """Changes when the unit's rows could come out differently: code, version or columns."""
        said = [__version__ if self.name == CORE else "", str(LEDGER_VERSION)]
        for programme in registry.programmes.values():
            if registry.unit_of(programme.id) == self.name:
                said += [programme.id, programme.version, programme.code]
        said += [f"{t.name}:{','.join(stored_columns(t))}" for t in self.tables]
        return hashlib.sha256("\n".join(said).encode()).hexdigest()[:16]


@dataclass(slots=True)
class Changes:
    """What was written since somebody last asked: rows by table, entities by kind, and those entities
    whose life may have become shorter.
    """

    rows: dict[str, set[int]] = field(default_factory=dict)
    entities: dict[str, set[str]] = field(default_factory=dict)
    shrunk: dict[str, set[str]] = field(default_factory=dict)


class Projector:
    """Keeps one ledger file level with the log."""

    def __init__(
        self, db: sqlite3.Connection, log: Log, registry: Registry, *, building: bool = False
    ) -> None:
        self.db = db
        self.log = log
        self.registry = registry
        self.building = building
        self.source = FactSource(log, registry)
        self.units = {
            name: Unit(name, db, tables, self.source) for name, tables in registry.units().items()
        }
        self.units.setdefault(CORE, Unit(CORE, db, [], self.source))
        self.changes = Changes()

    # Setting up

    def prepare(self) -> None:
        """Creates what is missing and clears units whose code or columns changed."""
        with Transaction(self.db):
            create_common(self.db)
            known = {
                unit: (position, fingerprint, fault)
                for unit, position, fingerprint, fault in self.db.execute(
                    "SELECT unit, position, fingerprint, fault FROM _tracking"
                )
            }
            changed = False
            for unit in self.units.values():
                fingerprint = unit.fingerprint(self.registry)
                if known.get(unit.name, (0, "", None))[1] == fingerprint:
                    continue
                changed = True
                for table in unit.tables:
                    drop_table(self.db, table.name)
                    if table.entity:
                        search.forget(self.db, table.entity)
                    create_table(self.db, table)
                    if not self.building:
                        create_indexes(self.db, table)
                if unit.name == CORE:
                    self.db.execute("DELETE FROM _actions")
                    self.db.execute("DELETE FROM amendments")
                self.db.execute(
                    "INSERT OR REPLACE INTO _tracking VALUES (?, 0, ?, NULL)",
                    (unit.name, fingerprint),
                )
            if changed:
                create_views(self.db, self.registry)

    def read_tracking(self) -> None:
        """How far each unit has come, by whichever process."""
        for name, position, fault in self.db.execute("SELECT unit, position, fault FROM _tracking"):
            if (unit := self.units.get(name)) is not None:
                unit.position, unit.fault = position, fault

    # Catching up

    def catch_up(self, progress: Progress | None = None, page: int = PAGE) -> int:
        """Brings every healthy unit to the log's head; returns that position."""
        while True:
            with Transaction(self.db):
                head = self.step(page)
            if progress is not None and head:
                progress(min(self._start(), head), head)
            if self._start() >= head:
                return head

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
        """How far the slowest healthy unit has come."""
        self.read_tracking()
        return self._start()

    def behind(self, head: int) -> bool:
        """Whether a healthy unit lacks events up to ``head``."""
        return self._start() < head

    def _page(self, start: int, head: int, size: int) -> list[Recorded]:
        """About ``size`` events after ``start``, ending where an action ends."""
        events = self.log.read(after=start, until=head)
        page = list(islice(events, size))
        while page and not page[-1].envelope.closes:
            more = next(events, None)
            if more is None:
                break
            page.append(more)
        return page

    def _alone(self, start: int, size: int) -> None:
        """Programmes that stand behind the core catch up: each reads its own events only."""
        end = self.units[CORE].position
        for unit in [u for u in self._healthy() if u.position == start]:
            types = [VOIDED, *(n for w in unit.writers for n in w.types)]
            page: list[Recorded] = []
            for recorded in self.log.read(after=start, until=end, types=types):
                if len(page) >= size and recorded.envelope.action != page[-1].envelope.action:
                    break
                page.append(recorded)
            else:
                self.source.begin(start)
                self._guarded(unit, page, end)
                continue
            self.source.begin(start)
            self._guarded(unit, page, page[-1].position)

    def apply(self, events: Sequence[Recorded]) -> None:
        """Applies whole actions, inside the caller's transaction, to every unit that lacks them."""
        last = events[-1].position
        for unit in self._healthy():
            mine = [e for e in events if e.position > unit.position]
            if mine:
                self._guarded(unit, mine, last)

    def _guarded(self, unit: Unit, events: Sequence[Recorded], position: int) -> None:
        """Runs one unit in a savepoint with its tracking row; only the core's faults are raised."""
        self.db.execute("SAVEPOINT unit")
        try:
            if unit.name == CORE:
                self._common(events)
            self._run(unit, events)
            self._flush(unit)
            unit.position = max(unit.position, position)
        except Exception as error:
            self.db.execute("ROLLBACK TO unit")
            for writer in unit.writers:
                writer.forget()
            if unit.name == CORE:
                self.db.execute("RELEASE unit")
                raise
            unit.fault = f"{type(error).__name__}: {error}"
        self._track(unit)
        self.db.execute("RELEASE unit")

    def _track(self, unit: Unit) -> None:
        self.db.execute(
            "UPDATE _tracking SET position = ?, fault = ? WHERE unit = ?",
            (unit.position, unit.fault, unit.name),
        )

    def _run(self, unit: Unit, events: Sequence[Recorded]) -> None:
        feeds, writers, source = unit.feeds, unit.writers, self.source
        event_of = self.registry.event_of
        personal: list[tuple[str, str, str, str, str]] = []
        for i, recorded in enumerate(events):
            source.add(recorded)
            envelope = recorded.envelope
            event = recorded.event
            fed = feeds.get(type(event))
            if (
                event is not None
                and self.registry.unit_of(event_of[type(event)].owner) == unit.name
            ):  # type: ignore[index]
                self._personal(recorded, personal)
            if envelope.root is not None:
                if personal:
                    self._write_personal(personal)
                self._amend(unit, envelope.root)
            elif fed is not None:
                fact = Fact(
                    recorded.position,
                    envelope.on,
                    event_of[type(event)].rank,  # type: ignore[index]
                    tokenised(recorded),  # type: ignore[arg-type]
                )
                for writer in fed:
                    writer.put(fact)
            if envelope.closes:
                for writer in writers:
                    writer.end_action(recorded.position)
            elif i + 1 == len(events) or events[i + 1].envelope.action != envelope.action:
                # The end of the action is of another unit, and was not read: the core knows it.
                end = self._end_of_action(recorded.position)
                for writer in writers:
                    writer.end_action(end)
        self._write_personal(personal)

    def _end_of_action(self, position: int) -> int:
        row = self.db.execute(
            "SELECT min(seq) FROM _actions WHERE seq >= ?", (position,)
        ).fetchone()
        return row[0] if row[0] is not None else position

    def _amend(self, unit: Unit, root: int) -> None:
        first = self.source.event(root)
        if first is None or first.event is None:
            return
        fed = unit.feeds.get(type(first.event))
        if fed:
            fact = self.source.resolve(root)
            for writer in fed:
                writer.amend(root, fact)

    def _common(self, events: Sequence[Recorded]) -> None:
        """Rows that belong to no table: ends of actions with the time, and amendments."""
        found = self.db.execute("SELECT max(recorded_at) FROM _actions").fetchone()[0] or ""
        ends, amendments = [], []
        for recorded in events:
            envelope = recorded.envelope
            if envelope.closes:
                # The writer's clock may have been set back: positions never are.
                found = max(found, envelope.recorded_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"))
                ends.append((recorded.position, found))
            if envelope.root is not None:
                kind = "void" if envelope.voids is not None else "correct"
                amendments.append((recorded.position, envelope.root, envelope.amends, kind))
        self.db.executemany("INSERT OR REPLACE INTO _actions VALUES (?, ?)", ends)
        self.db.executemany("INSERT OR REPLACE INTO amendments VALUES (?, ?, ?, ?)", amendments)

    def _personal(self, recorded: Recorded, rows: list[tuple[str, str, str, str, str]]) -> None:
        event = recorded.event
        names = personal_fields(type(event))
        if not names:
            return
        subject = next((f"{kind}:{id}" for kind, id in refs(event)), "")  # type: ignore[arg-type]
        for name in names:
            text = getattr(event, name)
            if text:
                sound = pinyin(text) if name == "name" else ("", "")
                rows.append((f"{recorded.position}.{name}", subject, text, *sound))

    def _write_personal(self, rows: list[tuple[str, str, str, str, str]]) -> None:
        if rows:
            self.db.executemany("INSERT OR REPLACE INTO personal VALUES (?, ?, ?, ?, ?)", rows)
            rows.clear()

    def _flush(self, unit: Unit) -> None:
        for writer in unit.writers:
            ids = writer.flush()
            entity = writer.table.entity
            if writer.written and not self.building:
                self.changes.rows.setdefault(writer.table.name, set()).update(writer.written)
            if ids and entity and not self.building:
                self.changes.entities.setdefault(entity, set()).update(ids)
                self.changes.shrunk.setdefault(entity, set()).update(writer.shrunk)
            writer.written.clear()
            writer.shrunk.clear()
            if ids:
                if writer.table.search and not self.building:
                    search.refresh(self.db, writer.table, sorted(ids))

    def finish(self) -> None:
        """Indexes and the finder, after building a ledger that had none."""
        with Transaction(self.db):
            for unit in self.units.values():
                for table in unit.tables:
                    create_indexes(self.db, table)
                    if table.search:
                        search.rebuild(self.db, table)


class Transaction:
    """``BEGIN IMMEDIATE`` to ``COMMIT``, or ``ROLLBACK`` when it raises."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db

    def __enter__(self) -> None:
        self.db.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if self.db.in_transaction:
            self.db.execute("COMMIT" if kind is None else "ROLLBACK")
