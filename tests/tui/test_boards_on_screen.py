"""Screens of programmes: they look like any other, follow the clocks, and their faults stay their own."""

from pathlib import Path
from typing import Any

import pytest

from taizhang.loading import trust
from taizhang.maintenance import control
from taizhang.store.paths import StorePaths

SOURCE = """
from taizhang.api import *

programme = Programme("demo1", "试验|Trial", api=1, needs=("members",))
programme.screen("wall", "光荣榜|Wall of honour", "taizhang_store_demo1:wall")
programme.screen("broken", "坏屏|A broken one", "taizhang_store_demo1:broken")
programme.screen("words", "只有字|Words alone", "taizhang_store_demo1:words")


def wall(ledger, language):
    rows = ledger.rows("members")
    said = f"共 {len(rows)} 人" if language == "zh" else f"{len(rows)} members"
    return Board(("姓名|Name", "数|Number"), [("李[/]\\x1b[31m", 1), (None, len(rows))], said)


def words(ledger, language):
    return Board((), (), f"只有字 {ledger.on}")


def broken(ledger, language):
    BROKEN
"""


@pytest.fixture
def trial(community: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """``trial(code)``: the community with a trusted programme, one of whose screens runs the code."""
    monkeypatch.setenv(trust.PLACE, str(tmp_path / "own"))

    def make(code: str = "return None") -> Path:
        folder = community / "plugins"
        folder.mkdir(exist_ok=True)
        (folder / "demo1.py").write_text(SOURCE.replace("BROKEN", code), "utf-8")
        control.trust(StorePaths(community), "demo1")
        return community

    return make


async def _open(stage: Any, words: str) -> None:
    await stage.press("colon", f"'{words}")
    await stage.shows("试验")
    await stage.press("enter")


async def test_it_is_found_by_name_and_follows_the_clocks(staged: Any, trial: Any) -> None:
    async with staged(trial()) as stage:
        await _open(stage, "光荣榜")
        await stage.shows("光荣榜", "姓名", "李[/]", "共 ")
        assert "\x1b" not in stage.text()
        now = next(line for line in stage.lines() if "共 " in line)
        await stage.press("left_curly_bracket", "left_curly_bracket", "left_curly_bracket")
        await stage.until(lambda: now not in stage.lines())
        await stage.press("0")
        await stage.until(lambda: now in stage.lines())
        await stage.press("escape")
        await stage.shows("党员")


async def test_words_need_no_table(staged: Any, trial: Any) -> None:
    async with staged(trial()) as stage:
        await _open(stage, "只有字")
        await stage.shows("只有字 2012-12-31")


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("raise SystemExit('离开')", "SystemExit: 离开"),
        ("return None", "TypeError"),
        ("return Board(('a|b',), [(1, 2)])", "ValueError"),
        (
            "return Board(('a|b',), [(Odd(),)])\n\nclass Odd:\n    def __str__(self): return 1 / 0",
            "Zero",
        ),
        ("return again()\n\ndef again(): return again()", "RecursionError"),
    ],
)
async def test_one_that_fails_is_named_and_everything_else_goes_on(
    staged: Any, trial: Any, code: str, why: str
) -> None:
    store = trial(code)
    async with staged(store, size=(120, 30)) as stage:
        await _open(stage, "坏屏")
        await stage.shows("插件 demo1 显示“坏屏”时出错", why)
        await stage.tells("demo1", "已被隔离")
        await stage.press("escape")
        await stage.shows("党员")
        await _open(stage, "光荣榜")
        await stage.shows("显示“坏屏”时出错")  # nothing of it is run any more
        await stage.press("escape", "p")
        await stage.shows("demo1", "已隔离")
    async with staged(store) as stage:
        registry = stage.app.desk.ws.registry
        assert "demo1" not in registry.programmes
        assert "liudai" in registry.programmes
