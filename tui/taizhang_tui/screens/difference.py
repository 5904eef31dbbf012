"""What differs between two moments (差异), and the question which two."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from taizhang.readmodels.differences import Differences
from taizhang.readmodels.looked import Looked, Subject
from taizhang.readmodels.points import Point
from taizhang.readmodels.timeline import known_now
from taizhang.words.errors import TaizhangError
from taizhang_eventstore.errors import BilingualError
from taizhang_tui.desk.desk import Moment
from taizhang_tui.screens.base import Context, Framed
from taizhang_tui.screens.questions import Questions
from taizhang_tui.widgets.editors import DateEditor, TextEditor
from taizhang_tui.widgets.virtual_table import VirtualTable
from taizhang_tui.words import say

Pair = tuple[Moment, Moment]


class PointsScreen(Questions[Pair | None]):
    """Four questions: both clocks of both moments. Dismissed with these, or None."""

    DEFAULT_CSS = """
    PointsScreen { align: center top; background: $background 60%; }
    PointsScreen > Vertical {
        width: 70; max-width: 96%; height: auto; margin-top: 2; background: $panel; padding: 1 2;
    }
    PointsScreen .points--title { text-style: bold; margin-bottom: 1; }
    PointsScreen .points--note { color: $foreground 65%; margin-top: 1; height: auto; }
    PointsScreen .points--note.-wrong { color: $error; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", show=False),
    ]

    def __init__(self, pair: Pair) -> None:
        super().__init__()
        self.values = {
            f"{clock}{i}": "" if value is None else str(value)
            for i, moment in enumerate(pair)
            for clock, value in (("on", moment.on), ("known", moment.known))
        }

    def compose(self) -> ComposeResult:
        """The questions."""
        language = self.taizhang.language
        hint = say("留空为现在|empty is now", language)
        with Vertical():
            yield Static(
                Content(say("比较两个时点|Two moments", language)), classes="points--title"
            )
            yield from self.rows(
                (label, editor(name, self.values[name], hint))
                for label, name, editor in (
                    ("前：有效日期|From: true on", "on0", DateEditor),
                    ("前：所知|From: as known", "known0", TextEditor),
                    ("后：有效日期|To: true on", "on1", DateEditor),
                    ("后：所知|To: as known", "known1", TextEditor),
                )
            )
            note = say(
                "回车比较，Esc 取消。所知可写序号或登记日期、时间；只比所知时两个有效日期相同。"
                "|Enter compares, Esc cancels. As known is a position, a day or a time of recording.",
                language,
            )
            yield Static(Content(note), classes="points--note")

    @work(exclusive=True)
    async def action_apply(self) -> None:
        """Compare these."""
        app = self.taizhang
        try:
            pair = (await self.moment("on0", "known0"), await self.moment("on1", "known1"))
        except (TaizhangError, BilingualError) as error:
            note = self.query_one(".points--note", Static)
            note.set_class(True, "-wrong")
            note.update(Content(error.text(app.language)))
            return
        self.dismiss(pair)


class DifferenceScreen(Framed):
    """The differences of a table, an entity or everything between two moments."""

    ABOUT = (
        "两个时点之间新增、消失和变更的行，各附其事件；回车打开事件，w 看这一行的来由，t 另选两个时点。"
        "|Rows added, gone and changed between two moments, each with its event: enter opens it, w tells "
        "where the row comes from, t sets the two moments."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "返回|Back"),
        Binding("t,ｔ", "points", "时点|Moments"),
        Binding("w,ｗ", "app.why", "来由|Why"),
    ]

    def __init__(self, what: Subject, title: str, moment: Moment) -> None:
        """Compares ``moment`` with now, or a year ago where it is now, until others are chosen."""
        super().__init__()
        self.what, self.words, self._moment = what, title, moment
        self._chosen_pair: Pair | None = None
        self.source: Differences | None = None

    def content(self) -> ComposeResult:
        """Shows which two are compared, and the differences."""
        with Vertical(id="difference"):
            yield Static("", id="difference-note", markup=False)
            yield VirtualTable()

    @property
    def table(self) -> VirtualTable:
        """The differences."""
        return self.query_one(VirtualTable)

    @property
    def pair(self) -> Pair:
        """The two moments."""
        return self._chosen_pair or first_pair(self._moment, self.desk.today)

    def title_words(self) -> str:
        """The subject that is compared."""
        return f"{self.say('差异|Differences')} {self.words}"

    def context(self) -> Context:
        """New records are about what is compared."""
        return Context(**{self.what.kind: self.what.id or ""}) if self.what.kind else Context()

    def compared(self) -> Subject:
        """Returns the subject of this comparison."""
        return self.what

    def looked_at(self) -> Looked | None:
        """The row that differs."""
        key = self.table.cursor_key
        if key is None or self.source is None:
            return None
        return Looked(*self.source.row_of(key))

    def on_mount(self) -> None:
        """Read."""
        super().on_mount()
        self.table.focus()

    @work(exclusive=True, group="renew")
    async def renew(self, *, key: str | None = None, step: bool = False) -> None:  # type: ignore[override]
        """Compares anew."""
        desk, language = self.desk, self.taizhang.language
        before, after = await desk.read(self._points)
        later = Moment(max(before.on, after.on), max(before.known, after.known))
        read = partial(desk.ledger, later)
        self.source = Differences(read, desk.ws.log, self.what, before, after, language)
        self._note(None)
        self.table.empty = self.say(
            "两个时点之间没有差异；按 t 另选|nothing differs between the two; press t for others"
        )
        self.table.set_source(self.source, stay_near=True)

    def _points(self) -> tuple[Point, Point]:
        """Both moments with both clocks set."""
        now = self.desk.ledger(Moment())
        first, last = (
            Point(m.on or now.on, known_now(now) if m.known is None else m.known) for m in self.pair
        )
        return first, last

    def _note(self, count: int | None) -> None:
        if self.source is None:
            return
        before, after = self.source.before, self.source.after
        parts = []
        if before.on != after.on:
            parts.append(f"{self.say('有效|True on')} {before.on} → {after.on}")
        else:
            parts.append(f"{self.say('有效|True on')} {after.on}")
        if before.known != after.known:
            parts.append(f"{self.say('所知|As known')} #{before.known:,} → #{after.known:,}")
        else:
            parts.append(f"{self.say('所知|As known')} #{after.known:,}")
        shown = "…" if count is None else self.say("{n} 处|{n}").format(n=f"{count:,}")
        text = "   ".join([*parts, shown])
        self.query_one("#difference-note", Static).update(Content(text))

    @on(VirtualTable.Counted)
    def _counted(self, event: VirtualTable.Counted) -> None:
        self._note(event.count)

    @on(VirtualTable.RowChosen)
    def _chosen(self, event: VirtualTable.RowChosen) -> None:
        link = self.source.opens(event.key) if self.source is not None else None
        if link is not None:
            self.taizhang.open_entity(link.kind, link.id)

    def action_points(self) -> None:
        """Choose two other moments."""

        def chosen(pair: Pair | None) -> None:
            if pair is not None:
                self._chosen_pair = pair
                self.renew()

        self.taizhang.push_screen(PointsScreen(self.pair), chosen)


def first_pair(moment: Moment, today: dt.date) -> Pair:
    """The bar's clocks against now; where these are now, a year ago against now."""
    if moment.past:
        return moment, Moment()
    return Moment(a_year_before(today)), Moment(today)


def a_year_before(day: dt.date) -> dt.date:
    """Returns the day a year before; of 29 February the 28th."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)
