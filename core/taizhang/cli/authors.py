"""``taizhang plugins check`` and ``plugins new``: what authors of programmes need before they ship one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from taizhang.cli.output import as_json, print_json
from taizhang.cli.words import LANGUAGE, say

if TYPE_CHECKING:
    from taizhang.checking import Trouble


@click.command(
    help=say(
        "静态检查 PATH 处的插件（文件、包或项目目录，会运行它的代码）；不给 PATH 则检查全部已安装的"
        "|check the plugin at PATH (a file, a package or a project; its code is run), or all that are installed"
    )
)
@click.argument("path", required=False, type=click.Path(exists=True, path_type=Path))
@as_json
@click.pass_context
def check(ctx: click.Context, path: Path | None, as_json: bool) -> None:
    """Look at programmes without recording anything; exit code 1 with a list of what is wrong."""
    from taizhang.loading.examining import examine_all, examine_at

    checked = examine_all() if path is None else examine_at(path)
    troubles = [trouble for one in checked.values() for trouble in one]
    if as_json:
        print_json([_told(name, found) for name, found in checked.items()])
    else:
        for name, found in checked.items():
            if not found:
                click.echo(say("{name}：没有问题|{name}: nothing wrong").format(name=name))
            for trouble in found:
                click.echo(trouble.label.text(LANGUAGE))
    if troubles:
        ctx.exit(1)


def _told(name: str, found: list[Trouble]) -> dict[str, object]:
    return {
        "name": name,
        "troubles": [
            {"check": t.check, "where": t.where, "what": t.what.text(LANGUAGE)} for t in found
        ],
    }


@click.command(
    help=say(
        "新建插件 NAME：一个马上能通过自己测试的包|begin the plugin NAME: a package that passes its own tests at once"
    )
)
@click.argument("name")
@click.option(
    "--folder",
    type=click.Path(path_type=Path),
    help=say("写到哪里（默认 taizhang-NAME）|where to (default taizhang-NAME)"),
)
def new(name: str, folder: Path | None) -> None:
    """Write a package to start from."""
    from taizhang.scaffold import scaffold

    files = scaffold(name, folder)
    for file in files:
        click.echo(str(file))
    place = files[0].parent
    click.echo(
        say("接下来：cd {place} && python -m pytest|next: cd {place} && python -m pytest").format(
            place=place
        )
    )
