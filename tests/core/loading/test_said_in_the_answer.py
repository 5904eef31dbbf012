"""What an answer lacks because of a programme is said in the answer, and who takes long is named meanwhile; by
the real program.
"""

import json
import os
import signal
import subprocess

import pytest
from officekit.notes import BODY, HEAD

from .conftest import Office

pytestmark = pytest.mark.hostile

TAKE = ("record", "demo1.note.take", "--member", "王小明", "--text", "好", "--on", "2012-04-01")

MORE = '    text: Text = field("内容|Text")\n'
CHANGED = {
    "added": BODY.replace(MORE, MORE + '    n: Count = field("数|N")\n'),
    "renamed": BODY.replace("    text: Text", "    words: Text"),
    "another kind": BODY.replace("text: Text", "text: Count"),
}


def put(office: Office, body: str) -> None:
    office.install("demo1", HEAD.format(name="demo1") + body)


@pytest.mark.parametrize("how", CHANGED)
def test_an_event_that_was_changed_without_a_new_version_is_a_fault(
    office: Office, how: str
) -> None:
    put(office, BODY)
    assert office.run(*TAKE).returncode == 0
    before = office.rows()
    put(office, CHANGED[how])
    shown = office.run("show", "demo1_notes", "--json")
    assert (shown.returncode, shown.stdout) == (1, "")
    assert "demo1_notes 现在没有内容" in shown.stderr
    assert "第 5 号事件" in shown.stderr
    assert "version=2, upcasters={1: …}" in shown.stderr
    assert office.state("demo1")["state"] == "quarantined"
    assert [e["type"] for e in office.read("events")][-1] == "demo1.note_taken@1"
    assert office.rows() == before
    put(office, BODY)
    assert [r["text"] for r in office.read("show", "demo1_notes")] == ["好"]


FAILING = BODY.replace("notes.records(TakeNote)", "notes.records(TakeNote, lambda happened: 7)")


def test_a_table_of_one_that_failed_says_so_instead_of_having_no_rows(office: Office) -> None:
    put(office, BODY)
    assert office.run(*TAKE).returncode == 0
    put(office, FAILING)
    done = office.run("tables", "--json")
    assert done.returncode == 0
    rows = {t["name"]: t["rows"] for t in json.loads(done.stdout)}
    assert rows["demo1_notes"] is None
    assert rows["liudai_leads"] == 1
    assert "demo1" in done.stderr


def test_one_that_fails_in_this_very_command_is_told_at_its_end(office: Office) -> None:
    put(office, FAILING)
    done = office.run(*TAKE)
    assert done.returncode == 0
    assert done.stderr.count("插件 demo1") == 1


def test_numbers_say_which_programme_is_not_in_them(office: Office) -> None:
    put(office, "raise ImportError('没有这个模块')")
    for words in (("figures",), ("due",)):
        assert any("demo1" in one for one in office.read(*words)["missing"])
        assert "不含：" in office.run(*words).stdout
    assert office.run("plugins", "disable", "demo1").returncode == 0
    assert "missing" not in office.read("figures")


def test_who_kills_a_command_that_reads_accuses_nobody(office: Office) -> None:
    """Killed while a programme is loaded, which is where a short command mostly is."""
    before = office.read("figures")
    put(office, BODY + "\nimport os, signal\nif 'DIE' in os.environ: os.kill(os.getpid(), 9)\n")
    command, environment = office.command(("figures",))
    died = subprocess.run(command, env=environment | {"DIE": "1"}, check=False)
    assert died.returncode == -signal.SIGKILL
    assert office.read("figures") == before
    assert office.state("demo1")["state"] == "loaded"


SLOW = {
    "import": ("while True: pass", ("tables",), "载入"),
    "decide": (
        BODY
        + """
@programme.action("note.guess", "猜便条|Guess a note")
class GuessNote(Action):
    member: Member = field("党员|Member")

    def decide(self, ledger):
        while True: pass
""",
        ("record", "demo1.note.guess", "--member", "王小明", "--on", "2012-04-02"),
        "决定",
    ),
    "row": (
        BODY.replace(
            "notes.records(TakeNote)",
            "import time\n\ndef _row(happened):\n    time.sleep(60)\n\nnotes.records(TakeNote, _row)\n",
        ),
        TAKE,
        "推算台账",
    ),
}


@pytest.mark.parametrize("place", SLOW)
def test_one_that_takes_long_is_named_while_it_runs_and_can_be_broken_off(
    office: Office, place: str
) -> None:
    body, words, doing = SLOW[place]
    before = office.rows()
    put(office, body)
    command, environment = office.command(words)
    process = subprocess.Popen(
        command, env=environment, stderr=subprocess.PIPE, encoding="utf-8", text=True
    )
    try:
        assert process.stderr is not None
        said = process.stderr.readline()
        assert f"插件 demo1 正在{doing}，已 " in said
        assert "Ctrl-C" in said
        os.kill(process.pid, signal.SIGINT)
        assert process.wait(60) == 130
    finally:
        process.kill()
        process.wait()
    assert office.rows() == before
    assert not (office.store / "quarantine.json").exists()


def test_amounts_are_told_in_yuan(office: Office) -> None:
    body = BODY.replace(MORE, MORE + '    paid: Money = field("金额|Amount", default=0)\n')
    select = 'select=Selection("demo1_notes"), measure="sum:paid"'
    figure = f'\nprogramme.figure("paid", "收款|Paid", {select})\n'
    put(
        office,
        body + figure + figure.replace('"paid", "收', '"own", "收')[:-2] + ', unit="元|yuan")\n',
    )
    for paid in ("120.50", "1000"):
        assert office.run(*TAKE, "--paid", paid).returncode == 0
    for name in ("demo1.paid", "demo1.own"):
        number = office.read("figures", name)[-1]
        assert (number["value"], number["shown"], number["unit"]) == (1120.5, "1,120.50", "元")
    assert "1,120.50" in office.run("figures").stdout


@pytest.mark.parametrize("how", ["print('好')", "import sys; sys.stdout.write('x')"])
def test_prints_at_import_do_not_spoil_an_answer(office: Office, how: str) -> None:
    put(office, BODY + f"\n{how}\n")
    assert office.state("demo1")["state"] == "loaded"
    assert office.run(*TAKE).returncode == 0
    assert [r["text"] for r in office.read("show", "demo1_notes")] == ["好"]
    done = office.run("show", "demo1_notes", "--json")
    assert done.stdout.startswith("[")
    assert done.stderr


@pytest.mark.parametrize(
    "fault",
    [
        "return 7",
        "yield click.Command('demo1x', help=5)",
        "yield click.Command('demo1x', help='\\x1b[31m红|red')",
        "yield click.Command('demo1x', help='红' * 15_000 + '|red')",
        "while True: yield click.Command('demo1x')",
    ],
)
def test_commands_that_are_none_are_told(office: Office, fault: str) -> None:
    hook = "\n\n@hookimpl\ndef commands():\n    import click\n    FAULT\n"
    put(office, BODY + hook.replace("FAULT", fault))
    done = office.run("--help")
    assert done.returncode == 0, done.stderr
    assert "\x1b" not in done.stdout + done.stderr
    assert "demo1" in done.stderr
    assert "demo1x" not in done.stdout


def test_one_that_fails_when_it_is_asked_why_is_named(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = """
import os

def _row(happened):
    if "LATE" in os.environ:
        raise ZeroDivisionError("迟")
    return NoteRow(member=happened.member, text=happened.text)

notes.records(TakeNote, _row)
"""
    put(office, BODY.replace("notes.records(TakeNote)", row))
    assert office.run(*TAKE).returncode == 0
    assert office.run("correct", "5", "--text", "很好", "--reason", "写错了").returncode == 0
    monkeypatch.setenv("LATE", "1")
    done = office.run("why", "demo1_notes", "5", "text")
    assert done.returncode == 1
    assert "插件 demo1 说明来由时出错：ZeroDivisionError: 迟" in done.stderr
    assert office.state("demo1")["state"] == "quarantined"
