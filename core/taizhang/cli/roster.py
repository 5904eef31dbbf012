"""The command that imports rosters."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from taizhang.cli.output import as_json, print_json, progress_bar
from taizhang.cli.words import LANGUAGE, say
from taizhang.cli.write import print_batch, warn_noticed, warn_unsealed

if TYPE_CHECKING:
    from taizhang.cli.settings import Settings


@click.group("import")
def importing() -> None:
    """Import spreadsheets."""


@importing.command(
    "members",
    help=say("导入党员名册 FILE，按列名认列|a roster of members from FILE, columns by label"),
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--commit", is_flag=True, help=say("登记（默认只试运行）|record it (a dry run by default)")
)
@click.option(
    "--on",
    metavar="DATE",
    help=say("没有日期列时的生效日期（默认今天）|the day for rows without one (today)"),
)
@click.option(
    "--organisation",
    metavar="NAME",
    help=say("没有支部列时编入的支部|the branch for rows without one"),
)
@as_json
@click.pass_context
def members(
    ctx: click.Context,
    file: Path,
    commit: bool,
    on: str | None,
    organisation: str | None,
    as_json: bool,
) -> None:
    """A roster of members from FILE (.xlsx or .csv), columns by label."""
    from taizhang.decisions.notices import told
    from taizhang.office.sheets.importing import import_members

    settings: Settings = ctx.obj
    with settings.open() as ws, progress_bar(say("核对|checking")) as progress:
        report = import_members(
            ws, file, on=on, organisation=organisation, commit=commit, progress=progress
        )
        warnings = [w.text(LANGUAGE) for w in ws.warnings()]
        warn_unsealed(ws)
    receipt, notices = report.receipt, told(report.notices, LANGUAGE)
    if as_json:
        print_json(
            {
                "ready": len(report.ready),
                "held": [
                    {"line": p.line, "field": p.field, "text": p.text(LANGUAGE)}
                    for p in report.held
                ],
                "dropped": report.sheet.dropped,
                "unknown": report.sheet.unknown,
                "columns": report.sheet.mapped,
                "committed": receipt is not None,
                "seq": list(receipt.seq) if receipt else [],
                **({"batch": receipt.batch} if receipt else {}),
                "ids": dict(receipt.ids) if receipt else {},
                **({"notices": notices} if notices else {}),
                **({"warnings": warnings} if warnings else {}),
            }
        )
    else:
        for title in report.sheet.dropped:
            click.echo(
                say("“{t}”列不予保存，已略去|column {t} is not kept and was dropped").format(
                    t=title
                )
            )
        for title in report.sheet.unknown:
            click.echo(
                say("不认识“{t}”列，已略去|column {t} is unknown and was left out").format(t=title)
            )
        for problem in report.held:
            click.echo(problem.text(LANGUAGE))
        warn_noticed(notices)
        click.echo(
            say("{a} 行可以登记，{b} 行有问题|{a} rows ready, {b} held").format(
                a=len(report.ready), b=report.held_lines
            )
        )
        if receipt is not None:
            click.echo(say("已登记 {n} 条事件|recorded {n} events").format(n=len(receipt.seq)))
            print_batch(receipt)
        elif commit:
            click.echo(say("有问题，全部未登记|nothing was recorded"), err=True)
        else:
            click.echo(say("试运行，未登记；加 --commit 登记|a dry run; add --commit to record"))
    if commit and receipt is None:
        ctx.exit(1)


COMMANDS = {"import": importing}
