"""Entries and lines: the rows of one timeline while events are being applied to them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable
from typing import Any

from taizhang.ledger.facts import Order
from taizhang.ledger.rows import Values

Stored = tuple[Any, ...]
"""A row as it is stored: src, seq, values, then time."""

UNKNOWN = object()
"""The state of a fold's row that was loaded and not looked at yet."""


class Entry:
    """One fact's row: what it is now, and (``saved``) the stored row at the last action's end."""

    __slots__ = (
        "gap", "live", "problem", "rank", "saved", "since", "src", "state", "until", "values",
    )  # fmt: skip

    def __init__(self, src: int, since: str, rank: int, values: Values) -> None:
        self.src = src
        self.values = values
        self.since = since
        self.until: str | None = None
        self.rank = rank
        self.gap = 0
        self.problem: str | None = None
        self.live = True
        self.saved: Stored | None = None
        self.state: Any = UNKNOWN

    @property
    def order(self) -> Order:
        return (self.since, self.rank, self.src)

    def row(self, seq: int) -> Stored:
        """The row as it is stored, last written at ``seq``."""
        return (
            self.src, seq, *self.values, self.since, self.until, self.rank, self.gap, self.problem,
        )  # fmt: skip


FIRST, LAST = "", "~"
"""Before and after every day."""


class LoadedTimeline:
    """One timeline, or the stretches of it that were loaded.

    A stretch goes from one day to another: all rows from the first to the last are here, the rows on
    these days too. Rows may be added and removed strictly within a stretch only, since their
    neighbours have to be known; what is removed keeps its neighbours here, so a stretch stays good
    when the row at its end goes.
    """

    __slots__ = ("_highs", "_lows", "entries", "orders")

    def __init__(
        self, entries: Collection[Entry], low: str | None = None, high: str | None = None
    ) -> None:
        # Apart from each other and in order.
        self._lows = [low or FIRST]
        self._highs = [high or LAST]
        self.entries: list[Entry] = []
        self.orders: list[Order] = []
        if entries:
            self.entries = sorted(entries, key=lambda e: e.order)
            self.orders = [e.order for e in self.entries]

    def covers(self, day: str) -> bool:
        """Tells if a row may be added or removed on ``day``."""
        place = bisect_left(self._lows, day) - 1
        return place >= 0 and day < self._highs[place]

    def whole(self) -> bool:
        """Tells if all of the timeline is here."""
        return self._lows[0] == FIRST and self._highs[0] == LAST

    def widen(self, entries: Iterable[Entry], low: str | None, high: str | None) -> None:
        """Takes in a stretch that was loaded; rows that are here already stay as they are."""
        for entry in entries:
            place = bisect_left(self.orders, entry.order)
            if place == len(self.orders) or self.entries[place] is not entry:
                self.insert(entry)
        first, last = low or FIRST, high or LAST
        start, end = bisect_left(self._highs, first), bisect_right(self._lows, last)
        if start < end:
            first, last = min(first, self._lows[start]), max(last, self._highs[end - 1])
        self._lows[start:end] = [first]
        self._highs[start:end] = [last]

    def insert(self, entry: Entry) -> int:
        """Adds a row; returns its place."""
        order = entry.order
        if not self.orders or self.orders[-1] < order:
            self.orders.append(order)
            self.entries.append(entry)
            return len(self.orders) - 1
        place = bisect_left(self.orders, order)
        self.orders.insert(place, order)
        self.entries.insert(place, entry)
        return place

    def remove(self, entry: Entry) -> int:
        """Takes a row out; returns the place where it was."""
        place = bisect_left(self.orders, entry.order)
        del self.orders[place], self.entries[place]
        return place
