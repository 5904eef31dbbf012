"""A field of a member is declared in one place: one line more, and every command that shows, records or compares has it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TABLES = "taizhang/office/members/tables.py"
NEXT_TO = '    phone: Phone | None = field("电话|Phone", default=None)\n'
LINE = '    born: PartialDate | None = field("出生|Born", default=None)\n'


@pytest.fixture
def changed(tmp_path: Path) -> dict[str, str]:
    """The environment of a process whose core has one line more."""
    kept = shutil.ignore_patterns("__pycache__", "README.md")
    shutil.copytree(ROOT / "core" / "taizhang", tmp_path / "core" / "taizhang", ignore=kept)
    module = tmp_path / "core" / TABLES
    text = module.read_text("utf-8")
    assert text.count(NEXT_TO) == 1
    module.write_text(text.replace(NEXT_TO, NEXT_TO + LINE), "utf-8")
    return os.environ | {"PYTHONPATH": str(tmp_path / "core"), "TAIZHANG_ACTOR": "李静"}


@pytest.mark.slow
def test_one_line_adds_a_field_on_a_member(changed: dict[str, str], tmp_path: Path) -> None:
    def run(*words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "taizhang", "--store", str(tmp_path / "store"), *words],
            env=changed, capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    def shown(day: str) -> object:
        return json.loads(run("show", "members", "--on", day, "--json"))[0]["born"]

    run("init")
    run("record", "organisation.found", "--name", "一支部", "--kind", "支部", "--on", "2005-01-01")
    registered = ("record", "member.register", "--name", "王小明", "--organisation", "一支部")
    run(*registered, "--born", "1971", "--on", "2006-01-01")
    run("record", "member.correct_details", "--member", "王小明", "--born", "1972-03",
        "--on", "2010-01-01")  # fmt: skip
    assert (shown("2008-01-01"), shown("2012-01-01")) == ("1971", "1972-03")
    run("record", "member.correct_details", "--member", "王小明", "--phone", "13800000000",
        "--on", "2011-01-01")  # fmt: skip
    assert shown("2012-01-01") == "1972-03", "left out, it is unchanged"
    member = json.loads(run("show", "members", "--json"))[0]["id"]
    assert "member.details_corrected" in run("why", "members", member, "born", "--json")
    assert "1972-03" in run("diff", "members", "--from", "2008-01-01", "--to", "2012-01-01")
    run("rebuild")
    assert (shown("2008-01-01"), shown("2012-01-01")) == ("1971", "1972-03")
