"""Whether an append condition (追加条件) fails: has anything that a decision read changed?

Runs inside the writing transaction, so nothing can come between the check and the append.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from taizhang_eventstore.recorders.reading import (
    LAST,
    can_match,
    decode_tags,
    matches_all,
    storable,
    streams,
)

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from eventsourcing.dcb.api import DCBAppendCondition, DCBQueryItem

_ANY_AFTER: Final = "SELECT 1 FROM events WHERE seq > ? LIMIT 1"

# One statement for all items of one tag that name the same types, however many: the usual
# shapes. Texts with NUL never come here (`can_match`), and they are all that JSON would not pass
# on unharmed.
_ANY_TAGGED: Final = (
    "SELECT 1 FROM json_each(?) q WHERE EXISTS"
    " (SELECT 1 FROM event_tags t WHERE t.tag = q.value AND t.seq > ?) LIMIT 1"
)
_ANY_TAGGED_TYPED: Final = (
    "SELECT 1 FROM json_each(?) q CROSS JOIN event_tags t CROSS JOIN events e"
    " WHERE t.tag = q.value AND t.seq > ? AND e.seq = t.seq"
    " AND e.type IN (SELECT value FROM json_each(?)) LIMIT 1"
)
_SINCE: Final = "SELECT type, tags FROM events WHERE seq > ?"

# Looking at one new event costs about as much as a tenth of looking up one item.
_EVENTS_AN_ITEM: Final = 10

_encode: Final = msgspec.json.Encoder().encode


def violated(connection: sqlite3.Connection, condition: DCBAppendCondition, last: int) -> bool:
    """Tells if any event after `condition.after` matches; `last` is the last position given."""
    after = condition.after or 0
    if after >= last:
        # The usual case with one writer: the decision read everything there is.
        return False
    query = condition.fail_if_events_match
    if matches_all(query):
        return connection.execute(_ANY_AFTER, (after,)).fetchone() is not None
    items = [item for item in query.items if can_match(item)]
    if last - after <= _EVENTS_AN_ITEM * len(items):
        return _scanned(connection, items, after)
    return _looked_up(connection, items, after)


def _scanned(connection: sqlite3.Connection, items: Sequence[DCBQueryItem], after: int) -> bool:
    """Many items, few new events: every new event is compared with the items of its tags."""
    by_tag: dict[str, list[DCBQueryItem]] = {}
    untagged: set[str] = set()
    for item in items:
        if item.tags:
            by_tag.setdefault(item.tags[0], []).append(item)
        else:
            untagged.update(item.types)
    for type_, encoded in connection.execute(_SINCE, (after,)).fetchall():
        if type_ in untagged:
            return True
        tags = set(decode_tags(encoded))
        for tag in tags:
            for item in by_tag.get(tag, ()):
                if (not item.types or type_ in item.types) and tags.issuperset(item.tags):
                    return True
    return False


def _looked_up(connection: sqlite3.Connection, items: Sequence[DCBQueryItem], after: int) -> bool:
    """Few items, many new events: every item is looked up in the indexes."""
    by_types: dict[tuple[str, ...], list[str]] = {}
    rest = []
    for item in items:
        if len(item.tags) == 1:
            types = tuple(t for t in item.types if storable(t))
            by_types.setdefault(types, []).append(item.tags[0])
        else:
            rest.append(item)
    for types, tags in by_types.items():
        parameters = [_encode(tags).decode(), after]
        sql = _ANY_TAGGED
        if types:
            sql = _ANY_TAGGED_TYPED
            parameters.append(_encode(types).decode())
        if connection.execute(sql, parameters).fetchone() is not None:
            return True
    return any(
        stream.batch(connection, after, LAST, 1) for stream in streams(connection, rest, after)
    )
