"""Before a programme is turned off it is said what that affects, in numbers, and none of it is run."""

import os
import pty
import subprocess

import pytest
from officekit.notes import BODY, HEAD

from taizhang.loading.loader import load
from taizhang.maintenance.preview import Affected, affected
from taizhang.store.paths import StorePaths

from .conftest import Office

TREES = '''
from datetime import date
from typing import Annotated

Tree = Annotated[str, RefKind("demo1_tree")]


class TreeRow(Row):
    """A tree."""

    name: Name = field("名称|Name")


trees = programme.folds("trees", "树|Trees", TreeRow, entity="demo1_tree", prefix="dt")


@programme.event("tree_named", "树名|Tree named")
class TreeNamed(Event):
    """A tree."""

    demo1_tree: Tree = field("树|Tree")
    name: Name = field("名称|Name")


@trees.step(TreeNamed)
def _named(state: TreeRow | None, event: TreeNamed, on: date) -> TreeRow:
    return TreeRow(name=event.name)


@programme.action("tree.plant", "植树|Plant a tree")
class Plant(Action):
    """A tree, renamed at once."""

    name: Name = field("名称|Name")

    def decide(self, ledger: Ledger) -> Iterator[Event | Dated]:
        tree = ledger.new_id("demo1_tree")
        yield TreeNamed(demo1_tree=tree, name="树")
        yield Dated(TreeNamed(demo1_tree=tree, name=self.name), date(2012, 5, 1))
'''

COMMANDS = """
import click

programme.screen("wall", "墙|Wall", "taizhang_demo1.screens:wall")

@hookimpl
def commands():
    @click.command("note-count")
    def count(): pass
    yield count

    @click.group("note")
    def note(): pass

    @note.command("take")
    def take(): pass

    yield note
    yield click.Command("plain")
"""

NEEDY = HEAD.format(name="demo2").replace('"members",', '"demo1",')


@pytest.fixture
def planted(office: Office) -> Office:
    """Two notes, three trees, and another programme that needs theirs."""
    office.install("demo1", HEAD.format(name="demo1") + TREES + BODY)
    office.install("demo2", NEEDY)
    lines = office.home / "lines"
    note = '{"action": "demo1.note.take", "member": "王小明", "text": "好", "on": "2012-04-01"}\n'
    tree = '{"action": "demo1.tree.plant", "name": "银杏", "on": "2012-04-01"}\n'
    lines.write_text(2 * note + 3 * tree, "utf-8")
    assert office.run("record", "--from-json", str(lines)).returncode == 0
    return office


def test_the_numbers_are_those_of_the_store(
    planted: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(planted.site)
    assert affected(StorePaths(planted.store), "demo1") == Affected(
        events={"demo1.note_taken@1": 2, "demo1.tree_named@1": 6},
        tables={"demo1_notes": 2, "demo1_trees": 6},
        entities={"demo1_trees": 3},
        duties=(),
        figures=(),
        screens=(),
        commands=(),
        needed_by=("demo2",),
    )
    assert len(planted.read("show", "demo1_notes")) == 2
    (planted.store / "ledger.db").unlink()
    assert affected(StorePaths(planted.store), "demo1").events["demo1.tree_named@1"] == 6


def test_it_is_said_and_then_done(planted: Office) -> None:
    done = planted.run("plugins", "disable", "demo1")
    assert done.returncode == 0
    assert done.stdout.splitlines() == [
        "停用 demo1 后：8 条事件仍列出、可导出、可核验",
        "台账 demo1_notes 不再显示（2 行）",
        "台账 demo1_trees 不再显示（6 行，3 个对象）",
        "需要它的插件也不再载入：demo2",
        "重新启用后照旧",
        "已停用 demo1，它的事件仍在日志中",
    ]
    assert planted.state("demo1")["state"] == "disabled"
    assert planted.run("plugins", "enable", "demo1").returncode == 0
    assert len(planted.read("show", "demo1_trees")) == 3


@pytest.mark.parametrize(
    ("words", "answer", "state"),
    [((), "n\n", "loaded"), ((), "y\n", "disabled"), (("--yes",), "", "disabled")],
)
def test_on_a_terminal_it_asks(
    planted: Office, words: tuple[str, ...], answer: str, state: str
) -> None:
    command, environment = planted.command(("plugins", "disable", "demo1", *words))
    ours, theirs = pty.openpty()
    try:
        process = subprocess.Popen(command, env=environment, stdin=theirs, stdout=theirs)
        os.write(ours, answer.encode())
        assert process.wait(60) == (0 if state == "disabled" else 130)
    finally:
        os.close(ours)
        os.close(theirs)
    assert planted.state("demo1")["state"] == state


def test_nothing_of_it_is_run_and_its_duties_are_read(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = office.home / "ran"
    source = HEAD.format(name="demo1") + 'programme.duty("monthly", "每月|Monthly")\n' + COMMANDS
    office.install("demo1", f"open({str(ran)!r}, 'w')\n" + source)
    monkeypatch.syspath_prepend(office.site)
    found = affected(StorePaths(office.store), "demo1")
    assert (found.duties, found.events, found.tables) == (("monthly",), {}, {})
    assert found.commands == ("note-count", "note", "plain")
    done = office.run("plugins", "disable", "demo1")
    assert "职责不再计算：monthly" in done.stdout
    assert "屏不再有：wall" in done.stdout
    assert "命令不再有：note-count, note, plain" in done.stdout
    assert not ran.exists()


@pytest.mark.parametrize("name", ["liudai", "liunuo", "sanguan", "wujian"])
def test_what_is_read_in_the_source_is_what_is_declared(office: Office, name: str) -> None:
    programme = load({}).registry.programmes[name]
    found = affected(StorePaths(office.store), name)
    assert {f"{name}.{duty}" for duty in found.duties} == set(programme.duties)
    assert {f"{name}.{figure}" for figure in found.figures} == {
        *programme.figures,
        *programme.balances,
    }
