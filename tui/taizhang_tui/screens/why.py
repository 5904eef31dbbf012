"""Why a cell shows what it shows (来由): the columns of a row with their events, and their pasts."""

from __future__ import annotations

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from taizhang.words.errors import TaizhangError
from taizhang_tui.data.desk import Moment
from taizhang_tui.data.looked import Looked
from taizhang_tui.data.why import Page, Rows, WhyReader, columns_source, pasts_source
from taizhang_tui.screens.base import Context, Framed
from taizhang_tui.widgets.virtual_table import VirtualTable


class WhyScreen(Framed):
    """One row: choose a column above, see its pasts below."""

    ABOUT = (
        "上方每一栏后面是定下它的事件；光标移到哪一栏，下方就列出它此前各日的值（此前）和这一天历来所知的"
        "值（曾知）。Tab 在上下之间切换，回车打开事件。"
        "|Each column above has the event that set it; of the one under the cursor, what it showed on "
        "earlier days (Before) and what was known of this day (Known) stands below. Tab goes from one "
        "to the other, enter opens the event."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "返回|Back"),
        Binding("tab,shift+tab", "turn", "上/下|Turn"),
        Binding("v,ｖ", "unmask", "号码|Numbers"),
        Binding("t,ｔ", "app.clock", "时间|Time"),
    ]

    def __init__(self, looked: Looked) -> None:
        super().__init__()
        self.looked = looked
        self.page = Page("", "", [], "", Rows())
        self.past = Rows()
        self._reader: WhyReader | None = None
        self._day: object = None

    @property
    def reader(self) -> WhyReader:
        """Where the story is read."""
        if self._reader is None:
            self._reader = WhyReader(self.desk, self.looked, self.taizhang.language)
        return self._reader

    def content(self) -> ComposeResult:
        """Columns, the event, pasts."""
        with Vertical(id="why"):
            yield Static("", id="why-note", markup=False)
            yield VirtualTable(id="why-columns")
            yield Static("", id="why-event", markup=False)
            yield VirtualTable(id="why-pasts")

    @property
    def columns(self) -> VirtualTable:
        """The columns."""
        return self.query_one("#why-columns", VirtualTable)

    @property
    def pasts(self) -> VirtualTable:
        """The pasts of the column under the cursor."""
        return self.query_one("#why-pasts", VirtualTable)

    def title_words(self) -> str:
        """The row."""
        return self.page.title

    def context(self) -> Context:
        """New records are about the row's entity."""
        table = self.desk.ws.registry.table(self.looked.table)
        known = table.entity and not self.looked.key.startswith("#")
        return Context(**{str(table.entity): self.looked.key}) if known else Context()

    def looked_at(self) -> Looked:
        """This row."""
        return self.looked

    def on_mount(self) -> None:
        """Read, and begin in the columns."""
        self._day = self.desk.moment.on
        super().on_mount()
        self.columns.focus()

    @work(exclusive=True, group="renew")
    async def renew(self, *, key: str | None = None, step: bool = False) -> None:  # type: ignore[override]
        """Reads the row; with another day on the clock the row of that day."""
        moment = self.desk.moment
        if moment.on != self._day:
            self._day = moment.on
            self.reader.move(self.desk.day)
        try:
            self.page = await self.desk.read(lambda: self.reader.page(moment))
        except TaizhangError as error:
            self.notify(error.text(self.taizhang.language), severity="warning")
            self.dismiss()
            return
        self.frame()
        note = self.query_one("#why-note", Static)
        note.update(Content(self.page.note))
        note.display = bool(self.page.note)
        first = self.columns.source is None
        wanted = (self.looked.column or self.page.first) if first else None
        source = columns_source(self.page.lines, self.taizhang.language)
        # All columns are in view where at least a few lines stay for the pasts.
        self.columns.styles.height = min(len(self.page.columns) + 1, max(5, self.size.height // 2))
        self.columns.set_source(source, key=wanted, stay_near=True)
        self._look(self.columns.cursor_key, moment)

    @on(VirtualTable.RowHighlighted, "#why-columns")
    def _moved(self, event: VirtualTable.RowHighlighted) -> None:
        self._look(event.key, self.desk.moment)

    @work(exclusive=True, group="pasts")
    async def _look(self, column: str | None, moment: Moment) -> None:
        """Shows the pasts of a column."""
        if column is None:
            return
        text, self.past = await self.desk.read(lambda: self.reader.pasts(column, moment))
        self.query_one("#why-event", Static).update(Content(text))
        self.pasts.empty = self.say("这一栏此前没有别的值|this column never showed anything else")
        self.pasts.set_source(pasts_source(self.past, self.taizhang.language))

    @on(VirtualTable.RowChosen)
    def _chosen(self, event: VirtualTable.RowChosen) -> None:
        rows = self.page.lines if event.table is self.columns else self.past
        if (seq := rows.events.get(event.key)) is not None:
            self.taizhang.open_entity("event", str(seq))

    def action_turn(self) -> None:
        """From the columns to the pasts, or back."""
        (self.columns if self.pasts.has_focus else self.pasts).focus()

    def action_unmask(self) -> None:
        """Show telephone and ID numbers, or hide them again."""
        self.reader.mask = not self.reader.mask
        self.renew()
