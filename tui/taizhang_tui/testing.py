"""Testing screens (界面试验): the whole app on a store, run by a pilot; keys go in, text comes out.

The fixture ``taizhang_ui`` of ``taizhang.testing`` is :func:`staged`.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from textual.events import Key
from textual.keys import _character_to_key
from textual.pilot import Pilot

from taizhang_tui.app.application import TaizhangApp
from taizhang_tui.desk.desk import Desk

if TYPE_CHECKING:
    from taizhang.workspace import Workspace

PATIENCE = 30.0
"""Seconds after which something is taken not to happen; a busy computer may need many of them."""


class Stage:
    """The app on a store, run by a pilot: keys go in, text comes out."""

    def __init__(self, app: TaizhangApp, pilot: Pilot[int]) -> None:
        self.app, self.pilot = app, pilot

    def lines(self) -> list[str]:
        """Returns the screen's text, line by line."""
        return [strip.text for strip in self.app.screen._compositor.render_strips()] or [""]

    def text(self) -> str:
        """Returns the screen's text."""
        return "\n".join(self.lines())

    async def press(self, *keys: str) -> None:
        """Presses keys; one that begins with a quote is typed letter by letter."""
        for key in keys:
            for one in key[1:] if key.startswith("'") else [key]:
                name = _character_to_key(one) if len(one) == 1 else one
                self.app.post_message(Key(name, one if len(one) == 1 else None))
        await self.until(lambda: self.app._message_queue.empty() and not self.app.typeahead.typing)
        await asyncio.sleep(0)

    async def until(self, condition: Callable[[], object], seconds: float = PATIENCE) -> None:
        """Waits for something that a thread brings about."""
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, f"it did not happen:\n{self.text()}"
            await asyncio.sleep(0.02)

    async def shows(self, *words: str, seconds: float = PATIENCE) -> None:
        """Waits until all the words are on the screen."""
        await self.until(lambda: all(word in self.text() for word in words), seconds)

    def told(self) -> list[str]:
        """The messages, each as one line without blanks: where they are wrapped depends on the width."""
        return ["".join(n.message.split()) for n in self.app._notifications]

    async def tells(self, *words: str) -> None:
        """Waits until one message has all the words."""
        bare = ["".join(word.split()) for word in words]
        await self.until(lambda: any(all(word in told for word in bare) for told in self.told()))

    async def gone(self, word: str) -> None:
        """Waits until a word is off the screen."""
        await self.until(lambda: word not in self.text())

    async def table(self, name: str) -> None:
        """Opens the list of a table and waits for its rows."""
        from taizhang_tui.screens.tables import TableScreen

        self.app.push_screen(TableScreen(self.app.desk.ws.registry.table(name)))
        await self.until(lambda: isinstance(self.app.screen, TableScreen))
        await self.until(lambda: not self.app.workers._workers)

    async def screen(self, programme: str, name: str) -> None:
        """Opens a screen of a programme and waits for what it shows."""
        from taizhang_tui.screens.board import BoardScreen

        declared = self.app.desk.ws.registry.programmes[programme].screens[name]
        self.app.push_screen(BoardScreen(declared))
        await self.until(lambda: isinstance(self.app.screen, BoardScreen))
        await self.until(lambda: not self.app.workers._workers)


@asynccontextmanager
async def staged(
    store: Path | Workspace,
    size: tuple[int, int] = (80, 24),
    actor: str = "测试员",
    wait: str = "姓名",
    *,
    read_only: bool = False,
) -> AsyncIterator[Stage]:
    """The app on a store (or on the store of an open workspace), once it shows the words ``wait``.

    Args:
        store: The store.
        size: Columns and lines of the terminal.
        actor: Who records.
        wait: Words that stand on it once it is read.
        read_only: Nothing in the store is written.
    """
    path = str(store if isinstance(store, Path) else store.paths.root)
    desk = Desk(path, actor, read_only=read_only)
    app = TaizhangApp(desk, desk.open())
    try:
        async with app.run_test(size=size, notifications=True) as pilot:
            stage = Stage(app, pilot)
            await stage.shows(wait)
            await stage.until(lambda: not stage.app.workers._workers)
            yield stage
    finally:
        desk.close()
