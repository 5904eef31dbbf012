"""Figures and balances as answers: the same for a command, a screen and JSON.

A figure answers with lines, a share with the lines of its duty, a balance with its sheet.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from taizhang.declarations.duties import Balance, Figure
from taizhang.duties import balances, figures
from taizhang.duties.board import Line, named, numbers, windows_of
from taizhang.duties.guarding import guarded
from taizhang.duties.telling import OTHERS, line_json
from taizhang.words.errors import Usage
from taizhang.words.labels import Label

if TYPE_CHECKING:
    from taizhang.duties.balances import Sheet
    from taizhang.ledger.view import LedgerView

PERCENT = Label("%", "%")


def unit_of(ledger: LedgerView, figure: Figure) -> Label:
    """What a figure's numbers are: its own word, or that of the kind that is added up."""
    if figure.measure.how == "share":
        return PERCENT
    return figure.unit or Label("", "")


def shown(ledger: LedgerView, figure: Figure, value: int | None, language: str = "zh") -> str:
    """A number of a figure as people read it: time as h:mm, money in yuan, unless it has a unit."""
    if value is None:
        return "no data" if language == "en" else "无数据"
    if figure.measure.how == "sum" and figure.unit is None and figure.select is not None:
        table = ledger.registry.table(figure.select.table)
        return table.shown_fields[figure.measure.column].show(value, language)
    return f"{value:,}"


def group_name(ledger: LedgerView, figure: Figure, group: Any, language: str = "zh") -> str:
    """What a group is called: an organisation or another reference by name, a choice in words."""
    if figure.by == "organisation":
        if not group:
            return OTHERS.text(language)
        return ledger.names("organisation", [group]).get(group) or str(group)
    assert figure.by is not None
    assert figure.select is not None
    if group is None:
        return "(empty)" if language == "en" else "（空）"
    table = ledger.registry.table(figure.select.table)
    spec = table.shown_fields.get(figure.by)
    if spec is None:
        return str(group)
    if spec.entity is not None and spec.entity in ledger.registry.entities:
        return ledger.names(spec.entity, [group]).get(group) or str(group)
    return spec.show(group, language)


def all_figures(
    ledger: LedgerView,
    organisation: str | None = None,
    count: int = figures.PERIODS,
    day: dt.date | None = None,
    language: str = "zh",
) -> list[list[dict[str, Any]]]:
    """The numbers of each figure that can be computed, undivided."""
    made = []
    for name, declared in sorted(ledger.registry.figures.items()):

        def work(name: str = name) -> list[dict[str, Any]]:
            figure = figures.figure_of(ledger, name, "-")
            return figure_json(ledger, figure, organisation, count, day, language)

        doing = f"统计数 {name}|the figure {name}"
        told = guarded(ledger, declared.owner, doing, work)
        if told:
            made.append(told)
    return made


def figure_json(
    ledger: LedgerView,
    figure: Figure,
    organisation: str | None = None,
    count: int = figures.PERIODS,
    day: dt.date | None = None,
    language: str = "zh",
) -> list[dict[str, Any]]:
    """The numbers of a figure as data, oldest first."""
    head = {
        "figure": figure.name,
        "label": figure.label.text(language),
        "unit": unit_of(ledger, figure).text(language),
        "source": figure.source,
    }
    if figure.measure.how == "share":
        return [{**head, **_shared(ledger, line, language)} for line in _share(ledger, figure, organisation, day)]  # fmt: skip
    made = []
    for value in figures.values(ledger, figure, organisation, count, day):
        made.append(
            {
                **head,
                "period": value.period.label.text(language),
                "begin": None if value.period.begin is None else value.period.begin.isoformat(),
                "end": value.period.end.isoformat(),
                "group": None if value.whole else value.group,
                "whole": value.whole,
                "group_label": None
                if value.whole
                else group_name(ledger, figure, value.group, language),
                "value": value.value,
                "shown": shown(ledger, figure, value.value, language),
            }
        )
    return made


def _share(
    ledger: LedgerView, figure: Figure, organisation: str | None, day: dt.date | None
) -> list[Line]:
    name = figures.duty_of(ledger, figure)
    lines = [
        line for w in windows_of(ledger, [name], day) for line in numbers(ledger, w, organisation)
    ]
    return [
        line for line in lines if line.organisation == organisation or figure.by == "organisation"
    ]


def _shared(ledger: LedgerView, line: Line, language: str) -> dict[str, Any]:
    made = line_json(ledger, line, language)
    return {
        "period": made["window"],
        "begin": made["begin"],
        "end": made["end"],
        "group": made["organisation"],
        "whole": line.organisation is None,
        "group_label": made["organisation_name"],
        "value": made["share"],
        "done": made["done"],
        "obliged": made["obliged"],
        "shown": "" if line.share is None else f"{line.share * 100:.1f}",
    }


def balance_of(ledger: LedgerView, name: str) -> Balance | None:
    """The balance called so, if there is one."""
    found = [b for n, b in ledger.registry.balances.items() if name in (n, n.rpartition(".")[2])]
    return found[0] if len(found) == 1 else None


def sheet_json(
    ledger: LedgerView,
    made: Sheet,
    language: str = "zh",
    communities: Sequence[str] | None = None,
) -> dict[str, Any]:
    """A balance as data; whom no flow explains by name, if the store is a community's."""
    told = named(ledger, None, communities)
    ids = [u.id for u in made.unexplained]
    names = ledger.names(made.kind, ids) if told else {}
    return {
        "balance": made.balance.name,
        "label": made.balance.label.text(language),
        "period": made.label.text(language),
        "begin": made.begin.isoformat(),
        "end": made.end.isoformat(),
        "opening": made.opening,
        "flows": [
            {"label": f.label.text(language), "sign": f.sign, "count": n} for f, n in made.flows
        ],
        "closing": made.closing,
        "stated_opening": made.stated.opening,
        "stated_closing": made.stated.closing,
        "residual": made.residual,
        "unexplained": [
            {
                "entity": made.kind,
                "id": u.id if told else None,
                "name": names.get(u.id) or (u.id if told else None),
                "change": u.change,
                "stood": u.stood,
                "stands": u.stands,
            }
            for u in made.unexplained
        ],
    }


def sheet(
    ledger: LedgerView,
    balance: Balance,
    day: dt.date | None = None,
    stated: balances.Stated | None = None,
) -> Sheet:
    """The balance of the period in which a day (the ledger's) lies."""
    if day is not None and day > ledger.on:
        raise Usage("这一期还没有开始|this period has not begun")
    return balances.sheet(ledger, balance, day, stated)


__all__ = [
    "all_figures",
    "balance_of",
    "figure_json",
    "group_name",
    "sheet",
    "sheet_json",
    "shown",
    "unit_of",
]
