"""Temporary views: the tables' names, seen through two clocks.

On a connection of ours ``members`` is the table on the day ``clock_on()`` as known at ``clock_known()``,
and ``members_all`` the rows of every day as known then. The clocks are SQL functions, so that moving them
costs nothing; the views change only between *now* (no history is looked at) and *then* (it is).
"""

from __future__ import annotations

import sqlite3
from datetime import date
from typing import Any

from taizhang.ledger.schema import history, physical, quoted, shown_columns
from taizhang.programme import Table
from taizhang.registry import Registry

_DAY = (
    "r.since <= clock_on() AND r.until IS NULL",
    "r.since <= clock_on() AND r.until > clock_on()",
)
_EITHER = "r.since <= clock_on() AND (r.until IS NULL OR r.until > clock_on())"
_KNOWN = "r.seq <= clock_known()"
_GONE = "r.gone > clock_known()"


class Views:
    """The clocks of one connection."""

    def __init__(self, db: sqlite3.Connection, registry: Registry) -> None:
        self.db = db
        self.registry = registry
        self.on = ""
        self.known: int | None = None
        self._mode: str | None = None
        db.create_function("clock_on", 0, lambda: self.on, deterministic=True)
        db.create_function("clock_known", 0, lambda: self.known, deterministic=True)

    def look(self, on: date, known: int | None) -> None:
        """Sets both clocks; ``known`` None is now."""
        self.on = on.isoformat()
        self.known = known
        mode = "now" if known is None else "then"
        if mode != self._mode:
            for table in self.registry.tables.values():
                self._create(table, mode)
            self._mode = mode

    def _create(self, table: Table[Any], mode: str) -> None:
        made = [f", {column.sql} AS {quoted(name)}" for name, column in table.computed.items()]
        shown = shown_columns(table) + "".join(made)
        now, then = quoted(physical(table)), quoted(history(table))
        alive = [] if table.shape == "record" else ["r.gap = 0"]
        if table.shape == "record":
            days: tuple[str, ...] = ("r.on_date <= clock_on()",)
        else:
            days = (_EITHER,) if mode == "now" else _DAY
        every = self._select(shown, now, then, [[*alive]], mode)
        dated = self._select(shown, now, then, [[*alive, day] for day in days], mode)
        for name, sql in ((table.name, dated), (table.name + "_all", every)):
            self.db.execute(f"DROP VIEW IF EXISTS temp.{quoted(name)}")
            self.db.execute(f"CREATE TEMP VIEW {quoted(name)} AS {sql}")

    def _select(self, shown: str, now: str, then: str, cases: list[list[str]], mode: str) -> str:
        branches = []
        for case in cases:
            if mode == "now":
                branches.append((now, case))
            else:
                branches.append((now, [*case, _KNOWN]))
                branches.append((then, [*case, _KNOWN, _GONE]))
        return " UNION ALL ".join(
            f"SELECT {shown} FROM {stored} r" + (f" WHERE {' AND '.join(where)}" if where else "")
            for stored, where in branches
        )
