"""Lines of facts in the ledger: how their rows are numbered, and what a fact's lines are after amendments.

A row that a line has made is named as every row is, by one integer, ``src``. In a table that is fed by
lines (:attr:`~taizhang.declarations.tables.Table.lined`) the stored ``src`` is the fact's position and the
number of the line together; readers see them apart, as ``src`` and ``line``.

Amendments are told in the order of recording. The first event and each correction of all of it say every
line anew; what is about one line says that one. So the newest living word about a line counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from msgspec import structs

from taizhang.declarations.fields import Event
from taizhang.declarations.lines import bare, line_fields, split_name, without_gaps
from taizhang.declarations.tables import Feed, Table
from taizhang.ledger.texts import tokenised
from taizhang_eventstore.recorded import Recorded

BITS = 12
"""Bits of a row's number that hold the line's; an event has fewer than 4,096 of them."""

LINE = (1 << BITS) - 1


def row_of(table: Table[Any], position: int, number: int = 0) -> int:
    """Numbers the row that a fact, or one of its lines, has made in ``table``.

    Args:
        table: The table; whether it is fed by lines decides.
        position: Of the root of the fact.
        number: Of the line, 0 for the whole.
    """
    return position << BITS | number if table.lined else position


def position_of(table: Table[Any], src: int) -> int:
    """The position of the fact behind a row."""
    return src >> BITS if table.lined else src


def number_of(table: Table[Any], src: int) -> int:
    """The number of the line behind a row; 0 where it is of the whole fact."""
    return src & LINE if table.lined else 0


def row_name(table: Table[Any], src: int) -> str:
    """A row as people name it: ``#12``, in a table of lines ``#12/3``."""
    number = number_of(table, src)
    return f"#{position_of(table, src)}/{number}" if number else f"#{position_of(table, src)}"


def source_sql(table: Table[Any], src: str = "r.src") -> str:
    """SQL: the position of the fact behind a stored row."""
    return f"({src} >> {BITS})" if table.lined else src


def line_sql(src: str = "r.src") -> str:
    """SQL: the number of the line behind a row that is stored in a table of lines, or NULL."""
    return f"nullif({src} & {LINE}, 0)"


def row_sql(table: Table[Any]) -> str:
    """SQL: what names a row that is read from a view, as it is stored."""
    return f"(src << {BITS} | coalesce(line, 0))" if table.lined else "src"


# What a fact says


class Told(NamedTuple):
    """The content of a fact: the version that gives it but for its lines, and its lines with gaps (None)
    where one was made void, so that each stands at its number.
    """

    version: Recorded
    event: Event

    @property
    def whole(self) -> Event:
        """The event with those lines only that are there."""
        return without_gaps(self.event)


def said(recorded: Recorded) -> Event | None:
    """Reads what an event says, its texts in the clear."""
    return recorded.event  # type: ignore[return-value]


def dead(family: Sequence[Recorded], more: Iterable[int] = ()) -> set[int]:
    """The positions of the events of a family that are void, once those at ``more`` are.

    A void that takes one line away of an event leaves that event standing.
    """
    about = {r.position: r.envelope.line for r in family}
    found = set(more)
    for recorded in reversed(family):
        target = recorded.envelope.voids
        if (
            target is not None
            and recorded.position not in found
            and not takes_line(recorded, about)
        ):
            found.add(target)
    return found


def takes_line(void: Recorded, about: dict[int, str | None]) -> bool:
    """Tells if a void is of one line of an event; ``about`` has the lines of a family's amendments."""
    envelope = void.envelope
    return envelope.line is not None and about.get(envelope.voids or 0) is None


def statements(family: Sequence[Recorded]) -> list[Recorded]:
    """The living events of a family that say something: the first, corrections of all of it, corrections
    and voids of a line. Empty when the fact is void.

    A correction that this program cannot read is passed over.
    """
    if not family:
        return []
    gone = dead(family)
    if family[0].position in gone:
        return []
    about = {r.position: r.envelope.line for r in family}
    return [
        r
        for i, r in enumerate(family)
        if r.position not in gone
        and (
            not i or (takes_line(r, about) if r.envelope.voids is not None else r.event is not None)
        )
    ]


def tell(
    living: Sequence[Recorded], read: Callable[[Recorded], Event | None] = tokenised
) -> Told | None:
    """Tells what some statements of a fact amount to; None without any, or where the last one cannot be read.

    Args:
        living: Living events of one family, the first of them one that is about all of it.
        read: Gives what one of them says.
    """
    version: Recorded | None = None
    event: Event | None = None
    changed: dict[str, list[Any]] = {}
    for recorded in living:
        line = recorded.envelope.line
        if line is None:
            version, event, changed = recorded, read(recorded), {}
            continue
        field, number = split_name(line)
        if event is None or field not in line_fields(type(event)):
            continue
        lines = changed.setdefault(field, list(getattr(event, field)))
        if 0 < number <= len(lines):
            own = None if recorded.envelope.voids is not None else read(recorded)
            lines[number - 1] = None if own is None else getattr(own, field)[0]
    if version is None or event is None:
        return None
    if changed:
        event = structs.replace(event, **{f: tuple(lines) for f, lines in changed.items()})
    return Told(version, event)


# From a fact to the rows that it makes


class Split:
    """The way in which facts of one type feed tables of lines: each of its lines apart, or (no ``field``)
    whole.
    """

    def __init__(self, feed: Feed) -> None:
        self.field = feed.lines
        self.content = feed.content

    def of(self, position: int, event: Any) -> Iterator[tuple[int, Any]]:
        """The source of each row with what the row is made of; ``event`` may have gaps."""
        base = position << BITS
        if self.field is None:
            yield base, without_gaps(event)
            return
        shared, content = bare(event), self.content
        for number, line in enumerate(getattr(event, self.field), base + 1):
            if line is not None:
                yield number, content(shared, line)

    def told(self, position: int, line: str | None, event: Any) -> Iterator[tuple[int, Any]]:
        """As :meth:`of`, for one version of a fact: one about a line (``line``) tells of that alone.

        Args:
            position: Of the root of the fact.
            line: The line that the version is about, None for all.
            event: The version.
        """
        if line is None or self.field is None:
            yield from self.of(position, event)
            return
        field, number = split_name(line)
        if field == self.field:
            for _, content in self.of(position, event):
                yield (position << BITS) + number, content

    def sources(self, position: int, family: Sequence[Recorded], line: str | None) -> list[int]:
        """The sources of the rows that an amendment may change.

        Args:
            position: The position of the fact.
            family: The fact and its amendments.
            line: The line that the amendment is about, or None.
        """
        base = position << BITS
        if self.field is None:
            return [base]
        if line is not None:
            field, number = split_name(line)
            return [base + number] if field == self.field else []
        most = max((len(getattr(r.event, self.field, ())) for r in family), default=0)
        return list(range(base + 1, base + most + 1))


__all__ = ["Split", "Told", "dead", "position_of", "row_of", "statements", "tell"]
