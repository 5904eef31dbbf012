"""The ledger of a store that is only looked at: read where it stands, or computed in a place of its own.

Nothing is written in the store. A ledger that is there, level with the log and made by this very
program, is read as it is; otherwise one is built in the user's cache directory, where the next command finds it
(:mod:`.kept`), or where that cannot be in the system's temporary directory, and removed when the store is closed.
It holds people's names, so the directory is readable by its owner only, and what a process that died has left
there is removed by the next one.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
import tempfile
from contextlib import ExitStack, closing, suppress
from pathlib import Path

from taizhang.ledger.kept import Kept
from taizhang.ledger.schema import connect, current, settle
from taizhang.words.errors import NotFound
from taizhang_eventstore.errors import StoreError
from taizhang_eventstore.files import writing
from taizhang_eventstore.recorders.still import Way, looks, way

PREFIX = "taizhang-ledger-"
LOCK = "lock"


class Aside:
    """The place where the ledger of a store that is open read-only is read."""

    def __init__(self, path: Path, *, distrusted: bool) -> None:
        self.original = path
        self._kept = Kept(path, distrusted=distrusted)
        self.path = path
        """The file that is read: the store's own, or one that was made elsewhere."""
        self._ends = ExitStack()
        self._way: Way | None = None

    @property
    def private(self) -> bool:
        """Tells if the ledger is one of our own making."""
        return self.path != self.original

    def connect(self) -> sqlite3.Connection:
        """A connection that only reads. Raises ``StoreError`` and ``sqlite3.Error``."""
        if self.private:
            return connect(self.path, read_only=True)
        if self._way is None:
            self._way = way(self.original, self._ends)
        db = self._way.connect(temporary=True)
        settle(db)
        return db

    @property
    def shared(self) -> bool:
        """Tells if other programs have the store's own ledger open, and so keep it level."""
        return self._way is not None and self._way.seen is None

    def changed(self) -> bool:
        """Tells if somebody has written to a ledger that was taken to be nobody's."""
        if self.private or self._way is None or self._way.seen is None:
            return False
        try:
            return looks(self.original) != self._way.seen
        except StoreError:
            return True

    def reopen(self) -> None:
        """The next connection looks anew at what is there."""
        self._ends.close()
        self._way = None

    def begin(self) -> sqlite3.Connection:
        """A writable ledger elsewhere, empty. Raises ``StoreError`` where there is no room."""
        clear()
        if (path := self._kept.begin()) is not None:
            with suppress(StoreError, sqlite3.Error):
                made = connect(path)
                self.path = path
                return made
            self._kept.close()
        with writing(Path(tempfile.gettempdir())):
            folder = Path(tempfile.mkdtemp(prefix=PREFIX))
            self._ends.callback(shutil.rmtree, folder, ignore_errors=True)
            self._ends.callback(os.close, _locked(folder))
        made = connect(folder / self.original.name)
        self.path = folder / self.original.name
        return made

    def found(self) -> sqlite3.Connection | None:
        """The ledger that another command has computed from the store as it is, if one is kept."""
        path = self._kept.find()
        if path is None:
            return None
        try:
            made = connect(path)
        except (StoreError, sqlite3.Error):
            self._kept.close()
            return None
        self.path = path
        return made

    def keep(self) -> None:
        """Keeps what was computed for the next command."""
        self._kept.keep()

    def copy_into(self, made: sqlite3.Connection) -> None:
        """Fills a ledger just begun with the store's own, so that only what is missing is computed."""
        with ExitStack() as ends:
            try:
                source = ends.enter_context(closing(way(self.original, ends).connect()))
                if current(source):
                    source.backup(made)
                    made.execute("PRAGMA journal_mode = WAL")
            except (sqlite3.Error, StoreError):
                return

    def close(self) -> None:
        """Removes what was made."""
        self._ends.close()
        self._kept.close()
        self._way = None
        self.path = self.original


def _locked(folder: Path) -> int:
    """Says, for as long as the process lives, that the directory is in use."""
    handle = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    if sys.platform != "win32":
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX)
    return handle


def clear() -> None:
    """Removes the ledgers that processes of this user left when they died."""
    if sys.platform == "win32":
        return
    import fcntl

    for folder in Path(tempfile.gettempdir()).glob(PREFIX + "*"):
        try:
            if folder.stat().st_uid != os.getuid():
                continue
            handle = os.open(folder / LOCK, os.O_RDWR)
        except OSError:
            continue  # somebody is just making it, or has just removed it
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            continue
        else:
            shutil.rmtree(folder, ignore_errors=True)
        finally:
            os.close(handle)


def usable(db: sqlite3.Connection) -> bool:
    """Tells if a ledger can be read at all: of this program's layout, with something in it."""
    try:
        return bool(
            current(db)
            and db.execute("SELECT 1 FROM sqlite_master WHERE name = '_tracking'").fetchone()
        )
    except sqlite3.DatabaseError:
        return False


def absent(why: StoreError) -> NotFound:
    """The error where there is no ledger to read, and none can be computed elsewhere either."""
    zh, en = why.pair
    return NotFound(
        "账册里没有可读的 ledger.db，也不能在临时目录另算一份：{zh}"
        "|the store has no ledger.db that can be read, and none can be computed elsewhere: {en}",
        zh=zh,
        en=en,
    )
