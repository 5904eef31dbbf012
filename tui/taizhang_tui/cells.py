"""Text on a grid: what is shown, how wide it is, and how it is cut or padded to the cell.

A terminal knows cells, not characters: a Chinese character takes two, a combining mark none.
Whatever reaches the screen from data goes through :func:`clean` first, so that no name can move
the cursor, turn the line around or hide characters; nothing here reads markup, so ``李[/]`` is
five cells of text.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

from rich.cells import cell_len, get_character_cell_size

Align = Literal["left", "right"]

CUT = "…"
"""Ends a text that did not fit."""

LONGEST = 2000
"""Characters of one text that are looked at: more than any terminal is wide."""

MOST_MARKS = 2
"""Combining marks kept on one character: enough for every script, too few to climb over a line."""

# Controls (C0, C1), soft hyphen, fillers without shape, zero-width and bidirectional characters,
# separators of lines and paragraphs, variation selectors, annotations, skin tones (terminals do
# not agree on their width), tags and lone surrogates.
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb"
    "\U0001f3fb-\U0001f3ff\U000e0000-\U000e0fff\ud800-\udfff]"
)
_BREAKS = re.compile("\r\n|[\t\n\v\f\r\x85\u2028\u2029]")


def width(text: str) -> int:
    """The cells that ``text`` takes on the grid."""
    return cell_len(text)


def clean(text: str) -> str:
    """``text`` as it may be shown: one line of visible characters, nothing trimmed.

    Tabs and breaks become one space each. An escape sequence loses its escape character and stays
    as harmless letters. Combining marks without a character to stand on are dropped. Idempotent.
    """
    if text.isascii() and text.isprintable():
        return text[:LONGEST]
    shown = unicodedata.normalize("NFC", _UNSAFE.sub("", _BREAKS.sub(" ", text[:LONGEST])))
    if all(map(get_character_cell_size, shown)):
        return shown
    kept: list[str] = []
    room = 0  # combining marks that the character before may still carry
    for character in shown:
        if get_character_cell_size(character):
            room = MOST_MARKS
        elif room:
            room -= 1
        else:
            continue
        kept.append(character)
    return unicodedata.normalize("NFC", "".join(kept))


def clean_lines(text: str) -> str:
    """Cleans words of several lines: only the breaks between them stay."""
    return "\n".join(map(clean, text.split("\n")))


def clip(text: str, cells: int) -> str:
    """``text``, cut to at most ``cells`` cells; a cut is shown by an ellipsis.

    A double-width character is never halved, so the result may be one cell short.
    """
    if cell_len(text) <= cells:
        return text
    if cells <= 0:
        return ""
    room = cells - cell_len(CUT)
    for index, character in enumerate(text):
        room -= get_character_cell_size(character)
        if room < 0:
            return text[:index] + CUT
    return text  # not reached: a text that long was wider than its room


def pad(text: str, cells: int, align: Align = "left") -> str:
    """``text`` in exactly ``cells`` cells: cut if longer, filled with spaces if shorter.

    Args:
        text: what is shown.
        cells: how many cells wide.
        align: left or right.
    """
    if cells <= 0:
        return ""
    shown = clip(text, cells)
    fill = " " * (cells - cell_len(shown))
    return fill + shown if align == "right" else shown + fill
