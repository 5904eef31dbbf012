"""What each type of event means to the tables of a ledger that is built from the whole log.

Every table's keys are divided into the same number of parts; a part of a table has a place of its own
among those of all tables.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from taizhang.declarations.programme import Table
from taizhang.declarations.registry import CORE, Registry
from taizhang.isolation.guard import stops
from taizhang.ledger.lines import Split
from taizhang.ledger.projector import PROJECTING
from taizhang.ledger.texts import LoggedTexts
from taizhang.ledger.units import served
from taizhang.ledger.whole import Noter, WholeTable, whole
from taizhang_eventstore.log import Log


class BuiltUnit:
    """One unit while it is built."""

    def __init__(
        self, name: str, tables: Sequence[Table[Any]], registry: Registry, log: Log
    ) -> None:
        self.name = name
        self.tables = tables
        self.texts = LoggedTexts(log, registry)
        self.whole = [whole(t, self.texts, registry) for t in tables]
        self.fault: str | None = None


@dataclass(frozen=True, slots=True)
class Feed:
    """One table that a type of event feeds: what is put aside, as which kind, and the table's first part."""

    table: WholeTable
    content: Noter
    kind: int
    first: int
    split: Split | None = None
    """How the event's lines are facts by themselves there, if the table is one of lines."""


@dataclass(frozen=True, slots=True)
class BuildingPlan:
    """The work of one unit on one type of event."""

    unit: BuiltUnit
    personal: bool
    rank: int
    feeds: tuple[Feed, ...]


@dataclass(frozen=True, slots=True)
class Built:
    """One table while it is built: its unit, what makes it, and its parts."""

    unit: BuiltUnit
    table: Table[Any]
    whole: WholeTable
    parts: range


class Plans:
    """The units of a ledger that is being built, and their plans by type of event.

    A programme that raises is left: its plans are taken out, and its fault noted.
    """

    def __init__(self, log: Log, registry: Registry, parts: int) -> None:
        self.registry = registry
        self.parts = parts
        self.units = [
            BuiltUnit(n, t, registry, log) for n, t in {CORE: [], **registry.units()}.items()
        ]
        self.by_event: dict[type, list[BuildingPlan]] = {}
        first = {built.table.name: built.parts.start for built in self.tables()}
        self.forked = False
        """Whether a process that was forked uses them: all faults are raised there."""
        self.count = len(first) * parts
        """Parts of all tables."""
        for unit in self.units:
            made = {t.name: w for t, w in zip(unit.tables, unit.whole, strict=True)}
            for event, how in served(unit.name, unit.tables, registry).items():
                feeds = tuple(
                    Feed(
                        w,
                        self._watched(unit, w.noter(event)),
                        w.kinds[event],
                        first[name],
                        Split(w.table.feeds[event]) if w.table.lined else None,
                    )
                    for name, w in ((t.name, made[t.name]) for t in how.tables)
                )
                plan = BuildingPlan(unit, how.personal, how.rank, feeds)
                self.by_event.setdefault(event, []).append(plan)

    def _watched(self, unit: BuiltUnit, content: Noter) -> Noter:
        """A plugin's code that leaves a mark if it does not come back; the core's is not delayed by that."""
        guard = self.registry.guard
        if not guard.knows(unit.name):
            return content

        def watched(src: int, event: Any) -> Any:
            with guard.watching(unit.name, PROJECTING):
                return content(src, event)

        return watched

    def tables(self) -> Iterator[Built]:
        """Every table in the order in which they are built."""
        first = 0
        for unit in self.units:
            for table, made in zip(unit.tables, unit.whole, strict=True):
                yield Built(unit, table, made, range(first, first + self.parts))
                first += self.parts

    def failed(self, unit: BuiltUnit, error: BaseException, seq: int | None = None) -> None:
        """Notes a programme's fault at event ``seq``; raises ``error`` where it is not one."""
        # The file's own troubles and somebody's wish to stop are no fault of a programme.
        none = unit.name == CORE or isinstance(error, sqlite3.Error | OSError) or stops(error)
        if none or self.forked:
            raise error
        self.leave(unit, self.registry.guard.note(unit.name, PROJECTING, error, seq).said())

    def leave(self, unit: BuiltUnit, fault: str) -> None:
        """The unit's tables are left empty."""
        unit.fault = fault
        unit.texts.forget()
        self.by_event = {
            event: [plan for plan in plans if plan.unit is not unit]
            for event, plans in self.by_event.items()
        }

    def leave_unlifted(self) -> None:
        """Leaves the units whose older events the decoder could not lift."""
        if self.forked and self.registry.unlifted:
            raise RuntimeError("an older event was not lifted")
        for unit in self.units:
            if unit.fault is None and unit.name in self.registry.unlifted:
                self.leave(unit, self.registry.unlifted[unit.name])
