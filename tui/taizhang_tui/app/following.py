"""How the app follows an open store: what others record, the seal, what its users have to know.

What is told is told once, as plain text, and stays long enough to be read.
"""

from __future__ import annotations

from collections.abc import Callable

from taizhang.isolation.guard import PluginFault
from taizhang_tui import cells
from taizhang_tui.app.sealwords import seal_words
from taizhang_tui.app.shell import Shell, full_screens
from taizhang_tui.desk.sealstate import SealState
from taizhang_tui.widgets.frame import Seal
from taizhang_tui.words import say

POLL = 0.4
"""Seconds between two looks at whether somebody else has recorded something."""

TELLING = 20.0
"""Seconds for which it is told that the ledger lacks events, or that a programme failed."""

SEE_PLUGINS = "（按 p 查看插件）| (press p for the programmes)"
"""Said after what went wrong with one."""


class Following:
    """Looks at the store every now and then, and has the screens follow."""

    def __init__(self, shell: Shell, turn: Callable[[], None]) -> None:
        """Begins nothing yet; ``turn`` has the screens go on to the next day once it has come."""
        self._shell = shell
        self._turn = turn
        self._told: tuple[str, str] | None = None
        self._told_older: tuple[str, str] | None = None
        self._faulty: set[str] = set()

    def begin(self) -> None:
        """Begins to follow, and tells what has to be known from the beginning."""
        self._shell.set_interval(POLL, self.poll)
        self._shell.call_after_refresh(self._warn)

    def _warn(self) -> None:
        """Tells what whoever uses the store has to know."""
        held = {str(plugin.warning) for plugin in self._shell.desk.ws.plugins if plugin.warning}
        for warning in self._shell.desk.ws.warnings():
            more = say(SEE_PLUGINS, self._shell.language) if str(warning) in held else ""
            self._shell.notify(
                warning.text(self._shell.language) + more, severity="warning", timeout=TELLING
            )

    async def poll(self) -> None:
        """Looks once at the day, what others have recorded, programmes' faults and the seal."""
        self._turn()
        if await self._shell.desk.changed():
            self.renew()
        self._tell_faults()
        if await self._shell.desk.look_at_seal():
            self._sealed()

    def _tell_faults(self) -> None:
        """Tells once of each programme that has failed since; those of the opening are told already."""
        from taizhang_tui.screens.standings import faults

        ws = self._shell.desk.ws
        told = {plugin.name for plugin in ws.plugins if plugin.warning}
        for name, fault in faults(ws).items():
            if name not in told and name not in self._faulty:
                self._faulty.add(name)
                said = PluginFault(fault).text(self._shell.language)
                words = said + say(SEE_PLUGINS, self._shell.language)
                self._shell.notify(words, severity="warning", timeout=TELLING)

    def _sealed(self) -> None:
        """The seal is another: have the top line say so, and a failure be told once."""
        trouble = self._shell.desk.sealed.trouble if self._shell.desk.sealed is not None else None
        if trouble is not None and trouble is not self._told:
            why = trouble[self._shell.language == "en"]
            self._shell.tell("封存未成：{why}|not sealed: {why}", "error", why=why)
        self._told = trouble
        older = self._shell.desk.sealed.older if self._shell.desk.sealed is not None else None
        if older is not None and older != self._told_older:
            why = older[self._shell.language == "en"]
            self._shell.tell(
                "{why}；现在什么也不登记|{why}; nothing is recorded now", "error", why=why
            )
        self._told_older = older
        for screen in full_screens(self._shell):
            screen.frame()

    def renew(self, key: str | None = None) -> None:
        """Has every screen read again."""
        for screen in full_screens(self._shell):
            if screen.is_mounted:  # one that is just being opened reads when it is there
                screen.frame()
                screen.renew(key=key)

    def seal(self) -> Seal:
        """The seal as the top line shows it; room is kept for it until it has been looked at."""
        state, head = self._shell.desk.sealed, self._shell.desk.ws.log.head()
        if state is None:
            words = seal_words(SealState(head, head), self._shell.language)
            return Seal(" " * cells.width(words.text), " " * cells.width(words.short))
        return seal_words(state, self._shell.language)
