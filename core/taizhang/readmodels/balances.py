"""Balances (平衡表) for every client: the sheet of a period in words, and the rows behind its flows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from msgspec import Struct

from taizhang.declarations.amounts import CountKind, MinutesKind, MoneyKind, QuantityKind
from taizhang.declarations.kind import Bad
from taizhang.duties import balances
from taizhang.duties.board import named
from taizhang.duties.windows import DAY, period
from taizhang.readmodels.defining import Defining
from taizhang.words.errors import Refused, Usage
from taizhang.words.labels import Label

if TYPE_CHECKING:
    from taizhang.declarations.duties import Balance
    from taizhang.ledger.view import LedgerView


Amount = int | float
"""How many, or how much: minutes whole, money in yuan."""

OPENING = Label("期初", "opening")
CLOSING = Label("期末", "closing")


class FlowCount(Struct, frozen=True):
    """One flow: ``sign`` 1 came, -1 went."""

    label: str
    sign: int
    count: Amount


class Odd(Struct, frozen=True):
    """An entity that does not add up; ``id`` and ``name`` None where names are not told."""

    entity: str
    id: str | None
    name: str | None
    change: Amount
    stood: bool
    stands: bool


class ShownBalance(Struct, frozen=True):
    """A balance in one period, in words; ``stated_…`` is what a paper says. ``kind`` of number is ``entities``,
    or that of the amounts: ``count``, ``minutes``, ``money``, ``quantity``.
    """

    balance: str
    label: str
    period: str
    begin: dt.date
    end: dt.date
    opening: Amount
    flows: list[FlowCount]
    closing: Amount
    stated_opening: Amount | None
    stated_closing: Amount | None
    residual: Amount
    unexplained: list[Odd]
    kind: str
    definition: str
    """The tables, rows and days of stock and flows, in one sentence."""

    def shown(self, amount: Amount) -> str:
        """A number of it as people read it: time as h:mm, money with two decimals."""
        sign, kind = "-" if amount < 0 else "", _KINDS[self.kind]
        return sign + kind.show(round(abs(amount) * kind.parts))


class BalanceRow(Struct, frozen=True):
    """A row behind a number of a balance, with the position of its event. ``sign`` is that of the flow, 0 for what
    stood at either end since ``day``.
    """

    flow: str
    sign: int
    id: str
    name: str
    table: str
    day: str
    src: int
    amount: Amount


_KINDS: dict[str, CountKind] = {
    k.name: k for k in (CountKind(), MinutesKind(), MoneyKind(), QuantityKind())
}
_KINDS["entities"] = CountKind()


def kind_of(ledger: LedgerView, balance: Balance) -> str:
    """The kind of number that a balance is of: ``entities``, ``count``, ``minutes``, ``money`` or
    ``quantity``."""
    if balance.sum is None:
        return "entities"
    table = ledger.registry.table(balance.stock.table)
    return table.shown_fields[balance.sum].kind.name


def stated(
    ledger: LedgerView, balance: Balance, opening: str | None, closing: str | None
) -> balances.Stated:
    """The stocks that a paper states, read as amounts of the balance's kind.

    Args:
        ledger: Knows the tables.
        balance: The balance.
        opening: What the paper says of the day before the period, None where it says nothing.
        closing: What it says of the last day.

    Raises:
        Usage: For what is no such number.
    """
    kind = _KINDS[kind_of(ledger, balance)]

    def read(text: str | None) -> int | None:
        try:
            return None if text is None else kind.parse(text)
        except Bad as bad:
            raise Usage(
                "书面的数{zh}|a number that is stated {en}", zh=bad.rule.zh, en=bad.rule.en
            ) from None

    return balances.Stated(read(opening), read(closing))


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
    kind = kind_of(ledger, balance)
    amount = partial(_amount, kind)
    told = named(ledger, organisation, communities)
    names = ledger.names(made.kind, [u.id for u in made.unexplained]) if told else {}
    return ShownBalance(
        balance.name,
        balance.label.text(language),
        made.label.text(language),
        made.begin,
        made.end,
        amount(made.opening),
        [FlowCount(f.label.text(language), f.sign, amount(n)) for f, n in made.flows],
        amount(made.closing),
        None if made.stated.opening is None else amount(made.stated.opening),
        None if made.stated.closing is None else amount(made.stated.closing),
        amount(made.residual),
        [
            Odd(
                made.kind,
                u.id if told else None,
                names.get(u.id) or (u.id if told else None),
                amount(u.change),
                u.stood,
                u.stands,
            )
            for u in made.unexplained
        ],
        kind,
        Defining(ledger.registry, language).balance(balance),
    )


def _amount(kind: str, stored: int) -> Amount:
    """A number as it is told: money is kept in fen, and told in yuan."""
    parts = _KINDS[kind].parts
    return stored if parts == 1 else stored / parts


def rows(
    ledger: LedgerView,
    balance: Balance,
    day: dt.date | None = None,
    communities: Sequence[str] | None = None,
    language: str = "zh",
    organisation: str | None = None,
) -> list[BalanceRow]:
    """The rows behind every number: the stock before the period, every flow, the stock at its end. Raises
    :class:`Refused` for whoever asks from above a community.

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
    stock, end = balance.stock.table, partial(balances.stock_rows, ledger, made)
    parts = [
        (OPENING, 0, stock, end(made.begin - DAY)),
        *((f.label, f.sign, f.of.table, balances.behind(ledger, made, f)) for f, _ in made.flows),
        (CLOSING, 0, stock, end(made.end)),
    ]
    names = ledger.names(made.kind, list({r["entity"] for *_, some in parts for r in some}))
    kind = kind_of(ledger, balance)
    return [
        BalanceRow(
            label.text(language),
            sign,
            r["entity"],
            names.get(r["entity"]) or r["entity"],
            table,
            r["happened"],
            r["src"],
            _amount(kind, r["amount"]),
        )
        for label, sign, table, some in parts
        for r in some
    ]


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


__all__ = ["BalanceRow", "ShownBalance", "balance_of", "kind_of", "rows", "sheet", "stated"]
