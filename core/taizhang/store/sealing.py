"""Sealing an open store (封存): when it is done, and that it never stands in the way of recording.

What a seal is, and how it is made, is the event store's; here is only the rhythm: at the
start, by command, at the end of each command that records, whenever a thousand events have come together
in a terminal, and when that is closed.
The event store's modules are imported when they are needed, so that other commands start fast.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from taizhang.store.remembering import Memory
from taizhang.store.viewings import NAME as VIEWINGS
from taizhang.words.labels import Label
from taizhang_eventstore.errors import StoreError, translating

if TYPE_CHECKING:
    from taizhang.store.paths import StorePaths
    from taizhang_eventstore.log import Log
    from taizhang_eventstore.seals.checkpoint import Seal
    from taizhang_eventstore.seals.seals import Seals


def unsealed(trouble: StoreError) -> Label:
    """Says that what was recorded stands, but could not be sealed, and why."""
    zh, en = trouble.pair
    return Label(
        f"已登记，但没能封存：{zh.rstrip('。')}", f"recorded, but not sealed: {en.rstrip('.')}"
    )


LISTS = (VIEWINGS,)
"""The lists beside the log that are sealed with it."""

EVERY = 1_000
"""After so many events at the latest the log is sealed."""


class Sealing:
    """The seals of one open store."""

    def __init__(self, paths: StorePaths, log: Log) -> None:
        self.paths = paths
        self.log = log
        self._memory = Memory(paths.root)
        self._due: int | None = None
        self.each = False
        """At the end of every action: for a command, so that no tail stands unsealed overnight."""
        self.trouble: StoreError | None = None
        """Why the last sealing that nobody asked for came to nothing. What was recorded stands."""

    @property
    def seals(self) -> Seals:
        """The seals as files."""
        from taizhang_eventstore.seals.seals import Seals

        return Seals(self.paths.root)

    def begin(self) -> str:
        """Makes the key of a new store, seals its first event, returns the public key."""
        from taizhang_eventstore.seals.sealing import create_key

        verifier = create_key(self.seals, self.log.recorder)
        self.seal()
        return verifier.encode()

    def seal(self, *, passing: bool = False) -> Seal:
        """Seals everything that the log has now; ``passing`` if nobody has asked for it. Raises ``StoreError``."""
        from taizhang_eventstore.seals.sealing import seal

        made = seal(self.seals, self.log.recorder, passing=passing, lists=LISTS)
        self._due = None
        self.trouble = None
        self._memory.note()
        return made

    def recorded(self, position: int) -> None:
        """Seals when another thousand events are full; `position` is the last that was recorded.

        Never fails: the events are in the log already, and the next thousand tries again.
        """
        if self.each:
            self._try(passing=True)
            return
        if self._due is None:
            try:
                with translating(self.paths.seals):
                    self._due = self._next(self.seals.position())
            except StoreError as error:
                self.trouble = error
                return
        if position >= self._due:
            self._try()
            self._due = self._next(position)

    def closing(self) -> Seal | None:
        """Seals what came since the last seal, looks too, if anything did; never fails, see `trouble`."""
        try:
            with translating(self.paths.seals):
                # More were sealed than there are: that is tried too, and told in `trouble`.
                if self.seals.position() == self.log.head() and not self._looked():
                    return None
        except StoreError as error:
            self.trouble = error
            return None
        return self._try()

    def _looked(self) -> bool:
        """Somebody looked since the last seal."""
        from taizhang_eventstore.seals.sealing import listed

        latest = self.seals.latest()
        return latest is not None and latest.checkpoint.extensions != listed(self.seals, LISTS)

    def _try(self, *, passing: bool = False) -> Seal | None:
        try:
            with translating(self.paths.seals):
                return self.seal(passing=passing)
        except StoreError as error:
            self.trouble = error
            return None

    @staticmethod
    def _next(position: int) -> int:
        return (position // EVERY + 1) * EVERY
