"""What lies between two moments (差异), in words: for the command line, as JSON and for the screens."""

from __future__ import annotations

import threading
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from taizhang.ledger.lines import row_name
from taizhang.readmodels.behind import texts
from taizhang.readmodels.difference import (
    ADDED,
    CHANGED,
    GONE,
    Difference,
    Mark,
    RowDifference,
    compared,
)
from taizhang.readmodels.listing import DIM, Column, Link, Row, headed
from taizhang.readmodels.scope import scope_of
from taizhang.readmodels.tables import column_label
from taizhang.readmodels.wording import Names, content, own_names, shown_with, subject, value_json
from taizhang.words.labels import Label

if TYPE_CHECKING:
    from collections.abc import Mapping

    from taizhang.declarations.programme import Table
    from taizhang.ledger.view import LedgerView
    from taizhang.readmodels.looked import Subject
    from taizhang.readmodels.points import Point
    from taizhang.readmodels.scope import Scope
    from taizhang_eventstore.log import Log

SIGNS = {
    ADDED: Label("＋ 新增", "+ added"),
    GONE: Label("－ 消失", "- gone"),
    CHANGED: Label("～ 变更", "~ changed"),
}
NUMBERS = len(Mark._fields)


def compare(ledger: LedgerView, log: Log, what: Subject, before: Point, after: Point) -> Difference:
    """The difference of ``what`` between two moments.

    Args:
        ledger: at the later day, as known at the later position.
        log: where the events behind are read.
        what: table, entity, or both.
        before: one moment.
        after: the other.

    Returns:
        The difference, of which nothing has been read yet.
    """
    registry = ledger.registry
    scope = scope_of(ledger, what.kind, what.id, before, after) if what.kind and what.id else None
    if what.table is not None:
        tables = [registry.table(what.table)]
    else:
        tables = list(registry.tables.values()) if scope is None else scope.tables(registry)
    return Difference(ledger, log, before, after, tables, scope)


@dataclass(frozen=True, slots=True)
class Differing:
    """One difference in words; numbers of people masked unless ``plain``."""

    line: RowDifference
    names: Names
    language: str = "zh"
    plain: bool = False

    @property
    def sign(self) -> str:
        """Tells if the row came, went or changed."""
        return SIGNS[self.line.sign].text(self.language)

    @property
    def table(self) -> str:
        """The label of its table."""
        return self.line.table.label.text(self.language)

    @property
    def subject(self) -> str:
        """The subject of the row, in words."""
        return subject(self.names, self.line.table, self.line.row, self.language)

    @property
    def said(self) -> str:
        """The changes (``label old → new``; of days only where nothing else differs), or what came or went."""
        table, language, plain = self.line.table, self.language, self.plain
        if self.line.sign != CHANGED:
            return content(self.names, table, self.line.row, language, plain=plain)
        told = [c for c in self.line.changes if c.column in table.fields] or self.line.changes
        parts = []
        for change in told:
            old, new = (
                shown_with(self.names, table, change.column, v, language, plain=plain) or "–"
                for v in (change.old, change.new)
            )
            parts.append(f"{column_label(table, change.column).text(language)} {old} → {new}")
        return "  ".join(parts)

    def as_json(self) -> dict[str, Any]:
        """The difference as data."""
        line, table = self.line, self.line.table
        record = ("src", "line") if table.lined else ("src",)
        keys = record if table.shape == "record" else table.key_columns
        return {
            "table": table.name,
            "sign": line.sign,
            "key": {k: line.row[k] for k in keys},
            "subject": self.subject,
            "before": self._row_json(line.before),
            "after": self._row_json(line.after),
            "changes": [
                {
                    "column": c.column,
                    "label": column_label(table, c.column).text(self.language),
                    "old": value_json(table, c.column, c.old, plain=self.plain),
                    "new": value_json(table, c.column, c.new, plain=self.plain),
                }
                for c in (line.changes if line.sign == CHANGED else ())
            ],
            "events": [e.cells(self.language) for e in line.events],
        }

    def _row_json(self, row: Mapping[str, Any] | None) -> dict[str, Any] | None:
        if row is None:
            return None
        table = self.line.table
        shown = (*compared(table), *(["line"] if table.lined else []), "src", "seq")
        made = {c: value_json(table, c, row[c], plain=self.plain) for c in shown}
        return made | {f"{c}_name": names.get(row[c]) for c, names in self.names.items() if row[c]}


def told(
    lines: Iterable[RowDifference], ledger: LedgerView, language: str = "zh", *, plain: bool = False
) -> Iterator[Differing]:
    """Lines in words, the names that they need looked up together for each table.

    Args:
        lines: The differences.
        ledger: Knows what things are called.
        language: ``zh`` or ``en``.
        plain: Numbers of people are shown whole.
    """
    for _, some in groupby(lines, key=lambda line: line.table.name):
        same = list(some)
        rows = [r for line in same for r in (line.before, line.after) if r is not None]
        names = own_names(ledger, same[0].table, rows)
        for line in same:
            yield Differing(line, names, language, plain)


class Differences:
    """The listing of a difference, in its order: the places of all, the content of those in view.

    Args:
        read: gives the ledger at the later day, as known at the later position, on the connection of the
            thread that asks.
        log: where the events behind are read.
        what: what is compared.
        before: one moment.
        after: the other.
        language: of all texts, ``zh`` or ``en``.
    """

    def __init__(
        self,
        read: Callable[[], LedgerView],
        log: Log,
        what: Subject,
        before: Point,
        after: Point,
        language: str,
    ) -> None:
        self.before, self.after = before, after
        self._read, self._log, self._what, self._language = read, log, what, language
        self._asked: tuple[list[Table[Any]], Scope | None] | None = None
        self._marks: array[int] | None = None
        self._once = threading.Lock()
        self._columns = headed(
            language,
            ("of", "对象|What", 6, 18, "text", lambda d: d.subject),
            ("sign", "差异|Change", 6, 9, "text", lambda d: d.sign),
            ("content", "内容|Content", 10, 36, "text", lambda d: d.said),
            ("event", "事件|Event", 8, 22, "text", self._event),
            ("on", "生效|True on", 10, 10, "date", lambda d: self._last(d).on),
            ("table", "台账|Table", 4, 16, "text", lambda d: d.table),
            ("actor", "经办|Actor", 4, 10, "text", lambda d: self._last(d).actor),
            ("recorded", "登记|Recorded", 16, 22, "text", lambda d: self._last(d).recorded),
            ("reason", "事由|Reason", 4, 30, "text", lambda d: self._last(d).reason),
        )
        self.columns: Sequence[Column] = [column for column, _ in self._columns]

    def _make(self) -> Difference:
        """On the calling thread's connection; what belongs to an entity is looked up once."""
        ledger, before, after = self._read(), self.before, self.after
        if self._asked is None:
            made = compare(ledger, self._log, self._what, before, after)
            self._asked = made.tables, made.scope
        return Difference(ledger, self._log, before, after, *self._asked)

    def marks(self) -> array[int]:
        """The places of all differences: forty bytes each."""
        with self._once:
            if self._marks is None:
                found: array[int] = array("q")
                for mark in self._make().marks():
                    found.extend(mark)
                self._marks = found
        return self._marks

    def count(self) -> int:
        """Tells how many there are."""
        return len(self.marks()) // NUMBERS

    def page(self, start: int, stop: int) -> Sequence[Row]:
        """Some of them with their events."""
        numbers = self.marks()[start * NUMBERS : stop * NUMBERS]
        marks = [Mark(*numbers[i : i + NUMBERS]) for i in range(0, len(numbers), NUMBERS)]
        if not marks:
            return []
        found = self._make()
        lines = told(found.lines(marks), found.ledger, self._language)
        return [self._row(mark, one) for mark, one in zip(marks, lines, strict=True)]

    def index_of(self, key: str) -> int | None:
        """Returns the number of the row of a difference."""
        wanted = array("q", _numbers(key)[:NUMBERS])
        marks = self.marks()
        places = range(0, len(marks), NUMBERS)
        return next((i // NUMBERS for i in places if marks[i : i + NUMBERS] == wanted), None)

    def opens(self, key: str, column: str | None = None) -> Link | None:
        """The last event of a difference."""
        seq = _numbers(key)[-1]
        return Link("event", str(seq)) if seq else None

    def row_of(self, key: str) -> tuple[str, str]:
        """The table of a difference, and its row's key."""
        mark = Mark(*_numbers(key)[:NUMBERS])
        tables = self._asked[0] if self._asked is not None else self._make().tables
        table = tables[mark.table]
        return table.name, row_name(table, mark.src_b or mark.src_a)

    def _last(self, one: Differing) -> Any:
        return texts(one.line.events[-1] if one.line.events else None, self._language)

    def _event(self, one: Differing) -> str:
        more = len(one.line.events) - 1
        seq, _, title = self._last(one).event.partition(" ")
        return f"{seq} +{more} {title}" if more > 0 else f"{seq} {title}".strip()

    def _row(self, mark: Mark, one: Differing) -> Row:
        dim = DIM if one.line.sign == GONE else None
        seq = one.line.events[-1].seq if one.line.events else 0
        cells = tuple(text(one) for _, text in self._columns)
        return Row(":".join(map(str, (*mark, seq))), cells, (dim,) * len(cells))


def _numbers(key: str) -> list[int]:
    return [int(n) for n in key.split(":")]


def point_json(point: Point) -> dict[str, Any]:
    """Both clocks of a look."""
    return {"on": point.on.isoformat(), "known": point.known}
