"""Figures (统计数): one number of a selection, divided by a column or by organisation, and over time.

Each number opens its rows: :func:`rows` gives exactly those that were counted. What is added up where
there is nothing to add is no number, rather than nought.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from taizhang.declarations.columns import Tables, chosen, references
from taizhang.declarations.duties import Balance, Figure, Over, Selection
from taizhang.duties.belonging import belongs, below, every, holds, outsiders, spells
from taizhang.duties.predicates import name, stands
from taizhang.duties.rows import dated, happening, table_rows
from taizhang.duties.standing import iso
from taizhang.duties.windows import DAY, period, period_label
from taizhang.ledger.schema import shown_names
from taizhang.loading.duty_checks import check_figure, duty_name
from taizhang.words.errors import Usage
from taizhang.words.labels import Label
from taizhang.words.nearest import unknown

if TYPE_CHECKING:
    from taizhang.declarations.ledger import Cells
    from taizhang.declarations.programme import Table
    from taizhang.declarations.registry import Registry
    from taizhang.ledger.view import LedgerView

PERIODS = 12
"""How many stretches of time are told, the last ones, unless more are asked for."""

WHOLE = Label("至今", "to date")


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of time: first and last day; ``begin`` None is from the first fact on."""

    label: Label
    begin: dt.date | None
    end: dt.date


@dataclass(frozen=True, slots=True)
class Value:
    """One number: the ``whole``, or one ``group``, a value of the column by which it is divided, or an
    organisation.
    """

    period: Period
    whole: bool
    group: Any
    value: int | None


def figure_of(
    ledger: LedgerView, name: str, by: str | None = None, over: str | None = None
) -> Figure:
    """The figure called so (its whole name, or the last part), divided otherwise if that is asked for;
    ``by`` or ``over`` ``"-"`` is not divided. Raises :class:`Usage`.

    Args:
        ledger: Knows the figures of the programmes that are loaded.
        name: Its whole name, or the last part.
        by: The column to divide it by.
        over: The stretch of the calendar to divide it by.
    """
    every = ledger.registry.figures
    some = [f for n, f in every.items() if name in (n, n.rpartition(".")[2])]
    some = [f for f in some if f.name == name] or some
    if len(some) != 1:
        known: dict[str, Figure | Balance] = {**every, **ledger.registry.balances}
        raise unknown(
            "没有统计数 {name}；已有 {known}|there is no figure {name}; there are {known}",
            name,
            {n: known[n].label for n in sorted(known)},
        )
    figure = some[0]
    if by is not None:
        figure = replace(figure, by=None if by == "-" else by)
    if over is not None:
        figure = replace(figure, over=_over(over))
    check_figure(figure, ledger.registry)
    return figure


def _over(written: str) -> Over | None:
    known: tuple[Over, ...] = ("month", "quarter", "half-year", "year")
    if written == "-":
        return None
    for over in known:
        if over == written:
            return over
    raise Usage("--over 只能是 {known}|--over is one of {known}", known=", ".join([*known, "-"]))


def duty_of_figure(registry: Registry, figure: Figure) -> str:
    """The duty of which a figure is the share."""
    found = duty_name(figure, registry.duties)
    assert found is not None
    return found


def row_place(registry: Registry, table: Table[Any], select: Selection) -> str | None:
    """The column by which a row of a figure itself says where it belongs, if it does.

    Args:
        registry: Knows the hierarchy.
        table: The table of the selection.
        select: The selection of the figure.
    """
    tree = registry.hierarchy
    own = [c for c in references(table, tree.kind) if c != "id"] if tree is not None else []
    if select.organisation is None and table.entity is None and len(own) == 1:
        return own[0]
    return select.organisation


def periods(
    ledger: LedgerView, figure: Figure, count: int = PERIODS, day: dt.date | None = None
) -> list[Period]:
    """The last stretches up to the ledger's day, none before the first fact; with ``day`` the one in
    which it lies.

    Args:
        ledger: The ledger at its two clocks.
        figure: The figure.
        count: The most stretches.
        day: A day of the one stretch asked for.
    """
    on = ledger.on
    if figure.over is None:
        return [Period(WHOLE, None, on)]
    if day is not None:
        return [Period(period_label(figure.over, day), *period(figure.over, day))]
    assert figure.select is not None
    table, source = table_rows(ledger.registry.tables, figure.select, None, on, on)
    happened = happening(table, figure.select) if dated(figure.select, table) else "r.since"
    if not dated(figure.select, table):
        source = f"FROM {name(table.name + '_all')} r WHERE r.since <= {iso(on)}"
    first = ledger.value(f"SELECT min({happened}) {source}")
    found: list[Period] = []
    at = on
    while first is not None and len(found) < count:
        begin, end = period(figure.over, at)
        found.append(Period(period_label(figure.over, at), begin, end))
        if begin.isoformat() <= first or begin == dt.date.min:
            break
        at = begin - DAY
    return found[::-1] or [Period(period_label(figure.over, on), *period(figure.over, on))]


class FigureCompiler:
    """Makes the queries of one figure in one period; ``organisation`` limits it to a subtree."""

    def __init__(
        self, ledger: LedgerView, figure: Figure, period: Period, organisation: str | None = None
    ) -> None:
        assert figure.select is not None
        self.ledger = ledger
        self.registry = ledger.registry
        self.figure = figure
        self.organisation = organisation
        self.day = iso(min(period.end, ledger.on))
        self.table, self.source = table_rows(
            self.tables, figure.select, period.begin, period.end, ledger.on
        )
        if organisation is None:
            self.source += self._ours(figure.select)

    @property
    def tables(self) -> Tables:
        """The declared tables."""
        return self.registry.tables

    def _measure(self) -> str:
        measure = self.figure.measure
        if measure.how == "count":
            return "count(*)"
        column = f"r.{name(measure.column)}"
        return f"sum({column})" if measure.how == "sum" else f"count(DISTINCT {column})"

    def _own(self, select: Selection) -> str | None:
        return row_place(self.registry, self.table, select)

    def _ours(self, select: Selection) -> str:
        """Leaves out of the whole store what belongs outside: an added condition on the rows ``r``."""
        tree = self.registry.hierarchy
        if tree is None:
            return ""
        if (to := self._own(select)) is not None:
            outside = (
                f"SELECT o.id FROM {every(tree)} o WHERE {stands(self.day, 'o')} "
                f"AND {holds(self.registry, tree, tree.outside, self.day, 'o')}"
            )
            return f" AND coalesce(r.{name(to)}, '') NOT IN ({outside})"
        if dated(select, self.table):
            return ""
        _, column, kind = chosen(self.tables, select)
        if kind == tree.kind:
            return ""
        here = belongs(self.registry, kind, self.day)
        return f" AND r.{name(column)} NOT IN ({outsiders(self.registry, here, self.day)})"

    def _there(self) -> tuple[str, str]:
        """Says in SQL where a row belongs: a common table to define, and the join to ``below b``."""
        select = self.figure.select
        assert select is not None
        if (to := self._own(select)) is not None:
            return "", f"JOIN below b ON b.id = r.{name(to)}"
        _, column, kind = chosen(self.tables, select)
        if dated(select, self.table):
            day = happening(self.table, select)
            here, when = spells(self.registry, kind), f" AND h.since <= {day} AND h.until > {day}"
        else:
            here, when = belongs(self.registry, kind, self.day), ""
        join = f"JOIN here h ON h.entity = r.{name(column)}{when} JOIN below b ON b.id = h.node"
        return f", here AS MATERIALIZED ({here})", join

    def _divided(self, columns: Sequence[str]) -> str:
        """``WITH …`` up to the rows ``r``, once for each child that they belong to."""
        here, join = self._there()
        rows = self.source.replace(" r WHERE", f" r {join} WHERE", 1)
        listed = "".join(f", r.{name(c)}" for c in dict.fromkeys(["src", *columns]))
        return (
            f"WITH RECURSIVE below(child, id) AS ({below(self.registry, self.organisation, self.day)}){here}, "
            f"divided AS (SELECT DISTINCT b.child AS _child{listed} {rows}) "
        )

    def whole(self) -> int | None:
        """The number of everything."""
        head, rows = self._all()
        number: int | None = self.ledger.value(f"{head}SELECT {self._measure()} {rows}")
        return number

    def groups(self) -> list[tuple[Any, int | None]]:
        """``(group, number)``; by organisation each child, and ``''`` for all that is in none."""
        by = self.figure.by
        if by is None:
            return []
        measure = self._measure()
        if self.registry.hierarchy is None or by != self.registry.hierarchy.kind:
            head, rows = self._all()
            sql = f"{head}SELECT r.{name(by)} AS g, {measure} AS n {rows} GROUP BY 1 ORDER BY g"
        else:
            inside = "SELECT src FROM divided"
            others = (
                f" UNION ALL SELECT '' AS g, {measure} AS n {self.source} AND r.src NOT IN "
                f"({inside}) HAVING count(*) > 0"
            )
            sql = (
                f"{self._divided(self._columns())}SELECT r._child AS g, {measure} AS n "
                f"FROM divided r WHERE r._child <> '' GROUP BY 1"
                f"{others if self.organisation is None else ''}"
            )
        return [(row["g"], row["n"]) for row in self.ledger.query(sql)]

    def _columns(self) -> list[str]:
        """The columns that are measured and divided by."""
        wanted = (self.figure.measure.column, self.figure.by)
        return [c for c in wanted if c in shown_names(self.table)]

    def _all(self) -> tuple[str, str]:
        """Gives what is to be defined first, and the SQL of all rows."""
        if self.organisation is None:
            return "", self.source
        return self._divided(self._columns()), "FROM divided r WHERE r._child = ''"

    def rows(self) -> list[Cells]:
        """The rows that were counted, in the order of their facts."""
        columns = shown_names(self.table)
        listed = ", ".join(f"r.{name(c)}" for c in columns)
        if self.organisation is None:
            return self.ledger.query(f"SELECT {listed} {self.source} ORDER BY r.src")
        return self.ledger.query(
            f"{self._divided(columns)}SELECT {listed} FROM divided r "
            "WHERE r._child = '' ORDER BY r.src"
        )


def values(
    ledger: LedgerView,
    figure: Figure,
    organisation: str | None = None,
    count: int = PERIODS,
    day: dt.date | None = None,
) -> list[Value]:
    """The numbers of a figure, oldest first; in each period the whole, then its groups.

    Args:
        ledger: The ledger at its two clocks.
        figure: The figure.
        organisation: Whose subtree is counted; the whole store if not given.
        count: The most periods.
        day: A day of the one period asked for.
    """
    found = []
    for stretch in periods(ledger, figure, count, day):
        compiler = FigureCompiler(ledger, figure, stretch, organisation)
        found.append(Value(stretch, True, None, compiler.whole()))
        found += [Value(stretch, False, group, number) for group, number in compiler.groups()]
    return found


def rows(
    ledger: LedgerView, figure: Figure, stretch: Period, organisation: str | None = None
) -> list[Cells]:
    """Exactly the rows that were counted in a period.

    Args:
        ledger: The ledger at its two clocks.
        figure: The figure.
        stretch: The period.
        organisation: Whose subtree was counted; the whole store if not given.
    """
    return FigureCompiler(ledger, figure, stretch, organisation).rows()


def measured(figure: Figure, rows: Sequence[Cells]) -> int | None:
    """Computes the measure of a figure over rows: for whoever wants to add them up again."""
    column = figure.measure.column
    if figure.measure.how == "count":
        return len(rows)
    said = [r[column] for r in rows if r[column] is not None]
    if figure.measure.how == "distinct":
        return len(set(said))
    return sum(said) if said else None


__all__ = [
    "PERIODS",
    "FigureCompiler",
    "Period",
    "Value",
    "duty_of_figure",
    "figure_of",
    "measured",
    "periods",
    "row_place",
    "rows",
    "values",
]
