"""A few questions over a screen, all answered at once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Static

from taizhang.decisions.parsing import parse_date
from taizhang_tui.desk.desk import Moment
from taizhang_tui.screens.host import Host, host_of
from taizhang_tui.widgets.editors import AnswerRow, Edited
from taizhang_tui.words import say

Answer = TypeVar("Answer")


class Questions(ModalScreen[Answer]):
    """Subclasses compose the questions and apply the answers, which stand in ``values`` by name."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,ctrl+s", "apply", show=False, priority=True),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, str] = {}

    @property
    def taizhang(self) -> Host:
        """The app."""
        return host_of(self)

    def rows(self, asked: Iterable[tuple[str, Widget]]) -> ComposeResult:
        """Each question, written as a pair, with what it is answered in."""
        for label, editor in asked:
            with AnswerRow():
                yield Static(Content(say(label, self.taizhang.language)), classes="form--label")
                yield editor

    @on(Edited)
    def _edited(self, event: Edited) -> None:
        event.stop()
        self.values[event.name] = event.value

    async def moment(self, on: str, known: str) -> Moment:
        """Returns the moment that was answered; raises TaizhangError or BilingualError where a clock is not readable."""
        day, position = self.values[on].strip(), self.values[known].strip()
        when = parse_date(day) if day else None
        desk = self.taizhang.desk
        return Moment(when, await desk.do(lambda ws: ws.known_at(position)) if position else None)
