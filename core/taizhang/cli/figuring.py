"""What ``figures`` answers: all figures, one over time, a balance, or the rows behind a number."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import click
import msgspec

from taizhang.cli.output import footer, print_table
from taizhang.cli.people import print_names
from taizhang.cli.words import LANGUAGE, say
from taizhang.declarations.duties import Balance
from taizhang.duties.figures import figure_of
from taizhang.ledger.view import LedgerView
from taizhang.readmodels import balances, figures
from taizhang.readmodels.tables import displayed, with_names
from taizhang.words.errors import Usage

Answer = tuple[Any, Callable[[], None]]
"""An answer as data, and how it is printed."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question about duties or figures, as the command line puts it."""

    ledger: LedgerView
    name: str
    organisation: str | None
    by: str | None
    over: str | None
    count: int
    day: dt.date | None
    communities: Sequence[str] | None
    demonstration: bool
    opening: str | None
    closing: str | None
    """The stocks that a paper states."""

    def numbers(self) -> Answer:
        """Numbers: of everything, of one figure, or of a balance."""
        if self.name and (balance := self._balance()) is not None:
            sheet = self._sheet(balance)
            return msgspec.to_builtins(sheet), lambda: _print_sheet(sheet)
        if self.opening is not None or self.closing is not None:
            raise Usage(
                "--opening、--closing 只用于平衡表|--opening and --closing go with a balance"
            )
        if not self.name:
            return self._all()
        figure = figure_of(self.ledger, self.name, self.by, self.over)
        found = self._figures(self.count).numbers(figure)

        def show() -> None:
            self._print(found)
            if found:
                _print_definition(found[-1].definition)

        return msgspec.to_builtins(found), show

    def rows(self) -> Answer:
        """The rows behind the last number."""
        ledger = self.ledger
        if (balance := self._balance()) is not None:
            found = balances.rows(
                ledger, balance, self.day, self.communities, LANGUAGE, self.organisation
            )
            return msgspec.to_builtins(found), lambda: self._print_rows(self._sheet(balance), found)
        figure = figure_of(ledger, self.name, self.by, self.over)
        if figure.measure.how == "share":
            people = self._figures(self.count).people(figure, self.communities)

            def names() -> None:
                print_names(people, "state", "name", "organisation")
                footer(len(people), self.demonstration)

            return msgspec.to_builtins(people), names
        table, rows = self._figures(self.count).rows(figure)

        def show() -> None:
            print_table(*displayed(ledger, table, rows, LANGUAGE))
            footer(len(rows), self.demonstration)

        return with_names(ledger, table, rows), show

    def _figures(self, count: int) -> figures.Figures:
        return figures.Figures(self.ledger, self.organisation, count, self.day, LANGUAGE)

    def _balance(self) -> Balance | None:
        balance = balances.balance_of(self.ledger, self.name)
        if balance is not None and (self.by or self.over):
            raise Usage("平衡表不分组|a balance is not divided")
        return balance

    def _sheet(self, balance: Balance) -> balances.ShownBalance:
        return balances.sheet(
            self.ledger,
            balance,
            self.day,
            balances.stated(self.ledger, balance, self.opening, self.closing),
            self.communities,
            LANGUAGE,
            self.organisation,
        )

    def _all(self) -> Answer:
        if self.by or self.over:
            raise Usage(
                "--by、--over 要写明统计数的名称|--by and --over go with the name of a figure"
            )
        told = self._figures(1).all()
        found = [number for numbers in told for number in numbers]
        every = sorted(self.ledger.registry.balances.items()) if self.organisation is None else ()
        sheets = [self._sheet(balance) for _, balance in every]

        def show() -> None:
            self._print(found)
            words = say(
                "{s.label}（{s.balance}）{s.period}：{closing}，差额 {residual}"
                "|{s.label} ({s.balance}) {s.period}: {closing}, residual {residual}"
            )
            for sheet in sheets:
                ends = map(sheet.shown, (sheet.closing, sheet.residual))
                click.echo(words.format(s=sheet, closing=next(ends), residual=next(ends)))

        return msgspec.to_builtins({"figures": found, "balances": sheets}), show

    def _print(self, found: Sequence[figures.Number]) -> None:
        grouped = any(n.group_label for n in found)
        head = ["统计数|figure", "名称|label", "期|period"] + (["分组|group"] if grouped else [])
        print_table(
            [say(h) for h in [*head, "数|value", "单位|unit"]],
            [
                [
                    n.figure,
                    n.label,
                    n.period,
                    *([n.group_label or say("合计|all")] if grouped else []),
                    n.shown,
                    n.unit,
                ]
                for n in found
            ],
            right=[False] * len(head) + [True, False],
        )
        footer(len(found), self.demonstration)

    def _print_rows(
        self, sheet: balances.ShownBalance, rows: Sequence[balances.BalanceRow]
    ) -> None:
        print_table(
            [say(h) for h in ("项目|item", "姓名或名称|name", "日期|on", "数|number", "来源|src")],
            [[r.flow, r.name, r.day, sheet.shown(r.amount), f"#{r.src}"] for r in rows],
            right=[False, False, False, True, True],
        )
        footer(len(rows), self.demonstration)


def _print_definition(definition: str) -> None:
    click.echo(say("定义：{d}|definition: {d}").format(d=definition))


def _print_sheet(sheet: balances.ShownBalance) -> None:
    click.echo(f"{sheet.label}  {sheet.period}  {sheet.begin} – {sheet.end}")
    shown = sheet.shown
    rows = [
        [balances.OPENING.text(LANGUAGE), _end(sheet, sheet.opening, sheet.stated_opening)],
        *([f"{'+' if f.sign > 0 else '-'} {f.label}", shown(f.count)] for f in sheet.flows),
        [balances.CLOSING.text(LANGUAGE), _end(sheet, sheet.closing, sheet.stated_closing)],
        [say("差额|residual"), shown(sheet.residual)],
    ]
    number = {"entities": "人数|number", "money": "金额（元）|yuan"}.get(sheet.kind, "数|number")
    print_table([say("项目|item"), say(number)], rows, right=[False, True])
    _print_definition(sheet.definition)
    if sheet.unexplained:
        n = len(sheet.unexplained)
        click.echo(say("{n} 个对不上：|{n} that do not add up:").format(n=n))
    for one in sheet.unexplained:
        if one.id is not None:
            sign = "+" if one.change > 0 else ""
            click.echo(f"  {one.name}  {one.id}  {sign}{shown(one.change)}")


def _end(
    sheet: balances.ShownBalance, found: balances.Amount, stated: balances.Amount | None
) -> str:
    """A number of the ledger, with what the paper states where that is another."""
    if stated is None or stated == found:
        return sheet.shown(found)
    return say("{found}（书面 {stated}）|{found} (stated {stated})").format(
        found=sheet.shown(found), stated=sheet.shown(stated)
    )


__all__ = ["Asked"]
