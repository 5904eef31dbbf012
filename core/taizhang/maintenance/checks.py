"""One check of a store (体检项目), and what the checks look at."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec

from taizhang_eventstore.ambient import SystemAmbient
from taizhang_eventstore.personal.cipher import parts
from taizhang_eventstore.personal.erasures import Erasures

OK = "ok"
NOTICE = "notice"
PROBLEM = "problem"
DAMAGED = "damaged"


@dataclass(frozen=True, slots=True)
class Check:
    """What one check found: a state, and one sentence in Chinese and English."""

    name: str
    label: str
    state: str
    zh: str
    en: str


class Look:
    """The store that is examined, with a connection to its log that only reads."""

    def __init__(self, store: Path, db: sqlite3.Connection, *, wal: bool, full: bool) -> None:
        self.store = store
        self.db = db
        self.wal = wal
        """Whether the log's header says that it has a write-ahead log."""
        self.full = full

    @cached_property
    def now(self) -> dt.datetime:
        """The computer's clock."""
        return SystemAmbient().now()

    @cached_property
    def head(self) -> int:
        """The position of the last event."""
        return int(self.db.execute("SELECT max(seq) FROM events").fetchone()[0] or 0)

    @cached_property
    def count(self) -> int:
        """How many events there are."""
        return int(self.db.execute("SELECT count(*) FROM events").fetchone()[0])

    @cached_property
    def subjects(self) -> set[str]:
        """Every subject under whose key something in the log is sealed, and who was not erased."""
        # What is sealed nothing has an empty object there, and need not be decoded.
        rows = self.db.execute(
            'SELECT data FROM events WHERE instr(data, CAST(\'"sealed":{"\' AS BLOB))'
        )
        found = {parts(value)[0] for (data,) in rows for value in _sealed(data)}
        gone = {e.subject for e in Erasures(self.store).load()}
        rows = self.db.execute("SELECT data FROM events WHERE type GLOB 'subject.erased@*'")
        gone |= {str(decoded(data).get("payload", {}).get("subject")) for (data,) in rows}
        return found - gone

    @cached_property
    def keys(self) -> str:
        """The id of the store's keys, as its log says; empty in one of before there were any."""
        row = self.db.execute(
            "SELECT data FROM events WHERE type GLOB 'store.keyed@*' OR type GLOB 'store.resealed@*' "
            "OR type GLOB 'store.opened@*' ORDER BY seq DESC LIMIT 1"
        ).fetchone()
        return str(decoded(row[0]).get("payload", {}).get("keys") or "") if row else ""

    @cached_property
    def demonstration(self) -> bool:
        """Whether the first event stamps the store as a demonstration, whose clock is its own."""
        row = self.db.execute("SELECT data FROM events ORDER BY seq LIMIT 1").fetchone()
        first = decoded(row[0]) if row else {}
        return bool(first.get("payload", {}).get("today"))


class _Sealed(msgspec.Struct):
    sealed: dict[str, str] = {}


_sealing = msgspec.json.Decoder(_Sealed)


def _sealed(data: Any) -> Iterable[str]:
    """The sealed values of an event; none where it cannot be read."""
    try:
        return _sealing.decode(data).sealed.values()
    except (msgspec.DecodeError, TypeError, UnicodeDecodeError):
        return ()


def decoded(data: Any) -> dict[str, Any]:
    """An event's data as a dict; empty where it is none."""
    try:
        found = msgspec.json.decode(bytes(data))
    except (msgspec.DecodeError, TypeError, UnicodeDecodeError):
        return {}
    return found if isinstance(found, dict) else {}


def days(age: dt.timedelta) -> int:
    """Whole days, none when the clock was set back."""
    return max(0, age.days)


def sized(size: int) -> str:
    """A number of bytes as people say it: ``12 MB``."""
    for unit, factor in (("GB", 1 << 30), ("MB", 1 << 20)):
        if size >= factor:
            return f"{size / factor:.1f} {unit}"
    return f"{size // 1024} KB"
