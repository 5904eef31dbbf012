"""Choosing one of a list: typed words narrow it, the arrows move, enter takes."""

from __future__ import annotations

import threading
from importlib import import_module
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from taizhang.readmodels.listing import DIM, Column, Listed, Row
from taizhang_tui.forms.choices import Provider
from taizhang_tui.widgets.virtual_table import VirtualTable
from taizhang_tui.words import language_of, say


class ChooserInput(Input):
    """The words; arrows move in the list below."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "screen.move(-1)", show=False),
        Binding("down", "screen.move(1)", show=False),
        Binding("pageup", "screen.page(-1)", show=False),
        Binding("pagedown", "screen.page(1)", show=False),
        Binding("enter", "screen.take", show=False),
    ]


class Chooser(ModalScreen[str | None]):
    """Dismissed with the key chosen, or None."""

    DEFAULT_CSS = """
    Chooser { align: center top; background: $background 60%; }
    Chooser > Vertical {
        width: 80; max-width: 100%; height: auto; max-height: 80%; margin-top: 2;
        background: $panel; padding: 1 2;
    }
    Chooser .chooser--title { height: 1; text-style: bold; }
    Chooser ChooserInput { background: transparent; padding: 0; margin-bottom: 1; }
    Chooser VirtualTable { height: 14; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", show=False)]

    def __init__(self, title: str, provider: Provider, *, text: str = "", empty: str = "") -> None:
        super().__init__()
        self._title, self._provider, self._text = title, provider, text
        self._empty = empty

    def compose(self) -> ComposeResult:
        """Title, words, list."""
        with Vertical():
            yield Static(Content(self._title), classes="chooser--title")
            yield ChooserInput(
                self._text,
                placeholder=say(
                    "输入名称、拼音或首字母|name, pinyin or initials", language_of(self)
                ),
                compact=True,
                select_on_focus=False,
            )
            yield VirtualTable(
                empty=self._empty or say("没有符合的|nothing matches", language_of(self))
            )

    def on_mount(self) -> None:
        """Show the list."""
        self.query_one(VirtualTable).can_focus = False
        # Finding by sound needs it at the first letter, and it takes a while to be imported.
        threading.Thread(target=import_module, args=("pypinyin",), daemon=True).start()
        self.query_one(ChooserInput).focus()
        self._list(self._text)

    def _list(self, text: str) -> None:
        columns = (Column("text", "", 10, 44), Column("hint", "", 4, 40))
        rows = [Row(i.key, (i.text, i.hint), (None, DIM)) for i in self._provider(text)]
        self.query_one(VirtualTable).set_source(
            Listed(columns, rows), key=rows[0].key if rows else None
        )

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._list(event.value)

    @on(VirtualTable.RowChosen)
    def _chosen(self, event: VirtualTable.RowChosen) -> None:
        self.dismiss(event.key)

    def action_move(self, rows: int) -> None:
        """Up or down."""
        self.query_one(VirtualTable).action_move(rows)

    def action_page(self, pages: int) -> None:
        """A page up or down."""
        self.query_one(VirtualTable).action_page(pages)

    def action_take(self) -> None:
        """Take the row under the cursor."""
        key = self.query_one(VirtualTable).cursor_key
        if key is not None:
            self.dismiss(key)
