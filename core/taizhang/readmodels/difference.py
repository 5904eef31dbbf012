"""What lies between two looks at the ledger (差异): rows added, gone and changed, with their events.

The work is done in one pass of SQL for each table: only stored rows that are shown at just one of the
two moments can differ, and these are few. They meet by the key of their timeline; what remains is
handed out page by page, and only then are the events looked for.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from taizhang.ledger.lines import position_of, row_of
from taizhang.ledger.schema import history, physical, quoted, shown_columns, value_columns
from taizhang.readmodels.behind import Behind
from taizhang.readmodels.locating import Place
from taizhang.readmodels.points import Point, by_number, stored, values
from taizhang.readmodels.timeline import Timeline, facts_at
from taizhang.readmodels.why import Story

if TYPE_CHECKING:
    from taizhang.declarations.ledger import Cells
    from taizhang.declarations.programme import Table
    from taizhang.ledger.facts import FactSource
    from taizhang.ledger.view import LedgerView
    from taizhang.readmodels.scope import Scope
    from taizhang_eventstore.log import Log

ADDED: Final = "added"
GONE: Final = "gone"
CHANGED: Final = "changed"

PAGE = 200
"""Differences that are read at once."""


class Mark(NamedTuple):
    """The place of one difference: the number of its table, ``(src, seq)`` of the rows before and after; 0
    where there is none.
    """

    table: int
    src_a: int
    seq_a: int
    src_b: int
    seq_b: int


@dataclass(frozen=True, slots=True)
class Change:
    """One column that differs."""

    column: str
    old: Any
    new: Any


@dataclass(frozen=True, slots=True)
class RowDifference:
    """One row that differs: ``sign`` is :data:`ADDED`, :data:`GONE` or :data:`CHANGED`."""

    table: Table[Any]
    sign: str
    before: Cells | None
    after: Cells | None
    changes: tuple[Change, ...]
    events: tuple[Behind, ...]

    @property
    def row(self) -> Cells:
        """The row as it is after, or was."""
        row = self.after if self.after is not None else self.before
        assert row is not None
        return row


class Difference:
    """Everything that differs in ``tables`` between two moments, or within ``scope`` only.

    Ordered by table, then by the fact behind the row; in every respect a matter of the ledger as
    known at the two positions, so that it stays the same for ever.
    """

    def __init__(
        self,
        ledger: LedgerView,
        log: Log,
        before: Point,
        after: Point,
        tables: Sequence[Table[Any]],
        scope: Scope | None = None,
    ) -> None:
        self.ledger, self.log = ledger, log
        self.before, self.after = before, after
        self.tables, self.scope = list(tables), scope
        self._later = max(before, after, key=lambda p: p.on)
        self._facts: FactSource | None = None
        self._values = {**values(before, after), **(scope.values() if scope is not None else {})}

    def marks(self) -> Iterator[Mark]:
        """All differences in order, without their content."""
        for number, table in enumerate(self.tables):
            sql = self._sql(table)
            if sql is not None:
                for row in self.ledger.db.execute(sql, self._values):
                    yield Mark(number, *row)

    def __iter__(self) -> Iterator[RowDifference]:
        marks = self.marks()
        while page := list(islice(marks, PAGE)):
            yield from self.lines(page)

    def _sql(self, table: Table[Any]) -> str | None:
        """The marks of one table."""
        within, common = "1", ""
        if self.scope is not None:
            columns = self.scope.columns(table)
            if not columns:
                return None
            kinds = sorted({kind for _, kind in columns})
            common = "WITH " + ", ".join(
                f"{quoted('in_' + k)}(id) AS MATERIALIZED ({self.scope.within(k)})" for k in kinds
            )
            within = " OR ".join(
                f"r.{quoted(c)} IN (SELECT id FROM {quoted('in_' + k)})" for c, k in columns
            )
        keys = ["src"] if table.shape == "record" else [quoted(k) for k in table.key_columns]
        named = ", ".join(f"r.{k}" for k in keys if k != "src")
        select = f"r.src, r.seq{named and ', ' + named}, {{a}} AS in_a, {{b}} AS in_b, ({within}) AS inside"
        sides = ", ".join(
            f"coalesce(max(iif(in_{w}, {c}, NULL)), 0) AS {c}_{w}"
            for w in "ab"
            for c in ("src", "seq")
        )
        # Rows meet by their key alone; what they say is compared only where both sides have one.
        a, b = (self._said(table, which) for which in "ab")
        return (
            f"{common} SELECT src_a, seq_a, src_b, seq_b FROM (SELECT {sides} "
            f"FROM ({stored(table, select, '<>')}) GROUP BY {', '.join(keys)} HAVING max(inside)) m "
            f"WHERE src_a = 0 OR src_b = 0 OR EXISTS ({a} EXCEPT {b}) "
            "ORDER BY iif(src_b, src_b, src_a), src_b = 0"
        )

    def _said(self, table: Table[Any], which: str) -> str:
        """SQL: what the row of one side says, its side's numbers standing in ``m``."""
        columns = ", ".join(map(quoted, compared(table)))
        rows = " UNION ALL ".join(
            f"SELECT {shown_columns(table)} FROM {quoted(name)} r "
            f"WHERE r.src = m.src_{which} AND r.seq = m.seq_{which}"
            for name in (physical(table), history(table))
        )
        return f"SELECT {columns} FROM ({rows})"

    # Content

    def lines(self, marks: Iterable[Mark]) -> list[RowDifference]:
        """The differences at some marks, in their order."""
        marks = list(marks)
        rows: dict[tuple[int, int, int], Cells] = {}
        for number in sorted({m.table for m in marks}):
            mine = [m for m in marks if m.table == number]
            pairs = [(m.src_a, m.seq_a) for m in mine] + [(m.src_b, m.seq_b) for m in mine]
            cursor = self.ledger.db.execute(
                by_number(self.tables[number]), {"pairs": json.dumps([p for p in pairs if p[0]])}
            )
            names = [d[0] for d in cursor.description]
            for row in cursor:
                cells = dict(zip(names, row, strict=True))
                rows[number, _src(self.tables[number], cells), cells["seq"]] = cells
        # Facts are read once for the whole page.
        later = self._later.known
        self._facts = facts_at(self.ledger, self.log, later)
        for number in {m.table for m in marks}:
            table = self.tables[number]
            all_ = {src for m in marks if m.table == number for src in (m.src_a, m.src_b)}
            early = {src for src in all_ if 0 < position_of(table, src) <= later}
            self._facts.resolve_all(table, early)
        return [
            self._line(
                self.tables[m.table],
                rows.get((m.table, m.src_a, m.seq_a)),
                rows.get((m.table, m.src_b, m.seq_b)),
            )
            for m in marks
        ]

    def _line(self, table: Table[Any], before: Cells | None, after: Cells | None) -> RowDifference:
        changes: tuple[Change, ...] = ()
        if before is not None and after is not None:
            changes = tuple(
                Change(c, before[c], after[c]) for c in compared(table) if before[c] != after[c]
            )
        sign = CHANGED if changes else ADDED if before is None else GONE
        row = after if after is not None else before
        assert row is not None
        key = tuple(row[k] for k in table.key_columns)
        if table.shape == "record":
            key = (_src(table, row),)
        columns = [c.column for c in changes]
        found = {e.seq: e for e in (*self._known(table, key), *self._dated(table, key, columns))}
        return RowDifference(
            table, sign, before, after, changes, tuple(found[s] for s in sorted(found))
        )

    def _known(self, table: Table[Any], key: tuple[Any, ...]) -> Iterator[Behind]:
        """Events recorded between the two positions, by which the later look shows something else."""
        low, high = sorted((self.before.known, self.after.known))
        if low == high:
            return
        timeline = Timeline(self.ledger, self.log, table, key, high)
        found: set[int] = set()
        for version in timeline.shown_on(self.after.on.isoformat()):
            found.update(p for p in (version.seq, version.gone) if p is not None and low < p)
        for position in sorted(found):
            for event in timeline.events_of(timeline.changed_at(position), position):
                yield Behind.of(event, self.ledger.registry)

    def _dated(
        self, table: Table[Any], key: tuple[Any, ...], columns: list[str]
    ) -> Iterator[Behind]:
        """Events by which the later of the two days shows something else."""
        if self.before.on == self.after.on:
            return
        later, earlier = self._later, min(self.before.on, self.after.on).isoformat()
        place = Place(table, key, later.on.isoformat())
        story = Story(self.ledger, self.log, place, later.known, self._facts)
        own = value_columns(table)
        # Of a row that begins or ends, its beginning or end; of days alone, the row they are of.
        asked = [c for c in columns if c in own] or (
            compared(table)[len(own) :][:1] if columns else own[:1]
        )
        for column in asked if story.row is not None else own[:1]:
            cell = story.cell(column, past=False, beyond=earlier)
            if cell.behind is not None:
                yield cell.behind


def _src(table: Table[Any], row: Cells) -> int:
    """Returns what names a row that is read: the number of its fact, and of its line where it is of one."""
    return row_of(table, row["src"], row.get("line") or 0)


def compared(table: Table[Any]) -> list[str]:
    """The columns in which rows are compared: what a reader sees but the numbers of events."""
    return [
        *value_columns(table),
        *(["on_date"] if table.shape == "record" else ["since", "until"]),
    ]


__all__ = ["ADDED", "CHANGED", "GONE", "Change", "Difference", "Mark", "RowDifference", "compared"]
