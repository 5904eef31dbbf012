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
    """The part of a programme that declares duties and figures."""

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
        enough: int | None = None,
        source: str = "",
        soon: int = SOON,
    ) -> Duty:
        """Declares a duty (职责) as data. Declared again under the same name for other days it is another version.

        Args:
            name: without the owner's id.
            label: ``中文|English``.
            who: the obliged: whoever stands in the selection.
            counts: the rows that count; of several countings every one has to reach ``at_least``. None for a
                standing duty to leave the selection before its ``due`` day.
            per: the window: month, quarter, half-year, year, or standing, which has to hold every day.
            since: the first day on which it holds.
            until: the day from which on it does not, None for no end.
            at_least: how much is asked for in each window.
            at_most: how much is allowed in each window.
            each: a choice column of the counting: ``at_least`` is asked for each of its choices, or of those given,
                ``{"kind": ("甲", "乙")}``.
            enough: how many of these choices are enough; all of them unless it says a number.
            source: a code of the list of sources.
            soon: days before the end of a window from which on it is due soon; a standing duty is overdue after as
                many days.

        Raises:
            ValueError: it counts nothing, or two versions hold on one day.
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
            enough,
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
        """Declares a figure (统计数).

        Args:
            name: without the owner's id.
            label: ``中文|English``.
            measure: ``count``, ``sum:COLUMN``, ``distinct:COLUMN``, or ``share:DUTY``: of those obliged, how many have
                done it; then without ``select``.
            select: the rows that are measured.
            by: divides it by a column, or by the kind of the hierarchy, which is then named
                (``"organisation"``); a share by that only.
            unit: ``中文|English`` of one.
            over: one number for each month, quarter, half-year or year.
            source: a code of the list of sources.

        Raises:
            ValueError: a share with a selection, or over periods; anything else without a selection.
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
        sum: str | None = None,
    ) -> Balance:
        """Declares a balance (平衡表): of entities, or of amounts.

        Args:
            name: without the owner's id.
            label: ``中文|English``.
            stock: what there is at the beginning and end of each period.
            flows: what has to explain the difference (``flow_in(label, selection)``, ``flow_out``).
            per: the length of a period.
            source: a code of the list of sources.
            sum: the column of the stock with the amount (money, minutes, a number) that is added up; each flow
                then names its own, ``flow_in(label, selection, sum="amount")``.

        Raises:
            ValueError: some of stock and flows are amounts, and some are not.
        """
        full = self._once(name)
        made = Balance(full, Label.of(label), self.id, stock, tuple(flows), per, source, sum)
        self.balances[full] = made
        return made

    def belongs(self, table: str, column: str = "", *, to: str) -> None:
        """Says where entities belong; one may belong to several. A kind for which nothing is declared belongs where
        its own table's references say.

        Args:
            table: the table that says it.
            column: its column that refers to the entities; the only one, or its own id, if empty.
            to: its column that refers to the organisation, or to another entity which belongs somewhere.
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
