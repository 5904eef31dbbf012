"""Story H.1: a list of members at two clocks, and the event that makes the difference."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from taizhang.decisions.decision import Request
from taizhang.workspace import Workspace
from taizhang_eventstore.ambient import SeededAmbient

CHINA = dt.timezone(dt.timedelta(hours=8))
DAY = "2012-06-30"


class Book:
    """A store whose clock the test moves: 第七支部 with 32 members, 甲 among them."""

    def __init__(self, path: Path) -> None:
        self.ambient = SeededAmbient(7, dt.datetime(2012, 6, 1, 9, tzinfo=CHINA))
        self.ws = Workspace.init(path, ambient=self.ambient, disabled={"liudai"})
        self.branch = self.record(
            "organisation.found", name="第七支部", kind="支部", on="2010-01-01"
        )
        roster = [f"党员{k}" for k in range(31)] + ["甲"]
        fields = [{"name": n, "organisation": self.branch.ids["organisation"]} for n in roster]
        self.ws.record_batch([Request("member.register", f, "2010-07-01") for f in fields])

    def record(self, action: str, *, on: str, **fields: Any) -> Any:
        return self.ws.record(action, fields, on=on)

    def today(self, month: int, day: int) -> None:
        self.ambient.set(dt.datetime(2012, month, day, 9, tzinfo=CHINA))

    def members(self, known: str | int | None = None, on: str = DAY) -> dict[str, dict[str, Any]]:
        """The members of 第七支部 on a day, by id."""
        ledger = self.ws.at(on, known)
        found = ledger.rows("memberships", organisation=self.branch.ids["organisation"])
        return {row["member"]: row for row in found}


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    made = Book(tmp_path / "store")
    yield made
    made.ws.close()


@pytest.fixture
def told(book: Book) -> tuple[Book, Any, Any]:
    """The story up to 07-10, with the receipts of 乙's joining and 甲's leaving."""
    book.today(7, 3)
    joined = book.record(
        "member.register",
        name="乙",
        organisation=book.branch.ids["organisation"],
        on="2012-06-29",
    )
    book.today(7, 10)
    left = book.record("member.leave", member="甲", how="退党", on="2012-06-28")
    book.today(7, 20)
    return book, joined, left


def test_the_list_of_a_day_depends_on_when_it_was_known(told: tuple[Book, Any, Any]) -> None:
    book, _, _ = told
    assert len(book.members("2012-07-02")) == 32
    assert len(book.members("2012-07-05")) == 33
    assert len(book.members("2012-07-11")) == 32
    assert len(book.members()) == 32
    assert len(book.members(on="2012-06-27")) == 32
    assert len(book.members("2012-07-05", on="2012-06-28")) == 32


def test_the_difference_names_the_event(told: tuple[Book, Any, Any]) -> None:
    book, _, left = told
    before, after = book.members("2012-07-05"), book.members("2012-07-11")
    (gone,) = before.keys() - after.keys()
    assert book.ws.at(DAY).names("member", [gone])[gone] == "甲"
    # The row that was shown then was written over by exactly one action.
    src = before[gone]["src"]
    (row,) = book.ws.db.execute(
        "SELECT gone FROM _memberships_history WHERE src = ? AND gone > ? AND gone <= ?",
        (src, book.ws.known_at("2012-07-05"), book.ws.known_at("2012-07-11")),
    ).fetchall()
    event = book.ws.event(row[0])
    assert (event.position,) == left.seq
    assert event.name == "member.left"
    assert event.envelope.on == dt.date(2012, 6, 28)


def test_a_correction_and_its_void_move_the_list_forth_and_back(
    told: tuple[Book, Any, Any],
) -> None:
    """On 07-12 甲's leaving is corrected to 07-01, on 07-15 that correction is taken back, and on
    07-18 the taking back as well; each is known from its own day on, and earlier ones stay.
    """
    book, _, left = told
    book.today(7, 12)
    corrected = book.ws.correct(left.seq[0], on="2012-07-01", reason="会议记录写的是七月一日")
    assert len(book.members()) == 33
    book.today(7, 15)
    voided = book.ws.void(corrected.seq[0], reason="会议记录抄错")
    assert len(book.members()) == 32
    book.today(7, 18)
    book.ws.void(voided.seq[0], reason="原件核对无误")
    assert len(book.members()) == 33
    book.today(7, 20)
    known = [f"2012-07-{day:02}" for day in (2, 5, 11, 13, 16, 19)]
    counts = [32, 33, 32, 33, 32, 33]
    assert [len(book.members(k)) for k in known] == counts
    assert len(book.members(on="2012-07-02")) == 32
    book.ws.rebuild()
    assert [len(book.members(k)) for k in known] == counts


def test_recorded_time_decides_and_not_the_order_of_days(book: Book) -> None:
    """A clock that is set back does not reorder what was known."""
    book.today(7, 10)
    book.record("member.leave", member="甲", how="退党", on="2012-06-28")
    book.today(7, 3)
    book.record(
        "member.register", name="乙", organisation=book.branch.ids["organisation"], on="2012-06-29"
    )
    assert len(book.members("2012-07-05")) == 32
    assert len(book.members("2012-07-10")) == 32
    assert book.ws.known_at("2012-07-05") < book.ws.known_at("2012-07-10") == book.ws.log.head()
