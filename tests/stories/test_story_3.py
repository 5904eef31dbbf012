"""Story 3, the year's table: 958 + 9 developed + 21 in - 13 out - 4 died = 971, residual 0; every cell
opens the events behind it; with one event missing the residual is not 0 and the table says where.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from taizhang.cli import main

BEHIND = {
    "发展": "member.registered",
    "转入": "transfer.received",
    "转出": "transfer.received",
    "死亡": "member.left",
}


class Books:
    """The demonstration, asked by commands."""

    def __init__(self, store: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.store = store
        self._capsys = capsys

    def print(self, *words: str) -> str:
        self._capsys.readouterr()
        with pytest.raises(SystemExit) as leave:
            main(["--store", str(self.store), *words])
        said = self._capsys.readouterr()
        assert leave.value.code == 0, said.err
        return said.out

    def read(self, *words: str) -> Any:
        return json.loads(self.print(*words, "--json"))

    def without(self, seq: int) -> None:
        """The books as if one event had never been recorded."""
        with sqlite3.connect(self.store / "events.db") as db:
            for (name,) in db.execute(
                "SELECT name FROM sqlite_master WHERE type = 'trigger'"
            ).fetchall():
                db.execute(f'DROP TRIGGER "{name}"')
            assert db.execute("DELETE FROM events WHERE seq = ?", (seq,)).rowcount == 1
        (self.store / "ledger.db").unlink()

    def events(self, prefix: str, tag: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.read("events", "--type", prefix, "--tag", tag)
        return found


@pytest.fixture
def books(demo: Path, capsys: pytest.CaptureFixture[str]) -> Books:
    return Books(demo, capsys)


def counts(sheet: dict[str, Any]) -> dict[str, int]:
    return {f["label"]: f["count"] for f in sheet["flows"]}


def test_the_years_table(books: Books) -> None:
    sheet = books.read("figures", "year.members", "--window", "2012-06-30")
    assert (sheet["opening"], sheet["closing"], sheet["residual"]) == (958, 971, 0)
    assert sheet["unexplained"] == []
    assert counts(sheet) == {
        "发展": 9, "登记入册": 0, "转入": 21, "整建制转入": 0, "重新入党": 0, "恢复党籍": 0,
        "停止党籍后恢复": 0, "停止党籍": 0, "转出": 13, "整建制转出": 0, "死亡": 4, "出党": 0,
    }  # fmt: skip
    rows = books.read("figures", "year.members", "--rows")
    flows = {k: n for k, n in counts(sheet).items() if n}
    assert Counter(r["flow"] for r in rows) == {"期初": 958, **flows, "期末": 971}
    rows = [r for r in rows if r["flow"] in flows]
    assert all("2012-01-01" <= r["day"] <= "2012-12-31" for r in rows)
    for label, event in BEHIND.items():
        row = next(r for r in rows if r["flow"] == label)
        told = {e["name"] for e in books.events(event, f"member:{row['id']}")}
        assert told == {event}
    shown = " ".join(books.print("figures", "year.members").split())
    for text in ("958", "971", "差额 0"):
        assert text in shown


@pytest.mark.parametrize("year", range(2005, 2013))
def test_every_year_of_the_demonstration_adds_up(
    demo_template: Path, capsys: pytest.CaptureFixture[str], year: int
) -> None:
    books = Books(demo_template, capsys)
    sheet = books.read("figures", "year.members", "--window", f"{year}-05-01")
    assert sheet["begin"] == f"{year}-01-01"
    assert (sheet["residual"], sheet["unexplained"]) == (0, [])


def test_without_the_letter_it_says_who_came_unexplained(books: Books) -> None:
    came = next(r for r in books.read("figures", "year.members", "--rows") if r["flow"] == "转入")
    letter = [
        e for e in books.events("transfer.issued", f"member:{came['id']}") if e["on"] <= came["day"]
    ][-1]
    books.without(letter["seq"])
    sheet = books.read("figures", "year.members")
    assert sheet["residual"] == 1
    assert counts(sheet)["转入"] == 20
    (found,) = sheet["unexplained"]
    assert (found["id"], found["name"], found["change"]) == (came["id"], came["name"], 1)
    assert (found["stood"], found["stands"]) == (False, True)
    shown = " ".join(books.print("figures", "year.members").split())
    assert "1 个对不上" in shown
    assert came["name"] in shown


def test_a_death_that_nobody_recorded_shows_against_the_paper(books: Books) -> None:
    died = next(r for r in books.read("figures", "year.members", "--rows") if r["flow"] == "死亡")
    stated = ("--opening", "958", "--closing", "971")
    assert books.read("figures", "year.members", *stated)["residual"] == 0
    books.without(died["src"])
    # The ledger by itself is sound: the member lives on in it.
    sheet = books.read("figures", "year.members")
    assert (sheet["closing"], sheet["residual"]) == (972, 0)
    sheet = books.read("figures", "year.members", *stated)
    assert (sheet["residual"], sheet["stated_closing"]) == (-1, 971)
    shown = books.print("figures", "year.members", *stated)
    assert "972（书面 971）" in shown
    assert "958（" not in shown
