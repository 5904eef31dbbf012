"""``plugins check``, ``new`` and ``settings``: for authors before they ship a programme, and for who runs it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from taizhang.cli.output import as_json, print_json, print_table
from taizhang.cli.words import LANGUAGE, say, warn

if TYPE_CHECKING:
    from taizhang.cli.settings import Settings
    from taizhang.loading.trouble import Trouble


@click.command(
    help=say(
        "静态检查 PATH 处的插件（文件、包或项目目录，会运行它的代码）；不给 PATH 则检查全部已安装的"
        "|check the plugin at PATH (a file, a package or a project; its code is run), or all that are installed"
    )
)
@click.argument("path", required=False, type=click.Path(exists=True, path_type=Path))
@click.option(
    "--store",
    type=click.Path(path_type=Path),
    help=say("与这个账册里的事件对照|hold it against the events of this store"),
)
@click.option(
    "--release",
    type=click.Path(exists=True, path_type=Path),
    help=say(
        "与上一版（wheel、文件、包或项目目录）对照|hold it against its last release (a wheel or a path)"
    ),
)
@as_json
@click.pass_context
def check(
    ctx: click.Context, path: Path | None, store: Path | None, release: Path | None, as_json: bool
) -> None:
    """Look at programmes without recording anything; exit code 1 with a list of what is wrong."""
    from taizhang.loading.comparing import with_release, with_store
    from taizhang.loading.examining import examine_all, examine_at
    from taizhang.store.paths import StorePaths
    from taizhang.words.errors import NotFound, Usage

    also = []
    if store is not None:
        paths = StorePaths(store)
        if not paths.events.exists():
            raise NotFound("{path} 不是台账账册|{path} is not a store", path=paths.root)
        also.append(with_store(paths.events))
    if release is not None:
        if path is None:
            raise Usage("--release 要写明 PATH|--release goes with a PATH")
        also.append(with_release(release))
    checked = examine_all(also) if path is None else examine_at(path, also)
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


@click.command(
    help=say(
        "查看插件 NAME 的设置，或用 KEY=VALUE 修改（KEY= 恢复默认）"
        "|show the settings of NAME, or change them by KEY=VALUE (KEY= goes back to the default)"
    )
)
@click.argument("name")
@click.argument("given", nargs=-1, metavar="[KEY=VALUE]...")
@as_json
@click.pass_obj
def settings(obj: Settings, name: str, given: tuple[str, ...], as_json: bool) -> None:
    """List what a programme may be set to in this store."""
    from taizhang.loading.loader import load
    from taizhang.loading.settings import change, in_force
    from taizhang.store.paths import StorePaths
    from taizhang.words.errors import NotFound, Usage

    paths = StorePaths(Path(obj.store))
    if not paths.events.exists():
        raise NotFound("{path} 不是台账账册|{path} is not a store", path=paths.root)
    registry = load(paths=paths, read_only=obj.read_only).registry
    if name not in registry.programmes:
        raise NotFound(
            "插件 {name} 没有载入；见 taizhang plugins list"
            "|the plugin {name} is not loaded; see taizhang plugins list",
            name=name,
        )
    pairs = [word.partition("=") for word in given]
    if loose := next((key for key, equals, _ in pairs if not equals), None):
        raise Usage("应写成 KEY=VALUE：{word}|has to be written KEY=VALUE: {word}", word=loose)
    if pairs:
        obj.writing()
        change(paths, registry, name, {key.strip(): value for key, _, value in pairs})
    for wrong in registry.misconfigured:
        warn(wrong.label)
    shown = [
        {
            "name": one.setting.name,
            "label": one.setting.label.text(LANGUAGE),
            "value": one.setting.spec.show(one.value, LANGUAGE),
            "default": one.setting.spec.show(one.setting.spec.default, LANGUAGE),
        }
        for one in in_force(registry, name)
    ]
    if as_json:
        print_json(shown)
        return
    headings = ("设置|setting", "名称|label", "值|value", "默认|default")
    print_table([say(h) for h in headings], [list(one.values()) for one in shown])
