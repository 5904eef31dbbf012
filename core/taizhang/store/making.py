"""Directories that are made aside and put in place whole (就位), beside whatever else people have there.

What is made aside has a name of this program's own, ``NAME.taizhang-part``, and a marker in it from its
first moment to its last; what makes way for a moment is ``NAME.taizhang-before`` and is marked too. Only
what is marked so, and is no link, is ever emptied or removed: anything else of that name is refused.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from taizhang.words.errors import Refused
from taizhang_eventstore.files import put, settle, writing

MARKER = ".taizhang.part"
"""The file in a directory that says that it was made in passing."""

_SAID = b"taizhang.part 1\n"
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)


@contextmanager
def being_made(target: Path) -> Iterator[Path]:
    """An empty directory beside ``target`` to fill; removed at the end unless it was put in place.

    Raises :class:`Refused` when another process is at it, or when something that is not this program's
    has its name, ``StoreError`` when it cannot be made.
    """
    part = beside(target, "part")
    with writing(part):
        part.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            part.mkdir(mode=0o700)
        except FileExistsError:
            own(part)
        handle = os.open(part / MARKER, os.O_RDWR | os.O_CREAT | _NO_LINK, 0o600)
    _lock(handle, part)
    try:
        with writing(part):
            os.truncate(handle, 0)
            os.write(handle, _SAID)
            for left in part.iterdir():  # from a process that died
                if left.name != MARKER:
                    _remove(left)
        yield part
    finally:
        if _is(handle, part):
            shutil.rmtree(part, ignore_errors=True)
        os.close(handle)


def beside(path: Path, word: str) -> Path:
    """The name of this program's own beside ``path``: ``NAME.taizhang-word``."""
    return path.with_name(f"{path.name}.taizhang-{word}")


def own(path: Path) -> bool:
    """Tells if there is something at ``path`` that this program has made in passing: a directory with the
    marker, or an empty one of a process that died before. Raises :class:`Refused` for anything else.
    """
    if not os.path.lexists(path):
        return False
    with writing(path):
        ours = path.is_dir() and not path.is_symlink()
        ours = ours and (_marked(path / MARKER) or not any(path.iterdir()))
    if not ours:
        raise Refused(
            "{path} 不是台账程序留下的，没有动它；请先把它移走或改名"
            "|{path} is not of taizhang's making and was left alone; move it away or rename it first",
            path=path,
        )
    return True


def _marked(marker: Path) -> bool:
    if marker.is_symlink() or not marker.is_file():
        return False
    with marker.open("rb") as file:
        # Who died at the very beginning has not said all of it.
        return _SAID.startswith(file.read(len(_SAID) + 1))


def mark(directory: Path) -> None:
    """Says in a directory that it is there in passing. Raises ``StoreError``."""
    put(directory / MARKER, _SAID, mode=0o600)


def unmark(directory: Path) -> None:
    """Takes that back. Raises ``StoreError``."""
    with writing(directory):
        (directory / MARKER).unlink(missing_ok=True)
        settle(directory)


def place(part: Path, target: Path, old: Path | None = None) -> None:
    """Puts ``part`` at ``target``; what was there is then at ``old``, where nothing may be.

    Without ``old`` nothing may be at ``target`` but an empty directory. Raises ``StoreError``.

    Args:
        part: What was made aside.
        target: Where it goes.
        old: Where what is there goes, if it is to stay.
    """
    with writing(target):
        if os.path.lexists(target):
            if old is None:
                target.rmdir()
            elif os.path.lexists(old):
                raise FileExistsError(17, os.strerror(17), str(old))
            else:
                target.rename(old)
        try:
            part.rename(target)
        except OSError:
            if old is not None and os.path.lexists(old) and not os.path.lexists(target):
                old.rename(target)
            raise
        settle(target.parent)
    unmark(target)


def clear(path: Path) -> None:
    """Removes what this program has made in passing, if it is there. Raises :class:`Refused` and
    ``StoreError``.
    """
    if own(path):
        with writing(path):
            shutil.rmtree(path)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _is(handle: int, part: Path) -> bool:
    """Tells if the open marker still stands in ``part``: it may have been put in place, and be another's."""
    try:
        return os.path.samestat(os.fstat(handle), (part / MARKER).lstat())
    except OSError:
        return False


def _lock(handle: int, part: Path) -> None:
    if sys.platform == "win32":
        return
    import fcntl

    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        mine = _is(handle, part)
    except OSError:
        mine = False
    if not mine:
        os.close(handle)
        raise Refused(
            "{path} 正由另一个程序制作|{path} is just being made by another program", path=part
        )


__all__ = ["MARKER", "being_made", "beside", "clear", "mark", "own", "place", "unmark"]
