"""The calendar (放假安排): which days of a year are worked, as an event a year.

The arrangement of a year is published in the last weeks of the year before (国务院办公厅通知), and changed
now and then afterwards (2015, 2020). Each is a fact that holds from the day on which it was published, so
that a due date says on every day what could be said then. ``calendar.seed`` enters what the library
chinesecalendar knows; a year that it does not know yet, or knows wrongly, is entered by the staff. Which
arrangement came last counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from taizhang.api import (
    Action,
    Dated,
    DayList,
    Deed,
    Event,
    Ledger,
    Programme,
    Refused,
    Text,
    Year,
    days_of,
    field,
    published,
    published_years,
    working_years,
)

programme = Programme("calendar", "工作日历|Calendar", nouns=("calendar",))

FIRST, LAST = 1949, 9998
SOURCE = "chinesecalendar"
HELP = "如 2012-09-30..10-07 2012-12-31|such as 2012-09-30..10-07 2012-12-31"


years = working_years(programme)


@programme.deed("calendar.arrange", "录入放假安排|Arrange a year")
@programme.event("calendar.arranged", "放假安排|Holidays arranged", rank=10)
class CalendarArranged(Deed):
    """Enter a year's arrangement as published, on the day of its publication; it replaces an earlier one."""

    year: Year = field("年份|Year", low=FIRST, high=LAST)
    holidays: DayList = field("放假|Days off", help=HELP)
    worked: DayList = field("调休上班|Worked weekends", default="")
    source: Text = field("来源|Source", default="")

    def check(self) -> Iterator[str]:
        """All days lie in the year; none is both off and worked."""
        off, on = set(days_of(self.holidays)), set(days_of(self.worked))
        for day in sorted(off | on):
            if day.year != self.year:
                yield f"{day} 不在 {self.year} 年|{day} is not in {self.year}"
        for day in sorted(off & on):
            yield f"{day} 既放假又上班|{day} is both off and worked"
        for day in sorted(on):
            if day.weekday() < 5:
                yield f"{day} 本来就是工作日|{day} is a working day anyway"


years.sets(CalendarArranged)


@programme.action("calendar.seed", "录入历年放假安排|Enter the published years")
class Seed(Action):
    """Enter the arrangements that are known to this program, for the years that have none yet."""

    first: Year | None = field(
        "首年|First year", default=None, help="不填为全部|all of them when empty"
    )
    last: Year | None = field("末年|Last year", default=None)

    def decide(self, ledger: Ledger) -> Iterator[Event | Dated]:
        """Each as of 1 December of the year before, for its day of publication is not known here."""
        known = published_years()
        first = known[0] if self.first is None else self.first
        last = known[-1] if self.last is None else self.last
        if first not in known or last not in known:
            raise Refused(
                "本程序只有 {first} 至 {last} 年的放假安排，其他年份用 calendar.arrange 录入"
                "|only the years {first} to {last} are known here; enter others with calendar.arrange",
                first=known[0],
                last=known[-1],
            )
        there = {row["year"] for row in ledger.spans("calendar_years")}
        wanted = [year for year in range(first, last + 1) if year not in there]
        if not wanted:
            raise Refused("这些年份都已录入|all of these years are entered already")
        for year in wanted:
            off, worked = published(year) or ("", "")
            arranged = CalendarArranged(year=year, holidays=off, worked=worked, source=SOURCE)
            yield Dated(arranged, date(year - 1, 12, 1))
