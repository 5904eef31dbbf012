"""The command on statistical tables: filled in for a year, reported, and what came late."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from taizhang.cli.options import below, clock_known, clock_on
from taizhang.cli.output import as_json, footer, print_json, print_table
from taizhang.cli.words import LANGUAGE, say

if TYPE_CHECKING:
    from taizhang.cli.settings import Settings


@click.command()
@click.argument("words", nargs=-1, required=True, metavar="[pin|late] TABLE")
@click.option("--year", type=int, required=True, help=say("年份|the year"))
@below
@click.option(
    "--row", metavar="N", help=say("列出这一行的人和事件|list who and what is behind this row")
)
@click.option("--reason", metavar="TEXT", help=say("再次上报的理由|why it is reported again"))
@clock_on
@clock_known
@as_json
@click.pass_obj
def statistics(
    settings: Settings,
    words: tuple[str, ...],
    year: int,
    organisation: str | None,
    row: str | None,
    reason: str | None,
    on: str | None,
    known: str | None,
    as_json: bool,
) -> None:
    """A statistical table of a year.

    `statistics T1 --year 2012` fills it in, `statistics pin T1 --year 2012` keeps it as it is reported,
    `statistics late T1 --year 2012` lists what is another number by what is known now.
    """
    verb, name = ("", words[0]) if len(words) == 1 else words[:2]
    if len(words) > 2 or verb not in ("", "pin", "late"):
        raise click.UsageError(
            say("写 statistics [pin|late] 统计表|write statistics [pin|late] TABLE")
        )
    if verb == "pin":
        _pin(settings, name, year, organisation, reason, as_json)
        return
    _read(settings, (verb, name, row), year, organisation, (on, known), as_json)


def _pin(
    settings: Settings,
    name: str,
    year: int,
    organisation: str | None,
    reason: str | None,
    as_json: bool,
) -> None:
    from taizhang.office.returns.filling import pin
    from taizhang.readmodels.locating import entity_of

    with settings.open() as ws:
        here = None if organisation is None else entity_of(ws.at(), "organisation", organisation)
        receipt = pin(ws, name, year, here, reason or "")
        if as_json:
            print_json({"seq": list(receipt.seq)})
        else:
            click.echo(
                say(
                    "#{n} {year} 年 {name} 已上报存档|#{n} {name} of {year} is kept as reported"
                ).format(n=receipt.seq[0], year=year, name=name.upper())
            )


def _read(
    settings: Settings,
    asked: tuple[str, str, str | None],
    year: int,
    organisation: str | None,
    clocks: tuple[str | None, str | None],
    as_json: bool,
) -> None:
    from taizhang.office.returns import filling
    from taizhang.readmodels.locating import entity_of

    verb, name, row = asked
    with settings.read() as ws:
        ledger = ws.at(*clocks)
        here = None if organisation is None else entity_of(ledger, "organisation", organisation)
        if row is not None:
            behind = filling.behind(ledger, name, year, row, here)
            names = ledger.names("member", [line.id for line in behind])
            found: list[dict[str, Any]] = [
                {
                    "row": b.row,
                    "id": b.id,
                    "name": names.get(b.id, b.id),
                    "day": b.day,
                    "src": b.src,
                }
                for b in behind
            ]
            headings = say("行 姓名 日期 来源|row name day event").split()
            shown = [[f["row"], f["name"], f["day"], f"#{f['src']}"] for f in found]
        elif verb == "late":
            found = [
                {"row": x.row, "label": x.label, "reported": x.reported, "value": x.now}
                for x in filling.late(ledger, name, year, here, LANGUAGE)
            ]
            headings = say("行 项目 上报数 现知|row item reported now").split()
            shown = [[f["row"], f["label"], f["reported"], f["value"]] for f in found]
        else:
            filled = filling.fill(ledger, name, year, here, LANGUAGE)
            found = [{"row": n.row, "label": n.label, "value": n.value} for n in filled.numbers]
            headings = say("行 项目 人数|row item number").split()
            part = say("其中：|of which: ")
            shown = [[n.row, f"{part if n.part else ''}{n.label}", n.value] for n in filled.numbers]
        if as_json:
            print_json(found)
            return
        print_table(headings, [[str(cell) for cell in line] for line in shown])
        footer(len(found), ws.demonstration)


COMMANDS = {"statistics": statistics}
