"""The line above a table: what is typed to filter it, how many rows are left, and a word."""

from __future__ import annotations

from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Input, Static

from taizhang_tui.words import language_of, say


class FilterInput(Input):
    """What is typed; the arrows stay with the table."""

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


class FilterLine(Horizontal):
    """``/wxm   3 / 971``."""

    DEFAULT_CSS = """
    FilterLine {
        height: 1;
        & > .filter--sign { width: 3; padding-left: 1; color: $foreground 40%; }
        & > FilterInput { width: 1fr; background: transparent; padding: 0; }
        & > FilterInput:focus { background: transparent; }
        & > .filter--hint { width: 1fr; color: $foreground 45%; }
        & > .filter--right { width: auto; color: $foreground 65%; padding: 0 1; }
    }
    FilterLine:focus-within > .filter--sign { color: $primary; text-style: bold; }
    """

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

    def compose(self) -> ComposeResult:
        """A sign, the text, the count."""
        yield Static("/", classes="filter--sign", markup=False)
        yield Static(Content(say(self._hint, language_of(self))), classes="filter--hint")
        yield Static("", classes="filter--right", markup=False)

    @property
    def text(self) -> str:
        """What is typed."""
        return self._input.value.strip() if self._input is not None else ""

    @property
    def focused(self) -> bool:
        """Whether it is being typed in."""
        return self._input is not None and self._input.has_focus

    async def open(self) -> None:
        """Begin to type. The input comes with the first time: no first paint has to wait for it."""
        if self._input is None:
            hint = self.query_one(".filter--hint", Static)
            self._input = FilterInput(
                placeholder=say(self._hint, language_of(self)), compact=True, select_on_focus=False
            )
            await self.mount(self._input, after=hint)
            await hint.remove()
        self._input.focus()

    def clear(self) -> None:
        """Empty it."""
        if self._input is not None:
            self._input.value = ""

    def watch_count(self) -> None:
        """Show the numbers."""
        self._show()

    def watch_note(self) -> None:
        """Show the word."""
        self._show()

    def _show(self) -> None:
        if self.is_mounted:
            words = "  ".join(filter(None, (self.note, self.count)))
            self.query_one(".filter--right", Static).update(Content(words))

    @on(events.Click, ".filter--sign, .filter--hint")
    async def _clicked(self) -> None:
        await self.open()
