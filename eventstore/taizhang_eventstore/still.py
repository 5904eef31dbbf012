"""Opening a log to look at it only (只读查验): nothing is written, neither to it nor beside it.

Without a write-ahead log the file is opened as ``immutable``. With one, SQLite needs shared
memory beside it: where that is there already (a log in use) it is used, and otherwise (a copy)
file and write-ahead log are copied to the system's temporary directory first.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from taizhang_eventstore.errors import not_found, translating
from taizhang_eventstore.files import writing
from taizhang_eventstore.schema import recognise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Open = Callable[[], sqlite3.Connection]

_TIMEOUT: Final = 30.0


def beside(path: Path, suffix: str) -> Path:
    """The file that SQLite keeps beside `path`, such as ``events.db-wal``."""
    return path.with_name(path.name + suffix)


def filled(path: Path) -> bool:
    """Whether there is a file with anything in it."""
    return path.is_file() and path.stat().st_size > 0


def is_wal(path: Path) -> bool:
    """Whether the file's header says that a write-ahead log belongs to it."""
    with path.open("rb") as file:
        return file.read(20)[18:20] == b"\x02\x02"


@contextmanager
def looking(path: Path) -> Iterator[Open]:
    """Gives a function that opens connections to the log at `path`; they are closed at the end.

    Raises `StoreNotFound`, `StoreDamaged`, `StoreTooNew` and other `StoreError`.
    """
    if not path.is_file():
        raise not_found(path)
    with ExitStack() as ends:
        parameters = "mode=ro"
        wal = beside(path, "-wal")
        if not filled(wal):
            parameters = "mode=ro&immutable=1"
        elif not beside(path, "-shm").exists():
            with writing(path):
                aside = Path(ends.enter_context(tempfile.TemporaryDirectory(prefix="taizhang-")))
                shutil.copyfile(wal, beside(aside / path.name, "-wal"))
                path = Path(shutil.copyfile(path, aside / path.name))

        def connect() -> sqlite3.Connection:
            found = sqlite3.connect(
                f"file:{quote(str(path.absolute()))}?{parameters}",
                timeout=_TIMEOUT,
                isolation_level=None,
                check_same_thread=False,  # one thread each, but not the one that closes them
                uri=True,
            )
            ends.callback(found.close)
            found.execute("PRAGMA query_only = ON")
            return found

        with translating(path):
            if not recognise(connect(), path):
                raise not_found(path)
        yield connect
