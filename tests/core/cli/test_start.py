"""``taizhang --help`` starts at once: it imports nothing heavy. Unusable stores get their exit code."""

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import Command

HEAVY = ("textual", "sqlite_utils", "pypinyin", "jinja2")


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys\nfrom taizhang.cli import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit as e:\n    assert not e.code\n"
        f"print([m for m in {HEAVY!r} if m in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.splitlines()[-1] == "[]"
    assert "record" in ran.stdout


STARTING = """
import sys
before = set(sys.modules)
from taizhang.loading.loader import load
import taizhang.workspace
assert [p.state for p in load().states]
import taizhang_tui.app.running, taizhang_tui.screens.home
came = set(sys.modules) - before
ours = [sys.modules[name] for name in came if name.startswith("taizhang")]
kept = {f"{c.__module__}.{n}" for m in ours for n, c in vars(m).items()
        if isinstance(c, type) and c.__module__ == m.__name__ and "__dataclass_fields__" in vars(c)}
print(*sorted(kept), *sorted(came & {"email", "importlib.metadata", "tomllib", "zipfile"}))
"""


def test_what_stands_at_the_start_is_quickly_made() -> None:
    """A dataclass takes a millisecond to make, a struct a thirtieth of that; there were seventy. And
    packages' metadata are read without what parses mail (:mod:`taizhang.loading.installed`).
    """
    ran = subprocess.run(
        [sys.executable, "-c", STARTING], capture_output=True, text=True, check=True
    )
    assert set(ran.stdout.split()) <= {"taizhang.ledger.projector.Changes"}


def test_the_package_is_the_program() -> None:
    words = [sys.executable, "-m", "taizhang", "--version"]
    ran = subprocess.run(words, capture_output=True, text=True, check=True)
    assert ran.stdout.startswith("taizhang")


def test_not_a_store(tz: Command, tmp_path: Path) -> None:
    missing = tz("show", "members", store=tmp_path / "nowhere")
    assert missing.code == 1
    assert "init" in missing.err
    assert not (tmp_path / "nowhere").exists()


def test_not_a_database(tz: Command, tmp_path: Path) -> None:
    store = tmp_path / "broken"
    store.mkdir()
    (store / "events.db").write_text("这不是数据库" * 100)
    found = tz("show", "members", store=store)
    assert found.code == 3
    assert "Traceback" not in found.err
    assert (store / "events.db").read_text() == "这不是数据库" * 100


def test_a_newer_store(office: Command, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "store" / "events.db") as db:
        db.execute("PRAGMA user_version = 999")
    found = office("show", "members")
    assert found.code == 3
    assert "Traceback" not in found.err


def test_a_broken_ledger_is_made_anew(office: Command, tmp_path: Path) -> None:
    for suffix in ("-wal", "-shm"):
        (tmp_path / "store" / f"ledger.db{suffix}").unlink(missing_ok=True)
    (tmp_path / "store" / "ledger.db").write_bytes(b"rubbish" * 1000)
    found = office("show", "organisations", "--json")
    assert found.code == 0, found.err
    assert len(found.json) == 4


def test_init_refuses_a_store_that_is_there(office: Command, tmp_path: Path) -> None:
    refused = office("init")
    assert refused.code == 2
    assert refused.err == f"错误：{tmp_path / 'store'} 已经有账册\n"


HOSTILE = [
    "李[/]",
    "[@click=app.quit]x",
    "\x1b[2J王",
    "王\u202e小\u200b明",
    "'; drop table members; --",
    '"引号"',
    "%s {0} \\",
    "名" * 200,
]


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_names_are_plain_text(office: Command, name: str) -> None:
    made = office(
        "record",
        "member.register",
        f"--name={name}",
        "--organisation",
        "第一支部",
        "--on",
        "2006-01-01",
        "--json",
    )
    assert made.code == 0, made.err
    shown = office("show", "members")
    assert "\x1b" not in shown.out
    assert "\u202e" not in shown.out
    kept = office("show", "members", "--json").json[0]["name"]
    assert not set(kept) & set("\x1b\u202e\u200b")
    found = office(
        "record", "service.log", f"--member={kept}", "--minutes", "5", "--on", "2006-01-02"
    )
    assert found.code == 0, found.err


def test_a_name_of_ten_thousand_characters_is_refused(office: Command) -> None:
    found = office(
        "record",
        "member.register",
        "--name",
        "长" * 10_000,
        "--organisation",
        "第一支部",
        "--on",
        "2006-01-01",
    )
    assert found.code == 1
    assert "姓名" in found.err
    assert len(found.err) < 300
