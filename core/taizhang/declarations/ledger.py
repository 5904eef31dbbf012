"""The ledger as programmes see it: what ``decide``, checks, screens and commands may read.

:class:`Ledger` is a protocol, so that declarations can name it without knowing how a ledger is kept; what
implements it is :class:`taizhang.ledger.view.LedgerView`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Protocol

from taizhang.declarations.fields import Event

Cells = dict[str, Any]
"""One row by its columns, values as they are stored: days as ``2012-03-01``, entities by their ids."""

Among = tuple[str, Sequence[object]]
"""Plain SQL with its values, whose column ``id`` says among which entities is looked."""


def in_clause(values: Sequence[object]) -> str:
    """``?, ?, ?`` for as many values."""
    return ", ".join("?" * len(values))


class Ledger(Protocol):
    """The ledger as it stood on a day (有效), as known at a position (所知).

    Reads through :meth:`get`, :meth:`rows`, :meth:`spans` and :meth:`ending` become the condition under which
    a decision is appended: if somebody changes what was read, the action is decided again.
    """

    @property
    def on(self) -> date:
        """The day."""
        ...

    @property
    def known(self) -> int | None:
        """The position in the log, or None for now."""
        ...

    def get(self, table: str, id: str) -> Cells | None:
        """The entity ``id`` of an entity table on the day, or None."""
        ...

    def rows(self, table: str, **where: Any) -> list[Cells]:
        """Rows on the day whose columns equal ``where`` (None matches an empty cell)."""
        ...

    def spans(self, table: str, **where: Any) -> list[Cells]:
        """Rows of every day, oldest first, with ``since`` and ``until`` (exclusive, None = open)."""
        ...

    def ending(self, table: str, id: str) -> tuple[date, int] | None:
        """The day on which the life of ``id`` in an entity table ended for good, and the position of
        the fact that ended it; None where it goes on, or there is none.
        """
        ...

    def query(self, sql: str, *values: Any) -> list[Cells]:
        """Plain SQL over the tables on the day; ``NAME_all`` holds the rows of every day.

        Not remembered for the condition: for checks, lists and figures, not for decisions.
        """
        ...

    def value(self, sql: str, *values: Any) -> Any:
        """The first cell of the first row of plain SQL, or None."""
        ...

    def counts(self, table: str, column: str) -> dict[Any, int]:
        """Tells how many rows of the day there are of each value of a column, which holds no personal text."""
        ...

    def at(self, on: date) -> Ledger:
        """Gives this ledger on another day, as known at the same position."""
        ...

    def new_id(self, entity: str) -> str:
        """A fresh id for an entity of this kind; only while an action is being decided."""
        ...

    def event(self, name: str, /, **fields: Any) -> Event:
        """An event of another slice, by its name: ``ledger.event("member.moved", member=...)``."""
        ...

    def setting(self, owner: str, name: str) -> Any:
        """The value of a programme's setting in this store."""
        ...

    def names(self, entity: str, ids: Sequence[str]) -> dict[str, str]:
        """Names of the given entities, by id: as they stood on the day, or else last."""
        ...

    def called(self, entity: str, text: str) -> list[str]:
        """Ids of the entities that are called ``text`` on the day, in whichever spelling: blanks, width and
        middle dots make no other name.
        """
        ...

    def ever_called(self, entity: str, text: str) -> list[str]:
        """Ids of the entities that were called so on any day, whether they live or have ended."""
        ...

    def find(
        self, text: str, entity: str | None = None, limit: int = 50, among: Among | None = None
    ) -> list[tuple[str, str]]:
        """Entities by the beginning of a name, pinyin or initials.

        Args:
            text: what people type.
            entity: the kind of entity that is looked for; None for every kind.
            limit: how many are returned at the most.
            among: among which entities of the kind is looked, as SQL:
                ``("SELECT member AS id FROM memberships WHERE organisation = ?", [branch])``.

        Returns:
            ``(entity kind, id)``, the nearest first.
        """
        ...


__all__ = ["Among", "Cells", "Ledger", "in_clause"]
