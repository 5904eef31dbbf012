"""Balances (平衡表) for every client: the sheet of a period in words, and the rows behind its flows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from taizhang.declarations.columns import chosen
from taizhang.duties import balances
from taizhang.duties.board import named
from taizhang.duties.windows import period
from taizhang.words.errors import Refused, Usage

if TYPE_CHECKING:
    from taizhang.declarations.duties import Balance
    from taizhang.ledger.view import LedgerView


class FlowCount(Struct, frozen=True):
    """One flow: ``sign`` 1 came, -1 went."""

    label: str
    sign: int
    count: int


class Odd(Struct, frozen=True):
    """An entity that does not add up; ``id`` and ``name`` None where names are not told."""

    entity: str
    id: str | None
    name: str | None
    change: int
    stood: bool
    stands: bool


class ShownBalance(Struct, frozen=True):
    """A balance in one period, in words; ``stated_…`` is what a paper says."""

    balance: str
    label: str
    period: str
    begin: dt.date
    end: dt.date
    opening: int
    flows: list[FlowCount]
    closing: int
    stated_opening: int | None
    stated_closing: int | None
    residual: int
    unexplained: list[Odd]


class FlowRow(Struct, frozen=True):
    """A row behind a flow, with the position of its event."""

    flow: str
    sign: int
    id: str
    name: str
    table: str
    day: str
    src: int


def balance_of(ledger: LedgerView, name: str) -> Balance | None:
    """The balance called so, if there is one."""
    found = [b for n, b in ledger.registry.balances.items() if name in (n, n.rpartition(".")[2])]
    return found[0] if len(found) == 1 else None


def sheet(
    ledger: LedgerView,
    balance: Balance,
    day: dt.date | None = None,
    stated: balances.Stated | None = None,
    communities: Sequence[str] | None = None,
    language: str = "zh",
    organisation: str | None = None,
) -> ShownBalance:
    """The balance of the period in which a day (the ledger's) lies; whom no flow explains by name, if the
    store is a community's.

    Args:
        ledger: The ledger at its two clocks.
        balance: The balance as declared.
        day: A day of the period, the ledger's if not given.
        stated: The stocks that a paper states, to be held against it.
        communities: The organisations that are told names, those of the hierarchy if not given.
        language: ``zh`` or ``en``.
        organisation: The one whose part, with all below it, is told; None is the whole.
    """
    made = _made(ledger, balance, day, stated, organisation)
    told = named(ledger, organisation, communities)
    names = ledger.names(made.kind, [u.id for u in made.unexplained]) if told else {}
    return ShownBalance(
        balance.name,
        balance.label.text(language),
        made.label.text(language),
        made.begin,
        made.end,
        made.opening,
        [FlowCount(f.label.text(language), f.sign, n) for f, n in made.flows],
        made.closing,
        made.stated.opening,
        made.stated.closing,
        made.residual,
        [
            Odd(
                made.kind,
                u.id if told else None,
                names.get(u.id) or (u.id if told else None),
                u.change,
                u.stood,
                u.stands,
            )
            for u in made.unexplained
        ],
    )


def flow_rows(
    ledger: LedgerView,
    balance: Balance,
    day: dt.date | None = None,
    communities: Sequence[str] | None = None,
    language: str = "zh",
    organisation: str | None = None,
) -> list[FlowRow]:
    """The rows behind every flow. Raises :class:`Refused` for whoever asks from above a community.

    Args:
        ledger: The ledger at its two clocks.
        balance: The balance as declared.
        day: A day of the period, the ledger's if not given.
        communities: The organisations that are told names, those of the hierarchy if not given.
        language: ``zh`` or ``en``.
        organisation: The one whose part, with all below it, is told; None is the whole.
    """
    if not named(ledger, organisation, communities):
        raise Refused(
            "名单只给本社区及以下；在社区之上只看数目"
            "|names are for the community and below; from above there are numbers only"
        )
    made = _made(ledger, balance, day, None, organisation)
    found = []
    for flow, _ in made.flows:
        column = chosen(ledger.registry.tables, flow.of)[1]
        rows = balances.behind(ledger, made, flow)
        names = ledger.names(made.kind, [r[column] for r in rows])
        label, table = flow.label.text(language), flow.of.table
        found += [
            FlowRow(
                label,
                flow.sign,
                r[column],
                names.get(r[column]) or r[column],
                table,
                r["happened"],
                r["src"],
            )
            for r in rows
        ]
    return found


def _made(
    ledger: LedgerView,
    balance: Balance,
    day: dt.date | None,
    stated: balances.Stated | None,
    organisation: str | None,
) -> balances.BalanceSheet:
    if day is not None and period(balance.per, day)[0] > ledger.on:
        raise Usage("这一期还没有开始|this period has not begun")
    return balances.sheet(ledger, balance, day, stated, organisation)


__all__ = ["FlowRow", "ShownBalance", "balance_of", "flow_rows", "sheet"]
