"""Commands of programmes (插件的命令): looked for when a name is none of the core's, listed in ``--help``.

Only then are programmes loaded, under guard; the core's commands start as fast as without any.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click
from msgspec.structs import replace

from taizhang.cli.words import say, warn
from taizhang.isolation.guard import Guard, PluginFault, stops
from taizhang.loading.commanding import Gathered, Wrong, gather
from taizhang.loading.loader import Loaded, PluginState, load
from taizhang.store.paths import StorePaths
from taizhang.words.errors import TaizhangError

LOADED = "taizhang.loaded"
"""Where the context keeps the programmes that a command was found among, for the store that it opens."""


def _loaded(ctx: click.Context) -> Loaded | None:
    """The programmes of the store that is asked about; without one there is nothing for them to do."""
    store = ctx.params.get("store") or os.environ.get("TAIZHANG_STORE", ".")
    paths = StorePaths(Path(store))
    if not paths.events.exists():
        return None
    return load(paths=paths, read_only=bool(ctx.params.get("read_only")))


def _gathered(loaded: Loaded) -> Gathered:
    registry = loaded.registry
    return gather(loaded.hooks, registry.programmes, registry.guard)


def find(ctx: click.Context, name: str) -> tuple[click.Command | None, list[str]]:
    """The command ``name`` of a programme; None when there is none, having said what could not be asked. And
    the names of all that programmes have.
    """
    loaded = _loaded(ctx)
    if loaded is None:
        return None, []
    gathered = _gathered(loaded)
    found = gathered.commands.get(name)
    for wrong in gathered.wrong:
        if found is None or wrong.name == name:
            warn(wrong.label)
    if found is None:
        for state in loaded.states:
            if state.warning is not None:
                warn(state.warning)
        return None, list(gathered.commands)
    ctx.meta[LOADED] = loaded
    return _Called(name, found.owner, found.command, loaded.registry.guard), []


def sections(ctx: click.Context, formatter: click.HelpFormatter) -> None:
    """Writes the commands of programmes into the help page, each under its programme."""
    loaded = _loaded(ctx)
    if loaded is None:
        return
    gathered = _gathered(loaded)
    for owner, programme in loaded.registry.programmes.items():
        rows = [
            (name, _short(offered.command))
            for name, offered in sorted(gathered.commands.items())
            if offered.owner == owner
        ]
        if rows:
            label = programme.label
            with formatter.section(say(f"{label.zh}（{owner}）|{label.en} ({owner})")):
                formatter.write_dl(rows)
    for wrong in gathered.wrong:
        warn(wrong.label)


def told(loaded: Loaded) -> list[PluginState]:
    """Tells what became of each programme, with what is wrong with its commands."""
    said: dict[str, list[Wrong]] = {}
    for wrong in _gathered(loaded).wrong:
        said.setdefault(wrong.owner, []).append(wrong)
    return [
        _with(state, said[state.name]) if state.state == "loaded" and state.name in said else state
        for state in loaded.states
    ]


def _with(state: PluginState, wrong: list[Wrong]) -> PluginState:
    if fault := wrong[0].fault:
        return replace(state, state="quarantined", reason=fault.said())
    zh, en = "；".join(w.label.zh for w in wrong), "; ".join(w.label.en for w in wrong)
    return replace(state, reason=f"{zh}|{en}")


def _short(command: click.Command) -> str:
    command.help = say(command.help or "")
    return command.get_short_help_str(limit=80)


class _Called(click.Command):
    """A programme's command: what it is given goes to it as it is, and what it raises stays its own."""

    def __init__(self, name: str, owner: str, command: click.Command, guard: Guard) -> None:
        super().__init__(name, add_help_option=False)
        self._owner = owner
        self._command = command
        self._guard = guard

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Nothing of it is ours."""
        ctx.args = list(args)
        return ctx.args

    def invoke(self, ctx: click.Context) -> Any:
        """Runs it. Not watched as other calls are: it may ask its user something, or take long, and nobody
        has to run it to get at the store.
        """
        command = self._command
        command.help = say(command.help or "")
        path = f"taizhang {self.name}"
        try:
            return command.main(ctx.args, prog_name=path, standalone_mode=False, obj=ctx.obj)
        except (click.ClickException, click.Abort, click.exceptions.Exit, TaizhangError):
            raise  # what it wants to say
        except (SystemExit, OSError):
            raise  # it has done; or the system's own trouble, a file that is not there
        except BaseException as error:
            if stops(error):
                raise
            doing = f"运行命令“{self.name}”|running the command {self.name}"
            raise PluginFault(self._guard.note(self._owner, doing, error)) from error
