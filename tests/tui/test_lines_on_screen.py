"""Facts with lines on the screen: a grid that is filled, pasted into, turned and saved; one line mended."""

from pathlib import Path
from typing import Any

import pytest
from officekit.meeting import MEETING
from rich.cells import cell_len
from textual.events import Paste

from taizhang.loading import trust
from taizhang.maintenance import control
from taizhang.store.paths import StorePaths
from taizhang.workspace import Workspace
from taizhang_tui.screens.base import Context
from taizhang_tui.screens.form import FormScreen
from taizhang_tui.screens.page import PageScreen
from taizhang_tui.widgets.grid import GridEditor

TABLE, ACTION = "demo2_presences", "demo2.meet"


@pytest.fixture
def meeting(community: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The community with a trusted programme of meetings."""
    monkeypatch.setenv(trust.PLACE, str(tmp_path / "own"))
    folder = community / "plugins"
    folder.mkdir()
    (folder / "demo2.py").write_text(MEETING, "utf-8")
    control.trust(StorePaths(community), "demo2")
    return community


async def _form(stage: Any, branch: str = "东湖支部") -> GridEditor:
    """The form of a meeting of a branch, the cursor in its grid."""
    branch = stage.app.desk.view.at().called("organisation", branch)[0]
    action = stage.app.desk.ws.registry.actions[ACTION]
    stage.app.records.open_form(action, Context(organisation=branch))
    return await _grid(stage)


async def _grid(stage: Any) -> GridEditor:
    await stage.until(
        lambda: isinstance(stage.app.screen, FormScreen) and stage.app.screen._editors
    )
    await stage.pilot.pause()
    editor = stage.app.screen._editors["attendance"]
    assert isinstance(editor, GridEditor)
    editor.focus()
    await stage.until(lambda: editor.has_focus)
    return editor


async def _paste(stage: Any, text: str) -> None:
    stage.app.post_message(Paste(text))
    await stage.press()


async def _fill(stage: Any) -> None:
    await stage.press("ctrl+g", "'东湖", "enter")
    await stage.until(lambda: isinstance(stage.app.screen, FormScreen))


def _present(store: Path) -> dict[str, tuple[str, str]]:
    """Presence and remark of everybody by name."""
    with Workspace.open(store) as ws:
        ledger = ws.at()
        rows = ledger.rows(TABLE)
        names = ledger.names("member", [row["member"] for row in rows])
        return {names[r["member"]]: (r["presence"], r["remark"]) for r in rows}


async def _record(stage: Any) -> None:
    """Records a meeting of the branch at which all eight were present."""
    await _form(stage)
    await _fill(stage)
    await stage.press("ctrl+a")
    await stage.shows("将登记 1 条事件")
    await stage.press("ctrl+s")
    await stage.shows("已登记")


async def test_filled_from_a_branch_pasted_into_turned_and_saved(
    staged: Any, meeting: Path
) -> None:
    async with staged(meeting) as stage:
        grid = await _form(stage)
        await stage.shows("党员", "状态", "备注", "Ctrl+G 从组织填入")
        keys = stage.lines()[-1]
        assert all(k in keys for k in ("空格 换", "Ctrl+G 填入", "删除 删行", "Ctrl+S 保存"))
        await _fill(stage)
        await stage.shows("王小明", "郑海燕", "第 1 行 状态：必填（另有 7 行）")
        await stage.tells("加8行")
        assert {cell_len(line) for line in stage.lines()} == {80}
        await _paste(stage, "王小明、查无此人\n冯在外")
        await stage.tells("加2行，1个已在")
        assert len(grid.sheet.rows) == 10
        await stage.press("ctrl+a")
        await stage.shows("✗ 到会 第 9 行 党员", "查无此人")
        assert {row["presence"] for row in grid.sheet.rows} == {"出席"}
        # The one who is not known stays as a row until somebody mends or removes it.
        await stage.press("ctrl+s")
        assert isinstance(stage.app.screen, FormScreen)
        grid.action_move(8 - grid.row)
        await stage.press("delete")
        await stage.gone("查无此人")
        # Two cells: the presence of the first, and a remark beside it.
        await stage.press("home", "space", "space", "right", "right", "'看病")
        assert grid.sheet.rows[0]["presence"] == "请假"
        await stage.shows("将登记 1 条事件", "看病")
        await stage.press("ctrl+s")
        await stage.shows("已登记")
    present = _present(meeting)
    assert len(present) == 9
    assert present.pop("王小明") == ("请假", "看病")
    assert set(present.values()) == {("出席", "")}
    assert "冯在外" in present


async def test_an_unknown_name_is_mended_by_the_list(staged: Any, meeting: Path) -> None:
    async with staged(meeting) as stage:
        grid = await _form(stage)
        await _paste(stage, "吴新\n周淑珍")
        await stage.shows("✗吴新", "第 1 行 党员")
        await stage.press("home", "enter")
        await stage.shows("吴新民")
        await stage.press("enter")
        await stage.gone("✗吴新")
        assert (grid.row, grid.column) == (0, 1)
        await stage.press("ctrl+d", "ctrl+d")
        await stage.shows("将登记 1 条事件")
        await stage.press("ctrl+s")
        await stage.shows("已登记")
    assert set(_present(meeting)) == {"吴新民", "周淑珍"}


async def test_rows_are_typed_and_removed_by_keys_alone(staged: Any, meeting: Path) -> None:
    async with staged(meeting) as stage:
        grid = await _form(stage)
        await stage.press("'qgy", "enter", "3", "right", "'出差", "tab")
        assert [row["presence"] for row in grid.sheet.rows] == ["请假"]
        assert grid.sheet.rows[0]["remark"] == "出差"
        assert (grid.row, grid.column) == (1, 0)
        await stage.press("ctrl+n")
        await stage.shows("第 2 行 党员：必填")
        await stage.press("delete")
        await stage.gone("第 2 行")
        await stage.press("up", "end", "right", "right", "'误", "escape")
        assert len(grid.sheet.rows) == 1
        await stage.press("up", "f2", "'三天", "escape")
        assert grid.sheet.rows[0]["remark"] == "出差"
        await stage.press("end", "down")
        assert not grid.has_focus


async def test_a_draft_brings_the_lines_back(staged: Any, meeting: Path) -> None:
    async with staged(meeting) as stage:
        await _form(stage)
        await _fill(stage)
        await _paste(stage, "查无此人\n冯在外")
        await stage.press("escape")
    async with staged(meeting) as stage:
        grid = await _form(stage)
        await stage.shows("已恢复", "✗查无此人")
        assert len(grid.sheet.rows) == 10


async def test_lines_of_one_branch_do_not_stand_in_the_form_of_another(
    staged: Any, meeting: Path
) -> None:
    async with staged(meeting) as stage:
        await _form(stage)
        await _fill(stage)
        await stage.press("escape")
        grid = await _form(stage, "西湖支部")
        assert grid.sheet.rows == []
        await stage.shows("此表另有草稿：东湖支部")
        await _paste(stage, "查无此人")
        await stage.press("escape")
        grid = await _form(stage)
        assert len(grid.sheet.rows) == 8


async def test_a_meeting_is_corrected_as_a_whole_and_by_one_line(
    staged: Any, meeting: Path
) -> None:
    async with staged(meeting) as stage:
        await _record(stage)
        seq = stage.app.desk.ws.log.head()
        await stage.table(TABLE)
        await stage.until(lambda: stage.app.screen.query("VirtualTable"))
        table = stage.app.screen.table
        await stage.until(lambda: table.row_count == 8)
        assert table.cursor_key == f"{seq}/1"
        await stage.press("down", "w")
        await stage.shows("王晓敏", f"#{seq}")
        await stage.press("escape", "e")
        await stage.shows(f"更正 #{seq} 开会 第 2 行", "状态", "备注")
        assert "议题" not in stage.text()
        form = stage.app.screen
        form._editors["presence"].value = "缺席"
        form._editors["reason"].value = "核对签到表"
        await stage.shows("将登记 1 条事件")
        await stage.press("ctrl+s")
        await stage.tells(f"已登记#{seq + 1}")
        await stage.until(lambda: table.cursor_key == f"{seq}/2")
        await stage.press("down", "x")
        await stage.shows(f"作废 #{seq} 开会 第 3 行")
        stage.app.screen._editors["reason"].value = "未到会"
        await stage.pilot.pause()
        await stage.shows(f"作废 #{seq}  2012-12-31  开会 第 3 行")
        await stage.press("ctrl+s")
        await stage.until(lambda: table.row_count == 7)
        # The whole opens with what holds now.
        stage.app.records.correct(seq)
        grid = await _grid(stage)
        assert [row["presence"] for row in grid.sheet.rows] == ["出席", "缺席", *["出席"] * 5]
        await stage.press("home", "right", "space")
        stage.app.screen._editors["reason"].value = "迟到补记"
        await stage.shows("将登记 1 条事件")
        await stage.press("ctrl+s")
        await stage.tells(f"已登记#{seq + 3}")
    with Workspace.open(meeting) as ws:
        lines = {row["line"]: row["presence"] for row in ws.at().rows(TABLE)}
    assert lines == {1: "迟到", 2: "缺席", **dict.fromkeys(range(4, 9), "出席")}


async def test_a_line_of_a_persons_page_means_that_line_alone(staged: Any, meeting: Path) -> None:
    async with staged(meeting) as stage:
        await _record(stage)
        seq = stage.app.desk.ws.log.head()
        person = stage.app.desk.view.at().called("member", "吴新民")[0]
        stage.app.open_entity("member", person)
        await stage.until(lambda: isinstance(stage.app.screen, PageScreen))
        await stage.until(lambda: stage.app.screen.query("VirtualTable"))
        table = stage.app.screen.query_one("VirtualTable")
        await stage.until(lambda: table.row_count)
        key = f"{TABLE}:member:{seq}/3"
        await stage.until(lambda: key in stage.app.screen.page.targets)
        table.set_source(table.source, key=key)
        await stage.until(lambda: table.cursor_key == key)
        await stage.press("e")
        await stage.shows(f"更正 #{seq} 开会 第 3 行")
        await stage.press("escape", "x")
        await stage.shows(f"作废 #{seq} 开会 第 3 行")


async def test_the_offices_own_meeting_is_held_by_grids(staged: Any, community: Path) -> None:
    async with staged(community) as stage:
        branch = stage.app.desk.view.at().called("organisation", "东湖支部")[0]
        action = stage.app.desk.ws.registry.actions["meeting.hold"]
        stage.app.records.open_form(action, Context(organisation=branch))
        grid = await _grid(stage)
        kinds = stage.app.screen._editors["kinds"]
        kinds.focus()
        await stage.until(lambda: kinds.has_focus)
        assert "Ctrl+G" not in stage.lines()[-1], "a kind of meeting belongs to nobody"
        await stage.press("1")
        grid.focus()
        await stage.until(lambda: grid.has_focus)
        await _fill(stage)
        await stage.press("ctrl+a")
        assert len(grid.sheet.rows) == 8
        assert all(len(row) >= 2 for row in grid.sheet.rows)
        await stage.press("ctrl+s")
        await stage.shows("已登记")
    with Workspace.open(community) as ws:
        (event,) = ws.log.read(after=72)
        assert len(event.event.attendance) == 8


async def test_nobody_is_put_into_the_chair_unawares(staged: Any, community: Path) -> None:
    """With a member in view a meeting's form knows the branch, and asks who chaired it."""
    async with staged(community) as stage:
        await stage.press("colon", "'召开会议", "enter")
        await stage.shows("召集组织", "主持人")
        values = stage.app.screen.values
        assert not values.get("chair")
        assert not values.get("recorder")
