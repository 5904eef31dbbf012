"""What all full screens share: the frame, and how they follow the clocks and the store."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen

from taizhang.readmodels.looked import Subject
from taizhang_tui.desk.desk import Desk
from taizhang_tui.screens.host import Host, host_of
from taizhang_tui.widgets.frame import Clocks, KeyLine, TopLine
from taizhang_tui.widgets.virtual_table import VirtualTable
from taizhang_tui.words import say

if TYPE_CHECKING:
    from taizhang.readmodels.looked import Looked


class Context:
    """The entities that a screen stands on, by kind, of which new records are likely to be made."""

    def __init__(self, first: str = "", **entities: str) -> None:
        self.first = first
        """Name of the action that is most likely wanted."""
        self.entities = {kind: id for kind, id in entities.items() if id}


class Framed(Screen[None]):
    """A full screen in the frame. Subclasses give the content and read it in :meth:`renew`."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "back", "返回|Back", show=False)]
    ABOUT: str = ""
    """The screen's purpose, as a pair, shown above its keys in the help."""
    UNOFFERED: Collection[str] = ()
    """Actions of the app that lead nowhere from here: neither the line of keys nor help names them."""

    @property
    def desk(self) -> Desk:
        """The open store."""
        return self.taizhang.desk

    @property
    def taizhang(self) -> Host:
        """The app, as what it is."""
        return host_of(self)

    def say(self, pair: str) -> str:
        """A pair in the app's language."""
        return say(pair, self.taizhang.language)

    def compose(self) -> ComposeResult:
        """The frame around the content."""
        yield TopLine()
        yield from self.content()
        yield KeyLine()

    def content(self) -> ComposeResult:
        """The widgets between the two lines."""
        yield from ()

    def title_words(self) -> str:
        """The title for the top line."""
        return ""

    def context(self) -> Context:
        """The entities that new records would be about."""
        return Context()

    def looked_at(self) -> Looked | None:
        """The cell under the cursor, whose reasons can be asked for."""
        return None

    def compared(self) -> Subject | None:
        """The subject in which two moments are compared: all tables, unless the screen is about something."""
        return Subject()

    def on_mount(self) -> None:
        """Show the frame and read. A subclass's own handler runs before this one, not instead."""
        if self.desk.is_open:
            self.frame()
            self.renew()

    def on_screen_resume(self) -> None:
        """Back in view: the clocks may have moved meanwhile."""
        self.frame()

    def frame(self) -> None:
        """Brings the top line up to date."""
        line = self.query_one_optional(TopLine)
        if line is None:
            return  # the store is not open yet
        line.organisation = self.title_words()
        line.demo = self.desk.ws.demonstration
        line.clocks = self.taizhang.clocks.words()
        line.seal = self.taizhang.following.seal()

    def renew(self, *, key: str | None = None, step: bool = False) -> None:
        """Reads again: the store or (``step``) the clocks have changed; ``key`` is the new row."""

    @on(VirtualTable.SourceFailed)
    def _unread(self, event: VirtualTable.SourceFailed) -> None:
        """Rows could not be read: say so without the error's own words, and write down where."""
        from taizhang_tui.faults import write_down

        event.stop()
        if write_down(event.error) is not None:
            self.taizhang.tell("有的行读不出来；位置已记入日志|some rows cannot be read", "error")

    def action_back(self) -> None:
        """Return to the screen before."""
        self.dismiss()


__all__ = ["Clocks", "Context", "Framed"]
