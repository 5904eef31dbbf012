"""Help: what the screen is for, and all its keys."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from taizhang_tui import cells
from taizhang_tui.words import language_of, say

EVERYWHERE = (
    ("[  ]", "有效日期后退、前进一步|the effective day a step back or on"),
    ("{  }", "后退、前进一年|a year back or on"),
    ("0", "两个时钟都回到现在|both clocks to now"),
    ("t", "设定有效日期和所知|set both clocks"),
    ("w", "来由：定下这一格的事件，此前的值|why: the event that set this cell, and earlier values"),
    ("d", "差异：两个时点之间有何不同|what differs between two moments"),
    ("n", "新建：先列出与所在对象有关的操作|new: actions about what is in view first"),
    ("u", "撤销自己最近一次登记|take back one's own last record"),
    (":", "命令：全部操作、台账和画面|commands: all actions, tables and screens"),
    ("Esc", "返回|back"),
    ("Ctrl+Q", "退出|quit"),
)


class HelpScreen(ModalScreen[None]):
    """Dismissed with any of the usual keys."""

    DEFAULT_CSS = """
    HelpScreen { align: center middle; background: $background 60%; }
    HelpScreen > VerticalScroll {
        width: 76; max-width: 96%; height: auto; max-height: 92%; background: $panel; padding: 1 2;
    }
    HelpScreen Static { height: auto; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,？,q,enter,f1", "dismiss", show=False)
    ]

    def __init__(self, about: str, keys: list[tuple[str, str]]) -> None:
        super().__init__()
        self._about, self._keys = about, keys

    def compose(self) -> ComposeResult:
        """Words and keys."""
        language = language_of(self)
        known = {key for key, _ in self._keys}
        every = [(key, say(pair, language)) for key, pair in EVERYWHERE]
        rows = self._keys + [(k, w) for k, w in every if k not in known]
        lines = [cells.pad(key, 12) + words for key, words in rows]
        with VerticalScroll():
            yield Static(Content(say(self._about, language) + "\n"))
            yield Static(Content("\n".join(lines)))
