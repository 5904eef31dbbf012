"""What ``plugins disable`` says before it does: what goes out of sight, and what stays."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from taizhang.cli.words import say

if TYPE_CHECKING:
    from taizhang.loading.preview import Affected
    from taizhang.store import StorePaths


def agreed(paths: StorePaths, name: str, yes: bool) -> None:
    """Says what turning ``name`` off affects; on a terminal, asks. Raises ``click.Abort``."""
    from taizhang.loading.preview import affected

    found = affected(paths, name)
    if found.nothing:
        return
    for line in lines(name, found):
        click.echo(line)
    # Nobody is there to answer in a script, and what is turned off can be turned on again.
    if not yes and sys.stdin.isatty() and sys.stdout.isatty():
        click.confirm(say("停用吗？|turn it off?"), abort=True)


def lines(name: str, found: Affected) -> list[str]:
    """The sentences."""
    made = [
        say(
            "停用 {name} 后：{n} 条事件仍列出、可导出、可核验|once {name} is off: {n} events stay listed, "
            "exported and verifiable"
        ).format(name=name, n=sum(found.events.values()))
    ]
    for table, rows in found.tables.items():
        if table in found.entities:
            more = say("，{n} 个对象|, {n} entities").format(n=found.entities[table])
        else:
            more = ""
        made.append(
            say(
                "台账 {table} 不再显示（{n} 行{more}）|the table {table} is shown no more ({n} rows{more})"
            ).format(table=table, n=rows, more=more)
        )
    for pair, names in (
        ("职责不再计算：{names}|duties that are computed no more: {names}", found.duties),
        ("指标不再计算：{names}|figures that are computed no more: {names}", found.figures),
        (
            "需要它的插件也不再载入：{names}|not loaded either, for they need it: {names}",
            found.needed_by,
        ),
    ):
        if names:
            made.append(say(pair).format(names=", ".join(names)))
    made.append(say("重新启用后照旧|enabled again, everything is back"))
    return made
