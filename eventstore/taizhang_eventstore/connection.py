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
from typing import TYPE_CHECKING, Final, TypeVar
from urllib.parse import quote

from taizhang_eventstore.errors import StoreBusy, not_found, translating
from taizhang_eventstore.schema import prepare, recognise, settle

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

T = TypeVar("T")

_GENERATION: Final = 1 << 32


def _connect(path: Path, parameters: str, timeout: float) -> sqlite3.Connection:
    return sqlite3.connect(
        f"file:{quote(str(path.absolute()))}?{parameters}",
        timeout=timeout,
        isolation_level=None,  # transactions are begun by hand, as BEGIN IMMEDIATE
        check_same_thread=False,  # a lock stands around every use
        uri=True,
    )


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
                connection = _connect(path, "mode=rwc" if create else "mode=rw", timeout)
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

    With `read_only` it also opens where nothing may be written. SQLite's ``mode=ro`` leaves a
    ``-shm`` and a ``-wal`` file beside the log; when no writer is at work (no ``-wal``, or an
    empty one) the file is therefore opened as ``immutable``, which touches nothing. Immutable
    means without locks, so the file's size and times are compared around every call, and when
    a writer has come the connection is opened anew with locks and the call repeated.
    """

    def __init__(self, path: Path, *, read_only: bool, timeout: float) -> None:
        self._path = path
        self._timeout = timeout
        self._read_only = read_only
        self._lock = threading.RLock()
        self._generation = 0
        self._still: object = None
        """What the files looked like when opened as immutable; None when opened with locks."""
        self._connection = self._open()

    def _look(self) -> object:
        """What a writer cannot leave unchanged: size and times of the log, a filled WAL."""
        try:
            log = self._path.stat()
        except FileNotFoundError:
            raise not_found(self._path) from None
        try:
            wal = self._path.with_name(self._path.name + "-wal").stat().st_size
        except FileNotFoundError:
            wal = 0
        return (log.st_ino, log.st_size, log.st_mtime_ns, log.st_ctime_ns, wal)

    def _open(self, *, locked: bool = False) -> sqlite3.Connection:
        parameters = "mode=rw"
        if self._read_only:
            look = self._look()
            still = not locked and isinstance(look, tuple) and look[-1] == 0
            self._still = look if still else None
            parameters = "mode=ro&immutable=1" if still else "mode=ro"
        with translating(self._path):
            connection = _connect(self._path, parameters, self._timeout)
            try:
                settle(connection)
                connection.execute("PRAGMA query_only = ON")
                if self._read_only and not recognise(connection, self._path):
                    raise not_found(self._path)
            except BaseException:
                connection.close()
                raise
        return connection

    def run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """`work` on the connection, alone. It must fetch everything it asks for.

        Raises `StoreError`. `work` may run twice, so it must only read.
        """
        with self._lock:
            if self._still is not None:
                try:
                    with translating(self._path):
                        result = work(self._connection)
                except Exception:
                    if self._look() == self._still:
                        raise
                else:
                    if self._look() == self._still:
                        return result
                self._connection.close()
                self._connection = self._open(locked=True)
                self._generation += 1
            with translating(self._path):
                return work(self._connection)

    def data_version(self) -> int:
        """A number that differs from the last one when anything was appended in between."""
        version = self.run(lambda c: int(c.execute("PRAGMA data_version").fetchone()[0]))
        return self._generation * _GENERATION + version

    def close(self) -> None:
        """Closes the connection; closing twice does nothing."""
        with self._lock:
            self._connection.close()
