"""Commands on duties and figures: who has to do what, and what the ledger adds up to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from taizhang.cli.options import below, clock_known, clock_on, window
from taizhang.cli.output import as_json, footer, print_json, print_table
from taizhang.cli.people import print_names
from taizhang.cli.words import LANGUAGE, say

if TYPE_CHECKING:
    from taizhang.cli.settings import Settings
    from taizhang.declarations.duties import State
    from taizhang.readmodels.due import DutyLine, Name


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
    import msgspec

    from taizhang.decisions.parsing import parse_date
    from taizhang.readmodels.due import Due, communities_of
    from taizhang.readmodels.inforce import not_in_force
    from taizhang.readmodels.locating import entity_of
    from taizhang.workspace.warnings import missing

    with settings.read() as ws:
        ledger = ws.at(on, known)
        here = None if organisation is None else entity_of(ledger, "organisation", organisation)
        states = _states(state)
        day = None if window is None else parse_date(window)
        communities = communities_of(ledger, ws.paths.settings())
        asked = Due(ledger, here, list(duty) or None, day, communities, LANGUAGE)
        absent = [label.text(LANGUAGE) for label in missing(ws)]
        silent = not_in_force(ledger, list(duty) or None, day, LANGUAGE)
        if as_json:
            more = {"not_in_force": msgspec.to_builtins(silent)} if silent else {}
            print_json(asked.as_json(states) | more | ({"missing": absent} if absent else {}))
            return
        _print_lines(asked.lines)
        footer(len(asked.lines), ws.demonstration)
        for one in silent if duty or not asked.lines else ():
            click.echo(one.sentence(LANGUAGE))
        if asked.told:
            _print_names(asked.names(states))
        elif asked.rest:
            click.echo(
                say(
                    "名单只给本社区及以下；用 --organisation 指明社区"
                    "|names are for the community and below: say which with --organisation"
                )
            )
        _print_missing(absent)


def _print_missing(absent: Sequence[str]) -> None:
    """Prints what the answer lacks, in the answer."""
    for sentence in absent:
        click.echo(say("不含：{what}|not in it: {what}").format(what=sentence))


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


def _print_lines(lines: Sequence[DutyLine]) -> None:
    from taizhang.duties.board import STATES

    shown: list[State] = [
        s for s in STATES if s != "done" and any(line.states[s] for line in lines)
    ]
    heads = "职责|duty 期|window 组织|organisation 应办|obliged 已完成|done 完成率|share"
    print_table(
        [*map(say, heads.split()), *(STATES[s].text(LANGUAGE) for s in shown)],
        [
            [
                line.label,
                line.window,
                line.organisation_name,
                f"{line.obliged:,}",
                f"{line.done:,}",
                line.percent,
                *(f"{line.states[s]:,}" for s in shown),
            ]
            for line in lines
        ],
        right=[False, False, False, *([True] * (3 + len(shown)))],
    )


def _print_names(found: Sequence[Name]) -> None:
    if not found:
        return
    click.echo()
    lacking = ("lacking",) if any(name.lacking for name in found) else ()
    print_names(found, "state", "name", "organisation", "duty", "window", "value", "due", *lacking)
    click.echo(say("{n} 人（项）|{n} names").format(n=f"{len(found):,}"))


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
@click.option("--opening", metavar="N", help=say("书面的期初数|the opening that a paper states"))
@click.option("--closing", metavar="N", help=say("书面的期末数|the closing that a paper states"))
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
    opening: str | None,
    closing: str | None,
    opened: bool,
    as_json: bool,
) -> None:
    """Figures: all of them today, or NAME over time and by group; --rows opens a number.

    NAME may be a balance: what there was, what came and went, what there is, and who does not add up.
    """
    from taizhang.cli import figuring
    from taizhang.decisions.parsing import parse_date
    from taizhang.readmodels.due import communities_of
    from taizhang.readmodels.locating import entity_of
    from taizhang.words.errors import Usage
    from taizhang.workspace.warnings import missing

    with settings.read() as ws:
        ledger = ws.at(on, known)
        here = None if organisation is None else entity_of(ledger, "organisation", organisation)
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
            opening,
            closing,
        )
        if opened and not name:
            raise Usage("--rows 要写明统计数的名称|--rows goes with the name of a figure")
        data, show = asked.rows() if opened else asked.numbers()
        absent = [label.text(LANGUAGE) for label in missing(ws)]
        if as_json:
            print_json(data | {"missing": absent} if absent and isinstance(data, dict) else data)
        else:
            show()
            _print_missing(absent)


COMMANDS = {"due": due, "figures": figures}
