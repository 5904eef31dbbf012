"""Where read models read: an open store, or one thread's own connection to it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from taizhang.declarations.registry import Registry
    from taizhang.ledger.view import LedgerView
    from taizhang_eventstore.log import Log


class Reader(Protocol):
    """A ledger, its log and its vocabulary. :class:`~taizhang.workspace.Workspace` is one."""

    @property
    def registry(self) -> Registry:
        """The declarations of all loaded programmes."""
        ...

    @property
    def log(self) -> Log:
        """The events."""
        ...

    @property
    def db(self) -> sqlite3.Connection:
        """The connection to the ledger."""
        ...

    def at(self, on: date | None = None, known: int | None = None) -> LedgerView:
        """The ledger on a day (today), as known at a position (now)."""
        ...


Reading = Callable[[], "LedgerView"]
"""Gives the ledger at fixed clocks, on the connection of the thread that asks."""

__all__ = ["Reader", "Reading"]
