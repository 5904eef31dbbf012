"""Keeping the tables of a ledger level with the log: stretches of timelines are loaded around the days
that new facts are of, and what has changed is written.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Sequence
from typing import Any

import msgspec

from taizhang.declarations.programme import Table
from taizhang.ledger.entries import Entry, LoadedTimeline, Stored
from taizhang.ledger.facts import Fact, FactSource
from taizhang.ledger.rows import Values
from taizhang.ledger.statements import Loading, Writing
from taizhang.ledger.texts import Texts
from taizhang.ledger.timeline import Timelines

_encode = msgspec.json.Encoder().encode


class TableWriter(Timelines):
    """Applies facts to one span or fold table of a ledger, and writes it.

    ``written`` are the sources of rows that changed, ``shrunk`` the entities whose life may have
    become shorter, both since they were last cleared.
    """

    def __init__(
        self, db: sqlite3.Connection, table: Table[Any], source: FactSource, texts: Texts
    ) -> None:
        super().__init__(table, texts)
        self.db = db
        self.source = source
        self.types = [source.registry.event_of[e].name for e in table.feeds]
        self.written: set[int] = set()
        self.shrunk: set[str] = set()
        self._ids: set[str] = set()
        self._load = Loading(table)
        self._write = Writing(table)

    # Loading

    def _entry(self, stored: Stored) -> Entry:
        known = self._entries.get(stored[0])
        if known is not None:
            return known
        entry = Entry(stored[0], stored[-5], stored[-3], tuple(stored[2 : 2 + self._width]))
        entry.until, entry.gap, entry.problem = stored[-4], stored[-2], stored[-1]
        entry.saved = stored
        self._entries[entry.src] = entry
        return entry

    def prefetch(self, facts: Sequence[Fact]) -> None:
        """Loads what new facts are going to meet, in one go: the last day of every timeline that
        they reach, and of a span also the days around each that is late.
        """
        lines, key_of = self._lines, self.shape.key_of_event
        reached = [(key_of(fact.event), fact.day) for fact in facts]
        keys = {key for key, _ in reached} - lines.keys()
        found: dict[Values, list[Entry]] = {}
        for row in self.db.execute(self._load.last_days, (_encode(list(keys)).decode(),)):
            entry = self._entry(row)
            found.setdefault(self.shape.key_of_values(entry.values), []).append(entry)
        for key in keys - found.keys():
            lines[key] = LoadedTimeline(())
        for key, entries in found.items():
            lines[key] = LoadedTimeline(entries, entries[0].since)
        if not self.fold:
            late = {(key, day) for key, day in reached if not lines[key].covers(day)}
            if late:
                self._prefetch_late(list(late))

    def _prefetch_late(self, late: list[tuple[Values, str]]) -> None:
        asked = _encode([(*key, day) for key, day in late]).decode()
        found: list[list[Stored]] = [[] for _ in late]
        for place, *row in self.db.execute(self._load.all_near, (asked,)):
            found[place].append(tuple(row))
        for (key, day), rows in zip(late, found, strict=True):
            self._lines[key].widen(map(self._entry, rows), *_around(day, rows))

    def _line(self, key: Values, day: str | None) -> LoadedTimeline:
        line = self._lines.get(key)
        if line is not None and (line.whole() if day is None else line.covers(day)):
            return line
        low = high = None
        if day is None:
            rows = self.db.execute(self._load.whole, key).fetchall()
        else:
            rows = self.db.execute(self._load.near, (*key, day)).fetchall()
            low, high = _around(day, rows)
        # A row may have left this timeline since it was stored.
        key_of = self.shape.key_of_values
        entries = [e for e in map(self._entry, rows) if e.live and key_of(e.values) == key]
        if line is None:
            line = self._lines[key] = LoadedTimeline(entries, low, high)
        else:
            line.widen(entries, low, high)
        return line

    def _find(self, src: int) -> Entry | None:
        entry = self._entries.get(src)
        if entry is None:
            row = self.db.execute(self._write.by_src, (src,)).fetchone()
            entry = self._entry(row) if row is not None else None
        return entry if entry is not None and entry.live else None

    def _facts(self, roots: Collection[int]) -> list[Fact]:
        return self.source.resolve_all(self.table, roots)

    # Writing

    def _changed(self, saved: Stored | None, now: Stored | None) -> None:
        """Notes whose life has changed, and whose may be shorter: what refers to it is looked at."""
        if now is not None:
            self._ids.add(now[2])
            if now[-2] or (saved is not None and saved[-5] != now[-5]):
                self.shrunk.add(now[2])
        if saved is not None and (now is None or now[2] != saved[2]):
            self._ids.add(saved[2])
            self.shrunk.add(saved[2])

    def flush(self) -> set[str]:
        """Writes everything to SQLite; returns the ids whose rows changed (entity tables)."""
        ids = set(self._ids)
        if self._dirty:
            listed = sorted(self._dirty.items())
            rows = [e.saved for _, e in listed if e.saved is not None]
            dropped = [(src,) for src, e in listed if e.saved is None]
            if dropped:
                self.db.executemany(self._write.delete, dropped)
            self.db.executemany(self._write.insert, rows)
            self.written.update(self._dirty)
        if self._gone:
            self.db.executemany(self._write.history, self._gone)
        self.forget()
        return ids

    def forget(self) -> None:
        """Drops everything held in memory."""
        super().forget()
        self._ids.clear()


def _around(day: str, rows: Iterable[Stored]) -> tuple[str | None, str | None]:
    """The days before and after ``day`` among the rows that stand nearest to it."""
    days = [r[-5] for r in rows]
    low = min((d for d in days if d < day), default=None)
    return low, max((d for d in days if d > day), default=None)
