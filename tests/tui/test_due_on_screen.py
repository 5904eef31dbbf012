"""Duties and figures on the screen: lines, names, figures, and the rows that a number opens."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from taizhang.readmodels.listing import sparks
from taizhang.workspace import Workspace
from taizhang_tui.screens.due import CountedScreen, DueScreen, NamesScreen
from taizhang_tui.widgets.virtual_table import VirtualTable


async def test_a_letter_is_due_and_opens_from_its_line(staged: Any, community: Path) -> None:
    async with staged(community) as stage:
        await stage.press("g")
        await stage.shows("待办 湖滨社区党委", "介绍信在有效期内接收", "逾期 1", "  东湖支部")
        assert isinstance(stage.app.screen, DueScreen)
        await stage.press("enter")
        await stage.shows("介1", "逾期", "2012-12-01", "“状态”为在途的行", "办结期限为“有效期至”")
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


async def test_of_several_states_each_has_its_own_colour(staged: Any, community: Path) -> None:
    """One that is late does not make those red that are not."""
    with Workspace.open(community) as ws:
        to = ws.at().called("organisation", "西湖支部")[0]
        for name, day in (("王小明", "2012-12-20"), ("王晓敏", "2012-12-05")):
            member = ws.at().called("member", name)[0]
            ws.record("transfer.issue", {"member": member, "to": to}, on=day)
    async with staged(community, size=(120, 30)) as stage:
        await stage.press("g")
        await stage.shows("逾期 1  将到期 1  待办 1")
        table = stage.app.screen.query_one(VirtualTable)
        lines = [table.render_line(y) for y in range(table.size.height)]
        strip = next(line for line in lines if "待办 1" in line.text)
        ink = {s.text.strip(): s.style.color for s in strip if s.style and s.text.strip()}
        late, soon, rest = (ink[words] for words in ("逾期 1", "将到期 1", "待办 1"))
        assert len({late, soon, rest}) == 3
        assert rest == ink["3"], "as everything that is not late"


def put_below_a_county(community: Path) -> None:
    """From now on there is somebody above the community."""
    with Workspace.open(community) as ws:
        below = ws.at().called("organisation", "湖滨社区党委")[0]
        fields = {"name": "示例县委", "kind": "党委"}
        above = ws.record("organisation.found", fields, on="2005-01-01").ids["organisation"]
        moved = {"organisation": below, "parent": above}
        ws.record("organisation.move", moved, on="2006-01-01")


async def test_names_are_not_for_those_above(staged: Any, community: Path) -> None:
    put_below_a_county(community)
    async with staged(community) as stage:
        await stage.press("g")
        await stage.shows("待办 示例县委", "逾期 1")
        await stage.press("enter")
        await stage.shows("名单只给本社区及以下")
        assert isinstance(stage.app.screen, DueScreen)
        await stage.press("down", "enter")
        await stage.shows("介1")


async def test_a_figure_opens_the_rows_that_it_counted(staged: Any, community: Path) -> None:
    async with staged(community, size=(120, 40)) as stage:
        await stage.press("g", "f")
        await stage.shows("统计数 湖滨社区党委", "党员数", "志愿服务时间", "2:30")
        await stage.press("slash", "'党员数", "enter")
        await stage.shows("2012年", "28", "人", "  东湖支部", "█")
        await stage.shows("“组织关系”（memberships）中“支部”的“类别”不是外部组织的行")
        await stage.press("enter")
        await stage.shows("党员数 2012年", "王小明", "“组织关系”（memberships）中")
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


def todo_of(stage: Any, name: str) -> tuple[str, str | None]:
    """What stands beside a member in the list, and how it is marked."""
    table = stage.app.screen.query_one("#members", VirtualTable)
    place = [c.key for c in table.source.columns].index("todo")
    row = next(
        r for i in range(table.row_count or 0) if (r := table.row_at(i)) and r.cells[0] == name
    )
    return row.cells[place], row.marks[place]


@pytest.fixture
def mobile(community: Path) -> Path:
    """Two of its members are mobile since 2008, and have done nothing of what is asked of these."""
    with Workspace.open(community) as ws:
        for name in ("王小明", "赵国强"):
            member = ws.at().called("member", name)[0]
            fields = {"member": member, "scheme": "三种党员", "category": "流动党员"}
            ws.record("member.set_category", fields, on="2008-06-01", accept=True)
    return community


async def test_duties_stand_beside_members(staged: Any, mobile: Path) -> None:
    """The letter that ran out is more urgent than what is missed; the state is never cut off."""
    async with staged(mobile, size=(120, 40)) as stage:
        await stage.until(lambda: todo_of(stage, "王小明")[0].startswith("未完成 "))
        words, mark = todo_of(stage, "王小明")
        assert mark == "overdue"
        assert any(words[:8] in line for line in stage.lines() if "王小明" in line)
        assert todo_of(stage, "赵国强")[0].startswith("逾期 介绍信 +")
        assert todo_of(stage, "李[/]") == ("–", None), "nobody asked that of those not in service"
        await stage.press("left_square_bracket", *["left_curly_bracket"] * 4)
        await stage.until(lambda: not todo_of(stage, "赵国强")[0].startswith("逾期"))


@pytest.mark.parametrize(
    ("received", "words", "marked"),
    [
        ("2012-11-20", "逾期 回执", "overdue"),
        ("2012-12-03", "3 天到期 回执", "due"),
        ("2012-12-20", "待回执", None),
    ],
)
async def test_a_slip_presses_beside_its_member(
    staged: Any, community: Path, received: str, words: str, marked: str | None
) -> None:
    with Workspace.open(community) as ws:
        letter = ws.at().rows("transfers")[0]["id"]
        ws.record("transfer.receive", {"transfer": letter}, on=received, accept=True)
    async with staged(community, size=(120, 40)) as stage:
        await stage.until(lambda: todo_of(stage, "赵国强") == (words, marked))


async def test_beside_members_too_names_are_not_for_those_above(staged: Any, mobile: Path) -> None:
    put_below_a_county(mobile)
    async with staged(mobile, size=(120, 40)) as stage:
        await stage.shows("示例县委", "王小明")
        table = stage.app.screen.query_one("#members", VirtualTable)
        await stage.until(lambda: table._window is not None and table._window._complete)
        assert todo_of(stage, "王小明") == ("–", None)
        await stage.press("left", "down")
        await stage.until(lambda: todo_of(stage, "王小明")[0].startswith("未完成 "))
