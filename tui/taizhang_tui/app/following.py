"""How the app follows an open store: what others record, the seal, what its users have to know.

What is told is told once, as plain text, and stays long enough to be read.
"""

from __future__ import annotations

from textual.notifications import SeverityLevel

from taizhang.isolation.guard import PluginFault
from taizhang_tui import cells
from taizhang_tui.app.commands import Commands
from taizhang_tui.app.sealwords import seal_words
from taizhang_tui.data.sealstate import SealState
from taizhang_tui.screens.base import Framed
from taizhang_tui.widgets.frame import Seal
from taizhang_tui.words import say
from taizhang_tui.wordwrap import wrapped

POLL = 0.4
"""Seconds between two looks at whether somebody else has recorded something."""

TELLING = 20.0
"""Seconds for which it is told that the ledger lacks events, or that a programme failed."""

WIDEST = 0.62
"""The part of the screen's width that a message may take, as in ``styles.tcss``."""

AROUND = 6
"""Cells of it that are not for words."""

SEE_PLUGINS = "（按 p 查看插件）| (press p for the programmes)"
"""Said after what went wrong with one."""


class Following(Commands):
    """Looks at the store every now and then, and has the screens follow."""

    def __init__(self, *, dark: bool = True) -> None:
        super().__init__(dark=dark)
        self._told: tuple[str, str] | None = None
        self._faulty: set[str] = set()

    def follow(self) -> None:
        """Begins to; and tells what has to be known from the beginning."""
        self.set_interval(POLL, self._poll)
        self.call_after_refresh(self._warn)

    def _warn(self) -> None:
        """Tells what whoever uses the store has to know."""
        held = {str(plugin.warning) for plugin in self.desk.ws.plugins if plugin.warning}
        for warning in self.desk.ws.warnings():
            more = say(SEE_PLUGINS, self.language) if str(warning) in held else ""
            self.notify(warning.text(self.language) + more, severity="warning", timeout=TELLING)

    async def _poll(self) -> None:
        if await self.desk.changed():
            self.renew()
        self._tell_faults()
        if await self.desk.look_at_seal():
            self._sealed()

    def _tell_faults(self) -> None:
        """Tells once of each programme that has failed since; those of the opening are told already."""
        from taizhang_tui.data.plugins import faults

        ws = self.desk.ws
        told = {plugin.name for plugin in ws.plugins if plugin.warning}
        for name, fault in faults(ws).items():
            if name not in told and name not in self._faulty:
                self._faulty.add(name)
                said = PluginFault(fault).text(self.language)
                words = said + say(SEE_PLUGINS, self.language)
                self.notify(words, severity="warning", timeout=TELLING)

    def _sealed(self) -> None:
        """The seal is another: have the top line say so, and a failure be told once."""
        trouble = self.desk.sealed.trouble if self.desk.sealed is not None else None
        if trouble is not None and trouble is not self._told:
            why = trouble[self.language == "en"]
            self.tell("封存未成：{why}|not sealed: {why}", "error", why=why)
        self._told = trouble
        for screen in self.screen_stack:
            if isinstance(screen, Framed):
                screen.frame()

    def renew(self, key: str | None = None) -> None:
        """Has every screen read again."""
        for screen in self._framed():
            screen.frame()
            screen.renew(key=key)

    def _framed(self) -> list[Framed]:
        """The full screens; not one that is just being opened, which reads when it is there."""
        return [s for s in self.screen_stack if isinstance(s, Framed) and s.is_mounted]

    def seal_words(self) -> Seal:
        """The seal as the top line shows it; room is kept for it until it has been looked at."""
        state, head = self.desk.sealed, self.desk.ws.log.head()
        if state is None:
            words = seal_words(SealState(head, head), self.language)
            return Seal(" " * cells.width(words.text), " " * cells.width(words.short))
        return seal_words(state, self.language)

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = False,
    ) -> None:
        """A message, always as plain text: it may hold people's names. Wrapped as Chinese is."""
        lines = wrapped(cells.clean(message), max(20, int(self.size.width * WIDEST) - AROUND))
        super().notify(
            "\n".join(lines), title=title, severity=severity, timeout=timeout, markup=False
        )
