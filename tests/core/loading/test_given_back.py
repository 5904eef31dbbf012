"""What a programme gives back is held to what it promised before anything is made of it: the programme is named
and left alone, what others have recorded stands as it did.
"""

import pytest
from officekit.notes import BODY, HEAD

from taizhang.isolation.guard import PluginFault
from taizhang.readmodels.boards import shown

from .conftest import Office, Within

pytestmark = pytest.mark.hostile

DAY = "2012-04-01"
ON = ("--on", DAY)
NOTE = {"member": "王小明", "text": "好"}
DEED = {"member": "王小明", "kind": "协调邻里", "minutes": "45"}
TAKE = ("record", "demo1.note.take", "--member", "王小明", "--text", "好", *ON)
LEAD = (
    *("record", "liudai.lead.take", "--member", "王小明"),
    *("--kind", "协调邻里", "--minutes", "45", *ON),
)

Rows = list[tuple[object, ...]]

COUNTED = BODY.replace(
    '    text: Text = field("内容|Text")\n',
    '    text: Text = field("内容|Text")\n    n: Count = field("数|N", default=1)\n',
)


def put(office: Within, source: str) -> None:
    office.put(HEAD.format(name="demo1") + source)


def others_work(office: Within, before: Rows) -> None:
    """Everything works, and what stood there of others stands there still."""
    with office.open() as ws:
        ws.findings()
        ws.rebuild()
        assert ws.at(DAY).rows("members")
        ws.preview("liudai.lead.take", DEED, on=DAY)
    assert [r for r in office.rows() if r in before] == before


CHECK = """
@programme.check("sound", "便条可靠|Notes are sound", entity="member")
def _sound(ledger, ids):
    FAULT
"""


@pytest.mark.parametrize(
    "fault",
    [
        "return 7",
        "return 'ab'",
        "yield 7",
        "yield 'ab'",
        "yield ('m-1', 5, 6)",
        "yield ('m-1', None)",
        "yield ('m-1', True)",
        "yield (5, 5)",
        "yield ('m-1', 2**70)",
        "raise Refused('不行|no')",
        "while True: yield ('m-1', 5)",
    ],
)
def test_a_check_that_yields_no_pair_stops_nobody(within: Within, fault: str) -> None:
    before = within.rows()
    put(within, BODY + CHECK.replace("FAULT", fault))
    with within.open() as ws:
        assert ws.record("liudai.lead.take", DEED, on=DAY).seq
    state, reason = within.became()
    assert state == "quarantined"
    assert "检查 demo1.sound" in reason
    others_work(within, before)


ROW = COUNTED.replace(
    "notes.records(TakeNote)",
    """
def _row(happened):
    FAULT

notes.records(TakeNote, _row)
""",
)
GOOD = "return NoteRow(member=happened.member, text=happened.text)"
BAD = "return NoteRow(member=happened.member, text=['好'])"


@pytest.mark.parametrize("stored", [False, True])
@pytest.mark.parametrize(
    "fault",
    [
        "return [happened.member, happened.text]",
        "return happened",
        BAD,
        "return NoteRow(member=happened.member, text='好', n=2.5)",
        "return NoteRow(member=happened.member, text='好', n=2**80)",
        "return NoteRow(member=happened.member, text='\\ud800')",
        "raise OSError('自己的文件')",
        "import sqlite3; raise sqlite3.OperationalError('自己的数据库')",
    ],
)
def test_a_row_that_is_none_stops_nobody(within: Within, fault: str, stored: bool) -> None:
    before = within.rows()
    put(within, ROW.replace("FAULT", GOOD if stored else fault))
    with within.open() as ws:
        assert ws.record("demo1.note.take", NOTE, on=DAY).seq == (5,)
    if stored:
        put(within, ROW.replace("FAULT", fault))
        (within.store / "ledger.db").unlink()
        within.open().close()
    state, reason = within.became()
    assert state == "quarantined"
    assert "推算台账" in reason
    assert "第 5 号事件" in reason
    others_work(within, before)
    put(within, ROW.replace("FAULT", GOOD))
    with within.open() as ws:
        assert [r["text"] for r in ws.at(DAY).rows("demo1_notes")] == ["好"]


FOLD = """
from datetime import date
from typing import Annotated

Tree = Annotated[str, RefKind("demo1_tree")]


class TreeRow(Row):
    name: Name = field("名称|Name")


trees = programme.folds("trees", "树|Trees", TreeRow, entity="demo1_tree", prefix="dt")


@programme.event("tree_named", "树名|Tree named")
class TreeNamed(Event):
    demo1_tree: Tree = field("树|Tree")
    name: Name = field("名称|Name")


@trees.step(TreeNamed)
def _named(state, event, on):
    FAULT


@programme.action("tree.plant", "植树|Plant a tree")
class Plant(Action):
    name: Name = field("名称|Name")

    def decide(self, ledger):
        yield TreeNamed(demo1_tree=ledger.new_id("demo1_tree"), name=self.name)
"""


@pytest.mark.parametrize(
    "fault", ["return 7", "return TreeRow(name=7)", "return event", "raise Impossible(['不行'])"]
)
def test_a_step_to_no_state_stops_nobody(within: Within, fault: str) -> None:
    before = within.rows()
    put(within, FOLD.replace("FAULT", fault))
    with within.open() as ws:
        assert ws.record("demo1.tree.plant", {"name": "银杏"}, on=DAY).seq
    assert within.became()[0] == "quarantined"
    others_work(within, before)


PLAIN = 'notes = programme.records("notes", "便条|Notes", NoteRow)'
TEXT = '    text: Text = field("内容|Text")\n'

MISTAKES = {
    "case": (TEXT, TEXT + '    TEXT: Text = field("甲|A", default="")\n', "大小写"),
    "own": (TEXT, TEXT + '    SRC: Text = field("甲|A", default="")\n', "大小写"),
    "many": (
        TEXT,
        "".join(f'    c{i}: Text = field("列|C", default="")\n' for i in range(2_100)) + TEXT,
        "2,1",
    ),
    "index": (PLAIN, PLAIN[:-1] + ', indexes=[("member", "txet")])', "txet"),
    "beside": (PLAIN, PLAIN + '\nprogramme.records("notes_all", "全部|All", NoteRow)', "notes_all"),
    "key": (PLAIN, PLAIN + '\nprogramme.spans("x", "段|S", NoteRow, key=("mmber",))', "mmber"),
    "within": (
        PLAIN,
        PLAIN + '\nprogramme.spans("x", "段|S", NoteRow, key=("member",), within=("text",))',
        "text",
    ),
    "search": (
        PLAIN,
        PLAIN
        + '\nprogramme.folds("x", "树|T", NoteRow, entity="demo1_x", prefix="dt", search=("txet",))',
        "txet",
    ),
    "entity": (
        PLAIN,
        PLAIN + '\nprogramme.check("c", "好|Good", entity="membre")(lambda ledger, ids: ())',
        "membre",
    ),
    "reference": (
        "member: Member",
        'member: __import__("typing").Annotated[str, RefKind("membre")]',
        "没有 membre 这类对象；是否想写 member",
    ),
    "escape": ("便条|Notes", "便\\x1b[31m条|Notes", "U+001B"),
    "length": ("便条|Notes", "便" * 300 + "|Notes", "200"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_what_the_database_or_a_reader_would_stumble_over_is_told_at_load(
    within: Within, mistake: str
) -> None:
    before = within.rows()
    right, wrong, said = MISTAKES[mistake]
    assert right in BODY
    put(within, BODY.replace(right, wrong, 1))
    state, reason = within.became()
    assert state == "refused", reason
    assert said in reason
    assert "\x1b" not in reason
    others_work(within, before)


def test_what_an_author_forgot_is_told_and_stops_nothing(within: Within) -> None:
    put(within, BODY.replace("notes.records(TakeNote)", ""))
    state, reason = within.became()
    assert state == "loaded"
    assert "demo1.note_taken" in reason
    with within.open() as ws:
        assert ws.record("demo1.note.take", NOTE, on=DAY).seq


DECIDES = (
    COUNTED
    + """
from datetime import date, datetime


@programme.action("note.guess", "猜便条|Guess a note")
class GuessNote(Action):
    member: Member = field("党员|Member")

    def decide(self, ledger):
        note = TakeNote(member=self.member, text="好")
        FAULT
"""
)
GUESS = ("record", "demo1.note.guess", "--member", "王小明", *ON)


@pytest.mark.parametrize(
    "fault",
    [
        "return 7",
        "yield TakeNote(member=self.member, text='好', n=2.5)",
        "yield TakeNote(member=self.member, text='好', n=True)",
        "yield TakeNote(member=self.member, text='好', n=2**70)",
        "yield TakeNote(member=5, text='好')",
        "yield TakeNote(member=self.member, text=None)",
        "yield TakeNote(member=self.member, text='\\x1b[31m')",
        "yield TakeNote(member=self.member, text='\\ud800')",
        "yield NoteRow(member=self.member, text='好')",
        "yield {'member': self.member}",
        "yield ledger.event('member.moved', member=5, organisation=6)",
        "yield Dated(note, '2012-04-01')",
        "yield Dated(note, datetime(2012, 4, 1))",
        "yield Dated(note, ledger.on, cause=5)",
        "yield Dated(note, ledger.on, after=(0,))",
        "yield Dated(note, ledger.on, after=(99,))",
        "yield Dated(note, ledger.on, after=(2.0,))",
        "yield Dated(note, ledger.on, after=5)",
        "while True: yield note",
        "raise Refused(5)",
        "raise Refused('甲{x.y.z}|A', x=1)",
    ],
)
def test_what_decide_gives_is_held_to_its_declaration(within: Within, fault: str) -> None:
    before = within.rows()
    put(within, DECIDES.replace("FAULT", fault))
    with within.open() as ws:
        head = ws.log.head()
        with pytest.raises(PluginFault, match="demo1"):
            ws.record("demo1.note.guess", {"member": "王小明"}, on=DAY)
        assert ws.log.head() == head
    assert within.became()[0] == "quarantined"
    others_work(within, before)


def test_what_a_policy_gives_is_held_to_its_declaration(within: Within) -> None:
    source = """
@programme.follows("member.left", "便条随之|A note follows")
def _follow(ledger, event):
    yield TakeNote(member=event.member, text="好", n=2.5)
"""
    put(within, COUNTED + source)
    with within.open() as ws:
        left = ws.record("member.leave", {"member": "王小明", "how": "死亡"}, on="2012-05-01")
        assert any("demo1" in n.text() for n in left.notices)
        assert "demo1.note_taken" not in [e.name for e in left.events]
    assert within.became()[0] == "quarantined"


def test_an_action_may_ask_for_more_events(within: Within) -> None:
    source = DECIDES.replace("FAULT", "for _ in range(10_001): yield note")
    put(within, source)
    with within.open() as ws, pytest.raises(PluginFault, match="10,000"):
        ws.preview("demo1.note.guess", {"member": "王小明"}, on=DAY)
    put(within, source.replace('"猜便条|Guess a note"', '"猜便条|Guess a note", most=10_001'))
    with within.open() as ws:
        made = ws.preview("demo1.note.guess", {"member": "王小明"}, on=DAY)
        assert len(made.events) == 10_001


@pytest.mark.parametrize("method", ["check(self)", "notices(self, ledger)"])
@pytest.mark.parametrize(
    "fault",
    ["return 7", "yield 7", "return '甲|A'", "yield Label(5, 6)", "while True: yield '甲|A'"],
)
def test_what_is_said_of_a_record_is_text(within: Within, method: str, fault: str) -> None:
    before = within.rows()
    doc = '    """A note on a member\'s work."""\n'
    assert doc in BODY
    put(within, BODY.replace(doc, f"{doc}\n    def {method}:\n        {fault}\n\n"))
    with within.open() as ws, pytest.raises(PluginFault, match="demo1"):
        ws.record("demo1.note.take", NOTE, on=DAY)
    assert within.became()[0] == "quarantined"
    others_work(within, before)


@pytest.mark.parametrize(
    "fault",
    [
        "return 7",
        "return Board(7, [])",
        "return Board(('甲|A',), 7)",
        "return Board(('甲|A',), [('乙', '丙')])",
        "return Board((7,), [('乙',)])",
        "import itertools; return Board(('甲|A',), (('乙',) for _ in itertools.count()))",
    ],
)
def test_a_screen_that_is_no_board_is_named(within: Within, fault: str) -> None:
    board = f"""
import sys
programme.screen("wall", "墙|Wall", __name__ + ":wall")


def wall(ledger, language):
    {fault}
"""
    put(within, BODY + board)
    with within.open() as ws:
        screen = ws.registry.programmes["demo1"].screens["wall"]
        with pytest.raises(PluginFault, match="demo1"):
            shown(ws.at(), screen, "zh")
    assert within.became()[0] == "quarantined"


def test_a_screen_shows_plain_text(within: Within) -> None:
    board = """
programme.screen("wall", "墙|Wall", __name__ + ":wall")


def wall(ledger, language):
    return Board(("甲|A",), [("\\x1b[31m红",)], "\\x1b]0;题\\n二")
"""
    put(within, BODY + board)
    with within.open() as ws:
        made = shown(ws.at(), ws.registry.programmes["demo1"].screens["wall"], "zh")
    assert (made.rows, made.words) == ((("[31m红",),), "]0;题\n二")


MET = {
    "check": (BODY + CHECK.replace("FAULT", "yield 7"), LEAD, 0, "检查 demo1.sound"),
    "row": (ROW.replace("FAULT", BAD), TAKE, 0, "list"),
    "decide": (
        DECIDES.replace("FAULT", "yield TakeNote(member=self.member, text='好', n=2.5)"),
        GUESS,
        1,
        "TakeNote.n",
    ),
}


@pytest.mark.parametrize("place", MET)
def test_the_real_program_names_it_and_goes_on(office: Office, place: str) -> None:
    source, words, code, said = MET[place]
    before = office.rows()
    office.install("demo1", HEAD.format(name="demo1") + source)
    done = office.run(*words)
    assert done.returncode == code, done.stderr
    assert "内部出错" not in done.stderr
    again = office.run("rebuild")
    assert again.returncode == 0
    assert "demo1" in again.stderr
    assert said in again.stderr
    assert [r for r in office.rows() if r in before] == before
