"""Help: what the screen is for, and all its keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from taizhang_tui import cells
from taizhang_tui.widgets.frame import KeyHint
from taizhang_tui.words import language_of, say
from taizhang_tui.wordwrap import Words

PAIRS = {"step(-1)": "[  ]", "step(-12)": "{  }", "step(1)": "", "step(12)": ""}
"""Keys that are told together."""


KEYS, BESIDE = 12, 24
"""Cells for a key, and for words with another key beside them."""


class HelpScreen(ModalScreen[None]):
    """Dismissed with any of the usual keys.

    Args:
        about: What the screen is for, as a pair.
        keys: All keys that do something on it.
        everywhere: In more words, as pairs by action, those that work on every screen.
    """

    DEFAULT_CSS = """
    HelpScreen { align: center middle; background: $background 60%; }
    HelpScreen > VerticalScroll {
        width: 80; max-width: 100%; height: auto; max-height: 100%; background: $panel; padding: 1 2;
    }
    HelpScreen Static { height: auto; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,？,q,enter,f1", "dismiss", show=False)
    ]

    def __init__(self, about: str, keys: Sequence[KeyHint], everywhere: Mapping[str, str]) -> None:
        super().__init__()
        self._about, self._keys, self._everywhere = about, keys, everywhere

    def compose(self) -> ComposeResult:
        """Words, the screen's own keys, then those of every screen."""
        language = language_of(self)
        hints = {hint.action.removeprefix("app."): hint for hint in self._keys}
        own = [(h.shown, h.words) for a, h in hints.items() if a not in {*self._everywhere, *PAIRS}]
        every = [
            (PAIRS.get(action) or hints[action].shown, say(pair, language))
            for action, pair in self._everywhere.items()
            if action in hints
        ]
        with VerticalScroll():
            yield Words(say(self._about, language) + "\n")
            yield Static(Content(_lines(_beside(own)) + "\n"))
            yield Static(Content(_lines(every)))


def _beside(rows: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """The first half of the rows with the second half beside it."""
    half = (len(rows) + 1) // 2
    return [
        (key, cells.pad(words, BESIDE) + cells.pad(other, KEYS) + more if other else words)
        for (key, words), (other, more) in zip(
            rows[:half], [*rows[half:], ("", "")][:half], strict=True
        )
    ]


def _lines(rows: Sequence[tuple[str, str]]) -> str:
    return "\n".join(cells.pad(key, KEYS) + words for key, words in rows)
