"""Values held to their declaration (相符): whether a struct that a programme made is what its class says.

A struct does not look at its fields when it is made. Those that were read from the log were decoded by their
types; those that a programme makes are held to them here, once: which types of values a class may have is
remembered, so that a row on its way into the ledger costs one look.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import date
from functools import cache
from typing import Any

from msgspec import structs

from taizhang.declarations.fields import Declared, FieldSpec, Row, specs
from taizhang.declarations.kinds import CountKind, DateKind, LinesKind, YesKind
from taizhang.isolation.boundary import LARGEST, SMALLEST, Misgiven, foreign, shape
from taizhang.words.labels import unsafe

Types = tuple[type, ...]


class Conforming:
    """Holds structs of one class to what their fields declare."""

    def __init__(self, cls: type[Declared]) -> None:
        self._cls = cls
        self._specs = tuple(specs(cls).values())
        self._row = issubclass(cls, Row)
        self._sound: dict[Types, tuple[tuple[int, ...], tuple[int, ...]]] = {}
        self._lines = tuple(
            (i, spec.line) for i, spec in enumerate(self._specs) if spec.line is not None
        )

    def __call__(self, made: object) -> None:
        """Raises :class:`Misgiven` for what is no struct of the class, or has a field of another type."""
        if type(made) is not self._cls:
            name = self._cls.__name__
            raise Misgiven(
                f"给出的是 {shape(made)}，应为 {name} / gave a {shape(made)}, not a {name}"
            )
        values = structs.astuple(made)
        types = tuple(map(type, values))
        numbers, texts = self._sound.get(types) or self._learn(types)
        for i in numbers:
            if not SMALLEST <= values[i] <= LARGEST:
                raise self._misgiven(i, "数字太大", "the number is too large")
        for i in texts:
            text: str = values[i]
            if not text.isascii() or not self._row:
                try:
                    text.encode()
                except UnicodeEncodeError:
                    raise self._misgiven(i, "不是文字", "the text is none") from None
                if not self._row and (found := unsafe(text)):
                    code = f"U+{ord(found):04X}"
                    raise self._misgiven(i, f"有控制字符 {code}", f"it holds {code}")
        for i, line in self._lines:
            for one in values[i] or ():
                if one is not None:
                    conforming(line)(one)

    def _learn(self, types: Types) -> tuple[tuple[int, ...], tuple[int, ...]]:
        for i, (spec, given) in enumerate(zip(self._specs, types, strict=True)):
            if not _holds(spec, given, self._row):
                want = wanted(spec)[0].__name__
                raise self._misgiven(
                    i, f"是 {given.__name__}，应为 {want}", f"is a {given.__name__}, not a {want}"
                )
        known = (
            tuple(i for i, t in enumerate(types) if issubclass(t, int)),
            tuple(i for i, t in enumerate(types) if issubclass(t, str)),
        )
        self._sound[types] = known
        return known

    def _misgiven(self, i: int, zh: str, en: str) -> Misgiven:
        where = f"{self._cls.__name__}.{self._specs[i].name}"
        return Misgiven(f"{where}：{zh} / {where}: {en}")


def wanted(spec: FieldSpec) -> Types:
    """The types that values of a field have, the usual one first."""
    # By class, and not by an attribute: kinds of authors' own are subclasses of these.
    if isinstance(spec.kind, LinesKind):
        return (tuple, list)
    if isinstance(spec.kind, DateKind):
        return (date,)
    if isinstance(spec.kind, YesKind):
        return (bool,)
    return (int,) if isinstance(spec.kind, CountKind) else (str,)


def _holds(spec: FieldSpec, given: type, row: bool) -> bool:
    """Tells if a field takes values of a type. A row's may be empty, and has 1 for yes: so SQLite keeps it."""
    if given is type(None):
        return row or spec.optional
    want = wanted(spec)
    if given in want or (want == (str,) and issubclass(given, str)):
        return True
    return row and want[0] in (int, bool) and issubclass(given, int)


@cache
def conforming(cls: type[Declared]) -> Conforming:
    """Makes the function that holds structs of a class to it."""
    return Conforming(cls)


def held_row(make: Callable[..., Any], row: type[Row]) -> Callable[..., Any]:
    """Wraps what makes a row, or nothing, of an event or of a state and an event: its result is held to the
    row.
    """
    hold = conforming(row)

    def made(*given: Any) -> Any:
        try:
            found = make(*given)
        except (sqlite3.Error, OSError) as error:
            raise foreign(error) from error
        if found is not None:
            hold(found)
        return found

    return made


def held_word(when: Callable[..., Any]) -> Callable[..., bool]:
    """Wraps what says yes or no of an event."""

    def said(*given: Any) -> bool:
        try:
            return bool(when(*given))
        except (sqlite3.Error, OSError) as error:
            raise foreign(error) from error

    return said


__all__ = ["Conforming", "conforming", "held_row", "held_word", "wanted"]
