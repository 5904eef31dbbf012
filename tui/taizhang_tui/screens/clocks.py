"""Setting both clocks (时间): when it was true, and what was known."""

from __future__ import annotations

from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from taizhang.words.errors import TaizhangError
from taizhang_eventstore.errors import BilingualError
from taizhang_tui.desk.desk import Moment
from taizhang_tui.screens.questions import Questions
from taizhang_tui.widgets.editors import ChoiceEditor, DateEditor, TextEditor
from taizhang_tui.words import say
from taizhang_tui.wordwrap import Words

STEPS = (("1", "一个月|a month"), ("3", "一季度|a quarter"), ("12", "一年|a year"))


class ClockScreen(Questions[None]):
    """Three questions; enter applies them."""

    DEFAULT_CSS = """
    ClockScreen { align: center top; background: $background 60%; }
    ClockScreen > Vertical {
        width: 80; max-width: 100%; height: auto; margin-top: 2; background: $panel; padding: 1 2;
    }
    ClockScreen .clock--title { text-style: bold; margin-bottom: 1; }
    ClockScreen .clock--note { color: $foreground 65%; margin-top: 1; }
    ClockScreen .clock--note.-wrong { color: $error; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", show=False),
    ]

    def compose(self) -> ComposeResult:
        """The questions, and how they are answered."""
        app = self.taizhang
        language = app.language
        moment = app.desk.moment
        self.values = {
            "on": app.desk.day.isoformat(),
            "known": str(moment.known) if moment.known is not None else "",
            "step": str(app.clocks.step_months),
        }
        self._began = self.values["on"]
        steps = [(key, say(pair, language)) for key, pair in STEPS]
        known = say(
            "留空为现在；可写序号或日期时间|empty is now; a position, or a date and time", language
        )
        with Vertical():
            yield Static(Content(say("时间|Time", language)), classes="clock--title")
            yield from self.rows(
                (
                    ("有效日期|True on", DateEditor("on", self.values["on"])),
                    ("所知|As known", TextEditor("known", self.values["known"], known)),
                    ("[ ] 步长|[ ] step", ChoiceEditor("step", self.values["step"], "", steps)),
                )
            )
            yield Words(self._note(language), classes="clock--note")

    def _note(self, language: str) -> str:
        return say(
            "回车确定，Esc 取消。Ctrl+↑↓ 前后一天。之后 [ ] 按步长前后移动，{ } 一次一年，0 回到现在。"
            "|Enter applies, Esc cancels, ctrl+↑↓ is a day. Then [ ] step, { } step a year, 0 is now.",
            language,
        )

    @work(exclusive=True)
    async def action_apply(self) -> None:
        """Set the clocks."""
        app = self.taizhang
        try:
            moment = await self.moment("on", "known")
        except (TaizhangError, BilingualError) as error:
            note = self.query_one(Words)
            note.set_class(True, "-wrong")
            note.update(error.text(app.language))
            return
        if self.values["on"] == self._began:
            # Nobody has typed a day: the one that stands there may be yesterday by now.
            moment = Moment(app.desk.moment.on, moment.known)
        app.clocks.step_months = int(self.values["step"] or 1)
        self.dismiss()
        app.clocks.move(moment)
