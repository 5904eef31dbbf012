"""Working days: lists of days, arrangements as facts, and SQL that agrees with counting by hand."""

from __future__ import annotations

import datetime as dt
import random

import chinese_calendar
import pytest

from taizhang.declarations.kinds import Bad
from taizhang.mechanisms.workdays import DayListKind, days_of, published, working_day

DAY = dt.timedelta(days=1)
LIST = DayListKind()


def test_days_as_people_write_them() -> None:
    stored = "2012-01-01 2012-09-30 2012-10-01 2012-10-02"
    for text in (
        stored,
        "2012-09-30..2012-10-02 2012-01-01",
        "2012-01-01，2012-09-30至10-02",
        "2012年1月1日、2012年9月30日～10月2日",
    ):
        assert LIST.parse(text) == stored, text
    assert LIST.show(stored) == "2012-01-01 2012-09-30..10-02"
    assert LIST.parse(LIST.show(stored)) == stored
    assert LIST.parse("2012-09-28..30") == "2012-09-28 2012-09-29 2012-09-30"
    assert LIST.show("甲 2012-01-01") == "2012-01-01"
    assert LIST.show("") == LIST.parse("") == ""


@pytest.mark.parametrize(
    "text",
    ["九月", "2012-02-30", "2012-10-02..2012-10-01", "2012-01-01..2014-01-01", "2012-10-07..32"],
)
def test_what_is_no_list_of_days(text: str) -> None:
    with pytest.raises(Bad):
        LIST.parse(text)


def test_published_years_say_what_the_library_says(counter) -> None:
    """For every day of every year that is known, in SQL: worked or not."""
    ledger = counter.ws.at("2026-12-31")
    day = dt.date(2004, 1, 1)
    worked = []
    while day.year < 2027:
        if chinese_calendar.is_workday(day):
            worked.append(day.isoformat())
        day += DAY
    found = ledger.query(
        "WITH RECURSIVE d(day, n) AS (SELECT '2003-12-31', 0 UNION ALL "
        f"SELECT {working_day('day', '1')}, n + 1 FROM d WHERE day < '2026-12-31') "
        "SELECT day FROM d WHERE n > 0 AND day IS NOT NULL"
    )
    assert [r["day"] for r in found] == worked


def test_counting_agrees_with_counting_by_hand(counter) -> None:
    chance = random.Random(2012)
    ledger = counter.ws.at("2026-12-31")
    for _ in range(60):
        start = dt.date(2010, 1, 1) + chance.randrange(5000) * DAY
        number, day = chance.randrange(40), start
        for _ in range(number):
            day += DAY
            while not chinese_calendar.is_workday(day):
                day += DAY
        sql = "SELECT " + working_day(f"'{start}'", str(number))
        assert ledger.value(sql) == day.isoformat(), (start, number)


def test_a_year_is_seeded_once_and_never_over_what_the_staff_entered(counter) -> None:
    ws = counter.ws
    fields = {"year": 2027, "holidays": "2027-01-01"}
    ws.record("calendar.arrange", fields, on="2026-11-10")
    with pytest.raises(Exception, match="都已录入"):
        ws.record("calendar.seed", {})
    with pytest.raises(Exception, match="只有 2004 至 2026 年"):
        ws.record("calendar.seed", {"last": 2027})
    assert published(2027) is None
    assert len(ws.at("2026-12-31").rows("calendar_years")) == 24
    (row,) = ws.at("2011-12-01").rows("calendar_years", year=2012)
    assert row["source"] == "chinesecalendar"
    years = ws.registry.table("calendar_years").fields
    assert years["year"].show(row["year"]) == "2012"
    assert years["year"].kind.parse("２０１２年") == 2012
    assert dt.date(2012, 9, 29) in days_of(row["worked"])
    assert ws.at("2011-11-30").rows("calendar_years", year=2012) == []


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"holidays": "2011-12-31"}, "2011-12-31 不在 2012 年"),
        ({"holidays": "2012-09-29", "worked": "2012-09-29"}, "既放假又上班"),
        ({"holidays": "2012-01-02", "worked": "2012-09-28"}, "本来就是工作日"),
    ],
)
def test_an_arrangement_makes_sense(counter, fields: dict[str, str], said: str) -> None:
    with pytest.raises(Exception, match=said):
        counter.ws.record("calendar.arrange", {"year": 2012, **fields}, on="2012-01-04")
    (row,) = counter.ws.at("2012-01-04").rows("calendar_years", year=2012)
    with pytest.raises(Exception, match="不在 2012 年"):
        counter.ws.correct(row["src"], {"holidays": "2011-12-31"}, reason="录错")
