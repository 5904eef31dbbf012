"""Facts with lines (明细): a field whose value is a list of small structs, such as who was at a meeting.

``class Attendance(Line): member: Member = field("党员|Member")`` declares one line, and
``attendance: Lines[Attendance] = field("出席|Attendance", lines=Attendance)`` the field of an event, a deed
or an action. All lines are stored in one event. A line is named by its field and its number, the place in
the list of the fact's first event, counted from 1: ``attendance/3``. The number is the line's identity: it
never shifts, and where a line was made void a correction of the whole event has None in its place.

A text in a line is named by one part more, ``attendance/3/note``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias, TypeVar

import msgspec
from msgspec import structs

from taizhang.declarations.fields import MOST_LINES, Declared, Event, specs, tags
from taizhang.declarations.kinds import LinesKind

L = TypeVar("L", bound="Line")


class Line(Declared):
    """One line of an event."""


if TYPE_CHECKING:
    Lines: TypeAlias = tuple[L, ...]
else:

    @cache
    def _lines(line: type[Line]) -> Any:
        if any(isinstance(spec.kind, LinesKind) for spec in specs(line).values()):
            raise TypeError(f"{line.__name__}: a line holds no lines")
        return Annotated[tuple[line | None, ...], LinesKind(line)]

    class Lines:
        """The type of a field of lines: ``Lines[Attendance]`` is a tuple of them."""

        def __class_getitem__(cls, line: type[Line]) -> Any:
            return _lines(line) if isinstance(line, type) else cls


def line_fields(cls: type[Declared]) -> Mapping[str, type[Declared]]:
    """The fields of a declaration that hold lines, each with the struct of a line."""
    return _line_fields(cls)


@cache
def _line_fields(cls: type[Declared]) -> dict[str, type[Declared]]:
    return {name: spec.line for name, spec in specs(cls).items() if spec.line is not None}


def named(field: str, number: int) -> str:
    """The name of a line: ``attendance/3``."""
    return f"{field}/{number}"


def split_name(name: str) -> tuple[str, int]:
    """Field and number of a line's name."""
    field, _, number = name.partition("/")
    return field, int(number)


def text_at(event: Any, name: str) -> Any:
    """The value of a field, or of a field of a line (``attendance/3/note``)."""
    field, _, rest = name.partition("/")
    value = getattr(event, field)
    if not rest:
        return value
    number, _, own = rest.partition("/")
    return getattr(value[int(number) - 1], own)


def spec_at(cls: type[Declared], name: str) -> Any:
    """The :class:`FieldSpec` of what :func:`text_at` reads."""
    field, _, rest = name.partition("/")
    spec = specs(cls)[field]
    return specs(spec.line)[rest.partition("/")[2]] if rest and spec.line is not None else spec


def with_texts(event: Event, texts: Mapping[str, str]) -> Event:
    """The event with other texts at the places named."""
    changed: dict[str, Any] = {}
    within: dict[str, dict[int, dict[str, str]]] = {}
    for name, text in texts.items():
        field, _, rest = name.partition("/")
        if not rest:
            changed[field] = text
        else:
            number, _, own = rest.partition("/")
            within.setdefault(field, {}).setdefault(int(number), {})[own] = text
    for field, lines in within.items():
        listed = list(getattr(event, field))
        for place, said in lines.items():
            listed[place - 1] = structs.replace(listed[place - 1], **said)
        changed[field] = tuple(listed)
    return structs.replace(event, **changed) if changed else event


def bare(event: Event) -> Event:
    """The event without its lines: what all of them share."""
    return structs.replace(event, **dict.fromkeys(line_fields(type(event)), ()))


def shared_tags(event: Event) -> list[str] | None:
    """The tags of what all lines of an event share; None where it has no lines, or these share nothing."""
    return (tags(bare(event)) or None) if line_fields(type(event)) else None


def without_gaps(event: Event) -> Event:
    """The event with those lines only that are there."""
    fields = line_fields(type(event))
    gaps = {f: lines for f in fields if None in (lines := getattr(event, f))}
    if not gaps:
        return event
    filled = {f: tuple(x for x in lines if x is not None) for f, lines in gaps.items()}
    return structs.replace(event, **filled)


@cache
def joined(event: type[Event], field: str) -> type[Any]:
    """The type of an event's shared part together with one of its lines: ``event`` and ``line``."""
    line = line_fields(event)[field]
    made = [("event", event), ("line", line)]
    return msgspec.defstruct(f"{event.__name__}_{field}", made, frozen=True, gc=False)


def joined_fields(event: type[Event], field: str | None) -> dict[str, str]:
    """The names that a row may copy, each with where :func:`joined` has it; the line's come first."""
    if field is None:
        return {name: name for name in specs(event)}
    own = {name: f"line.{name}" for name in specs(line_fields(event)[field])}
    return {**{name: f"event.{name}" for name in specs(event)}, **own}


def portions(lines: Sequence[L], size: int = MOST_LINES) -> Iterator[tuple[L, ...]]:
    """Lines divided into as many as one event holds: for an action that yields several events.

    Args:
        lines: The lines of the action, which may be more than one event holds.
        size: The most lines of an event.
    """
    for start in range(0, len(lines), size):
        yield tuple(lines[start : start + size])


__all__ = ["Line", "Lines", "bare", "joined", "joined_fields", "line_fields", "portions"]
