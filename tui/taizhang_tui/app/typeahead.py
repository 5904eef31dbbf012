"""Keys one after another: what is typed ahead goes where it would have gone if typed slowly.

Textual hands a key to whatever has the focus when it arrives. A key that opens a form takes some
hundredths of a second; letters typed meanwhile would still reach the screen below, where they are
shortcuts. Here a key waits until the one before has gone all its way, and what it opened has the focus.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence

from textual import events
from textual.app import App
from textual.message_pump import MessagePump

LONGEST = 5.0
"""Seconds that a key waits at most for what the one before has set off; a busy computer takes a
while to open a form, and a letter that comes too early is a shortcut of the screen below.
"""

ROUNDS = 3
"""Rounds of messages through screen and app after which nothing more is expected to open."""

LOOK = 0.02
"""Seconds after which it is looked whether who should answer is still there."""


class TypeAhead:
    """Keys and pastes of an app, handled strictly in their order.

    Args:
        app: The app whose keys these are.
        handle: Does with an event what the app does with one that does not wait.
        turn: Returns when the next key may be handled.
        fail: Takes the error that handling a key ended with.
    """

    def __init__(
        self,
        app: App[int],
        handle: Callable[[events.Event], Awaitable[None]],
        turn: Callable[[], Awaitable[object]],
        fail: Callable[[Exception], None],
    ) -> None:
        self._app, self._handle, self._turn, self._fail = app, handle, turn, fail
        self._typed: deque[events.Key | events.Paste] = deque()
        self._typing: asyncio.Task[None] | None = None

    @property
    def typing(self) -> bool:
        """True while keys are still on their way."""
        return bool(self._typed) or (self._typing is not None and not self._typing.done())

    def take(self, event: events.Event) -> bool:
        """Queues a key or paste and returns True; returns False for any other event."""
        if not isinstance(event, (events.Key, events.Paste)) or event.is_forwarded:
            return False
        self._typed.append(event)
        if self._typing is None or self._typing.done():
            self._typing = asyncio.create_task(self._type())
        return True

    async def _type(self) -> None:
        try:
            while self._typed and self._app.is_running:
                await self._turn()
                event = self._typed.popleft()
                before, way = self._here(), self._way()
                await self._handle(event)
                end = time.monotonic() + LONGEST
                for _ in range(2):  # the key bubbles up; then what it has set off does
                    for pump in (*way, self._app):
                        await _through(pump, end)
                if self._here() != before:
                    await self._settled(end)
        except Exception as error:
            self._fail(error)

    async def _settled(self, end: float) -> None:
        """Waits for what the key has opened or closed: until nothing moves for some rounds."""
        last: object = None
        still = 0
        while still < ROUNDS and time.monotonic() < end:
            await _through(self._app.screen, end)
            await _through(self._app, end)
            now = self._here()
            last, still = now, still + 1 if now == last else 0

    def _here(self) -> tuple[object, object]:
        """The screen and the widget that keys go to."""
        return self._app.screen, self._app.focused

    def _way(self) -> Sequence[MessagePump]:
        """Lists where a key bubbles: from the focus up to the screen."""
        focused = self._app.focused or self._app.screen
        return [*focused.ancestors_with_self][:-1]


async def _through(pump: MessagePump, end: float) -> None:
    """Waits until ``pump`` has handled what it was sent so far."""
    done = asyncio.Event()
    if not pump.call_later(done.set):
        return
    while not (done.is_set() or pump._closing or pump._closed or time.monotonic() > end):
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LOOK):
                await done.wait()
