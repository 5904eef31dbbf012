"""What must not go wrong: changes from elsewhere, faults, signals, messages, missing stores."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
from textual.events import Key

from taizhang.words.errors import NotFound
from taizhang.workspace import Workspace
from taizhang_eventstore.errors import BilingualError
from taizhang_tui.app.application import PATIENCE, TaizhangApp
from taizhang_tui.app.running import run
from taizhang_tui.desk.desk import Desk
from taizhang_tui.faults import log_path, record_fault
from taizhang_tui.widgets.chooser import Chooser
from taizhang_tui.widgets.virtual_table import VirtualTable


async def test_what_another_process_records_shows_within_a_second_and_the_cursor_stays(
    staged: Any, community: Path
) -> None:
    async with staged(community) as stage:
        table = stage.app.screen.query_one("#members", VirtualTable)
        await stage.press(*["down"] * 9)
        chosen = table.cursor_key
        with Workspace.open(community) as ws:
            branch = ws.at().called("organisation", "东湖支部")[0]
            ws.record("member.register", {"name": "阿大", "organisation": branch})
            began = time.monotonic()
        await stage.until(lambda: table.row_count == 29, 3)
        assert time.monotonic() - began < 1.5
        await stage.shows("#73", "阿大")
        assert table.cursor_key == chosen
        assert table.cursor_row == 10


async def test_an_open_form_is_left_alone_by_changes_from_elsewhere(
    staged: Any, community: Path
) -> None:
    async with staged(community) as stage:
        await stage.press("n", "enter")
        await stage.shows("姓名")
        await stage.press("'何春")
        with Workspace.open(community) as ws:
            ws.record("unit.register", {"name": "甲", "kind": "其他"})
        await stage.shows("#73")
        await stage.press("'生")
        await stage.until(lambda: stage.app.screen.values["name"] == "何春生")


async def test_what_is_typed_ahead_goes_where_it_would_have_gone(
    staged: Any, community: Path
) -> None:
    """All keys at once: open the list, search it, open the form, fill in two fields."""
    async with staged(community) as stage:
        await stage.press("n", "'djdw", "enter", "'utn0", "down", "2")
        await stage.until(lambda: "登记单位" in stage.lines()[0])
        assert stage.app.screen.values["name"] == "utn0"
        assert stage.app.screen.values["kind"] == "事业单位"
        assert not stage.app.desk.past


async def test_messages_are_plain_text(staged: Any, community: Path) -> None:
    async with staged(community) as stage:
        stage.app.notify("[red]李[/]\x1b[2J\u202e", markup=True)
        await stage.shows("[red]李[/][2J")


async def test_a_source_that_fails_is_said_without_data(staged: Any, community: Path) -> None:
    async with staged(community) as stage:
        table = stage.app.screen.query_one("#members", VirtualTable)

        class Broken:
            columns = table.source.columns  # type: ignore[union-attr]

            def count(self) -> int:
                raise ValueError("王小明 13812345678")

            def page(self, start: int, stop: int) -> list[Any]:
                raise ValueError("王小明 13812345678")

            def index_of(self, key: str) -> int | None:
                return None

        table.set_source(Broken())
        await stage.shows("读不出")
        assert "13812345678" not in stage.text()


def test_a_fault_is_one_sentence_and_the_log_holds_no_data(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))

    def fail() -> None:
        name, phone = "王小明", "13812345678"
        raise ValueError(name + phone)

    with pytest.raises(ValueError, match="王小明") as failed:
        fail()
    assert record_fault(failed.value, "zh") == 1
    said = capsys.readouterr().err
    logged = log_path().read_text("utf-8")
    assert said.startswith("错误：")
    assert said.count("\n") == 1
    assert "ValueError" in logged
    assert "test_robust.py" in logged
    for text in (said, logged):
        assert "王小明" not in text
        assert "13812345678" not in text


async def test_an_unhandled_error_ends_the_app_without_a_traceback(
    staged: Any, community: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async def fail() -> None:
        async with staged(community) as stage:
            stage.app.call_later(lambda: 1 / 0)
            await asyncio.sleep(0.3)

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert "Traceback" not in capsys.readouterr().err


async def test_a_ledger_that_is_gone_is_built_anew_on_opening(
    staged: Any, community: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for file in community.glob("ledger.db*"):
        file.unlink()
    monkeypatch.setattr(
        "taizhang_tui.app.application.PATIENCE", 0
    )  # so that the bar's screen is used
    async with staged(community) as stage:
        await stage.shows("28")


async def test_a_store_that_cannot_be_opened_ends_the_app_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "events.db").write_text("no database at all, but long enough to look like one" * 9)
    desk = Desk(str(tmp_path))
    app = TaizhangApp(desk)
    async with app.run_test() as pilot:
        while app.failure is None:
            await pilot.pause(0.02)
    desk.close()
    assert isinstance(app.failure, BilingualError)


def test_where_there_is_no_store_the_reason_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        run(str(tmp_path / "none"))


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_a_signal_leaves_in_order(community: Path, name: str) -> None:
    """In a pseudo-terminal: the alternate screen is left and the exit code tells the signal."""
    pty = pytest.importorskip("pty")
    master, slave = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color", "LANG": "C.UTF-8", "COLUMNS": "80"}
    program = f"import sys; from taizhang_tui.start import run; sys.exit(run({str(community)!r}))"
    process = subprocess.Popen(
        [sys.executable, "-c", program], stdin=slave, stdout=slave, stderr=slave, env=environment
    )
    os.close(slave)
    seen = b""
    try:
        end = time.monotonic() + 20
        while "拼音序".encode() not in seen and time.monotonic() < end:
            seen += os.read(master, 65536)
        process.send_signal(getattr(signal, name))
        while time.monotonic() < end:
            try:
                seen += os.read(master, 65536)
            except OSError:
                break
        assert process.wait(10) == 128 + getattr(signal, name)
        assert b"\x1b[?1049h" in seen
        assert b"\x1b[?1049l" in seen
    finally:
        process.kill()
        os.close(master)


async def test_keys_typed_while_the_store_is_being_opened_wait_for_it(community: Path) -> None:
    desk = Desk(str(community))
    opening: Future[None] = Future()
    app = TaizhangApp(desk, opening)
    try:
        async with app.run_test(size=(80, 24)) as pilot:
            await asyncio.sleep(PATIENCE)
            await pilot.pause()
            for key in ("n", "t", "colon", "l"):
                app.post_message(Key(key, ":" if key == "colon" else key))
            await pilot.pause()
            assert [type(screen).__name__ for screen in app.screen_stack] == ["Home", "Opening"]
            desk.open().result()
            opening.set_result(None)
            end = time.monotonic() + 8
            # What "n" opens takes the rest as typing, though "l" and ":" would open something too.
            while app.typeahead.typing or not app.screen.query(VirtualTable):
                assert time.monotonic() < end, app.screen
                await asyncio.sleep(0.02)
            assert isinstance(app.screen, Chooser)
    finally:
        desk.close()


async def test_the_program_can_be_left_while_the_store_is_being_opened(community: Path) -> None:
    desk = Desk(str(community))
    app = TaizhangApp(desk, Future())
    async with app.run_test(size=(80, 24)):
        app.post_message(Key("n", "n"))
        app.post_message(Key("ctrl+q", None))
        end = time.monotonic() + 8
        while app.is_running:
            assert time.monotonic() < end
            await asyncio.sleep(0.02)
    assert desk.close() is None
