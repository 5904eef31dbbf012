"""Examining a log's file (查看) without a recorder: for whoever has to say what state it is in.

Nothing is decoded by names of events that a programme knows, nothing is written, and a file that is damaged is
looked at as far as it goes. Another database has a module of its own with the same questions.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Protocol, TypeVar

import msgspec

from taizhang_eventstore.recorders import still

T = TypeVar("T")


class Examined(Protocol):
    """The questions that can be asked of a log that may be damaged. All raise errors of the database that
    holds it.
    """

    shared: bool
    """Several programs can use it at once."""

    def faults(self, *, full: bool) -> list[str]:
        """The database's own check of its pages, of its indexes too if ``full``; nothing where it is sound."""
        ...

    def head(self) -> int:
        """The position of the last event, 0 where there is none."""
        ...

    def given(self) -> int:
        """The last position that was ever given, as far as the database remembers."""
        ...

    def count(self) -> int:
        """Tells how many events there are."""
        ...

    def first(self) -> dict[str, Any]:
        """Envelope and payload of the first event; empty where there is none."""
        ...

    def at(self, position: int) -> dict[str, Any]:
        """Returns position, id and data of the event at a position; empty where there is none."""
        ...

    def last_of(self, *names: str) -> dict[str, Any]:
        """Returns position, id and data of the last event of these names, of whichever version."""
        ...

    def every(self, name: str) -> Iterator[dict[str, Any]]:
        """Returns position, id and data of every event of a name."""
        ...

    def recent(self, limit: int) -> Iterator[tuple[int, dict[str, Any]]]:
        """The last events, at most so many, in order: position, envelope and payload."""
        ...

    def encrypted(self) -> Iterator[str]:
        """Every encrypted value in the log."""
        ...


class _Encrypted(msgspec.Struct):
    sealed: dict[str, str] = {}


_encrypted = msgspec.json.Decoder(_Encrypted)


class SQLiteExamined:
    """A log in a SQLite file."""

    def __init__(self, db: sqlite3.Connection, *, wal: bool) -> None:
        self._db = db
        self.shared = wal

    def faults(self, *, full: bool) -> list[str]:
        pragma = "integrity_check" if full else "quick_check"
        return [str(row[0]) for row in self._db.execute(f"PRAGMA {pragma}(3)") if row[0] != "ok"]

    def head(self) -> int:
        return int(self._db.execute("SELECT max(seq) FROM events").fetchone()[0] or 0)

    def given(self) -> int:
        found = self._db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'events'").fetchone()
        return int(found[0]) if found else 0

    def count(self) -> int:
        return int(self._db.execute("SELECT count(*) FROM events").fetchone()[0])

    def first(self) -> dict[str, Any]:
        row = self._db.execute("SELECT data FROM events ORDER BY seq LIMIT 1").fetchone()
        return _decoded(row[0]) if row else {}

    def at(self, position: int) -> dict[str, Any]:
        row = self._db.execute("SELECT data FROM events WHERE seq = ?", (position,)).fetchone()
        return _decoded(row[0]) if row else {}

    def last_of(self, *names: str) -> dict[str, Any]:
        wanted = " OR ".join("type GLOB ?" for _ in names)
        row = self._db.execute(
            f"SELECT data FROM events WHERE {wanted} ORDER BY seq DESC LIMIT 1",
            [f"{name}@*" for name in names],
        ).fetchone()
        return _decoded(row[0]) if row else {}

    def every(self, name: str) -> Iterator[dict[str, Any]]:
        rows = self._db.execute("SELECT data FROM events WHERE type GLOB ?", (f"{name}@*",))
        return (_decoded(data) for (data,) in rows)

    def recent(self, limit: int) -> Iterator[tuple[int, dict[str, Any]]]:
        rows = self._db.execute(
            "SELECT seq, data FROM (SELECT seq, data FROM events ORDER BY seq DESC LIMIT ?) "
            "ORDER BY seq",
            (limit,),
        )
        return ((seq, _decoded(data)) for seq, data in rows)

    def encrypted(self) -> Iterator[str]:
        # What encrypts nothing has an empty object there, and need not be decoded.
        rows = self._db.execute(
            'SELECT data FROM events WHERE instr(data, CAST(\'"sealed":{"\' AS BLOB))'
        )
        return (value for (data,) in rows for value in _values(data))


def examined(path: Path, work: Callable[[Examined], T]) -> T:
    """Returns what `work` says of the log in a file, as it stands at one time; no trace is left.

    Raises `StoreNotFound`, `StoreDamaged` and others, and what `work` raises.
    """
    wal = still.is_wal(path)
    return still.undisturbed(path, lambda connect: work(SQLiteExamined(connect(), wal=wal)))


def _values(data: Any) -> Iterable[str]:
    try:
        return _encrypted.decode(data).sealed.values()
    except (msgspec.DecodeError, TypeError, UnicodeDecodeError):
        return ()


def _decoded(data: Any) -> dict[str, Any]:
    try:
        found = msgspec.json.decode(bytes(data))
    except (msgspec.DecodeError, TypeError, UnicodeDecodeError):
        return {}
    return found if isinstance(found, dict) else {}


__all__ = ["Examined", "SQLiteExamined", "examined"]
