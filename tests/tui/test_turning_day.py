"""The day turns under a running program: frame, lists and forms go on together; what somebody chose stays."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from officekit.screens import named, open_form

from taizhang_eventstore.ambient import SystemAmbient
from taizhang_tui.screens.difference import DifferenceScreen

BEFORE = dt.datetime(2012, 12, 31, 15, 59, 50, tzinfo=dt.UTC)
"""Ten seconds before midnight in China."""

AFTER = BEFORE + dt.timedelta(seconds=20)


class Clock(SystemAmbient):
    """A clock that stands until it is moved."""

    moment = BEFORE

    def now(self) -> dt.datetime:
        return self.moment


def clock(stage: Any) -> Clock:
    """Gives the open store such a clock."""
    made = stage.app.desk.ws.ambient = Clock()
    return made


def cells(stage: Any, name: str) -> tuple[str, ...]:
    """The cells of a member's line."""
    table = stage.app.screen.query_one("#members")
    rows = (table.row_at(i) for i in range(table.row_count))
    return next((row.cells for row in rows if row is not None and row.cells[0] == name), ())


async def test_header_and_list_stand_on_one_day(staged: Any, community: Path) -> None:
    async with staged(community, size=(120, 40)) as stage:
        now = clock(stage)
        await stage.until(lambda: "2:30" in cells(stage, "王小明"))
        now.moment = AFTER
        # Until the frame goes on everything is still on the day that it shows.
        assert stage.app.desk.ledger().on == stage.app.desk.day == dt.date(2012, 12, 31)
        assert stage.app.desk.view.at().on == dt.date(2012, 12, 31)
        await stage.shows("有效 2013-01-01")
        assert "只读" not in stage.lines()[0]
        await stage.until(lambda: (row := cells(stage, "王小明")) and "2:30" not in row)


async def test_a_day_that_nobody_typed_goes_along(staged: Any, community: Path) -> None:
    async with staged(community) as stage:
        now = clock(stage)
        await open_form(stage, "member.leave", member=named(stage, "member", "王小明"))
        form = stage.app.screen
        assert form.values["on"] == "2012-12-31"
        form._editors["reason"].value = "迁出"
        now.moment = AFTER
        await stage.until(lambda: form.values["on"] == "2013-01-01")
        assert form._editors["on"].value == "2013-01-01"
        assert "有效 2013-01-01" in stage.lines()[0]
        await stage.press("escape")
        await stage.shows("有效 2013-01-01", "草稿 1 份")


async def test_a_day_that_was_typed_stays(staged: Any, community: Path) -> None:
    async with staged(community) as stage:
        now = clock(stage)
        await open_form(stage, "member.leave", member=named(stage, "member", "王小明"))
        form = stage.app.screen
        form._editors["on"].focus()
        await stage.press("ctrl+up", "ctrl+down")
        assert form.values["on"] == "2012-12-31"
        now.moment = AFTER
        await stage.shows("有效 2013-01-01")
        await stage.pilot.pause(0.5)
        assert form.values["on"] == "2012-12-31"
        await stage.press("escape")
        await open_form(stage, "member.leave", member=named(stage, "member", "王小明"))
        assert stage.app.screen.values["on"] == "2012-12-31"


async def test_a_draft_of_yesterday_is_of_today(staged: Any, community: Path) -> None:
    async with staged(community) as stage:
        now = clock(stage)
        await open_form(stage, "member.leave", member=named(stage, "member", "王小明"))
        stage.app.screen._editors["reason"].value = "迁出"
        await stage.press("escape")
        now.moment = AFTER
        await stage.shows("有效 2013-01-01")
        await open_form(stage, "member.leave", member=named(stage, "member", "王小明"))
        await stage.shows("已恢复 王小明 2012-12-31 23:59+08:00")
        assert stage.app.screen.values["on"] == "2013-01-01"
        assert stage.app.screen.values["reason"] == "迁出"


async def test_a_past_that_was_chosen_stays(staged: Any, community: Path) -> None:
    async with staged(community) as stage:
        now = clock(stage)
        await stage.press("left_square_bracket")
        await stage.shows("只读", "有效 2012-11-30")
        now.moment = AFTER
        await stage.until(lambda: stage.app.desk.today == dt.date(2013, 1, 1))
        await stage.pilot.pause(0.5)
        assert "有效 2012-11-30" in stage.lines()[0]
        await stage.press("0")
        await stage.shows("有效 2013-01-01")


async def test_setting_the_other_clock_over_midnight_is_not_looking_at_yesterday(
    staged: Any, community: Path
) -> None:
    async with staged(community) as stage:
        now = clock(stage)
        await stage.press("t")
        await stage.shows("步长")
        now.moment = AFTER
        await stage.until(lambda: stage.app.desk.today == dt.date(2013, 1, 1))
        await stage.press("enter")
        await stage.shows("有效 2013-01-01")
        assert not stage.app.desk.past


async def test_a_year_ago_is_a_year_before_today(staged: Any, community: Path) -> None:
    async with staged(community) as stage:
        now = clock(stage)
        await stage.press("d")
        await stage.shows("2011-12-31 → 2012-12-31")
        assert isinstance(stage.app.screen, DifferenceScreen)
        now.moment = AFTER
        await stage.shows("2012-01-01 → 2013-01-01")


@pytest.mark.parametrize("key", ["g", "b", "l"])
async def test_every_screen_goes_on(staged: Any, community: Path, key: str) -> None:
    async with staged(community) as stage:
        now = clock(stage)
        await stage.press(key)
        await stage.until(lambda: len(stage.app.screen_stack) > 1)
        now.moment = AFTER
        await stage.shows("有效 2013-01-01")
        await stage.press("escape")
        await stage.shows("有效 2013-01-01")
