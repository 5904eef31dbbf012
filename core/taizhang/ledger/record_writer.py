"""Records: tables in which one fact is one row and nothing depends on anything else."""

from __future__ import annotations

import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

from taizhang.declarations.programme import Table
from taizhang.ledger.entries import Stored
from taizhang.ledger.facts import Fact, FactSource
from taizhang.ledger.rows import RowShape
from taizhang.ledger.statements import Writing
from taizhang.ledger.texts import Texts

Fields = tuple[Any, ...]
"""What a row says: its values and its day."""


class Records(ABC):
    """Applies facts to one record table and gathers what is to be written; the same door as
    :class:`~.timeline.Timelines`.
    """

    def __init__(self, table: Table[Any], texts: Texts) -> None:
        self.table = table
        self.texts = texts
        self.shape = RowShape(table)
        self._feeds = table.contents
        self._makers = {said: self.shape.maker(feed) for said, feed in self._feeds.items()}
        self._new: dict[int, Fields] = {}
        self._amended: dict[int, Fields | None] = {}
        self._saved: dict[int, Stored | None] = {}
        self._dirty: set[int] = set()
        self._gone: list[Stored] = []

    @abstractmethod
    def _before(self, src: int) -> Stored | None:
        """The row as it was at the last action's end."""

    def put(self, fact: Fact) -> None:
        """A new fact: a new row, unless the event makes none here."""
        version = self._version(fact)
        if version is not None:
            self._new[fact.src] = version

    def amend(self, src: int, fact: Fact | None) -> None:
        """The fact with root ``src`` is now ``fact``, or void."""
        self._new.pop(src, None)
        self._amended[src] = None if fact is None else self._version(fact)

    def _version(self, fact: Fact) -> Fields | None:
        values = self._makers[type(fact.event)](fact.event)
        return None if values is None else (*values, fact.day)

    def end_action(self, position: int) -> None:
        """Closes an action: history for every row that changed."""
        for src, version in self._new.items():
            self._saved[src] = (src, position, *version)
            self._dirty.add(src)
        self._new.clear()
        for src, now in self._amended.items():
            saved = self._before(src)
            if saved is None:
                if now is None:
                    continue
            elif now is not None and self._same(saved[2:], now):
                continue
            else:
                self._gone.append((*saved, position))
            self._saved[src] = None if now is None else (src, position, *now)
            self._dirty.add(src)
        self._amended.clear()

    def _same(self, one: Fields, other: Fields) -> bool:
        """Tells if two rows differ in nothing but tokens of equal text."""
        personal = self.shape.personal
        return one == other or all(
            a == b or (i in personal and self.texts.same(a, b))
            for i, (a, b) in enumerate(zip(one, other, strict=True))
        )

    @property
    def idle(self) -> bool:
        """Tells if nothing is held in memory."""
        return not (self._new or self._amended or self._saved or self._dirty or self._gone)

    def forget(self) -> None:
        """Drops everything held in memory."""
        self._new.clear()
        self._amended.clear()
        self._saved.clear()
        self._dirty.clear()
        self._gone.clear()


class RecordWriter(Records):
    """Applies facts to one record table of a ledger, and writes it; the same door as
    :class:`~.keeping.TableWriter`.
    """

    def __init__(
        self, db: sqlite3.Connection, table: Table[Any], source: FactSource, texts: Texts
    ) -> None:
        super().__init__(table, texts)
        self.db = db
        self.types = [source.registry.event_of[e].name for e in table.feeds]
        self.written: set[int] = set()
        self.shrunk: set[str] = set()
        self._write = Writing(table)

    def prefetch(self, facts: Sequence[Fact]) -> None:
        """Nothing: a new fact meets no row."""

    def _before(self, src: int) -> Stored | None:
        if src not in self._saved:
            row = self.db.execute(self._write.by_src, (src,)).fetchone()
            self._saved[src] = row
        return self._saved[src]

    def flush(self) -> set[str]:
        """Writes everything to SQLite."""
        listed = sorted(self._dirty)
        rows = [row for src in listed if (row := self._saved[src]) is not None]
        dropped = [(src,) for src in listed if self._saved[src] is None]
        if dropped:
            self.db.executemany(self._write.delete, dropped)
        if rows:
            self.db.executemany(self._write.insert, rows)
        if self._gone:
            self.db.executemany(self._write.history, self._gone)
        self.written.update(self._dirty)
        self.forget()
        return set()
