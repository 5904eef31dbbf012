"""One line that is there only while it has something to say."""

from __future__ import annotations

from collections.abc import Sequence

from textual.reactive import reactive

from taizhang_tui import cells
from taizhang_tui.widgets.frame import Piece, TextLine


class NoticeLine(TextLine):
    """Words on a line of their own; without any there is no line."""

    DEFAULT_CSS = """
    NoticeLine { display: none; color: $warning; }
    NoticeLine.-told { display: block; }
    """

    words: reactive[str] = reactive("")
    """The words, as plain text."""

    def watch_words(self, words: str) -> None:
        """Comes and goes with the words."""
        self.set_class(bool(words), "-told")

    def pieces(self, width: int) -> Sequence[Piece]:
        """The words, cut where they do not fit."""
        return [Piece(cells.pad(f" {self.words}", width))]
