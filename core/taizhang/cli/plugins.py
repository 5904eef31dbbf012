"""``taizhang plugins``: what became of each programme, and how that is changed.

``list`` loads them as any command does, under guard. The commands that repair load none: a programme
that cannot be loaded can always be turned off, released or trusted.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from taizhang.cli import options
from taizhang.cli.authors import check, new, settings
from taizhang.cli.disabling import agreed
from taizhang.cli.output import as_json, print_json, print_table
from taizhang.cli.words import LANGUAGE, say, warn

if TYPE_CHECKING:
    from taizhang.cli.settings import Settings
    from taizhang.loading.loader import PluginState
    from taizhang.store.paths import StorePaths


@click.group()
def plugins() -> None:
    """Programmes: list, disable, enable, release, trust."""


@plugins.command("list", help=say("列出插件及其状态|all programmes and what became of them"))
@as_json
@click.pass_obj
def list_plugins(settings: Settings, as_json: bool) -> None:
    """All programmes and what became of them."""
    from taizhang.maintenance.control import STATES
    from taizhang.store.paths import StorePaths

    states = _states(StorePaths(Path(settings.store)), read_only=settings.read_only)
    if as_json:
        print_json(
            [
                {
                    "name": s.name,
                    "label": s.label.text(LANGUAGE),
                    "version": s.version,
                    "source": s.source,
                    "origin": s.origin,
                    "state": s.state,
                    "reason": say(s.reason),
                }
                for s in states
            ]
        )
        return
    headings = (
        "插件|plugin",
        "名称|label",
        "版本|version",
        "来源|source",
        "状态|state",
        "原因|reason",
    )
    print_table(
        [say(h) for h in headings],
        [
            [
                s.name,
                s.label.text(LANGUAGE),
                s.version,
                s.origin,
                say(STATES[s.state]),
                say(s.reason),
            ]
            for s in states
        ],
    )


def _states(paths: StorePaths, *, read_only: bool) -> list[PluginState]:
    """Lists what became of every programme; of one that is too old for the store, why.

    The core's slices are no plugins: that they are too old is told on standard error.
    """
    from taizhang.cli.programmes import told
    from taizhang.ledger.unread import unread
    from taizhang.loading.loader import load
    from taizhang.maintenance.control import with_unread
    from taizhang.words.labels import Label
    from taizhang_eventstore.errors import StoreError
    from taizhang_eventstore.log import open_log

    if not paths.events.exists():
        return told(load())
    loaded = load(paths=paths, read_only=read_only)
    states = told(loaded)
    try:
        with open_log(paths.events, loaded.registry.codec, read_only=True) as log:
            found = unread(log, loaded.registry)
    except StoreError as error:
        warn(Label(*error.pair))
        return states
    names = {s.name for s in states}
    for one in found:
        if one.owner not in names:
            warn(one.label)
    return with_unread(states, found)


def _store(settings: Settings) -> StorePaths:
    from taizhang.store.paths import StorePaths
    from taizhang.words.errors import NotFound

    settings.writing()
    paths = StorePaths(Path(settings.store))
    if not paths.events.exists():
        raise NotFound("{path} 不是台账账册|{path} is not a store", path=paths.root)
    return paths


@plugins.command("disable", help=say("停用 NAME，它的事件不动|do not load NAME; its events stay"))
@click.argument("name")
@options.yes
@click.pass_obj
def disable(settings: Settings, name: str, yes: bool) -> None:
    """Do not load NAME in this store, having said what that affects; its events stay."""
    from taizhang.maintenance import control

    paths = _store(settings)
    control.named(paths, name)
    agreed(paths, name, yes)
    control.disable(paths, name)
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
    from taizhang.maintenance import control

    control.enable(_store(settings), name)
    click.echo(say("已启用 {name}|{name} is enabled").format(name=name))


@plugins.command(
    "release", help=say("放行隔离的 NAME，再试一次|let the quarantined NAME be tried again")
)
@click.argument("name")
@click.pass_obj
def release(settings: Settings, name: str) -> None:
    """Let a quarantined programme be tried again."""
    from taizhang.maintenance import control

    control.release(_store(settings), name)
    click.echo(
        say(
            "已放行 {name}，下次打开时再试|{name} is released and tried again at the next start"
        ).format(name=name)
    )


@plugins.command(
    "trust",
    help=say(
        "信任账册里的文件 plugins/NAME.py，允许它运行|let the store's file plugins/NAME.py run"
    ),
)
@click.argument("name")
@click.option("--withdraw", is_flag=True, help=say("不再信任|trust it no longer"))
@click.pass_obj
def trust(settings: Settings, name: str, withdraw: bool) -> None:
    """Trust the very bytes of a store's file; another byte, and it is asked for again."""
    from taizhang.maintenance import control

    paths = _store(settings)
    if withdraw:
        control.distrust(paths, name)
        click.echo(say("已撤回信任|trust is withdrawn"))
        return
    file = control.trust(paths, name)
    click.echo(
        say(
            "已信任 {origin}（SHA-256 {code}…）；它以你的全部权限运行"
            "|{origin} is trusted (SHA-256 {code}…); it runs with all your rights"
        ).format(origin=file.origin, code=file.code[:16])
    )


plugins.add_command(check)
plugins.add_command(new)
plugins.add_command(settings, "settings")

COMMANDS = {"plugins": plugins}
