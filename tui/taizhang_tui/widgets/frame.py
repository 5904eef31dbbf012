"""The one frame around every screen: where and when we are above, what keys do below.

The lower line is our own rather than Textual's ``Footer``: it names keys in Chinese, speaks the
app's language, drops what does not fit instead of scrolling (help stays), and is painted as one
line, where the footer rebuilds a widget a key at every change of focus.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
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

BRANDED = 96
"""Cells from which on the top line begins with the program's name."""

PAST = "-past"
"""The class of a screen that looks at the past: the whole frame is tinted by it."""


class Clocks(Struct, frozen=True):
    """The moment that a screen shows, in words ready to show.

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


class TextLine(Widget):
    """One line of words, exact to the cell."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    TextLine { height: 1; width: 1fr; }
    """

    def pieces(self, width: int) -> Sequence[Piece]:
        """Returns the words on a line of ``width`` cells, blanks included."""
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


class TopLine(TextLine):
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
    """True where the store holds demonstration data."""
    clocks: reactive[Clocks] = reactive(Clocks("", ""))
    """The clocks of what is shown."""
    seal: reactive[Seal] = reactive(Seal())
    """The seal of the record; its text may be empty."""

    def watch_clocks(self, clocks: Clocks) -> None:
        """Tint the whole frame in the past."""
        self.screen.set_class(clocks.past, PAST)

    def pieces(self, width: int) -> Sequence[Piece]:
        """The fullest form that fits: first the seal's words go, then the seal, then the end of the
        name. That the data are a demonstration's, or the seal is broken, is said on every screen.

        The brand depends on the width alone: one that came and went with the length of what is in
        view would move the line's beginning from screen to screen.
        """
        name = "台账" if width >= BRANDED else ""
        broken = self.seal.short if self.seal.state == "broken" else ""
        for brand, seal in (
            (name, self.seal.text),
            ("", self.seal.text),
            ("", self.seal.short),
            ("", broken),
        ):
            left, right = self._left(brand), self._right(seal)
            if measure(left) + 1 + measure(right) <= width:
                break
        else:
            over = measure(left) + 1 + measure(right) - width
            organisation = cells.width(cells.clean(self.organisation))
            left = self._left("", max(0, organisation - over))
            if measure(left) + measure(right) > width:  # no room for more than the clocks
                left = [Piece(" " * (width - measure(right)))]
        return [*left, Piece(" " * (width - measure(left) - measure(right))), *right]

    def _left(self, brand: str, room: int | None = None) -> list[Piece]:
        language = language_of(self)
        organisation = cells.clean(self.organisation)
        if room is not None:
            organisation = cells.clip(organisation, room)
        pieces = [Piece(" ")]
        if brand:
            pieces += [Piece(brand, "top--brand"), Piece(" ")]
        pieces.append(Piece(organisation, "top--organisation"))
        if self.demo:
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
    "insert": "插入|Ins",
    "home": "Home",
    "end": "End",
    "shift+tab": "Shift+Tab",
    "f2": "F2",
    "f1": "F1",
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


class KeyLine(TextLine):
    """The keys that do something here, nearest first: the bindings of what has the focus, the screen, the app.

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
    KEPT: ClassVar[frozenset[str]] = frozenset(
        {"help", "app.help", "palette", "app.palette", "save"}
    )
    """Actions that are shown even where others no longer fit."""

    GAP: ClassVar[int] = 2

    def on_mount(self) -> None:
        """Follow the focus."""
        self.screen.bindings_updated_signal.subscribe(self, self._changed)

    def _changed(self, screen: Screen[Any]) -> None:
        self.refresh()

    def hints(self, *, every: bool = False) -> list[KeyHint]:
        """The keys that do something here and now; ``every`` one, or those that are to be shown.

        What Textual itself binds is described in English only, and known from other programs.
        """
        language = language_of(self)
        unoffered: Collection[str] = getattr(self.screen, "UNOFFERED", ())
        hints: dict[str, KeyHint] = {}
        for active in self.screen.active_bindings.values():
            binding = active.binding
            if not (active.enabled and (binding.show or every)) or "|" not in binding.description:
                continue
            if binding.action in unoffered:
                continue
            name = KEY_NAMES.get(binding.key)
            if binding.key.startswith("ctrl+"):
                name = "Ctrl+" + binding.key[5:].upper()
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
