"""What stands over the main screen while opening the store takes long enough to be told."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast

from textual import work
from textual.app import ComposeResult
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from taizhang_tui import cells
from taizhang_tui.words import say

if TYPE_CHECKING:
    from taizhang_tui.app import TaizhangApp

LOOK = 0.1
"""Seconds between two looks at how far it has come."""


class Opening(Screen[None]):
    """Waits for the store, with a bar when its ledger has to be built."""

    DEFAULT_CSS = """
    Opening { align: center middle; }
    Opening > Static { width: auto; text-align: center; color: $foreground 70%; }
    """

    def __init__(self, opening: asyncio.Future[None]) -> None:
        super().__init__()
        self._opening = opening
        self._done = (0, 0)

    def compose(self) -> ComposeResult:
        """One message."""
        yield Static("", markup=False)

    def on_mount(self) -> None:
        """Wait."""
        self.wait_for_store()

    @work
    async def wait_for_store(self) -> None:
        """Opens the store and hands over, or ends the app with the reason."""
        app = cast("TaizhangApp", self.app)
        app.desk.progress = self._progress
        while not (await asyncio.wait([self._opening], timeout=LOOK))[0]:
            self._show(app.language)
        if (error := self._opening.exception()) is not None:
            app.failure = error
            app.exit(1, return_code=1)
            return
        app.call_later(app.ready)
        self.dismiss()

    def _progress(self, done: int, of: int) -> None:
        self._done = (done, of)

    def _show(self, language: str) -> None:
        done, of = self._done
        words = say("正在由事件日志重建台账|building the ledger from the log", language)
        if not of:
            words = say("正在打开账册|opening the store", language)
        bar = f"\n\n{cells.bar(done, of, 40)}\n{done:,} / {of:,}" if of else ""
        self.query_one(Static).update(Content(words + bar))
