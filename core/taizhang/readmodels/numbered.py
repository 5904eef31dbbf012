"""Listings over a sorted array of row numbers: eight bytes a row, a page read by its numbers.

The array is read once, by the thread that counts. Until it is there, pages of an order that SQLite
can walk through are read from where the walk stands, so that the first page never waits.
"""

from __future__ import annotations

import json
import threading
from array import array
from collections.abc import Sequence

from taizhang.ledger.view import LedgerView
from taizhang.readmodels.listing import Column, Row
from taizhang.readmodels.reader import Reading

STRETCH = 20_000
"""Numbers fetched at once."""


class Numbered:
    """Rows behind numbers; subclasses say which numbers, and what the rows of some of them are."""

    columns: Sequence[Column] = ()
    streams: bool = True
    """Whether the first numbers come without sorting all."""

    def __init__(self, reading: Reading) -> None:
        self.ledger = reading
        """Gives the ledger at the clocks of this listing, on the calling thread's connection."""
        self._numbers: array[int] | None = None
        self._ready = threading.Event()
        self._once = threading.Lock()

    def numbers_sql(self) -> tuple[str, Sequence[object]]:
        """A select of all numbers in order, with its values."""
        raise NotImplementedError

    def rows_of(self, ledger: LedgerView, numbers: Sequence[int]) -> list[Row]:
        """The rows behind some numbers, in their order."""
        raise NotImplementedError

    def number_of(self, ledger: LedgerView, key: str) -> int | None:
        """The number of the row with ``key``, if it exists at all."""
        raise NotImplementedError

    def count(self) -> int:
        """Tells how many rows there are; reads the array."""
        return len(self.numbers())

    def numbers(self) -> array[int]:
        """All numbers in order."""
        with self._once:
            if self._numbers is None:
                ledger = self.ledger()
                sql, values = self.numbers_sql()
                ledger.views.look(ledger.on, ledger.known)
                cursor = ledger.db.execute(sql, tuple(values))
                numbers: array[int] = array("q")
                while some := cursor.fetchmany(STRETCH):
                    numbers.extend(row[0] for row in some)
                self._numbers = numbers
                self._ready.set()
        return self._numbers

    def page(self, start: int, stop: int) -> Sequence[Row]:
        """The rows of one page."""
        if self._numbers is None and self.streams and start < STRETCH:
            ledger = self.ledger()
            sql, values = self.numbers_sql()
            found = ledger.query(f"{sql} LIMIT ? OFFSET ?", *values, stop - start, start)
            return self.rows_of(ledger, [next(iter(row.values())) for row in found])
        wanted = self.numbers()[start:stop]
        return self.rows_of(self.ledger(), wanted) if wanted else []

    def index_of(self, key: str) -> int | None:
        """Returns the number of the row in the order."""
        number = self.number_of(self.ledger(), key)
        if number is None:
            return None
        try:
            return self.numbers().index(number)
        except ValueError:
            return None


def listed(values: Sequence[object]) -> str:
    """Values as JSON, for ``IN (SELECT value FROM json_each(?))``: one variable for any number."""
    return json.dumps(list(values))


__all__ = ["Numbered", "listed"]
