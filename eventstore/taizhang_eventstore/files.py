"""Small files beside the log (旁置文件): read whole, or put in place whole."""

from __future__ import annotations

import os
import sys
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from taizhang_eventstore.errors import StoreBusy, unusable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_BUSY: Final = (
    "{path} 正被另一个程序占用，稍后请再试。|{path} is held by another program; please try again."
)

_BLOCK: Final = 1 << 20


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """``with writing(path):`` — the system's errors leave the block as `StoreError`."""
    try:
        yield
    except OSError as error:
        raise unusable(error, path) from error


def there(path: Path) -> bool:
    """Tells if anything is at `path`. Raises `StoreError` where the system cannot tell.

    `Path.exists` takes a failing disk for a file that is not there, or raises, by its version.
    """
    with writing(path):
        try:
            path.stat()
        except (FileNotFoundError, NotADirectoryError):
            return False
    return True


@contextmanager
def alone(directory: Path, timeout: float = 30.0) -> Iterator[None]:
    """``with alone(directory):`` — one process or thread at a time that asks the same.

    The lock is on the directory itself: nothing is written, and it goes with the process that
    dies. Raises `StoreBusy` after `timeout` seconds, and other `StoreError`.
    """
    if sys.platform == "win32":
        yield
        return
    with writing(directory):
        handle = os.open(directory, os.O_RDONLY)
    try:
        deadline = time.monotonic() + timeout
        while not _locked(handle, directory):
            if time.monotonic() >= deadline:
                raise StoreBusy(_BUSY, path=directory)
            time.sleep(0.02)
        yield
    finally:
        os.close(handle)


def _locked(handle: int, directory: Path) -> bool:
    import fcntl

    with writing(directory):
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True


def read(path: Path) -> bytes | None:
    """The whole file, None where there is none. Raises `StoreError`."""
    with writing(path):
        try:
            return path.read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None


def aside(path: Path) -> Path:
    """A name beside `path` that no other program or thread uses, for what is not whole yet."""
    return path.with_name(f"{path.name}.{os.getpid()}-{threading.get_ident()}.part")


def put(path: Path, data: bytes, *, mode: int = 0o644) -> None:
    """Puts a file in place, or leaves the one that is there: never half of it. It is on the disk by then.

    Args:
        path: Where it is put.
        data: What it holds.
        mode: Who may read and write it.

    Raises:
        StoreError: It cannot be written.
    """
    part = aside(path)
    with writing(path):
        try:
            with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        settle(path.parent)


def append(path: Path, lines: bytes) -> None:
    """Adds lines to a file that only grows, making it if need be; a line cut short by a crash is ended
    first. On the disk when this returns. Raises `StoreError`.
    """
    with writing(path):
        new = not path.exists()
        with open(os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600), "r+b") as file:
            size = file.seek(0, os.SEEK_END)
            if size and os.pread(file.fileno(), 1, size - 1) != b"\n":
                lines = b"\n" + lines
            os.write(file.fileno(), lines)
            os.fsync(file.fileno())
        if new:
            settle(path.parent)


def settle(directory: Path) -> None:
    """Has the directory's entries on the disk, where the system can do that."""
    try:
        handle = os.open(directory, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def copy(source: Path, target: Path, *, limit: int | None = None) -> int:
    """Copies a file into a new one that only its owner may read.

    Args:
        source: The file.
        target: The new one.
        limit: How many bytes to copy from the beginning; all if not given.

    Returns:
        How many bytes there are; they are on the disk by then, but for the directory's entry.

    Raises:
        StoreError: One of the two cannot be read or written.
    """
    left = source.stat().st_size if limit is None else limit
    done = 0
    with writing(target):
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with source.open("rb") as reading, open(handle, "wb") as file:
            while done < left and (part := reading.read(min(_BLOCK, left - done))):
                file.write(part)
                done += len(part)
            file.flush()
            os.fsync(file.fileno())
    return done
