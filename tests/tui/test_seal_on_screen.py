"""The top line says how far the log is sealed, each state with a mark or a word of its own."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from taizhang.workspace import Workspace


def sealed(store: Path) -> None:
    """Somebody seals the store."""
    with Workspace.open(store) as ws:
        assert ws.close_seal() is not None


async def test_sealed_to_the_end_and_again_after_events(staged: Any, community: Path) -> None:
    sealed(community)
    async with staged(community) as stage:
        await stage.shows("封存 #72 ✓")
        with Workspace.open(community) as other:
            other.record("organisation.found", {"name": "新支部", "kind": "支部"}, on="2012-12-01")
            await stage.shows("封存 #72 未封 1", "新支部")
            assert "✓" not in stage.lines()[0]
            other.sealing.seal()
        await stage.shows("封存 #73 ✓")


async def test_never_sealed(staged: Any, community: Path) -> None:
    shutil.rmtree(community / "seals")
    async with staged(community) as stage:
        await stage.shows("未封存")


async def test_a_failed_sealing_is_told_once_and_stands_on_the_top_line(
    staged: Any, community: Path
) -> None:
    (community / "seal.key").unlink()
    async with staged(community) as stage:
        await stage.shows("未封 71")
        stage.app.desk.seal().result()
        await stage.shows("✗ 封存未成")
        await stage.tells("封存未成", "seal.key")
        told = len(stage.app._notifications)
        await stage.app.following.poll()
        assert len(stage.app._notifications) == told


async def test_a_log_that_is_shorter_than_its_seal_is_seen(staged: Any, community: Path) -> None:
    sealed(community)
    kept = community / "seals" / "range"
    kept.write_text(kept.read_text().replace("\n72\n72\n", "\n72\n90\n"))
    async with staged(community) as stage:
        await stage.shows("✗ 日志短于封存 #90")


async def test_an_older_log_under_an_open_program_is_told_and_takes_nothing(
    staged: Any, community: Path
) -> None:
    old = (community / "events.db").read_bytes()
    async with staged(community) as stage:
        await stage.shows("未封")
        (community / "events.new").write_bytes(old)
        (community / "events.new").replace(community / "events.db")
        await stage.shows("✗ 日志是旧的，不能登记")
        await stage.tells("换成了另一个文件", "什么也不登记")
        told = len(stage.app._notifications)
        await stage.app.following.poll()
        assert len(stage.app._notifications) == told


async def test_an_older_log_is_told_at_the_opening(staged: Any, community: Path) -> None:
    old = (community / "events.db").read_bytes()
    with Workspace.open(community) as ws:
        ws.record("organisation.found", {"name": "新支部", "kind": "支部"}, on="2012-12-01")
    (community / "events.db").write_bytes(old)
    async with staged(community) as stage:
        await stage.shows("✗ 日志是旧的，不能登记")
        await stage.tells("第 73 号")


async def test_a_narrow_top_line_keeps_the_mark(staged: Any, community: Path) -> None:
    (community / "seal.key").unlink()
    async with staged(community, size=(60, 18)) as stage:
        await stage.shows("示例数据")  # which goes before how much is not sealed yet
        stage.app.desk.seal().result()
        await stage.shows("✗")
        assert "✗" in stage.lines()[0]
        await stage.press("left_curly_bracket")
        await stage.shows("只读")
        assert "✗" in stage.lines()[0]


async def test_in_english(staged: Any, community: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAIZHANG_LANG", "en")
    sealed(community)
    async with staged(community, size=(120, 30), wait="Name") as stage:
        await stage.shows("sealed #72 ✓")
