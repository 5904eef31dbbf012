"""Timelines: the rows of one table while events are being applied to them.

Every fact has one row in each table that it feeds. A row's version is what a reader could see of it;
at the end of each action, :meth:`TableWriter.end_action` compares versions and writes a history row for
each one that changed. So history is the difference between before and after one action, whatever the
page size, and a correction that changes nothing leaves no trace (design.md 4).

Late facts are *spliced*: the own row and the predecessor's ``until``. A fold whose later states depend
on the late fact is refolded from the log instead; that is one entity's short life.
"""

from __future__ import annotations

import sqlite3
from bisect import bisect_left
from collections.abc import Sequence
from typing import Any

from taizhang.ledger.facts import Fact, FactSource
from taizhang.ledger.rows import RowShape, Values
from taizhang.ledger.schema import (
    TIMED,
    history,
    personal_columns,
    physical,
    quoted,
    stored_columns,
)
from taizhang.programme import Impossible, Table

Version = tuple[Any, ...]
Order = tuple[str, int, int]


class Entry:
    """One fact's row: what it is now, and what it was at the last action's end."""

    __slots__ = (
        "gap", "live", "problem", "rank", "saved", "seq", "since", "src", "stored", "until", "values",
    )  # fmt: skip

    def __init__(self, src: int, since: str, rank: int, values: Values) -> None:
        self.src = src
        self.seq = 0
        self.values = values
        self.since = since
        self.until: str | None = None
        self.rank = rank
        self.gap = 0
        self.problem: str | None = None
        self.live = True
        self.saved: Version | None = None
        self.stored = False

    @property
    def order(self) -> Order:
        return (self.since, self.rank, self.src)

    def version(self) -> Version:
        return (*self.values, self.since, self.until, self.rank, self.gap, self.problem)


class Line:
    """One timeline, or the stretch of it between the days ``low`` and ``high`` that was loaded."""

    __slots__ = ("entries", "high", "low", "orders")

    def __init__(self, entries: list[Entry], low: str | None, high: str | None) -> None:
        self.entries = entries
        self.orders = [e.order for e in entries]
        self.low = low
        self.high = high

    def covers(self, day: str) -> bool:
        return (self.low is None or self.low < day) and (self.high is None or day < self.high)

    def insert(self, entry: Entry) -> int:
        place = bisect_left(self.orders, entry.order)
        self.orders.insert(place, entry.order)
        self.entries.insert(place, entry)
        return place

    def find(self, entry: Entry) -> int:
        return bisect_left(self.orders, entry.order)


class TableWriter:
    """Applies facts to one span or fold table and gathers what is to be written."""

    def __init__(self, db: sqlite3.Connection, table: Table[Any], source: FactSource) -> None:
        self.db = db
        self.table = table
        self.source = source
        self.shape = RowShape(table)
        self.fold = table.shape == "fold"
        self.types = [source.registry.event_of[e].name for e in table.feeds]
        self.entries: dict[int, Entry] = {}
        self.lines: dict[Values, Line] = {}
        self.touched: dict[int, Entry] = {}
        self.dirty: dict[int, Entry] = {}
        self.gone: list[Version] = []
        self.written: set[int] = set()
        self.shrunk: set[str] = set()
        columns = ", ".join(quoted(c) for c in stored_columns(table))
        name = quoted(physical(table))
        match = " AND ".join(f"{quoted(c)} = ?" for c in table.key_columns)
        keys = len(table.key_columns)
        low = f"coalesce((SELECT max(since) FROM {name} WHERE {match} AND since < ?), '')"
        high = f"coalesce((SELECT min(since) FROM {name} WHERE {match} AND since > ?), '~')"
        self._near = (
            f"SELECT {columns} FROM {name} WHERE {match} AND since >= {low} AND since <= {high}"
        )
        self._near_values = lambda key, day: (*key, *key, day, *key, day)
        self._whole = f"SELECT {columns} FROM {name} WHERE {match}"
        self._by_src = f"SELECT {columns} FROM {name} WHERE src = ?"
        marks = ", ".join("?" * len(stored_columns(table)))
        self._insert = f"INSERT OR REPLACE INTO {name} VALUES ({marks})"
        self._delete = f"DELETE FROM {name} WHERE src = ?"
        self._history = f"INSERT INTO {quoted(history(table))} VALUES ({marks}, ?)"
        self._width = len(stored_columns(table)) - 2 - len(TIMED)
        self._keys = keys
        self._personal = personal_columns(table)

    # Loading

    def _entry(self, stored: Sequence[Any]) -> Entry:
        known = self.entries.get(stored[0])
        if known is not None:
            return known
        entry = Entry(stored[0], stored[-5], stored[-3], tuple(stored[2 : 2 + self._width]))
        entry.seq = stored[1]
        entry.until, entry.gap, entry.problem = stored[-4], stored[-2], stored[-1]
        entry.saved = entry.version()
        entry.stored = True
        self.entries[entry.src] = entry
        return entry

    def _line(self, key: Values, day: str | None) -> Line:
        """The timeline of ``key`` loaded at least around ``day``, or whole when that is None."""
        line = self.lines.get(key)
        if line is None:
            if day is None:
                rows = self.db.execute(self._whole, key).fetchall()
                low = high = None
            else:
                rows = self.db.execute(self._near, self._near_values(key, day)).fetchall()
                days = sorted({r[-5] for r in rows})
                low = days[0] if days and days[0] < day else None
                high = days[-1] if days and days[-1] > day else None
            entries = sorted((self._entry(r) for r in rows), key=lambda e: e.order)
            line = self.lines[key] = Line(entries, low, high)
            return line
        if (day is None and (line.low or line.high)) or (day is not None and not line.covers(day)):
            stored = [self._entry(r) for r in self.db.execute(self._whole, key).fetchall()]
            here = {e.src: e for e in line.entries}
            for entry in stored:
                if entry.live and self.shape.key_of_values(entry.values) == key:
                    here.setdefault(entry.src, entry)
            line = self.lines[key] = Line(sorted(here.values(), key=lambda e: e.order), None, None)
        return line

    def _find(self, src: int) -> Entry | None:
        """The row of a fact, wherever it stands."""
        entry = self.entries.get(src)
        if entry is None:
            row = self.db.execute(self._by_src, (src,)).fetchone()
            entry = self._entry(row) if row is not None else None
        return entry if entry is not None and entry.live else None

    # Applying

    def put(self, fact: Fact) -> None:
        """A new fact."""
        feed = self.table.feeds[type(fact.event)]
        key = self.shape.key_of_event(fact.event)
        if self.fold:
            self._step(fact, key, feed.make)
        elif feed.when is None or feed.when(fact.event):
            self._set(fact, key, feed.make)

    def amend(self, src: int, fact: Fact | None) -> None:
        """The fact with root ``src`` is now ``fact``, or void."""
        old = self._find(src)
        if self.fold:
            keys = set()
            if old is not None:
                keys.add(self.shape.key_of_values(old.values))
            if fact is not None:
                keys.add(self.shape.key_of_event(fact.event))
            for key in sorted(keys):
                self._refold(key)
            return
        if old is not None:
            self._remove(old)
        if fact is not None:
            self.put(fact)

    def _fresh(self, src: int, day: str, rank: int, values: Values) -> Entry:
        entry = self.entries.get(src)
        if entry is None:
            entry = self.entries[src] = Entry(src, day, rank, values)
        else:
            entry.since, entry.rank, entry.values = day, rank, values
            entry.live, entry.gap, entry.problem, entry.until = True, 0, None, None
        self.touched[src] = entry
        return entry

    def _set(self, fact: Fact, key: Values, make: Any) -> None:
        row = make(fact.event) if make is not None else None
        if row is None and make is not None:
            return
        day = fact.on.isoformat()
        values = self.shape.blank(key) if row is None else self.shape.values(row, key)
        line = self._line(key, day)
        entry = self._fresh(fact.src, day, fact.rank, values)
        entry.gap = int(row is None)
        self._splice(line, entry)

    def _splice(self, line: Line, entry: Entry) -> None:
        place = line.insert(entry)
        if place > 0:
            before = line.entries[place - 1]
            if before.until != entry.since:
                before.until = entry.since
                self.touched[before.src] = before
        if place + 1 < len(line.entries):
            entry.until = line.entries[place + 1].since

    def _remove(self, entry: Entry) -> None:
        line = self._line(self.shape.key_of_values(entry.values), entry.since)
        place = line.find(entry)
        del line.entries[place], line.orders[place]
        entry.live = False
        self.touched[entry.src] = entry
        if place > 0:
            before = line.entries[place - 1]
            before.until = line.entries[place].since if place < len(line.entries) else None
            self.touched[before.src] = before

    def _step(self, fact: Fact, key: Values, make: Any) -> None:
        day = fact.on.isoformat()
        line = self._line(key, day)
        if line.orders and line.orders[-1] > (day, fact.rank, fact.src):
            self._refold(key)
            return
        last = line.entries[-1] if line.entries else None
        before = None if last is None or last.gap else self.shape.state(last.values)
        state, problem = _stepped(make, before, fact)
        values = self.shape.blank(key) if state is None else self.shape.values(state, key)
        entry = self._fresh(fact.src, day, fact.rank, values)
        entry.gap, entry.problem = int(state is None), problem
        self._splice(line, entry)

    def _refold(self, key: Values) -> None:
        """Folds the whole life of an entity again, from its facts."""
        line = self._line(key, None)
        old = {e.src: e for e in line.entries}
        entries: list[Entry] = []
        state = None
        for fact in self.source.of_entity(f"{self.table.entity}:{key[0]}", self.types):
            feed = self.table.feeds.get(type(fact.event))
            if feed is None or self.shape.key_of_event(fact.event) != key:
                continue
            state, problem = _stepped(feed.make, state, fact)
            values = self.shape.blank(key) if state is None else self.shape.values(state, key)
            moved = self._find(fact.src)
            if moved is not None and fact.src not in old:
                self._remove(moved)
            entry = self._fresh(fact.src, fact.on.isoformat(), fact.rank, values)
            entry.gap, entry.problem = int(state is None), problem
            if entries:
                entries[-1].until = entry.since
            entries.append(entry)
            old.pop(fact.src, None)
        for entry in old.values():
            entry.live = False
            self.touched[entry.src] = entry
        self.lines[key] = Line(entries, None, None)

    # Writing

    def end_action(self, position: int) -> bool:
        """Closes an action that ends at ``position``: history for every version that changed."""
        if not self.touched:
            return False
        changed = False
        for entry in self.touched.values():
            now = entry.version() if entry.live else None
            saved = entry.saved
            if saved == now:
                continue
            if saved is not None and now is not None and self._personal and self._same(saved, now):
                entry.values = saved[: self._width]
                now = entry.version()
                if saved == now:
                    continue
            if saved is not None:
                self.gone.append((entry.src, entry.seq, *saved, position))
            if self.fold and (now is None or entry.gap or (saved and saved[-5] != entry.since)):
                # The life of the entity may be shorter than before: what refers to it is looked at.
                self.shrunk.add(entry.values[0])
            entry.saved = now
            entry.seq = position
            self.dirty[entry.src] = entry
            self.written.add(entry.src)
            changed = True
        self.touched.clear()
        return changed

    def _same(self, one: Version, other: Version) -> bool:
        """Whether two versions differ in nothing but tokens of equal text."""
        for i, (a, b) in enumerate(zip(one, other, strict=True)):
            if a != b and (i not in self.shape.personal or self.text(a) != self.text(b)):
                return False
        return True

    def text(self, token: str | None) -> str | None:
        """The text behind a personal token."""
        if token is None:
            return None
        row = self.db.execute("SELECT text FROM personal WHERE token = ?", (token,)).fetchone()
        return row[0] if row is not None else token

    def flush(self) -> set[str]:
        """Writes everything to SQLite; returns the ids whose rows changed (entity tables)."""
        ids: set[str] = set()
        if self.dirty:
            rows: list[Version] = []
            dropped: list[tuple[int]] = []
            for src in sorted(self.dirty):
                entry = self.dirty[src]
                if self.fold:
                    ids.add(entry.values[0])
                if entry.live:
                    rows.append((src, entry.seq, *entry.version()))
                else:
                    dropped.append((src,))
            if dropped:
                self.db.executemany(self._delete, dropped)
            self.db.executemany(self._insert, rows)
        if self.gone:
            self.db.executemany(self._history, self.gone)
        self.forget()
        return ids

    def forget(self) -> None:
        """Drops everything held in memory."""
        self.entries.clear()
        self.lines.clear()
        self.touched.clear()
        self.dirty.clear()
        self.gone.clear()


def _stepped(make: Any, before: Any, fact: Fact) -> tuple[Any, str | None]:
    """The state after a fact, and the rule it could not follow; projections never raise on data."""
    try:
        return make(before, fact.event, fact.on), None
    except Impossible as problem:
        return before, problem.rule
