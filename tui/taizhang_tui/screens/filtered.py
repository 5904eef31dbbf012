"""Screens whose table is filtered by what is typed in the line above it."""

from __future__ import annotations

from textual import on
from textual.widgets import Input

from taizhang_tui.screens.base import Framed
from taizhang_tui.widgets.filterline import FilterLine
from taizhang_tui.widgets.virtual_table import VirtualTable


class Filtered(Framed):
    """A filter line over a table. Subclasses read what is left under the filter in :meth:`_list`."""

    @property
    def filter(self) -> FilterLine:
        """The line above the table."""
        return self.query_one(FilterLine)

    @property
    def table(self) -> VirtualTable:
        """The rows."""
        return self.query_one(VirtualTable)

    def _list(self) -> None:
        """Reads the rows that are left."""
        raise NotImplementedError

    async def action_filter(self) -> None:
        """Type what to look for."""
        await self.filter.open()

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._list()

    @on(FilterLine.Moved)
    def _moved(self, event: FilterLine.Moved) -> None:
        if event.rows:
            self.table.action_move(event.rows)
        else:
            self.table.when_shown(self.table.action_choose)

    @on(FilterLine.Left)
    def _left(self) -> None:
        self.table.focus()
