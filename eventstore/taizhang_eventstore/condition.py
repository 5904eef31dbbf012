"""Whether an append condition (追加条件) fails: has anything that a decision read changed?

Runs inside the writing transaction, so nothing can come between the check and the append.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from taizhang_eventstore.reading import LAST, can_match, matches_all, streams

if TYPE_CHECKING:
    import sqlite3

    from eventsourcing.dcb.api import DCBAppendCondition

_ANY_AFTER: Final = "SELECT 1 FROM events WHERE seq > ? LIMIT 1"

# One statement for all items of one tag and no type, however many: the usual shape. Texts with
# NUL never come here (`can_match`), and they are all that JSON would not pass on unharmed.
_ANY_TAGGED: Final = (
    "SELECT 1 FROM json_each(?) q WHERE EXISTS"
    " (SELECT 1 FROM event_tags t WHERE t.tag = q.value AND t.seq > ?) LIMIT 1"
)

_encode: Final = msgspec.json.Encoder().encode


def violated(connection: sqlite3.Connection, condition: DCBAppendCondition, last: int) -> bool:
    """Whether any event after `condition.after` matches; `last` is the last position given."""
    after = condition.after or 0
    if after >= last:
        # The usual case with one writer: the decision read everything there is.
        return False
    query = condition.fail_if_events_match
    if matches_all(query):
        return connection.execute(_ANY_AFTER, (after,)).fetchone() is not None
    single: list[str] = []
    rest = []
    for item in query.items:
        if len(item.tags) == 1 and not item.types:
            if can_match(item):
                single.append(item.tags[0])
        else:
            rest.append(item)
    if single:
        tags = _encode(single).decode()
        if connection.execute(_ANY_TAGGED, (tags, after)).fetchone() is not None:
            return True
    return any(
        stream.batch(connection, after, LAST, 1) for stream in streams(connection, rest, after)
    )
