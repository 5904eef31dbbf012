"""Balances (平衡表): what there was, what came and went and why, what there is.

The stock is read at both ends, the flows are counted from what was recorded of them; neither is computed
from the other. The residual is what the flows do not explain, and every entity that does not add up is
named, also where two of them cancel each other out.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from msgspec.structs import replace

from taizhang.declarations.columns import BEGAN, Tables, chosen
from taizhang.declarations.duties import Balance, Flow, Selection
from taizhang.duties.predicates import condition, name, stands
from taizhang.duties.rows import dated, happening, table_rows
from taizhang.duties.standing import iso
from taizhang.duties.windows import DAY, period, period_label
from taizhang.words.labels import Label

if TYPE_CHECKING:
    from taizhang.declarations.ledger import Cells
    from taizhang.ledger.view import LedgerView


@dataclass(frozen=True, slots=True)
class Unexplained:
    """An entity whose coming or going no flow explains: ``change`` is the stock's less the flows';
    ``stood`` and ``stands`` say whether it was there at either end.
    """

    id: str
    change: int
    stood: bool
    stands: bool


@dataclass(frozen=True, slots=True)
class Stated:
    """The stocks that a paper states for both ends: an event that is missing shows nowhere else."""

    opening: int | None = None
    closing: int | None = None


@dataclass(frozen=True, slots=True)
class BalanceSheet:
    """A balance in one period: ``opening`` on the day before it, ``closing`` on its last day, or on the
    ledger's while it runs.
    """

    balance: Balance
    label: Label
    kind: str
    begin: dt.date
    end: dt.date
    opening: int
    closing: int
    flows: tuple[tuple[Flow, int], ...]
    unexplained: tuple[Unexplained, ...]
    stated: Stated = Stated()

    @property
    def residual(self) -> int:
        """Closing less opening less what the flows say; by what a paper states, where it does."""
        opening = self.opening if self.stated.opening is None else self.stated.opening
        closing = self.closing if self.stated.closing is None else self.stated.closing
        return closing - opening - sum(f.sign * n for f, n in self.flows)


def _stock(tables: Tables, stock: Selection, day: str) -> str:
    table, column, _ = chosen(tables, stock)
    where = condition(tables, table, stock.where, day)
    return (
        f"SELECT DISTINCT r.{name(column)} AS entity FROM {name(table.name + '_all')} r "
        f"WHERE r.{name(column)} IS NOT NULL AND {stands(day)}{where}"
    )


def flow_rows(
    tables: Tables, balance: Balance, flow: Flow, begin: dt.date, end: dt.date, on: dt.date
) -> str:
    """SQL ``FROM … r WHERE …`` of the rows of a flow, the entity being the column of its selection.

    An outflow is of one who stood in the stock the day before, an inflow of one who did not: a move from
    branch to branch is neither.
    """
    of = flow.of
    table, column, _ = chosen(tables, of)
    if not dated(of, table):
        of = replace(of, day=BEGAN)
    table, rows = table_rows(tables, of, begin, end, on)
    stock, key, _ = chosen(tables, balance.stock)
    day = happening(table, of)
    stood = stands(f"date({day}, '-1 day')", "s")
    if flow.sign < 0:
        # Who came on that very day stood in it too, though on no day.
        stood = f"({stood} OR s.since = {day} AND s.until = {day})"
    where = condition(tables, stock, balance.stock.where, day, "s")
    there = (
        f"EXISTS (SELECT 1 FROM {name(stock.name + '_all')} s "
        f"WHERE s.{name(key)} = r.{name(column)} AND {stood}{where})"
    )
    return f"{rows} AND r.{name(column)} IS NOT NULL AND {'' if flow.sign < 0 else 'NOT '}{there}"


def sheet(
    ledger: LedgerView, balance: Balance, day: dt.date | None = None, stated: Stated | None = None
) -> BalanceSheet:
    """The balance of the period in which ``day`` (the ledger's) lies.

    Args:
        ledger: The ledger at its two clocks.
        balance: The balance as declared.
        day: A day of the period, the ledger's if not given.
        stated: The stocks that a paper states, to be held against it.
    """
    tables = ledger.registry.tables
    at = ledger.on if day is None else day
    begin, last = period(balance.per, at)
    end = min(last, ledger.on)
    _, _, kind = chosen(tables, balance.stock)
    opening = _stock(tables, balance.stock, iso(begin - DAY))
    closing = _stock(tables, balance.stock, iso(end))
    parts = [
        f"SELECT entity, -1 AS change, 1 AS stood, 0 AS remains FROM ({opening})",
        f"SELECT entity, 1 AS change, 0 AS stood, 1 AS remains FROM ({closing})",
    ]
    flows = []
    for flow in balance.flows:
        rows = flow_rows(tables, balance, flow, begin, end, ledger.on)
        flows.append((flow, ledger.value(f"SELECT count(*) {rows}")))
        column = chosen(tables, flow.of)[1]
        parts.append(f"SELECT r.{name(column)}, {-flow.sign}, 0, 0 {rows}")
    unexplained = ledger.query(
        "SELECT entity, sum(change) AS change, max(stood) AS stood, max(remains) AS remains FROM "
        f"({' UNION ALL '.join(parts)}) GROUP BY entity HAVING sum(change) <> 0 ORDER BY entity"
    )
    return BalanceSheet(
        balance,
        period_label(balance.per, at),
        kind,
        begin,
        end,
        ledger.value(f"SELECT count(*) FROM ({opening})"),
        ledger.value(f"SELECT count(*) FROM ({closing})"),
        tuple(flows),
        tuple(
            Unexplained(r["entity"], r["change"], bool(r["stood"]), bool(r["remains"]))
            for r in unexplained
        ),
        stated or Stated(),
    )


def behind(ledger: LedgerView, made: BalanceSheet, flow: Flow) -> list[Cells]:
    """The rows behind one cell, each with its day, ``happened``, and its event, ``src``.

    Args:
        ledger: The ledger that the sheet was made of.
        made: The sheet.
        flow: The flow whose cell it is.
    """
    tables = ledger.registry.tables
    rows = flow_rows(tables, made.balance, flow, made.begin, made.end, ledger.on)
    table, column, _ = chosen(tables, flow.of)
    of = flow.of if dated(flow.of, table) else replace(flow.of, day=BEGAN)
    return ledger.query(
        f"SELECT r.{name(column)}, {happening(table, of)} AS happened, r.src {rows} "
        "ORDER BY happened, r.src"
    )


__all__ = ["BalanceSheet", "Stated", "Unexplained", "behind", "flow_rows", "sheet"]
