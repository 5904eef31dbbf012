"""The recorder (记录器) on one SQLite file, and the factory by which the library finds it.

``PERSISTENCE_MODULE=taizhang_eventstore.recorders.sqlite`` names this module: the library takes the one
factory class that is visible in it, so no second one may be imported here.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Final

from eventsourcing.dcb.api import DCBReadResponse
from eventsourcing.dcb.persistence import DCBInfrastructureFactory
from eventsourcing.persistence import ProgrammingError, TrackingRecorder
from eventsourcing.utils import strtobool

from taizhang_eventstore import errors
from taizhang_eventstore.recorders import appending, reading
from taizhang_eventstore.recorders.ability import AbleRecorder
from taizhang_eventstore.recorders.connection import Reader, open_writer
from taizhang_eventstore.recorders.schema import version
from taizhang_eventstore.recorders.standing import FORGET, Standing
from taizhang_eventstore.recorders.subscription import FollowedRecorder, SQLiteDCBSubscription

if TYPE_CHECKING:
    import os
    import sqlite3
    from array import array
    from collections.abc import Iterator, Sequence
    from typing import Self

    from eventsourcing.dcb.api import (
        DCBAppendCondition,
        DCBEvent,
        DCBQuery,
        DCBSequencedEvent,
    )

_HEAD: Final = "SELECT max(seq) FROM events"

# From each type straight to the next one: DISTINCT would walk the whole index.
_TYPES: Final = """
WITH RECURSIVE found (type) AS (
    SELECT min(type) FROM events
    UNION ALL
    SELECT (SELECT min(type) FROM events WHERE type > found.type) FROM found WHERE type IS NOT NULL
)
SELECT type FROM found WHERE type IS NOT NULL
"""


class SQLiteDCBRecorder(FollowedRecorder, AbleRecorder):
    """An append-only log in one SQLite file. Safe to use from several threads and processes.

    `path`: the file. `read_only`: nothing is created or written, not beside the file either
    where SQLite permits. `timeout`: seconds to wait for another process. `create`: make a new
    log where there is none; otherwise that is `StoreNotFound`. Every method raises
    `StoreError` when the file cannot be read or written.

    A process that forks opens its own recorder afterwards: SQLite connections do not survive.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        read_only: bool = False,
        timeout: float = 30.0,
        create: bool = True,
    ) -> None:
        self.path = Path(path)
        self.read_only = read_only
        self._writing = threading.Lock()
        self._listeners: set[threading.Event] = set()
        self._writer: sqlite3.Connection | None = None
        self._layout = 0
        """The version of the layout that was found to be ours."""
        if not read_only:
            self._writer = open_writer(self.path, timeout=timeout, create=create)
            self._layout = version(self._writer)
        try:
            self._reader = Reader(self.path, read_only=read_only, timeout=timeout)
        except BaseException:
            self._close_writer()
            raise
        self._standing = None if read_only else Standing(self.path)

    # Reading

    def read(
        self,
        query: DCBQuery | None = None,
        *,
        after: int | None = None,
        limit: int | None = None,
        until: int | None = None,
    ) -> SQLiteReadResponse:
        """Events after position `after` and up to `until` that match, read page by page.

        The end is fixed when reading starts: events appended while it goes on are left to the
        next read, so what is read is the log as it was at `head`. No lock is held meanwhile.

        Args:
            query: What they match, all events if not given.
            after: The position after which they stand.
            limit: The most events.
            until: The last position that counts, the end of the log if not given.
        """
        start = after or 0
        head = self.head()
        end = head if until is None else min(head, until)
        events = map(reading.sequenced, self._rows(query, start, end, limit))
        return SQLiteReadResponse(events, (head or None) if limit is None else None)

    def rows(
        self, query: DCBQuery | None, *, after: int, until: int | None, limit: int | None
    ) -> Iterator[reading.Row]:
        """Reads what `read` does, as rows of the file: a third of the time of reading many.

        Args:
            query: What they match, all events if None.
            after: The position after which they stand.
            until: The last position that counts.
            limit: The most events.
        """
        head = self.head()
        return self._rows(query, after, head if until is None else min(head, until), limit)

    def _rows(
        self, query: DCBQuery | None, after: int, until: int, limit: int | None
    ) -> Iterator[reading.Row]:
        left = reading.LAST if limit is None else limit
        if reading.matches_all(query):
            while left > 0 and after < until:
                count = min(left, reading.PAGE)
                rows = self._reader.run(
                    lambda c, a=after, n=count: reading.page(c, a, until, n)  # type: ignore[misc]
                )
                yield from rows
                if len(rows) < count:
                    return
                after = rows[-1][0]
                left -= count
            return
        if query is None or left <= 0 or after >= until:
            return
        run = self._reader.run
        parts = run(lambda c: reading.streams(c, query.items, after))
        # Many streams begin with small batches: all of them are filled before the first event.
        first = max(8, min(left, reading.PAGE * 4 // max(1, len(parts))))
        positions = reading.merged([p.positions(run, after, until, first) for p in parts])
        while left > 0 and (found := reading.take(positions, min(left, reading.PAGE))):
            rows = run(lambda c, f=found: reading.rows_at(c, f))  # type: ignore[misc]
            yield from rows
            left -= len(found)

    def at(self, positions: Sequence[int]) -> list[reading.Row]:
        """The rows of the events at `positions`, in order of position; where there is none, none."""
        found: list[reading.Row] = []
        for start in range(0, len(positions), reading.PAGE):
            some = positions[start : start + reading.PAGE]
            found += self._reader.run(lambda c, s=some: reading.rows_at(c, s))  # type: ignore[misc]
        return found

    def has(self, position: int, id_: str) -> bool:
        """Tells if the event at `position` begins with this id."""
        return self._reader.run(lambda c: appending.stands(c, position, id_))

    def head(self) -> int:
        """The position of the last event, 0 when there is none."""
        self._look()
        return self._reader.run(lambda c: int(c.execute(_HEAD).fetchone()[0] or 0))

    def given(self) -> int:
        """The last position that was ever given, which events lost at the end do not lower."""
        return self._reader.run(appending.last_given)

    @property
    def replaced(self) -> bool:
        """Tells if another file is at the path than the one that was opened."""
        if self._standing is not None:
            self._standing.look()
        return self._standing is not None and self._standing.replaced

    def _look(self) -> None:
        """Has pages read again when the file itself was written to: by a checkpoint, or by a stranger."""
        if self._standing is not None and self._standing.look():
            self._reader.forget()

    def data_version(self) -> int:
        """A number that differs from the last one when anything was appended, or the file was written to."""
        self._look()
        return self._reader.data_version()

    def backwards(
        self,
        *,
        before: int | None = None,
        limit: int = 100,
        prefix: str = "",
        tag: str | None = None,
    ) -> list[DCBSequencedEvent]:
        """Reads up to `limit` events before position `before`, newest first.

        Args:
            before: The position, past the end if not given.
            limit: The most events.
            prefix: Only types that begin so.
            tag: Only events with this tag.
        """
        end = reading.LAST if before is None else before - 1
        return self._reader.run(lambda c: reading.newest(c, end, limit, prefix, tag))

    def positions(
        self, *, until: int | None = None, prefix: str = "", tag: str | None = None
    ) -> array[int]:
        """The positions of the events that `backwards` would give, rising: 8 bytes each.

        Args:
            until: The last position that counts.
            prefix: How their types begin.
            tag: A tag that they have.
        """
        end = reading.LAST if until is None else until
        return reading.matching(self._reader.run, end, prefix, tag)

    def counts(self) -> dict[str, int]:
        """Tells how many events of each type there are. Reads the index of types: 50 ms a million."""
        sql = "SELECT type, count(*) FROM events GROUP BY type"
        return dict(self._reader.run(lambda c: c.execute(sql).fetchall()))

    def types(self) -> list[str]:
        """The types that occur, sorted. One step in their index for each, however long the log."""
        return [row[0] for row in self._reader.run(lambda c: c.execute(_TYPES).fetchall())]

    def tally(self, type_: str) -> tuple[int, int]:
        """Tells how many events of a type there are, and the position of the first; 0 without any."""
        sql = "SELECT count(*), coalesce(min(seq), 0) FROM events WHERE type = ?"
        count, first = self._reader.run(lambda c: c.execute(sql, (type_,)).fetchone())
        return count, first

    # Appending

    def append(
        self,
        events: Sequence[DCBEvent],
        condition: DCBAppendCondition | None = None,
        *,
        base: str = "",
    ) -> int:
        """Appends all `events` or none.

        Args:
            events: at least one.
            condition: what must not have come meanwhile.
            base: the id of the event at the position after which the condition looks, if it is known.

        Returns:
            The last position. The events are on the disk then.

        Raises:
            IntegrityError: the library's: the condition fails.
            ProgrammingError: there is nothing to append, or a type or tag cannot be stored.
            StoreReplaced: the log is not the one that was read: its file, or the event at the base.
            StoreError: it cannot be written.
        """
        if not events:
            msg = "Should be at least one event"
            raise ProgrammingError(msg)
        if self._writer is None:
            raise errors.read_only(self.path)
        prepared = [appending.prepared(event) for event in events]
        with self._writing, errors.translating(self.path):
            if self._standing is not None and self._standing.look():
                if self._standing.replaced:
                    raise errors.replaced(self.path)
                self._reader.forget()
                self._writer.execute(FORGET)
            last = appending.append(
                self._writer, prepared, condition, base, self.path, self._layout
            )
        for listener in tuple(self._listeners):
            listener.set()
        return last

    # Forking

    @property
    def forks(self) -> bool:
        """Tells if a process that is forked off can read on with `forked`: not in one that only looks."""
        return not self.read_only

    def forked(self) -> SQLiteDCBRecorder:
        """Opens the same file anew, for a process that was forked off."""
        return SQLiteDCBRecorder(self.path, create=False)

    # Following

    def subscribe(
        self, query: DCBQuery | None = None, *, after: int | None = None
    ) -> SQLiteDCBSubscription[SQLiteDCBRecorder]:
        """Events after `after` that match, then new ones as they are recorded, for ever."""
        return SQLiteDCBSubscription(self, query=query, after=after)

    def listen(self, event: threading.Event) -> None:
        self._listeners.add(event)

    def unlisten(self, event: threading.Event) -> None:
        self._listeners.discard(event)

    # Closing

    def _close_writer(self) -> None:
        if self._writer is not None:
            with self._writing:
                self._writer.close()

    def close(self) -> None:
        """Closes both connections; closing twice does nothing."""
        # The writer last: the last one to close tidies the write-ahead log away.
        self._reader.close()
        self._close_writer()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class SQLiteReadResponse(DCBReadResponse):
    """The events that `read` found, in order of position, fetched as it is iterated.

    `head` is the last position of the log when reading started, or, with a limit, the position
    of the last event iterated so far; None when there is none.
    """

    def __init__(self, events: Iterator[DCBSequencedEvent], head: int | None) -> None:
        self._events = events
        self._follow = head is None
        self._head = head

    @property
    def head(self) -> int | None:
        return self._head

    def __next__(self) -> DCBSequencedEvent:
        event = next(self._events)
        if self._follow:
            self._head = event.position
        return event


class SQLiteDCBFactory(DCBInfrastructureFactory[TrackingRecorder]):
    """Makes the recorder from settings, as the library does it.

    ``SQLITE_DBNAME``: the file, required. ``SQLITE_LOCK_TIMEOUT``: seconds. ``SQLITE_READ_ONLY``
    and ``SQLITE_CREATE``: "yes" or "no".
    """

    def dcb_recorder(self) -> SQLiteDCBRecorder:
        """A recorder on ``SQLITE_DBNAME``; the caller closes it."""
        name = self.env.get("SQLITE_DBNAME", "")
        if not name or name == ":memory:":
            msg = "SQLITE_DBNAME must name a file"
            raise OSError(msg)
        return SQLiteDCBRecorder(
            name,
            read_only=strtobool(self.env.get("SQLITE_READ_ONLY", "no")),
            timeout=float(self.env.get("SQLITE_LOCK_TIMEOUT", "30")),
            create=strtobool(self.env.get("SQLITE_CREATE", "yes")),
        )
