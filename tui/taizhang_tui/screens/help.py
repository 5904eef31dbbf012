"""Help: what the screen is for, and all its keys."""

from __future__ import annotations

from collections.abc import Sequence
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

EVERYWHERE = {
    "new": "新建：先列出与所在对象有关的操作|new: actions about what is in view first",
    "why": "来由：定下这一格的事件，此前的值|why: the event that set this cell, and earlier values",
    "difference": "差异：两个时点之间有何不同|what differs between two moments",
    "clock": "设定有效日期和所知|set both clocks",
    "step(-1)": "有效日期后退、前进一步|the effective day a step back or on",
    "step(-12)": "后退、前进一年|a year back or on",
    "now": "两个时钟都回到现在|both clocks to now",
    "undo": "撤销自己最近一次登记|take back one's own last record",
    "plugins": "插件：载入了哪些，隔离了哪些|programmes: which are loaded, which in quarantine",
    "palette": "命令：全部操作、台账和画面|commands: all actions, tables and screens",
    "help": "本帮助|this help",
    "back": "返回|back",
    "quit": "退出|quit",
}
"""In more words what works on every screen where letters are not typed, by action, in this order."""

PAIRS = {"step(-1)": "[  ]", "step(-12)": "{  }", "step(1)": "", "step(12)": ""}
"""Keys that are told together."""


KEYS, BESIDE = 12, 24
"""Cells for a key, and for words with another key beside them."""


class HelpScreen(ModalScreen[None]):
    """Dismissed with any of the usual keys."""

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

    def __init__(self, about: str, keys: Sequence[KeyHint]) -> None:
        super().__init__()
        self._about, self._keys = about, keys

    def compose(self) -> ComposeResult:
        """Words, the screen's own keys, then those of every screen."""
        language = language_of(self)
        hints = {hint.action.removeprefix("app."): hint for hint in self._keys}
        own = [(h.shown, h.words) for a, h in hints.items() if a not in {*EVERYWHERE, *PAIRS}]
        every = [
            (PAIRS.get(action) or hints[action].shown, say(pair, language))
            for action, pair in EVERYWHERE.items()
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
