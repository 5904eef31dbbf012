"""A page about one thing: details above, lines of its past below, each leading on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.style import Style
from textual.widgets import Static

from taizhang.office.overview.facts import facts
from taizhang.readmodels.eventpage import event_page
from taizhang.readmodels.looked import Looked, Subject
from taizhang.readmodels.pages import Page, Target, entity_page
from taizhang_tui import cells
from taizhang_tui.forms.lines import line_behind
from taizhang_tui.screens.base import Context, Framed
from taizhang_tui.widgets.virtual_table import VirtualTable
from taizhang_tui.wordwrap import wrapped


class PageScreen(Framed):
    """The page of an entity, or of an event."""

    DEFAULT_CSS = """
    PageScreen {
        & #page { padding: 0 1; }
        & #page-facts { height: auto; max-height: 45%; margin: 1 0; padding: 0 1; }
        & #page-facts.-ended { color: $foreground 60%; }
    }
    """
    ABOUT = (
        "上方是当前情况，下方每一行后面是登记它的事件；回车打开事件，或打开上下级、沿革中的组织和党员。"
        "e 更正、x 作废光标所在行的事件；v 显示或遮住电话和身份号码。"
        "|What holds is above; each line below has the event behind it. Enter opens the event, or the "
        "organisation or member that a line names. e corrects and x voids the event of the line."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "返回|Back"),
        Binding("n", "app.new", "新建|New"),
        Binding("e", "correct", "更正|Correct"),
        Binding("x", "void", "作废|Void"),
        Binding("w,ｗ", "app.why", "来由|Why"),
        Binding("v", "unmask", "号码|Numbers"),
        Binding("t", "app.clock", "时间|Time"),
        Binding("d,ｄ", "app.difference", "差异|Differences"),
    ]

    def __init__(self, kind: str, id: str) -> None:
        super().__init__()
        self.kind, self.id_ = kind, id
        if kind == "event":
            self.UNOFFERED = ("app.why", "why", "app.difference", "difference")
        self.page = Page("")
        self.mask = True

    def content(self) -> ComposeResult:
        """Details, lines."""
        with Vertical(id="page"):
            yield Static("", id="page-facts")
            yield VirtualTable(id="page-lines")

    def title_words(self) -> str:
        """The entity that it is about."""
        return self.page.title

    def context(self) -> Context:
        """New records are about this, or about what the event refers to: of each kind the first."""
        if self.kind != "event":
            return Context(**{self.kind: self.id_})
        told = [target for target in self.page.targets.values() if target.kind != "event"]
        return Context(**{target.kind: target.id for target in reversed(told)})

    def looked_at(self) -> Looked | None:
        """The row of the line under the cursor, or where there is none that of the page's entity."""
        if self.kind == "event":
            return None
        key = self.query_one(VirtualTable).cursor_key or ""
        table, _, rest = key.partition(":")
        seq = rest.rpartition(":")[2]
        if key in self.page.targets and table in self.desk.ws.registry.tables:
            return Looked(table, f"#{seq}")
        return Looked(self.desk.ws.registry.entity(self.kind).table.name, self.id_)

    def compared(self) -> Subject | None:
        """The title of the page."""
        return None if self.kind == "event" else Subject(kind=self.kind, id=self.id_)

    def on_mount(self) -> None:
        """Read, note who looks, and begin in the lines."""
        if self.kind in self.desk.ws.registry.persons:
            self.taizhang.viewed("page", [f"{self.kind}:{self.id_}"])
        self.query_one(VirtualTable).focus()

    def on_resize(self) -> None:
        """Lay the details out anew."""
        self._facts()

    def renew(self, *, key: str | None = None, step: bool = False) -> None:
        """Reads the page."""
        language = self.taizhang.language
        if self.kind == "event":
            page = event_page(self.desk.view, int(self.id_), language, self.mask)
        else:
            page = entity_page(self.desk.ledger(), self.kind, self.id_, language, self.mask, facts)
        if page is None:
            self.dismiss()
            return
        self.page = page
        self.frame()
        self.query_one("#page-facts", Static).set_class(not page.living, "-ended")
        self._facts()
        table = self.query_one(VirtualTable)
        table.empty = self.say("没有记录|nothing is recorded")
        table.set_source(page.listing(language), stay_near=True)

    def _facts(self) -> None:
        width = max(20, self.size.width - 4)
        self.query_one("#page-facts", Static).update(laid_out(self.page.facts, width))

    @property
    def target(self) -> Target | None:
        """The target of the line under the cursor."""
        return self.page.targets.get(self.query_one(VirtualTable).cursor_key or "")

    @on(VirtualTable.RowChosen)
    def _chosen(self, event: VirtualTable.RowChosen) -> None:
        target = self.page.targets.get(event.key)
        if target is not None and (target.kind, target.id) != (self.kind, self.id_):
            self.taizhang.open_entity(target.kind, target.id)

    def _seq(self) -> int | None:
        """The event that a key means: the line's in the pages of entities, else the page's own."""
        target = self.target
        if self.kind == "event":
            listed = target is not None and target.kind == "event"
            return target.seq if listed and target is not None else int(self.id_)
        return target.seq if target is not None and target.seq else None

    def _line(self) -> str | None:
        """The line of that event which alone is meant, where the line of the page comes from one."""
        if self.target is None or not self.target.row[1]:
            return None
        table, number = self.target.row
        return line_behind(
            self.desk.view, self.desk.ws.registry.table(table), self.target.seq, number
        )

    def action_correct(self) -> None:
        """Correct the event behind the line."""
        if (seq := self._seq()) is not None:
            self.taizhang.records.correct(seq, line=self._line())

    def action_void(self) -> None:
        """Void the event behind the line."""
        if (seq := self._seq()) is not None:
            self.taizhang.records.void(seq, line=self._line())

    def action_unmask(self) -> None:
        """Show telephone and ID numbers, or hide them again."""
        if not self.mask or self.taizhang.viewed("numbers", self.page.subjects):
            self.mask = not self.mask
            self.renew()


def laid_out(facts: Sequence[tuple[str, str]], width: int) -> Content:
    """Details in two columns where both fit, in one where a text is long; further lines indented."""
    dim = Style(dim=True)
    half = (width - 3) // 2
    widest = min(14, max((cells.width(name) for name, _ in facts), default=0))
    parts: list[Content | tuple[str, Style]] = []
    room = 0
    for name, text in facts:
        shown = cells.clean(text)
        short = widest + 2 + cells.width(shown) <= half
        if not short or room < half:
            if parts:
                parts.append(Content("\n"))
            room = width
        else:
            parts.append(Content("   "))
        parts += [(cells.pad(name, widest) + "  ", dim)]
        if not short:
            indent = "\n" + " " * (widest + 2)
            shown = indent.join(wrapped(shown, max(10, width - widest - 2)))
        elif room == width:
            shown = cells.pad(shown, half - widest - 2)
        parts.append(Content(shown))
        room = room - half - 3 if short else 0
    return Content.assemble(*parts)
