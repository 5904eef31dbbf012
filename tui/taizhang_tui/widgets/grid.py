"""The editor of a field of lines: a grid whose cells are typed, turned, chosen, pasted and filled."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import events, on
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input

from taizhang.declarations.fields import FieldSpec
from taizhang.ledger.view import LedgerView
from taizhang_tui.forms import choices
from taizhang_tui.forms.choices import Item, matching
from taizhang_tui.forms.lines import groups, members_of
from taizhang_tui.widgets.columns import GAP
from taizhang_tui.widgets.editors import AnswerRow, Edited
from taizhang_tui.widgets.grid_view import GridView
from taizhang_tui.words import language_of, say


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
        """Typing is over, and may have been given up (``kept``); go on by ``columns`` and ``rows``."""

        def __init__(self, kept: bool, columns: int = 0, rows: int = 0) -> None:
            super().__init__()
            self.kept, self.columns, self.rows = kept, columns, rows

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,tab", "take(1, 0)", "下一格|Next cell"),
        Binding("shift+tab", "take(-1, 0)", show=False),
        Binding("down", "take(0, 1)", show=False),
        Binding("up", "take(0, -1)", show=False),
        Binding("escape", "leave", "放弃|Give up"),
    ]

    def action_take(self, columns: int, rows: int) -> None:
        """Take what was typed."""
        self.post_message(self.Taken(True, columns, rows))

    def action_leave(self) -> None:
        """Leave the cell as it was."""
        self.post_message(self.Taken(False))

    def on_blur(self) -> None:
        """Gone elsewhere, but not with the whole terminal: that comes back to here."""
        if self.app.app_focus:
            self.display = False


class GridEditor(GridView):
    """The keys of a grid: cells are typed, turned and chosen, rows filled, pasted and taken away."""

    DEFAULT_CSS = """
    GridEditor {
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
        typed = CellInput(compact=True, select_on_focus=False)
        super().__init__(name, value, spec, ledger, typed)
        self._before: list[dict[str, str]] = []  # the row that a cell is typed in, as it was

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Rows are filled only where they are about somebody, and have next choices where there are any."""
        if action == "turn":
            return any(f.choices or f.entity for f in self.sheet.fields)
        return action != "fill" or self.sheet.subject is not None

    # Moving

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
        """Takes a key: what is typed chooses, or begins the text of the cell anew."""
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
        self._before = [dict(row) for row in self.sheet.rows[self.row : self.row + 1]]
        typed = self.query_one(CellInput)
        typed.styles.offset = (place.x, 1 + self.row - self._top)
        typed.styles.width = max(8, place.width)
        typed.display = True
        typed.value = text
        typed.cursor_position = len(text)
        typed.focus()

    def on_cell_input_taken(self, event: CellInput.Taken) -> None:
        """The cell has been typed."""
        event.stop()
        self.query_one(CellInput).display = False
        self.focus()
        if not event.kept:
            self.sheet.rows[self.row : self.row + 1] = self._before
            self._changed()
        elif event.columns:
            self.action_on(event.columns)
        elif event.rows:
            self._go(self.row + event.rows)

    @on(Input.Changed)
    def _typing(self, event: Input.Changed) -> None:
        """Takes what is typed, which counts at once: it is kept as a draft, and saved without leaving the
        cell.
        """
        event.stop()
        if event.input.display:
            self._put(event.value)

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
        assert subject is not None
        ledger = self._ledger()

        def chosen(key: str | None) -> None:
            if key is not None:
                self._took(*self.sheet.add(members_of(self._ledger(), subject, key)))

        title = say("从哪里填入|Fill from", language)
        listed = matching(groups(ledger, subject, language))
        self.app.push_screen(Chooser(title, listed), chosen)
