"""What the log asks of a recorder beyond the library's port, done with the port alone.

For PostgreSQL (`eventsourcing.dcb.postgres_tt`) and the library's recorder in memory. Slower
than what the SQLite recorder does itself, and the same in result.
"""

from __future__ import annotations

from array import array
from itertools import islice
from typing import TYPE_CHECKING, Final

import msgspec
from eventsourcing.dcb.api import DCBQuery, DCBQueryItem

from taizhang_eventstore.errors import another_past
from taizhang_eventstore.recorders.ability import AbleRecorder
from taizhang_eventstore.recorders.reading import encode_tags

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from eventsourcing.dcb.api import (
        DCBAppendCondition,
        DCBEvent,
        DCBRecorder,
        DCBSequencedEvent,
    )

    from taizhang_eventstore.recorders.reading import Row

SIZE: Final = 1_000
"""Events asked for at once: recorders of the library fetch all that they are asked for."""

_FAR: Final = (1 << 62) - 1


def head(recorder: DCBRecorder) -> int:
    """The position of the last event, 0 when there is none."""
    # Reading from beyond the end is the one question of the port that returns no events.
    return recorder.read(after=_FAR).head or 0


def matches(event: DCBEvent, item: DCBQueryItem) -> bool:
    """Tells if `event` matches a query item: any of its types, all of its tags."""
    return (not item.types or event.type in item.types) and set(item.tags) <= set(event.tags)


def _supported(items: list[DCBQueryItem]) -> bool:
    """Tells if the library's PostgreSQL reader takes the query."""
    return all(i.tags for i in items) or (len(items) == 1 and len(items[0].types) == 1)


def read(
    recorder: DCBRecorder, items: list[DCBQueryItem], after: int, until: int, size: int = SIZE
) -> Iterator[DCBSequencedEvent]:
    """Events in (`after`, `until`] that match, in pages; all of them when `items` is empty.

    Args:
        recorder: The log.
        items: What they match.
        after: The position after which they stand.
        until: The last position that counts.
        size: The number of events in a page.
    """
    by_hand = not _supported(items)
    query = None if by_hand or not items else DCBQuery(items)
    while after < until:
        page = list(recorder.read(query, after=after, limit=size))
        for sequenced in page:
            if sequenced.position > until:
                return
            if not by_hand or any(matches(sequenced.event, i) for i in items) or not items:
                yield sequenced
        if len(page) < size:
            return
        after = page[-1].position


def backwards(
    recorder: DCBRecorder, until: int, limit: int, prefix: str, tag: str | None
) -> list[DCBSequencedEvent]:
    """Up to `limit` events at or before `until`, newest first, looked for from the end.

    Args:
        recorder: The log.
        until: The last position that counts.
        limit: The most events.
        prefix: How their types begin.
        tag: A tag that they have, if one is asked for.
    """
    found: list[DCBSequencedEvent] = []
    size = max(limit, 1)
    while until > 0 and len(found) < limit:
        window = [
            s
            for s in read(recorder, [], max(0, until - size), until)
            if s.event.type.startswith(prefix) and (tag is None or tag in s.event.tags)
        ]
        found += reversed(window)
        until -= size
        # A rare type is looked for in ever larger windows.
        size = min(2 * size, SIZE * 10)
    return found[: max(limit, 0)]


def positions(recorder: DCBRecorder, until: int, prefix: str, tag: str | None) -> array[int]:
    """The positions of the events that `backwards` would give, rising. Reads the whole log.

    Args:
        recorder: The log.
        until: The last position that counts.
        prefix: How their types begin.
        tag: A tag that they have, if one is asked for.
    """
    return array(
        "q",
        (
            s.position
            for s in read(recorder, [], 0, until)
            if s.event.type.startswith(prefix) and (tag is None or tag in s.event.tags)
        ),
    )


def counts(recorder: DCBRecorder) -> dict[str, int]:
    """Tells how many events of each type there are. Reads the whole log."""
    found: dict[str, int] = {}
    for sequenced in read(recorder, [], 0, head(recorder)):
        found[sequenced.event.type] = found.get(sequenced.event.type, 0) + 1
    return found


def tally(recorder: DCBRecorder, type_: str) -> tuple[int, int]:
    """Tells how many events of a type there are, and the position of the first; 0 without any."""
    count, first = 0, 0
    for sequenced in read(recorder, [DCBQueryItem(types=[type_])], 0, head(recorder)):
        count, first = count + 1, first or sequenced.position
    return count, first


class PortableRecorder(AbleRecorder):
    """Answers what the log asks of any recorder of the library, with its port alone."""

    def __init__(self, recorder: DCBRecorder) -> None:
        self.recorder = recorder

    def append(
        self,
        events: Sequence[DCBEvent],
        condition: DCBAppendCondition | None = None,
        *,
        base: str = "",
    ) -> int:
        after = 0 if condition is None else condition.after or 0
        if base and not self.has(after, base):
            raise another_past("", after)
        return self.recorder.append(events, condition)

    def rows(
        self, query: DCBQuery | None, *, after: int, until: int | None, limit: int | None
    ) -> Iterator[Row]:
        end = self.head() if until is None else min(self.head(), until)
        items = [] if query is None else list(query.items)
        return map(_row, islice(read(self.recorder, items, after, end), limit))

    def at(self, positions: Sequence[int]) -> list[Row]:
        return [_row(found) for position in positions if (found := self._event(position))]

    def _event(self, position: int) -> DCBSequencedEvent | None:
        for sequenced in self.recorder.read(after=position - 1, limit=1):
            if sequenced.position == position:
                return sequenced
        return None

    def has(self, position: int, id_: str) -> bool:
        found = self._event(position)
        try:
            return found is not None and msgspec.json.decode(found.event.data)["id"] == id_
        except (msgspec.DecodeError, KeyError, TypeError):
            return False

    @property
    def replaced(self) -> bool:
        return False

    def given(self) -> int:
        return self.head()

    def backwards(
        self, *, before: int | None, limit: int, prefix: str, tag: str | None
    ) -> list[DCBSequencedEvent]:
        until = self.head() if before is None else min(self.head(), before - 1)
        return backwards(self.recorder, until, limit, prefix, tag)

    def positions(self, *, until: int | None, prefix: str, tag: str | None) -> array[int]:
        end = self.head() if until is None else min(until, self.head())
        return positions(self.recorder, end, prefix, tag)

    def head(self) -> int:
        return head(self.recorder)

    def counts(self) -> dict[str, int]:
        return counts(self.recorder)

    def types(self) -> list[str]:
        return sorted(self.counts())

    def tally(self, type_: str) -> tuple[int, int]:
        return tally(self.recorder, type_)

    def data_version(self) -> int:
        return self.head()

    @property
    def forks(self) -> bool:
        return False

    def forked(self) -> DCBRecorder:
        raise TypeError("only a log in a file of SQLite is read on after a fork")


def _row(sequenced: DCBSequencedEvent) -> Row:
    event = sequenced.event
    return sequenced.position, event.type, event.data, encode_tags(event.tags)


def able(recorder: DCBRecorder) -> AbleRecorder:
    """Gives the recorder itself where it is able to answer by itself, or else one that asks it by its port."""
    return recorder if isinstance(recorder, AbleRecorder) else PortableRecorder(recorder)
