"""Data outlive plugins: what stays when one is off, and what is made anew when its code has changed."""

import sqlite3
from contextlib import closing
from typing import Any

import pytest
from officekit.notes import BODY, HEAD

from .conftest import Office

pytestmark = pytest.mark.hostile

IN_WORDS = ("trouble", "label", "summary")
"""What only its plugin can say of an event."""

ON = ("--on", "2012-04-01")


def _rows(office: Office, table: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(office.store / "ledger.db")) as db:
        return db.execute(f'SELECT * FROM "{table}" ORDER BY 1').fetchall()


def _spoil(office: Office, table: str, column: str, value: object) -> None:
    """Writes over what the ledger says: what is not made anew shows it still."""
    with closing(sqlite3.connect(office.store / "ledger.db")) as db, db:
        assert db.execute(f'UPDATE "{table}" SET "{column}" = ?', (value,)).rowcount == 1


def test_off_its_events_are_there_and_on_again_its_rows(office: Office) -> None:
    office.install("demo1", HEAD.format(name="demo1") + BODY, version="2.5")
    take = ("record", "demo1.note.take", "--member", "王小明", *ON)
    assert office.run(*take, "--text", "好").returncode == 0
    before = office.rows(), _rows(office, "_demo1_notes"), _rows(office, "_demo1_notes_history")
    event = office.read("events")[-1]
    assert (event["plugin"], event["plugin_version"]) == ("demo1", "2.5")
    assert office.run("plugins", "disable", "demo1").returncode == 0
    assert office.run(*take, "--text", "再").returncode == 2
    assert "demo1_notes" not in {t["name"] for t in office.read("tables")}
    member = office.read("show", "members")[0]["id"]
    for words in (("--type", "demo1."), ("--tag", f"member:{member}")):
        found = office.read("events", *words)[-1]
        assert "demo1.note_taken@1" in found["trouble"]
        assert {k: v for k, v in found.items() if k not in IN_WORDS} == {
            k: v for k, v in event.items() if k not in IN_WORDS
        }
    for words in (("seal",), ("verify",), ("rebuild",)):
        done = office.run(*words)
        assert done.returncode == 0, done.stderr
    assert office.run("plugins", "enable", "demo1").returncode == 0
    assert [r["text"] for r in office.read("show", "demo1_notes")] == ["好"]
    after = office.rows(), _rows(office, "_demo1_notes"), _rows(office, "_demo1_notes_history")
    assert after == before


def test_another_code_or_version_makes_its_own_tables_anew_and_no_others(office: Office) -> None:
    source = HEAD.format(name="demo1") + BODY
    office.install("demo1", source)
    done = office.run("record", "demo1.note.take", "--member", "王小明", "--text", "好", *ON)
    assert done.returncode == 0, done.stderr
    _spoil(office, "_liudai_leads", "minutes", 99)
    for made in (source + "\n# another code", source.replace("api=1", 'api=1, version="3"')):
        _spoil(office, "_demo1_notes", "text", "坏")
        assert office.run("tables").returncode == 0
        assert [r["text"] for r in office.read("show", "demo1_notes")] == ["坏"]
        office.install("demo1", made)
        assert [r["text"] for r in office.read("show", "demo1_notes")] == ["好"]
    assert [r["minutes"] for r in office.read("show", "liudai_leads")] == [99]
    more = 'text: Text = field("内容|Text")\n    more: Text = field("其余|More", default="无")\n'
    office.install("demo1", source.replace('text: Text = field("内容|Text")\n', more))
    assert [(r["text"], r["more"]) for r in office.read("show", "demo1_notes")] == [("好", "无")]
    assert [r["minutes"] for r in office.read("show", "liudai_leads")] == [99]
