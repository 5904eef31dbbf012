"""Rows that are at hand: short lists shown by the same table as long ones."""

from __future__ import annotations

from collections.abc import Sequence

from taizhang_tui.source import Column, Row


class ListSource:
    """A source over rows in memory."""

    def __init__(self, columns: Sequence[Column], rows: Sequence[Row]) -> None:
        self._columns = tuple(columns)
        self.rows = tuple(rows)
        self._places = {row.key: i for i, row in enumerate(self.rows)}

    @property
    def columns(self) -> Sequence[Column]:
        """The columns."""
        return self._columns

    def count(self) -> int:
        """How many rows there are."""
        return len(self.rows)

    def page(self, start: int, stop: int) -> Sequence[Row]:
        """A stretch of rows."""
        return self.rows[start:stop]

    def index_of(self, key: str) -> int | None:
        """Where a row stands."""
        return self._places.get(key)
