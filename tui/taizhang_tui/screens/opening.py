"""What stands over the main screen while opening the store takes long enough to be told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from textual import work
from textual.app import ComposeResult
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from taizhang.readmodels import listing
from taizhang_tui.screens.host import host_of
from taizhang_tui.words import say

LOOK = 0.1
"""Seconds between two looks at how far it has come."""


class Opening(Screen[None]):
    """Waits for the store, with a bar when its ledger has to be built.

    ``ended`` is called with what it failed with, or None.
    """

    DEFAULT_CSS = """
    Opening { align: center middle; }
    Opening > Static { width: auto; text-align: center; color: $foreground 70%; }
    """

    def __init__(
        self, opening: asyncio.Future[None], ended: Callable[[BaseException | None], None]
    ) -> None:
        super().__init__()
        self._ended = ended
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
        """Hands over once the store is open, or with the reason why it is not."""
        app = host_of(self)
        app.desk.progress = self._progress
        while not (await asyncio.wait([self._opening], timeout=LOOK))[0]:
            self._show(app.language)
        error = self._opening.exception()
        self._ended(error)
        if error is None:
            self.dismiss()

    def _progress(self, done: int, of: int) -> None:
        self._done = (done, of)

    def _show(self, language: str) -> None:
        done, of = self._done
        words = say("正在由事件日志重建台账|building the ledger from the log", language)
        if not of:
            words = say("正在打开账册|opening the store", language)
        bar = f"\n\n{listing.bar(done, of, 40)}\n{done:,} / {of:,}" if of else ""
        self.query_one(Static).update(Content(words + bar))
