"""Small files beside the log (旁置文件): read whole, or put in place whole."""

from __future__ import annotations

import errno
import os
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from taizhang_eventstore.errors import StoreError, StoreFull, StoreReadOnly

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_FULL: Final = (
    "写不进 {path}：磁盘已满，或超出配额、文件大小限制。"
    "|Cannot write {path}: the disk is full, or a quota or file size limit is reached."
)
_REFUSED: Final = "没有权限写 {path}。|{path} may not be written."
_FAILED: Final = "读写 {path} 时出错（{detail}）。|Reading or writing {path} failed ({detail})."

_BLOCK: Final = 1 << 20

_NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_NO_RIGHT: Final = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """``with writing(path):`` — the system's errors leave the block as `StoreError`."""
    try:
        yield
    except OSError as error:
        if error.errno in _NO_ROOM:
            raise StoreFull(_FULL, path=path) from error
        if error.errno in _NO_RIGHT:
            raise StoreReadOnly(_REFUSED, path=path) from error
        raise StoreError(_FAILED, path=path, detail=error.strerror or error) from error


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
    """Puts a file in place, or leaves the one that is there: never half of it.

    On the disk when this returns. Raises `StoreError`.
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
    """Copies a file, or its first `limit` bytes, into a new one that only its owner may read.

    Returns how many bytes; on the disk when this returns, but for the directory's entry. Raises
    `StoreError`.
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
