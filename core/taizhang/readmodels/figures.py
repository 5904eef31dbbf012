"""Figures (统计数) for every client: their numbers in words, and the rows that a number opens.

A figure answers with its numbers, a share with those of the lines of its duty.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from msgspec import UNSET, Struct, UnsetType

from taizhang.duties import figures
from taizhang.duties.board import STATES, numbers, people, windows_of
from taizhang.duties.guarding import guarded
from taizhang.readmodels.due import OTHERS, Name, duty_line, names_of
from taizhang.readmodels.listing import DIM, Column, Link, Made, Row, bar, headed, sparks
from taizhang.readmodels.tables import displayed
from taizhang.words.labels import Label

if TYPE_CHECKING:
    from taizhang.declarations.duties import Figure
    from taizhang.declarations.ledger import Cells
    from taizhang.declarations.programme import Table
    from taizhang.ledger.view import LedgerView


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


def _unit(figure: Figure) -> Label:
    """What a figure's numbers are: its own word, or percent."""
    return Label("%", "%") if figure.measure.how == "share" else figure.unit or Label("", "")


def _shown(ledger: LedgerView, figure: Figure, value: int | None, language: str) -> str:
    """A number of a figure as people read it: time as h:mm, money in yuan, unless it has a unit."""
    if value is None:
        return "no data" if language == "en" else "无数据"
    if figure.measure.how == "sum" and figure.unit is None and figure.select is not None:
        table = ledger.registry.table(figure.select.table)
        return table.shown_fields[figure.measure.column].show(value, language)
    return f"{value:,}"


def _group_name(ledger: LedgerView, figure: Figure, group: Any, language: str) -> str:
    """What a group is called: an organisation or another reference by name, a choice in words."""
    if figure.by == "organisation":
        if not group:
            return OTHERS.text(language)
        return ledger.names("organisation", [group]).get(group) or str(group)
    assert figure.by is not None
    assert figure.select is not None
    if group is None:
        return "(empty)" if language == "en" else "（空）"
    table = ledger.registry.table(figure.select.table)
    spec = table.shown_fields.get(figure.by)
    if spec is None:
        return str(group)
    if spec.entity is not None and spec.entity in ledger.registry.entities:
        return ledger.names(spec.entity, [group]).get(group) or str(group)
    return spec.show(group, language)


def numbers_of(
    ledger: LedgerView,
    figure: Figure,
    organisation: str | None = None,
    count: int = figures.PERIODS,
    day: dt.date | None = None,
    language: str = "zh",
) -> list[Number]:
    """The numbers of a figure in the last periods, or with ``day`` in the one in which it lies.

    Args:
        ledger: at both clocks.
        figure: the figure, divided as it is to be.
        organisation: whose subtree is counted; None is everything.
        count: the most periods.
        day: a day instead of the last periods.
        language: of all texts, ``zh`` or ``en``.

    Returns:
        The oldest first, in each period the whole, then its groups.
    """
    head = (figure.name, figure.label.text(language), _unit(figure).text(language), figure.source)
    if figure.measure.how == "share":
        return _shares(ledger, figure, head, organisation, day, language)
    return [
        Number(
            *head,
            v.period.label.text(language),
            v.period.begin,
            v.period.end,
            None if v.whole else v.group,
            v.whole,
            None if v.whole else _group_name(ledger, figure, v.group, language),
            v.value,
            shown=_shown(ledger, figure, v.value, language),
        )
        for v in figures.values(ledger, figure, organisation, count, day)
    ]


def _shares(
    ledger: LedgerView,
    figure: Figure,
    head: tuple[str, str, str, str],
    organisation: str | None,
    day: dt.date | None,
    language: str,
) -> list[Number]:
    windows = windows_of(ledger, [figures.duty_of(ledger, figure)], day)
    made = []
    for line in (n for w in windows for n in numbers(ledger, w, organisation)):
        if line.organisation != organisation and figure.by != "organisation":
            continue
        said = duty_line(ledger, line, language)
        made.append(
            Number(
                *head,
                said.window,
                said.begin,
                said.end,
                said.organisation,
                said.organisation is None,
                said.organisation_name,
                said.share,
                said.done,
                said.obliged,
                said.percent.removesuffix("%"),
            )
        )
    return made


def all_numbers(
    ledger: LedgerView,
    organisation: str | None = None,
    count: int = figures.PERIODS,
    day: dt.date | None = None,
    language: str = "zh",
) -> list[list[Number]]:
    """The numbers of each figure that can be computed, undivided; see :func:`numbers_of`."""
    made = []
    for name, declared in sorted(ledger.registry.figures.items()):

        def work(name: str = name) -> list[Number]:
            figure = figures.figure_of(ledger, name, "-")
            return numbers_of(ledger, figure, organisation, count, day, language)

        told = guarded(ledger, declared.owner, f"统计数 {name}|the figure {name}", work)
        if told:
            made.append(told)
    return made


def rows_of(
    ledger: LedgerView,
    figure: Figure,
    organisation: str | None = None,
    count: int = figures.PERIODS,
    day: dt.date | None = None,
    *,
    end: str | None = None,
) -> tuple[Table[Any], list[Cells]]:
    """Exactly the rows that a figure has counted in its last period, or in the one that ends on the day
    ``end``, and their table; see :func:`numbers_of`.
    """
    assert figure.select is not None
    stretches = figures.periods(ledger, figure, count, day)
    if end is not None:
        stretches = [s for s in stretches if s.end.isoformat() == end]
    table = ledger.registry.table(figure.select.table)
    return table, figures.rows(ledger, figure, stretches[-1], organisation) if stretches else []


def people_of(
    ledger: LedgerView,
    figure: Figure,
    organisation: str | None,
    day: dt.date | None,
    communities: Sequence[str] | None,
    language: str,
) -> list[Name]:
    """All who have the duty of which a figure is the share, in its last window."""
    windows = windows_of(ledger, [figures.duty_of(ledger, figure)], day)
    if not windows:
        return []
    found = people(ledger, windows[-1], organisation, tuple(STATES), communities=communities)
    return names_of(ledger, found, language)


# Listings


def every(
    read: Callable[[], LedgerView], organisation: str | None, text: str, language: str
) -> Made[list[Number]]:
    """All figures with their last number and how they came to it; an item is a figure's numbers."""

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
        lambda: all_numbers(read(), organisation, language=language),
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
    """
    most: dict[bool, int | float] = {}

    def make() -> list[Number]:
        numbers = numbers_of(read(), figure, organisation, language=language)
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
    """The rows that a figure has counted in the period that ends on a day, as people read tables."""
    assert figure.select is not None
    table = read().registry.table(figure.select.table)
    headers, _, right = displayed(read(), table, [], language)

    def make() -> list[tuple[Cells, list[str]]]:
        ledger = read()
        _, found = rows_of(ledger, figure, organisation, end=end)
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
