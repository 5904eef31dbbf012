"""A table of any length under keys and mouse: what is in view is read, painted and forgotten.

A row and, if wanted, a cell carry the cursor. Whenever the rows change (a filter, a step in time,
a change by someone else) the cursor stays on the row that the user chose last, at the same height.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, TypeAlias

from textual import events
from textual.actions import SkipAction
from textual.binding import Binding, BindingType

from taizhang_tui.widgets import table_messages as messages
from taizhang_tui.widgets.columns import GAP
from taizhang_tui.widgets.table_view import HEADER, TableView


class VirtualTable(TableView, inherit_bindings=False):
    """The rows of a :class:`~taizhang.readmodels.listing.Listing` to walk through and to open.

    Left from the first cell means the whole row again, and from there it is left to the screen
    (which may go to the tree beside the table).
    """

    RowHighlighted: TypeAlias = messages.RowHighlighted
    RowChosen: TypeAlias = messages.RowChosen
    Counted: TypeAlias = messages.Counted
    SourceFailed: TypeAlias = messages.SourceFailed

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", "打开|Open"),
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("home", "first", show=False),
        Binding("end", "last", show=False),
        Binding("left", "column(-1)", show=False),
        Binding("right", "column(1)", show=False),
    ]

    opens: bool = True
    """True where rows lead on; where they do not, enter is not offered."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Opening only where there is something to open."""
        return self.opens or action != "choose"

    def when_shown(self, act: Callable[[], object]) -> None:
        """Does ``act`` at once, or where other rows are on their way as soon as they are shown."""
        if self._coming is None:
            act()
        else:
            self._then = act

    def move_to(self, row: int) -> None:
        """Put the cursor on the row numbered ``row``, or as near as there are rows."""
        self._moved = True
        self._to_end = False
        self._go(row)

    def action_choose(self) -> None:
        """Open the row under the cursor."""
        key = self.cursor_key
        if key is not None:
            self._anchor = key
            self.post_message(messages.RowChosen(self, key, self.cursor_column_key))

    def action_move(self, rows: int) -> None:
        """Go up or down."""
        self.move_to(self._cursor + rows)

    def action_page(self, pages: int) -> None:
        """Go up or down by what is in view, the cursor at the same height."""
        step = pages * max(1, self.size.height - HEADER - 1)
        height = self._cursor - self.scroll_offset.y
        self.move_to(self._cursor + step)
        self.scroll_to(y=self._cursor - height, animate=False, force=True)

    def action_first(self) -> None:
        """Go to the first row."""
        self.move_to(0)

    def action_last(self) -> None:
        """Go to the last row: as soon as it is known which that is."""
        if self._window is None:
            return
        self.move_to(self._window.extent - 1)
        self._to_end = self._window.count is None

    def action_column(self, columns: int) -> None:
        """Move the cell cursor sideways."""
        if columns < 0 and self.cursor_column < 0:
            raise SkipAction
        last = len(self._widths.columns) - 1
        self.cursor_column = max(-1, min(self.cursor_column + columns, last))

    def _slide(self, columns: int) -> None:
        """Move the columns sideways under the eye, without the cell cursor."""
        last = max(1, len(self._widths.columns) - 1)
        if columns < 0 or self._more_right:
            self._first_column = max(1, min(self._first_column + columns, last))
            self.refresh()

    def on_click(self, event: events.Click) -> None:
        """Go to the row under the pointer; a double click opens it."""
        index = self.scroll_offset.y + event.y - HEADER
        if event.y < HEADER or self._window is None or index >= self._window.extent:
            return
        event.stop()
        if self.cursor_column >= 0:
            for place in self._shown:
                if place.x <= event.x < place.x + place.width + GAP:
                    self.cursor_column = place.column
        self.move_to(index)
        if event.chain == 2:
            self.action_choose()

    def on_mouse_scroll_right(self, event: events.MouseScrollRight) -> None:
        """Wheel to the right."""
        self._slide_by_wheel(event, 1)

    def on_mouse_scroll_left(self, event: events.MouseScrollLeft) -> None:
        """Wheel to the left."""
        self._slide_by_wheel(event, -1)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Wheel down; with shift, to the right."""
        if event.shift:
            self._slide_by_wheel(event, 1)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Wheel up; with shift, to the left."""
        if event.shift:
            self._slide_by_wheel(event, -1)

    def _slide_by_wheel(self, event: events.MouseEvent, columns: int) -> None:
        event.stop()
        event.prevent_default()
        self._slide(columns)
