"""A ledger computed for a store that cannot be written, or is not believed, kept for the commands that follow.

It lies in the user's cache directory, for its owner only, one for each store. It serves as long as log and keys
are the very files that it was computed from, by number, size and times; otherwise it is computed anew. Those
whose store is gone or another one by now, and those that nobody asked for in a month, are removed whenever a
ledger is looked for here.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from taizhang_eventstore.errors import StoreError, StoreNotFound
from taizhang_eventstore.recorders.still import looks

LOCK = "lock"
NOTE = "computed-from.json"
LONGEST = 30 * 86_400
"""Seconds for which nobody need have asked for a ledger."""


def place() -> Path:
    """The directory in which ledgers are kept."""
    from platformdirs import user_cache_path

    return user_cache_path("taizhang", appauthor=False) / "ledgers"


class Kept:
    """The place for the ledger of one store. A process that computes holds its lock alone, those that read share it."""

    def __init__(self, ledger: Path, *, distrusted: bool) -> None:
        """Says whose ledger it is.

        Args:
            ledger: Where the store would have its own.
            distrusted: Nothing that came with the store is in it, but what its log says.
        """
        self._sources = (ledger.with_name("events.db"), ledger.with_name("keys.db"))
        self._called = json.dumps([str(ledger.absolute().parent.resolve()), distrusted])
        self._name = ledger.name
        self._lock: int | None = None
        self._computing: str | None = None

    @property
    def folder(self) -> Path:
        """The directory of this store's."""
        return place() / sha256(self._called.encode()).hexdigest()[:32]

    def find(self) -> Path | None:
        """The ledger that was computed from these very files, if one is kept."""
        sweep(self.folder)
        lock = _locked(self.folder, alone=False)
        if lock is None:
            return None
        if (note := _note(self.folder)) is None or note != self._note():
            os.close(lock)
            return None
        with suppress(OSError):
            os.utime(self.folder / NOTE)
        self._lock = lock
        return self.folder / self._name

    def begin(self) -> Path | None:
        """An empty place to compute a ledger in; None where there is none to be had, or another process is at it."""
        self.close()
        try:
            self.folder.mkdir(parents=True, mode=0o700, exist_ok=True)
            self._lock = _locked(self.folder, alone=True)
            if self._lock is None:
                return None
            _empty(self.folder)
            self._computing = self._note()
        except OSError:
            self.close()
            return None
        return self.folder / self._name

    def keep(self) -> None:
        """Keeps what was computed for whoever comes next, unless its sources have changed meanwhile."""
        if self._lock is None or self._computing is None or self._computing != self._note():
            return
        with suppress(OSError):
            (self.folder / NOTE).write_text(self._computing, "utf-8")
            _share(self._lock)
            self._computing = None

    def close(self) -> None:
        """Lets go of it; what was not finished is removed."""
        if self._lock is None:
            return
        if self._computing is not None:
            shutil.rmtree(self.folder, ignore_errors=True)
        os.close(self._lock)
        self._lock = self._computing = None

    def _note(self) -> str | None:
        try:
            seen = [looks(source) for source in self._sources if source.exists()]
        except (StoreError, StoreNotFound, OSError):
            return None
        return json.dumps({"store": self._called, "seen": seen})


def _note(folder: Path) -> str | None:
    try:
        return (folder / NOTE).read_text("utf-8")
    except OSError:
        return None


def _locked(folder: Path, *, alone: bool) -> int | None:
    """The lock of a directory, if it can be had at once and the directory is still there."""
    if sys.platform == "win32":
        return None
    import fcntl

    try:
        handle = os.open(folder / LOCK, os.O_RDWR | (os.O_CREAT if alone else 0), 0o600)
    except OSError:
        return None
    try:
        fcntl.flock(handle, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        if os.path.samestat(os.fstat(handle), (folder / LOCK).stat()):
            return handle
    except OSError:
        pass
    os.close(handle)
    return None


def _share(lock: int) -> None:
    if sys.platform != "win32":
        import fcntl

        fcntl.flock(lock, fcntl.LOCK_SH)


def _empty(folder: Path) -> None:
    for file in folder.iterdir():
        if file.name != LOCK:
            file.unlink()


def sweep(mine: Path | None = None) -> None:
    """Removes what serves nobody any more, but for one directory; never fails."""
    with suppress(OSError):
        for folder in place().iterdir():
            if folder != mine and not _serves(folder):
                lock = _locked(folder, alone=True)
                if lock is not None:
                    shutil.rmtree(folder, ignore_errors=True)
                    os.close(lock)


def _serves(folder: Path) -> bool:
    """Tells if a ledger that is kept is of a store that is there as it was."""
    note = _note(folder)
    if note is None:
        return False
    try:
        root, distrusted = json.loads(json.loads(note)["store"])
        used = (folder / NOTE).stat().st_mtime
    except (ValueError, KeyError, TypeError, OSError):
        return False
    there = Kept(Path(root) / "ledger.db", distrusted=distrusted)
    return there._note() == note and time.time() - used < LONGEST


__all__ = ["Kept", "place", "sweep"]
