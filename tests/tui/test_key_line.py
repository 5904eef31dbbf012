"""The line of keys on the real screens: in 80 cells it names what is wanted most, help names all."""

from pathlib import Path
from typing import Any

import pytest

from taizhang_tui import cells

HELP, COMMANDS = ("? 帮助", "F1 帮助"), (": 命令", "Ctrl+P 命令")

WAYS = {
    "members": (),
    "tree": ("left",),
    "filter": ("slash", "'w"),
    "member": ("enter",),
    "organisation": ("left", "enter"),
    "event": ("enter", "enter"),
    "form": ("n", "enter"),
    "choice in a form": ("n", "enter", "tab", "tab"),
    "correction": ("enter", "e"),
    "import": ("i",),
    "tables": ("b",),
    "table": ("b", "enter"),
    "log": ("l",),
    "filtered log": ("l", "slash", "'member"),
    "why": ("w",),
    "difference": ("d",),
    "plugins": ("p",),
}


@pytest.mark.parametrize("way", WAYS)
async def test_help_and_commands_are_always_named(staged: Any, community: Path, way: str) -> None:
    async with staged(community) as stage:
        await stage.press(*WAYS[way])
        await stage.pilot.pause()
        line = stage.lines()[-1]
        assert any(words in line for words in HELP), line
        assert any(words in line for words in COMMANDS), line
        assert cells.width(line.rstrip()) < 80, "nothing is cut at the edge"


async def test_the_keys_wanted_most_come_first(staged: Any, community: Path) -> None:
    async with staged(community) as stage:
        assert " ".join(stage.lines()[-1].split()) == (
            "回车 打开 / 筛选 n 新建 w 来由 t 时间 d 差异 b 台账 : 命令 ? 帮助"
        )
        await stage.pilot.resize_terminal(40, 24)
        await stage.until(lambda: cells.width(stage.lines()[-1]) == 40)
        assert " ".join(stage.lines()[-1].split()) == "回车 打开 / 筛选 : 命令 ? 帮助"


async def test_help_names_what_the_line_has_no_room_for(staged: Any, community: Path) -> None:
    async with staged(community, size=(80, 50)) as stage:
        await stage.press("question_mark")
        wanted = ("s", "i", "l", "b", "Tab", "u", "p", "w", "d", "[  ]", "{  }", "Ctrl+Q")
        await stage.shows(*(cells.pad(key, 12) for key in wanted))
        shown = [x.strip() for x in stage.lines()]
        assert sum(x.startswith("w   ") for x in shown) == 1, "no key twice"


async def test_every_key_of_a_screen_is_in_its_help(staged: Any, community: Path) -> None:
    async with staged(community, size=(80, 50)) as stage:
        await stage.press("enter")
        await stage.shows("v 号码")
        await stage.press("question_mark")
        own = {"e": "更正", "x": "作废", "v": "号码", "n": "新建", "Esc": "返回"}
        await stage.shows(*(cells.pad(key, 12) + words for key, words in own.items()))


async def test_ctrl_c_tells_in_chinese_how_to_leave(staged: Any, community: Path) -> None:
    async with staged(community) as stage:
        await stage.press("ctrl+c")
        await stage.tells("退出", "Ctrl+Q")
        assert not any("quit" in told or "[" in told for told in stage.told())
