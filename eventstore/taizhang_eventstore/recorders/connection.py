"""Connections to the log's file: opened, retried, shared between threads, closed.

A recorder has two connections, one that writes and one that reads, each behind a lock. One
per thread would read in parallel, but threads come and go (the terminal's workers), nobody
closes what they leave, and the version counter of `PRAGMA data_version` differs from one
connection to the next. A page is read within milliseconds; waiting for it costs less.
"""

from __future__ import annotations

import random
import sqlite3
import threading
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, Final, TypeVar

from taizhang_eventstore.errors import StoreBusy, not_found, translating
from taizhang_eventstore.files import private
from taizhang_eventstore.recorders.schema import prepare, recognise, settle
from taizhang_eventstore.recorders.standing import FORGET
from taizhang_eventstore.recorders.still import looks, open_uri, way

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

T = TypeVar("T")

_GENERATION: Final = 1 << 32


def open_writer(path: Path, *, timeout: float, create: bool) -> sqlite3.Connection:
    """Opens the log for appending, creating it where there is none and `create` is True.

    Turning on the write-ahead log needs the file alone, and SQLite refuses at once instead of
    waiting when several processes do it together: so the whole opening is tried again, for up
    to `timeout` seconds. Raises `StoreError`.
    """
    deadline = time.monotonic() + timeout
    while True:
        try:
            with translating(path):
                if create:
                    private(path)
                connection = open_uri(path, "mode=rwc" if create else "mode=rw", timeout)
                try:
                    prepare(connection, path, create=create)
                except BaseException:
                    connection.close()
                    raise
                return connection
        except StoreBusy:
            if time.monotonic() >= deadline:
                raise
            # Only the moment of the next try: no byte of the log depends on it.
            time.sleep(random.uniform(0.002, 0.02))


class Reader:
    """The reading connection (读连接). No statement outlives a call: no lock between pages.

    With `read_only` it also opens where nothing may be written, and leaves no trace: see `still`.
    A file that nobody has open is read without locks, so its size and times are compared around
    every call, and when a writer has come it is opened anew and the call repeated.
    """

    def __init__(self, path: Path, *, read_only: bool, timeout: float) -> None:
        self._path = path
        self._timeout = timeout
        self._read_only = read_only
        self._lock = threading.RLock()
        self._generation = 0
        self._ends = ExitStack()
        self._seen: object = None
        """What the files looked like when opened without locks; None when opened with them."""
        self._connection = self._open()

    def _open(self, *, locked: bool = False) -> sqlite3.Connection:
        with translating(self._path):
            if self._read_only:
                found = way(self._path, self._ends, locked=locked)
                self._seen = found.seen
                connection = found.connect(self._timeout)
            else:
                connection = open_uri(self._path, "mode=rw", self._timeout)
            try:
                settle(connection)
                connection.execute("PRAGMA query_only = ON")
                if self._read_only and not recognise(connection, self._path):
                    raise not_found(self._path)
            except BaseException:
                connection.close()
                self._ends.close()
                raise
        return connection

    def run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """`work` on the connection, alone. It must fetch everything it asks for.

        Raises `StoreError`. `work` may run twice, so it must only read.
        """
        with self._lock:
            if self._seen is not None:
                try:
                    with translating(self._path):
                        result = work(self._connection)
                except Exception:
                    if looks(self._path) == self._seen:
                        raise
                else:
                    if looks(self._path) == self._seen:
                        return result
                self._connection.close()
                self._ends.close()
                self._connection = self._open(locked=True)
                self._generation += 1
            with translating(self._path):
                return work(self._connection)

    def forget(self) -> None:
        """Reads its pages from the file again; another is told by `data_version`."""
        self._generation += 1
        self.run(lambda connection: connection.execute(FORGET).fetchall())

    def data_version(self) -> int:
        """A number that differs from the last one when anything was appended in between."""
        version = self.run(lambda c: int(c.execute("PRAGMA data_version").fetchone()[0]))
        return self._generation * _GENERATION + version

    def close(self) -> None:
        """Closes the connection; closing twice does nothing."""
        with self._lock:
            self._connection.close()
            self._ends.close()
