"""What the log asks of a recorder beyond the library's port.

One that keeps its events in a database of its own answers by its indexes and is an `AbleRecorder`; for any
other `taizhang_eventstore.recorders.portable` answers with the library's port alone.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from array import array
    from collections.abc import Iterable, Iterator, Sequence

    from eventsourcing.dcb.api import (
        DCBAppendCondition,
        DCBEvent,
        DCBQuery,
        DCBRecorder,
        DCBSequencedEvent,
    )

    from taizhang_eventstore.recorders.reading import Row


class AbleRecorder(ABC):
    """The questions of the log that the library's port does not have."""

    @abstractmethod
    def append(
        self,
        events: Sequence[DCBEvent],
        condition: DCBAppendCondition | None = None,
        *,
        base: str = "",
    ) -> int:
        """Appends all events or none, where ``base`` is given only after the event of that id."""

    @abstractmethod
    def rows(
        self, query: DCBQuery | None, *, after: int, until: int | None, limit: int | None
    ) -> Iterator[Row]:
        """Reads events as rows: position, type, data, tags as JSON."""

    @abstractmethod
    def at(self, positions: Sequence[int]) -> Iterable[Row]:
        """The rows of the events at `positions`, in order of position; where there is none, none."""

    @abstractmethod
    def has(self, position: int, id_: str) -> bool:
        """Tells if the event at `position` has this id."""

    @property
    @abstractmethod
    def replaced(self) -> bool:
        """Tells if another log is there than the one that was opened."""

    @abstractmethod
    def given(self) -> int:
        """The last position that was ever given, as far as the database remembers."""

    @abstractmethod
    def backwards(
        self, *, before: int | None, limit: int, prefix: str, tag: str | None
    ) -> list[DCBSequencedEvent]:
        """Reads up to `limit` events before a position, newest first."""

    @abstractmethod
    def positions(self, *, until: int | None, prefix: str, tag: str | None) -> array[int]:
        """The positions of the events that `backwards` would give, rising."""

    @abstractmethod
    def head(self) -> int:
        """The position of the last event, 0 when there is none."""

    @abstractmethod
    def counts(self) -> dict[str, int]:
        """Tells how many events of each type there are."""

    @abstractmethod
    def types(self) -> list[str]:
        """The types that occur, sorted."""

    @abstractmethod
    def tally(self, type_: str) -> tuple[int, int]:
        """Tells how many events of a type there are, and the position of the first; 0 without any."""

    @abstractmethod
    def data_version(self) -> int:
        """A number that changes when something was appended, by anyone."""

    @property
    @abstractmethod
    def forks(self) -> bool:
        """Tells if a process that is forked off can read on with `forked`."""

    @abstractmethod
    def forked(self) -> DCBRecorder:
        """Makes a recorder of the same log for a process that was forked off."""
