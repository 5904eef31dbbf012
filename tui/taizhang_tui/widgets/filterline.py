"""The line above a table: what is typed to filter it, how many rows are left, and a word."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Input

from taizhang_tui import cells
from taizhang_tui.widgets.frame import Piece, TextLine
from taizhang_tui.words import language_of, say


class FilterInput(Input):
    """The field that is typed in; the arrows stay with the table."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "table(-1)", show=False),
        Binding("down", "table(1)", show=False),
        Binding("enter", "table(0)", "打开|Open"),
        Binding("escape", "leave", "清除|Clear"),
        Binding("tab", "keep", "到表格|To the table"),
    ]

    def action_table(self, rows: int) -> None:
        """Move in the table, or with 0 open the row."""
        self.post_message(FilterLine.Moved(rows))

    def action_leave(self) -> None:
        """Clear, and back to the table."""
        self.value = ""
        self.post_message(FilterLine.Left())

    def action_keep(self) -> None:
        """Back to the table with the filter on."""
        self.post_message(FilterLine.Left())


class FilterLine(TextLine):
    """``/wxm   3 / 971``: painted as one line, over which the input lies once it was opened."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"filter--sign", "filter--hint", "filter--right"}
    DEFAULT_CSS = """
    FilterLine {
        layout: horizontal;
        & > FilterInput { width: 1fr; background: transparent; padding: 0; }
        & > FilterInput:focus { background: transparent; }
        & > .filter--sign { color: $foreground 40%; }
        & > .filter--hint { color: $foreground 45%; }
        & > .filter--right { color: $foreground 65%; }
        &:focus-within > .filter--sign { color: $primary; text-style: bold; }
    }
    """
    SIGN: ClassVar[str] = " / "

    count: reactive[str] = reactive("")
    """How many rows there are, in words."""
    note: reactive[str] = reactive("")
    """A word before it, such as the order."""

    class Moved(Message):
        """The arrows were pressed (rows down), or enter (0)."""

        def __init__(self, rows: int) -> None:
            super().__init__()
            self.rows = rows

    class Left(Message):
        """The line was left for the table."""

    def __init__(self, hint: str, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._hint = hint
        self._input: FilterInput | None = None

    @property
    def text(self) -> str:
        """The typed text."""
        return self._input.value.strip() if self._input is not None else ""

    @property
    def focused(self) -> bool:
        """True while it is being typed in."""
        return self._input is not None and self._input.has_focus

    async def open(self) -> None:
        """Begin to type. The input comes with the first time: no first paint has to wait for it."""
        if self._input is None:
            self._input = FilterInput(
                placeholder=say(self._hint, language_of(self)), compact=True, select_on_focus=False
            )
            self._make_room()
            await self.mount(self._input)
        self._input.focus()

    def clear(self) -> None:
        """Empty it."""
        if self._input is not None:
            self._input.value = ""

    def watch_count(self) -> None:
        """Show the numbers."""
        self._make_room()

    def watch_note(self) -> None:
        """Show the word."""
        self._make_room()

    @property
    def _right(self) -> str:
        return " " + "  ".join(filter(None, (self.note, self.count))) + " "

    def _make_room(self) -> None:
        """The input stands between the sign and the count."""
        if self._input is not None:
            self._input.styles.margin = (0, cells.width(self._right), 0, len(self.SIGN))
        self.refresh()

    def pieces(self, width: int) -> Sequence[Piece]:
        """A sign, the hint, the count."""
        right = self._right
        room = max(0, width - len(self.SIGN) - cells.width(right))
        hint = "" if self._input is not None else say(self._hint, language_of(self))
        return [
            Piece(self.SIGN, "filter--sign"),
            Piece(cells.pad(hint, room), "filter--hint"),
            Piece(right, "filter--right"),
        ]

    async def on_click(self, event: events.Click) -> None:
        """Begin to type."""
        event.stop()
        await self.open()
