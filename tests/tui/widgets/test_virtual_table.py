"""The table: a million rows under keys, the cursor that stays, slow and failing sources."""

import asyncio
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from textual.app import App, ComposeResult

from taizhang.readmodels.listing import Column, Listing, Row
from taizhang_tui.widgets.virtual_table import VirtualTable


class Memory:
    """A source of ``keys``, whose pages and count can be held back."""

    columns: Sequence[Column] = (Column("k", "号", kind="number"), Column("n", "名"))

    def __init__(self, keys: Sequence[int]) -> None:
        self.keys = list(keys)
        self.threads: set[int] = set()
        self.pages_pass, self.count_passes = threading.Event(), threading.Event()
        self.pages_pass.set()
        self.count_passes.set()

    def count(self) -> int:
        self.count_passes.wait()
        return len(self.keys)

    def page(self, start: int, stop: int) -> Sequence[Row]:
        self.threads.add(threading.get_ident())
        self.pages_pass.wait()
        return [Row(str(key), (str(key), f"名{key}")) for key in self.keys[start:stop]]

    def index_of(self, key: str) -> int | None:
        return self.keys.index(int(key)) if int(key) in self.keys else None


class Host(App[None]):
    """Nothing but a table."""

    def __init__(self, source: Listing | None = None) -> None:
        super().__init__()
        self.source = source
        self.messages: list[Any] = []

    def compose(self) -> ComposeResult:
        yield VirtualTable(self.source, empty="这里是名册。\n按 n 新建")

    @property
    def table(self) -> VirtualTable:
        return self.query_one(VirtualTable)

    def on_virtual_table_row_chosen(self, event: VirtualTable.RowChosen) -> None:
        self.messages.append(("chosen", event.key, event.column))

    def on_virtual_table_row_highlighted(self, event: VirtualTable.RowHighlighted) -> None:
        self.messages.append(("at", event.key))

    def on_virtual_table_counted(self, event: VirtualTable.Counted) -> None:
        self.messages.append(("count", event.count))

    def on_virtual_table_source_failed(self, event: VirtualTable.SourceFailed) -> None:
        self.messages.append(("failed", type(event.error).__name__))


def lines(table: VirtualTable) -> list[str]:
    """What the table shows, line by line."""
    return [strip.text for strip in table.render_lines(table.size.region)]


async def until(condition: Callable[[], object], seconds: float = 5.0) -> None:
    """Wait for something that a thread brings about."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        await asyncio.sleep(0.005)


async def test_keys_walk_through_all_rows() -> None:
    async with Host(Memory(range(1000))).run_test(size=(80, 24)) as pilot:
        table = pilot.app.query_one(VirtualTable)
        assert (table.row_count, table.cursor_key) == (1000, "0")
        for key, row in [
            ("down", 1), ("up", 0), ("up", 0), ("pagedown", 22), ("pagedown", 44), ("pageup", 22),
            ("end", 999), ("down", 999), ("pageup", 977), ("home", 0),
        ]:  # fmt: skip
            await pilot.press(key)
            assert table.cursor_row == row, key
            assert table.cursor_key == str(row)
            shown = "\n".join(lines(table))
            assert f"名{row} " in shown, key
        assert lines(table)[0].split() == ["号", "名"]
        assert lines(table)[1].startswith("▌")


async def test_the_cursor_stays_on_its_row_when_rows_change() -> None:
    app = Host(Memory(range(1000)))
    async with app.run_test(size=(60, 20)) as pilot:
        table = app.table
        table.move_to(500)
        await pilot.pause()
        height = table.cursor_row - table.scroll_offset.y
        table.set_source(Memory(range(0, 1000, 2)))
        await until(lambda: table.row_count == 500)
        assert (table.cursor_key, table.cursor_row) == ("500", 250)
        assert table.cursor_row - table.scroll_offset.y == height
        table.set_source(Memory(range(1, 1000, 2)))  # not among these: to the best match
        await until(lambda: table.cursor_row == 0)
        assert table.cursor_key == "1"
        table.set_source(Memory(range(1000)))  # and back again
        await until(lambda: table.cursor_key == "500")
        table.set_source(Memory([n for n in range(1000) if n != 500]), stay_near=True)
        await until(lambda: table.cursor_key == "501")
        table.set_source(Memory(range(1000)), key="77")
        await until(lambda: table.cursor_key == "77")


async def test_fewer_rows_than_before_and_none_at_all() -> None:
    app = Host(Memory(range(1000)))
    async with app.run_test(size=(60, 20)) as pilot:
        table = app.table
        await pilot.press("end")
        table.set_source(Memory(range(3)), stay_near=True)
        await until(lambda: table.row_count == 3)
        assert "名2" in "".join(lines(table))
        table.set_source(Memory([]))
        await until(lambda: table.row_count == 0)
        assert table.cursor_key is None
        assert [line.strip() for line in lines(table)[1:5]] == ["", "这里是名册。", "按 n 新建", ""]
        await pilot.press("down", "pagedown", "end", "enter", "right")
        assert not [message for message in app.messages if message[0] == "chosen"]
        table.set_source(Memory(range(5)))
        await until(lambda: table.row_count == 5)


async def test_from_few_rows_back_to_many_the_cursor_is_in_view() -> None:
    app = Host(Memory(range(1_000)))
    async with app.run_test(size=(40, 24)) as pilot:
        table = app.table
        await until(lambda: table.row_count == 1_000)
        table.set_source(Memory([3, 540, 700]), key="540")
        await until(lambda: table.row_count == 3)
        await pilot.pause()
        assert not table.show_vertical_scrollbar
        table.set_source(Memory(range(1_000)))
        await until(lambda: table.row_count == 1_000)
        await pilot.pause()
        assert table.cursor_row == 540
        assert any("▌540" in line for line in lines(table))
        assert all("名" in line for line in lines(table)[1:23])


async def test_pages_can_be_turned_before_the_count_is_known() -> None:
    source = Memory(range(1000))
    source.count_passes.clear()
    app = Host(source)
    async with app.run_test(size=(60, 20)) as pilot:
        table = app.table
        assert table.row_count is None
        assert "名0 " in "".join(lines(table))
        for _ in range(12):
            await pilot.press("pagedown")
        assert table.row_count is None
        assert table.cursor_row == 12 * 18
        await pilot.press("end")
        assert table.cursor_row < 999
        source.count_passes.set()
        await until(lambda: table.cursor_row == 999)
        await until(lambda: ("count", 1000) in app.messages)
    assert threading.get_ident() not in source.threads


async def test_a_slow_source_holds_up_no_key() -> None:
    source = Memory(range(100_000))
    app = Host(source)
    async with app.run_test(size=(60, 20)) as pilot:
        table = app.table
        assert "名0 " in "".join(lines(table)), "the first paint shows the first page"
        await until(lambda: table.row_count == 100_000)
        source.pages_pass.clear()
        table.move_to(50_000)  # would hang here if it waited
        await pilot.pause()
        assert table.cursor_key is None
        assert "读取中" in "".join(lines(table))
        await pilot.press("down", "up")
        source.pages_pass.set()
        await until(lambda: app.messages[-1] == ("at", "50000"))
        assert "名50000 " in "".join(lines(table))


async def test_of_several_sources_the_last_is_shown() -> None:
    app = Host(Memory(range(10)))
    async with app.run_test() as pilot:
        table = app.table
        sources = [Memory(range(last)) for last in range(20, 30)]
        for source in sources:
            source.pages_pass.clear()
            table.set_source(source)
        assert table.row_at(0) is not None, "the old rows stay until the new ones can be shown"
        for source in reversed(sources):
            source.pages_pass.set()
        await until(lambda: table.row_count == 29)
        await pilot.pause()
        assert table.row_count == 29
        assert not any(source.threads for source in sources[1:-1]), "those between are not read"


async def test_a_failing_source_is_told_and_survived() -> None:
    class Broken(Memory):
        def page(self, start: int, stop: int) -> Sequence[Row]:
            raise OSError("disk")

    app = Host(Broken(range(10)))
    async with app.run_test() as pilot:
        await pilot.press("down", "enter", "end")
        await until(lambda: ("failed", "OSError") in app.messages)
        assert "读不出来" in "".join(lines(app.table))
        app.table.set_source(Memory(range(4)))
        await until(lambda: app.table.cursor_key == "0")


async def test_a_cell_cursor_asks_about_one_cell() -> None:
    app = Host(Memory(range(10)))
    async with app.run_test() as pilot:
        await pilot.press("enter", "right", "right", "right", "enter", "left", "left", "left")
        await pilot.pause()
        assert app.table.cursor_column == -1
        assert [m for m in app.messages if m[0] == "chosen"] == [
            ("chosen", "0", None),
            ("chosen", "0", "n"),
        ]


async def test_the_mouse_points_chooses_and_scrolls() -> None:
    app = Host(Memory(range(1000)))
    async with app.run_test(size=(60, 20)) as pilot:
        await pilot.click(VirtualTable, offset=(3, 4))
        assert app.table.cursor_key == "3"
        await pilot.click(VirtualTable, offset=(3, 6), times=2)
        await pilot.pause()
        assert ("chosen", "5", None) in app.messages
        app.table.scroll_relative(y=300, animate=False)
        await pilot.pause()
        assert "名300 " in "".join(lines(app.table))
        assert app.table.cursor_key == "5"


async def test_widths_only_grow_while_paging() -> None:
    source = Memory(range(2000))
    app = Host(source)
    async with app.run_test(size=(60, 20)) as pilot:
        seen: list[list[int]] = []
        for key in ("pagedown", "end", "home", "pagedown"):
            await pilot.press(key)
            seen.append(app.table._widths.fit(60))
        assert seen == sorted(seen)
        assert seen[1] == seen[-1]
