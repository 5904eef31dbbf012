"""The boundary (边界): what the code of a programme gives back is looked at before anything is made of it.

The guard catches what is raised; here stands what is asked of what is returned. A value of another type than
was promised is refused inside the guard as :class:`Misgiven`, like an error of the programme's own: so it is
named there, and no statement of SQL, no later command and no other programme ever meets it.
"""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterable
from itertools import islice
from typing import Any

from taizhang.words.labels import Label, clean, unsafe

LONGEST_LABEL = 200
"""Characters of one side of a label."""

LONGEST_TEXT = 2_000
"""Characters of one side of a sentence that is said of a record."""

MOST_TEXTS = 1_000
"""Sentences of one check or one look at an action."""

MOST_BREACHES = 1_000_000
"""Breaches of one rule."""

SMALLEST, LARGEST = -(2**63), 2**63 - 1
"""Whole numbers that the ledger holds."""


class Misgiven(Exception):
    """A programme gave something back that is not what it promised. The text is ``中文 / English``, of types
    and names alone: values may be people's data.
    """


def shape(given: object) -> str:
    """Names the type of something."""
    return type(given).__name__


def upto(given: object, most: int) -> list[Any]:
    """The items of what should be iterable, ``most`` at most. Raises :class:`Misgiven`."""
    if isinstance(given, str | bytes) or not isinstance(given, Iterable):
        raise Misgiven(
            f"给出的是 {shape(given)}，应逐个给出 / gave a {shape(given)}, not one after the other"
        )
    listed = list(islice(given, min(most, sys.maxsize - 1) + 1))
    if len(listed) > most:
        raise Misgiven(f"一次给出超过 {most:,} 个 / gave more than {most:,} at once")
    return listed


def label(given: object, longest: int = LONGEST_TEXT) -> Label:
    """A sentence as a pair ``中文|English``, without characters that act instead of showing, which may come from
    the names in it. Raises :class:`Misgiven` for what is no pair, or too long.
    """
    made = Label.of(given) if isinstance(given, str) else given
    if not isinstance(made, Label) or not isinstance(made.zh, str) or not isinstance(made.en, str):
        raise Misgiven(f"应为“中文|English”，给出的是 {shape(given)} / a {shape(given)} is no pair")
    if (long := max(len(made.zh), len(made.en))) > longest:
        raise Misgiven(f"文字有 {long} 个字符，最多 {longest} / a text has {long} characters")
    return Label(clean(made.zh), clean(made.en))


def bad_label(given: Label, longest: int = LONGEST_LABEL) -> Label | None:
    """Says what is wrong with a pair as text that goes to a terminal."""
    for side in (given.zh, given.en):
        if found := unsafe(side.replace("\n", "\0")):
            code = f"U+{ord(found):04X}"
            return Label(f"文字里有控制字符 {code}", f"a text holds the control character {code}")
        if len(side) > longest:
            return Label(
                f"文字有 {len(side)} 个字符，最多 {longest}",
                f"a text has {len(side)} characters, {longest} at most",
            )
    return None


def labels(given: object) -> list[Label]:
    """The sentences that a look at a record gives."""
    return [label(one) for one in upto(given, MOST_TEXTS)]


def breaches(given: object) -> list[tuple[str, int]]:
    """Holds what a check yields to its form: ``(id, src)`` each time."""
    listed = upto(given, MOST_BREACHES)
    for one in listed:
        if (
            not isinstance(one, tuple | list)
            or len(one) != 2
            or not isinstance(one[0], str)
            or type(one[1]) is not int
            or not 0 < one[1] <= LARGEST
        ):
            raise Misgiven(
                f"检查应给出（编号，事件序号），给出的是 {shape(one)} / a check yields (id, src), not a {shape(one)}"
            )
    return [(str(id), src) for id, src in listed]


def foreign(error: sqlite3.Error | OSError) -> RuntimeError:
    """An error of the system or of SQLite that a programme's function raised in the midst of our own work on a
    file: the programme's, and not one of our file.
    """
    return RuntimeError(f"{shape(error)}: {error}")


__all__ = ["Misgiven", "bad_label", "breaches", "foreign", "label", "labels", "shape", "upto"]
