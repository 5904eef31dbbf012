"""The main screen: tree, members, filter, order; what it shows and where the cursor stays."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
from rich.cells import cell_len

from taizhang.office import volunteering
from taizhang.workspace import Workspace
from taizhang_tui.widgets.virtual_table import VirtualTable


def members(stage: Any) -> VirtualTable:
    """The table of members."""
    table: VirtualTable = stage.app.screen.query_one("#members", VirtualTable)
    return table


def name_at_cursor(stage: Any) -> str:
    """The member under the cursor."""
    row = members(stage).row_at(members(stage).cursor_row)
    return row.cells[0] if row is not None else ""


async def test_tree_and_members_stand_side_by_side_at_80_by_24(
    staged: Any, community: Path
) -> None:
    async with staged(community) as stage:
        await stage.shows("28")
        lines = stage.lines()
        assert len(lines) == 24
        assert {cell_len(line) for line in lines} == {80}
        assert "湖滨社区党委" in lines[0]
        assert "示例数据" in lines[0]
        assert "有效 2012-12-31" in lines[0]
        assert "▾ 湖滨社区党委" in lines[2]
        assert lines[2].split("湖滨社区党委")[1].split()[0] == "28"
        assert any("▸ 东湖支部" in line for line in lines)
        assert "铁路局机关支部" in stage.text(), "outside organisations stand in the tree"
        assert "冯在外" not in stage.text(), "members elsewhere are not counted here"
        assert all(word in lines[-1] for word in ("回车 打开", "/ 筛选", "n 新建", "? 帮助"))
        assert "只读" not in stage.text()


async def test_columns_say_branch_category_service_and_what_is_due(
    staged: Any, community: Path
) -> None:
    async with staged(community, size=(120, 30)) as stage:
        await stage.shows("王小明")
        line = next(line for line in stage.lines() if "王小明" in line)
        assert all(word in line for word in ("东湖支部", "在职", "2003-07-01", "2:30"))
        overdue = next(line for line in stage.lines() if "赵国强" in line)
        assert "在途 介绍信" in overdue or "到期" in overdue or "逾期" in overdue


async def test_hostile_names_are_plain_text(staged: Any, community: Path) -> None:
    async with staged(community, size=(120, 40)) as stage:
        await stage.shows("李[/]", "[@click=app.quit]张", "[red]王[/red]", "陈文")
        await stage.press("slash", "'李[", "enter")
        await stage.shows("正式党员")
        assert "李[/]" in stage.lines()[0]


@pytest.mark.parametrize("slash", ["slash", "／"])
async def test_a_member_is_found_by_name_pinyin_and_initials(
    staged: Any, community: Path, slash: str
) -> None:
    async with staged(community) as stage:
        for typed, found in (("wxm", "3 / 28"), ("wangxiaoming", "1 / 28"), ("小明", "1 / 28")):
            await stage.press(slash, "'" + typed)
            await stage.shows(found)
            await stage.shows("王小明")
            await stage.gone("钱桂英")
            await stage.press("escape")
            await stage.shows("钱桂英")


async def test_the_cursor_stays_on_its_row_when_a_filter_comes_and_goes(
    staged: Any, community: Path
) -> None:
    async with staged(community) as stage:
        await stage.press("slash", "'wxm", "down")
        await stage.until(lambda: members(stage).row_count == 3)
        chosen = name_at_cursor(stage)
        await stage.press("escape")
        await stage.until(lambda: members(stage).row_count == 28)
        await stage.until(lambda: name_at_cursor(stage) == chosen)
        await stage.press("s")
        await stage.shows("登记序")
        await stage.until(lambda: name_at_cursor(stage) == chosen)


async def test_enter_in_the_filter_opens_and_esc_comes_back_to_it(
    staged: Any, community: Path
) -> None:
    async with staged(community) as stage:
        await stage.press("slash", "'wangxiaoming")
        await stage.shows("1 / 28")
        await stage.press("enter")
        await stage.shows("党员类型")
        await stage.press("escape")
        await stage.shows("1 / 28")


async def test_order_by_pinyin_and_by_entry(staged: Any, community: Path) -> None:
    async with staged(community) as stage:
        await stage.shows("拼音序")
        first = [members(stage).row_at(i).cells[0] for i in range(28)]  # type: ignore[union-attr]
        assert [n for n in first if n in ("王小明", "吴新民", "赵国强")] == [
            "王小明",
            "吴新民",
            "赵国强",
        ]
        assert first.index("钱桂英") < first.index("王小明")
        await stage.press("s")
        await stage.shows("登记序")
        # The rows come after the heading: a page is read in another thread.
        await stage.until(lambda: members(stage).row_at(0).cells[0] == "王小明")  # type: ignore[union-attr]


async def test_the_tree_opens_closes_and_narrows_the_members(staged: Any, community: Path) -> None:
    async with staged(community) as stage:
        await stage.press("left", "down")
        await stage.until(lambda: members(stage).row_count == 8)
        assert "东湖支部" in stage.lines()[0]
        await stage.press("right")
        await stage.shows("第一党小组")
        await stage.press("right")
        await stage.until(lambda: members(stage).row_count == 1)
        assert members(stage).row_at(0).cells[0] == "王小明"  # type: ignore[union-attr]
        await stage.press("left")
        await stage.until(lambda: members(stage).row_count == 8)
        await stage.press("left")
        await stage.gone("第一党小组")


async def test_the_dead_branch_stands_in_the_tree_a_year_before(
    staged: Any, community: Path
) -> None:
    async with staged(community) as stage:
        assert "南湖支部" not in stage.text()
        await stage.press("left_curly_bracket", "left_curly_bracket")
        await stage.shows("南湖支部", "2010-12-31", "只读")
        assert stage.app.screen.has_class("-past")


async def test_an_empty_store_says_what_belongs_there(staged: Any, tmp_path: Path) -> None:
    Workspace.init(tmp_path / "new").close()
    async with staged(tmp_path / "new", wait="还没有组织") as stage:
        assert "先建组织：按 n" in stage.text()
        assert "示例数据" not in stage.text()


async def test_english_by_a_setting(
    staged: Any, community: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TAIZHANG_LANG", "en")
    async with staged(community, wait="Name") as stage:
        await stage.shows("Organisations", "Members", "Open", "Demonstration")
        await stage.press("n")
        await stage.shows("Register a member")


async def test_what_is_to_be_done_stays_in_sight_in_a_narrow_terminal(
    staged: Any, community: Path
) -> None:
    async with staged(community) as stage:
        await stage.press("slash", "'zgq")
        await stage.shows("待办", "逾期")
        await stage.pilot.resize_terminal(120, 30)
        await stage.shows("入党", "2003-07-01", "待办", "逾期")
        header = next(line for line in stage.lines() if "姓名" in line)
        assert header.index("入党") < header.index("本年志愿") < header.index("待办")
        await stage.pilot.resize_terminal(80, 24)
        await stage.until(
            lambda: (
                (line := next(x for x in stage.lines() if "姓名" in x)).find("入党") == -1
                or line.index("待办") < line.index("入党")
            )
        )


@pytest.mark.parametrize("size", [(60, 18), (40, 12)])
async def test_a_very_small_terminal_shows_whole_characters(
    staged: Any, community: Path, size: tuple[int, int]
) -> None:
    async with staged(community, size=size) as stage:
        for keys in (
            (),
            ("n",),
            ("escape", "enter"),
            ("question_mark",),
            ("escape", "escape", "l"),
        ):
            await stage.press(*keys)
            await stage.pilot.pause()
            assert {cell_len(line) for line in stage.lines()} == {size[0]}, keys


async def test_what_the_ledger_lacks_is_told_on_opening(
    staged: Any, community: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A later program has recorded something here."""
    declared = volunteering.programme.events["team.formed"]
    with monkeypatch.context() as later:
        other = msgspec.structs.replace(declared, version=2, upcasters={1: dict})
        later.setitem(volunteering.programme.events, "team.formed", other)
        with Workspace.open(community) as ws:
            team = {"name": "后来的队伍", "organisation": "东湖支部"}
            ws.record("team.form", team, on="2012-12-01")
    async with staged(community) as stage:
        await stage.shows("1 条 team.formed", "较新的版本")


@pytest.mark.parametrize("width", [80, 94, 120, 160])
async def test_a_message_is_shown_whole_over_tree_and_members(
    staged: Any, community: Path, width: int
) -> None:
    words = (
        "已登记一件事，这一句话很长，要占好几行，每一行都压在组织和党员之间的边上，一个字也不能少。"
    )
    async with staged(community, size=(width, 24)) as stage:
        for start in ("", "a"):  # at even and odd cells
            stage.app.notify(start + words)
            await stage.until(
                lambda: words in "".join("".join(x.split("▌  ")[1:]).strip() for x in stage.lines())
            )
            stage.app.clear_notifications()
            await stage.gone("一个字")
