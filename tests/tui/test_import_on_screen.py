"""Importing a roster on the screen: completed path, dry run, what is held, all or nothing."""

from pathlib import Path
from typing import Any

from taizhang.workspace import Workspace
from taizhang_tui.screens.importing import completed


def roster(path: Path, *rows: str) -> Path:
    """A roster with these lines."""
    path.write_text("姓名,支部,入党时间,民族\n" + "\n".join(rows) + "\n", "utf-8")
    return path


async def test_held_rows_are_explained_and_nothing_is_recorded(
    staged: Any, community: Path, tmp_path: Path
) -> None:
    file = roster(
        tmp_path / "名册.csv", "何春生,东湖支部,1990-5,汉", "林夏,没有支部,1990,汉", ",东湖支部,,"
    )
    async with staged(community) as stage:
        await stage.press("i")
        await stage.shows("导入名册")
        await stage.press("'" + str(file), "enter")
        await stage.shows("1 行可以登记，2 行有问题", "不予保存的列：民族", "没有名为“没有支部”")
        await stage.press("ctrl+s")
        await stage.shows("2 行有问题")
    with Workspace.open(community) as ws:
        assert ws.log.head() == 72


async def test_a_roster_without_problems_is_recorded_whole(
    staged: Any, community: Path, tmp_path: Path
) -> None:
    roster(tmp_path / "roster.csv", "何春生,东湖支部,1990-5,汉", "林夏,西湖支部,1991,汉")
    async with staged(community) as stage:
        await stage.press("i")
        await stage.shows("导入名册")
        await stage.press(f"'{tmp_path}/ro", "tab")
        await stage.shows("roster.csv")
        await stage.press("enter")
        await stage.shows("没有问题，Ctrl+S 登记")
        await stage.press("ctrl+s")
        await stage.shows("已登记 #73", "30", "批次")
    with Workspace.open(community) as ws:
        assert len(ws.at().called("member", "林夏")) == 1


async def test_a_file_that_is_not_there_is_said(staged: Any, community: Path) -> None:
    async with staged(community) as stage:
        await stage.press("i", "'/nowhere/x.csv", "enter")
        await stage.shows("没有文件 /nowhere/x.csv")


def test_paths_are_completed_to_folders_and_sheets(tmp_path: Path) -> None:
    (tmp_path / "名册").mkdir()
    (tmp_path / "notes.txt").write_text("")
    (tmp_path / "new.xlsx").write_text("")
    assert completed(f"{tmp_path}/名") == f"{tmp_path}/名册/"
    assert completed(f"{tmp_path}/n") == f"{tmp_path}/new.xlsx"
    assert completed(f"{tmp_path}/no") is None
    assert completed("/nowhere/at/all") is None


async def test_a_long_roster_says_how_far_it_has_come(
    staged: Any, community: Path, tmp_path: Path
) -> None:
    file = roster(tmp_path / "long.csv", *(f"何春{n},东湖支部,1990,汉" for n in range(400)))
    async with staged(community) as stage:
        await stage.press("i", "'" + str(file), "enter")
        await stage.shows("正在核对", "█", "/ 400")
        await stage.shows("400 行可以登记，0 行有问题", seconds=30)
        assert "正在核对" not in stage.text()
        await stage.press("ctrl+s")
        await stage.shows("正在登记", "/ 400")
        await stage.shows("已登记 #73", seconds=30)
