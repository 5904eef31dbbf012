"""Figures (统计数) for every client: their numbers in words, and the rows that a number opens.

A figure answers with its numbers, a share with those of the lines of its duty.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from msgspec import UNSET, Struct, UnsetType

from taizhang.declarations.amounts import DecimalKind, MoneyKind
from taizhang.declarations.kind import Kind
from taizhang.duties import figures
from taizhang.duties.board import STATES, numbers, people, windows_of
from taizhang.duties.guarding import guarded
from taizhang.readmodels.defining import Defining
from taizhang.readmodels.due import DutyLine, Name, duty_line, names_of, organisation_name
from taizhang.readmodels.listing import DIM, Column, Link, Made, Row, bar, headed, sparks
from taizhang.readmodels.tables import displayed
from taizhang.words.labels import Label

if TYPE_CHECKING:
    from taizhang.declarations.duties import Figure
    from taizhang.declarations.ledger import Cells
    from taizhang.declarations.programme import Table
    from taizhang.duties.windows import Window
    from taizhang.ledger.view import LedgerView


PERCENT = Label("%", "%")
YUAN = Label("元", "yuan")
NO_DATA = Label("无数据", "no data")
EMPTY = Label("（空）", "(empty)")


class Number(Struct, frozen=True):
    """One number of a figure in a period: the ``whole``, or a ``group``; of a share with what it is of."""

    figure: str
    label: str
    unit: str
    source: str
    period: str
    begin: dt.date | None
    end: dt.date | None
    group: Any
    whole: bool
    group_label: str | None
    value: int | float | None
    done: int | UnsetType = UNSET
    obliged: int | UnsetType = UNSET
    shown: str = ""
    definition: str = ""
    """The table, the rows, the days and whose they are, in one sentence."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures of the subtree of an organisation (None: of everything), in the last ``count`` periods or in
    the one in which ``day`` lies; texts in a language.
    """

    ledger: LedgerView
    organisation: str | None = None
    count: int = figures.PERIODS
    day: dt.date | None = None
    language: str = "zh"

    def numbers(self, figure: Figure) -> list[Number]:
        """The oldest first, in each period the whole, then its groups."""
        added = self._added(figure)
        parts = added.parts if isinstance(added, DecimalKind) else 1
        unit = PERCENT if figure.measure.how == "share" else figure.unit
        unit = unit or (YUAN if isinstance(added, MoneyKind) else Label("", ""))
        label, unit_text = figure.label.text(self.language), unit.text(self.language)
        head = (figure.name, label, unit_text, figure.source)
        definition = Defining(self.ledger.registry, self.language).figure(figure)
        if figure.measure.how == "share":
            return [self._share(head, line, definition) for line in self._lines(figure)]
        return [
            Number(
                *head,
                v.period.label.text(self.language),
                v.period.begin,
                v.period.end,
                v.group,
                v.whole,
                None if v.whole else self._group(figure, v.group),
                v.value if parts == 1 or v.value is None else v.value / parts,
                shown=self._shown(figure, v.value),
                definition=definition,
            )
            for v in figures.values(self.ledger, figure, self.organisation, self.count, self.day)
        ]

    def all(self) -> list[list[Number]]:
        """The numbers of each figure that can be computed, undivided."""

        def work(name: str) -> list[Number]:
            return self.numbers(figures.figure_of(self.ledger, name, "-"))

        told = (
            guarded(self.ledger, f.owner, f"统计数 {n}|the figure {n}", partial(work, n))
            for n, f in sorted(self.ledger.registry.figures.items())
        )
        return [numbers for numbers in told if numbers]

    def rows(self, figure: Figure, end: str | None = None) -> tuple[Table[Any], list[Cells]]:
        """Exactly the rows that a figure has counted in its last period, or in the one that ends on the
        day ``end``, and their table.
        """
        stretches = figures.periods(self.ledger, figure, self.count, self.day)
        if end is not None:
            stretches = [s for s in stretches if s.end.isoformat() == end]
        found = [figures.rows(self.ledger, figure, s, self.organisation) for s in stretches[-1:]]
        return self._table(figure), found[0] if found else []

    def people(self, figure: Figure, communities: Sequence[str] | None) -> list[Name]:
        """All who have the duty of which a figure is the share, in its last window."""
        states, here = tuple(STATES), self.organisation
        found = [
            one
            for window in self._windows(figure)[-1:]
            for one in people(self.ledger, window, here, states, communities=communities)
        ]
        return names_of(self.ledger, found, self.language)

    def _table(self, figure: Figure) -> Table[Any]:
        assert figure.select is not None
        return self.ledger.registry.table(figure.select.table)

    def _windows(self, figure: Figure) -> list[Window]:
        return windows_of(
            self.ledger, [figures.duty_of_figure(self.ledger.registry, figure)], self.day
        )

    def _added(self, figure: Figure) -> Kind | None:
        """The kind of what it adds up; None where it counts. Money is kept in fen and told in yuan."""
        if figure.measure.how != "sum" or figure.select is None:
            return None
        spec = self._table(figure).shown_fields.get(figure.measure.column)
        return None if spec is None else spec.kind

    def _shown(self, figure: Figure, value: int | None) -> str:
        """A number as people read it: time as h:mm, money in yuan, unless it has a unit."""
        if value is None:
            return NO_DATA.text(self.language)
        plain = figure.unit is None or isinstance(self._added(figure), MoneyKind)
        if figure.measure.how == "sum" and plain and figure.select is not None:
            fields = self._table(figure).shown_fields
            return fields[figure.measure.column].show(value, self.language)
        return f"{value:,}"

    def _group(self, figure: Figure, group: Any) -> str:
        """Names a group: an organisation or another reference by name, a choice in words."""
        if figure.by == "organisation":
            return organisation_name(self.ledger, group or "", self.language)
        if group is None:
            return EMPTY.text(self.language)
        spec = self._table(figure).shown_fields.get(str(figure.by))
        if spec is None:
            return str(group)
        if spec.entity is not None and spec.entity in self.ledger.registry.entities:
            return self.ledger.names(spec.entity, [group]).get(group) or str(group)
        return spec.show(group, self.language)

    def _lines(self, figure: Figure) -> Iterator[DutyLine]:
        for window in self._windows(figure):
            for line in numbers(self.ledger, window, self.organisation):
                if line.organisation == self.organisation or figure.by == "organisation":
                    yield duty_line(self.ledger, line, self.language)

    def _share(self, head: tuple[str, str, str, str], line: DutyLine, definition: str) -> Number:
        return Number(
            *head,
            line.window,
            line.begin,
            line.end,
            line.organisation,
            line.organisation is None,
            line.organisation_name,
            line.share,
            line.done,
            line.obliged,
            line.percent.removesuffix("%"),
            definition,
        )


# Listings


def every(
    read: Callable[[], LedgerView], organisation: str | None, text: str, language: str
) -> Made[list[Number]]:
    """All figures with their last number and how they came to it; an item is a figure's numbers.

    Args:
        read: Gives the ledger, on the thread that calls it.
        organisation: Whose subtree is counted; the whole store if None.
        text: What the lines have to hold.
        language: ``zh`` or ``en``.
    """

    def past(numbers: list[Number]) -> str:
        return sparks([n.value for n in numbers]) if len(numbers) > 1 else ""

    columns = headed(
        language,
        ("label", "统计数|Figure", 10, 30, "text", lambda n: n[-1].label),
        ("value", "数|Number", 6, 14, "number", lambda n: n[-1].shown),
        ("unit", "单位|Unit", 4, 10, "text", lambda n: n[-1].unit),
        ("period", "期|Period", 4, 16, "text", lambda n: n[-1].period),
        ("past", "逐期|Over time", 12, 12, "text", past),
        ("name", "名称|Name", 8, 26, "text", lambda n: n[-1].figure),
    )
    return Made(
        columns,
        lambda: Figures(read(), organisation, language=language).all(),
        lambda n: n[-1].figure,
        paint=lambda n, key, cells: Row(key, cells, (None,) * 5 + (DIM,)),
        text=text,
    )


def over_time(
    read: Callable[[], LedgerView],
    figure: Figure,
    organisation: str | None,
    text: str,
    language: str,
) -> Made[Number]:
    """One figure: its periods, newest first, each with its groups; bars are of the largest whole, or of
    groups the largest group.

    Args:
        read: Gives the ledger, on the thread that calls it.
        figure: The figure.
        organisation: Whose subtree is counted; the whole store if None.
        text: What the lines have to hold.
        language: ``zh`` or ``en``.
    """
    most: dict[bool, int | float] = {}

    def make() -> list[Number]:
        numbers = Figures(read(), organisation, language=language).numbers(figure)
        for number in numbers:
            most[number.whole] = max(most.get(number.whole, 0), number.value or 0)
        periods: dict[str, list[Number]] = {}
        for number in numbers:
            periods.setdefault(number.period, []).append(number)
        return [number for some in reversed(periods.values()) for number in some]

    def what(number: Number) -> str:
        return number.period if number.whole else f"  {number.group_label}"

    columns = headed(
        language,
        ("what", "期 · 分组|Period · group", 12, 34, "text", what),
        ("value", "数|Number", 6, 14, "number", lambda n: n.shown),
        ("unit", "单位|Unit", 4, 10, "text", lambda n: n.unit),
        ("bar", "", 24, 24, "text", lambda n: bar(n.value or 0, most[n.whole], 24)),
    )
    return Made(
        columns,
        make,
        lambda n: f"{n.end}/{'' if n.whole else n.group}/{n.whole}",
        paint=lambda n, key, cells: Row(key, cells, (None if n.whole else DIM,) * 4),
        text=text,
    )


def counted(
    read: Callable[[], LedgerView],
    figure: Figure,
    organisation: str | None,
    end: str,
    text: str,
    language: str,
) -> Made[tuple[Cells, list[str]]]:
    """The rows that a figure has counted in the period that ends on a day, as people read tables.

    Args:
        read: Gives the ledger, on the thread that calls it.
        figure: The figure.
        organisation: Whose subtree is counted; the whole store if None.
        end: The last day of the period, ISO.
        text: What the lines have to hold.
        language: ``zh`` or ``en``.
    """
    assert figure.select is not None
    table = read().registry.table(figure.select.table)
    headers, _, right = displayed(read(), table, [], language)

    def make() -> list[tuple[Cells, list[str]]]:
        ledger = read()
        _, found = Figures(ledger, organisation).rows(figure, end)
        return list(zip(found, displayed(ledger, table, found, language)[1], strict=True))

    def nth(i: int) -> Callable[[tuple[Cells, list[str]]], str]:
        return lambda item: item[1][i]

    return Made(
        [
            (Column(str(i), header, 4, 28, "number" if to_right else "text"), nth(i))
            for i, (header, to_right) in enumerate(zip(headers, right, strict=True))
        ],
        make,
        lambda item: str(item[0]["src"]),
        text=text,
        link=lambda item: Link("event", str(item[0]["src"])),
    )
