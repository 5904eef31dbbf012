"""Timelines: the rows of one span or fold table while events are being applied to them.

Every fact has one row in each table that it feeds. A row's version is what a reader could see of it;
at the end of each action, :meth:`Timelines.end_action` compares versions and gathers a history row for
each one that changed. So history is the difference between before and after one action, whatever the
page size, and a correction that changes nothing leaves no trace.

Late facts are *spliced*: the own row and the predecessor's ``until``. A fold whose later states depend
on the late fact is refolded from its facts instead; that is one entity's short life.

Where rows come from is for the subclasses to say: :class:`~.keeping.TableWriter` keeps a ledger level
with the log, :class:`~.whole.WholeTable` makes one from the first event on.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection
from datetime import date
from typing import Any

from taizhang.declarations.declared import Impossible
from taizhang.declarations.fields import Event
from taizhang.declarations.programme import Table
from taizhang.isolation.boundary import Misgiven, shape
from taizhang.ledger.entries import UNKNOWN, Entry, LoadedTimeline, Stored
from taizhang.ledger.facts import Fact
from taizhang.ledger.rows import RowShape, Values
from taizhang.ledger.schema import TIMED, stored_columns
from taizhang.ledger.texts import Texts

Version = tuple[Values, str, int, int, Values]
"""What a fact says in a table of spans: key, day, rank, gap, values."""


class Timelines(ABC):
    """Applies facts to one span or fold table and gathers what is to be written."""

    def __init__(self, table: Table[Any], texts: Texts) -> None:
        self.table = table
        self.texts = texts
        self.shape = RowShape(table)
        self.fold = table.shape == "fold"
        self._feeds = table.contents
        self._makers = {said: self.shape.maker(feed) for said, feed in self._feeds.items()}
        self._entries: dict[int, Entry] = {}
        self._lines: dict[Values, LoadedTimeline] = {}
        self._touched: dict[int, Entry] = {}
        self._dirty: dict[int, Entry] = {}
        self._gone: list[Stored] = []
        self._width = len(stored_columns(table)) - 2 - len(TIMED)

    # What subclasses say

    @abstractmethod
    def _line(self, key: Values, day: str | None) -> LoadedTimeline:
        """The timeline of ``key``, at least around ``day``, or whole when that is None."""

    @abstractmethod
    def _find(self, src: int) -> Entry | None:
        """The living row of a fact, wherever it stands."""

    @abstractmethod
    def _facts(self, roots: Collection[int]) -> list[Fact]:
        """The living ones among the facts with these roots, in folding order."""

    def _changed(self, saved: Stored | None, now: Stored | None) -> None:  # noqa: B027
        """Told of each row of a fold that an action has changed."""

    # Applying

    def _version(self, fact: Fact) -> Version | None:
        event = fact.event
        feed = self._feeds[type(event)]
        if feed.when is not None and not feed.when(event):
            return None
        values = self._makers[type(event)](event)
        if values is None:
            return None
        return self.shape.key_of_event(event), fact.day, fact.rank, int(feed.make is None), values

    def put(self, fact: Fact) -> None:
        """A new fact."""
        if self.fold:
            make = self._feeds[type(fact.event)].make
            self._step(fact, self.shape.key_of_event(fact.event), make)
        elif (version := self._version(fact)) is not None:
            self._set(fact.src, *version)

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

    def _fresh(self, src: int, day: str, rank: int, values: Values) -> Entry:
        entry = self._entries.get(src)
        if entry is None:
            entry = self._entries[src] = Entry(src, day, rank, values)
        else:
            entry.since, entry.rank, entry.values = day, rank, values
            entry.live, entry.gap, entry.problem, entry.until = True, 0, None, None
        self._touched[src] = entry
        return entry

    def _set(self, src: int, key: Values, day: str, rank: int, gap: int, values: Values) -> None:
        line = self._line(key, day)
        entry = self._fresh(src, day, rank, values)
        entry.gap = gap
        self._splice(line, entry)

    def _splice(self, line: LoadedTimeline, entry: Entry) -> None:
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
        state, problem = stepped(make, before, fact.event, fact.on)
        self._splice(line, self._folded(fact, key, state, problem))

    def _folded(self, fact: Fact, key: Values, state: Any, problem: str | None) -> Entry:
        values = self.shape.blank(key) if state is None else self.shape.values(state, key)
        entry = self._fresh(fact.src, fact.day, fact.rank, values)
        entry.state, entry.gap, entry.problem = state, int(state is None), problem
        return entry

    def _refold(self, key: Values, *late: Fact) -> None:
        """Folds the whole life of an entity again: the facts that have rows there, and ``late``."""
        old = {e.src: e for e in self._line(key, None).entries}
        others = old.keys() - {fact.src for fact in late}
        facts = self._facts(others) if others else []
        if late:
            facts = sorted([*facts, *late], key=lambda f: f.order)
        entries: list[Entry] = []
        state = None
        for fact in facts:
            if self.shape.key_of_event(fact.event) != key:
                continue
            make = self._feeds[type(fact.event)].make
            state, problem = stepped(make, state, fact.event, fact.on)
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
        self._lines[key] = LoadedTimeline(entries)

    # What has changed

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
            if self.fold:
                self._changed(saved, entry.saved)
            self._dirty[src] = entry
        self._touched.clear()

    def _same(self, one: Stored, other: Stored) -> bool:
        """Tells if two rows differ in nothing but tokens of equal text."""
        personal = self.shape.personal
        return all(
            a == b or (i in personal and self.texts.same(a, b))
            for i, (a, b) in enumerate(zip(one[2:], other[2:], strict=True))
        )

    @property
    def idle(self) -> bool:
        """Tells if nothing is held in memory."""
        return not (self._entries or self._lines or self._touched or self._dirty or self._gone)

    def forget(self) -> None:
        """Drops everything held in memory."""
        self._entries.clear()
        self._lines.clear()
        self._touched.clear()
        self._dirty.clear()
        self._gone.clear()


def stepped(make: Any, before: Any, event: Event, on: date) -> tuple[Any, str | None]:
    """The state after a fact, and the rule it could not follow; projections never raise on data."""
    try:
        return make(before, event, on), None
    except Impossible as problem:
        if not isinstance(problem.rule, str):
            raise Misgiven(
                f"Impossible 的规则是 {shape(problem.rule)} / the rule of Impossible is a {shape(problem.rule)}"
            ) from None
        return before, problem.rule
