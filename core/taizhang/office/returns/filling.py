"""Tables filled in (填表): each number at two clocks, the rows behind it, what was reported, and what came late.

Row 1 of a year is the last row of the year before as it was reported, where it was: a correction entered in March about last
November changes what is known, and not what was handed in. The difference between a reported table and what is known now is a
list of its own (:func:`late`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from taizhang.duties import balances
from taizhang.duties.board import named
from taizhang.office.returns.layouts import LAYOUTS, Layout, LayoutCell, layout_of
from taizhang.words.errors import NotFound, Refused
from taizhang.words.labels import Label

if TYPE_CHECKING:
    from taizhang.ledger.view import LedgerView
    from taizhang.workspace import Receipt, Workspace


class Number(Struct, frozen=True):
    """A row of a table: ``part`` says that it is one of the row above (其中)."""

    row: str
    label: str
    value: int
    part: bool = False


class Filled(Struct, frozen=True):
    """A table of a year: its numbers, and the position at which row 1 was reported the year before, None where it was not."""

    layout: Layout
    year: int
    organisation: str | None
    numbers: tuple[Number, ...]
    pinned: int | None

    @property
    def values(self) -> dict[str, int]:
        """The numbers by their row."""
        return {number.row: number.value for number in self.numbers}


class Late(Struct, frozen=True):
    """A row that is another number now than was reported."""

    row: str
    label: str
    reported: int
    now: int


class Behind(Struct, frozen=True):
    """One who is counted in a row, with the day and the event."""

    row: str
    id: str
    day: str
    src: int


def fill(
    ledger: LedgerView, name: str, year: int, organisation: str | None = None, language: str = "zh"
) -> Filled:
    """Fills a table in.

    Args:
        ledger: the ledger at its two clocks; of a year that runs it is told up to its day.
        name: the table, ``T1``.
        year: the year.
        organisation: the one whose part, with all below it, is told; None is the whole.
        language: ``zh`` or ``en``.

    Raises:
        NotFound: there is no such table.
        Refused: the year has not begun.
    """
    layout = _layout(name, year)
    sheet = _sheet(ledger, layout, year, organisation)
    flows: dict[str, int] = {}
    for flow, number in sheet.flows:
        flows[flow.label.zh] = flows.get(flow.label.zh, 0) + number
    before = _pinned(ledger, layout.name, year - 1, organisation)
    position = max((row["position"] for row in before), default=None)
    reported = {row["row"]: row["value"] for row in before}
    last = layout.cells[-2].row if layout.cells[-2].of == "closing" else ""
    opening = reported.get(last, sheet.opening)
    values: dict[str, int] = {}
    while len(values) < len(layout.cells):
        for cell in layout.cells:
            if cell.row in values:
                continue
            if cell.of in ("opening", "closing"):
                values[cell.row] = opening if cell.of == "opening" else sheet.closing
            elif cell.of == "flow":
                values[cell.row] = sum(flows.get(flow, 0) for flow in cell.plus)
            elif all(row in values for row in (*cell.plus, *cell.minus)):
                values[cell.row] = sum(values[r] for r in cell.plus) - sum(
                    values[r] for r in cell.minus
                )
    numbers = tuple(
        Number(c.row, Label.of(c.label).text(language), values[c.row], bool(c.within))
        for c in layout.cells
    )
    return Filled(layout, year, organisation, numbers, position)


def behind(
    ledger: LedgerView, name: str, year: int, row: str, organisation: str | None = None
) -> list[Behind]:
    """Finds those who are counted in a row that counts comings and goings.

    Args:
        ledger: the ledger at its two clocks.
        name: the table.
        year: the year.
        row: its number in the table.
        organisation: the one whose part is told; None is the whole.

    Raises:
        NotFound: there is no such row.
        Refused: whoever asks does so from above a community.
    """
    if not named(ledger, organisation, None):
        raise Refused(
            "名单只给本社区及以下；在社区之上只看数目"
            "|names are for the community and below; from above there are numbers only"
        )
    layout = _layout(name, year)
    wanted = _cells(layout, row)
    if not wanted:
        raise NotFound(
            "表 {name} 没有第 {row} 行|table {name} has no row {row}", name=name, row=row
        )
    sheet = _sheet(ledger, layout, year, organisation)
    found: list[Behind] = []
    for cell in wanted:
        for flow, _ in sheet.flows:
            if flow.label.zh in cell.plus:
                for line in balances.behind(ledger, sheet, flow):
                    at = (str(line["entity"]), str(line["happened"]), int(line["src"]))
                    found.append(Behind(cell.row, *at))
    return found


def late(
    ledger: LedgerView, name: str, year: int, organisation: str | None = None, language: str = "zh"
) -> list[Late]:
    """Lists the rows of a reported table that are another number by what is known now.

    Args:
        ledger: the ledger at its two clocks.
        name: the table.
        year: the year.
        organisation: the one that reported.
        language: ``zh`` or ``en``.

    Raises:
        NotFound: that table of that year was not reported.
    """
    layout = _layout(name, year)
    reported = {
        row["row"]: row["value"] for row in _pinned(ledger, layout.name, year, organisation)
    }
    if not reported:
        raise NotFound(
            "{year} 年的表 {name} 没有上报过|table {name} of {year} was not reported",
            name=layout.name,
            year=year,
        )
    now = fill(ledger, name, year, organisation, language)
    return [
        Late(number.row, number.label, reported[number.row], number.value)
        for number in now.numbers
        if number.row in reported and reported[number.row] != number.value
    ]


def pin(ws: Workspace, name: str, year: int, organisation: str | None, reason: str = "") -> Receipt:
    """Keeps a table as it is reported, with the position that it was computed at.

    Args:
        ws: the open store.
        name: the table.
        year: the year.
        organisation: who reports; None is the whole.
        reason: why it is reported again, where it is.

    Raises:
        Refused: the year has not ended.
    """
    ledger = ws.at()
    if ledger.on <= dt.date(year, 12, 31) and ledger.on.year == year and ledger.on.month < 12:
        raise Refused(
            "{year} 年还没有结束，不能上报|{year} has not ended: nothing is reported yet", year=year
        )
    made = fill(ledger, name, year, organisation)
    return ws.record(
        "statistics.pin",
        {
            "report": made.layout.name,
            "year": year,
            "organisation": organisation,
            "edition": made.layout.edition,
            "position": ws.log.head() or 0,
            "cells": [{"row": n.row, "value": n.value} for n in made.numbers],
        },
        reason=reason or None,
    )


def _layout(name: str, year: int) -> Layout:
    layout = layout_of(name, year)
    if layout is None:
        known = "、".join(dict.fromkeys(one.name for one in LAYOUTS))
        raise NotFound(
            "没有统计表 {name}；有 {known}|there is no table {name}; there are {known}",
            name=name,
            known=known,
        )
    return layout


def _cells(layout: Layout, row: str) -> list[LayoutCell]:
    """The cell of a row, and those that it sums."""
    by_row: Mapping[str, LayoutCell] = {cell.row: cell for cell in layout.cells}
    if row not in by_row:
        return []
    cell = by_row[row]
    if cell.of != "row":
        return [cell]
    return [one for part in (*cell.plus, *cell.minus) for one in _cells(layout, part)]


def _sheet(
    ledger: LedgerView, layout: Layout, year: int, organisation: str | None
) -> balances.BalanceSheet:
    begin, end = dt.date(year, 1, 1), dt.date(year, 12, 31)
    if ledger.on < begin:
        raise Refused("{year} 年还没有开始|{year} has not begun", year=year)
    balance = ledger.registry.balances[layout.balance]
    return balances.sheet(ledger, balance, min(end, ledger.on), None, organisation)


def _pinned(
    ledger: LedgerView, name: str, year: int, organisation: str | None
) -> list[dict[str, Any]]:
    """The cells of a table as it was last reported."""
    rows = [
        row
        for row in ledger.rows("statistics_pins", report=name, year=year)
        if row["organisation"] == organisation
    ]
    newest = max((row["src"] for row in rows), default=0)
    return [row for row in rows if row["src"] == newest]


__all__ = ["Behind", "Filled", "Late", "Number", "behind", "fill", "late", "pin"]
