"""Every hook is documented, has an example that runs, and is exercised; one that lacks either fails here."""

import datetime as dt
import inspect
import random
import sys
import textwrap
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from types import ModuleType

import click.testing
import pytest
from officekit.notes import BODY, HEAD

from taizhang.isolation.guard import Guard
from taizhang.loading import hooks
from taizhang.loading.commanding import gather
from taizhang.loading.hooks import OpenStore, Scene, Specification
from taizhang.workspace import Workspace

SOURCE = HEAD.format(name="example") + BODY
"""The programme in which the examples stand."""

Exercise = Callable[[ModuleType, Workspace], None]


def example_of(hook: str) -> str:
    """The example in a hook's docstring."""
    said = inspect.getdoc(getattr(Specification, hook)) or ""
    _, _, example = said.partition("Example::\n")
    return textwrap.dedent(example)


def demonstration(module: ModuleType, ws: Workspace) -> None:
    """Whoever makes the demonstration gets the deals and can record them."""
    members = [str(row["id"]) for row in ws.at().rows("members")]
    taking_part = tuple((member, dt.date(2012, 3, 1)) for member in members)
    scene = Scene(random.Random(1), dt.date(2012, 12, 31), taking_part)
    deals = list(hooks.demonstrations(ws.plugin_hooks, scene, Guard()))
    assert len(deals) == len(members)
    for action, on, member, fields, _ in deals:
        ws.record(action, {"member": member, **fields}, on=on)
    assert {row["member"] for row in ws.at().rows("example_notes")} == set(members)


def commands(module: ModuleType, ws: Workspace) -> None:
    """Whoever types one gets what it has to say."""
    members = sorted(str(row["id"]) for row in ws.at().rows("members"))[:2]
    for member in (*members, members[0]):
        ws.record("example.note.take", {"member": member, "text": "好"}, on="2012-03-01")
    gathered = gather(ws.plugin_hooks, ws.registry.programmes, Guard())
    assert not gathered.wrong
    typed = click.testing.CliRunner().invoke(
        gathered.commands["note-count"].command, ["--on", "2012-03-01"], obj=Calling(ws)
    )
    assert typed.stdout == f"{members[0]} 2\n{members[1]} 1\n", typed.exception


class Calling:
    """Who calls a command, on a store that is open."""

    language = "zh"

    def __init__(self, ws: Workspace) -> None:
        self._ws = ws

    def read(self) -> AbstractContextManager[OpenStore]:
        return nullcontext(self._ws)

    open = read


EXERCISES: dict[str, Exercise] = {"commands": commands, "demonstration": demonstration}


def test_every_hook_is_exercised() -> None:
    assert set(EXERCISES) == hooks.names()


@pytest.mark.parametrize("hook", sorted(hooks.names()))
def test_every_hook_is_documented(hook: str) -> None:
    function = getattr(Specification, hook)
    said = inspect.getdoc(function) or ""
    assert len(said.partition("Example::")[0]) > 100, "what it is for, what it is given, when"
    for argument in inspect.signature(function).parameters:
        assert argument == "self" or f"``{argument}``" in said, argument
    assert f"def {hook}(" in example_of(hook)


@pytest.mark.parametrize("hook", sorted(hooks.names()))
def test_its_example_runs(
    hook: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    taizhang_store: Callable[..., Workspace],
) -> None:
    file = tmp_path / "taizhang_example.py"
    file.write_text(SOURCE + "\n" + example_of(hook), "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    import importlib

    module = importlib.import_module("taizhang_example")
    try:
        EXERCISES[hook](module, taizhang_store(module.programme, people=True))
    finally:
        del sys.modules["taizhang_example"]
