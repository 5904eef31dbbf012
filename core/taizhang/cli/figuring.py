"""What ``figures`` answers: all figures, one over time, a balance, or the rows behind a number."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import click

from taizhang.cli.output import print_table
from taizhang.cli.words import LANGUAGE, say
from taizhang.declarations.columns import chosen
from taizhang.declarations.duties import Balance, Figure
from taizhang.declarations.ledger import Cells
from taizhang.declarations.programme import Table
from taizhang.duties import answers, balances
from taizhang.duties import figures as figuring
from taizhang.duties.board import STATES, named, people, windows_of
from taizhang.duties.telling import standing_json
from taizhang.ledger.view import LedgerView
from taizhang.readmodels.tables import displayed, with_names
from taizhang.words.errors import Refused, Usage


@dataclass(frozen=True, slots=True)
class Shown:
    """An answer as data, and how it is printed."""

    data: Any
    show: Callable[[], None]


def _end(found: int, stated: int | None) -> str:
    """A number of the ledger, with what the paper states where that is another."""
    if stated is None or stated == found:
        return f"{found:,}"
    return say("{found:,}（书面 {stated:,}）|{found:,} (stated {stated:,})").format(
        found=found, stated=stated
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for."""

    ledger: LedgerView
    name: str
    organisation: str | None
    by: str | None
    over: str | None
    count: int
    day: dt.date | None
    communities: Sequence[str] | None
    demonstration: bool
    stated: balances.Stated

    def numbers(self) -> Shown:
        """Numbers: of everything, of one figure, or of a balance."""
        if not self.name:
            return self._all()
        if (balance := self._balance()) is not None:
            return self._sheet(balance)
        self._unstated()
        figure = figuring.figure_of(self.ledger, self.name, self.by, self.over)
        data = answers.figure_json(
            self.ledger, figure, self.organisation, self.count, self.day, LANGUAGE
        )
        return Shown(data, lambda: self._print(data))

    def rows(self) -> Shown:
        """The rows behind the last number."""
        if (balance := self._balance()) is not None:
            return self._flows(balance)
        figure = figuring.figure_of(self.ledger, self.name, self.by, self.over)
        if figure.measure.how == "share":
            return self._shared(figure)
        stretch = figuring.periods(self.ledger, figure, self.count, self.day)[-1]
        assert figure.select is not None
        table = self.ledger.registry.table(figure.select.table)
        rows = figuring.rows(self.ledger, figure, stretch, self.organisation)
        return self._rows(table, rows)

    def _balance(self) -> Balance | None:
        balance = answers.balance_of(self.ledger, self.name)
        if balance is not None and (self.by or self.over or self.organisation):
            raise Usage("平衡表不分组，也不分组织|a balance is not divided, nor by organisation")
        return balance

    def _unstated(self) -> None:
        if self.stated != balances.Stated():
            raise Usage(
                "--opening、--closing 只用于平衡表|--opening and --closing go with a balance"
            )

    def _all(self) -> Shown:
        data: list[dict[str, Any]] = []
        self._unstated()
        if self.by or self.over:
            raise Usage(
                "--by、--over 要写明统计数的名称|--by and --over go with the name of a figure"
            )
        for told in answers.all_figures(self.ledger, self.organisation, 1, self.day, LANGUAGE):
            data += told
        balances_: list[dict[str, Any]] = []
        if self.organisation is None:
            for name in sorted(self.ledger.registry.balances):
                made = answers.sheet(self.ledger, self.ledger.registry.balances[name], self.day)
                balances_.append(answers.sheet_json(self.ledger, made, LANGUAGE, self.communities))

        def show() -> None:
            self._print(data)
            for sheet in balances_:
                click.echo(
                    say("{label}（{name}）{period}：{closing:,}，差额 {residual:,}|{label} ({name}) {period}: {closing:,}, residual {residual:,}").format(
                        name=sheet["balance"], **{k: sheet[k] for k in ("label", "period", "closing", "residual")}
                    )
                )  # fmt: skip

        return Shown({"figures": data, "balances": balances_}, show)

    def _print(self, data: Sequence[dict[str, Any]]) -> None:
        grouped = any(d["group_label"] for d in data)
        head = ["统计数|figure", "名称|label", "期|period"] + (["分组|group"] if grouped else [])
        print_table(
            [say(h) for h in [*head, "数|value", "单位|unit"]],
            [
                [
                    d["figure"],
                    d["label"],
                    d["period"],
                    *([d["group_label"] or say("合计|all")] if grouped else []),
                    d["shown"],
                    d["unit"],
                ]
                for d in data
            ],
            right=[False] * len(head) + [True, False],
        )
        self._footer(len(data))

    def _footer(self, count: int) -> None:
        badge = "  " + say("示例数据|demonstration data") if self.demonstration else ""
        click.echo(say("{n} 行|{n} rows").format(n=f"{count:,}") + badge)

    def _rows(self, table: Table[Any], rows: Sequence[Cells]) -> Shown:
        def show() -> None:
            headers, cells, right = displayed(self.ledger, table, rows, LANGUAGE)
            print_table(headers, cells, right)
            self._footer(len(rows))

        return Shown(with_names(self.ledger, table, rows), show)

    def _shared(self, figure: Figure) -> Shown:
        windows = windows_of(self.ledger, [figuring.duty_of(self.ledger, figure)], self.day)
        found = (
            people(
                self.ledger,
                windows[-1],
                self.organisation,
                tuple(STATES),
                communities=self.communities,
            )
            if windows
            else []
        )
        data = standing_json(self.ledger, found, LANGUAGE)

        def show() -> None:
            print_table(
                [say(h) for h in ("状态|state", "姓名或名称|name", "组织|organisation")],
                [[d["state_label"], d["name"], d["organisation_name"] or ""] for d in data],
            )
            self._footer(len(data))

        return Shown(data, show)

    def _sheet(self, balance: Balance) -> Shown:
        made = answers.sheet(self.ledger, balance, self.day, self.stated)
        data = answers.sheet_json(self.ledger, made, LANGUAGE, self.communities)

        def show() -> None:
            click.echo(f"{data['label']}  {data['period']}  {data['begin']} – {data['end']}")
            rows = [[say("期初|opening"), _end(made.opening, made.stated.opening)]]
            rows += [
                [("+ " if f.sign > 0 else "- ") + f.label.text(LANGUAGE), f"{n:,}"]
                for f, n in made.flows
            ]
            rows += [
                [say("期末|closing"), _end(made.closing, made.stated.closing)],
                [say("差额|residual"), f"{made.residual:,}"],
            ]
            print_table([say("项目|item"), say("人数|number")], rows, right=[False, True])
            if made.unexplained:
                click.echo(
                    say("{n} 个对不上：|{n} that do not add up:").format(n=len(made.unexplained))
                )
            for person in data["unexplained"]:
                if person["id"] is not None:
                    click.echo(f"  {person['name']}  {person['id']}  {person['change']:+d}")

        return Shown(data, show)

    def _flows(self, balance: Balance) -> Shown:
        """The rows behind every flow, each with its event."""
        if not named(self.ledger, None, self.communities):
            raise Refused(
                "名单只给本社区及以下；在社区之上只看数目"
                "|names are for the community and below; from above there are numbers only"
            )
        made = answers.sheet(self.ledger, balance, self.day)
        data: list[dict[str, Any]] = []
        for flow, _ in made.flows:
            column = chosen(self.ledger.registry.tables, flow.of)[1]
            rows = balances.behind(self.ledger, made, flow)
            names = self.ledger.names(made.kind, [r[column] for r in rows])
            data += [
                {
                    "flow": flow.label.text(LANGUAGE),
                    "sign": flow.sign,
                    "id": r[column],
                    "name": names.get(r[column]) or r[column],
                    "table": flow.of.table,
                    "day": r["happened"],
                    "src": r["src"],
                }
                for r in rows
            ]

        def show() -> None:
            print_table(
                [say(h) for h in ("项目|item", "姓名或名称|name", "日期|on", "来源|src")],
                [[d["flow"], d["name"], d["day"], f"#{d['src']}"] for d in data],
                right=[False, False, False, True],
            )
            self._footer(len(data))

        return Shown(data, show)


__all__ = ["Asked", "Shown"]
