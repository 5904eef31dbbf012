"""Writing events to SQLite (追加): made ready outside the transaction, written inside one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NoReturn

import msgspec
from eventsourcing.persistence import IntegrityError, ProgrammingError

from taizhang_eventstore.errors import StoreDamaged, another_past
from taizhang_eventstore.recorders.condition import violated
from taizhang_eventstore.recorders.reading import storable
from taizhang_eventstore.recorders.schema import recognise, version

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence
    from pathlib import Path
    from typing import TypeAlias

    from eventsourcing.dcb.api import DCBAppendCondition, DCBEvent

    Prepared: TypeAlias = tuple[DCBEvent, list[str], str]
    """An event, its tags without repetition, and these as they are stored."""

_INSERT_EVENT: Final = "INSERT INTO events (seq, type, data, tags) VALUES (?, ?, ?, ?)"
_INSERT_TAG: Final = "INSERT INTO event_tags (tag, seq) VALUES (?, ?)"
# The last position ever given, which rows lost at the end do not lower. The table has no row
# before the first event.
_LAST_GIVEN: Final = "SELECT seq FROM sqlite_sequence WHERE name = 'events'"

_LAST_ROW: Final = "SELECT seq, type, data, tags FROM events ORDER BY seq DESC LIMIT 1"

_NOT_KEPT: Final = (
    "事件日志 {path} 没有留住写入的第 {position} 号事件；没有登记任何内容，请用 taizhang verify 查明。"
    "|The log {path} did not keep event {position} as it was written; nothing was recorded, taizhang verify "
    "tells more."
)

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


def last_given(connection: sqlite3.Connection) -> int:
    """The last position that was ever given, 0 before the first event."""
    row = connection.execute(_LAST_GIVEN).fetchone()
    return row[0] if row else 0


def stands(connection: sqlite3.Connection, position: int, id_: str) -> bool:
    """Tells if the event at a position has an id, with which the JSON of taizhang begins."""
    begins = b'{"id":"%s"' % id_.encode()
    sql = (
        "SELECT substr(data, 1, ?1) = ?2 OR (json_valid(CAST(data AS TEXT))"
        " AND json_extract(CAST(data AS TEXT), '$.id') IS ?3) FROM events WHERE seq = ?4"
    )
    found = connection.execute(sql, (len(begins), begins, id_, position)).fetchone()
    return found is not None and bool(found[0])


def append(
    connection: sqlite3.Connection,
    events: Sequence[Prepared],
    condition: DCBAppendCondition | None,
    base: str,
    path: Path,
    known: int,
) -> int:
    """Writes `events` in one transaction.

    Args:
        connection: writes the log.
        events: made ready by `prepared`.
        condition: what must not have come meanwhile.
        base: the id of the event that the condition was decided on, empty where it is not known.
        path: the file, for sentences.
        known: the version of the layout that was found to be ours.

    Returns:
        The last position given.

    Raises:
        IntegrityError: the condition fails; nothing is kept.
        StoreReplaced: another event is at the base; nothing is kept.
        StoreDamaged: the file's layout was changed, or does not keep what is written.
        sqlite3.Error: it cannot be written; nothing is kept.
    """
    execute = connection.execute
    # IMMEDIATE: a transaction that reads first and then wants to write is refused when
    # another process has written in between; this one waits at the beginning.
    execute("BEGIN IMMEDIATE")
    try:
        # Under an open program too nothing may be added that acts on what is written.
        if version(connection) != known:
            recognise(connection, path)
        last = last_given(connection)
        if base and condition is not None and not stands(connection, condition.after or 0, base):
            raise another_past(path, condition.after or 0)
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
        written = connection.executemany(_INSERT_EVENT, rows).rowcount
        indexed = connection.executemany(_INSERT_TAG, tagged).rowcount if tagged else 0
        kept = execute(_LAST_ROW).fetchone()
        if (written, indexed, kept) != (len(rows), len(tagged), rows[-1]):
            raise StoreDamaged(_NOT_KEPT, path=path, position=last)
        execute("COMMIT")
    except BaseException:
        # SQLite has already rolled back after some errors, not after others.
        if connection.in_transaction:
            execute("ROLLBACK")
        raise
    return last
