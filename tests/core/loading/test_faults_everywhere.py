"""Every place where the program runs a plugin's code: what raises there is named with its event, what hangs
there or ends the process is named at the next start. By the real program.
"""

import json
import shutil
import signal
import subprocess
from pathlib import Path

import pytest
from officekit.notes import BODY, HEAD

from taizhang.isolation.quarantine import FILE

from .conftest import Office

pytestmark = pytest.mark.hostile

EVERYWHERE = (
    '''
import ctypes
import os
import signal
import time


def here(place):
    """Hangs, raises or ends the process where the environment says so."""
    if os.environ.get("RAISE") == place:
        raise ZeroDivisionError(place)
    if os.environ.get("EXIT") == place:
        os._exit(9)
    if os.environ.get("KILL") == place:
        os.kill(os.getpid(), signal.SIGKILL)
    if os.environ.get("CRASH") == place:
        ctypes.string_at(0)
    while os.environ.get("HANG") == place:
        time.sleep(1)
'''
    + BODY.replace(
        "notes.records(TakeNote)",
        """
def _row(happened):
    here("row")
    return NoteRow(member=happened.member, text=happened.text)


notes.records(TakeNote, _row)
""",
    ).replace(
        '    """A note on a member\'s work."""\n',
        '    """A note on a member\'s work."""\n\n'
        "    def check(self):\n"
        '        here("rule")\n'
        "        return ()\n",
    )
    + '''
from datetime import date
from typing import Annotated

Tree = Annotated[str, RefKind("demo1_tree")]


class TreeRow(Row):
    """A tree."""

    name: Name = field("名称|Name")


trees = programme.folds("trees", "树|Trees", TreeRow, entity="demo1_tree", prefix="dt")


def _lifted(payload):
    here("lift")
    return payload


@programme.event("tree_named", "树名|Tree named", version=2, upcasters={1: _lifted})
class TreeNamed(Event):
    """A tree."""

    demo1_tree: Tree = field("树|Tree")
    name: Name = field("名称|Name")


@trees.step(TreeNamed)
def _named(state: TreeRow | None, event: TreeNamed, on: date) -> TreeRow:
    here("step")
    return TreeRow(name=event.name)


@programme.action("tree.plant", "植树|Plant a tree")
class Plant(Action):
    """A tree."""

    name: Name = field("名称|Name")

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        here("decide")
        yield TreeNamed(demo1_tree=ledger.new_id("demo1_tree"), name=self.name)


@programme.check("sound", "便条可靠|Notes are sound", entity="member")
def _sound(ledger, ids):
    here("check")
    return ()


class Late(Counting):
    """A counting that is not only data."""

    @property
    def needs_fact(self):
        here("duty")
        return False


programme.duty(
    "late", "迟|Late", who=Selection("memberships", "member"), counts=Late("demo1_notes", "member"),
    at_least=1, per="quarter", since=date(2012, 1, 1),
)


@hookimpl
def commands():
    here("hook")
    return ()
'''
)

ON = ("--on", "2012-04-01")
NOTE = ("record", "demo1.note.take", "--member", "王小明", "--text", "好", *ON)
TREE = ("record", "demo1.tree.plant", "--name", "银杏", *ON)
BETTER = ("correct", "5", "--text", "很好", "--reason", "写错了")

PLACES = {
    # place: what is done, its exit code, what is said of it, the event
    "decide": (TREE, 1, "决定", None),
    "rule": (BETTER, 1, "更正", None),
    "check": (NOTE, 0, "检查 demo1.sound", None),
    "row": (NOTE, 0, "推算台账", 7),
    "step": (TREE, 0, "推算台账", 7),
    "row, anew": (("rebuild",), 0, "推算台账", 5),
    "step, anew": (("rebuild",), 0, "推算台账", 6),
    "lift": (("rebuild",), 0, "升级旧版本的事件", 6),
    "duty": (("due",), 0, "职责 demo1.late", None),
    "hook": (("nosuchcommand",), 2, "给出命令", None),
}


RAISING = sorted(PLACES.keys() - {"decide", "check", "row", "lift"})
"""The others are in ``test_faults``, with what follows when they are mended."""

HANGING = ("decide", "row", "row, anew", "step, anew", "lift", "hook")
"""Each is another piece of code that looks after the call."""

ENDING = (
    ("EXIT", "row", ("show", "members"), "推算台账"),  # there is no ledger: it catches up
    ("KILL", "lift", ("show", "members"), "升级旧版本的事件"),
    ("CRASH", "step", ("rebuild",), "推算台账"),
    ("KILL", "row", NOTE, "推算台账"),
    ("EXIT", "decide", TREE, "决定"),
    ("CRASH", "check", NOTE, "检查 demo1.sound"),
)


@pytest.fixture(scope="session")
def noted(_kept: Path, tmp_path_factory: pytest.TempPathFactory) -> Office:
    """A note (#5) and a tree (#6), whose event is stored in its first version; the code is newer."""
    made = Office(tmp_path_factory.mktemp("noted"))
    shutil.copytree(_kept, made.store)
    source = HEAD.format(name="demo1") + EVERYWHERE
    made.install("demo1", source.replace(", version=2, upcasters={1: _lifted}", ""))
    for words in (NOTE, TREE):
        done = made.run(*words)
        assert done.returncode == 0, done.stderr
    made.install("demo1", source)
    assert made.run("tables").returncode == 0  # levelled with this code, without a fault
    return made


@pytest.fixture
def everywhere(noted: Office, tmp_path: Path) -> Office:
    """The same for one test."""
    return _ready(noted, tmp_path)


def _ready(noted: Office, folder: Path) -> Office:
    made = Office(folder)
    shutil.copytree(noted.store, made.store)
    made.install("demo1", HEAD.format(name="demo1") + EVERYWHERE)
    return made


@pytest.mark.parametrize("place", RAISING)
def test_what_raises_is_named_with_its_event(
    everywhere: Office, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    words, code, doing, event = PLACES[place]
    before = everywhere.rows()
    monkeypatch.setenv("RAISE", place.partition(",")[0])
    done = everywhere.run(*words)
    assert (done.returncode, "Traceback" in done.stderr) == (code, False), done.stderr
    monkeypatch.delenv("RAISE")
    told = everywhere.state("demo1")
    assert told["state"] == "quarantined"
    assert doing in told["reason"]
    assert "ZeroDivisionError" in told["reason"]
    assert (f"第 {event} 号事件" in told["reason"]) == (event is not None)
    assert [row for row in everywhere.rows() if row in before] == before


def test_what_hangs_is_named_at_the_next_start(
    noted: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All places side by side: a call is marked from its beginning."""
    running: dict[str, tuple[Office, subprocess.Popen[bytes]]] = {}
    try:
        for place in HANGING:
            words = PLACES[place][0]
            folder = tmp_path / place
            folder.mkdir()
            office = _ready(noted, folder)
            monkeypatch.setenv("HANG", place.partition(",")[0])
            running[place] = office, office.start(*words)
            monkeypatch.delenv("HANG")
        for place, (office, _) in running.items():
            office.hanging(PLACES[place][2])
    finally:
        for _, process in running.values():
            process.kill()
            process.wait()
    for place, (office, _) in running.items():
        told = office.state("demo1")
        assert told["state"] == "quarantined", place
        assert "没有回来" in told["reason"]
        assert PLACES[place][2].partition(" ")[0] in told["reason"]


@pytest.mark.parametrize(("how", "place", "words", "doing"), ENDING)
def test_what_ends_the_process_is_named_at_the_next_start(
    everywhere: Office,
    monkeypatch: pytest.MonkeyPatch,
    how: str,
    place: str,
    words: tuple[str, ...],
    doing: str,
) -> None:
    """Otherwise the store would end the program at every opening."""
    before = everywhere.rows()
    if words[0] == "show":
        (everywhere.store / "ledger.db").unlink()
    monkeypatch.setenv(how, place)
    code = {"EXIT": 9, "KILL": -signal.SIGKILL, "CRASH": -signal.SIGSEGV}[how]
    assert everywhere.run(*words).returncode == code
    assert everywhere.run(*words).returncode == code  # the first time might have been anything
    done = everywhere.run("events")  # the plugin would still do it
    assert (done.returncode, done.stdout.count("\n")) == (0, AROUND + 6), done.stderr
    assert "插件 demo1 没有载入" in done.stderr
    assert f"{doing}时出错" in done.stderr
    assert "没有回来" in done.stderr
    assert everywhere.rows() == before
    assert not list(everywhere.store.glob(".running-*"))


AROUND = 2
"""Lines of `events` around the events."""


def test_looking_only_writes_no_quarantine(office: Office) -> None:
    office.install("demo1", HEAD.format(name="demo1") + "raise ImportError('没有这个模块')")
    mark = office.store / ".running-demo1-999999999"
    for left in (False, True):
        if left:
            office.install("demo1", HEAD.format(name="demo1") + BODY)
            (found,) = [p for p in _looked(office) if p["name"] == "demo1"]
            assert found["state"] == "loaded"
            from taizhang.loading.sources import _hash

            code = _hash([office.site / "taizhang_demo1" / "__init__.py"])
            said = f'{{"plugin": "demo1", "code": "{code}", "doing": "载入|loading"}}!'
            mark.write_text(said, "utf-8")
        (found,) = [p for p in _looked(office) if p["name"] == "demo1"]
        assert found["state"] == ("quarantined" if left else "failed")
        assert not (office.store / FILE).exists()
    assert mark.exists()
    assert office.state("demo1")["state"] == "quarantined"
    assert not mark.exists()


def _looked(office: Office) -> list[dict[str, str]]:
    done = office.run("--read-only", "plugins", "list", "--json")
    assert done.returncode == 0, done.stderr
    found: list[dict[str, str]] = json.loads(done.stdout)
    return found


STEALING = {
    "table": 'programme.tables["demo1_notes"] = programme.records("own", "自己|Own", NoteRow)',
    "event": 'programme.event("own", "自己|Own")(type("Own", (Event,), {}))\n'
    'programme.events["demo1.note_taken"] = programme.events.pop("NAME.own")',
    "action": 'programme.actions["demo1.note.take"] = programme.actions.pop("NAME.note.take")',
    "entity": 'programme.folds("own", "自己|Own", NoteRow, entity="demo1xtree", prefix="zz")',
}
TREES = 'programme.folds("own", "自己|Own", NoteRow, entity="demo1xtree", prefix="dt")'


def test_of_two_owners_of_one_name_the_later_is_refused_and_both_are_named(office: Office) -> None:
    """Names begin with their owner's, so that this takes some doing."""
    before = office.rows()
    office.install("demo1", HEAD.format(name="demo1") + BODY + TREES)
    for i, what in enumerate(STEALING.values()):
        # An entity may begin with any id that begins so: ``demo1x`` is another programme than ``demo1``.
        name = f"demo2{'abc'[i]}" if i < 3 else "demo1x"
        office.install(name, HEAD.format(name=name) + BODY + what.replace("NAME", name))
    told = {p["name"]: p for p in office.read("plugins", "list")}
    assert told["demo1"]["state"] == "loaded"
    for i, what in enumerate(("demo1_notes", "demo1.note_taken", "demo1.note.take")):
        thief = told[f"demo2{'abc'[i]}"]
        assert thief["state"] == "refused"
        assert thief["reason"].startswith(what)
        assert f"demo2{'abc'[i]}" in thief["reason"]
    assert told["demo1x"]["state"] == "refused"
    assert told["demo1x"]["reason"] == "demo1xtree 已属于 demo1，拒绝 demo1x"
    assert office.run(*NOTE).returncode == 0
    assert [r["text"] for r in office.read("show", "demo1_notes")] == ["好"]
    assert [r for r in office.rows() if r in before] == before
