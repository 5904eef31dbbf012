"""What can go wrong with a log (事件日志), in Chinese and English; SQLite's errors and the system's told so.

A failed append condition is not here: it stays the library's
`eventsourcing.persistence.IntegrityError`, because the port says so.
"""

from __future__ import annotations

import errno
import os
import re
import sqlite3
import sys
from typing import TYPE_CHECKING, ClassVar, Final

if TYPE_CHECKING:
    from types import TracebackType


class _Kept(dict[str, object]):
    """Values for a sentence; a name without value stays as it is written.

    An error is raised while something else already went wrong: it must not fail itself.
    """

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


_ACTING: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def _shown(value: object) -> object:
    """A value of a sentence without characters that act on a terminal: names and paths are anybody's."""
    if isinstance(value, str | os.PathLike | BaseException):
        return _ACTING.sub("\ufffd", str(value))
    return value


class BilingualError(Exception):
    """An error that a person reads: one sentence in Chinese, the same in English.

    `text` is ``"中文|English"`` with ``{placeholders}``, filled from `values`. It is split
    before it is filled, so a value may contain any character. Without ``|`` the one sentence
    serves both languages.
    """

    def __init__(self, text: str, /, **values: object) -> None:
        super().__init__(text)
        self.template = text
        self.values = values

    @property
    def pair(self) -> tuple[str, str]:
        """The sentence in Chinese and in English."""
        zh, _, en = self.template.partition("|")
        values = _Kept({name: _shown(value) for name, value in self.values.items()})
        return zh.format_map(values), (en or zh).format_map(values)

    def text(self, language: str = "zh") -> str:
        """The sentence in `language`: ``"en"``, or Chinese for everything else."""
        return self.pair[1 if language.startswith("en") else 0]

    def __str__(self) -> str:
        return self.pair[0]


class StoreError(BilingualError):
    """The log could not be read or written. `exit_code` is what a command line ends with."""

    exit_code: ClassVar[int] = 1


class StoreFull(StoreError):
    """No room: disk, quota or file-size limit. Nothing of the append was kept."""


class StoreBusy(StoreError):
    """Another process held the log for longer than the busy timeout."""


class StoreDamaged(StoreError):
    """Not a log, not ours, or a log whose pages no longer fit together."""

    exit_code = 3


class StoreAltered(StoreDamaged):
    """A log whose layout another tool has changed."""

    readable = False
    """Its events stand in tables still, whatever these are like, and can be looked at."""


class StoreTooNew(StoreError):
    """Written by a later taizhang, in a format that this one does not know."""

    exit_code = 3


class StoreReplaced(StoreError):
    """Another file was put in the log's place while it was open, or an older one written over it."""

    exit_code = 3


class StoreReadOnly(StoreError):
    """The log was opened for reading only, or its place does not permit writing."""


class StoreNotFound(StoreError):
    """There is no log at this path."""


LOG: Final = ("事件日志", "log")
"""What the file of events is called in sentences; other files of a store have names of their own."""

_FULL: Final = (
    "写不进{zh} {path}：磁盘已满，或超出配额、文件大小限制；这次的改动一条也没有写入。"
    "|Cannot write to the {en} {path}: the disk is full, or a quota or file size limit is "
    "reached; nothing of this change was recorded."
)
_BUSY: Final = (
    "{zh} {path} 正被另一个程序占用，稍后请再试。"
    "|The {en} {path} is held by another program; please try again."
)
_DAMAGED: Final = (
    "{zh} {path} 已损坏，或不是{zh}（{detail}）。"
    "|The {en} {path} is damaged, or is not a {en} ({detail})."
)
_READ_ONLY: Final = (
    "{zh} {path} 不能写入：是以只读方式打开的。"
    "|The {en} {path} cannot be written: it was opened for reading only."
)
_TOO_LONG: Final = (
    "{zh} {path} 的路径太长（{length} 字节，SQLite 至多 {most}）：请把账册放到路径短些的目录。"
    "|The path of the {en} {path} is too long ({length} bytes, SQLite takes {most}): put the store into a "
    "directory with a shorter path."
)
_NO_FILE: Final = "{path} 不是文件，不能用作{zh}。|{path} is no file and cannot be the {en}."
_NOT_READABLE: Final = (
    "没有权限读{zh} {path}。|The {en} {path} may not be read: permission is missing."
)
_NOT_WRITABLE: Final = (
    "没有权限写{zh} {path}；只看不写时请以只读方式打开（--read-only）。"
    "|The {en} {path} may not be written: permission is missing; to look at it only, open it read-only "
    "(--read-only)."
)
_MEDIUM: Final = (
    "{zh} {path} 不能写入：所在的磁盘或介质是只读的；只看不写时请以只读方式打开（--read-only）。"
    "|The {en} {path} cannot be written: its disk or medium is read-only; to look at it only, open it "
    "read-only (--read-only)."
)
_CANNOT_OPEN: Final = "打不开{zh} {path}（{detail}）。|The {en} {path} cannot be opened ({detail})."
_NO_DATABASE: Final = (
    "{path} 不是数据库文件，不是{zh}，或者开头已被改写（{detail}）。"
    "|{path} is no database and so not the {en}, or its beginning was written over ({detail})."
)
_NOT_FOUND: Final = "找不到{zh} {path}。|There is no {en} at {path}."
_FAILED: Final = (
    "读写{zh} {path} 时出错（{detail}）。|Reading or writing the {en} {path} failed ({detail})."
)

_REPLACED: Final = (
    "{zh} {path} 在程序打开着的时候被换掉了；没有登记任何内容，请关闭程序再打开。"
    "|The {en} {path} was replaced while it was open; nothing was recorded, close the program and "
    "open it again."
)
_ANOTHER_PAST: Final = (
    "{zh} {path} 里第 {position} 号事件不是读过的那一条：它被换成了旧副本；没有登记任何内容。"
    "|Event {position} of the {en} {path} is not the one that was read: an older copy was put in its "
    "place; nothing was recorded."
)

# What the system itself refuses (`unusable`); there the file's own path names it.
_NO_SPACE: Final = (
    "写不进 {path}：磁盘已满，或超出配额、文件大小限制。"
    "|Cannot write {path}: the disk is full, or a quota or file size limit is reached."
)
_REFUSED: Final = "没有权限读写 {path}。|{path} may not be read or written: permission is missing."
_READ_ONLY_MEDIUM: Final = "写不进 {path}：所在的磁盘或介质是只读的。|Cannot write {path}: its disk or medium is read-only."
_UNUSABLE: Final = "读写 {path} 时出错（{why}）。|Reading or writing {path} failed ({why_en})."

_NO_ROOM_HERE: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_NO_RIGHT: Final = frozenset({errno.EACCES, errno.EPERM})
_WHY: Final = {
    errno.EIO: ("磁盘或介质出错", "the disk or medium fails"),
    errno.ENOENT: ("没有这个文件或目录", "there is no such file or directory"),
    errno.EEXIST: ("已有同名文件", "a file of that name is in the way"),
    errno.ENOTDIR: ("路径中有一段不是目录", "a part of the path is not a directory"),
    errno.EISDIR: ("是目录，不是文件", "it is a directory"),
    errno.ENAMETOOLONG: ("名称太长", "the name is too long"),
    errno.EMFILE: ("打开的文件太多", "too many files are open"),
}

_NOT_WRITTEN: Final = (
    "写不进{zh} {path}：磁盘出错，或超出配额；这次的改动一条也没有写入。"
    "|Cannot write to the {en} {path}: the disk fails, or a quota is reached; nothing of this "
    "change was recorded."
)

# Extended codes that mean "there was no room to write". SQLite says FULL for ENOSPC only; a full
# tmpfs comes as shared memory that could not grow.
_NO_ROOM: Final = frozenset({"SQLITE_FULL", "SQLITE_IOERR_SHMSIZE", "SQLITE_IOERR_TRUNCATE"})

# A write that failed: a file-size limit (EFBIG), a quota (EDQUOT), or a disk that fails (EIO).
# SQLite does not say which, so it is looked up.
_FAILED_WRITE: Final = "SQLITE_IOERR_WRITE"
_LITTLE: Final = 1 << 20
_BROKEN: Final = frozenset(
    {"SQLITE_IOERR_SHORT_READ", "SQLITE_IOERR_CORRUPTFS", "SQLITE_IOERR_DATA"}
)

_PRIMARY: Final[dict[int, tuple[type[StoreError], str]]] = {
    sqlite3.SQLITE_FULL: (StoreFull, _FULL),
    sqlite3.SQLITE_BUSY: (StoreBusy, _BUSY),
    sqlite3.SQLITE_LOCKED: (StoreBusy, _BUSY),
    sqlite3.SQLITE_CORRUPT: (StoreDamaged, _DAMAGED),
    sqlite3.SQLITE_NOTADB: (StoreDamaged, _NO_DATABASE),
    sqlite3.SQLITE_FORMAT: (StoreDamaged, _DAMAGED),
    # No constraint of ours can fail on a sound log: positions are assigned, tags deduplicated.
    sqlite3.SQLITE_CONSTRAINT: (StoreDamaged, _DAMAGED),
}

_BARRED: Final = frozenset(
    {
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_AUTH,
    }
)
"""SQLite does not say why it may not open or write; that is looked up."""

_LONGEST: Final = 504
"""Bytes of a path: SQLite has room for 512, and the names beside it are 8 longer."""


def _barred(path: str | os.PathLike[str], *, writing: bool) -> tuple[type[StoreError], str]:
    """Why the file cannot be opened, or not be written, one cause; the first that is found."""
    if len(os.fsencode(os.path.abspath(path))) > _LONGEST:
        return StoreError, _TOO_LONG
    directory = os.path.dirname(os.path.abspath(path))
    if not os.path.lexists(path):
        if os.path.isdir(directory) and not os.access(directory, os.X_OK):
            return StoreReadOnly, _NOT_READABLE
        if not writing and (not os.path.isdir(directory) or os.access(directory, os.W_OK)):
            return StoreNotFound, _NOT_FOUND
    elif not os.access(path, os.R_OK):
        return StoreReadOnly, _NOT_READABLE
    if _read_only_medium(directory):
        return StoreReadOnly, _MEDIUM
    if not (os.access(path, os.W_OK) and os.access(directory, os.W_OK)):
        return StoreReadOnly, _NOT_WRITABLE
    return (StoreReadOnly, _READ_ONLY) if writing else (StoreError, _CANNOT_OPEN)


def _read_only_medium(directory: str) -> bool:
    try:
        return bool(os.statvfs(directory).f_flag & os.ST_RDONLY)
    except (OSError, AttributeError):
        return False


def _no_file(path: str | os.PathLike[str]) -> bool:
    return os.path.lexists(path) and not os.path.isfile(path)


def must_be_file(path: str | os.PathLike[str], what: tuple[str, str] = LOG) -> None:
    """Raises `StoreReadOnly` for what SQLite would wait for, or read for ever: a pipe, a device."""
    if _no_file(path):
        raise StoreReadOnly(_NO_FILE, path=path, zh=what[0], en=what[1])


def translated(
    error: sqlite3.Error, path: str | os.PathLike[str], what: tuple[str, str] = LOG
) -> StoreError:
    """Makes the `StoreError` that says what an error of SQLite means.

    Args:
        error: The error.
        path: The file that it was about.
        what: What that file is called, in Chinese and English.
    """
    said = {"path": path, "zh": what[0], "en": what[1]}
    if _no_file(path):
        return StoreReadOnly(_NO_FILE, **said)
    code: int | None = getattr(error, "sqlite_errorcode", None)
    name: str = getattr(error, "sqlite_errorname", "")
    if code is None:
        # Raised by the sqlite3 module itself. The one that data can cause is stored text
        # that is not UTF-8.
        if isinstance(error, sqlite3.OperationalError):
            return StoreDamaged(_DAMAGED, **said, detail=error)
        return StoreError(_FAILED, **said, detail=error)
    if name in _NO_ROOM or (name == _FAILED_WRITE and _no_room(path)):
        return StoreFull(_FULL, **said, detail=name)
    if name == _FAILED_WRITE:
        return StoreError(_NOT_WRITTEN, **said, detail=name)
    if name in _BROKEN:
        return StoreDamaged(_DAMAGED, **said, detail=name)
    primary = code & 0xFF
    if primary in _BARRED:
        kind, text = _barred(path, writing=primary != sqlite3.SQLITE_CANTOPEN)
        length = len(os.fsencode(os.path.abspath(path)))
        return kind(text, **said, detail=name, length=length, most=_LONGEST)
    kind, text = _PRIMARY.get(primary, (StoreError, _FAILED))
    return kind(text, **said, detail=f"{name}: {error}")


def unusable(error: OSError, path: str | os.PathLike[str]) -> StoreError:
    """The `StoreError` that says what `error` from the operating system means.

    It names the file that the system has named, and `path` where it has named none.
    """
    named = error.filename if isinstance(error.filename, str | os.PathLike) else path
    if error.errno in _NO_ROOM_HERE:
        return StoreFull(_NO_SPACE, path=named)
    if error.errno == errno.EROFS:
        return StoreReadOnly(_READ_ONLY_MEDIUM, path=named)
    if error.errno in _NO_RIGHT:
        return StoreReadOnly(_REFUSED, path=named)
    said = error.strerror or str(error) or type(error).__name__
    why, why_en = _WHY.get(error.errno or 0, (said, said))
    return StoreError(_UNUSABLE, path=named, why=why, why_en=why_en)


def _no_room(path: str | os.PathLike[str]) -> bool:
    """Tells if a write may have failed for want of room: the disk is full, or files are limited."""
    if sys.platform == "win32":
        return False
    import resource

    limit, _ = resource.getrlimit(resource.RLIMIT_FSIZE)
    if limit != resource.RLIM_INFINITY:
        return True
    try:
        found = os.statvfs(os.path.dirname(os.path.abspath(path)))
    except OSError:
        return False
    return found.f_bavail * found.f_frsize < _LITTLE


def not_found(path: str | os.PathLike[str]) -> StoreNotFound:
    """The error for a log that is not there."""
    return StoreNotFound(_NOT_FOUND, path=path, zh=LOG[0], en=LOG[1])


def read_only(path: str | os.PathLike[str]) -> StoreReadOnly:
    """The error for writing through a recorder that was opened for reading only."""
    return StoreReadOnly(_READ_ONLY, path=path, zh=LOG[0], en=LOG[1])


def replaced(path: str | os.PathLike[str]) -> StoreReplaced:
    """The error for a log whose file is not the one that was opened."""
    return StoreReplaced(_REPLACED, path=path, zh=LOG[0], en=LOG[1])


def another_past(path: str | os.PathLike[str], position: int) -> StoreReplaced:
    """The error for a log that has another event at a position than the one that was read there."""
    return StoreReplaced(_ANOTHER_PAST, path=path, position=position, zh=LOG[0], en=LOG[1])


class translating:
    """``with translating(path):`` — SQLite's errors and the system's leave the block as `StoreError`.

    `what` is what the file is called, the log if nothing else is said. A class, not a generator:
    it stands around every page that is read.
    """

    __slots__ = ("path", "what")

    def __init__(self, path: str | os.PathLike[str], what: tuple[str, str] = LOG) -> None:
        self.path = path
        self.what = what

    def __enter__(self) -> None:
        return None

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if isinstance(error, sqlite3.Error):
            raise translated(error, self.path, self.what) from error
        # A reader that went away is no trouble of the store's: progress is shown in such blocks.
        if isinstance(error, OSError) and not isinstance(error, ConnectionError):
            raise unusable(error, self.path) from error
