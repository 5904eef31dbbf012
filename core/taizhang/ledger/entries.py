"""Entries and lines: the rows of one timeline while events are being applied to them."""

from __future__ import annotations

from bisect import bisect_left
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


class Line:
    """One timeline, or the stretches of it that were loaded.

    A stretch is a pair of days: all rows from the first to the last are here, the rows on these days
    too. None is the beginning or the end of time. Rows may be added and removed strictly within a
    stretch only, since their neighbours have to be known; what is removed keeps its neighbours here,
    so a stretch stays good when the row at its end goes.
    """

    __slots__ = ("entries", "orders", "stretches")

    def __init__(
        self, entries: Collection[Entry], stretches: list[tuple[str | None, str | None]]
    ) -> None:
        self.stretches = stretches
        self.entries: list[Entry] = []
        self.orders: list[Order] = []
        if entries:
            self.entries = sorted(entries, key=lambda e: e.order)
            self.orders = [e.order for e in self.entries]

    def covers(self, day: str) -> bool:
        """Whether a row may be added or removed on ``day``."""
        for low, high in self.stretches:
            if (low is None or low < day) and (high is None or day < high):
                return True
        return False

    def whole(self) -> bool:
        """Whether all of the timeline is here."""
        return (None, None) in self.stretches

    def widen(self, entries: Iterable[Entry], low: str | None, high: str | None) -> None:
        """Takes in a stretch that was loaded; rows that are here already stay as they are."""
        here = {e.src for e in self.entries}
        for entry in entries:
            if entry.src not in here:
                self.insert(entry)
        if low is None and high is None:
            self.stretches.clear()
        self.stretches.append((low, high))

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
