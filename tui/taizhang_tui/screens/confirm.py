"""One question before something is done: enter does it, escape does not."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from taizhang_tui import cells
from taizhang_tui.words import language_of, say
from taizhang_tui.wordwrap import Words


class Confirm(ModalScreen[bool]):
    """Dismissed with whether it is to be done."""

    DEFAULT_CSS = """
    Confirm { align: center middle; }
    Confirm > Vertical {
        width: 64; max-width: 100%; height: auto; background: $panel; padding: 1 2;
    }
    Confirm .confirm--title { text-style: bold; margin-bottom: 1; }
    Confirm .confirm--keys { color: $foreground 65%; margin-top: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,n,q", "dismiss(False)", show=False),
        Binding("enter,y", "dismiss(True)", show=False),
    ]

    def __init__(self, title: str, text: str) -> None:
        super().__init__()
        self._title, self._text = title, text

    def compose(self) -> ComposeResult:
        """Title, what it means, the two keys."""
        keys = say("回车 确认   Esc 取消|Enter confirms   Esc cancels", language_of(self))
        with Vertical():
            yield Static(Content(cells.clean(self._title)), classes="confirm--title")
            yield Words(self._text)
            yield Static(Content(keys), classes="confirm--keys")

    def add(self, text: str) -> None:
        """Goes on with what it means, if the question still stands."""
        self._text = f"{self._text}\n{text}"
        for words in self.query(Words):  # or none yet
            words.update(self._text)
