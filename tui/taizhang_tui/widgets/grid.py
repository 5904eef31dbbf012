"""The editor of a field of lines: a grid whose cells are typed, turned, chosen, pasted and filled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import events
from textual.actions import SkipAction
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Input

from taizhang.declarations.fields import FieldSpec
from taizhang.ledger.view import LedgerView
from taizhang.readmodels.listing import DIM, OVERDUE, Column, Row
from taizhang.words.errors import Problem
from taizhang_tui import cells
from taizhang_tui.data import choices
from taizhang_tui.data.choices import Item, matching
from taizhang_tui.data.lines import Sheet, groups, members_of, names
from taizhang_tui.widgets import table_paint as paint
from taizhang_tui.widgets.columns import GAP, Place, Widths, first_to_show, hidden_right, places
from taizhang_tui.widgets.editors import AnswerRow, Edited
from taizhang_tui.words import language_of, say

AROUND = 13
"""Lines of the screen that are left to what stands around a grid."""

FEWEST, MOST = 5, 30
"""Lines of rows that are in view at least, and at most."""

NEW = "＋ 输入以加行，Ctrl+G 从组织填入，可粘贴名单|＋ type to add a row, ctrl+g fills from a group, paste names"


class GridRow(AnswerRow):
    """A label, below it the grid in the whole width, and below that what is wrong."""

    DEFAULT_CSS = """
    GridRow {
        layout: vertical;
        & > .form--label { width: 1fr; }
        & > .form--problem { width: 1fr; max-width: 100%; }
    }
    """


class CellInput(Input):
    """The text of one cell while it is typed; it lies over the cell."""

    class Taken(Message):
        """Typing is over: ``text`` is None where it was given up; go on by ``columns`` and ``rows``."""

        def __init__(self, text: str | None, columns: int = 0, rows: int = 0) -> None:
            super().__init__()
            self.text, self.columns, self.rows = text, columns, rows

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,tab", "take(1, 0)", "下一格|Next cell"),
        Binding("shift+tab", "take(-1, 0)", show=False),
        Binding("down", "take(0, 1)", show=False),
        Binding("up", "take(0, -1)", show=False),
        Binding("escape", "leave", "放弃|Give up"),
    ]

    def action_take(self, columns: int, rows: int) -> None:
        """Take what was typed."""
        self.post_message(self.Taken(self.value, columns, rows))

    def action_leave(self) -> None:
        """Leave the cell as it was."""
        self.post_message(self.Taken(None))

    def on_input_changed(self, event: Input.Changed) -> None:
        """Nobody else's business."""
        event.stop()


class GridEditor(Widget, can_focus=True):
    """The lines of a field, one a row, under the labels of their fields. The line below the last begins another.

    Args:
        name: The question.
        value: Its answer, as :mod:`taizhang_tui.data.lines` writes it.
        spec: The field of lines.
        ledger: Gives the ledger of the form's day.
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
    GridEditor {
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
        & > CellInput.-textual-compact {
            display: none; position: absolute; padding: 0; background: $primary 30%;
        }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "turn", "换|Next"),
        Binding("ctrl+g", "fill", "填入|Fill"),
        Binding("ctrl+a", "usual_all", "常值|Usual"),
        Binding("delete", "remove", "删行|Remove"),
        Binding("ctrl+d", "usual", "本行常值|Usual here"),
        Binding("insert,ctrl+n", "insert", "插行|Insert"),
        Binding("f2", "edit", "改|Edit", show=False),
        Binding("backspace", "clear", "清空此格|Empty the cell", show=False),
        Binding("enter", "enter", show=False),
        Binding("tab", "on(1)", "下一格|Next cell", show=False),
        Binding("shift+tab", "on(-1)", "上一格|Cell before", show=False),
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
        Binding("left", "column(-1)", show=False),
        Binding("right", "column(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("home", "home", "第一行|First row", show=False),
        Binding("end", "end", "末行之后|Below the last", show=False),
    ]

    def __init__(
        self, name: str, value: str, spec: FieldSpec, ledger: Callable[[], LedgerView]
    ) -> None:
        super().__init__(CellInput(compact=True, select_on_focus=False), name=name)
        self.sheet = Sheet(spec, value)
        self.title = spec.label
        self.row, self.column = 0, 0
        self._ledger = ledger
        self._wrong: set[tuple[int, str]] = set()
        self._names: dict[tuple[str, str], tuple[str, str]] = {}
        self._top = 0
        self._first = 1
        self._shown: Sequence[Place] = ()

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
        """The heading, and as many rows as there are or as there is room for."""
        return 1 + self._height(self.app.size.height)

    def render_lines(self, crop):  # type: ignore[no-untyped-def]
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
        words = " " * self._shown[0].width + "  " + say(NEW, language_of(self))
        blank = Row("", (words,), (DIM,))
        wide = [Place(0, 1, max(0, width - 3))]
        return paint.row(blank, self._columns[1:2], wide, width, self._look, -1, here)

    def watch_has_focus(self, _has_focus: bool) -> None:
        """Paint anew."""
        super().watch_has_focus(_has_focus)
        self.refresh()

    # Moving

    def _go(self, row: int, column: int | None = None) -> None:
        self.row = max(0, min(row, len(self.sheet.rows)))
        if column is not None:
            self.column = max(0, min(column, len(self.sheet.fields) - 1))
        height = self._height(self.app.size.height)
        self._top = min(max(self._top, self.row - height + 1), self.row)
        self.refresh()

    def action_move(self, rows: int) -> None:
        """Up or down; beyond either end to the neighbours."""
        if self.row + rows < 0 and self.row == 0:
            self.app.action_focus_previous()
        elif self.row == len(self.sheet.rows) and rows > 0:
            self.app.action_focus_next()
        else:
            self._go(self.row + rows)

    def action_page(self, pages: int) -> None:
        """Up or down by what is in view."""
        self._go(self.row + pages * max(1, self.size.height - 2))

    def action_home(self) -> None:
        """To the first cell."""
        self._go(0, 0)

    def action_end(self) -> None:
        """Below the last row, where another begins and from where Tab and down lead on."""
        self._go(len(self.sheet.rows), 0)

    def action_column(self, columns: int) -> None:
        """Left or right."""
        self._go(self.row, self.column + columns)

    def action_on(self, cells: int) -> None:
        """To the next cell or the one before; from below the last row, and before the first cell, on."""
        if cells > 0 and self.row == len(self.sheet.rows):
            self.app.action_focus_next()
        elif cells < 0 and (self.row, self.column) == (0, 0):
            self.app.action_focus_previous()
        else:
            row, column = divmod(
                self.row * len(self.sheet.fields) + self.column + cells, len(self.sheet.fields)
            )
            self._go(row, column)

    def on_click(self, event: events.Click) -> None:
        """Go to the cell under the pointer."""
        if event.y > 0:
            at = [p.column - 1 for p in self._shown[1:] if p.x <= event.x < p.x + p.width + GAP]
            self._go(self._top + event.y - 1, at[0] if at else None)

    # Changing

    def _changed(self) -> None:
        """Rows have changed: the form is told, and the height may be another."""
        self._go(self.row)
        self.refresh(layout=True)
        self.post_message(Edited(self.name or "", self.sheet.text))

    def _put(self, text: str) -> None:
        self.sheet.put(self.row, self.field.name, text)
        self._changed()

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Letters are typed; they are no shortcuts here."""
        return character is not None and character.isprintable()

    def on_key(self, event: events.Key) -> None:
        """A letter begins the cell anew."""
        if event.character and event.is_printable and event.key != "space":
            event.stop()
            event.prevent_default()
            self._typed(event.character)

    def on_paste(self, event: events.Paste) -> None:
        """Takes a list of names; or what an input method commits, which is typed."""
        event.stop()
        many = len([x for x in event.text.splitlines() if x.strip()]) > 1
        if many or (
            self.sheet.subject is self.field and any(x in event.text for x in "\t、,，;；=")
        ):
            self._took(*self.sheet.paste(event.text, self._ledger()))
        elif text := event.text.strip():
            self._typed(text)

    def _took(self, came: int, there: int) -> None:
        words = (
            "加 {n} 行|{n} rows came"
            if not there
            else "加 {n} 行，{m} 个已在|{n} rows came, {m} were there"
        )
        self.notify(say(words, language_of(self)).format(n=came, m=there))
        self._changed()

    def _typed(self, text: str) -> None:
        """What is typed chooses, or begins the text of the cell anew."""
        spec = self.field
        if spec.choices and text.isdigit() and 0 < int(text) <= len(spec.choices):
            self._put(spec.choices[int(text) - 1].zh)
        elif spec.choices or spec.entity is not None:
            self._choose(text)
        else:
            self._edit(text)

    def _choose(self, text: str) -> None:
        from taizhang_tui.widgets.chooser import Chooser

        spec, language = self.field, language_of(self)
        if spec.entity is not None:
            provider = choices.entities(self._ledger(), spec.entity, language, spec)
        else:
            provider = matching([Item(c.zh, c.text(language)) for c in spec.choices])

        def chosen(key: str | None) -> None:
            if key is not None:
                self._put(key)
                self.action_on(1)

        self.app.push_screen(Chooser(spec.label.text(language), provider, text=text), chosen)

    def _edit(self, text: str) -> None:
        """Types the text of the cell under the cursor."""
        place = next((p for p in self._shown if p.column == self.column + 1), None)
        if place is None:
            return
        typed = self.query_one(CellInput)
        typed.styles.offset = (place.x, 1 + self.row - self._top)
        typed.styles.width = max(8, place.width)
        typed.value = text
        typed.cursor_position = len(text)
        typed.display = True
        typed.focus()

    def on_cell_input_taken(self, event: CellInput.Taken) -> None:
        """The cell has been typed."""
        event.stop()
        self.query_one(CellInput).display = False
        self.focus()
        if event.text is None:
            return
        self._put(event.text)
        if event.columns:
            self.action_on(event.columns)
        elif event.rows:
            self._go(self.row + event.rows)

    def action_edit(self) -> None:
        """Mend the cell: the list with its text typed, or its text."""
        text = self.sheet.cell(self.row, self.field.name)
        if self.field.entity is not None:
            self._choose("" if (self.field.entity, text) in self._names else text)
        elif self.field.choices:
            self._choose("")
        else:
            self._edit(text)

    def action_enter(self) -> None:
        """Go on, or where the cell is empty or no name of anybody mend it first."""
        text = self.sheet.cell(self.row, self.field.name)
        kind = self.field.entity
        if (kind is None and text) or (kind is not None and (kind, text) in self._names):
            self.action_on(1)
        else:
            self.action_edit()

    def action_turn(self) -> None:
        """The next choice of the cell, or of the row's first one that has choices; else the list."""
        first = next((f for f in self.sheet.fields if f.choices), None)
        spec = self.field if self.field.choices else first
        if self.field.entity is None and not self.field.choices:
            self._edit(self.sheet.cell(self.row, self.field.name) + " ")
        elif spec is None or self.row == len(self.sheet.rows):
            self.action_edit()
        else:
            self.sheet.turn(self.row, spec)
            self._changed()

    def action_usual(self) -> None:
        """The usual values for the row, and on to the next one."""
        if self.row < len(self.sheet.rows):
            self.sheet.set_usual([self.row], anew=True)
            self.row += 1
            self._changed()

    def action_usual_all(self) -> None:
        """The usual values where any row is empty."""
        self.sheet.set_usual(range(len(self.sheet.rows)))
        self._changed()

    def action_clear(self) -> None:
        """Empty the cell."""
        self._put("")

    def action_remove(self) -> None:
        """Take the row away."""
        if self.row < len(self.sheet.rows):
            del self.sheet.rows[self.row]
            self._changed()

    def action_insert(self) -> None:
        """Begin a row above this one."""
        self.sheet.rows.insert(self.row, {})
        self.column = 0
        self._changed()

    def action_fill(self) -> None:
        """Add a row for each one who belongs to a branch, a group, a team."""
        from taizhang_tui.widgets.chooser import Chooser

        subject, language = self.sheet.subject, language_of(self)
        if subject is None:
            raise SkipAction
        ledger = self._ledger()

        def chosen(key: str | None) -> None:
            if key is not None:
                self._took(*self.sheet.add(members_of(self._ledger(), subject, key)))

        title = say("从哪里填入|Fill from", language)
        listed = matching(groups(ledger, subject, language))
        self.app.push_screen(Chooser(title, listed), chosen)
