"""The table as it stands on the screen: exact to the cell, hostile names, small terminals."""

from pathlib import Path
from types import ModuleType

import pytest

from taizhang_tui import cells
from taizhang_tui.widgets.virtual_table import VirtualTable


def lines(table: VirtualTable) -> list[str]:
    """What the table shows, line by line."""
    return [strip.text for strip in table.render_lines(table.size.region)]


async def test_every_line_is_exact_to_the_cell(demo: ModuleType, members: Path) -> None:
    for size in [(80, 24), (79, 24), (120, 40), (33, 10), (12, 5)]:
        app = demo.DemoApp(members)
        async with app.run_test(size=size) as pilot:
            table = app.query_one(VirtualTable)
            for key in ("", "pagedown", "right", "right", "right", "right", "right", "end"):
                if key:
                    await pilot.press(key)
                strips = table.render_lines(table.size.region)
                assert {strip.cell_length for strip in strips} == {size[0]}
                assert {cells.width(strip.text) for strip in strips} == {size[0]}
            screen = app.screen._compositor.render_strips()
            assert {cells.width(strip.text) for strip in screen} == {size[0]}


async def test_columns_fit_a_small_terminal_and_stand_under_their_labels(
    demo: ModuleType, tmp_path: Path
) -> None:
    demo.make(tmp_path / "few.db", 15)  # without the hostile names
    async with demo.DemoApp(tmp_path / "few.db").run_test(size=(80, 24)) as pilot:
        shown = lines(pilot.app.query_one(VirtualTable))
        assert shown[0].split() == ["姓名", "支部", "类别", "入党", "本年志愿", "待办"]
        for label, text, row in [("支部", "天桥第二支部", 2), ("待办", "回执 逾期", 4)]:
            at = cells.width(shown[0].split(label)[0])
            assert cells.width(shown[row].split(text)[0]) == at
        end = cells.width(shown[0].split("本年志愿")[0] + "本年志愿")
        assert cells.width(shown[4].split("1:51")[0] + "1:51") == end


async def test_hostile_names_are_plain_text(demo: ModuleType, members: Path) -> None:
    app = demo.DemoApp(members)
    async with app.run_test(size=(80, 40)) as pilot:
        shown = "\n".join(lines(app.query_one(VirtualTable)))
        for name in ("李[/]", "[@click=app.quit]x", "[2J清屏", "反写", "零宽", "笑😀脸", "两 行"):
            assert name in shown
        assert not set(shown) & {"\x1b", "\u202e", "\u200b"}
        await pilot.click(VirtualTable, offset=(5, 22))
        assert app.is_running
        assert app.query_one(VirtualTable).cursor_key == "21"


async def test_the_frozen_column_stays_when_others_move_sideways(
    demo: ModuleType, tmp_path: Path
) -> None:
    demo.make(tmp_path / "few.db", 15)
    async with demo.DemoApp(tmp_path / "few.db").run_test(size=(40, 12)) as pilot:
        table = pilot.app.query_one(VirtualTable)
        assert lines(table)[0].rstrip().endswith("›")
        await pilot.press(*["right"] * 6)
        head = lines(table)[0]
        assert head.split()[0] == "姓名"
        assert "待办" in head
        assert "‹" in head
        assert "回执 逾期" in lines(table)[4]
        await pilot.press(*["left"] * 6)
        assert "支部" in lines(table)[0]


@pytest.mark.slow
async def test_a_million_rows_open_and_end(demo: ModuleType, tmp_path: Path) -> None:
    demo.make(tmp_path / "million.db", 1_000_000)
    app = demo.DemoApp(tmp_path / "million.db")
    async with app.run_test(size=(80, 24)) as pilot:
        table = app.query_one(VirtualTable)
        while table.row_count is None:
            await pilot.pause(0.01)
        assert table.row_count == 1_000_000
        await pilot.press("end")
        while table.cursor_key is None:
            await pilot.pause(0.01)
        assert table.cursor_key == "999999"
        assert len(lines(table)) == 22
