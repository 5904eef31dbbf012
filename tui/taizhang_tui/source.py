"""What a table shows: columns, rows, and the source that hands them out page by page.

The table knows nothing of where rows come from. A source may be a million rows of SQLite, read by
page; it is asked from worker threads, never from the screen's own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable

from msgspec import Struct, field

from taizhang_tui.cells import Align

DUE = "due"
OVERDUE = "overdue"
DIM = "dim"
MARKS = (DUE, OVERDUE, DIM)
"""How a cell may be marked. A mark is only a colour: the cell's text says the same in words."""


class Column(Struct, frozen=True):
    """One column of a table.

    ``least`` and ``most`` are cells: the column starts as wide as its content within these
    bounds, and grows past ``most`` where the terminal has room to spare.
    """

    key: str
    label: str
    least: int = 2
    most: int = 30
    align: Align = "left"


class Row(Struct, frozen=True):
    """One row: its key, one text a column, and optionally one of :data:`MARKS` or None a column.

    A cell that says several things has ``pieces``, by column: the texts that it is made of, in order, each
    with its own mark.
    """

    key: str
    cells: tuple[str, ...]
    marks: tuple[str | None, ...] = ()
    pieces: Mapping[int, Sequence[tuple[str, str | None]]] = field(default_factory=dict)


class Source(Protocol):
    """Rows in a fixed order.

    The three methods are called from two worker threads, ``count`` beside the other two: a source
    on SQLite keeps a connection a thread. They may take their time; the screen does not wait.
    """

    @property
    def columns(self) -> Sequence[Column]:
        """The columns, the first of which stays in place when the others scroll sideways."""
        ...

    def count(self) -> int:
        """How many rows there are."""
        ...

    def page(self, start: int, stop: int) -> Sequence[Row]:
        """Rows ``start`` to ``stop`` (excluded); fewer only where the rows end."""
        ...

    def index_of(self, key: str) -> int | None:
        """Where the row with ``key`` stands, or None when it is not among these rows."""
        ...


@runtime_checkable
class Completing(Protocol):
    """A source whose rows have cells that take their time: these come once the rows stand on
    the screen and rest there.
    """

    def completed(self, rows: Sequence[Row]) -> Sequence[Row]:
        """Returns these rows in their order, with the cells filled. Called from the pages' thread."""
        ...
