"""Why a cell shows what it shows (来由): the event that set the column, and what was there before.

Two pasts are told apart. *Earlier* is what the timeline says of days before, as known now: the member
was in another branch until June. *Known* is what this very day has shown since it was first recorded:
until the correction of July the ledger said otherwise. Each value stands with the event that set it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from taizhang.declarations.columns import no_column
from taizhang.ledger.lines import number_of, position_of
from taizhang.readmodels.behind import Behind
from taizhang.readmodels.blame import (
    ABSENT,
    BEGAN,
    ENDED,
    Run,
    agree,
    mover,
    runs,
    setter,
    value_of,
)
from taizhang.readmodels.tables import column_label
from taizhang.readmodels.timeline import Timeline, Version
from taizhang.store.viewings import in_rows
from taizhang.words.errors import Usage
from taizhang.words.labels import called

if TYPE_CHECKING:
    from taizhang.declarations.ledger import Cells
    from taizhang.ledger.facts import FactSource
    from taizhang.ledger.view import LedgerView
    from taizhang.readmodels.locating import Place
    from taizhang_eventstore.log import Log

MOST = 100
"""Rows of one span, and changes of what was known, that are looked back at."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """A value that held before: from ``since`` until ``until`` (exclusive), set by ``behind``."""

    value: Any
    present: bool
    since: str
    until: str | None
    behind: Behind | None


@dataclass(frozen=True, slots=True)
class Known:
    """The value that the day showed from the action that ended at ``known`` until that at ``gone``.

    ``behind`` set the value; ``by`` are the events of the action that brought it to light or took
    away what stood there: a late entry, a correction, a void. ``recorded_at`` as the ledger keeps it.
    """

    value: Any
    present: bool
    known: int
    gone: int | None
    recorded_at: str
    behind: Behind | None
    by: tuple[Behind, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """One column: what it shows, the event that set it, and both pasts, newest first."""

    column: str
    value: Any
    present: bool
    behind: Behind | None
    earlier: tuple[Earlier, ...] = ()
    known: tuple[Known, ...] = ()


class Story:
    """A row on a day at a known position, and where each of its columns comes from."""

    def __init__(
        self,
        ledger: LedgerView,
        log: Log,
        place: Place,
        known: int | None = None,
        source: FactSource | None = None,
    ) -> None:
        self.place = place
        self.timeline = Timeline(ledger, log, place.table, place.key, known, source)
        self.fold = place.table.shape == "fold"

    @property
    def columns(self) -> list[str]:
        """The columns that can be asked for."""
        time = ["on_date"] if self.timeline.record else ["since", "until"]
        return [*self.timeline.columns, *time]

    @cached_property
    def rows(self) -> list[Version]:
        """The timeline up to the day: of a fold all of it, of spans the last :data:`MOST`."""
        return self.timeline.upto(self.place.day, -1 if self.fold else MOST + 1)

    @property
    def row(self) -> Version | None:
        """The row in force on the day."""
        last = self.rows[-1] if self.rows else None
        return None if last is None or last.gap else last

    def cells(self) -> Cells:
        """The row as a reader sees it; empty where there is none."""
        if self.row is None:
            return {}
        shown = {c: self._read(c, value_of(self.timeline, self.row, c)) for c in self.columns}
        table, src = self.place.table, self.row.src
        line = {"line": number_of(table, src) or None} if table.lined else {}
        return {**shown, **line, "src": position_of(table, src), "seq": self.row.seq}

    def subjects(self) -> set[str]:
        """Lists whose numbers its columns and their pasts show, ``member:m-…``."""
        table, timeline = self.place.table, self.timeline
        row = self.cells()
        if not row and not timeline.record:
            row = dict(zip(table.key_columns, timeline.key, strict=True))
        return set(in_rows(timeline.registry, table, [row]))

    def begins(self) -> Behind | None:
        """Finds, where nothing has begun by the day, the event with which it begins later."""
        first = self.timeline.first() if not self.rows else None
        return None if first is None else self._behind(self.timeline.versions_of(first.src)[-1])

    def column(self, word: str) -> str:
        """The column that people mean by a name or a label. Raises :class:`Usage` where there is none, and for one
        that is not recorded.
        """
        table = self.place.table
        labels = {c: column_label(table, c) for c in [*self.columns, *table.computed]}
        if (column := called(word, labels)) is None:
            raise no_column(table.name, word, labels)
        if column in table.computed:
            raise Usage(
                "列 {column} 不是登记的，是按当日的台账算出来的"
                "|the column {column} is not recorded: it is computed from the ledger of the day",
                column=column,
            )
        return column

    def cell(self, column: str, *, past: bool = True, beyond: str = "") -> Cell:
        """One column; without ``past`` only the event, that which the day ``beyond`` did not show yet. Raises as
        :meth:`column`.

        Args:
            column: The column.
            past: What it showed before is looked for too.
            beyond: Looks for the event beyond this day.
        """
        column = self.column(column)
        found = runs(self.timeline, self.rows, column)
        last = found[-1] if found else None
        value = ABSENT if last is None else last.value
        return Cell(
            column,
            self._read(column, value),
            value is not ABSENT,
            None if last is None else self._setter(last, column, self.place.day, beyond),
            self._earlier(found, column) if past else (),
            self._known(column) if past else (),
        )

    def _read(self, column: str, value: Any) -> Any:
        return None if value is ABSENT else self.timeline.read(column, value)

    def _behind(self, recorded: Any) -> Behind | None:
        return None if recorded is None else Behind.of(recorded, self.timeline.registry)

    def _setter(self, run: Run, column: str, day: str, beyond: str = "") -> Behind | None:
        found = setter(self.timeline, self.rows, run, column, day, beyond=beyond)
        return self._named(self.timeline, run, column, found)

    def _named(self, timeline: Timeline, run: Run, column: str, found: Any) -> Behind | None:
        """Names what set a column; where its fact was moved to another day since, what moved it too."""
        behind = self._behind(found)
        moved = mover(timeline, run.src) if behind is not None and column != ENDED else None
        if behind is None or moved is None or moved.position <= behind.seq:
            return behind
        return replace(behind, moved=self._behind(moved))

    # Both pasts

    def _earlier(self, found: list[Run], column: str) -> tuple[Earlier, ...]:
        if column in (*BEGAN, ENDED):
            return ()  # Days are of the row alone.
        # Of the first span that was read, the one before it is not known.
        cut = 1 if not self.fold and len(self.rows) > MOST else 0
        told = []
        for run in reversed(found[cut:-1]):
            if run.passing or run.until is None:
                continue
            # As its last day shows it.
            day = (date.fromisoformat(run.until) - timedelta(days=1)).isoformat()
            behind = self._setter(run, column, day)
            shown = self._read(column, run.value)
            told.append(Earlier(shown, run.value is not ABSENT, run.since, run.until, behind))
        return tuple(told)

    def _known(self, column: str) -> tuple[Known, ...]:
        """Lists what the day has shown, as known now at last and at first before that."""
        steps = self._steps(column)[-MOST:]
        told = []
        for i, (position, value) in enumerate(steps):
            gone = steps[i + 1][0] if i + 1 < len(steps) else None
            then = self.timeline.at(position)
            rows = then.upto(self.place.day, -1 if self.fold else 2)
            found = runs(then, rows, column)
            behind = setter(then, rows, found[-1], column, self.place.day) if found else None
            by = then.events_of(then.changed_at(position), position)
            told.append(
                Known(
                    self._read(column, value),
                    value is not ABSENT,
                    position,
                    gone,
                    self._recorded_at(position),
                    self._named(then, found[-1], column, behind) if found else None,
                    tuple(Behind.of(e, self.timeline.registry) for e in by),
                )
            )
        return tuple(reversed(told))

    def _steps(self, column: str) -> list[tuple[int, Any]]:
        """Positions at which the day began to show another value, with that value."""
        steps: list[tuple[int, Any]] = []

        def step(position: int, value: Any) -> None:
            if not steps or not agree(self.timeline, column, steps[-1][1], value):
                steps.append((position, value))

        shown = self.timeline.shown_on(self.place.day)
        for i, version in enumerate(shown):
            step(version.seq, value_of(self.timeline, version, column))
            following = shown[i + 1].seq if i + 1 < len(shown) else None
            if version.gone is not None and version.gone != following:
                step(version.gone, ABSENT)
        return steps

    def _recorded_at(self, position: int) -> str:
        sql = "SELECT recorded_at FROM _actions WHERE seq >= ? ORDER BY seq LIMIT 1"
        row = self.timeline.db.execute(sql, (position,)).fetchone()
        return row[0] if row is not None else ""


__all__ = ["Cell", "Earlier", "Known", "Story"]
