"""Writing events to SQLite (追加): made ready outside the transaction, written inside one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NoReturn

import msgspec
from eventsourcing.persistence import IntegrityError, ProgrammingError

from taizhang_eventstore.recorders.condition import violated
from taizhang_eventstore.recorders.reading import storable

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence
    from typing import TypeAlias

    from eventsourcing.dcb.api import DCBAppendCondition, DCBEvent

    Prepared: TypeAlias = tuple[DCBEvent, list[str], str]
    """An event, its tags without repetition, and these as they are stored."""

_INSERT_EVENT: Final = "INSERT INTO events (seq, type, data, tags) VALUES (?, ?, ?, ?)"
_INSERT_TAG: Final = "INSERT INTO event_tags (tag, seq) VALUES (?, ?)"
# The last position ever given, which rows lost at the end do not lower. The table has no row
# before the first event.
_LAST_GIVEN: Final = "SELECT seq FROM sqlite_sequence WHERE name = 'events'"

_encode_tags: Final = msgspec.json.Encoder().encode


def prepared(event: DCBEvent) -> Prepared:
    """`event` ready to be written. Raises `ProgrammingError` for what cannot be stored."""
    tags = list(dict.fromkeys(event.tags))
    try:
        encoded = _encode_tags(tags).decode()
    except UnicodeEncodeError:
        _refuse(event, tags)
    if not storable(event.type) or any("\0" in tag for tag in tags):
        _refuse(event, tags)
    if not isinstance(event.data, bytes):
        msg = f"data of an event must be bytes, not {type(event.data).__name__}"
        raise ProgrammingError(msg)
    return event, tags, encoded


def _refuse(event: DCBEvent, tags: list[str]) -> NoReturn:
    bad = next((text for text in (event.type, *tags) if not storable(text)), "")
    msg = f"a type or tag has a character that cannot be stored: {bad!r}"
    raise ProgrammingError(msg) from None


def append(
    connection: sqlite3.Connection,
    events: Sequence[Prepared],
    condition: DCBAppendCondition | None,
) -> int:
    """Writes `events` in one transaction and returns the last position given.

    Raises `IntegrityError` when the condition fails, and `sqlite3.Error`; nothing is kept then.
    """
    execute = connection.execute
    # IMMEDIATE: a transaction that reads first and then wants to write is refused when
    # another process has written in between; this one waits at the beginning.
    execute("BEGIN IMMEDIATE")
    try:
        row = execute(_LAST_GIVEN).fetchone()
        last: int = row[0] if row else 0
        if condition is not None and violated(connection, condition, last):
            raise IntegrityError(condition)
        rows = []
        tagged: list[tuple[str, int]] = []
        for event, tags, encoded in events:
            last += 1
            rows.append((last, event.type, event.data, encoded))
            tagged += [(tag, last) for tag in tags]
        # In the order of the index, which is then written from one end to the other.
        tagged.sort()
        connection.executemany(_INSERT_EVENT, rows)
        connection.executemany(_INSERT_TAG, tagged)
        execute("COMMIT")
    except BaseException:
        # SQLite has already rolled back after some errors, not after others.
        if connection.in_transaction:
            execute("ROLLBACK")
        raise
    return last
