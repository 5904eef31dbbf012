"""The methods of :class:`taizhang.declarations.programme.Programme` that take duties and figures in, and the
hierarchy over which they are counted.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from taizhang.declarations.duties import (
    Balance,
    Belonging,
    Counting,
    Duty,
    Figure,
    Flow,
    Measure,
    Over,
    Per,
    Selection,
    Version,
    Where,
    each_of,
)
from taizhang.declarations.hierarchy import Hierarchy, declared
from taizhang.words.labels import Label

if TYPE_CHECKING:
    from taizhang.declarations.tables import Table

SOON = 14
"""Days before the end of a window from which on a duty is due soon, unless it says otherwise."""


class Declaring:
    """What a programme declares of duties and figures."""

    id: str
    nouns: tuple[str, ...]
    tables: dict[str, Table[Any]]

    def __init__(self) -> None:
        self.duties: dict[str, Duty] = {}
        self.figures: dict[str, Figure] = {}
        self.balances: dict[str, Balance] = {}
        self.belongings: list[Belonging] = []
        self.tree: Hierarchy | None = None

    def _name(self, name: str, joint: str = ".") -> str:
        raise NotImplementedError

    def duty(
        self,
        name: str,
        label: str,
        *,
        who: Selection,
        counts: Counting | Sequence[Counting] | None,
        per: Per,
        since: dt.date,
        until: dt.date | None = None,
        at_least: int | None = None,
        at_most: int | None = None,
        each: str | Mapping[str, Sequence[str]] | None = None,
        source: str = "",
        soon: int = SOON,
    ) -> Duty:
        """A duty (职责) of whoever stands in the selection ``who``, declared as data.

        ``counts`` says what is counted, ``at_least`` and ``at_most`` how much of it is asked for and
        allowed in each window of ``per``. Of several countings every one has to reach ``at_least``.
        ``each`` names a choice column of the counting: ``at_least`` is asked for each of its choices
        (or of those given, ``{"kind": ("甲", "乙")}``). A standing duty has to hold every day; without
        ``counts`` it is to leave the selection before its ``due`` day.

        The duty holds from ``since`` until ``until`` (exclusive). Declared again under the same name
        for other days it is another version of the same duty. ``soon`` days before a window ends it
        is due soon, and a standing duty is overdue after as many days. ``source`` says where it is
        written.
        """
        if counts is None:
            listed: tuple[Counting, ...] = ()
        else:
            listed = (counts,) if isinstance(counts, Counting) else tuple(counts)
            if not listed:
                raise ValueError(f"the duty {name} counts nothing")
        full = self._told(name)
        version = Version(
            Label.of(label),
            who,
            listed,
            at_least,
            at_most,
            each_of(each),
            per,
            since,
            until,
            source,
            soon,
        )
        duty = self.duties.setdefault(full, Duty(full, self.id))
        duty.add(version)
        return duty

    def figure(
        self,
        name: str,
        label: str,
        *,
        measure: str = "count",
        select: Selection | None = None,
        by: str | None = None,
        unit: str | None = None,
        over: Over | None = None,
        source: str = "",
    ) -> Figure:
        """A figure (统计数): what ``measure`` gives for the rows of ``select``.

        ``measure`` is ``count``, ``sum:COLUMN``, ``distinct:COLUMN``, or ``share:DUTY`` (of those
        obliged, how many have done it; then without ``select``). ``by`` divides it by a column, or by
        the hierarchy, whose kind it then names (``"organisation"``), a share by that only; ``over`` gives one number for each month, quarter, half-year or year.
        """
        measured = Measure.of(measure)
        if (measured.how == "share") != (select is None):
            raise ValueError(f"the figure {name}: select=, or measure='share:DUTY'")
        if measured.how == "share" and over is not None:
            raise ValueError(f"the figure {name}: a share goes by the windows of its duty")
        full = self._once(name)
        made = Figure(
            full,
            Label.of(label),
            self.id,
            select,
            measured,
            by,
            Label.of(unit) if unit else None,
            over,
            source,
        )
        self.figures[full] = made
        return made

    def balance(
        self,
        name: str,
        label: str,
        *,
        stock: Selection,
        flows: Sequence[Flow],
        per: Over = "year",
        source: str = "",
    ) -> Balance:
        """A balance (平衡表): the ``stock`` at the beginning and end of each period, and the ``flows``
        that have to explain the difference (``flow_in(label, selection)``, ``flow_out``).
        """
        full = self._once(name)
        made = Balance(full, Label.of(label), self.id, stock, tuple(flows), per, source)
        self.balances[full] = made
        return made

    def belongs(self, table: str, column: str = "", *, to: str) -> None:
        """The entities that ``column`` of ``table`` refers to belong where the reference ``to`` says:
        to that organisation, or to where that other entity belongs. An entity may belong to several.

        A kind for which nothing is declared belongs where its own table's references say.
        """
        self.belongings.append(Belonging(table, column, to))

    def hierarchy(
        self,
        table: str,
        *,
        parent: str,
        outside: Where | None = None,
        community: Where | None = None,
    ) -> Hierarchy:
        """The entities of ``table`` are the tree over which everything is counted; a store has one.

        Args:
            table: a table of entities that is declared above.
            parent: its column that names the one above.
            outside: conditions, as those of a selection, on those that are not of the store.
            community: conditions on those that are communities or stand above them.

        Raises ValueError for a second one, and for a table or column that is not there.
        """
        if self.tree is not None:
            raise ValueError(f"{self.id} declares two hierarchies")
        self.tree = declared(self.id, self.tables, table, parent, outside or {}, community or {})
        return self.tree

    def _once(self, name: str) -> str:
        full = self._told(name)
        if full in self.figures or full in self.balances:
            raise ValueError(f"{self.id} declares the figure {full} twice")
        return full

    def _told(self, name: str) -> str:
        if not re.fullmatch(r"[a-z][a-z0-9_]*([.-][a-z0-9_]+)*", name):
            raise ValueError(f"{name!r}: a name is of a-z, 0-9, _ and -, a letter first")
        return self._name(name)


__all__ = ["SOON", "Declaring"]
