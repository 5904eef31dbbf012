"""Records: tables in which one fact is one row and nothing depends on anything else."""

from __future__ import annotations

import sqlite3
from typing import Any

from taizhang.ledger.facts import Fact, FactSource
from taizhang.ledger.rows import RowShape
from taizhang.ledger.schema import history, physical, quoted, stored_columns
from taizhang.programme import Table

Version = tuple[Any, ...]


class RecordWriter:
    """Applies facts to one record table; the same door as :class:`~.timeline.TableWriter`."""

    def __init__(self, db: sqlite3.Connection, table: Table[Any], source: FactSource) -> None:
        self.db = db
        self.table = table
        self.shape = RowShape(table)
        self.types = [source.registry.event_of[e].name for e in table.feeds]
        self.rows: dict[int, Version | None] = {}
        self.before: dict[int, tuple[int, Version] | None] = {}
        self.seqs: dict[int, int] = {}
        self.dirty: set[int] = set()
        self.gone: list[Version] = []
        self.written: set[int] = set()
        self.shrunk: set[str] = set()
        name = quoted(physical(table))
        marks = ", ".join("?" * len(stored_columns(table)))
        self._by_src = f"SELECT * FROM {name} WHERE src = ?"
        self._insert = f"INSERT OR REPLACE INTO {name} VALUES ({marks})"
        self._delete = f"DELETE FROM {name} WHERE src = ?"
        self._history = f"INSERT INTO {quoted(history(table))} VALUES ({marks}, ?)"

    def put(self, fact: Fact) -> None:
        """A new fact: a new row, unless the event makes none here."""
        self._remember(fact.src, new=True)
        self.rows[fact.src] = self._version(fact)

    def amend(self, src: int, fact: Fact | None) -> None:
        """The fact with root ``src`` is now ``fact``, or void."""
        self._remember(src, new=False)
        self.rows[src] = None if fact is None else self._version(fact)

    def _version(self, fact: Fact) -> Version | None:
        make = self.table.feeds[type(fact.event)].make
        row = make(fact.event) if make is not None else None
        return None if row is None else (*self.shape.values(row, ()), fact.on.isoformat())

    def _remember(self, src: int, *, new: bool) -> None:
        if src in self.before:
            return
        if src in self.rows:
            row = self.rows[src]
            self.before[src] = None if row is None else (self.seqs[src], row)
            return
        stored = None if new else self.db.execute(self._by_src, (src,)).fetchone()
        self.before[src] = None if stored is None else (stored[1], tuple(stored[2:]))

    def end_action(self, position: int) -> bool:
        """Closes an action: history for every row that changed."""
        changed = False
        for src, saved in self.before.items():
            now = self.rows[src]
            if (saved[1] if saved else None) == now:
                if saved:
                    self.seqs[src] = saved[0]
                continue
            if saved is not None:
                self.gone.append((src, saved[0], *saved[1], position))
            self.seqs[src] = position
            self.dirty.add(src)
            self.written.add(src)
            changed = True
        self.before.clear()
        return changed

    def flush(self) -> set[str]:
        """Writes everything to SQLite."""
        if self.dirty:
            rows, dropped = [], []
            for src in sorted(self.dirty):
                row = self.rows[src]
                if row is None:
                    dropped.append((src,))
                else:
                    rows.append((src, self.seqs[src], *row))
            if dropped:
                self.db.executemany(self._delete, dropped)
            self.db.executemany(self._insert, rows)
        if self.gone:
            self.db.executemany(self._history, self.gone)
        self.forget()
        return set()

    def forget(self) -> None:
        """Drops everything held in memory."""
        self.rows.clear()
        self.before.clear()
        self.seqs.clear()
        self.dirty.clear()
        self.gone.clear()
