"""Balances (平衡表): what there was, what came and went and why, what there is.

The stock is read at both ends, the flows are counted, or their amounts added up, from what was recorded of
them; neither is computed from the other. The residual is what the flows do not explain, and every entity that
does not add up is named, also where two of them cancel each other out.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from taizhang.declarations.columns import BEGAN, Tables, chosen, references
from taizhang.declarations.duties import Balance, Flow, Not, Selection
from taizhang.duties.belonging import every
from taizhang.duties.predicates import condition, name, stands
from taizhang.duties.rows import dated, happening, table_rows
from taizhang.duties.standing import iso
from taizhang.duties.windows import DAY, period, period_label
from taizhang.words.errors import Usage
from taizhang.words.labels import Label

if TYPE_CHECKING:
    from taizhang.declarations.ledger import Cells
    from taizhang.ledger.view import LedgerView


FROM_OTHERS = Label("内部其他组织转来", "From others of ours")
TO_OTHERS = Label("转往内部其他组织", "To others of ours")


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


class Part(Struct, frozen=True):
    """The stock of one organisation and all below it, and that of the others (``rest``)."""

    stock: Selection
    rest: Selection
    sum: str | None = None

    def flows(self) -> tuple[Flow, Flow]:
        """Lists who came from the others, and who went to them: within the whole they are neither come nor
        gone.
        """
        came, went = replace(self.stock, day=BEGAN), replace(self.rest, day=BEGAN)
        return Flow(FROM_OTHERS, 1, came, self.sum), Flow(TO_OTHERS, -1, went, self.sum)


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
    part: Part | None = None

    @property
    def residual(self) -> int:
        """Closing less opening less what the flows say; by what a paper states, where it does."""
        opening = self.opening if self.stated.opening is None else self.stated.opening
        closing = self.closing if self.stated.closing is None else self.stated.closing
        return closing - opening - sum(f.sign * n for f, n in self.flows)


def _stock(tables: Tables, stock: Selection, sum: str | None, day: str) -> str:
    """``entity, amount`` of everything in the stock on a day (SQL), and the row that says so first."""
    table, column, _ = chosen(tables, stock)
    where = condition(tables, table, stock.where, day)
    amount = "1" if sum is None else f"sum(coalesce(r.{name(sum)}, 0))"
    return (
        f"SELECT r.{name(column)} AS entity, {amount} AS amount, min(r.since) AS happened, "
        f"min(r.src) AS src FROM {name(table.name + '_all')} r "
        f"WHERE r.{name(column)} IS NOT NULL AND {stands(day)}{where} GROUP BY 1"
    )


def part_of(ledger: LedgerView, balance: Balance, organisation: str, end: dt.date) -> Part:
    """A balance's stock under an organisation, in the tree as it stood on a day; what had ended by then belongs
    where it stood last. Raises :class:`Usage` where the stock says of no organisation.
    """
    tables, tree = ledger.registry.tables, ledger.registry.hierarchy
    stock = balance.stock
    table, _, _ = chosen(tables, stock)
    own = [] if tree is None else references(table, tree.kind)
    to = stock.organisation or (own[0] if len(own) == 1 and own[0] != "id" else None)
    if tree is None or to is None:
        raise Usage(
            "平衡表 {name} 不分组织|the balance {name} is not divided by organisation",
            name=balance.name,
        )
    rows = ledger.query(
        f"SELECT id, {name(tree.parent)} AS up FROM {every(tree)} WHERE since <= ? ORDER BY since, src",
        end.isoformat(),
    )
    up = {row["id"]: row["up"] for row in rows}
    found, more = {organisation}, {organisation}
    while more := {id for id, parent in up.items() if parent in more} - found:
        found |= more
    within = tuple(sorted(found))

    def narrowed(values: Any) -> Selection:
        return replace(stock, where={**stock.where, to: values})

    return Part(narrowed(within), narrowed(Not(within)), balance.sum)


def flow_rows(
    tables: Tables,
    balance: Balance,
    flow: Flow,
    begin: dt.date,
    end: dt.date,
    on: dt.date,
    part: Part | None = None,
) -> str:
    """SQL ``FROM … r WHERE …`` of the rows of a flow, the entity being the column of its selection.

    An outflow is of one who stood in the stock the day before, an inflow of one who did not: a move from
    branch to branch is neither. Of a ``part`` it comes from the other part, or goes there. An amount flows
    wherever it is recorded, of a ``part`` where its entity stands on the day, or else stood the day before.
    """
    of = flow.of
    table, column, _ = chosen(tables, of)
    if not dated(of, table):
        of = replace(of, day=BEGAN)
    table, rows = table_rows(tables, of, begin, end, on)
    day = happening(table, of)
    entity = f"r.{name(column)}"

    def there(stock: Selection, *, before: bool, passing: bool = False) -> str:
        standing, key, _ = chosen(tables, stock)
        when = f"date({day}, '-1 day')" if before else day
        stood = stands(when, "s") + condition(tables, standing, stock.where, when, "s")
        if passing:
            # Who came on that very day stood in it too, though on no day.
            same = f"s.since = {day} AND s.until = {day}"
            stood += f" OR {same}{condition(tables, standing, stock.where, day, 's')}"
        return (
            f"EXISTS (SELECT 1 FROM {name(standing.name + '_all')} s "
            f"WHERE s.{name(key)} = {entity} AND ({stood}))"
        )

    if flow.sum is not None:
        terms = []
        if part is not None and flow in part.flows():
            terms = [f"EXISTS ({_left(tables, part, flow)})"]
        elif part is not None:
            here, gone = there(part.stock, before=False), there(part.stock, before=True)
            terms = [f"({here} OR {gone} AND NOT {there(balance.stock, before=False)})"]
    elif part is not None and flow in part.flows():
        left = part.rest if flow.sign > 0 else part.stock
        terms = [there(left, before=True, passing=True)]
    elif flow.sign < 0:
        terms = [there((part or balance).stock, before=True, passing=True)]
    else:
        terms = [f"NOT {there(balance.stock, before=True)}"]
        if part is not None:
            terms.append(there(part.stock, before=False))
    return f"{rows} AND {' AND '.join([f'{entity} IS NOT NULL', *terms])}"


def _left(tables: Tables, part: Part, flow: Flow) -> str:
    """The amount that stood on the timeline of the row ``r`` on the day before it began, in the part that it
    left (SQL).
    """
    left = part.rest if flow.sign > 0 else part.stock
    table, _, _ = chosen(tables, left)
    line = " AND ".join(f"s.{name(k)} IS r.{name(k)}" for k in table.key_columns)
    before = stands("date(r.since, '-1 day')", "s")
    where = condition(tables, table, left.where, "r.since", "s")
    return (
        f"SELECT coalesce(s.{name(flow.sum or '')}, 0) FROM {name(table.name + '_all')} s "
        f"WHERE {line} AND {before}{where}"
    )


def _amount(tables: Tables, flow: Flow, part: Part | None) -> str:
    """The amount that a row ``r`` of a flow adds to the stock, or takes from it (SQL)."""
    if flow.sum is None:
        return "1"
    if part is not None and flow in part.flows():
        return f"({_left(tables, part, flow)})"
    return f"coalesce(r.{name(flow.sum)}, 0)"


def sheet(
    ledger: LedgerView,
    balance: Balance,
    day: dt.date | None = None,
    stated: Stated | None = None,
    organisation: str | None = None,
) -> BalanceSheet:
    """The balance of the period in which ``day`` (the ledger's) lies.

    Args:
        ledger: The ledger; a period that runs is told up to its day.
        balance: The balance.
        day: A day of the period.
        stated: What a paper states.
        organisation: The one whose part, with all below it, is told; None is the whole.

    Returns:
        The sheet.

    Raises:
        Usage: When it is not divided by organisation.
    """
    tables = ledger.registry.tables
    at = ledger.on if day is None else day
    begin, last = period(balance.per, at)
    end = min(last, ledger.on)
    _, _, kind = chosen(tables, balance.stock)
    part = None if organisation is None else part_of(ledger, balance, organisation, end)
    stock = (part or balance).stock
    opening = _stock(tables, stock, balance.sum, iso(begin - DAY))
    closing = _stock(tables, stock, balance.sum, iso(end))
    parts = [
        f"SELECT entity, -amount AS change, 1 AS stood, 0 AS remains FROM ({opening})",
        f"SELECT entity, amount AS change, 0 AS stood, 1 AS remains FROM ({closing})",
    ]
    flows = []
    for flow in (*balance.flows, *(part.flows() if part is not None else ())):
        rows = flow_rows(tables, balance, flow, begin, end, ledger.on, part)
        amount = _amount(tables, flow, part)
        flows.append((flow, ledger.value(f"SELECT coalesce(sum({amount}), 0) {rows}")))
        column = chosen(tables, flow.of)[1]
        parts.append(f"SELECT r.{name(column)}, {-flow.sign} * {amount}, 0, 0 {rows}")
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
        ledger.value(f"SELECT coalesce(sum(amount), 0) FROM ({opening})"),
        ledger.value(f"SELECT coalesce(sum(amount), 0) FROM ({closing})"),
        tuple(flows),
        tuple(
            Unexplained(r["entity"], r["change"], bool(r["stood"]), bool(r["remains"]))
            for r in unexplained
        ),
        stated or Stated(),
        part,
    )


def behind(ledger: LedgerView, made: BalanceSheet, flow: Flow) -> list[Cells]:
    """The rows behind one cell: ``entity``, ``amount``, its day, ``happened``, and its event, ``src``.

    Args:
        ledger: The ledger that the sheet was made of.
        made: The sheet.
        flow: The flow whose cell it is.
    """
    tables = ledger.registry.tables
    rows = flow_rows(tables, made.balance, flow, made.begin, made.end, ledger.on, made.part)
    table, column, _ = chosen(tables, flow.of)
    of = flow.of if dated(flow.of, table) else replace(flow.of, day=BEGAN)
    return ledger.query(
        f"SELECT r.{name(column)} AS entity, {_amount(tables, flow, made.part)} AS amount, "
        f"{happening(table, of)} AS happened, r.src AS src {rows} ORDER BY happened, r.src"
    )


def stock_rows(ledger: LedgerView, made: BalanceSheet, day: dt.date) -> list[Cells]:
    """Everything in the stock on a day, as :func:`behind`; its day is that since which it is as it is.

    Args:
        ledger: The ledger that the sheet was made of.
        made: The sheet.
        day: The day before the period, or its last.
    """
    stock = (made.part or made.balance).stock
    sql = _stock(ledger.registry.tables, stock, made.balance.sum, iso(day))
    return ledger.query(f"{sql} ORDER BY src")


__all__ = [
    "BalanceSheet",
    "Stated",
    "Unexplained",
    "behind",
    "flow_rows",
    "sheet",
    "stock_rows",
]
