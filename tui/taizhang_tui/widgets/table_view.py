"""The part of the table that shows rows: what is read, where the cursor stands, how it is painted.

Nothing here listens to keys or the mouse: see :mod:`taizhang_tui.widgets.virtual_table`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import ClassVar

from textual.geometry import Region, Size
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.timer import Timer

from taizhang.readmodels.listing import MARKS, Listing, Row
from taizhang_tui.widgets import table_messages as messages
from taizhang_tui.widgets import table_paint as paint
from taizhang_tui.widgets.columns import ColumnPlace, Widths, first_to_show, hidden_right, places
from taizhang_tui.widgets.paging import Threads, Window
from taizhang_tui.words import language_of, say

PATIENCE = 0.03
"""Seconds that a key waits for a page: a fast source is painted at once, a slow one when ready."""

FIRST_PATIENCE = 0.2
"""Seconds that the very first paint waits for its rows."""

REST = 0.08
"""Seconds that rows stand still before cells that take their time are read."""

HEADER = 1
"""Lines above the first row."""


class TableView(ScrollView, can_focus=True, inherit_bindings=False):
    """The rows of a :class:`Listing` under a fixed header, one of them under the cursor."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "table--header",
        "table--cursor",
        "table--cell",
        "table--gutter",
        "table--empty",
    } | {f"table--{mark}" for mark in MARKS}
    DEFAULT_CSS = paint.CSS

    cursor_column: reactive[int] = reactive(-1)
    """The column of the cell cursor; -1 when the whole row is meant."""
    empty: reactive[str] = reactive("")
    """Shown when there are no rows: what belongs here, and which key adds it. May have lines."""

    def __init__(
        self,
        source: Listing | None = None,
        *,
        empty: str = "",
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self.set_reactive(TableView.empty, empty)
        self._wanted_source = source
        self._threads = Threads()
        self._then: Callable[[], object] | None = None
        self._window: Window | None = None  # what is shown
        self._coming: Window | None = None  # what takes its place as soon as it can be shown
        self._widths = Widths(())
        self._first_column = 1  # leftmost of those that move sideways
        self._shown: list[ColumnPlace] = []
        self._more_right = False
        self._look: paint.Look | None = None
        self._cursor = 0
        self._anchor: str | None = None  # the row that the user chose last
        self._moved = False  # the user put the cursor where it is
        self._announced: str | None = None
        self._counted: int | None = None
        self._to_end = False  # the end was asked for before it was known
        self._resting: Timer | None = None
        self.painted = asyncio.Event()
        """Set once rows, or the words in their place, have been painted."""

    # What is shown

    @property
    def source(self) -> Listing | None:
        """The source in use, or on its way to be."""
        return self._wanted_source

    @property
    def row_count(self) -> int | None:
        """Tells how many rows there are, None until that is known."""
        return self._window.count if self._window else None

    @property
    def cursor_row(self) -> int:
        """The number of the row under the cursor, from 0."""
        return self._cursor

    @property
    def cursor_key(self) -> str | None:
        """The key of the row under the cursor, None where there is none (or not read yet)."""
        row = self.row_at(self._cursor)
        return row.key if row else None

    @property
    def cursor_column_key(self) -> str | None:
        """The key of the column of the cell cursor, None when the whole row is meant."""
        columns = self._widths.columns
        return columns[self.cursor_column].key if 0 <= self.cursor_column < len(columns) else None

    def row_at(self, index: int) -> Row | None:
        """The row numbered ``index`` as shown, if it has been read."""
        return self._window.row(index) if self._window else None

    def set_source(
        self, source: Listing, *, key: str | None = None, stay_near: bool = False
    ) -> None:
        """Show other rows. The cursor goes to ``key``, or stays on the row that was chosen last.

        Where that row is missing it goes to the top (the best match of a filter), or with
        ``stay_near`` remains at its place (the neighbours in a step through time). The old rows
        stay in view until the new ones can be shown; of several in a row only the last is shown.

        Args:
            source: where rows come from.
            key: the row the cursor goes to.
            stay_near: the row number to stay near to where it is gone.
        """
        self._wanted_source = source
        if key is not None:
            self._anchor = key
        if not self.is_attached:
            return  # read when mounted
        if self._coming is not None:
            self._coming.close()
        near = self._cursor if stay_near else 0
        # Counting a million rows would hold up the very first paint: that begins behind it.
        seen = self.painted.is_set()
        self._coming = Window(
            source, self._threads, self._notify, self._anchor, near, counting=seen
        )
        self._coming.wait_opened(PATIENCE if seen else FIRST_PATIENCE)
        self._arrived(self._coming)

    # Arrivals

    def on_mount(self) -> None:
        """Start reading."""
        if self._wanted_source is not None:
            self.set_source(self._wanted_source)

    def on_unmount(self) -> None:
        """Let the threads go."""
        self._threads.close()

    def _notify(self, window: Window) -> None:
        """From a thread: have the screen's own thread look."""
        if self.is_running:
            self.call_later(self._arrived, window)

    def _arrived(self, window: Window) -> None:
        """Take in what was read, and show it."""
        window.collect()
        if window is self._coming and window.opened:
            self._show(window)
        elif window is self._window:
            self._update()

    def _show(self, window: Window) -> None:
        """Put the rows of ``window`` in place of those shown, the cursor at the same height."""
        height = self._cursor - self.scroll_offset.y
        if self._window is not None:
            self._window.close()
        self._window, self._coming = window, None
        self._counted = None
        self._moved = False
        if not self._widths.same_columns(window.source.columns):
            self._widths = Widths(window.source.columns)
            self._first_column = 1
            self.cursor_column = -1
        self._cursor = window.near if window.found is None else window.found
        self._update()
        self.scroll_to(y=self._cursor - height, animate=False, force=True)
        self._go(self._cursor)
        if self._then is not None:
            then, self._then = self._then, None
            then()

    def _update(self) -> None:
        """Bring widths, length and messages up to what is known by now."""
        if (window := self._window) is None:
            return
        for rows in window.fresh:
            self._widths.see(rows)
        window.fresh.clear()
        for error in window.errors:
            self.post_message(messages.SourceFailed(self, error))
        window.errors.clear()
        self.virtual_size = Size(self.size.width, window.extent + HEADER)
        if window.count is not None and window.count != self._counted:
            self._counted = window.count
            self.post_message(messages.Counted(self, window.count))
            if self._to_end or self._cursor >= window.count:
                self._to_end = False
                self._go(window.count - 1)
        self._announce()
        self.refresh()
        self._rest()

    def _in_view(self) -> tuple[int, int]:
        top = self.scroll_offset.y
        return top, top + self.size.height - HEADER

    def _rest(self) -> None:
        """Once the rows have stood still for a moment, read the cells that take their time."""
        if self._resting is not None:
            self._resting.stop()
            self._resting = None
        if self._window is not None and self._window.incomplete(*self._in_view()):
            self._resting = self.set_timer(REST, self._complete)

    def _complete(self) -> None:
        if self._window is not None and self.painted.is_set():
            self._window.complete(*self._in_view())

    def _go(self, row: int) -> None:
        """Put the cursor on ``row``, or as near as there are rows, and have it in view."""
        window = self._window
        if window is None:
            return
        window.ensure(row, row, PATIENCE)
        self._cursor = max(0, min(row, window.extent - 1))
        if window.fresh:
            self._update()
        height = self.size.height - HEADER
        if height > 0:
            top = min(max(self.scroll_offset.y, self._cursor - height + 1), self._cursor)
            self.scroll_to(y=top, animate=False, force=True)
        self._announce()
        self.refresh()

    def _announce(self) -> None:
        """Say so when the cursor has come to stand on another row."""
        key = self.cursor_key
        if key is None:
            return
        if self._moved or self._anchor is None:
            self._anchor = key
        if key != self._announced:
            self._announced = key
            self.post_message(messages.RowHighlighted(self, key))

    # Painting

    @property
    def _room(self) -> int:
        """Cells of a line: all but the scrollbar's."""
        return self.scrollable_content_region.width

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Read what comes into view."""
        super().watch_scroll_y(old_value, new_value)
        if self._window is not None and round(old_value) != round(new_value):
            top = round(new_value)
            self._window.ensure(top, top + self.size.height, PATIENCE)
            self._update()

    def watch_cursor_column(self) -> None:
        """Have the cell under the cursor in view."""
        self._slide_to(self.cursor_column)

    def _slide_to(self, column: int) -> None:
        """Move sideways as far as it takes to see ``column`` whole."""
        room = self._room
        fitted = self._widths.fit(room)
        self._first_column = first_to_show(fitted, column, self._first_column, room)
        self.refresh()

    def on_resize(self) -> None:
        """Fit the columns anew and keep the cursor in view."""
        self._update()
        self._go(self._cursor)
        self._slide_to(self.cursor_column)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Place the columns once for all lines."""
        style = self.get_component_rich_style
        room = self._room
        fitted = self._widths.fit(room)
        self._shown = places(fitted, 1, room)
        if hidden_right(fitted, self._shown):
            self._shown = places(fitted, self._first_column, room)
        self._more_right = hidden_right(fitted, self._shown)
        self._look = paint.Look(
            plain=self.rich_style,
            header=style("table--header"),
            cursor=style("table--cursor"),
            cell=style("table--cell"),
            gutter=style("table--gutter"),
            empty=style("table--empty"),
            marks={mark: style(f"table--{mark}") for mark in MARKS},
        )
        if self._window is not None:
            self.painted.set()
            if not self._window.counts:
                self.call_later(self._window.begin_count)
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        """One line: the header, a row, or words where there are no rows."""
        width = self._room
        look, columns = self._look, self._widths.columns
        if look is None or width <= 0:
            return Strip.blank(width, self.rich_style)
        if y < HEADER:
            return paint.header(columns, self._shown, width, look, self._more_right)
        window = self._window
        index = self.scroll_offset.y + y - HEADER
        failed = window is not None and window.failed
        missing = say(paint.UNREADABLE if failed else paint.READING, language_of(self))
        if window is None or not window.extent:
            none = window.count == 0 if window is not None else self._wanted_source is None
            text = self.empty if none and not failed else missing
            return paint.notice(text, y - HEADER, width, look)
        if index >= window.extent:
            return Strip.blank(width, look.plain)
        cursor = index == self._cursor
        cell = self.cursor_column if cursor else -1
        row = window.row(index)
        return paint.row(row, columns, self._shown, width, look, cell, cursor, missing)
