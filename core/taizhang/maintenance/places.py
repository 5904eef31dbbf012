"""Directories that are made aside and put in place whole (就位), and what of a store is copied."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from taizhang.words.errors import Refused
from taizhang_eventstore.files import copy, settle, writing

FOLDERS = ("files", "plugins", "templates")
FILES = ("config.toml", "viewings.jsonl")
"""What is copied as it is, beside the log and its seals."""

Progress = Callable[[int, int], None]


@contextmanager
def being_made(target: Path) -> Iterator[Path]:
    """An empty directory beside ``target`` to fill; removed at the end unless it was put in place.

    Raises :class:`Refused` when another process is at it, ``StoreError`` when it cannot be made.
    """
    part = beside(target, "part")
    with writing(part):
        part.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(part, os.O_RDONLY)
    _lock(handle, part)
    try:
        for left in part.iterdir():  # from a process that died
            remove(left)
        yield part
    finally:
        if _is(handle, part):
            shutil.rmtree(part, ignore_errors=True)
        os.close(handle)


def _is(handle: int, path: Path) -> bool:
    """Tells if ``path`` still leads to what is open: it may have been put in place, and be another's."""
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
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


def beside(path: Path, word: str) -> Path:
    """``NAME.word`` beside ``NAME``."""
    return path.with_name(f"{path.name}.{word}")


def swap(part: Path, target: Path, old: Path) -> None:
    """Puts ``part`` at ``target``; what was there is then at ``old``. Raises ``StoreError``."""
    with writing(target):
        if os.path.lexists(target):
            target.rename(old)
        try:
            part.rename(target)
        except OSError:
            if os.path.lexists(old) and not os.path.lexists(target):
                old.rename(target)
            raise
        settle(target.parent)


def remove(path: Path) -> None:
    """Removes a file or a directory with everything in it."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def copy_rest(
    source: Path, target: Path, progress: Progress | None = None, *, but: Collection[Path] = ()
) -> list[str]:
    """Copies settings and the folders of a store; returns what was left, being neither file nor folder,
    or among ``but``.
    """
    left: list[str] = []
    chosen: list[Path] = []
    for name in FILES:
        if (source / name).is_file():
            chosen.append(source / name)
    for name in FOLDERS:
        if (source / name).is_dir():
            chosen += sorted((source / name).rglob("*"))
    of = sum(p.stat().st_size for p in chosen if p.is_file() and not p.is_symlink())
    done = 0
    with writing(target):
        for path in chosen:
            there = target / path.relative_to(source)
            if path in but or path.is_symlink() or not (path.is_file() or path.is_dir()):
                left.append(str(path.relative_to(source)))
            elif path.is_dir():
                there.mkdir(parents=True, exist_ok=True)
            else:
                there.parent.mkdir(parents=True, exist_ok=True)
                done += copy(path, there)
                if progress is not None:
                    progress(done, of)
        for folder, _, _ in os.walk(target):
            settle(Path(folder))
    return left
