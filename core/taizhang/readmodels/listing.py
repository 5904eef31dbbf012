"""Listings: one read model of a table for the screens, the command line, JSON and spreadsheets.

A listing has columns with kinds, says how many rows there are, hands them out page by page, knows where
a row stands and what it opens. It may be a million rows of SQLite or a few that are at hand.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Generic, Literal, Protocol, TypeVar, runtime_checkable

from msgspec import Struct, field

from taizhang.words.labels import Label
from taizhang.words.spelling import spelled

R = TypeVar("R")

Kind = Literal["text", "number", "date"]
"""What the cells of a column are, which decides how they stand and what a spreadsheet makes of them."""

DUE = "due"
OVERDUE = "overdue"
DIM = "dim"
MARKS = (DUE, OVERDUE, DIM)
"""How a cell may be marked. A mark is only a colour: the cell's text says the same in words."""

NOTHING = "–"
"""Stands in a cell that has no value."""

SPARKS = "▁▂▃▄▅▆▇█"


class Column(Struct, frozen=True):
    """One column: its heading in the language of the listing, and its kind.

    ``least`` and ``most`` are cells of a terminal: the column starts as wide as its content within these
    bounds, and grows past ``most`` where there is room to spare.
    """

    key: str
    label: str
    least: int = 2
    most: int = 30
    kind: Kind = "text"

    @property
    def align(self) -> Literal["left", "right"]:
        """Numbers stand on the right."""
        return "right" if self.kind == "number" else "left"


class Row(Struct, frozen=True):
    """One row: its key, one text a column, and optionally one of :data:`MARKS` or None a column.

    A cell that says several things has ``pieces``, by column: the texts that it is made of, in order, each
    with its own mark.
    """

    key: str
    cells: tuple[str, ...]
    marks: tuple[str | None, ...] = ()
    pieces: Mapping[int, Sequence[tuple[str, str | None]]] = field(default_factory=dict)


class Link(Struct, frozen=True):
    """The target of a row or a cell: an entity of a kind, or ``event`` and a position."""

    kind: str
    id: str


class Listing(Protocol):
    """Rows in a fixed order.

    The three methods are called from two worker threads, ``count`` beside the other two: a listing
    on SQLite keeps a connection a thread. They may take their time; no screen waits for them.
    """

    @property
    def columns(self) -> Sequence[Column]:
        """The columns, the first of which stays in place when the others scroll sideways."""
        ...

    def count(self) -> int:
        """Tells how many rows there are."""
        ...

    def page(self, start: int, stop: int) -> Sequence[Row]:
        """Rows ``start`` to ``stop`` (excluded); fewer only where the rows end."""
        ...

    def index_of(self, key: str) -> int | None:
        """Returns the number of the row with ``key``, or None when it is not among these rows."""
        ...


@runtime_checkable
class Opening(Protocol):
    """A listing whose rows open something."""

    def opens(self, key: str, column: str | None = None) -> Link | None:
        """Returns what the row with ``key`` opens, or its cell in ``column``; None where that is nothing."""
        ...


@runtime_checkable
class Completing(Protocol):
    """A listing whose rows have cells that take their time: these come once the rows stand on
    the screen and rest there.
    """

    def completed(self, rows: Sequence[Row]) -> Sequence[Row]:
        """Returns these rows in their order, with the cells filled. Called from the pages' thread."""
        ...


Columns = Sequence[tuple[Column, Callable[[R], str]]]
"""Columns with the texts of items in them."""


class Listed:
    """A listing of rows that are at hand."""

    def __init__(self, columns: Sequence[Column], rows: Iterable[Row]) -> None:
        self.columns = tuple(columns)
        self.rows = tuple(rows)

    @cached_property
    def _places(self) -> dict[str, int]:
        return {row.key: i for i, row in enumerate(self.rows)}

    def count(self) -> int:
        """Tells how many rows there are."""
        return len(self.rows)

    def page(self, start: int, stop: int) -> Sequence[Row]:
        """A stretch of rows."""
        return self.rows[start:stop]

    def index_of(self, key: str) -> int | None:
        """Returns the number of a row."""
        return self._places.get(key)


class Made(Generic[R]):
    """A listing of typed items, made when they are first asked for, on the thread that asks.

    Args:
        columns: each column, and the text of an item in it.
        make: gives all items in their order.
        key: the key of an item's row.
        paint: optionally the row of an item, made from its key and texts: for marks and pieces.
        text: the filter; rows of which no cell has it are left out.
        link: optionally what an item opens.
    """

    def __init__(
        self,
        columns: Columns[R],
        make: Callable[[], Iterable[R]],
        key: Callable[[R], str],
        *,
        paint: Callable[[R, str, tuple[str, ...]], Row] | None = None,
        text: str = "",
        link: Callable[[R], Link | None] | None = None,
    ) -> None:
        self.columns = tuple(column for column, _ in columns)
        self._texts = [of for _, of in columns]
        self._make, self._key, self._paint, self._link = make, key, paint, link
        self._text, self._name = text.strip().lower(), spelled(text)
        self._lock = threading.Lock()
        self._listed: Listed | None = None
        self.items: dict[str, R] = {}
        """The items by the keys of their rows, once they have been asked for."""

    @property
    def listed(self) -> Listed:
        """The rows that are left under the filter."""
        with self._lock:
            if self._listed is None:
                rows = []
                for item in self._make():
                    key, cells = self._key(item), tuple(of(item) for of in self._texts)
                    if self._text in " ".join(cells).lower() or any(
                        self._name in spelled(cell) for cell in cells
                    ):
                        self.items[key] = item
                        rows.append(
                            self._paint(item, key, cells) if self._paint else Row(key, cells)
                        )
                self._listed = Listed(self.columns, rows)
            return self._listed

    def count(self) -> int:
        """Tells how many rows there are."""
        return self.listed.count()

    def page(self, start: int, stop: int) -> Sequence[Row]:
        """A stretch of rows."""
        return self.listed.page(start, stop)

    def index_of(self, key: str) -> int | None:
        """Returns the number of a row."""
        return self.listed.index_of(key)

    def opens(self, key: str, column: str | None = None) -> Link | None:
        """Returns what the item of a row opens."""
        item = self.items.get(key)
        return None if item is None or self._link is None else self._link(item)


def headed(
    language: str, *specs: tuple[str, str, int, int, Kind, Callable[[R], str]]
) -> Columns[R]:
    """Columns with the texts of items in them: of each its key, heading (``中文|English``), least and most
    cells, kind, and the text of an item.
    """
    return [
        (Column(key, Label.of(pair).text(language) if pair else "", least, most, kind), text)
        for key, pair, least, most, kind, text in specs
    ]


def printed(listing: Listing) -> tuple[list[str], list[tuple[str, ...]], list[bool]]:
    """Headings, cells and which columns stand on the right: a whole listing for the command line."""
    return (
        [c.label for c in listing.columns],
        [row.cells for row in listing.page(0, listing.count())],
        [c.align == "right" for c in listing.columns],
    )


def bar(value: float, most: float, cells: int) -> str:
    """A bar of █ in a field of exactly ``cells`` cells, full when ``value`` is ``most``.

    A value above nothing always shows: as a sliver where it is less than half a cell.

    Args:
        value: The number.
        most: The number that fills the bar.
        cells: The width of a full bar.
    """
    if value <= 0 or most <= 0:
        return " " * cells
    return ("█" * min(cells, int(value / most * cells + 0.5)) or "▏"[:cells]).ljust(cells)


def sparks(values: Sequence[float | None]) -> str:
    """Numbers as a row of blocks, the highest full; a gap where there is none."""
    most = max((v for v in values if v is not None), default=0)
    if most <= 0:
        return ""
    last = len(SPARKS) - 1
    return "".join(" " if v is None else SPARKS[max(0, round(v / most * last))] for v in values)


__all__ = [
    "DIM",
    "DUE",
    "MARKS",
    "NOTHING",
    "OVERDUE",
    "Column",
    "Columns",
    "Completing",
    "Kind",
    "Link",
    "Listed",
    "Listing",
    "Made",
    "Opening",
    "Row",
    "bar",
    "headed",
    "printed",
    "sparks",
]
