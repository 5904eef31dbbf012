"""The app: one store on the screen, its clocks, and what any screen can ask for."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import threading
from collections.abc import Callable, Collection
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events
from textual.app import App
from textual.binding import BindingType
from textual.notifications import SeverityLevel
from textual.theme import Theme

from taizhang_tui import cells
from taizhang_tui.app import table, theme
from taizhang_tui.app.clocks import ClockSetting
from taizhang_tui.app.collecting import started
from taizhang_tui.app.following import Following
from taizhang_tui.app.typeahead import TypeAhead
from taizhang_tui.desk.desk import Desk
from taizhang_tui.screens.home import Home
from taizhang_tui.words import say
from taizhang_tui.wordwrap import wrapped

if TYPE_CHECKING:
    from taizhang.store.viewings import How
    from taizhang_tui.app.recording import Recording
    from taizhang_tui.app.shell import Shell

PATIENCE = 0.4
"""Seconds that an opening may take without a word."""

BEHIND = 2.0
"""The same where the main screen stands already: what waits is the first key."""

FIRST = 0.3
"""Seconds that the first paint waits for the first rows."""

GRACE = 5.0
"""Seconds that leaving in order may take once the process was told to end."""

SEALING = 2.0
"""Seconds more for sealing, where leaving in order has come to nothing."""


WIDEST = 0.62
"""The part of the screen's width that a message may take, as in ``styles.tcss``."""

AROUND = 6
"""Cells of it that are not for words."""


class TaizhangApp(App[int]):
    """The terminal of one store: it opens and leaves, and has a service for each thing besides.

    Args:
        desk: The store, open or not.
        opening: The opening under way; without one the app begins it.
    """

    CSS_PATH = theme.STYLES
    ENABLE_COMMAND_PALETTE = False
    TITLE = "台账"
    BINDINGS: ClassVar[list[BindingType]] = [*table.bindings()]

    def __init__(self, desk: Desk, opening: Future[None] | None = None) -> None:
        # Before the style sheet is made with a theme's colours: put on later, it is read twice.
        light = os.environ.get("TAIZHANG_THEME", "dark") == "light"
        self.set_reactive(App.theme, (theme.LIGHT if light else theme.DARK).name)
        super().__init__()
        self._coloured = self.get_css_variables()
        self.language = language()
        self.desk = desk
        self.failure: BaseException | None = None
        self._opening = opening
        self._heeding: asyncio.AbstractEventLoop | None = None
        self._opened = asyncio.Event()
        shell: Shell = self
        self.clocks = ClockSetting(shell)
        self._records: Recording | None = None
        self.following = Following(shell, self.clocks.turn)
        self.typeahead = TypeAhead(
            self, super().on_event, self._opened.wait, self._handle_exception
        )

    @property
    def records(self) -> Recording:
        """Recording; nothing of it is loaded before the first paint."""
        if self._records is None:
            from taizhang_tui.app.recording import Recording

            self._records = Recording(self)
        return self._records

    # Opening

    def get_default_screen(self) -> Home:
        """The main screen: its frame stands before the store is open."""
        return Home()

    async def on_mount(self) -> None:
        """Show what can be read already, and open the store behind it; else open it first.

        Nothing is painted before this returns: soon opened, the first thing seen is the members.
        """
        self._heeding = asyncio.get_running_loop()
        if self.desk.glimpse is not None:
            await self._filled()
            self.call_after_refresh(lambda: self.run_worker(self._open()))
        else:
            await self._open()

    @property
    def _home(self) -> Home:
        home = self.screen_stack[0]
        assert isinstance(home, Home)
        return home

    async def _filled(self) -> None:
        """Waits for the first rows of the main screen."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._home.filled.wait(), FIRST)

    async def _open(self) -> None:
        """Opens the store; where that takes a while, says so on a screen of its own."""
        opening = asyncio.wrap_future(self._opening or self.desk.open())
        await asyncio.wait([opening], timeout=PATIENCE if self.desk.glimpse is None else BEHIND)
        if opening.done() and opening.exception() is None:
            await self.ready()
            await self._filled()
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

    async def ready(self) -> None:
        """The store is open: keys that were typed meanwhile go on, and the main screen reads, unless it has
        read what still stands.
        """
        self._opened.set()
        if self.desk.glimpse is None:
            await self._home.begin()
        elif not self.desk.still():
            self.following.renew()
        else:
            self._home.tell_drafts()
        self.following.begin()
        self.call_after_refresh(self.desk.leave_card)

    @property
    def _behind(self) -> bool:
        """The main screen stands, and the store is being opened behind it."""
        return self.desk.glimpse is not None and len(self.screen_stack) == 1

    async def on_event(self, event: events.Event) -> None:
        """While the store is not open, keys wait, and the mouse does nothing. The key that leaves waits where
        the main screen stands already, so that what came is sealed; from the screen of an opening it leaves.
        """
        leaves = isinstance(event, events.Key) and event.key == "ctrl+q"
        if leaves and not self._opened.is_set() and not self._behind:
            self.exit()
        elif isinstance(event, events.MouseEvent) and not self._opened.is_set():
            event.stop()  # what it would open is not there yet
        elif not self.typeahead.take(event):
            await super().on_event(event)

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

    # Commands of the table

    def open(self, name: str) -> None:
        """Opens a screen of the table, unless it has nothing to show here."""
        screen = table.screens()[name](self)
        if screen is not None:
            self.push_screen(screen)

    def open_entity(self, kind: str, id: str) -> None:
        """Opens the page of an entity, or of an event."""
        from taizhang_tui.screens.page import PageScreen

        self.push_screen(PageScreen(kind, id))

    def action_new(self) -> None:
        """Choose an action; those about what is in view come first."""
        from taizhang_tui.app.palette import choose_new

        choose_new(self, self.records)

    def action_palette(self) -> None:
        """Everything that can be done, by name."""
        from taizhang_tui.app.palette import choose_command

        def run(name: str) -> None:
            self.call_later(self.run_action, f"app.{name}")

        choose_command(self, self.records, run)

    def action_undo(self) -> None:
        """Take back the last action of one's own."""
        self.records.undo()

    def action_step(self, steps: int) -> None:
        """Step the effective day."""
        self.clocks.step(steps)

    def action_now(self) -> None:
        """Both clocks back to now."""
        self.clocks.reset()

    def action_theme(self) -> None:
        """Dark instead of light, or the other way round."""
        self.theme = theme.LIGHT.name if self.theme == theme.DARK.name else theme.DARK.name

    def action_help_quit(self) -> None:
        """Ctrl+C, with which other programs are left: in the user's language, as plain text."""
        self.notify(say("要退出请按 Ctrl+Q|press Ctrl+Q to quit", self.language))

    # Messages and colours

    def tell(self, pair: str, severity: SeverityLevel = "information", **values: Any) -> None:
        """Shows a message written as a pair, in which ``{name}`` stands for a value."""
        words = say(pair, self.language)
        for name, value in values.items():
            words = words.replace("{" + name + "}", str(value))
        self.notify(words, severity=severity)

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = False,
    ) -> None:
        """A message, always as plain text: it may hold people's names. Wrapped as Chinese is.

        Args:
            message: what is told.
            title: above it; none if empty.
            severity: information, warning or error.
            timeout: seconds for which it stands; the usual ones for None.
            markup: not read: the text is always plain.
        """
        lines = wrapped(cells.clean(message), max(20, int(self.size.width * WIDEST) - AROUND))
        super().notify(
            "\n".join(lines), title=title, severity=severity, timeout=timeout, markup=False
        )

    def viewed(self, how: How, subjects: Collection[str]) -> bool:
        """Notes, on the desk's thread, that somebody looked at persons."""
        from taizhang.store.viewings import TRACED

        if subjects and how in TRACED and self.desk.ws.read_only:
            self.tell(
                "只读打开，查阅无处可记，号码不显示全文"
                "|open read-only: that you looked cannot be noted, so no number is shown in full",
                "warning",
            )
            return False
        if subjects:
            self.run_worker(self._viewed(how, subjects), exit_on_error=False)
        return True

    async def _viewed(self, how: How, subjects: Collection[str]) -> None:
        from taizhang_eventstore.errors import StoreError

        try:
            await self.desk.do(lambda ws: ws.viewed(how, subjects))
        except StoreError as error:
            why = error.text(self.language)
            self.tell(
                "查阅没有记下：{why}|that you looked was not noted: {why}", "warning", why=why
            )

    @property
    def available_themes(self) -> dict[str, Theme]:
        """Textual's themes and ours, which need no registering."""
        return {**super().available_themes, **{look.name: look for look in theme.THEMES}}

    def refresh_css(self, animate: bool = True) -> None:
        """Reads the style sheet again, but only for other colours: Textual asks at the start too."""
        variables = self.get_css_variables()
        if variables != self._coloured:
            self._coloured = variables
            super().refresh_css(animate)

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


def _opens(name: str) -> Callable[[TaizhangApp], None]:
    def action(app: TaizhangApp) -> None:
        app.open(name)

    return action


for _name in table.screens():
    setattr(TaizhangApp, f"action_{_name}", _opens(_name))


def language() -> str:
    """``zh``, or ``en`` where TAIZHANG_LANG begins so."""
    return "en" if os.environ.get("TAIZHANG_LANG", "zh").lower().startswith("en") else "zh"
