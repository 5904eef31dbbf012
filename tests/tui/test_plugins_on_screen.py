"""Programmes on the screen: what became of each, and turning them off, on and loose."""

from pathlib import Path
from typing import Any

import pytest
from officekit.notes import BODY, HEAD

from taizhang.loading import trust
from taizhang.workspace import Workspace

ROW = """
def _row(happened):
    raise ArithmeticError("算不出这[一行]")


"""
MENDED = HEAD.format(name="demo1") + BODY
SOURCE = MENDED.replace("notes.records(TakeNote)", ROW + "notes.records(TakeNote, _row)")


@pytest.fixture
def broken(community: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The community with a trusted programme that fails as soon as it has to make a row."""
    monkeypatch.setenv(trust.PLACE, str(tmp_path / "own"))
    folder = community / "plugins"
    folder.mkdir()
    file = folder / "demo1.py"
    file.write_text(SOURCE, "utf-8")
    _trust(community)
    return community


def _trust(store: Path) -> None:
    from taizhang.maintenance import control
    from taizhang.store.paths import StorePaths

    control.trust(StorePaths(store), "demo1")


def _fail(store: Path) -> None:
    with Workspace.open(store) as ws:
        note = {"member": "王小明", "text": "好"}
        ws.record("demo1.note.take", note, on="2012-06-01")


def _told(stage: Any) -> list[str]:
    return [words for words in stage.told() if "插件demo1" in words]


def _row(stage: Any, name: str) -> str:
    return next((x for x in stage.lines() if x.strip("▌ ").startswith(name)), "")


async def test_programmes_are_called_by_their_english_names(
    staged: Any, community: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TAIZHANG_LANG", "en")
    async with staged(community, wait="Name") as stage:
        await stage.press("b", "p")
        await stage.shows("Plugin", "liudai", "Six leads", "loaded")
        assert "六带" not in stage.text()


async def test_all_programmes_are_listed_and_one_is_turned_off_and_on(
    staged: Any, community: Path
) -> None:
    async with staged(community) as stage:
        await stage.press("b", "p")
        await stage.shows("插件", "liudai", "六带", "已载入", "自带", "x 停用", "? 帮助", ": 命令")
        assert "放行" not in stage.text()
        assert "启用" not in stage.text()
        await stage.press("x")
        await stage.shows(
            "停用 liudai？",
            "下次打开账册起不再载入它",
            "台账 liudai_leads 不再显示（",
            "职责不再计算：ones",
            "统计数不再计算：leads",
        )
        await stage.press("escape")
        await stage.gone("停用 liudai？")
        assert "disabled" not in _config(community)
        await stage.press("x", "enter")
        await stage.shows("已载入，下次停用", "e 启用")
        await stage.tells("已停用 liudai，下次打开账册起生效")
        assert "liudai" in _config(community)
        await stage.press("escape", "escape")
    async with staged(community) as stage:
        await stage.press("p")
        await stage.until(lambda: "已停用" in _row(stage, "liudai"))
        assert "liudai_leads" not in stage.app.desk.ws.registry.tables
        await stage.press("end", "e", "enter")
        await stage.shows("已停用，下次启用")
    async with staged(community) as stage:
        await stage.press("p")
        await stage.until(lambda: "已载入" in _row(stage, "liudai"))


def _config(store: Path) -> str:
    file = store / "config.toml"
    return file.read_text("utf-8") if file.exists() else ""


async def test_one_that_fails_meanwhile_is_told_once_and_stands_first(
    staged: Any, broken: Path
) -> None:
    async with staged(broken, size=(120, 30)) as stage:
        _fail(broken)
        await stage.until(lambda: _told(stage))
        (told,) = _told(stage)
        assert "已被隔离" in told
        assert "按p查看插件" in told
        await stage.press("p")
        await stage.until(lambda: "已隔离" in _row(stage, "demo1"))
        names = [
            n for x in stage.lines() for n in ("demo1", "liudai") if x.strip("▌ ").startswith(n)
        ]
        assert names[:2] == ["demo1", "liudai"]
        await stage.shows("事件：ArithmeticError: 算不出这[一行]", "修好后按 r 放行")
        assert stage.app.screen.query_one("#plugins-note").has_class("-troubled")
        await stage.pilot.pause(1.0)
        assert _told(stage) == [], "told once, and here the screen itself says it"


async def test_one_in_quarantine_is_told_on_opening_and_released(staged: Any, broken: Path) -> None:
    _fail(broken)
    async with staged(broken) as stage:
        await stage.until(lambda: _told(stage))
        (told,) = _told(stage)
        assert "插件demo1没有载入" in told
        assert "按p查看插件" in told
        await stage.press("colon", "'cj", "enter")
        await stage.until(lambda: "已隔离" in _row(stage, "demo1"))
        await stage.press("r")
        await stage.shows("放行 demo1？", "再试一次")
        await stage.press("enter")
        await stage.shows("下次再试")
        await stage.until(lambda: "r 放行" not in stage.lines()[-1])
    (broken / "plugins" / "demo1.py").write_text(MENDED, "utf-8")
    _trust(broken)
    async with staged(broken) as stage:
        await stage.press("p")
        await stage.until(lambda: "已载入" in _row(stage, "demo1"))
        rows = stage.app.desk.ledger().rows("demo1_notes")
        assert [row["text"] for row in rows] == ["好"]


async def test_what_the_store_or_the_environment_keeps_out_is_said(
    staged: Any, community: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TAIZHANG_DISABLE", "liudai")
    async with staged(community) as stage:
        await stage.press("p")
        await stage.until(lambda: "已停用" in _row(stage, "liudai"))
        await stage.press("end", "e", "enter")
        await stage.tells("还被别处停用")
        await stage.until(lambda: "下次" not in _row(stage, "liudai"))


async def test_nothing_is_changed_at_another_time_than_now(staged: Any, community: Path) -> None:
    async with staged(community) as stage:
        await stage.press("p")
        await stage.shows("liudai")
        await stage.press("left_square_bracket", "x")
        await stage.tells("只读；按 0 回到现在")
        assert not stage.app.screen.query("Confirm")
        assert "disabled" not in _config(community)
