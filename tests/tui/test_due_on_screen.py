"""Duties and figures on the screen: lines, names, figures, and the rows that a number opens."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from taizhang.workspace import Workspace
from taizhang_tui.data.due import sparks
from taizhang_tui.screens.due import CountedScreen, DueScreen, NamesScreen
from taizhang_tui.virtual_table import VirtualTable


async def test_a_letter_is_due_and_opens_from_its_line(staged: Any, community: Path) -> None:
    async with staged(community) as stage:
        await stage.press("g")
        await stage.shows("待办 湖滨社区党委", "介绍信在有效期内接收", "逾期 1", "  东湖支部")
        assert isinstance(stage.app.screen, DueScreen)
        await stage.press("enter")
        await stage.shows("介1", "逾期", "2012-12-01")
        assert isinstance(stage.app.screen, NamesScreen)
        await stage.press("enter")
        await stage.shows("接收组织", "2012-12-01")
        await stage.press("escape", "escape", "escape")
        await stage.shows("姓名")


async def test_the_clocks_move_it(staged: Any, community: Path) -> None:
    async with staged(community) as stage:
        await stage.press("g")
        await stage.shows("逾期 1")
        await stage.press("left_square_bracket")  # 2012-11-30, a day before it ran out
        await stage.shows("将到期 1", "2012-11-30")
        await stage.press("left_curly_bracket")
        await stage.shows("这里没有人有职责")


async def test_names_are_not_for_those_above(staged: Any, community: Path) -> None:
    with Workspace.open(community) as ws:
        below = ws.at().called("organisation", "湖滨社区党委")[0]
        fields = {"name": "示例县委", "kind": "党委"}
        above = ws.record("organisation.found", fields, on="2005-01-01").ids["organisation"]
        moved = {"organisation": below, "parent": above}
        ws.record("organisation.move", moved, on="2006-01-01")
    async with staged(community) as stage:
        await stage.press("g")
        await stage.shows("待办 示例县委", "逾期 1")
        await stage.press("enter")
        await stage.shows("名单只给本社区及以下")
        assert isinstance(stage.app.screen, DueScreen)
        await stage.press("down", "enter")
        await stage.shows("介1")


async def test_a_figure_opens_the_rows_that_it_counted(staged: Any, community: Path) -> None:
    async with staged(community) as stage:
        await stage.press("g", "f")
        await stage.shows("统计数 湖滨社区党委", "党员数", "志愿服务时间", "2:30")
        await stage.press("slash", "'党员数", "enter")
        await stage.shows("2012年", "28", "人", "  东湖支部", "█")
        await stage.press("enter")
        await stage.shows("党员数 2012年", "王小明")
        assert isinstance(stage.app.screen, CountedScreen)
        table = stage.app.screen.query_one(VirtualTable)
        await stage.until(lambda: table.row_count == 28)
        await stage.press("enter")
        await stage.shows("member.registered@1")


async def test_both_are_found_in_the_palette(staged: Any, community: Path) -> None:
    async with staged(community) as stage:
        await stage.press("colon", "'daiban", "enter")
        await stage.shows("待办 湖滨社区党委")
        await stage.press("colon", "'统计数", "enter")
        await stage.shows("统计数 湖滨社区党委")


def test_sparks_are_as_high_as_their_numbers() -> None:
    assert sparks([0, 4, 8, None]) == "▁▅█ "
    assert sparks([0, 0]) == ""
    assert sparks([]) == ""
