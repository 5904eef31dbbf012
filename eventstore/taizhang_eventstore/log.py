"""The log (事件日志) as the floors above use it: a recorder and a codec together.

Everything that the core knows of storage goes through `Log`; which database is behind it is
decided in `open_log` and `recorder_from` alone.
"""

from __future__ import annotations

import os
from itertools import islice
from typing import TYPE_CHECKING, Final

from eventsourcing.dcb.api import DCBQuery, DCBQueryItem
from eventsourcing.dcb.persistence import DCBInfrastructureFactory
from eventsourcing.persistence import InfrastructureFactoryError
from msgspec import Struct

from taizhang_eventstore.codec import split_type
from taizhang_eventstore.errors import StoreError
from taizhang_eventstore.personal.keyring import Keyring
from taizhang_eventstore.recorders.portable import able
from taizhang_eventstore.recorders.reading import decode_tags

if TYPE_CHECKING:
    from array import array
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from typing import Self

    from eventsourcing.dcb.api import (
        DCBAppendCondition,
        DCBEvent,
        DCBRecorder,
    )

    from taizhang_eventstore.codec import Codec
    from taizhang_eventstore.recorded import Recorded
    from taizhang_eventstore.recorders.reading import Row

SQLITE: Final = "taizhang_eventstore.recorders.sqlite"
POSTGRES: Final = "eventsourcing.dcb.postgres_tt"

KNOWN: Final = (SQLITE, POSTGRES)
"""The values of PERSISTENCE_MODULE that are accepted.

The library imports whatever module the setting names; a setting may come out of a store's
file, and nothing in a store is executed.
"""

_UNKNOWN_BACKEND: Final = "不认识的存储方式 {module}；可用的有：{known}。|Unknown storage {module}; known ones are {known}."
_NO_DRIVER: Final = (
    "存储方式 {module} 需要的程序包没有安装（{detail}）。"
    "|Storage {module} needs a package that is not installed ({detail})."
)


class Newer(Struct, frozen=True):
    """Events of a type that is known here in an earlier version only."""

    type: str
    """The stored type, such as ``member.moved@3``."""

    name: str
    version: int

    known: int
    """The last version that this program reads."""

    count: int

    first: int
    """The position of the first of them."""


class Log:
    """Appends and reads events. Safe to use from several threads if the recorder is."""

    def __init__(self, recorder: DCBRecorder, codec: Codec) -> None:
        self.recorder = recorder
        self.codec = codec
        self._able = able(recorder)

    def append(
        self, items: Sequence[DCBEvent], condition: DCBAppendCondition, *, base: str = ""
    ) -> int:
        """Appends all events or none.

        Args:
            items: the events.
            condition: always required: on PostgreSQL only conditional appends are seen in order by readers.
            base: the id of the event at ``condition.after``, if the caller knows it: a log that has another
                there was put back to an older copy.

        Returns:
            The last position.

        Raises:
            TypeError: there is no condition.
            IntegrityError: the library's: the condition fails.
            StoreReplaced: another event is at the base.
            StoreError: the log cannot be written.
        """
        if condition is None:  # pyright: ignore[reportUnnecessaryComparison]
            msg = "an append to the log needs a condition"
            raise TypeError(msg)
        return self._able.append(items, condition, base=base)

    # Reading forwards

    def read(
        self,
        *,
        after: int = 0,
        until: int | None = None,
        types: Sequence[str] = (),
        tags: Sequence[str] = (),
        items: Sequence[DCBQueryItem] | None = None,
        limit: int | None = None,
    ) -> Iterator[Recorded]:
        """Reads events in order, page by page. The end is fixed when reading starts.

        Args:
            after: the position after which it begins.
            until: the last position, None for the log's head.
            types: names, each standing for all its versions up to the current one, or exact stored types with
                ``@``; any of them. A name that is not registered matches nothing.
            tags: all of them.
            items: query items instead of types and tags: any of them, their types named likewise.
            limit: how many at the most.

        Raises:
            ValueError: items together with types or tags.
            StoreError: the log cannot be read.
        """
        # Decided here, not at the first step of the iteration.
        wanted = self._items(types, tags, items)
        if wanted is None:
            return iter(())
        query = DCBQuery(wanted)
        return map(self._row, self._able.rows(query, after=after, until=until, limit=limit))

    def _row(self, row: Row) -> Recorded:
        position, type_, data, tags = row
        return self.codec.recorded(position, type_, data, decode_tags(tags))

    def pages(
        self,
        after: int = 0,
        until: int | None = None,
        size: int = 1_000,
        *,
        types: Sequence[str] = (),
        tags: Sequence[str] = (),
        items: Sequence[DCBQueryItem] | None = None,
    ) -> Iterator[list[Recorded]]:
        """Reads events in lists; none is empty. Raises as :meth:`read`.

        Args:
            after: the position after which it begins.
            until: the last position, None for the log's head.
            size: events a list at the most.
            types: as in :meth:`read`.
            tags: as in :meth:`read`.
            items: as in :meth:`read`.
        """
        events = self.read(after=after, until=until, types=types, tags=tags, items=items)
        while page := list(islice(events, size)):
            yield page

    def get(self, position: int) -> Recorded | None:
        """The event at `position`, None where there is none."""
        for sequenced in self.recorder.read(after=position - 1, limit=1):
            if sequenced.position == position:
                return self.codec.decode(sequenced)
        return None

    def has(self, position: int, id: str) -> bool:
        """Tells if the event at `position` is the one with this id."""
        return self._able.has(position, id)

    @property
    def replaced(self) -> bool:
        """Tells if the log's file was replaced while it was open; always False where it is none of SQLite's."""
        return self._able.replaced

    def given(self) -> int:
        """The last position that was ever given, as far as the database remembers."""
        return self._able.given()

    def at(self, positions: Iterable[int]) -> list[Recorded]:
        """The events at `positions`, in order of position; where there is none, none."""
        return [self._row(row) for row in self._able.at(sorted(set(positions)))]

    def _items(
        self,
        types: Sequence[str],
        tags: Sequence[str],
        items: Sequence[DCBQueryItem] | None,
    ) -> list[DCBQueryItem] | None:
        """The query's items with stored types; empty for all events, None for no event."""
        if items is None:
            if not types and not tags:
                return []
            items = [DCBQueryItem(types=list(types), tags=list(tags))]
        elif types or tags:
            msg = "give either items or types and tags"
            raise ValueError(msg)
        expanded = []
        for item in items:
            exact = [stored for name in item.types for stored in self.stored_types(name)]
            # A list of types that came to nothing must not turn into "any type".
            if exact or not item.types:
                expanded.append(DCBQueryItem(types=exact, tags=list(item.tags)))
        return expanded if expanded or not items else None

    def stored_types(self, name: str) -> list[str]:
        """The stored types that `name` stands for: itself, if it has a version already."""
        return [name] if "@" in name else self.codec.versions(name)

    # Looking at the log itself

    def backwards(
        self,
        *,
        before: int | None = None,
        limit: int = 100,
        prefix: str = "",
        tag: str | None = None,
    ) -> list[Recorded]:
        """Reads events newest first, for a screen.

        Args:
            before: only positions before this one.
            limit: how many at the most.
            prefix: only stored types that begin so, such as ``member.``.
            tag: only events with it.
        """
        found = self._able.backwards(before=before, limit=limit, prefix=prefix, tag=tag)
        return [self.codec.decode(sequenced) for sequenced in found]

    def positions(
        self, *, until: int | None = None, prefix: str = "", tag: str | None = None
    ) -> array[int]:
        """Gives the positions of the events that :meth:`backwards` would give, rising: eight bytes each, on SQLite from
        indexes, some 0.2 s a million. With `at`, a screen can then go to any page of a long list without reading
        what lies before it.

        Args:
            until: the last position, None for the log's head.
            prefix: only stored types that begin so.
            tag: only events with it.
        """
        return self._able.positions(until=until, prefix=prefix, tag=tag)

    def head(self) -> int:
        """The position of the last event, 0 when there is none."""
        return self._able.head()

    def counts(self) -> dict[str, int]:
        """Tells how many events of each stored type there are."""
        return self._able.counts()

    def types(self) -> list[str]:
        """The stored types that occur, sorted; cheap on SQLite, else the whole log is read."""
        return self._able.types()

    def newer(self) -> list[Newer]:
        """Events whose type is known here, but in an earlier version only, type by type.

        A later program or plugin wrote them. They are listed, exported and verified, and nothing
        else: whoever uses the log has to be told (`Recorded.trouble` says it of one event).
        """
        found = []
        for stored in self.types():
            name, version = split_type(stored)
            known = self.codec.version(name)
            if known and version > known:
                found.append(Newer(stored, name, version, known, *self._able.tally(stored)))
        return found

    def data_version(self) -> int:
        """A number that changes when something was appended, by anyone; cheap on SQLite."""
        return self._able.data_version()

    @property
    def forks(self) -> bool:
        """Tells if a process that is forked off can read on with :meth:`forked`."""
        return self._able.forks

    def forked(self) -> Log:
        """Gives this log to a process that was forked, with connections of its own, its keys' too.

        What was inherited is left as it is: no connection of SQLite survives a fork, not even to be closed.
        Raises `StoreError`.
        """
        recorder = self._able.forked()
        if isinstance(self.codec.cipher, Keyring):
            self.codec.cipher.forked()
        return Log(recorder, self.codec)

    def close(self) -> None:
        """Closes the recorder, if it is one that closes."""
        close = getattr(self.recorder, "close", None)
        if close is not None:
            close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def recorder_from(env: Mapping[str, str]) -> DCBRecorder:
    """The recorder that settings name, by the library's own factory.

    ``PERSISTENCE_MODULE`` is one of `KNOWN`; the rest are that backend's settings, such as
    ``SQLITE_DBNAME``. Raises `StoreError` for an unknown backend or a missing driver, and for
    a log that does not open.
    """
    module = env.get(DCBInfrastructureFactory.PERSISTENCE_MODULE, "")
    if module not in KNOWN:
        raise StoreError(_UNKNOWN_BACKEND, module=module or "''", known=", ".join(KNOWN))
    try:
        factory = DCBInfrastructureFactory.construct(dict(env))
    except (ImportError, InfrastructureFactoryError) as error:
        # The module is known, so what is missing is the driver that it imports.
        raise StoreError(_NO_DRIVER, module=module, detail=error.__cause__ or error) from error
    return factory.dcb_recorder()


def open_log(
    path: str | os.PathLike[str], codec: Codec, read_only: bool = False, *, create: bool = True
) -> Log:
    """Opens the log in a SQLite file; the caller closes it.

    Args:
        path: The file.
        codec: Reads and writes events.
        read_only: Nothing is written, not even beside the file.
        create: A missing or empty file becomes a log.

    Raises:
        StoreNotFound: The file is missing or empty and may not be made.
        StoreError: It cannot be opened.
    """
    settings = {
        DCBInfrastructureFactory.PERSISTENCE_MODULE: SQLITE,
        "SQLITE_DBNAME": str(path),
        "SQLITE_READ_ONLY": "yes" if read_only else "no",
        "SQLITE_CREATE": "yes" if create else "no",
    }
    return Log(recorder_from(settings), codec)
