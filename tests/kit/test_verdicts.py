"""The contract takes a history, finds time and chance wherever they are asked, and names whose fault it is."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from officekit import notes

from taizhang.declarations.programme import Programme
from taizhang.testing import inuse
from taizhang.testing.subject import Broken, History, Subject
from taizhang.testing.suite import Verdicts

HEAD = """
import datetime as dt, email.utils, logging, os, random, secrets, time, uuid
from taizhang.api import *

programme = Programme("NAME", "试验|Trial", api=1, needs=("members", NEEDS))


class NoteRow(Row):
    member: Member = field("党员|Member")
    text: Text = field("内容|Text")


notes = programme.records("notes", "便条|Notes", NoteRow)
"""
DEED = """

@programme.deed("note.take", "记便条|Take a note", event="note_taken"MORE)
class TakeNote(Deed):
    member: Member = field("党员|Member")
    text: Text = field("内容|Text")
"""
NOTED = HEAD + DEED.replace("MORE", "")
SAME = "\n\nnotes.records(TakeNote)\n"

Install = Callable[[str, str], Programme]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """``install(name, source)``: a programme is there as pip leaves it."""
    monkeypatch.syspath_prepend(tmp_path)
    there: list[str] = []

    def installed(name: str, source: str, needs: str = "") -> Programme:
        notes.install(tmp_path, name, source.replace("NAME", name).replace("NEEDS", needs))
        there.append(f"taizhang_{name}")
        sys.modules.pop(there[-1], None)
        importlib.invalidate_caches()
        programme = importlib.import_module(there[-1]).programme
        assert isinstance(programme, Programme)
        return programme

    yield installed
    for module in there:
        sys.modules.pop(module, None)


def said(
    programme: Programme, check: str, history: History = (), samples: Path | None = None
) -> str:
    """The sentence with which a check fails, empty where it holds."""
    found = Verdicts(Subject(programme, samples, history=history, fixed=True)).of(check)
    assert not isinstance(found, str), found
    return found.trouble.label.zh if isinstance(found, Broken) else ""


ASKING = {
    "dt.date.today().isoformat()": "date.today",
    "str(dt.datetime.now(dt.UTC))": "datetime.now",
    "str(time.time())": "time.time",
    "str(random.random())": "random",
    "random.choice('甲乙')": "random.choice",
    "uuid.uuid4().hex": "uuid.uuid4",
    "secrets.token_hex()": "secrets.token_hex",
    "open(__file__).read()[:9]": "open",
    "str(hash(text))": "hash",
    # Asked through a library: nothing that the module itself calls tells it.
    "os.environ.get('HOME', '')": "os.",
    "str(email.utils.localtime())": "datetime.now",
    "time.strftime('%Y', email.utils.localtime().timetuple())": "datetime.now",
}
KEPT = """
_seen = []


def _row(e):
    _seen.append(e)
    return NoteRow(member=e.member, text=str(len(_seen)))


notes.records(TakeNote, _row)
"""
SOUND = """
    logging.getLogger(__name__).warning("读到一条")
    return str(dt.datetime.strptime("2012-06-30", "%Y-%m-%d").date()) + text
"""


@pytest.mark.parametrize("asks", ASKING)
def test_a_row_and_an_upcaster_that_ask_for_time_or_chance_are_found(
    install: Install, tmp_path: Path, asks: str
) -> None:
    made = f"\n\ndef _text(text):\n    return {asks}\n\n\n"
    row = "notes.records(TakeNote, lambda e: NoteRow(member=e.member, text=_text(e.text)))\n"
    found = said(install("asks", NOTED + made + row), "deterministic")
    assert found.startswith("[deterministic] asks asks_notes：推算不是同一日志同一结果")
    assert ASKING[asks] in found
    lifting = "def _up(payload):\n    return {**payload, 'text': _text(payload['text'])}\n\n\n"
    lifted = DEED.replace(', event="note_taken"MORE', "")
    event = '@programme.event("note_taken", "记了|Taken", version=2, upcasters={1: _up})\n'
    lifted = lifted.replace("class TakeNote", event + "class TakeNote")
    samples = tmp_path / "samples.jsonl"
    stored = {"type": "lifts.note_taken@1", "payload": {"member": "m-1", "text": "甲"}}
    samples.write_text(json.dumps(stored, ensure_ascii=False), "utf-8")
    programme = install("lifts", HEAD + made + lifting + lifted + SAME)
    found = said(programme, "upcasters", samples=samples)
    assert "lifts.note_taken@1 (samples:1)：升不到最新版：升级时问了" in found
    assert ASKING[asks] in found


def test_what_a_programme_keeps_between_two_rows_is_found_and_what_is_harmless_is_not(
    install: Install,
) -> None:
    assert "推算不是同一日志同一结果" in said(install("kept", NOTED + KEPT), "deterministic")
    row = "notes.records(TakeNote, lambda e: NoteRow(member=e.member, text=_text(e.text)))\n"
    sound = install("sound", NOTED + f"\n\ndef _text(text):{SOUND}\n\n" + row)
    assert said(sound, "deterministic") == ""


RESTS = """

class Found(Action):
    member: Member = field("党员|Member")
    text: Text = field("内容|Text")


@programme.action("note.repeat", "照抄|Repeat")
class Repeat(Action):
    text: Text = field("内容|Text")

    def decide(self, ledger):
        found = [r for r in ledger.rows("rests_notes") if r["text"] == self.text]
        if not found or len(self.text) != 7:
            raise Refused("没有这张七个字的便条|there is no such note of seven characters")
        yield TakeNote(member=found[0]["member"], text=self.text)
"""
HISTORY = [
    {"action": "rests.note.take", "on": "2012-02-01", "member": "王小明", "text": "今天下午有会议"},
    {"action": "rests.note.repeat", "on": "2012-02-02", "text": "今天下午有会议"},
]


def test_a_history_is_recorded_where_drawn_values_would_never_do(
    install: Install, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inuse, "TURNS", 10)  # rather than forty
    programme = install("rests", NOTED + SAME + RESTS)
    assert "rests.note.repeat：填入的字段都登记不了：没有这张七个字的便条" in said(
        programme, "actions"
    )
    assert said(programme, "actions", HISTORY) == ""
    assert "rests.note.repeat：所给的历史登记不了：没有这张" in said(
        programme, "actions", HISTORY[1:]
    )


FAULTS = {
    "check": """
@programme.check("sound", "查|Check", entity="member", hard=False)
def _sound(ledger, ids):
    yield 1
""",
    "policy": """
@programme.follows("above.note_taken", "随之|Follows")
def _follow(ledger, event):
    raise ZeroDivisionError("of its author")
""",
    "row": """
def _row(e):
    raise ZeroDivisionError("of its author")


notes.feeds.clear()
notes.records(TakeNote, _row)
""",
}


@pytest.mark.parametrize("fault", FAULTS)
def test_whose_fault_it_is_is_named_and_not_who_rests_on_it(install: Install, fault: str) -> None:
    install("base", NOTED + SAME + FAULTS[fault])
    above = install("above", NOTED + SAME, needs='"base",')
    history = [{"action": "base.note.take", "member": "王小明", "text": "甲"}]
    found = said(above, "actions", history)
    assert found.startswith("[actions] base"), found
    assert "需要 base" not in found
