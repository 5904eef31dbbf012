"""``w``: why a cell shows what it shows; ``d``: what differs between two moments."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

from taizhang.workspace import Workspace
from taizhang_tui.screens.difference import DifferenceScreen, a_year_before
from taizhang_tui.screens.page import PageScreen
from taizhang_tui.screens.why import WhyScreen


@pytest.fixture
def told(community: Path) -> tuple[Path, dict[str, int]]:
    """The community, in which 东湖支部 was renamed, its new name corrected, and 王小明 moved."""
    with Workspace.open(community, actor="示例员") as ws:
        ledger = ws.at()
        east = ledger.called("organisation", "东湖支部")[0]
        west = ledger.called("organisation", "西湖支部")[0]
        member = ledger.called("member", "王小明")[0]
        found = ledger.get("organisations", east)
        assert found is not None
        renamed = ws.record(
            "organisation.rename", {"organisation": east, "name": "东山支部"}, on="2012-03-01"
        )
        corrected = ws.correct(renamed.seq[0], {"name": "东坡支部"}, reason="公文为准")
        moved = ws.record(
            "member.move", {"member": member, "organisation": west}, on="2012-09-01", reason="搬家"
        )
    return community, {
        "founded": found["src"],
        "renamed": renamed.seq[0],
        "corrected": corrected.seq[0],
        "moved": moved.seq[0],
    }


async def column(stage: Any, label: str) -> None:
    """Puts the cursor of the why screen on a column."""
    table = stage.app.screen.columns
    await stage.until(lambda: table.row_count)
    await stage.press("home")
    while True:
        row = table.row_at(table.cursor_row)
        if row is not None and row.cells[0] == label:
            return
        before = table.cursor_row
        await stage.press("down")
        assert table.cursor_row != before, label


async def in_the_tree(stage: Any, name: str) -> None:
    """Goes to an organisation in the tree."""
    await stage.press("left")
    tree = stage.app.screen.organisations
    for _ in range(10):
        row = tree.row_at(tree.cursor_row)
        if row is not None and name in row.cells[0]:
            break
        await stage.press("down")
    await stage.until(lambda: name in stage.lines()[0])


async def test_an_organisation_says_which_event_set_each_column(
    staged: Any, told: tuple[Path, dict[str, int]]
) -> None:
    store, seq = told
    async with staged(store) as stage:
        await in_the_tree(stage, "东坡支部")
        await stage.press("w")
        await stage.shows("组织 东坡支部", "名称", "上级", "湖滨社区党委")
        assert isinstance(stage.app.screen, WhyScreen)
        lines = {line.split()[0].strip("▌"): line for line in stage.lines() if line.split()}
        assert f"#{seq['corrected']} 组织更名" in lines["名称"]
        assert f"#{seq['founded']} 成立组织" in lines["上级"]
        assert {cell_len(line) for line in stage.lines()} == {80}
        await column(stage, "名称")
        await stage.shows("公文为准", "此前", "东湖支部", "曾知", "东山支部")
        await column(stage, "上级")
        await stage.gone("东山支部")
        await stage.shows("此前没有别的值")
        # The event, of a column and of a past.
        await column(stage, "名称")
        await stage.shows("东山支部")
        await stage.press("enter")
        await stage.until(lambda: isinstance(stage.app.screen, PageScreen))
        await stage.until(lambda: f"#{seq['corrected']} " in stage.lines()[0])
        await stage.press("escape", "tab")
        await stage.until(lambda: stage.app.screen.pasts.has_focus)
        await stage.press("enter")
        await stage.until(lambda: f"#{seq['founded']} " in stage.lines()[0])


async def test_the_full_width_key_and_a_member_at_another_day(
    staged: Any, told: tuple[Path, dict[str, int]]
) -> None:
    store, seq = told
    async with staged(store) as stage:
        await stage.press("slash", "'wangxiaoming", "enter")
        await stage.shows("党员类型")
        table = stage.app.screen.query_one("#page-lines")
        await stage.until(lambda: table.row_count)
        while not (table.cursor_key or "").startswith("memberships:"):
            await stage.press("down")
        await stage.press("ｗ")
        await stage.shows("组织关系 王小明", f"#{seq['moved']} 转入支部", "西湖支部")
        await column(stage, "支部")
        await stage.shows("搬家", "此前", "东坡支部")
        # A year back the same row is another one, set by another event.
        await stage.press("{")
        await stage.until(lambda: stage.app.screen.has_class("-past"))
        await stage.shows("东湖支部")
        await stage.gone("搬家")
        await stage.press("0")
        await stage.shows(f"#{seq['moved']} ")


async def test_numbers_stay_masked_until_asked_for(
    staged: Any, told: tuple[Path, dict[str, int]]
) -> None:
    async with staged(told[0]) as stage:
        await stage.press("slash", "'wangxiaoming", "enter")
        await stage.shows("党员类型", "138****5678")
        await stage.press("w")
        await stage.shows("党员 王小明", "138****5678")
        assert "13812345678" not in stage.text()
        await stage.press("v")
        await stage.shows("13812345678")


async def test_the_column_of_a_table_is_kept(
    staged: Any, told: tuple[Path, dict[str, int]]
) -> None:
    async with staged(told[0]) as stage:
        await stage.press("b", "slash", "'organisations", "enter")
        await stage.until(lambda: type(stage.app.screen).__name__ == "TableScreen")
        await stage.shows("湖滨社区党委", "类别")
        await stage.press("right", "right", "w")
        await stage.until(lambda: isinstance(stage.app.screen, WhyScreen))
        table = stage.app.screen.columns
        await stage.until(lambda: table.cursor_key == "kind")


async def test_what_differs_from_a_year_ago(staged: Any, told: tuple[Path, dict[str, int]]) -> None:
    store, seq = told
    async with staged(store) as stage:
        await in_the_tree(stage, "东坡支部")
        await stage.press("d")
        await stage.until(lambda: isinstance(stage.app.screen, DifferenceScreen))
        await stage.shows(
            "有效 2011-12-31 → 2012-12-31", "东湖支部 → 东坡支部", f"#{seq['corrected']}"
        )
        await stage.shows("王小明", "东坡支部 → 西湖支部", f"#{seq['moved']} ")
        assert {cell_len(line) for line in stage.lines()} == {80}
        assert "差异 东坡支部" in stage.lines()[0]
        assert "w 来由" in stage.lines()[-1]
        await stage.press("enter")
        await stage.until(lambda: f"#{seq['corrected']} " in stage.lines()[0])
        await stage.press("escape", "w")
        await stage.shows("组织 东坡支部", "名称")


async def test_two_known_points_of_a_table(staged: Any, told: tuple[Path, dict[str, int]]) -> None:
    store, seq = told
    async with staged(store) as stage:
        await stage.press("b", "slash", "'memberships", "enter")
        await stage.until(lambda: type(stage.app.screen).__name__ == "TableScreen")
        await stage.shows("王晓敏")
        await stage.press("ｄ")
        await stage.shows("王小明", "1 处")
        await stage.press("t")
        await stage.shows("比较两个时点")
        await stage.press(*["backspace"] * 10, "down", "'x", "enter")
        await stage.shows("所知：")
        await stage.press("backspace", f"'{seq['moved'] - 1}", "down", *["backspace"] * 10, "enter")
        await stage.shows(f"所知 #{seq['moved'] - 1} → #{seq['moved']}", "1 处")
        await stage.shows("东坡支部 → 西湖支部")
        # Nothing in between.
        await stage.press("t", "down", *["backspace"] * 5, f"'{seq['moved']}", "enter")
        await stage.shows("没有差异", "0 处")


async def test_the_clocks_of_the_bar_are_one_side(
    staged: Any, told: tuple[Path, dict[str, int]]
) -> None:
    store, seq = told
    async with staged(store) as stage:
        await stage.press("t", "down", f"'{seq['renamed'] - 1}", "enter")
        await stage.until(lambda: stage.app.screen.has_class("-past"))
        await stage.press("d")
        await stage.shows(f"所知 #{seq['renamed'] - 1} → #{seq['moved']}", "东湖支部 → 东坡支部")


async def test_there_is_nothing_to_ask_where_no_row_is(staged: Any, community: Path) -> None:
    async with staged(community) as stage:
        await stage.press("l")
        await stage.shows("事件日志")
        await stage.press("w")
        await stage.shows("没有来由可看")


def test_the_day_of_the_year_before() -> None:
    assert a_year_before(dt.date(2012, 2, 29)) == dt.date(2011, 2, 28)
    assert a_year_before(dt.date(2012, 12, 31)) == dt.date(2011, 12, 31)
