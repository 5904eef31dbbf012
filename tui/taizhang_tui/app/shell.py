"""The app as its services and its table of screens see it: what screens see, and the screens themselves."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any, Protocol

from textual.notifications import SeverityLevel
from textual.screen import Screen

from taizhang_tui.screens.base import Framed
from taizhang_tui.screens.host import Host


class Shell(Host, Protocol):
    """A host with its stack of screens, its messages and its timers."""

    @property
    def screen_stack(self) -> Sequence[Screen[Any]]:
        """The screens, the one in view last."""
        ...

    def notify(
        self,
        message: str,
        *,
        severity: SeverityLevel = "information",
        timeout: float | None = None,
    ) -> None:
        """Shows a message as plain text.

        Args:
            message: what is told.
            severity: information, warning or error.
            timeout: seconds for which it stands.
        """
        ...

    def run_worker(
        self, work: Coroutine[Any, Any, None], *, group: str = "default", exit_on_error: bool = True
    ) -> object:
        """Runs work that outlives the screen that asked for it.

        Args:
            work: what is run.
            group: of which one runs at a time.
            exit_on_error: a fault in it ends the program.
        """
        ...

    def set_interval(self, interval: float, callback: Callable[[], Awaitable[None]]) -> object:
        """Calls ``callback`` every ``interval`` seconds."""
        ...

    def call_after_refresh(self, callback: Callable[[], None]) -> object:
        """Calls ``callback`` once what stands has been painted."""
        ...


def full_screens(shell: Shell) -> list[Framed]:
    """The full screens of the stack, the one in view last."""
    return [screen for screen in shell.screen_stack if isinstance(screen, Framed)]


def top(shell: Shell) -> Framed | None:
    """The full screen in view."""
    return next(reversed(full_screens(shell)), None)
