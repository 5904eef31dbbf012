"""Working days: the days off and the worked weekends of a year, and due dates as SQL over them.

Which days are worked is settled each autumn for the coming year (放假安排). One programme keeps the years
in the table that :func:`working_years` declares for it; its rows say an arrangement on a day, as known at a
position, and :func:`working_day` counts over them. Nothing is guessed: where a year that the
count comes through is not arranged, there is no due date.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Annotated, Any

from taizhang.declarations.fields import Row, field
from taizhang.declarations.kinds import Bad, CountKind, DateKind, Kind, Text
from taizhang.declarations.programme import Programme, Table
from taizhang.mechanisms.deriving import code_of
from taizhang.words.labels import Label, narrow

LONGEST = 366
"""Days that a list may have."""

_RANGE = re.compile(r"\s*(?:\.\.+|~|至|到|…|—|–)\s*")
_SHORT = re.compile(r"(?:(\d{1,2})[-/.月])?(\d{1,2})日?")
_DAY = timedelta(days=1)


class DayListKind(Kind):
    """Several days: ``2012-01-22..2012-01-28 2012-04-02``; a range may end with 01-28 or 28.

    Stored as the days in order with a blank between, which SQL searches as text.
    """

    name = "day-list"

    def parse(self, text: str) -> str:
        found: set[date] = set()
        words = _RANGE.sub(
            "..", narrow(text).replace(",", " ").replace("、", " ").replace(";", " ")
        )
        for word in words.split():
            first, to, last = word.partition("..")
            start = DateKind().parse(first)
            end = _end(start, last) if to else start
            if not start <= end <= start + LONGEST * _DAY:
                raise Bad(Label(f"{word} 的首尾颠倒或过长", f"{word} ends before it begins"))
            found.update(start + i * _DAY for i in range((end - start).days + 1))
        if len(found) > LONGEST:
            raise Bad(Label(f"最多 {LONGEST} 天", f"at most {LONGEST} days are allowed"))
        return " ".join(day.isoformat() for day in sorted(found))

    def show(self, value: Any, language: str = "zh") -> str:
        return " ".join(_ranges(str(value or "")))


def _end(start: date, text: str) -> date:
    short = _SHORT.fullmatch(text)
    if short is None:
        return DateKind().parse(text)
    return DateKind().parse(f"{start.year}-{short[1] or start.month}-{short[2]}")


class YearRow(Row):
    """A year's arrangement. Days that are not listed are worked from Monday to Friday."""

    year: Year = field("年份|Year")
    holidays: DayList = field("放假|Days off", default="")
    worked: DayList = field("调休上班|Worked weekends", default="")
    source: Text = field("来源|Source", default="")


def working_years(programme: Programme) -> Table[YearRow]:
    """Declares the table of arrangements, a row a year, for the programme that keeps the calendar."""
    made = programme.spans("calendar_years", "放假安排|Calendar years", YearRow, key=("year",))
    made.code = code_of(__file__)
    return made


def days_of(text: str) -> list[date]:
    """The days of a stored list; what is none is passed over."""
    found = []
    for word in text.split():
        try:
            found.append(date.fromisoformat(word))
        except ValueError:
            continue
    return found


def _ranges(text: str) -> Iterator[str]:
    """The days of a stored list as people read them: neighbours as a range."""
    run: list[date] = []
    for day in [*days_of(text), None]:
        if run and (day is None or day != run[-1] + _DAY):
            yield run[0].isoformat() + (f"..{run[-1]:%m-%d}" if len(run) > 1 else "")
            run = []
        if day is not None:
            run.append(day)


class YearKind(CountKind):
    """A year: 2012 or 2012年, shown without separators."""

    name = "year"

    def parse(self, text: str) -> int:
        return super().parse(narrow(text).removesuffix("年"))

    def show(self, value: Any, language: str = "zh") -> str:
        return "" if value is None else str(value)


DayList = Annotated[str, DayListKind()]
Year = Annotated[int, YearKind()]


def published(year: int) -> tuple[str, str] | None:
    """Days off and worked weekends of a year as published, or None for a year that is not known here.

    Known are the years of the library chinesecalendar, 2004 up to the last that was published when it
    was made; later ones an office enters itself.
    """
    # Imported where it is asked for: nobody else needs its tables.
    from chinese_calendar import constants

    if year not in published_years():
        return None
    lists = (constants.holidays, constants.workdays)
    off, worked = (
        " ".join(d.isoformat() for d in sorted(days) if d.year == year) for days in lists
    )
    return off, worked


def published_years() -> range:
    """The years that are known here."""
    from chinese_calendar import constants

    return range(min(constants.holidays).year, max(constants.holidays).year + 1)


def working_day(start: str, number: str) -> str:
    """SQL: the day that is ``number`` working days after the day ``start``, both SQL expressions.

    The day itself does not count. NULL where a year on the way is not arranged on the ledger's day.
    """
    following = "date(d.day, '+1 day')"
    works = (
        f"(SELECT CASE WHEN instr(y.worked, {following}) THEN 1 "
        f"WHEN instr(y.holidays, {following}) THEN 0 "
        f"ELSE strftime('%w', {following}) BETWEEN '1' AND '5' END "
        f"FROM calendar_years y WHERE y.year = CAST(substr({following}, 1, 4) AS INTEGER))"
    )
    return (
        f"(WITH RECURSIVE d(day, n) AS (SELECT {start}, 0 UNION ALL "
        f"SELECT {following}, d.n + {works} FROM d WHERE d.n < {number}) "
        f"SELECT d.day FROM d WHERE d.n = {number} LIMIT 1)"
    )
