"""Screens of programmes (插件的屏): words and a table, made by a function that only the screens import.

``programme.screen("wall", "光荣榜|Wall of honour", "taizhang_xianfeng.screens:wall")`` declares one. A programme
hands over what is to be seen, not widgets: so it looks like everything else, follows both clocks, shows
nothing but plain text, and a fault in making it stays the programme's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from taizhang.isolation.boundary import LONGEST_LABEL, label, upto
from taizhang.words.labels import Label, clean

if TYPE_CHECKING:
    from taizhang.declarations.ledger import Ledger

_NAME = re.compile(r"[a-z][a-z0-9_]{0,30}")
_PLACE = re.compile(r"[a-z_]\w*(\.[a-z_]\w*)*:[a-z_]\w*")


MOST_ROWS, MOST_COLUMNS = 100_000, 100
"""What one screen shows at the most."""


class Board(Struct, frozen=True):
    """The content of a programme's screen: headings as pairs, ``"中文|English"``, rows of plain values, and
    words above them in the language that was asked for. Numbers are set right.
    """

    headings: Sequence[str]
    rows: Sequence[Sequence[Any]]
    words: str = ""


class Shown(Struct, frozen=True):
    """A board in one language: texts, and which columns hold numbers alone."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: tuple[bool, ...]
    words: str


class ScreenDeclaration(Struct, frozen=True):
    """One screen of one programme; ``place`` is ``module:function``."""

    owner: str
    name: str
    label: Label
    place: str

    @property
    def full(self) -> str:
        """``owner.name``."""
        return f"{self.owner}.{self.name}"

    def make(self, ledger: Ledger, language: str) -> Shown:
        """Makes what the screen shows of a ledger; runs the programme's code, and may raise anything."""
        module, _, function = self.place.partition(":")
        made = getattr(import_module(module), function)(ledger, language)
        if not isinstance(made, Board):
            raise TypeError(f"{self.place} gives a {type(made).__name__}, not a Board")
        headings = [label(heading, LONGEST_LABEL) for heading in upto(made.headings, MOST_COLUMNS)]
        rows = [tuple(upto(row, MOST_COLUMNS)) for row in upto(made.rows, MOST_ROWS)]
        wide = len(headings)
        if wrong := next((row for row in rows if len(row) != wide), None):
            raise ValueError(f"{self.place}: {len(wrong)} cells under {wide} headings")
        numbers = [all(isinstance(row[i], int | float | None) for row in rows) for i in range(wide)]
        return Shown(
            tuple(heading.text(language) for heading in headings),
            tuple(tuple("" if cell is None else clean(str(cell)) for cell in row) for row in rows),
            tuple(numbers),
            "\n".join(map(clean, str(made.words).splitlines())),
        )


class Screened:
    """The part of a programme that declares its screens."""

    id: str
    _screens: dict[str, ScreenDeclaration] | None = None

    @property
    def screens(self) -> dict[str, ScreenDeclaration]:
        """The screens by name."""
        if self._screens is None:
            self._screens = {}
        return self._screens

    def screen(self, name: str, label: str, place: str) -> ScreenDeclaration:
        """Declares a screen, which is found in the palette of commands (``:``).

        Args:
            name: without the owner's id.
            label: ``中文|English``.
            place: a function of a module of the programme's own, ``"taizhang_x.screens:board"``, that only the
                screens import; called as ``board(ledger, language)`` it gives a :class:`Board`.

        Raises:
            ValueError: the name is none or taken, or the place is not written so.
        """
        if not _NAME.fullmatch(name) or name in self.screens:
            raise ValueError(f"{self.id} cannot have a screen {name!r}: not a name, or taken")
        if not _PLACE.fullmatch(place):
            raise ValueError(f"{self.id}.{name}: {place!r} is not written as module:function")
        made = self.screens[name] = ScreenDeclaration(self.id, name, Label.of(label), place)
        return made


__all__ = ["Board", "ScreenDeclaration", "Screened", "Shown"]
