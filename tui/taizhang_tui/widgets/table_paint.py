"""How the lines of a table are painted: pure functions from what is shown to strips of cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct, field
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from taizhang.readmodels.listing import Column, Row
from taizhang_tui import cells
from taizhang_tui.widgets.columns import GAP, GUTTER, ColumnPlace
from taizhang_tui.wordwrap import wrapped

CSS = """
TableView {
    overflow-x: hidden;
    scrollbar-size-vertical: 1;
    & > .table--header { color: $foreground 60%; text-style: bold; }
    & > .table--cursor { background: $foreground 8%; }
    & > .table--cell { background: $foreground 16%; }
    & > .table--gutter { color: $foreground 40%; }
    & > .table--empty { color: $foreground 70%; }
    & > .table--due { color: $warning; }
    & > .table--overdue { color: $error; text-style: bold; }
    & > .table--dim { color: $foreground 60%; }
    &:focus > .table--cursor { background: $primary 16%; }
    &:focus > .table--cell { background: $primary; color: $background; }
    &:focus > .table--gutter { color: $primary; }
}
"""
"""The default looks, in the themes' own terms."""

CURSOR = "▌"
MORE_LEFT = "‹"
MORE_RIGHT = "›"
READING = "读取中 …|Reading …"
UNREADABLE = "读不出来|Cannot be read"


class Look(Struct, frozen=True):
    """The styles of a table, each complete but for ``marks``, of which only ink is used."""

    plain: Style
    header: Style
    cursor: Style
    cell: Style
    gutter: Style
    empty: Style
    marks: Mapping[str, Style] = field(default_factory=dict)

    def ink(self, mark: str | None) -> Style:
        """The colour and weight of a mark, to lie over any ground."""
        style = self.marks.get(mark) if mark else None
        if style is None:
            return Style.null()
        return Style(color=style.color, bold=style.bold)


def _line(segments: list[Segment], width: int, ground: Style) -> Strip:
    """A strip of exactly ``width`` cells."""
    return Strip(segments).adjust_cell_length(width, ground)


def header(
    columns: Sequence[Column],
    shown: Sequence[ColumnPlace],
    width: int,
    look: Look,
    more_right: bool,
) -> Strip:
    """The labels, over their columns; signs where columns are hidden on either side.

    Args:
        columns: all columns.
        shown: those that are shown.
        width: cells in all.
        look: the styles.
        more_right: there are columns beyond.
    """
    segments = [Segment(" " * GUTTER, look.header)]
    for number, place in enumerate(shown):
        column = columns[place.column]
        label = cells.pad(cells.clean(column.label), place.width, column.align)
        segments.append(Segment(label, look.header))
        hides = number == 0 and len(shown) > 1 and shown[1].column > 1
        segments.append(Segment(cells.pad(MORE_LEFT if hides else "", GAP, "right"), look.header))
    if more_right and width > 1:
        strip = _line(segments, width - 1, look.header)
        return Strip([*strip, Segment(MORE_RIGHT, look.header)], width)
    return _line(segments, width, look.header)


def row(
    row: Row | None,
    columns: Sequence[Column],
    shown: Sequence[ColumnPlace],
    width: int,
    look: Look,
    cell: int = -1,
    cursor: bool = False,
    missing: str = cells.CUT,
) -> Strip:
    """One row. ``cell`` is the column of the cell cursor; ``missing`` stands for a row not read.

    Args:
        row: the row; None where it is not read.
        columns: all columns.
        shown: those that are shown.
        width: cells in all.
        look: the styles.
        cell: the column of the cell cursor.
        cursor: the row has the cursor.
        missing: what stands for a row that is not read.
    """
    ground = look.cursor if cursor else look.plain
    mark_style = ground + Style(color=look.gutter.color)
    segments = [Segment(cells.pad(CURSOR if cursor else "", GUTTER), mark_style)]
    if row is None:
        segments.append(Segment(missing, ground + look.ink("dim")))
        return _line(segments, width, ground)
    for place in shown:
        number = place.column
        text = row.cells[number] if number < len(row.cells) else ""
        mark = row.marks[number] if number < len(row.marks) else None
        style = look.cell if cursor and number == cell else ground + look.ink(mark)
        padded = cells.pad(text, place.width, columns[number].align)
        if style is not look.cell:
            for piece, own in row.pieces.get(number, ()):
                style = ground + look.ink(own)
                if not padded.startswith(
                    piece
                ):  # where there is no room, the cut is marked as it is
                    break
                segments.append(Segment(piece, style))
                padded = padded[len(piece) :]
        segments.append(Segment(padded, style))
        segments.append(Segment(" " * GAP, ground))
    return _line(segments, width, ground)


def notice(text: str, y: int, width: int, look: Look) -> Strip:
    """Line ``y`` of the words in place of rows, a line below the header.

    Args:
        text: the words.
        y: the line, from 0.
        width: cells in all.
        look: the styles.
    """
    lines = wrapped(cells.clean_lines(text), max(2, width - 2 * (GUTTER + GAP)))
    line = lines[y - 1] if 0 < y <= len(lines) else ""
    shown = cells.clip(" " * (GUTTER + GAP) + line, width)
    return _line([Segment(shown, look.empty)], width, look.plain)
