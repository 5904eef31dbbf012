"""How wide columns are and which of them fit: sized by content, growing only, in whole columns.

Sideways the table moves by whole columns, so that no Chinese character is ever halved at an edge.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from taizhang.readmodels.listing import Column, Row
from taizhang_tui import cells

GUTTER = 1
"""Cells left of the first column: the cursor's mark stands there."""

GAP = 2
"""Cells between two columns."""

STRETCH = 2
"""How many times ``most`` a column may take of room to spare: one endless text moves no other."""

SLIVER = 4
"""A column that would show less than this is left out until the table is moved sideways."""


class ColumnPlace(Struct, frozen=True):
    """The place of one column: its number, its first cell and its cells."""

    column: int
    x: int
    width: int


class Widths:
    """The content's widths seen so far; they grow, and start anew only with other columns."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self.columns = tuple(columns)
        self._natural = [cells.width(column.label) for column in self.columns]

    def same_columns(self, columns: Sequence[Column]) -> bool:
        """True where these widths still serve for ``columns``."""
        return self.columns == tuple(columns)

    def see(self, rows: Iterable[Row]) -> None:
        """Take the widths of these rows' texts into account."""
        natural = self._natural
        for row in rows:
            for index, text in enumerate(row.cells[: len(natural)]):
                if len(text) * 2 > natural[index]:
                    natural[index] = max(natural[index], cells.width(text))

    def fit(self, room: int) -> list[int]:
        """The widths in a table of ``room`` cells: room left over goes to texts that were cut."""
        widths = [
            min(max(natural, column.least), column.most)
            for natural, column in zip(self._natural, self.columns, strict=True)
        ]
        spare = room - GUTTER - sum(widths) - GAP * len(widths)
        for index, natural in enumerate(self._natural):
            if spare <= 0:
                break
            wish = min(natural, self.columns[index].most * STRETCH)
            more = min(spare, max(0, wish - widths[index]))
            widths[index] += more
            spare -= more
        if widths and spare < 0:  # the first column stays in place: leave room beside it
            rest = room - GUTTER - GAP * len(widths) - sum(widths[1:])
            widths[0] = min(widths[0], max(8, room // 2, rest))
        return widths


def places(widths: Sequence[int], first: int, room: int) -> list[ColumnPlace]:
    """Lays out where columns stand in ``room`` cells: the frozen one, then those from ``first`` on.

    The last may be narrower than it wants to be; :func:`hidden_right` tells.

    Args:
        widths: of the columns, in cells.
        first: the first column after the frozen one.
        room: cells in all.
    """
    shown: list[ColumnPlace] = []
    x = GUTTER
    for column in (0, *range(max(1, first), len(widths))):
        if column >= len(widths):
            break
        width = min(widths[column], room - x)
        if shown and width < min(widths[column], SLIVER):
            break
        shown.append(ColumnPlace(column, x, max(0, width)))
        x += width + GAP
    return shown


def hidden_right(widths: Sequence[int], shown: Sequence[ColumnPlace]) -> bool:
    """Returns True where columns are cut or left out on the right."""
    if not shown:
        return False
    last = shown[-1]
    return last.column + 1 < len(widths) or last.width < widths[last.column]


def first_to_show(widths: Sequence[int], column: int, first: int, room: int) -> int:
    """The least sideways move from ``first`` after which ``column`` is shown whole.

    Args:
        widths: of the columns, in cells.
        column: the one to be shown.
        first: the first column that is shown now.
        room: cells in all.
    """
    if column <= 0:
        return first
    first = min(max(1, first), column)
    while first < column:
        shown = {place.column: place for place in places(widths, first, room)}
        if column in shown and shown[column].width >= widths[column]:
            break
        first += 1
    return first
