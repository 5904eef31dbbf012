"""Opening a database to look at it only (只读查验): nothing is written, neither to it nor beside it.

Without a write-ahead log the file is opened as ``immutable``. With one, SQLite needs shared memory
beside it: where a program has that open it is used, and otherwise (a copy, what a crash has left) file
and write-ahead log are copied to the system's temporary directory first. So are a file and the rollback
journal that somebody who was killed has left: only with it the file is what it was.

A file that this process has open is never opened as a plain file: to close that would drop every lock
that SQLite holds on it, in this process and unnoticed.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
import tempfile
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar
from urllib.parse import quote

from msgspec import Struct

from taizhang_eventstore.errors import StoreNotFound, must_be_file, not_found, translating
from taizhang_eventstore.files import opened, writing
from taizhang_eventstore.layout import defend
from taizhang_eventstore.recorders.schema import recognise

if TYPE_CHECKING:
    from collections.abc import Callable

    Open = Callable[[], sqlite3.Connection]

T = TypeVar("T")

_TIMEOUT: Final = 30.0
_LOCKS: Final = Path("/proc/locks")
_OPEN: Final = Path("/dev/fd")
_JOURNALS: Final = ("-wal", "-journal")
_HEAD: Final = 20
_CHILD: Final = (
    "import sys; sys.stdout.buffer.write(open(sys.argv[1], 'rb').read(int(sys.argv[2])))"
)
_TRIES: Final = 5


def beside(path: Path, suffix: str) -> Path:
    """The file that SQLite keeps beside `path`, such as ``events.db-wal``."""
    return path.with_name(path.name + suffix)


def filled(path: Path) -> bool:
    """Tells if there is a file with anything in it."""
    return path.is_file() and path.stat().st_size > 0


def is_wal(path: Path) -> bool:
    """Tells if the file's header says that a write-ahead log belongs to it. Raises `StoreError`."""
    with writing(path):
        head = _head_elsewhere(path) if _open_here(path) else _head(path)
    return head[18:20] == b"\x02\x02"


def _head(path: Path) -> bytes:
    file = opened(path)
    if file is None:
        raise not_found(path)
    with file:
        return file.read(_HEAD)


def _head_elsewhere(path: Path) -> bytes:
    """Reads the head of the file in a process that has no locks to lose."""
    import subprocess

    command = [sys.executable, "-I", "-S", "-c", _CHILD, str(path.absolute()), str(_HEAD)]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    if done.returncode:
        raise OSError(done.stderr.decode(errors="replace").strip().rpartition("\n")[2])
    return done.stdout


def _open_here(path: Path) -> bool:
    """Tells if this process has the file open. Where the system does not tell, it may have."""
    if sys.platform == "win32":
        return False  # where locks belong to the handle that took them
    try:
        wanted = path.stat()
        numbers = [int(name) for name in os.listdir(_OPEN)]
    except OSError:
        return True
    for number in numbers:
        with suppress(OSError):
            if os.path.samestat(os.fstat(number), wanted):
                return True
    return False


class Way(Struct, frozen=True):
    """A way to open a database without leaving a trace."""

    path: Path
    """The file to open: the one that was asked for, or a copy of it."""

    parameters: str
    """Those of the URI."""

    seen: object = None
    """What the original looked like, which a writer cannot leave unchanged; None when it is opened
    with locks, and so may change.
    """

    def disturbed(self, path: Path) -> bool:
        """Tells if the file at `path`, which was opened without locks, is not what it was then."""
        if self.path != path or self.seen is None:
            return False  # a copy, or opened with locks
        try:
            return looks(path) != self.seen
        except StoreNotFound:
            return True

    def connect(self, timeout: float = _TIMEOUT, *, temporary: bool = False) -> sqlite3.Connection:
        """A connection that only reads; the caller closes it. Raises `sqlite3.Error`.

        `temporary`: it may make temporary views and tables of its own.
        """
        return open_uri(self.path, self.parameters, timeout, query_only=not temporary)


def open_uri(
    path: Path, parameters: str, timeout: float, *, query_only: bool = False
) -> sqlite3.Connection:
    """A connection in autocommit mode that any thread may use, one at a time."""
    must_be_file(path)
    connection = sqlite3.connect(
        f"file:{quote(str(path.absolute()))}?{parameters}",
        timeout=timeout,
        isolation_level=None,  # transactions are begun by hand, as BEGIN IMMEDIATE
        check_same_thread=False,
        uri=True,
    )
    defend(connection)
    if query_only:
        connection.execute("PRAGMA query_only = ON")
    return connection


def looks(path: Path) -> object:
    """Size and times of a database and of its journals. Raises `StoreNotFound`."""
    found: list[object] = []
    for file in (path, *(beside(path, suffix) for suffix in _JOURNALS)):
        try:
            s = file.stat()
        except FileNotFoundError:
            if file is path:
                raise not_found(path) from None
            continue
        # That an empty journal comes or goes changes nothing.
        if file is path or s.st_size:
            found.append((s.st_ino, s.st_size, s.st_mtime_ns, s.st_ctime_ns))
    return tuple(found)


def in_use(path: Path) -> bool:
    """Tells if a program, perhaps this one, has the database open in WAL mode.

    Told by the locks on its shared memory, which the system lists; to try a lock, and then to close
    the file, would drop those of this process. Where no list is to be had, shared memory is taken
    as a sign of use.
    """
    try:
        number = beside(path, "-shm").stat().st_ino
    except FileNotFoundError:
        return False
    try:
        listed = _LOCKS.read_text("ascii", "replace")
    except OSError:
        return True
    return any(
        field.rpartition(":")[2] == str(number)
        for line in listed.splitlines()
        for field in line.split()
        if field.count(":") == 2
    )


def way(path: Path, ends: ExitStack, *, locked: bool = False) -> Way:
    """Finds how to open a database without leaving a trace.

    Args:
        path: The file.
        ends: Removes a copy that had to be made.
        locked: With locks in any case, for one that turned out to be written to.

    Raises:
        StoreNotFound: There is no such file.
        StoreError: There is no room for a copy.
    """
    for _ in range(0 if locked else _TRIES):
        seen = looks(path)
        if not any(filled(beside(path, suffix)) for suffix in _JOURNALS):
            return Way(path, "mode=ro&immutable=1", seen)
        if in_use(path) or _open_here(path):
            break
        copy = _copied(path, ends)
        # A program that began to write meanwhile has written into what was being copied.
        if looks(path) == seen:
            return Way(copy, "mode=rw", seen)
    return Way(path, "mode=ro")


def _copied(path: Path, ends: ExitStack) -> Path:
    with writing(path):
        aside = Path(ends.enter_context(tempfile.TemporaryDirectory(prefix="taizhang-")))
        copy = aside / path.name
        for suffix in ("", *_JOURNALS):
            if suffix and not filled(beside(path, suffix)):
                continue
            shutil.copyfile(beside(path, suffix), beside(copy, suffix))
            os.chmod(beside(copy, suffix), 0o600)
    return copy


def undisturbed(path: Path, work: Callable[[Open], T], *, log: bool = True) -> T:
    """Does `work` on the database at `path` as it stands at one time.

    What is read without locks is a mixture once somebody begins to write: then all of it is done again, with
    locks, whatever came of it or was raised.

    Args:
        path: the file.
        work: is given a function that opens connections; these are closed at the end.
        log: it has to be a log of taizhang.

    Returns:
        What `work` returned.

    Raises:
        StoreNotFound: there is none.
        StoreDamaged: it is no log, and other `StoreError`, and what `work` raises.
    """
    for locked in (False, True):
        if not path.is_file():
            raise not_found(path)
        with ExitStack() as ends:
            found = way(path, ends, locked=locked)
            try:
                done = work(_opening(found, path, ends, log=log))
            except Exception:
                if not found.disturbed(path):
                    raise
            else:
                if not found.disturbed(path):
                    return done
    raise not_found(path)  # a file read with locks cannot be disturbed


def _opening(found: Way, path: Path, ends: ExitStack, *, log: bool) -> Open:
    def connect() -> sqlite3.Connection:
        connection = found.connect()
        ends.callback(connection.close)
        return connection

    if log:
        with translating(path):
            if not recognise(connect(), path):
                raise not_found(path)
    return connect
