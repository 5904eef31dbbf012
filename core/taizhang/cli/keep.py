"""Commands that keep a store: init, demo, rebuild, plugins."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from taizhang.cli.output import print_json, print_table, progress_bar
from taizhang.cli.words import LANGUAGE, say, warn

if TYPE_CHECKING:
    from taizhang.cli import Settings
    from taizhang.loader import PluginState
    from taizhang.store import StorePaths

as_json = click.option("--json", "as_json", is_flag=True, help=say("输出 JSON|print JSON"))


@click.command()
@click.option("--name", default="", help=say("账册名称|the store's name"))
@as_json
@click.pass_obj
def init(settings: Settings, name: str, as_json: bool) -> None:
    """Make a new, empty store in the --store directory."""
    from taizhang.workspace import Workspace

    with Workspace.init(settings.store, name=name, actor=settings.actor) as ws:
        key = ws.sealing.seals.verifiers()[-1].encode()
        if as_json:
            print_json({"store": str(ws.paths.root), "seq": [ws.log.head()], "key": key})
        else:
            click.echo(say("已建账：{path}|made a store: {path}").format(path=ws.paths.root))
            click.echo(
                say(
                    "封存公钥（请抄存或打印，放在这台电脑以外）：|The public key of its seals (keep a copy away from this computer):"
                )
            )
            click.echo(key)


@click.command()
@click.option("--seed", type=int, default=2012, help=say("随机种子|seed"))
@as_json
@click.pass_obj
def demo(settings: Settings, seed: int, as_json: bool) -> None:
    """Build the demonstration store (示例数据) in the --store directory."""
    from taizhang.demonstration import build

    with progress_bar(say("生成示例账册|building the demonstration")) as progress:
        made = build(settings.store, seed=seed, progress=progress)
    if as_json:
        print_json(made)
    else:
        click.echo(
            say(
                "示例账册已生成：{path}，{n} 条事件，示例当日 {day}|demonstration built: {path}, {n} events, its today is {day}"
            ).format(path=made["store"], n=f"{made['events']:,}", day=made["today"])
        )


@click.command()
@as_json
@click.pass_obj
def rebuild(settings: Settings, as_json: bool) -> None:
    """Build ledger.db anew from the log, aside, and swap it in."""
    with settings.open() as ws:
        with progress_bar(say("重建台账|rebuilding")) as progress:
            position = ws.rebuild(progress)
        if as_json:
            print_json({"position": position})
        else:
            click.echo(say("台账已重建到 #{n}|the ledger stands at #{n}").format(n=position))


@click.group()
def plugins() -> None:
    """Programmes: list, disable, enable."""


def _states(paths: StorePaths) -> list[PluginState]:
    """What became of every programme; of one that is too old for the store, why.

    The core's slices are no plugins: that they are too old is told on standard error.
    """
    from dataclasses import replace

    from taizhang.loader import load
    from taizhang.text import Label
    from taizhang.unread import unread
    from taizhang_eventstore.errors import StoreError
    from taizhang_eventstore.log import open_log

    loaded = load(paths.disabled())
    if not paths.events.exists():
        return loaded.states
    try:
        with open_log(paths.events, loaded.registry.codec, read_only=True) as log:
            found = unread(log, loaded.registry)
    except StoreError as error:
        warn(Label(*error.pair))
        return loaded.states
    names = {s.name for s in loaded.states}
    for one in found:
        if one.owner not in names:
            warn(one.label)
    end = say("；|; ")
    why = {n: end.join(u.label.text(LANGUAGE) for u in found if u.owner == n) for n in names}
    return [replace(s, reason=why[s.name] or s.reason) for s in loaded.states]


@plugins.command("list", help=say("列出插件及其状态|all programmes and what became of them"))
@as_json
@click.pass_obj
def list_plugins(settings: Settings, as_json: bool) -> None:
    """All programmes and what became of them."""
    from pathlib import Path

    from taizhang.store import StorePaths

    states = _states(StorePaths(Path(settings.store)))
    if as_json:
        print_json(
            [
                {
                    "name": s.name,
                    "label": s.label,
                    "version": s.version,
                    "source": s.source,
                    "state": s.state,
                    "reason": s.reason,
                }
                for s in states
            ]
        )
        return
    words = {
        "loaded": say("已载入|loaded"),
        "disabled": say("已停用|disabled"),
        "failed": say("失败|failed"),
    }
    print_table(
        [
            say(h)
            for h in (
                "插件|plugin",
                "名称|label",
                "版本|version",
                "来源|source",
                "状态|state",
                "原因|reason",
            )
        ],
        [[s.name, s.label, s.version, s.source, words[s.state], s.reason] for s in states],
    )


def _switch(settings: Settings, name: str, off: bool) -> None:
    from pathlib import Path

    from taizhang.errors import NotFound
    from taizhang.loader import load
    from taizhang.store import StorePaths

    paths = StorePaths(Path(settings.store))
    if not paths.events.exists():
        raise NotFound("{path} 不是台账账册|{path} is not a store", path=paths.root)
    now = paths.disabled()
    known = {s.name for s in load(now).states} | now
    if name not in known:
        raise NotFound("没有名为 {name} 的插件|there is no plugin called {name}", name=name)
    paths.set_disabled(now | {name} if off else now - {name})


@plugins.command("disable", help=say("停用 NAME，它的事件不动|do not load NAME; its events stay"))
@click.argument("name")
@click.pass_obj
def disable(settings: Settings, name: str) -> None:
    """Do not load NAME in this store; its events stay."""
    _switch(settings, name, True)
    click.echo(
        say("已停用 {name}，它的事件仍在日志中|{name} is disabled; its events stay").format(
            name=name
        )
    )


@plugins.command("enable", help=say("重新启用 NAME|load NAME again"))
@click.argument("name")
@click.pass_obj
def enable(settings: Settings, name: str) -> None:
    """Load NAME again; its tables are brought up to date."""
    _switch(settings, name, False)
    click.echo(say("已启用 {name}|{name} is enabled").format(name=name))


COMMANDS = {"init": init, "demo": demo, "rebuild": rebuild, "plugins": plugins}
