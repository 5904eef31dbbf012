"""Commands that keep a store: init, demo, rebuild, plugins."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from taizhang.cli.output import as_json, print_json, progress_bar
from taizhang.cli.secrets import COST, new_secret, secret_options
from taizhang.cli.words import say, warn

if TYPE_CHECKING:
    from taizhang.cli.settings import Settings


@click.command()
@click.option("--name", default="", help=say("账册名称|the store's name"))
@click.option(
    "--programmes",
    metavar="ID,ID",
    help=say(
        "只启用这些项目，逗号隔开，- 为都不启用（默认全部；在终端里会问）"
        "|enable these programmes only, - for none (all; asked at a terminal)"
    ),
)
@click.option(
    "--since",
    metavar="DATE",
    help=say("开账日：账从这一天起（默认今天）|the day on which the books begin (today)"),
)
@secret_options
@as_json
@click.pass_obj
def init(
    settings: Settings,
    name: str,
    programmes: str | None,
    since: str | None,
    key_file: Path | None,
    passphrase: bool,
    as_json: bool,
) -> None:
    """Make a new, empty store in the --store directory."""
    from taizhang.cli.founding import not_enabled
    from taizhang.decisions.parsing import parse_date
    from taizhang.store.paths import StorePaths, begun, there_is_one
    from taizhang.workspace import Workspace
    from taizhang_eventstore.personal.wrapping import KeyFile

    if begun(StorePaths(Path(settings.store))):
        raise there_is_one(StorePaths(Path(settings.store)))
    begins = None if since is None else parse_date(since)
    off = not_enabled(programmes, ask=not as_json)
    secret = new_secret(key_file, passphrase)
    with Workspace.init(
        settings.store,
        name=name,
        actor=settings.actor,
        secret=secret,
        since=begins,
        disabled=off or None,
    ) as ws:
        if off:
            ws.paths.set_disabled(off)
        key = ws.sealing.seals.verifiers()[-1].encode()
        file = str(ws.secret.path.absolute()) if isinstance(ws.secret, KeyFile) else None
        if as_json:
            made = {"store": str(ws.paths.root), "seq": [ws.log.head()], "key": key}
            print_json({**made, "key_file": file})
        else:
            click.echo(say("已建账：{path}|made a store: {path}").format(path=ws.paths.root))
            click.echo(
                say(
                    "个人数据由口令解锁；忘了口令就读不出姓名。{cost}|a passphrase unlocks personal data; "
                    "names cannot be read without it. {cost}"
                )
                if file is None
                else say(
                    "个人数据由密钥文件解锁，请另存备份：{file}"
                    "|a key file unlocks personal data, keep a copy of it: {file}"
                ).format(file=file, cost=say(COST))
            )
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
    from taizhang.isolation.guard import PluginFault
    from taizhang.isolation.quarantine import Quarantine
    from taizhang.office.demonstration import build
    from taizhang.words.labels import Label

    with progress_bar(say("生成示例账册|building the demonstration")) as progress:
        made = build(settings.store, seed=seed, progress=progress)
    for fault in Quarantine(Path(settings.store), read_only=True).all():
        warn(Label(*PluginFault(fault).pair))
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


COMMANDS = {"init": init, "demo": demo, "rebuild": rebuild}
