"""The one frame around every screen: where and when we are above, what keys do below.

The lower line is our own rather than Textual's ``Footer``: it names keys in Chinese, speaks the
app's language, drops what does not fit instead of scrolling (help stays), and is painted as one
line, where the footer rebuilds a widget a key at every change of focus.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from msgspec import Struct
from rich.segment import Segment
from textual import events
from textual.reactive import reactive
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

from taizhang_tui import cells
from taizhang_tui.words import language_of, say

PAST = "-past"
"""The class of a screen that looks at the past: the whole frame is tinted by it."""


class Clocks(Struct, frozen=True):
    """What a screen is as of, in words ready to show.

    ``on`` is when it was true (有效), ``known`` what we knew (所知): ``现在 #24,118`` or a date.
    ``past`` says that either stands elsewhere than now, so that nothing can be written.
    """

    on: str
    known: str
    past: bool = False


class Seal(Struct, frozen=True):
    """The state of the record's seal. ``state`` is ``""``, ``"due"`` or ``"broken"``.

    ``short`` is shown where ``text`` does not fit; a broken seal is never left out.
    """

    text: str = ""
    short: str = ""
    state: str = ""


class Piece(Struct, frozen=True):
    """A word on a line, in a style named by a component class."""

    text: str
    style: str = ""


class Line(Widget):
    """One line of words, exact to the cell."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    Line { height: 1; width: 1fr; }
    """

    def pieces(self, width: int) -> Sequence[Piece]:
        """What stands on a line of ``width`` cells, blanks included."""
        raise NotImplementedError

    def render_line(self, y: int) -> Strip:
        """Paint the words."""
        width = self.size.width
        ground = self.rich_style
        segments = [
            Segment(
                piece.text,
                self.get_component_rich_style(piece.style) if piece.style else ground,
            )
            for piece in self.pieces(width)
        ]
        return Strip(segments).adjust_cell_length(width, ground)


def measure(pieces: Sequence[Piece]) -> int:
    """The cells that ``pieces`` take together."""
    return sum(cells.width(piece.text) for piece in pieces)


class TopLine(Line):
    """The organisation in view, both clocks, the seal. Quiet at now, tinted and 只读 in the past."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "top--brand",
        "top--organisation",
        "top--demo",
        "top--clock",
        "top--quiet",
        "top--readonly",
        "top--due",
        "top--broken",
    }
    DEFAULT_CSS = """
    TopLine {
        dock: top;
        background: $panel;
        & > .top--brand { color: $primary; text-style: bold; }
        & > .top--organisation { text-style: bold; }
        & > .top--demo { color: $primary; }
        & > .top--quiet { color: $foreground 65%; }
        & > .top--readonly { background: $secondary; color: $background; text-style: bold; }
        & > .top--due { color: $warning; }
        & > .top--broken { color: $error; text-style: bold; }
    }
    """

    organisation: reactive[str] = reactive("")
    """The organisation in view."""
    demo: reactive[bool] = reactive(False)
    """Whether the store holds demonstration data."""
    clocks: reactive[Clocks] = reactive(Clocks("", ""))
    """What is shown is as of these."""
    seal: reactive[Seal] = reactive(Seal())
    """The seal of the record; its text may be empty."""

    def watch_clocks(self, clocks: Clocks) -> None:
        """Tint the whole frame in the past."""
        self.screen.set_class(clocks.past, PAST)

    def pieces(self, width: int) -> Sequence[Piece]:
        """The fullest form that fits: first the brand goes, then the seal's words, then badges."""
        for brand, seal, demo in (
            ("台账", self.seal.text, True),
            ("", self.seal.text, True),
            ("", self.seal.short, True),
            ("", self.seal.short, False),
            ("", self.seal.short if self.seal.state == "broken" else "", False),
        ):
            left, right = self._left(brand, demo and self.demo), self._right(seal)
            if measure(left) + 1 + measure(right) <= width:
                break
        else:
            room = max(0, width - measure(right) - 2)
            name = cells.clip(cells.clean(self.organisation), room)
            left = [Piece(" "), Piece(name, "top--organisation")]
        return [*left, Piece(" " * (width - measure(left) - measure(right))), *right]

    def _left(self, brand: str, demo: bool) -> list[Piece]:
        language = language_of(self)
        pieces = [Piece(" ")]
        if brand:
            pieces += [Piece(brand, "top--brand"), Piece(" ")]
        pieces.append(Piece(cells.clean(self.organisation), "top--organisation"))
        if demo:
            pieces += [Piece(" "), Piece(say("示例数据|Demonstration", language), "top--demo")]
        return pieces

    def _right(self, seal: str) -> list[Piece]:
        language = language_of(self)
        clocks = self.clocks
        pieces: list[Piece] = []
        if clocks.past:
            word = say("只读|READ ONLY", language)
            pieces += [Piece(f" {word} ", "top--readonly"), Piece("  ")]
        for label, value in (
            (say("有效|True on", language), clocks.on),
            (say("所知|As known", language), clocks.known),
        ):
            if value:
                pieces += [
                    Piece(f"{label} ", "top--quiet"),
                    Piece(cells.clean(value), "top--clock" if clocks.past else "top--quiet"),
                    Piece("  "),
                ]
        if seal:
            style = f"top--{self.seal.state}" if self.seal.state else "top--quiet"
            pieces += [Piece(" "), Piece(cells.clean(seal), style), Piece(" ")]
        elif pieces:
            pieces[-1] = Piece(" ")
        return pieces


KEY_NAMES = {
    "enter": "回车|Enter",
    "escape": "Esc",
    "tab": "Tab",
    "space": "空格|Space",
    "backspace": "退格|Backspace",
    "delete": "删除|Del",
    "pageup": "上页|PgUp",
    "pagedown": "下页|PgDn",
}
"""Keys named otherwise than by Textual."""


class KeyHint(Struct, frozen=True):
    """One key and what it does."""

    key: str
    shown: str
    words: str
    action: str

    @property
    def width(self) -> int:
        """The cells it takes."""
        return cells.width(self.shown) + 1 + cells.width(self.words)


class KeyLine(Line):
    """What keys do here, nearest first: the bindings of what has the focus, the screen, the app.

    A binding's description is written ``"打开|Open"``. Of several keys for one action (``/`` and
    its full-width twin ``／``) the first is shown. A click presses the key.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"keys--key", "keys--words"}
    DEFAULT_CSS = """
    KeyLine {
        dock: bottom;
        background: $panel;
        & > .keys--key { color: $primary; text-style: bold; }
        & > .keys--words { color: $foreground 85%; }
    }
    """
    KEPT: ClassVar[frozenset[str]] = frozenset({"help", "show_help", "app.help"})
    """Actions that are shown even where others no longer fit."""

    GAP: ClassVar[int] = 2

    def on_mount(self) -> None:
        """Follow the focus."""
        self.screen.bindings_updated_signal.subscribe(self, self._changed)

    def _changed(self, screen: Screen[Any]) -> None:
        self.refresh()

    def hints(self) -> list[KeyHint]:
        """All keys that do something here and now."""
        language = language_of(self)
        hints: dict[str, KeyHint] = {}
        for active in self.screen.active_bindings.values():
            binding = active.binding
            if not (binding.show and binding.description and active.enabled):
                continue
            name = KEY_NAMES.get(binding.key)
            shown = binding.key_display or name or self.app.get_key_display(binding)
            focused = self.screen.focused
            typed = focused is not None and active.node is not focused and len(shown) == 1
            # Textual filters what a field of text takes as typing, but not "/": it knows no
            # character of the key named slash.
            if typed and focused and focused.check_consume_key(binding.key, shown):
                continue
            words = say(binding.description, language)
            hint = KeyHint(binding.key, say(shown, language), words, binding.action)
            hints.setdefault(binding.action, hint)
        return list(hints.values())

    def fitting(self, width: int) -> list[KeyHint]:
        """The keys that fit in ``width`` cells, in order."""
        hints = self.hints()
        left = width - 1
        kept = {hint for hint in hints if hint.action in self.KEPT}
        left -= sum(hint.width + self.GAP for hint in kept)
        for hint in hints:
            if hint in kept:
                continue
            left -= hint.width + self.GAP
            if left + self.GAP < 0:
                break
            kept.add(hint)
        return [hint for hint in hints if hint in kept]

    def pieces(self, width: int) -> Sequence[Piece]:
        """Keys and words."""
        pieces = [Piece(" ")]
        for hint in self.fitting(width):
            pieces += [
                Piece(hint.shown, "keys--key"),
                Piece(" "),
                Piece(hint.words, "keys--words"),
                Piece(" " * self.GAP),
            ]
        return pieces

    def on_click(self, event: events.Click) -> None:
        """Press the key under the pointer."""
        x = 1
        for hint in self.fitting(self.size.width):
            if x <= event.x < x + hint.width:
                self.app.simulate_key(hint.key)
                return
            x += hint.width + self.GAP
