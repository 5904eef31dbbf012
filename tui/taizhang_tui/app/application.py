"""The app: one store on the screen, its clocks, and what any screen can ask for."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import os
import signal
import sys
import threading
from concurrent.futures import Future
from pathlib import Path
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType

from taizhang.store.paths import StorePaths
from taizhang.store.unlocking import unlock
from taizhang_eventstore.errors import StoreError
from taizhang_tui.app import theme
from taizhang_tui.app.following import Following
from taizhang_tui.data.desk import Desk, Moment
from taizhang_tui.screens.home import Home
from taizhang_tui.start import started
from taizhang_tui.widgets.frame import Clocks
from taizhang_tui.words import say

PATIENCE = 0.4
"""Seconds that an opening may take without a word."""

FIRST = 0.3
"""Seconds that the first paint waits for the first rows."""

GRACE = 5.0
"""Seconds that leaving in order may take once the process was told to end."""

SEALING = 2.0
"""Seconds more for sealing, where leaving in order has come to nothing."""


class TaizhangApp(Following):
    """The terminal of one store."""

    CSS_PATH = theme.STYLES
    ENABLE_COMMAND_PALETTE = False
    TITLE = "台账"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "new", "新建|New", show=False),
        Binding("u", "undo", "撤销|Undo"),
        Binding("t", "clock", "时间|Time", show=False),
        Binding("w,ｗ", "why", "来由|Why", show=False),
        Binding("d,ｄ", "difference", "差异|Differences", show=False),
        Binding("g,ｇ", "due", "待办|Duties", show=False),
        Binding("p,ｐ", "plugins", "插件|Plugins", show=False),
        Binding("left_square_bracket,【", "step(-1)", "退一步|A step back", show=False),
        Binding("right_square_bracket,】", "step(1)", "进一步|A step on", show=False),
        Binding("left_curly_bracket,｛", "step(-12)", "退一年|A year back", show=False),
        Binding("right_curly_bracket,｝", "step(12)", "进一年|A year on", show=False),
        Binding("0", "now", "回到现在|To now", show=False),
        Binding("colon,ctrl+p,：", "palette", "命令|Commands"),
        Binding("question_mark,？,f1", "help", "帮助|Help"),
        Binding("ctrl+q", "quit", "退出|Quit", show=False, priority=True),
    ]

    def __init__(self, desk: Desk, opening: Future[None] | None = None) -> None:
        super().__init__(dark=os.environ.get("TAIZHANG_THEME", "dark") != "light")
        self.language = language()
        self.desk = desk
        self.step_months = 1
        self.failure: BaseException | None = None
        self._opening = opening
        self._heeding: asyncio.AbstractEventLoop | None = None
        self._opened = asyncio.Event()

    # Opening

    def get_default_screen(self) -> Home:
        """The main screen: its frame stands before the store is open."""
        return Home()

    async def on_mount(self) -> None:
        """Open the store; where that takes a while, say so on a screen of its own.

        Nothing is painted before this returns: soon opened, the first thing seen is the members.
        """
        self._heeding = asyncio.get_running_loop()
        opening = asyncio.wrap_future(self._opening or self.desk.open())
        await asyncio.wait([opening], timeout=PATIENCE)
        if opening.done() and opening.exception() is None:
            home = await self.ready()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(home.filled.wait(), FIRST)
            self.call_after_refresh(started)
        else:
            started()
            from taizhang_tui.screens.opening import Opening

            self.push_screen(Opening(opening, self._opening_ended))

    def _opening_ended(self, error: BaseException | None) -> None:
        """Goes on with the open store, or leaves with the reason why there is none."""
        if error is None:
            self.call_later(self.ready)
        else:
            self.failure = error
            self.exit(1, return_code=1)

    async def ready(self) -> Home:
        """The store is open: keys that were typed meanwhile go on, and the main screen reads."""
        self._opened.set()
        home = self.screen_stack[0]
        assert isinstance(home, Home)
        await home.begin()
        self.follow()
        return home

    async def on_event(self, event: events.Event) -> None:
        """While the store is not open, keys wait; all but the one that leaves."""
        leaves = isinstance(event, events.Key) and event.key == "ctrl+q"
        if leaves and not self._opened.is_set():
            self.exit()
        else:
            await super().on_event(event)

    async def turn(self) -> None:
        """A key may be handled."""
        await self._opened.wait()

    # Leaving

    def told_to_end(self, number: int, _frame: object = None) -> None:
        """Handles a signal: drafts are on disk with every key, it is enough to leave in order.

        Not by the loop: a terminal that has gone, or whose reader stands still, can hold the thread
        that writes to it for ever, and the loop behind it. Then a timer leaves.
        """
        last_resort = threading.Timer(GRACE, self._leave, (128 + number,))
        last_resort.daemon = True
        last_resort.start()
        if self._heeding is None:
            sys.exit(128 + number)
        with contextlib.suppress(RuntimeError):  # leaving already
            self._heeding.call_soon_threadsafe(
                lambda: self.exit(128 + number, return_code=128 + number)
            )

    def _leave(self, code: int) -> None:
        """From a thread of its own: seals if that can be done soon, and ends the process."""
        with contextlib.suppress(Exception):
            self.desk.seal().result(SEALING)
        os._exit(code)

    # Clocks

    def clock_words(self) -> Clocks:
        """Both clocks as the top line shows them."""
        moment, ws = self.desk.moment, self.desk.ws
        on = (moment.on or ws.today()).isoformat()
        if moment.known is None:
            known = say("现在|now", self.language) + f" #{ws.log.head():,}"
        else:
            known = f"#{moment.known:,}"
        return Clocks(on, known, self.desk.past)

    def move_clocks(self, moment: Moment) -> None:
        """Sets both clocks and has every screen follow."""
        if moment.on == self.desk.ws.today():
            moment = Moment(None, moment.known)
        self.desk.moment = moment
        for screen in self._framed():
            screen.frame()
            screen.renew(step=True)

    def action_step(self, steps: int) -> None:
        """Step the effective day."""
        self.move_clocks(
            Moment(months_on(self.desk.day, steps * self.step_months), self.desk.moment.known)
        )

    def action_now(self) -> None:
        """Both clocks back to now."""
        if self.desk.moment.past:
            self.move_clocks(Moment())

    def action_theme(self) -> None:
        """Dark instead of light, or the other way round."""
        self.theme = theme.LIGHT.name if self.theme == theme.DARK.name else theme.DARK.name

    def action_help_quit(self) -> None:
        """Ctrl+C, with which other programs are left: in the user's language, as plain text."""
        self.notify(say("要退出请按 Ctrl+Q|press Ctrl+Q to quit", self.language))

    # Faults

    def _handle_exception(self, error: Exception) -> None:
        """Ends the app without showing local variables, which hold people's data.

        What stumbles over screens that are being taken down, as the app is left, is no fault.
        """
        if self._heeding is not None and not self.is_running:
            return
        self._return_code = 1
        if self._exception is None:
            self._exception = error
            self._exception_event.set()
            self.failure = error
        self._close_messages_no_wait()


def months_on(day: dt.date, months: int) -> dt.date:
    """The same day some months on, or the last of that month."""
    from calendar import monthrange

    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    year = min(max(year, 1), 9999)
    return dt.date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def language() -> str:
    """``zh``, or ``en`` where TAIZHANG_LANG begins so."""
    return "en" if os.environ.get("TAIZHANG_LANG", "zh").lower().startswith("en") else "zh"


def ask_passphrase() -> str:
    """The passphrase of the store, typed unseen."""
    from getpass import getpass

    return getpass(say("口令：|Passphrase: ", language()))


def run(store: str, actor: str | None = None, *, read_only: bool = False) -> int:
    """Opens the terminal on the store in ``store``, ``read_only`` as on one from elsewhere; returns
    the exit code.
    """
    # Before anything is drawn: a passphrase is typed at the bare terminal.
    secret = unlock(StorePaths(Path(store)), ask_passphrase)
    desk = Desk(store, actor, secret=secret, from_elsewhere=read_only)
    opening = desk.open()
    app = TaizhangApp(desk, opening)
    for name in ("SIGTERM", "SIGHUP"):
        if (number := getattr(signal, name, None)) is not None:
            signal.signal(number, app.told_to_end)
    unsealed: StoreError | None = None
    try:
        code = app.run()
    finally:
        unsealed = desk.close()
    from taizhang_tui.faults import record_fault, say_unsealed

    spoiled = say_unsealed(unsealed, app.language) if unsealed is not None else 0
    if app.failure is not None:
        return record_fault(app.failure, app.language)
    _drop_unsent()
    return (code if isinstance(code, int) else app.return_code) or spoiled


def _drop_unsent() -> None:
    """What a terminal that has gone did not take would spoil the exit code when Python ends."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
