"""Tables of every programme: the list of them, the rows of one, and the event log."""

from __future__ import annotations

from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from taizhang.declarations.programme import Table
from taizhang.ledger.schema import quoted
from taizhang.readmodels.eventlog import EventLog, typed
from taizhang.readmodels.listing import DIM, Column, Listed, Listing, Opening, Row
from taizhang.readmodels.looked import Looked, Subject
from taizhang.readmodels.rows import TableRows, placed
from taizhang_tui import cells
from taizhang_tui.forms.lines import line_behind
from taizhang_tui.screens.filtered import Filtered
from taizhang_tui.widgets.filterline import FilterLine
from taizhang_tui.widgets.virtual_table import VirtualTable


class ListingScreen(Filtered):
    """A filter line over a table of rows."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash,／", "filter", "筛选|Filter"),
        Binding("t", "app.clock", "时间|Time"),
        Binding("d,ｄ", "app.difference", "差异|Differences"),
        Binding("escape", "back", "返回|Back"),
    ]
    HINT: ClassVar[str] = "按任一列的文字筛选|text of any column"
    EMPTY: ClassVar[str] = "这里还没有记录；按 n 新建|nothing is recorded here yet; press n"

    def content(self) -> ComposeResult:
        """Filter, table."""
        with Vertical(id="listing"):
            yield FilterLine(self.HINT)
            yield Static("", id="listing-note", markup=False)
            yield VirtualTable()

    def note(self) -> str:
        """A sentence on what is listed, above it; nothing unless the screen has one."""
        return ""

    def source(self, text: str) -> Listing:
        """The rows that are left under a filter."""
        raise NotImplementedError

    def on_mount(self) -> None:
        """Read, and begin in the table."""
        self.table.focus()

    def renew(self, *, key: str | None = None, step: bool = False) -> None:
        """Reads again; the cursor stays."""
        self._list(stay=True)

    def _list(self, *, stay: bool = False) -> None:
        text = self.filter.text
        self.table.empty = self.say(
            "没有符合的行；Esc 清除筛选|no row matches; Esc clears the filter"
            if text
            else self.EMPTY
        )
        self.filter.count = "…"
        note = self.query_one("#listing-note", Static)
        note.update(Content(words := cells.clean(self.note())))
        note.display = bool(words)
        self.table.set_source(self.source(text), stay_near=stay)

    @on(VirtualTable.Counted)
    def _counted(self, event: VirtualTable.Counted) -> None:
        self.filter.count = f"{event.count:,}"

    @on(VirtualTable.RowChosen)
    def _chosen(self, event: VirtualTable.RowChosen) -> None:
        self.open(event.key)

    def open(self, key: str) -> None:
        """Open a row: what it says that it opens, or the event behind it."""
        source = self.table.source
        link = source.opens(key) if isinstance(source, Opening) else None
        if link is not None:
            self.taizhang.open_entity(link.kind, link.id)
        elif key[:1].isdigit():
            self.taizhang.open_entity("event", str(placed(key)[0]))

    def action_back(self) -> None:
        """Drop the filter first, then leave."""
        if self.filter.text:
            self.filter.clear()
        else:
            self.dismiss()


class TableScreen(ListingScreen):
    """One table."""

    ABOUT = (
        "一张台账在有效日期的全部行；/ 筛选任一列，回车打开登记该行的事件。e 更正、x 作废该事件；"
        "出自明细的行只改这一行。"
        "|All rows of a table on the effective day; / filters any column, enter opens the event. e corrects "
        "and x voids it; of a row that comes from a line, that line alone."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("e", "correct", "更正|Correct"),
        Binding("x", "void", "作废|Void"),
        Binding("w,ｗ", "app.why", "来由|Why"),
    ]

    def __init__(self, table: Table[Any]) -> None:
        super().__init__()
        self.declared = table

    def title_words(self) -> str:
        """The table's label."""
        return self.declared.label.text(self.taizhang.language)

    def looked_at(self) -> Looked | None:
        """The cell under the cursor."""
        key = self.table.cursor_key
        column = self.table.cursor_column_key
        return None if key is None else Looked(self.declared.name, f"#{key}", column)

    def compared(self) -> Subject:
        """The table."""
        return Subject(table=self.declared.name)

    def source(self, text: str) -> Listing:
        """Its rows."""
        return TableRows(self.desk.reading(), self.declared, text, self.taizhang.language)

    def _meant(self) -> tuple[int, str | None] | None:
        """The event behind the row under the cursor, and the line where the row is of one."""
        key = self.table.cursor_key
        if key is None or not key[:1].isdigit():
            return None
        seq, number = placed(key)
        return seq, line_behind(self.desk.view, self.declared, seq, number)

    def action_correct(self) -> None:
        """Correct the event behind the row, or its line."""
        if (meant := self._meant()) is not None:
            self.taizhang.records.correct(meant[0], line=meant[1])

    def action_void(self) -> None:
        """Void the event behind the row, or its line."""
        if (meant := self._meant()) is not None:
            self.taizhang.records.void(meant[0], line=meant[1])


class LogScreen(ListingScreen):
    """The event log."""

    ABOUT = (
        "事件日志，最新在前。/ 后输入事件名称（登记党员）、序号（#123）、类型开头（member.）或标签（member:编号）。"
        "|The event log, newest first. / takes what happened (left), a position (#123), the beginning "
        "of a type (member.) or a tag (member:id)."
    )
    UNOFFERED = ("why",)
    HINT = "事件名称、#序号、类型或标签|what happened, #position, type or tag"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("e", "correct", "更正|Correct"),
        Binding("x", "void", "作废|Void"),
    ]

    def title_words(self) -> str:
        """The log."""
        return self.say("事件日志|Event log")

    def source(self, text: str) -> Listing:
        """Its events."""
        desk = self.desk
        wanted = typed(desk.ws.registry, text)
        return EventLog(lambda: desk.view, wanted, self.taizhang.language, desk.moment.known)

    def action_correct(self) -> None:
        """Correct the event under the cursor."""
        if (key := self.table.cursor_key) is not None:
            self.taizhang.records.correct(int(key))

    def action_void(self) -> None:
        """Void the event under the cursor."""
        if (key := self.table.cursor_key) is not None:
            self.taizhang.records.void(int(key))


class TablesScreen(ListingScreen):
    """All tables."""

    ABOUT = (
        "全部台账，含各项目插件的；回车打开一张。"
        "|All tables, those of programmes included; enter opens one."
    )
    UNOFFERED = ("why",)
    HINT = "按名称筛选|name"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("p,ｐ", "app.plugins", "插件|Plugins")]

    def title_words(self) -> str:
        """The title of the list."""
        return self.say("全部台账|All tables")

    def compared(self) -> Subject:
        """The table under the cursor."""
        return Subject(table=self.table.cursor_key)

    def source(self, text: str) -> Listing:
        """Tables with owner and number of rows."""
        language = self.taizhang.language
        ledger = self.desk.ledger()
        columns = (
            Column("label", self.say("台账|Table"), 12, 30),
            Column("rows", self.say("行数|Rows"), 6, 12, "number"),
            Column("owner", self.say("所属|Programme"), 8, 26),
            Column("name", self.say("名称|Name"), 8, 30),
        )
        rows = []
        registry = self.desk.ws.registry
        for table in registry.tables.values():
            owner = registry.programmes[table.owner].label.text(language)
            label = table.label.text(language)
            if text and text.lower() not in f"{label} {owner} {table.name}".lower():
                continue
            count = ledger.value(f"SELECT count(*) FROM {quoted(table.name)}")
            shown = (label, f"{count:,}", owner, table.name)
            rows.append(Row(table.name, shown, (None, None, None, DIM)))
        return Listed(columns, rows)

    def open(self, key: str) -> None:
        """Open a table."""
        self.taizhang.push_screen(TableScreen(self.desk.ws.registry.tables[key]))
