"""Sentences in a width: Chinese may break between any two characters, but not before a full stop.

Textual breaks lines at blanks only, so that a Chinese sentence with one English word in it is torn
apart at that word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

from taizhang_tui import cells

CLOSING = "，。、；：！？）》〉」』”’…·,.;:!?)]}"
"""What no line begins with."""

OPENING = "（《〈「『“‘([{"
"""What no line ends with."""

_WORDS = re.compile(r"\s+|[\u0021-\u2e7f]+|.")


def _units(line: str) -> Iterator[str]:
    """The smallest stretches that stay together: a word, a character with its punctuation, a blank."""
    held = ""
    for part in _WORDS.findall(line):
        if held and (part[0] in CLOSING or held[-1] in OPENING):
            held += part
        else:
            if held:
                yield held
            held = part
    if held:
        yield held


def wrapped(text: str, width: int) -> list[str]:
    """The lines of ``text`` in ``width`` cells; what is longer than a line is cut where it must be."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        indent = paragraph[: len(paragraph) - len(paragraph.lstrip())]
        line = ""
        for unit in _units(paragraph):
            if not line or cells.width(line) + cells.width(unit.rstrip()) <= width:
                line += unit
            else:
                lines.append(line.rstrip())
                line = indent + unit.lstrip()
            while cells.width(line.rstrip()) > width > 1:
                at = next(n for n in range(1, len(line) + 1) if cells.width(line[: n + 1]) > width)
                lines.append(line[:at])
                line = line[at:]
        lines.append(line.rstrip())
    return lines


class Words(Widget):
    """Plain text of any length, wrapped as Chinese is."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    Words { width: 1fr; height: auto; }
    """

    def __init__(
        self,
        text: str = "",
        *,
        name: str | None = None,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(name=name, id=id, classes=classes)
        self._text = text

    @property
    def text(self) -> str:
        """Its words."""
        return self._text

    def update(self, text: str) -> None:
        """Say something else."""
        if text != self._text:
            self._text = text
            self.refresh(layout=True)

    def _lines(self, width: int) -> list[str]:
        return wrapped(cells.clean_lines(self._text), max(2, width))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as the text takes.

        Args:
            container: the size around it.
            viewport: the size of the screen.
            width: its own width, in cells.
        """
        return len(self._lines(width))

    def render(self) -> Content:
        """The lines."""
        return Content("\n".join(self._lines(self.content_size.width)))
