"""Both clocks on the screen: stepping, setting, read-only, and the cursor that stays."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from taizhang_tui.app.clocks import months_on
from taizhang_tui.widgets.virtual_table import VirtualTable


def name_at_cursor(stage: Any) -> str:
    """The member under the cursor."""
    table = stage.app.screen.query_one("#members", VirtualTable)
    row = table.row_at(table.cursor_row)
    return row.cells[0] if row is not None else ""


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (dt.date(2012, 12, 31), -1, dt.date(2012, 11, 30)),
        (dt.date(2012, 12, 31), 2, dt.date(2013, 2, 28)),
        (dt.date(2012, 2, 29), -12, dt.date(2011, 2, 28)),
        (dt.date(1, 1, 1), -1, dt.date(1, 12, 1)),
    ],
)
def test_months(day: dt.date, months: int, then: dt.date) -> None:
    assert months_on(day, months) == then


@pytest.mark.parametrize(
    ("back", "on", "now"), [("[", "]", "0"), ("【", "】", "0")], ids=["half", "full"]
)
async def test_stepping_keeps_the_cursor_and_says_read_only(
    staged: Any, community: Path, back: str, on: str, now: str
) -> None:
    async with staged(community) as stage:
        await stage.press(*["down"] * 7)
        chosen = name_at_cursor(stage)
        await stage.press(back)
        await stage.shows("只读", "有效 2012-11-30")
        await stage.press(back, back)
        await stage.shows("2012-09-30")
        await stage.until(lambda: name_at_cursor(stage) == chosen)
        await stage.press(on)
        await stage.shows("2012-10-30")
        await stage.press(now)
        await stage.gone("只读")
        assert "有效 2012-12-31" in stage.lines()[0]
        assert name_at_cursor(stage) == chosen


async def test_in_the_past_every_action_is_refused_in_one_sentence(
    staged: Any, community: Path
) -> None:
    async with staged(community) as stage:
        await stage.press("[")
        await stage.shows("只读")
        for key in ("n", "u", "i"):
            await stage.press(key)
            await stage.tells("只读；按 0 回到现在再登记")
            assert len(stage.app.screen_stack) == 1, key
        await stage.press("enter")
        await stage.shows("党员类型", "只读")
        await stage.press("e", "x")
        assert len(stage.app.screen_stack) == 2


async def test_clocks_are_set_by_day_position_and_time(staged: Any, community: Path) -> None:
    async with staged(community) as stage:
        await stage.press("t")
        await stage.shows("有效日期", "所知")
        await stage.press(*["backspace"] * 10, "'2008-06-01", "down", "'40", "enter")
        await stage.shows("只读", "2008-06-01", "#40")
        await stage.shows("东湖支部")
        await stage.press("t")
        await stage.shows("步长")
        await stage.press(*["backspace"] * 10, "'2008-13-01", "enter")
        await stage.shows("没有 2008-13-01 这一天")
        await stage.press("escape", "0")
        await stage.gone("只读")


async def test_the_step_can_be_chosen(staged: Any, community: Path) -> None:
    async with staged(community) as stage:
        await stage.press("t")
        await stage.shows("步长")
        await stage.press("down", "down", "3", "enter")
        await stage.gone("步长")
        await stage.press("[")
        await stage.shows("2011-12-31")


async def test_a_member_page_follows_the_clocks(staged: Any, community: Path) -> None:
    async with staged(community) as stage:
        await stage.press("slash", "'wangxiaoming", "enter")
        await stage.shows("本年志愿")
        await stage.press("{")
        await stage.shows("只读", "2011-12-31")
        await stage.gone("本年志愿")
