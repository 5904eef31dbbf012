"""The main screen before any programme is loaded: what it shows is true, and nothing can be done with it yet."""

import asyncio
import re
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
from textual.events import Key, MouseDown, MouseUp

from taizhang.workspace import Workspace, card
from taizhang_tui.app.application import BEHIND, TaizhangApp
from taizhang_tui.desk.desk import Desk
from taizhang_tui.testing import Stage
from taizhang_tui.widgets.chooser import Chooser


@pytest.fixture
async def opened(staged: Any, community: Path) -> Path:
    """A store that was opened in a terminal once."""
    async with staged(community) as stage:
        await stage.until(lambda: stage.app.desk.ws.db.execute(
            "SELECT 1 FROM _meta WHERE name = ?", (card.CARD,)
        ).fetchone())  # fmt: skip
    # Duties may still be asked for by a thread that nobody waits for.
    end = time.monotonic() + 10
    while card.read(str(community)) is None:
        assert time.monotonic() < end
        time.sleep(0.02)
    return community


def text(stage: Stage) -> str:
    """The screen without the seal, which nobody has looked at yet, and the ends of scroll bars."""
    return re.sub("[▁-▇]", " ", stage.text().partition("\n")[2])


async def test_the_first_screen_is_the_same_before_the_store_is_open(opened: Path) -> None:
    desk = Desk(str(opened))
    assert desk.look()
    opening: Future[None] = Future()
    app = TaizhangApp(desk, opening)
    try:
        async with app.run_test(size=(110, 24)) as pilot:
            stage = Stage(app, pilot)
            await stage.shows(
                "王小明", "东湖支部", "2012-12-31", "示例", "2:30", "#72", "拼音序  28"
            )
            assert not desk.is_open
            assert "28" in stage.lines()[2]  # counted, and in order
            before = text(stage)
            desk.open().result()
            opening.set_result(None)
            await stage.until(lambda: app._opened.is_set())
            await stage.until(lambda: not app.workers._workers)
            await asyncio.sleep(0.1)
            assert text(stage) == before
    finally:
        desk.close()


async def test_keys_wait_and_the_mouse_does_nothing_until_it_is_open(opened: Path) -> None:
    desk = Desk(str(opened))
    assert desk.look()
    opening: Future[None] = Future()
    app = TaizhangApp(desk, opening)
    try:
        async with app.run_test(size=(80, 24)) as pilot:
            stage = Stage(app, pilot)
            await stage.shows("王小明")
            for key in ("n", "t", "colon", "l"):
                app.post_message(Key(key, ":" if key == "colon" else key))
            for _ in range(2):
                place: dict[str, Any] = {
                    "widget": None, "x": 40, "y": 6, "delta_x": 0, "delta_y": 0, "button": 1,
                    "shift": False, "meta": False, "ctrl": False, "screen_x": 40, "screen_y": 6,
                }  # fmt: skip
                app.post_message(MouseDown(**place))
                app.post_message(MouseUp(**place))
            await asyncio.sleep(BEHIND + 0.2)
            await pilot.pause()
            # Opening takes long enough to be told by now; nothing else has come up.
            assert [type(screen).__name__ for screen in app.screen_stack] == ["Home", "Opening"]
            desk.open().result()
            opening.set_result(None)
            end = time.monotonic() + 8
            while app.typeahead.typing or not isinstance(app.screen, Chooser):
                assert time.monotonic() < end, app.screen
                await asyncio.sleep(0.02)
    finally:
        desk.close()


async def test_what_came_in_between_is_shown_once_it_is_open(opened: Path) -> None:
    desk = Desk(str(opened))
    assert desk.look()
    opening: Future[None] = Future()
    app = TaizhangApp(desk, opening)
    try:
        async with app.run_test(size=(80, 24)) as pilot:
            stage = Stage(app, pilot)
            await stage.shows("王小明")
            with Workspace.open(opened) as ws:
                branch = ws.at().called("organisation", "东湖支部")[0]
                ws.record("member.register", {"name": "阿大", "organisation": branch})
            desk.open().result()
            opening.set_result(None)
            await stage.shows("阿大", "#73")
    finally:
        desk.close()


async def test_opening_that_fails_behind_it_ends_the_program_with_the_reason(opened: Path) -> None:
    desk = Desk(str(opened))
    assert desk.look()
    opening: Future[None] = Future()
    app = TaizhangApp(desk, opening)
    async with app.run_test(size=(80, 24)) as pilot:
        await Stage(app, pilot).shows("王小明")
        opening.set_exception(OSError("no"))
        end = time.monotonic() + 8
        while app.is_running:
            assert time.monotonic() < end
            await asyncio.sleep(0.02)
    assert isinstance(app.failure, OSError)
    assert desk.close() is None


def _settings(store: Path, _: pytest.MonkeyPatch) -> None:
    (store / "config.toml").write_text('disabled = ["liudai"]\n', "utf-8")


def _behind(store: Path, _: pytest.MonkeyPatch) -> None:
    """The ledger lacks what was recorded last."""
    with sqlite3.connect(store / "ledger.db") as db:
        db.execute("UPDATE _tracking SET position = position - 1 WHERE unit = 'core'")


@pytest.mark.parametrize("change", [_settings, _behind])
def test_where_anything_has_changed_the_store_is_opened_first(
    opened: Path,
    change: Callable[[Path, pytest.MonkeyPatch], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert Desk(str(opened)).look()
    change(opened, monkeypatch)
    assert not Desk(str(opened)).look()


def test_a_store_from_elsewhere_is_opened_first(opened: Path) -> None:
    assert not Desk(str(opened), from_elsewhere=True).look()


STARTING = """
import sys
import taizhang_tui.app.running, taizhang_tui.screens.home
from taizhang_tui.desk.desk import Desk
desk = Desk(sys.argv[1])
desk.look()
print(*sorted({m.partition(".")[0] + "." + m.split(".")[1] if "." in m else m for m in sys.modules}))
"""


def test_nothing_is_loaded_before_the_first_paint_but_what_it_needs(opened: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", STARTING, str(opened)], capture_output=True, text=True, check=True
    )
    loaded = set(ran.stdout.split())
    assert "taizhang_tui.screens" in loaded
    late = {"eventsourcing", "pluggy", "taizhang.api", "taizhang.decisions", "taizhang.loading"}
    assert not loaded & (
        late | {"taizhang.mechanisms", "taizhang.duties", "taizhang_eventstore.log"}
    )
