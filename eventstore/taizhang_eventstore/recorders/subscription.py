"""Following the log (订阅): already recorded events first, then new ones as they come."""

from __future__ import annotations

import threading
from abc import abstractmethod
from typing import TYPE_CHECKING, Final, TypeVar

from eventsourcing.dcb.api import DCBRecorder
from eventsourcing.dcb.persistence import DCBListenNotifySubscription

if TYPE_CHECKING:
    from eventsourcing.dcb.api import DCBQuery

POLL_SECONDS: Final = 0.1
"""How long another process's append may go unnoticed. One look costs some microseconds."""


class FollowedRecorder(DCBRecorder):
    """A recorder that can be followed by whoever looks at it from time to time."""

    @abstractmethod
    def data_version(self) -> int:
        """A number that differs from the last one when anything was appended in between.

        By this recorder or any other process; costs some microseconds. It means nothing to
        another recorder.
        """

    @abstractmethod
    def listen(self, event: threading.Event) -> None:
        """Has `event` set after every append through this recorder."""

    @abstractmethod
    def unlisten(self, event: threading.Event) -> None:
        """Ends `listen`."""


Followed = TypeVar("Followed", bound=FollowedRecorder)


class SQLiteDCBSubscription(DCBListenNotifySubscription[Followed]):
    """Iterates for ever over events of the query after a position; blocks when none is new.

    SQLite tells nobody of a commit. The recorder wakes its own subscriptions at once; appends
    of other processes are seen by polling ``PRAGMA data_version``. Use it in a ``with`` block,
    or call `stop()`: it owns two threads.
    """

    def __init__(
        self,
        recorder: Followed,
        query: DCBQuery | None = None,
        after: int | None = None,
    ) -> None:
        # Looked at before the first pull, which the base class starts: an append between that
        # pull and the first look must not be missed.
        self._version = recorder.data_version()
        self._end = threading.Event()
        super().__init__(recorder=recorder, query=query, after=after)
        recorder.listen(self._has_been_notified)
        self._watcher = threading.Thread(target=self._watch, name="log-watcher", daemon=True)
        self._watcher.start()

    def _watch(self) -> None:
        try:
            while not self._end.is_set():
                version = self._recorder.data_version()
                if version != self._version:
                    self._version = version
                    self._has_been_notified.set()
                self._end.wait(POLL_SECONDS)
        except BaseException as error:
            # Shown to whoever iterates, as the base class does with its own thread's errors.
            if not self._end.is_set():
                self._thread_error = error
                self.stop()

    def stop(self) -> None:
        """Ends the iteration; may be called from any thread, and twice."""
        self._end.set()
        self._recorder.unlisten(self._has_been_notified)
        super().stop()

    def __exit__(self, *args: object, **kwargs: object) -> None:
        super().__exit__(*args, **kwargs)
        self._watcher.join()
