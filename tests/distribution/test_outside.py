"""A slice, a screen and a policy from outside this source tree work everywhere without a line changed in it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SLICE = '''
"""What an office lends: a slice of another distribution."""
from datetime import date

from taizhang.api import *

programme = Programme("lending", "借用|Lending", nouns=("item", "loan"))


class LoanRow(Row):
    """A member has something on loan, to be given back by a day."""

    member: Member = field("党员|Member")
    what: Text = field("物品|What")
    back: Date = field("应还|Back by")


loans = programme.spans("loans", "借出|Loans", LoanRow, key=("member",), ends_with=("member",))
deed_of(programme, loans, "loan.give", "借出|Lend", event="loan.given")
ending(programme, "loan.return", "归还|Return", event="loan.returned", clears=(loans,))


class NoteRow(Row):
    """An organisation was told that another one has gone into it."""

    organisation: Organisation = field("组织|Organisation")


notes = programme.records("loan_notes", "转告|Notes", NoteRow)


@programme.event("loan.noted", "转告|Noted")
class Noted(Event):
    """What was lent there is asked for here."""

    organisation: Organisation = field("组织|Organisation")


notes.records(Noted)


@programme.follows("organisation.merged", "借出的物品转告|What was lent is told")
def tell(ledger, merged):
    yield Noted(organisation=merged.to)


programme.duty(
    "loan.back", "按期归还|Given back in time", who=Selection("loans", "member", due="back"), counts=None,
    per="standing", since=date(2000, 1, 1), source="",
)
programme.screen("shelf", "借出一览|What is lent", "taizhang_lending.screens:shelf")
'''

SCREENS = """
from taizhang.api import Board


def shelf(ledger, language):
    rows = ledger.rows("loans")
    names = ledger.names("member", [row["member"] for row in rows])
    return Board(("党员|Member", "物品|What"), [(names[r["member"]], r["what"]) for r in rows])
"""

UI = """
import asyncio, sys
from pathlib import Path
from taizhang_tui.testing import staged

async def main():
    async with staged(Path(sys.argv[1])) as stage:
        await stage.press("colon", "'借出一览")
        await stage.shows("借用")
        await stage.press("enter")
        await stage.shows("王小明", "投影仪")

asyncio.run(main())
"""


@pytest.fixture
def outside(tmp_path: Path) -> dict[str, str]:
    """The environment of a process for which the other distribution is installed."""
    site = tmp_path / "site"
    package = site / "taizhang_lending"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(SLICE, "utf-8")
    (package / "screens.py").write_text(SCREENS, "utf-8")
    info = site / "office_lending-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: office-lending\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[taizhang.office]\nlending = office_lending:SLICES\n")
    (site / "office_lending.py").write_text('SLICES = ("taizhang_lending",)\n')
    return os.environ | {"PYTHONPATH": str(site), "TAIZHANG_ACTOR": "李静"}


@pytest.mark.slow
def test_a_slice_a_screen_and_a_policy_from_outside(
    outside: dict[str, str], tmp_path: Path
) -> None:
    store = tmp_path / "store"

    def run(*words: str, code: int = 0) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "taizhang", "--store", str(store), *words],
            env=outside, capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == code, done.stderr
        return done.stdout

    def told(*words: str) -> Any:
        return json.loads(run(*words, "--json"))

    run("init")
    for name, kind, parent in (
        ("工委", "党工委", ""),
        ("一支部", "支部", "工委"),
        ("二支部", "支部", "工委"),
    ):
        run("record", "organisation.found", "--name", name, "--kind", kind, "--on", "2005-01-01",
            *(["--parent", parent] if parent else []))  # fmt: skip
    run(
        "record",
        "member.register",
        "--name",
        "王小明",
        "--organisation",
        "一支部",
        "--on",
        "2006-01-01",
    )
    # Command line: its actions, its table, its duty, its differences.
    assert "loan.give" in run("actions")
    run(
        "record",
        "loan.give",
        "--member",
        "王小明",
        "--what",
        "投影仪",
        "--back",
        "2012-03-01",
        "--on",
        "2012-02-01",
    )
    assert [row["what"] for row in told("show", "loans", "--on", "2012-02-10")] == ["投影仪"]
    assert [row["what"] for row in told("show", "loans", "--on", "2012-01-10")] == []
    due = run(
        "due",
        "--duty",
        "loan.back",
        "--organisation",
        "工委",
        "--on",
        "2012-04-01",
        "--state",
        "overdue",
    )
    assert "王小明" in due
    assert "投影仪" in run("diff", "loans", "--from", "2012-01-10", "--to", "2012-02-10")
    member = told("show", "loans", "--on", "2012-02-10")[0]["member"]
    assert "loan.given" in json.dumps(told("why", "loans", member, "what"))
    # The terminal.
    seen = subprocess.run(
        [sys.executable, "-c", UI, str(store)], env=outside, capture_output=True, text=True
    )
    assert seen.returncode == 0, seen.stderr[-2000:]
    # Policies: what it lent comes back with a death, and a merge tells it; both fall with the void.
    died = told(
        "record", "member.leave", "--member", "王小明", "--how", "死亡", "--on", "2012-05-01"
    )
    assert "借用：借出" in died["follows"].values()
    assert told("show", "loans", "--on", "2012-05-01") == []
    run("void", str(died["seq"][-1]), "--reason", "弄错人", "--cascade")
    assert len(told("show", "loans", "--on", "2012-05-01")) == 1
    merged = told(
        "record",
        "organisation.merge",
        "--organisation",
        "一支部",
        "--to",
        "二支部",
        "--on",
        "2012-06-01",
    )
    assert "借用：借出的物品转告" in merged["follows"].values()
    before = run("show", "loans", "--all") + run("show", "loan_notes", "--all")
    run("rebuild")
    assert run("show", "loans", "--all") + run("show", "loan_notes", "--all") == before
    assert "loans" in run("tables")
