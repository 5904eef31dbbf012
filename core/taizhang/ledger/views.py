"""Temporary views: the tables' names, seen through two clocks.

On a connection of ours ``members`` is the table on the day ``clock_on()`` as known at ``clock_known()``,
and ``members_all`` the rows of every day as known then. The clocks are SQL functions, so that moving them
costs nothing; the views change only between *now* (no history is looked at) and *then* (it is).

SQLite calls the functions once for each place in a statement where they stand, not once a row, in
correlated subqueries too.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from taizhang.declarations.programme import Table
from taizhang.declarations.registry import Registry
from taizhang.ledger.schema import (
    history,
    personal_columns,
    physical,
    quoted,
    shown_columns,
)
from taizhang.ledger.vault import Vault, vault_of
from taizhang.words.spelling import spelled

_DAY = (
    "r.since <= clock_on() AND r.until IS NULL",
    "r.since <= clock_on() AND r.until > clock_on()",
)
_EITHER = "r.since <= clock_on() AND (r.until IS NULL OR r.until > clock_on())"
_KNOWN = "r.seq <= clock_known()"
_GONE = "r.gone > clock_known()"


class Views:
    """The clocks of one connection."""

    def __init__(
        self, db: sqlite3.Connection, registry: Registry, vault: Vault | None = None
    ) -> None:
        """Lets a connection look.

        Args:
            db: the connection.
            registry: the tables.
            vault: opens the ledger's texts; that of the registry's keys if not given.
        """
        self.db = db
        self.vault = vault or vault_of(registry)
        self.vault.attach(db)
        self.registry = registry
        self.on = ""
        self.known: int | None = None
        self._mode: str | None = None
        db.create_function("clock_on", 0, lambda: self.on, deterministic=True)
        db.create_function("clock_known", 0, lambda: self.known, deterministic=True)
        db.create_function("spelled", 1, _spelled, deterministic=True)

    def look(self, on: date, known: int | None) -> None:
        """Sets both clocks; ``known`` None is now."""
        self.on = on.isoformat()
        self.known = known
        mode = "now" if known is None else "then"
        if mode != self._mode:
            for table in self.registry.tables.values():
                self._create(table, mode)
            self._mode = mode

    def counted(self, name: str, column: str) -> str:
        """A query for the values of a column and how many rows there are of each, by the clocks as set.

        The same as grouping the view, but the view of a past position gives all its columns, of which
        an index has few.
        """
        table = self.registry.table(name)
        if column not in table.fields or column in personal_columns(table):
            raise ValueError(f"{name} has no column {column} to count by")
        parts = [
            f"SELECT r.{quoted(column)} AS value, count(*) AS n FROM {stored} r "
            f"WHERE {where} GROUP BY r.{quoted(column)}"
            for stored, where in _parts(table, _days(table, "now"), str(self._mode))
        ]
        return f"SELECT value, sum(n) AS n FROM ({' UNION ALL '.join(parts)}) GROUP BY value"

    def _create(self, table: Table[Any], mode: str) -> None:
        for name, sql in selects(table, mode).items():
            self.db.execute(f"DROP VIEW IF EXISTS temp.{quoted(name)}")
            self.db.execute(f"CREATE TEMP VIEW {quoted(name)} AS {sql}")


def _spelled(cell: Any) -> str | None:
    return None if cell is None else spelled(str(cell))


class WrittenViews(Views):
    """The clocks of a connection while no programme is loaded: some tables as known now, by queries that were
    written down (:func:`selects`) when programmes were.
    """

    def __init__(self, db: sqlite3.Connection, written: Mapping[str, str], vault: Vault) -> None:
        super().__init__(db, Registry(), vault)
        self._written = written

    def look(self, on: date, known: int | None) -> None:
        """Sets the day; as known at a past position nothing was written down."""
        if known is not None:
            raise ValueError("only what is known now can be read before programmes are loaded")
        if self._mode is None:
            for name, sql in self._written.items():
                self.db.execute(f"CREATE TEMP VIEW {quoted(name)} AS {sql}")
        super().look(on, None)

    def counted(self, name: str, column: str) -> str:
        """A query for the values of a column and how many rows there are of each."""
        column = quoted(column)
        return f"SELECT {column} AS value, count(*) AS n FROM {quoted(name)} GROUP BY {column}"


def selects(table: Table[Any], mode: str = "now") -> dict[str, str]:
    """The queries behind the two views of a table, by the views' names."""
    made = [f", {column.sql} AS {quoted(name)}" for name, column in table.computed.items()]
    shown = shown_columns(table) + "".join(made)
    return {
        name: " UNION ALL ".join(
            f"SELECT {shown} FROM {stored} r" + (f" WHERE {where}" if where else "")
            for stored, where in _parts(table, days, mode)
        )
        for name, days in ((table.name, _days(table, mode)), (table.name + "_all", ("",)))
    }


def counting(table: Table[Any]) -> str:
    """SQL for the number of rows on the day ``clock_on()``, as known now; a connection needs that function
    alone for it, and no view.
    """
    (part,) = _parts(table, _days(table, "now"), "now")
    return f"SELECT count(*) FROM {part[0]} r WHERE {part[1]}"


def _days(table: Table[Any], mode: str) -> Sequence[str]:
    """The conditions that choose the rows of the day: one for each way into an index."""
    if table.shape == "record":
        return ("r.on_date <= clock_on()",)
    return (_EITHER,) if mode == "now" else _DAY


def _parts(table: Table[Any], days: Sequence[str], mode: str) -> Iterator[tuple[str, str]]:
    """The stored tables to be looked into, each with its condition."""
    alive = "" if table.shape == "record" else "r.gap = 0"
    now, then = quoted(physical(table)), quoted(history(table))
    for day in days:
        case = [term for term in (alive, day) if term]
        if mode == "now":
            yield now, " AND ".join(case)
        else:
            yield now, " AND ".join([*case, _KNOWN])
            yield then, " AND ".join([*case, _KNOWN, _GONE])
