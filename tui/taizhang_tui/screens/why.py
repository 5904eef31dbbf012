"""Why a cell shows what it shows (来由): the columns of a row with their events, and their pasts."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from taizhang.readmodels.behind import texts
from taizhang.readmodels.listing import Opening
from taizhang.readmodels.locating import Place, locate
from taizhang.readmodels.looked import Looked
from taizhang.readmodels.origin import Origin, Past, ShownColumn, columns, pasts
from taizhang.readmodels.why import Cell, Story
from taizhang.words.errors import TaizhangError
from taizhang_tui import cells
from taizhang_tui.desk.desk import Moment
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
        self.title_text = ""
        self.mask = True
        self._place: Place | None = None
        self._day: object = None

    def _origin(self, moment: Moment) -> Origin:
        """The row at both clocks, on the thread that asks. A row of another day is looked at as it stood
        last or first, until the day itself is moved.
        """
        ledger = self.desk.ledger(moment)
        if self._place is None:
            table = ledger.registry.table(self.looked.table)
            self._place = locate(ledger, table, self.looked.key)
        story = Story(ledger, self.desk.ws.log, self._place)
        return Origin(story, self.taizhang.language, plain=not self.mask)

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
        return self.title_text

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
        self._day = self.desk.day
        super().on_mount()
        self.columns.focus()

    @work(exclusive=True, group="renew")
    async def renew(self, *, key: str | None = None, step: bool = False) -> None:  # type: ignore[override]
        """Reads the row; with another day on the clock the row of that day."""
        moment = self.desk.pinned()
        if self.desk.day != self._day:
            self._day = self.desk.day
            if self._place is not None:
                self._place = replace(self._place, day=self._day.isoformat())

        def read() -> tuple[str, str, str, list[ShownColumn]]:
            origin = self._origin(moment)
            return origin.title, self._note(origin), origin.first, origin.columns()

        try:
            title, words, first, found = await self.desk.read(read)
        except TaizhangError as error:
            self.notify(error.text(self.taizhang.language), severity="warning")
            self.dismiss()
            return
        self.title_text = cells.clean(title)
        self.frame()
        note = self.query_one("#why-note", Static)
        note.update(Content(words))
        note.display = bool(words)
        wanted = (self.looked.column or first) if self.columns.source is None else None
        # All columns are in view where at least a few lines stay for the pasts.
        self.columns.styles.height = min(len(found) + 1, max(5, self.size.height // 2))
        self.columns.set_source(columns(found, self.taizhang.language), key=wanted, stay_near=True)
        self._look(self.columns.cursor_key, moment)

    def _note(self, origin: Origin) -> str:
        """Why there is no row, where there is none."""
        begins = origin.story.begins()
        words = {
            None: "",
            "ended": "{on} 没有这一行：它已结束|no such row on {on}: it has ended",
            "begins": "{on} 还没有这一行；始于 #{seq}|no such row yet on {on}; it begins with #{seq}",
            "never": "没有这一行|there is no such row",
        }[origin.missing]
        seq = begins.seq if begins is not None else ""
        return self.say(words).format(on=origin.story.place.day, seq=seq) if words else ""

    @on(VirtualTable.RowHighlighted, "#why-columns")
    def _moved(self, event: VirtualTable.RowHighlighted) -> None:
        self._look(event.key, self.desk.pinned())

    @work(exclusive=True, group="pasts")
    async def _look(self, column: str | None, moment: Moment) -> None:
        """Shows the pasts of a column."""
        if column is None:
            return

        def read() -> tuple[str, list[Past]]:
            origin = self._origin(moment)
            cell = origin.story.cell(column)
            return self._detail(cell), origin.pasts(cell)

        text, found = await self.desk.read(read)
        self.query_one("#why-event", Static).update(Content(text))
        self.pasts.empty = self.say("这一栏此前没有别的值|this column never showed anything else")
        self.pasts.set_source(pasts(found, self.taizhang.language))

    def _detail(self, cell: Cell) -> str:
        """The event in full: what does not fit on its line."""
        if cell.behind is None:
            return self.say("没有事件定过这一栏|no event has set this column")
        told = texts(cell.behind, self.taizhang.language)
        parts = [
            told.event,
            f"{self.say('生效|True on')} {told.on}",
            f"{self.say('登记|Recorded')} {told.recorded} {told.actor}",
        ]
        if told.reason:
            parts.append(f"{self.say('事由|Reason')} {told.reason}")
        if told.document:
            parts.append(f"{self.say('文号|Document')} {told.document}")
        return cells.clean("   ".join(parts))

    @on(VirtualTable.RowChosen)
    def _chosen(self, event: VirtualTable.RowChosen) -> None:
        source = (self.columns if event.table is self.columns else self.pasts).source
        link = source.opens(event.key) if isinstance(source, Opening) else None
        if link is not None:
            self.taizhang.open_entity(link.kind, link.id)

    def action_turn(self) -> None:
        """From the columns to the pasts, or back."""
        (self.columns if self.pasts.has_focus else self.pasts).focus()

    def action_unmask(self) -> None:
        """Show telephone and ID numbers, or hide them again."""
        story = self._origin(self.desk.moment).story
        if not self.mask or self.taizhang.viewed("numbers", story.subjects()):
            self.mask = not self.mask
            self.renew()
