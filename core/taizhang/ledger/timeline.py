"""Timelines: the rows of one span or fold table while events are being applied to them.

Every fact has one row in each table that it feeds. A row's version is what a reader could see of it;
at the end of each action, :meth:`TableWriter.end_action` compares versions and gathers a history row for
each one that changed. So history is the difference between before and after one action, whatever the
page size, and a correction that changes nothing leaves no trace (design.md 4).

Late facts are *spliced*: the own row and the predecessor's ``until``. A fold whose later states depend
on the late fact is refolded from the log instead; that is one entity's short life.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from taizhang.ledger.entries import UNKNOWN, Entry, Line, Stored
from taizhang.ledger.facts import Fact, FactSource
from taizhang.ledger.rows import RowShape, Values
from taizhang.ledger.schema import TIMED, stored_columns
from taizhang.ledger.statements import Loading, Writing
from taizhang.ledger.texts import Texts
from taizhang.programme import Feed, Impossible, Table

_encode = msgspec.json.Encoder().encode


class TableWriter:
    """Applies facts to one span or fold table and gathers what is to be written.

    ``written`` are the sources of rows that changed, ``shrunk`` the entities whose life may have
    become shorter, both since they were last cleared; only where ``noting``, since nobody asks while
    a ledger is being built.
    """

    def __init__(
        self, db: sqlite3.Connection, table: Table[Any], source: FactSource, texts: Texts
    ) -> None:
        self.db = db
        self.table = table
        self.source = source
        self.texts = texts
        self.shape = RowShape(table)
        self.fold = table.shape == "fold"
        self.types = [source.registry.event_of[e].name for e in table.feeds]
        self._makers = {event: self.shape.maker(feed) for event, feed in table.feeds.items()}
        self.noting = True
        self.written: set[int] = set()
        self.shrunk: set[str] = set()
        self._entries: dict[int, Entry] = {}
        self._lines: dict[Values, Line] = {}
        self._touched: dict[int, Entry] = {}
        self._dirty: dict[int, Entry] = {}
        self._gone: list[Stored] = []
        self._ids: set[str] = set()
        self._width = len(stored_columns(table)) - 2 - len(TIMED)
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
            lines[key] = Line(())
        for key, entries in found.items():
            lines[key] = Line(entries, entries[0].since)
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

    def _line(self, key: Values, day: str | None) -> Line:
        """The timeline of ``key`` loaded at least around ``day``, or whole when that is None."""
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
            line = self._lines[key] = Line(entries, low, high)
        else:
            line.widen(entries, low, high)
        return line

    def _find(self, src: int) -> Entry | None:
        """The row of a fact, wherever it stands."""
        entry = self._entries.get(src)
        if entry is None:
            row = self.db.execute(self._write.by_src, (src,)).fetchone()
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
            self._set(fact, key, feed)

    def amend(self, src: int, fact: Fact | None) -> None:
        """The fact with root ``src`` is now ``fact``, or void."""
        old = self._find(src)
        if self.fold:
            there = None if old is None else self.shape.key_of_values(old.values)
            here = None if fact is None else self.shape.key_of_event(fact.event)
            if there is not None and there != here:
                self._refold(there)
            if fact is not None and here is not None:
                self._refold(here, fact)
            return
        if old is not None:
            self._remove(old)
        if fact is not None:
            self.put(fact)

    def _fresh(self, fact: Fact, values: Values) -> Entry:
        entry = self._entries.get(fact.src)
        if entry is None:
            entry = self._entries[fact.src] = Entry(fact.src, fact.day, fact.rank, values)
        else:
            entry.since, entry.rank, entry.values = fact.day, fact.rank, values
            entry.live, entry.gap, entry.problem, entry.until = True, 0, None, None
        self._touched[fact.src] = entry
        return entry

    def _set(self, fact: Fact, key: Values, feed: Feed) -> None:
        values = self._makers[feed.event](fact.event)
        if values is not None:
            line = self._line(key, fact.day)
            entry = self._fresh(fact, values)
            entry.gap = int(feed.make is None)
            self._splice(line, entry)

    def _splice(self, line: Line, entry: Entry) -> None:
        place = line.insert(entry)
        entries = line.entries
        if place > 0:
            before = entries[place - 1]
            if before.until != entry.since:
                before.until = entry.since
                self._touched[before.src] = before
        if place + 1 < len(entries):
            entry.until = entries[place + 1].since

    def _remove(self, entry: Entry) -> None:
        line = self._line(self.shape.key_of_values(entry.values), entry.since)
        place = line.remove(entry)
        entry.live = False
        self._touched[entry.src] = entry
        if place > 0:
            before = line.entries[place - 1]
            before.until = line.entries[place].since if place < len(line.entries) else None
            self._touched[before.src] = before

    def _state(self, entry: Entry) -> Any:
        if entry.state is UNKNOWN:
            entry.state = None if entry.gap else self.shape.state(entry.values)
        return entry.state

    def _step(self, fact: Fact, key: Values, make: Any) -> None:
        line = self._line(key, fact.day)
        if line.orders and line.orders[-1] > fact.order:
            self._refold(key, fact)
            return
        before = self._state(line.entries[-1]) if line.entries else None
        state, problem = _stepped(make, before, fact)
        self._splice(line, self._folded(fact, key, state, problem))

    def _folded(self, fact: Fact, key: Values, state: Any, problem: str | None) -> Entry:
        values = self.shape.blank(key) if state is None else self.shape.values(state, key)
        entry = self._fresh(fact, values)
        entry.state, entry.gap, entry.problem = state, int(state is None), problem
        return entry

    def _refold(self, key: Values, *late: Fact) -> None:
        """Folds the whole life of an entity again: the facts that have rows there, and ``late``."""
        old = {e.src: e for e in self._line(key, None).entries}
        others = old.keys() - {fact.src for fact in late}
        facts = self.source.resolve_all(others) if others else []
        if late:
            facts = sorted([*facts, *late], key=lambda f: f.order)
        entries: list[Entry] = []
        state = None
        for fact in facts:
            if self.shape.key_of_event(fact.event) != key:
                continue
            state, problem = _stepped(self.table.feeds[type(fact.event)].make, state, fact)
            if fact.src not in old and (moved := self._find(fact.src)) is not None:
                self._remove(moved)
            entry = self._folded(fact, key, state, problem)
            if entries:
                entries[-1].until = entry.since
            entries.append(entry)
            old.pop(fact.src, None)
        for entry in old.values():
            entry.live = False
            self._touched[entry.src] = entry
        self._lines[key] = Line(entries)

    # Writing

    def end_action(self, position: int) -> None:
        """Closes an action that ends at ``position``: history for every row that changed."""
        for src, entry in self._touched.items():
            saved = entry.saved
            if saved is None:
                if not entry.live:
                    continue
                entry.saved = entry.row(position)
            elif not entry.live:
                self._gone.append((*saved, position))
                entry.saved = None
            else:
                now = entry.row(saved[1])
                if now == saved:
                    continue
                if self.shape.personal and self._same(saved, now):
                    # The tokens that stand there are as good as the new ones.
                    entry.values, entry.state = saved[2 : 2 + self._width], UNKNOWN
                    continue
                self._gone.append((*saved, position))
                entry.saved = (src, position, *now[2:])
            if self.fold and self.noting:
                self._lived(saved, entry.saved)
            self._dirty[src] = entry
        self._touched.clear()

    def _lived(self, saved: Stored | None, now: Stored | None) -> None:
        """Notes whose life has changed, and whose may be shorter: what refers to it is looked at."""
        if now is not None:
            self._ids.add(now[2])
            if now[-2] or (saved is not None and saved[-5] != now[-5]):
                self.shrunk.add(now[2])
        if saved is not None and (now is None or now[2] != saved[2]):
            self._ids.add(saved[2])
            self.shrunk.add(saved[2])

    def _same(self, one: Stored, other: Stored) -> bool:
        """Whether two rows differ in nothing but tokens of equal text."""
        personal = self.shape.personal
        return all(
            a == b or (i in personal and self.texts.same(a, b))
            for i, (a, b) in enumerate(zip(one[2:], other[2:], strict=True))
        )

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
            if self.noting:
                self.written.update(self._dirty)
        if self._gone:
            self.db.executemany(self._write.history, self._gone)
        self.forget()
        return ids

    def forget(self) -> None:
        """Drops everything held in memory."""
        self._entries.clear()
        self._lines.clear()
        self._touched.clear()
        self._dirty.clear()
        self._gone.clear()
        self._ids.clear()


def _around(day: str, rows: Iterable[Stored]) -> tuple[str | None, str | None]:
    """The days before and after ``day`` among the rows that stand nearest to it."""
    days = [r[-5] for r in rows]
    low = min((d for d in days if d < day), default=None)
    return low, max((d for d in days if d > day), default=None)


def _stepped(make: Any, before: Any, fact: Fact) -> tuple[Any, str | None]:
    """The state after a fact, and the rule it could not follow; projections never raise on data."""
    try:
        return make(before, fact.event, fact.on), None
    except Impossible as problem:
        return before, problem.rule
