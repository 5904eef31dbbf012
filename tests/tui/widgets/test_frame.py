"""The frame: clocks and seal above, keys below, whatever the width and the language."""

from pathlib import Path
from types import ModuleType

import pytest

from taizhang_tui import cells
from taizhang_tui.widgets.frame import PAST, Clocks, KeyLine, Seal, TopLine
from taizhang_tui.words import say


def text(line: TopLine | KeyLine) -> str:
    """What the line shows."""
    return line.render_lines(line.size.region)[0].text


async def test_at_now_the_top_line_is_whole_and_quiet(demo: ModuleType, members: Path) -> None:
    app = demo.DemoApp(members)
    async with app.run_test(size=(100, 24)):
        shown = text(app.query_one(TopLine))
        assert shown.split() == [
            "台账", "天井湖社区党工委", "示例数据", "有效", "2012-12-31", "所知", "现在",
            "#24,118", "封存", "#24,000", "✓",
        ]  # fmt: skip
        assert not app.screen.has_class(PAST)


async def test_in_the_past_the_frame_says_so_with_both_dates(
    demo: ModuleType, members: Path
) -> None:
    app = demo.DemoApp(members)
    async with app.run_test(size=(80, 24)) as pilot:
        quiet = app.screen.styles.background_tint
        await pilot.press("t")
        shown = text(app.query_one(TopLine))
        assert {"只读", "2011-06-30", "2012-01-05"} <= set(shown.split())
        assert app.screen.has_class(PAST)
        assert app.screen.styles.background_tint != quiet
        await pilot.press("t")
        assert "只读" not in text(app.query_one(TopLine))
        assert not app.screen.has_class(PAST)


@pytest.mark.parametrize("width", [20, 40, 60, 72, 80, 84, 120])
async def test_lines_are_exact_at_every_width(demo: ModuleType, members: Path, width: int) -> None:
    app = demo.DemoApp(members, past=width % 40 == 0)
    async with app.run_test(size=(width, 24)):
        top = app.query_one(TopLine)
        for name in ("天井湖社区党工委", "李[/]", "长" * 60, "\u202e\x1b[2J", ""):
            top.organisation = name
            assert cells.width(text(top)) == width
        assert cells.width(text(app.query_one(KeyLine))) == width


async def test_a_demonstration_is_called_so_whatever_the_name(
    demo: ModuleType, members: Path
) -> None:
    app = demo.DemoApp(members, past=True)
    async with app.run_test(size=(80, 24)):
        top = app.query_one(TopLine)
        top.organisation = "名字很长很长很长很长很长很长很长很长的支部"
        for seal in (top.seal, Seal("封存 #24,000 对不上", "✗", "broken")):
            top.seal = seal
            shown = text(top)
            assert "示例数据" in shown
            assert "名字很" in shown
            assert "…" in shown
            assert "2012-01-05" in shown
        assert "✗" in shown


async def test_a_broken_seal_is_never_left_out(demo: ModuleType, members: Path) -> None:
    app = demo.DemoApp(members, past=True)
    async with app.run_test(size=(60, 24)):
        top = app.query_one(TopLine)
        top.seal = Seal("封存 #24,000 对不上", "✗", "broken")
        assert "✗" in text(top)
        top.clocks = Clocks("", "")
        assert "对不上" in text(top)


async def test_the_key_line_names_keys_once_in_order(demo: ModuleType, members: Path) -> None:
    app = demo.DemoApp(members)
    async with app.run_test(size=(80, 24)):
        assert text(app.query_one(KeyLine)).strip() == (
            "回车 打开  / 筛选  n 新建  w 来由  t 时间  d 差异  : 命令  ? 帮助"
        )


async def test_where_keys_do_not_fit_help_stays(demo: ModuleType, members: Path) -> None:
    app = demo.DemoApp(members)
    async with app.run_test(size=(32, 24)):
        assert text(app.query_one(KeyLine)).strip() == "回车 打开  / 筛选  ? 帮助"


async def test_the_line_follows_the_focus_and_the_language(demo: ModuleType, members: Path) -> None:
    app = demo.DemoApp(members)
    app.language = "en"
    async with app.run_test(size=(80, 24)) as pilot:
        assert text(app.query_one(KeyLine)).strip().startswith("Enter Open  / Filter  n New")
        assert "True on 2012-12-31" in text(app.query_one(TopLine))
        await pilot.press("slash")
        await pilot.pause()
        assert "Filter" not in text(app.query_one(KeyLine)), "here a slash is only typed"


@pytest.mark.parametrize("key", ["slash", "／", "/"])
async def test_full_width_twins_do_the_same(demo: ModuleType, members: Path, key: str) -> None:
    app = demo.DemoApp(members)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(key)
        await pilot.pause()
        assert app.focused is not None
        assert app.focused.id == "find"


async def test_a_click_on_a_key_presses_it(demo: ModuleType, members: Path) -> None:
    app = demo.DemoApp(members)
    async with app.run_test(size=(80, 24)) as pilot:
        at = cells.width(text(app.query_one(KeyLine)).split("帮助")[0])
        await pilot.click(KeyLine, offset=(at, 0))
        await pilot.press("ｎ", "？")
        await pilot.pause()
        assert [note for note in app.seen if isinstance(note, str)] == ["help", "n", "help"]


def test_words_stand_in_pairs() -> None:
    assert say("打开|Open") == "打开"
    assert say("打开|Open", "en") == "Open"
    assert say("#3", "en") == "#3"
    assert say("|", "en") == "|"
