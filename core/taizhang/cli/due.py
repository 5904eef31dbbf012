"""Commands on duties and figures: who has to do what, and what the ledger adds up to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from taizhang.cli.options import below, clock_known, clock_on, window
from taizhang.cli.output import as_json, print_json, print_table
from taizhang.cli.words import LANGUAGE, say

if TYPE_CHECKING:
    from taizhang.cli.settings import Settings
    from taizhang.declarations.duties import State
    from taizhang.duties.board import Line, Standing
    from taizhang.ledger.view import LedgerView


@click.command()
@below
@clock_on
@clock_known
@click.option(
    "--duty",
    multiple=True,
    metavar="NAME",
    help=say("只看这项职责，可重复|only this duty, may repeat"),
)
@click.option(
    "--state",
    metavar="STATE,...",
    help=say("名单只列这些状态，如 missed,overdue|names only in these states, as missed,overdue"),
)
@window
@as_json
@click.pass_obj
def due(
    settings: Settings,
    organisation: str | None,
    on: str | None,
    known: str | None,
    duty: Sequence[str],
    state: str | None,
    window: str | None,
    as_json: bool,
) -> None:
    """Duties with the numbers in each state, and the names for the community and below.

    Of each duty the window that runs and the one that ended last.
    """
    from taizhang.decisions.parsing import parse_date
    from taizhang.duties.board import board, named, people
    from taizhang.duties.telling import (
        board_json,
        communities_of,
        line_json,
        organisation_of,
        standing_json,
    )

    with settings.read() as ws:
        ledger = ws.at(on, known)
        here = None if organisation is None else organisation_of(ledger, organisation)
        states = _states(state)
        day = None if window is None else parse_date(window)
        listed = list(board(ledger, here, list(duty) or None, day))
        communities = communities_of(ledger, ws.paths.settings())
        told = named(ledger, here, communities)
        names = [
            person
            for lines in listed
            if told
            for person in people(ledger, lines[0].window, here, states, communities=communities)
        ]
        if as_json:
            print_json(
                board_json(
                    ledger,
                    here,
                    [line_json(ledger, line, LANGUAGE) for lines in listed for line in lines],
                    standing_json(ledger, names, LANGUAGE) if told else None,
                )
            )
            return
        _print_lines(ledger, [line for lines in listed for line in lines], ws.demonstration)
        if told:
            _print_names(ledger, names)
        elif any(lines[0].obliged > lines[0].done for lines in listed):
            click.echo(
                say(
                    "名单只给本社区及以下；用 --organisation 指明社区"
                    "|names are for the community and below: say which with --organisation"
                )
            )


def _states(written: str | None) -> tuple[State, ...]:
    """The states written in either language with commas between."""
    from taizhang.duties.board import PRESSING, STATES
    from taizhang.words.errors import Usage
    from taizhang.words.labels import narrow

    if written is None:
        return PRESSING
    found: list[State] = []
    for word in narrow(written).replace("、", ",").split(","):
        wanted = word.strip().lower()
        same: list[State] = [
            s
            for s, label in STATES.items()
            if wanted in (s, s.replace("_", "-"), label.zh, label.en)
        ]
        if not same:
            known = ", ".join(STATES)
            raise Usage("没有状态 {word}；可用 {known}|there is no state {word}; there are {known}", word=word.strip(), known=known)  # fmt: skip
        found += same
    return tuple(found)


def _print_lines(ledger: LedgerView, lines: Sequence[Line], demonstration: bool) -> None:
    from taizhang.duties.board import STATES
    from taizhang.duties.telling import organisation_name, percent

    shown: list[State] = [
        s for s in STATES if s != "done" and any(line.counts.get(s) for line in lines)
    ]
    headers = [
        "职责|duty",
        "期|window",
        "组织|organisation",
        "应办|obliged",
        "已完成|done",
        "完成率|share",
    ]
    print_table(
        [*map(say, headers), *(STATES[s].text(LANGUAGE) for s in shown)],
        [
            [
                line.window.version.label.text(LANGUAGE),
                line.window.label.text(LANGUAGE),
                organisation_name(ledger, line, LANGUAGE),
                f"{line.obliged:,}",
                f"{line.done:,}",
                percent(line.share),
                *(f"{line.counts.get(s, 0):,}" for s in shown),
            ]
            for line in lines
        ],
        right=[False, False, False, *([True] * (3 + len(shown)))],
    )
    badge = "  " + say("示例数据|demonstration data") if demonstration else ""
    click.echo(say("{n} 行|{n} rows").format(n=f"{len(lines):,}") + badge)


def _print_names(ledger: LedgerView, names: Sequence[Standing]) -> None:
    from taizhang.duties.telling import standing_json

    if not names:
        return
    click.echo()
    rows: list[dict[str, Any]] = standing_json(ledger, names, LANGUAGE)
    print_table(
        [
            say(h)
            for h in (
                "状态|state",
                "姓名或名称|name",
                "组织|organisation",
                "职责|duty",
                "期|window",
                "进度|progress",
                "期限|by",
            )
        ],
        [
            [
                r["state_label"],
                r["name"],
                r["organisation_name"] or "",
                r["label"],
                r["window"],
                ""
                if r["value"] is None
                else f"{r['value']:,}/{r['needed']:,}"
                if r["needed"]
                else f"{r['value']:,}",
                r["due"] or "",
            ]
            for r in rows
        ],
    )
    click.echo(say("{n} 人（项）|{n} names").format(n=f"{len(rows):,}"))


@click.command()
@click.argument("name", default="")
@below
@clock_on
@clock_known
@click.option(
    "--by",
    metavar="COLUMN|organisation|-",
    help=say("按哪一列或按组织分，- 不分|divided by a column or by organisation, - not at all"),
)
@click.option(
    "--over",
    metavar="month|quarter|half-year|year|-",
    help=say("按月、季、半年或年，- 不分|by month, quarter, half-year or year, - not at all"),
)
@click.option(
    "--periods",
    type=click.IntRange(min=1),
    default=12,
    show_default=True,
    help=say("最近几期|the last so many periods"),
)
@window
@click.option("--opening", type=int, help=say("书面的期初数|the opening that a paper states"))
@click.option("--closing", type=int, help=say("书面的期末数|the closing that a paper states"))
@click.option(
    "--rows",
    "opened",
    is_flag=True,
    help=say("列出最后一期数到的每一行|list the rows counted in the last period"),
)
@as_json
@click.pass_obj
def figures(
    settings: Settings,
    name: str,
    organisation: str | None,
    on: str | None,
    known: str | None,
    by: str | None,
    over: str | None,
    periods: int,
    window: str | None,
    opening: int | None,
    closing: int | None,
    opened: bool,
    as_json: bool,
) -> None:
    """Figures: all of them today, or NAME over time and by group; --rows opens a number.

    NAME may be a balance: what there was, what came and went, what there is, and who does not add up.
    """
    from taizhang.cli import figuring
    from taizhang.decisions.parsing import parse_date
    from taizhang.duties.balances import Stated
    from taizhang.duties.telling import communities_of, organisation_of
    from taizhang.words.errors import Usage

    with settings.read() as ws:
        ledger = ws.at(on, known)
        here = None if organisation is None else organisation_of(ledger, organisation)
        asked = figuring.Asked(
            ledger,
            name,
            here,
            by,
            over,
            periods,
            None if window is None else parse_date(window),
            communities_of(ledger, ws.paths.settings()),
            ws.demonstration,
            Stated(opening, closing),
        )
        if opened and not name:
            raise Usage("--rows 要写明统计数的名称|--rows goes with the name of a figure")
        shown = asked.rows() if opened else asked.numbers()
        if as_json:
            print_json(shown.data)
        else:
            shown.show()


COMMANDS = {"due": due, "figures": figures}
