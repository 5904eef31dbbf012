"""The SQL by which rows of one table are written, and stretches of its timelines are loaded."""

from __future__ import annotations

from typing import Any

from taizhang.declarations.programme import Table
from taizhang.ledger.schema import history, physical, quoted, stored_columns

_GIVEN, _LISTED = "?%d", "(q.value ->> %d)"
"""Where a key's part comes from: parameters, or an item of a JSON list of keys."""


class Writing:
    """Statements that write a table of any shape."""

    def __init__(self, table: Table[Any]) -> None:
        name = quoted(physical(table))
        marks = ", ".join("?" * len(stored_columns(table)))
        self.by_src = f"SELECT * FROM {name} WHERE src = ?"
        self.insert = f"INSERT OR REPLACE INTO {name} VALUES ({marks})"
        self.append = f"INSERT INTO {name} VALUES ({marks})"
        """For rows of which it is known that they are not there."""
        self.delete = f"DELETE FROM {name} WHERE src = ?"
        self.history = f"INSERT INTO {quoted(history(table))} VALUES ({marks}, ?)"
        self.empty = f"DELETE FROM {quoted(history(table))}"
        """Takes out all history."""


class Loading:
    """Statements that load timelines, one (by its key, and a day) or many (by a JSON list of these)."""

    def __init__(self, table: Table[Any]) -> None:
        self._name = quoted(physical(table))
        fields = table.fields
        # A key may be empty where its field is optional, and only there is it worth asking.
        ops = ["IS" if k in fields and fields[k].optional else "=" for k in table.key_columns]
        self._keys = [f"{quoted(k)} {op}" for k, op in zip(table.key_columns, ops, strict=True)]
        columns = ", ".join(f"r.{quoted(c)}" for c in stored_columns(table))
        count = len(self._keys)
        last = f"SELECT p.since FROM {self._name} p WHERE {self._at('p', _LISTED)}"
        self.whole = f"SELECT {columns} FROM {self._name} r WHERE {self._at('r', _GIVEN)}"
        """All rows of a key."""
        self.near = f"SELECT {columns} FROM {self._around(_GIVEN, _GIVEN % (count + 1))}"
        """Rows on a day and on the days before and after it."""
        self.all_near = (
            f"SELECT q.key, {columns} FROM json_each(?) q "
            f"CROSS JOIN {self._around(_LISTED, _LISTED % count)}"
        )
        """The same for many; the first column is the place in the list."""
        self.last_days = (
            f"SELECT {columns} FROM json_each(?) q CROSS JOIN {self._name} r "
            f"WHERE {self._at('r', _LISTED)} AND r.since = ({last} ORDER BY p.since DESC LIMIT 1)"
        )
        """Rows of each key's last day."""

    def _at(self, alias: str, part: str) -> str:
        first = 1 if part == _GIVEN else 0
        return " AND ".join(f"{alias}.{k} {part % i}" for i, k in enumerate(self._keys, first))

    def _around(self, part: str, day: str) -> str:
        # ORDER BY and LIMIT take one step in the index, where min() and max() took two.
        low = f"SELECT p.since FROM {self._name} p WHERE {self._at('p', part)} AND p.since < {day}"
        high = f"SELECT n.since FROM {self._name} n WHERE {self._at('n', part)} AND n.since > {day}"
        return (
            f"{self._name} r WHERE {self._at('r', part)} "
            f"AND r.since >= coalesce(({low} ORDER BY p.since DESC LIMIT 1), '') "
            f"AND r.since <= coalesce(({high} ORDER BY n.since LIMIT 1), '~')"
        )
