"""Reading pages of the log from SQLite: which positions match a query, and their events.

A query item that names tags is driven by its rarest tag, one that names only types by each of
its types; either way it is a *stream* of rising positions, taken in batches from an index. A
query is its streams merged. So a query of a thousand items costs a thousand look-ups, not a
statement of a thousand branches, and nothing is held open between batches.
"""

from __future__ import annotations

import heapq
import sqlite3
from array import array
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

import msgspec
from eventsourcing.dcb.api import DCBEvent, DCBSequencedEvent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import TypeAlias

    from eventsourcing.dcb.api import DCBQuery, DCBQueryItem

    Row: TypeAlias = tuple[int, str, bytes, str]
    """An event as it stands in the file: position, type, data, tags as JSON."""

    Run: TypeAlias = Callable[[Callable[[sqlite3.Connection], list[tuple[int]]]], list[tuple[int]]]

    RunAny: TypeAlias = Callable[[Callable[[sqlite3.Connection], list[Any]]], list[Any]]

PAGE: Final = 500
"""Events fetched at a time. Larger pages read no faster, and delay the first event."""

LAST: Final = (1 << 63) - 1
"""The largest position that SQLite can hold: an upper bound that excludes nothing."""

# How far the index is looked into when the rarest tag of an item is sought.
_GLANCE: Final = 200

_MANY: Final = 20_000
"""Positions fetched at a time where nothing else is."""

_COLUMNS: Final = "seq, type, data, tags"

decode_tags: Final = msgspec.json.Decoder(list[str]).decode
"""The tags of an event from their stored form."""


def encode_tags(tags: Sequence[str]) -> str:
    """Writes the tags of an event as a row has them."""
    return msgspec.json.encode(tags).decode()


def sequenced(row: Row) -> DCBSequencedEvent:
    """The event of a row of `events`."""
    seq, type_, data, tags = row
    return DCBSequencedEvent(DCBEvent(type_, data, decode_tags(tags)), seq)


class Stream:
    """Rising positions that match one query item; one type of it, if it names only types."""

    __slots__ = ("_parameters", "_sql")

    def __init__(self, tags: Sequence[str], types: Sequence[str]) -> None:
        if tags:
            sql = "SELECT t.seq FROM event_tags t"
            # CROSS JOIN keeps the order: first the tag, then its event's type.
            sql += " CROSS JOIN events e ON e.seq = t.seq" if types else ""
            sql += " WHERE t.tag = ? AND t.seq > ? AND t.seq <= ?"
            if types:
                sql += f" AND e.type IN ({', '.join('?' * len(types))})"
            sql += (
                " AND EXISTS (SELECT 1 FROM event_tags o WHERE o.tag = ? AND o.seq = t.seq)"
            ) * (len(tags) - 1)
            self._sql = sql + " ORDER BY t.seq LIMIT ?"
            self._parameters = (tags[0], [*types, *tags[1:]])
        else:
            self._sql = (
                "SELECT seq FROM events WHERE type = ? AND seq > ? AND seq <= ? "
                "ORDER BY seq LIMIT ?"
            )
            self._parameters = (types[0], [])

    def batch(
        self, connection: sqlite3.Connection, after: int, until: int, limit: int
    ) -> list[tuple[int]]:
        """Up to `limit` matching positions in (`after`, `until`], in order."""
        driver, rest = self._parameters
        return connection.execute(self._sql, [driver, after, until, *rest, limit]).fetchall()

    def positions(self, run: Run, after: int, until: int, limit: int) -> Iterator[int]:
        """All matching positions in (`after`, `until`], the first `limit` in one batch."""
        while True:
            found = run(lambda c, a=after, n=limit: self.batch(c, a, until, n))  # type: ignore[misc]
            yield from (seq for (seq,) in found)
            if len(found) < limit:
                return
            after = found[-1][0]
            limit = min(2 * limit, PAGE * 4)


def matches_all(query: DCBQuery | None) -> bool:
    """Tells if every event matches: no items, or an item that names neither type nor tag."""
    return query is None or not query.items or any(not i.types and not i.tags for i in query.items)


def can_match(item: DCBQueryItem) -> bool:
    """Tells if stored events can match at all: a text that SQLite cannot hold is in none."""
    return all(storable(tag) for tag in item.tags) and (
        not item.types or any(storable(t) for t in item.types)
    )


def storable(text: str) -> bool:
    """Tells if `text` can be a type or a tag: it has no NUL and is valid Unicode.

    NUL ends a text in SQLite's own functions and shell and is refused by PostgreSQL; a lone
    surrogate has no UTF-8.
    """
    if "\0" in text:
        return False
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def streams(
    connection: sqlite3.Connection, items: Sequence[DCBQueryItem], after: int
) -> list[Stream]:
    """The streams of all `items`, each driven by its rarest tag after position `after`."""
    found: list[Stream] = []
    for item in items:
        if not can_match(item):
            continue
        types = [t for t in dict.fromkeys(item.types) if storable(t)]
        tags = list(dict.fromkeys(item.tags))
        if not tags:
            found.extend(Stream((), (t,)) for t in types)
            continue
        if len(tags) > 1:
            tags.sort(key=lambda tag: _frequency(connection, tag, after))
        found.append(Stream(tags, types))
    return found


def _frequency(connection: sqlite3.Connection, tag: str, after: int) -> int:
    sql = "SELECT count(*) FROM (SELECT 1 FROM event_tags WHERE tag = ? AND seq > ? LIMIT ?)"
    return int(connection.execute(sql, (tag, after, _GLANCE)).fetchone()[0])


def merged(parts: Sequence[Iterator[int]]) -> Iterator[int]:
    """Rising positions of all `parts`, each position once."""
    if len(parts) == 1:
        yield from parts[0]
        return
    last = -1
    for position in heapq.merge(*parts):
        if position != last:
            yield position
            last = position


def page(connection: sqlite3.Connection, after: int, until: int, limit: int) -> list[Row]:
    """Rows of up to `limit` events in (`after`, `until`], in order."""
    return connection.execute(
        f"SELECT {_COLUMNS} FROM events WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ?",
        (after, until, limit),
    ).fetchall()


def rows_at(
    connection: sqlite3.Connection, positions: Sequence[int], *, newest_first: bool = False
) -> list[Row]:
    """Rows of the events at `positions`, in order of position."""
    # Numbers, so the JSON is only a way to pass a list in one parameter.
    order = "DESC" if newest_first else "ASC"
    return connection.execute(
        f"SELECT {_COLUMNS} FROM events WHERE seq IN (SELECT value FROM json_each(?)) "
        f"ORDER BY seq {order}",
        (msgspec.json.encode(positions).decode(),),
    ).fetchall()


def take(positions: Iterator[int], count: int) -> list[int]:
    """The next `count` positions, fewer at the end."""
    return list(islice(positions, count))


def types_present(connection: sqlite3.Connection, prefix: str) -> list[str]:
    """The distinct types that begin with `prefix`: one look into the index for each."""
    sql = (
        "WITH RECURSIVE present(type) AS ("
        " SELECT min(type) FROM events WHERE type >= ?1"
        " UNION ALL"
        " SELECT (SELECT min(e.type) FROM events e WHERE e.type > p.type)"
        " FROM present p WHERE substr(p.type, 1, ?2) = ?1"
        ") SELECT type FROM present WHERE substr(type, 1, ?2) = ?1"
    )
    return [type_ for (type_,) in connection.execute(sql, (prefix, len(prefix)))]


def newest(
    connection: sqlite3.Connection, until: int, limit: int, prefix: str, tag: str | None
) -> list[DCBSequencedEvent]:
    """Up to `limit` events at or before `until`, newest first; see the recorder."""
    if limit <= 0 or not storable(prefix) or (tag is not None and not storable(tag)):
        return []
    if not prefix and tag is None:
        sql = f"SELECT {_COLUMNS} FROM events WHERE seq <= ? ORDER BY seq DESC LIMIT ?"
        return [sequenced(row) for row in connection.execute(sql, (until, limit))]
    if tag is None:
        sql = "SELECT seq FROM events WHERE type = ? AND seq <= ? ORDER BY seq DESC LIMIT ?"
        found = [
            seq
            for type_ in types_present(connection, prefix)
            for (seq,) in connection.execute(sql, (type_, until, limit))
        ]
    else:
        sql = (
            "SELECT t.seq FROM event_tags t CROSS JOIN events e ON e.seq = t.seq"
            " WHERE t.tag = ? AND t.seq <= ? AND substr(e.type, 1, ?) = ?"
            " ORDER BY t.seq DESC LIMIT ?"
        )
        parameters = (tag, until, len(prefix), prefix, limit)
        found = [seq for (seq,) in connection.execute(sql, parameters)]
    found.sort(reverse=True)
    return [sequenced(row) for row in rows_at(connection, found[:limit], newest_first=True)]


def matching(run: RunAny, until: int, prefix: str, tag: str | None) -> array[int]:
    """The positions at or before `until` that match as in `newest`, rising; from indexes alone.

    In stretches, each a `run` of its own: others may read in between.
    """
    found: array[int] = array("q")
    if not storable(prefix) or (tag is not None and not storable(tag)):
        return found
    wanted: Sequence[tuple[object, ...]] = [()]
    if tag is not None and prefix:
        source = (
            "event_tags t CROSS JOIN events e ON e.seq = t.seq"
            " WHERE t.tag = ? AND substr(e.type, 1, ?) = ? AND t.seq"
        )
        wanted = [(tag, len(prefix), prefix)]
    elif tag is not None:
        source, wanted = "event_tags t WHERE t.tag = ? AND t.seq", [(tag,)]
    elif prefix:
        present = run(lambda c: [(t,) for t in types_present(c, prefix)])
        source, wanted = "events t WHERE t.type = ? AND t.seq", present
    else:
        source = "events t WHERE t.seq"
    sql = f"SELECT t.seq FROM {source} > ? AND t.seq <= ? ORDER BY t.seq LIMIT ?"
    for parameters in wanted:
        after = 0
        while some := run(_stretch(sql, (*parameters, after, until, _MANY))):
            found.extend(seq for (seq,) in some)
            after = some[-1][0]
    return found if len(wanted) < 2 else array("q", sorted(found))


def _stretch(
    sql: str, parameters: tuple[object, ...]
) -> Callable[[sqlite3.Connection], list[tuple[int]]]:
    return lambda connection: connection.execute(sql, parameters).fetchall()
