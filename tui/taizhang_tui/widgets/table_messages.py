"""What a table tells the screen that holds it. Handlers are named ``on_virtual_table_...``."""

from __future__ import annotations

from textual.message import Message
from textual.widget import Widget


class TableMessage(Message, namespace="virtual_table"):
    """Something that happened in ``table``."""

    def __init__(self, table: Widget) -> None:
        super().__init__()
        self.table = table

    @property
    def control(self) -> Widget:
        """The table, for ``@on(..., "#id")``."""
        return self.table


class RowHighlighted(TableMessage, namespace="virtual_table"):
    """The cursor stands on another row."""

    def __init__(self, table: Widget, key: str) -> None:
        super().__init__(table)
        self.key = key


class RowChosen(TableMessage, namespace="virtual_table"):
    """Enter, or a double click: open this row. ``column`` is its cell's, None for the whole row."""

    def __init__(self, table: Widget, key: str, column: str | None = None) -> None:
        super().__init__(table)
        self.key, self.column = key, column


class Counted(TableMessage, namespace="virtual_table"):
    """The number of rows is known, or known better."""

    def __init__(self, table: Widget, count: int) -> None:
        super().__init__(table)
        self.count = count


class SourceFailed(TableMessage, namespace="virtual_table"):
    """The source raised; what it had to show stays blank. The error may hold personal data."""

    def __init__(self, table: Widget, error: BaseException) -> None:
        super().__init__(table)
        self.error = error
