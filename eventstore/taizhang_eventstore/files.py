"""Small files beside the log (旁置文件): read whole, or put in place whole."""

from __future__ import annotations

import errno
import os
import stat
import sys
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final

from taizhang_eventstore.errors import StoreBusy, StoreError, unusable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO

_BUSY: Final = (
    "{path} 正被另一个程序占用，稍后请再试。|{path} is held by another program; please try again."
)

_NOT_PLAIN: Final = (
    "{path} 不是普通文件（是管道、设备之类），没有读它。"
    "|{path} is no ordinary file (a pipe, a device or the like) and was not read."
)
_TOO_LARGE: Final = (
    "{path} 超过 {most} MB，没有读它。|{path} has more than {most} MB and was not read."
)

_BLOCK: Final = 1 << 20

_NO_LINK: Final = getattr(os, "O_NOFOLLOW", 0)

MOST: Final = 64 << 20
"""Bytes of a small file at the most; nobody's list, seal or roster comes near."""


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
def alone(path: Path, timeout: float = 30.0) -> Iterator[None]:
    """``with alone(path):`` — one process or thread at a time that asks the same.

    The lock is on the directory or file itself, which is there: nothing is written, and it goes with the process
    that dies. Raises `StoreBusy` after `timeout` seconds, and other `StoreError`.
    """
    if sys.platform == "win32":
        yield
        return
    with writing(path):
        handle = os.open(path, os.O_RDONLY)
    try:
        deadline = time.monotonic() + timeout
        while not _locked(handle, path):
            if time.monotonic() >= deadline:
                raise StoreBusy(_BUSY, path=path)
            time.sleep(0.02)
        yield
    finally:
        os.close(handle)


def _locked(handle: int, path: Path) -> bool:
    import fcntl

    with writing(path):
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True


def plain(path: Path) -> os.stat_result | None:
    """Looks at a file that is to be opened: nothing but a file, which does not wait for anybody (a pipe)
    and does not go on for ever (a device). Gives None where there is none.

    Raises `StoreError` for anything else.
    """
    with writing(path):
        try:
            found = path.stat()
        except (FileNotFoundError, NotADirectoryError):
            return None
    if stat.S_ISDIR(found.st_mode):
        raise unusable(IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR)), path)
    if not stat.S_ISREG(found.st_mode):
        raise StoreError(_NOT_PLAIN, path=path)
    return found


def read(path: Path, most: int = MOST) -> bytes | None:
    """The whole file, None where there is none.

    Raises `StoreError`, also for what is no file (`plain`) and for one of more than `most` bytes.
    """
    if plain(path) is None:
        return None
    with writing(path):
        try:
            with open(path, "rb", opener=_not_waiting) as file:
                found = file.read(most + 1)
        except (FileNotFoundError, NotADirectoryError):
            return None
    if len(found) > most:
        raise StoreError(_TOO_LARGE, path=path, most=f"{most >> 20:,}")
    return found


def private(path: Path) -> None:
    """Makes an empty file that nobody but its owner may read, where there is a directory for it and no file.

    Raises `StoreError`.
    """
    with writing(path), suppress(FileExistsError, FileNotFoundError):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))


def keep_private(*directories: Path) -> None:
    """Takes from others what they may do with the files in directories; what is somebody else's stays."""
    for directory in directories:
        with suppress(OSError), os.scandir(directory) as found:
            for entry in found:
                with suppress(OSError):
                    mode = entry.stat(follow_symlinks=False).st_mode
                    if stat.S_ISREG(mode) and mode & 0o077:
                        os.chmod(entry.path, mode & 0o700)


def opened(path: Path) -> BinaryIO | None:
    """A file to read from; None where there is none. Raises `StoreError` for what is no file."""
    if plain(path) is None:
        return None
    with writing(path):
        return open(path, "rb", opener=_not_waiting)


def _not_waiting(path: str, flags: int) -> int:
    # Somebody may have put a pipe in its place since it was looked at.
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def aside(path: Path) -> Path:
    """A name beside `path` that no other program or thread uses, for what is not whole yet."""
    return path.with_name(f"{path.name}.{os.getpid()}-{threading.get_ident()}.part")


def put(path: Path, data: bytes, *, mode: int = 0o600, durable: bool = True) -> None:
    """Puts a file in place, or leaves the one that is there: never half of it.

    Args:
        path: Where it is put.
        data: What it holds.
        mode: Who may read and write it.
        durable: It is on the disk by then; otherwise a loss of power may take it, or leave an empty one.

    Raises:
        StoreError: It cannot be written.
    """
    part = aside(path)
    with writing(path):
        try:
            with open(
                os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | _NO_LINK, mode), "wb"
            ) as file:
                file.write(data)
                file.flush()
                if durable:
                    os.fsync(file.fileno())
            part.replace(path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        if durable:
            settle(path.parent)


def over(path: Path, data: bytes) -> None:
    """Writes a small file over the one that is there, in one write and without waiting for the disk.

    For notes that may be lost, or be halves after a loss of power: to put another file in place of one makes
    some file systems wait. Raises `StoreError`.
    """
    plain(path)
    with writing(path):
        handle = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            os.write(handle, data)
            os.ftruncate(handle, len(data))
        finally:
            os.close(handle)


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
    found = plain(source)
    left = (0 if found is None else found.st_size) if limit is None else limit
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
