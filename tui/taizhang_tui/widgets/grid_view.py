"""The part of a grid of lines that shows them: where the cursor stands, how rows are painted.

Nothing here listens to keys or the mouse: see :mod:`taizhang_tui.widgets.grid`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

from taizhang.declarations.fields import FieldSpec
from taizhang.ledger.view import LedgerView
from taizhang.readmodels.listing import DIM, OVERDUE, Column, Row
from taizhang.words.errors import Problem
from taizhang_tui import cells
from taizhang_tui.forms.lines import LineGrid, names
from taizhang_tui.widgets import table_paint as paint
from taizhang_tui.widgets.columns import ColumnPlace, Widths, first_to_show, hidden_right, places
from taizhang_tui.words import language_of, say

AROUND = 13
"""Lines of the screen that are left to what stands around a grid."""

FEWEST, MOST = 5, 30
"""Lines of rows that are in view at least, and at most."""

NEW = "＋ 输入以加行|＋ type to add a row"
FILLED = "＋ 输入以加行，Ctrl+G 从组织填入，可粘贴名单|＋ type to add a row, ctrl+g fills from a group, paste names"


class GridView(Widget, can_focus=True):
    """The lines of a field, one a row, under the labels of their fields. The line below the last begins another.

    Args:
        name: The question.
        value: Its answer, as :mod:`taizhang_tui.forms.lines` writes it.
        spec: The field of lines.
        ledger: Gives the ledger of the form's day.
        children: Widgets that lie over it.
    """

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "grid--header",
        "grid--cursor",
        "grid--cell",
        "grid--gutter",
        "grid--dim",
        "grid--overdue",
    }
    DEFAULT_CSS = """
    GridView {
        height: auto; width: 1fr; background: $foreground 6%;
        & > .grid--header { color: $foreground 60%; text-style: bold; }
        & > .grid--cursor { background: $foreground 8%; }
        & > .grid--cell { background: $foreground 16%; }
        & > .grid--gutter { color: $foreground 40%; }
        & > .grid--dim { color: $foreground 60%; }
        & > .grid--overdue { color: $error; text-style: bold; }
        &:focus > .grid--cursor { background: $primary 16%; }
        &:focus > .grid--cell { background: $primary; color: $background; }
        &:focus > .grid--gutter { color: $primary; }
    }
    """

    def __init__(
        self,
        name: str,
        value: str,
        spec: FieldSpec,
        ledger: Callable[[], LedgerView],
        *children: Widget,
    ) -> None:
        super().__init__(*children, name=name)
        self.sheet = LineGrid(spec, value)
        self.title = spec.label
        self.row, self.column = 0, 0
        self._ledger = ledger
        self._wrong: set[tuple[int, str]] = set()
        self._names: dict[tuple[str, str], tuple[str, str]] = {}
        self._top = 0
        self._first = 1
        self._shown: Sequence[ColumnPlace] = ()

    @property
    def field(self) -> FieldSpec:
        """The field of the cell under the cursor."""
        return self.sheet.fields[self.column]

    def mark(self, problems: Sequence[Problem]) -> None:
        """Marks the cells with problems."""
        self._wrong = {p.cell for p in problems if p.cell is not None}
        self.refresh()

    # Painting

    def _height(self, screen: int) -> int:
        most = max(FEWEST, min(MOST, screen - AROUND))
        return min(len(self.sheet.rows) + 1, most)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """The heading, and as many rows as there are or as there is room for.

        Args:
            container: the size around it.
            viewport: the size of the screen.
            width: its own width, in cells.
        """
        return 1 + self._height(self.app.size.height)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Read names, and place the columns once for all lines."""
        rows = range(self._top, min(self._top + self.size.height, len(self.sheet.rows)))
        self._learn(rows)
        self._columns = self._make_columns()
        widths = Widths(self._columns)
        self._painted = {row: self._row(row) for row in rows}
        widths.see(self._painted.values())
        room = self.size.width
        fitted = widths.fit(room)
        self._shown = places(fitted, 1, room)
        if hidden_right(fitted, self._shown):
            self._first = first_to_show(fitted, self.column + 1, self._first, room)
            self._shown = places(fitted, self._first, room)
        self._more = hidden_right(fitted, self._shown)
        style = self.get_component_rich_style
        self._look = paint.Look(
            plain=self.rich_style,
            header=style("grid--header"),
            cursor=style("grid--cursor"),
            cell=style("grid--cell"),
            gutter=style("grid--gutter"),
            empty=style("grid--dim"),
            marks={DIM: style("grid--dim"), OVERDUE: style("grid--overdue")},
        )
        return super().render_lines(crop)

    def _make_columns(self) -> list[Column]:
        language = language_of(self)
        number = Column("", "#", len(str(len(self.sheet.rows))), 5, "number")
        made = [number]
        for spec in self.sheet.fields:
            texts = [cells.width(c.text(language)) + 1 for c in spec.choices]
            least = max([cells.width(spec.label.text(language)), *texts, 6])
            least = max(least, 16) if spec.entity is not None else least
            kind = "number" if spec.kind.align == "right" else "text"
            made.append(Column(spec.name, spec.label.text(language), least, max(least, 30), kind))  # type: ignore[arg-type]
        return made

    def _learn(self, rows: range) -> None:
        """Learns what the references in some rows are called."""
        for spec in self.sheet.fields:
            if spec.entity is None:
                continue
            ids = {self.sheet.cell(row, spec.name) for row in rows} - {""}
            unknown = sorted(id for id in ids if (spec.entity, id) not in self._names)
            if unknown:
                found = names(self._ledger(), spec, unknown, language_of(self))
                self._names.update(((spec.entity, id), name) for id, name in found.items())

    def _row(self, row: int) -> Row:
        texts, marks = [f"{row + 1}"], [DIM if row != self.row else None]
        pieces: dict[int, Sequence[tuple[str, str | None]]] = {}
        language = language_of(self)
        for place, spec in enumerate(self.sheet.fields, 1):
            text, hint = self.sheet.cell(row, spec.name), ""
            if spec.entity is not None:
                text, hint = self._names.get((spec.entity, text), (text, ""))
            elif spec.choices:
                text = next((c.text(language) for c in spec.choices if c.zh == text), text)
            text = cells.clean(text)
            wrong = (row + 1, spec.name) in self._wrong
            marks.append(OVERDUE if wrong else None)
            if wrong:  # the colour alone says nothing
                text = f"✗{text}"
            elif hint:
                pieces[place] = [(text, None), (f"  {cells.clean(hint)}", DIM)]
                text += pieces[place][1][0]
            texts.append(text)
        return Row(str(row), tuple(texts), tuple(marks), pieces)

    def render_line(self, y: int) -> Strip:
        """The heading, a row, or the line below the last."""
        width = self.size.width
        if y == 0:
            return paint.header(self._columns, self._shown, width, self._look, self._more)
        row = self._top + y - 1
        here = row == self.row
        cell = self.column + 1 if here else -1
        made = self._painted.get(row)
        if made is not None:
            return paint.row(
                made, self._columns, self._shown, width, self._look, cell, here and self.has_focus
            )
        if row > len(self.sheet.rows):
            return Strip.blank(width, self.rich_style)
        words = (
            " " * self._shown[0].width
            + "  "
            + say(FILLED if self.sheet.subject else NEW, language_of(self))
        )
        blank = Row("", (words,), (DIM,))
        wide = [ColumnPlace(0, 1, max(0, width - 3))]
        return paint.row(
            blank, self._columns[1:2], wide, width, self._look, -1, here and self.has_focus
        )

    def watch_has_focus(self, _has_focus: bool) -> None:
        """Paint anew."""
        super().watch_has_focus(_has_focus)
        self.refresh()

    def _go(self, row: int, column: int | None = None) -> None:
        self.row = max(0, min(row, len(self.sheet.rows)))
        if column is not None:
            self.column = max(0, min(column, len(self.sheet.fields) - 1))
        height = self._height(self.app.size.height)
        self._top = min(max(self._top, self.row - height + 1), self.row)
        self.refresh()
