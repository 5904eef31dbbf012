"""The main screen: organisations as a tree, and beside it the members of the one in view."""

from __future__ import annotations

import asyncio
from typing import ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.timer import Timer

from taizhang.office.overview.members import FOUND_AT_MOST, PINYIN, REGISTRATION, WALKED, Members
from taizhang.office.overview.tree import Forest, MemberScope
from taizhang.readmodels.looked import Looked, Subject
from taizhang_tui.forms.waiting import notice
from taizhang_tui.screens.base import Context
from taizhang_tui.screens.filtered import Filtered
from taizhang_tui.widgets.filterline import FilterLine
from taizhang_tui.widgets.notice import NoticeLine
from taizhang_tui.widgets.orgtree import OrgTree
from taizhang_tui.widgets.virtual_table import VirtualTable

REGISTER = "member.register"
"""What is most often entered where members are listed."""

WIDE = 94
"""Cells of the terminal in which tree and all columns of the members fit."""

PAUSE = 0.06
"""Seconds that the cursor rests on an organisation before its members are read."""


class Home(Filtered):
    """Tree and members."""

    ABOUT = (
        "左边是组织，右边是光标所在组织（含下级）的党员。输入 / 后按姓名、拼音或首字母查找，回车打开。"
        "|Organisations on the left, members of the one under the cursor on the right. Type / and a "
        "name, its pinyin or initials to find; enter opens."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash,／", "filter", "筛选|Filter"),
        Binding("n", "app.new", "新建|New"),
        Binding("w,ｗ", "app.why", "来由|Why"),
        Binding("t", "app.clock", "时间|Time"),
        Binding("d,ｄ", "app.difference", "差异|Differences"),
        Binding("b", "app.tables", "台账|Tables"),
        Binding("l", "app.log", "日志|Log"),
        Binding("s", "sort", "排序|Sort"),
        Binding("i", "app.import", "导入|Import"),
        Binding("escape", "clear", "清除筛选|Clear filter", show=False),
        Binding("tab,shift+tab", "turn", "组织/党员|Tree or list", show=False),
        Binding("left", "turn", show=False),
        Binding("right", "turn", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.forest = Forest()
        self.scope = MemberScope("", "")
        self.order = ""  # by pinyin, unless there are too many to be sorted at once
        self._pause: Timer | None = None
        self._narrow = False
        self._read = False
        self._goto: str | None = None  # a new or changed row, until it has been shown
        self.filled = asyncio.Event()
        """Set when members have been shown for the first time."""

    def content(self) -> ComposeResult:
        """Tree, filter, table; below them the drafts that wait."""
        with Horizontal(id="home"):
            yield OrgTree(id="tree")
            with Vertical(id="right"):
                yield FilterLine("按姓名、拼音、首字母筛选|name, pinyin or initials", id="filter")
                yield VirtualTable(id="members")
        yield NoticeLine(id="drafts")

    @property
    def organisations(self) -> OrgTree:
        """The tree."""
        return self.query_one("#tree", OrgTree)

    @property
    def table(self) -> VirtualTable:
        """The members."""
        return self.query_one("#members", VirtualTable)

    def title_words(self) -> str:
        """The organisation in view."""
        return self.scope.name or (self.desk.ws.stamp.name if self.desk.ws.stamp else "")

    def context(self) -> Context:
        """The organisation, and the member if the table has the focus."""
        member = self.table.cursor_key if self.table.has_focus or self.filter.focused else None
        first = "" if self.organisations.has_focus else REGISTER
        return Context(first, organisation=self.scope.id, member=member or "")

    def looked_at(self) -> Looked | None:
        """The member under the cursor, or in the tree the organisation."""
        tree = self.organisations.has_focus
        key = (self.organisations if tree else self.table).cursor_key
        return None if key is None else Looked("organisations" if tree else "members", key)

    def compared(self) -> Subject:
        """The organisation in view."""
        return Subject(kind="organisation", id=self.scope.id) if self.scope.id else Subject()

    def compose(self) -> ComposeResult:
        """Nothing before the store is open: it would be laid out and painted twice."""
        if self.desk.is_open:
            yield from super().compose()

    def on_screen_resume(self) -> None:
        """Back in view: a form may have been left. Runs beside the base's, not instead."""
        self._tell_drafts()

    def _tell_drafts(self) -> None:
        if (line := self.query_one_optional("#drafts", NoticeLine)) is not None:
            view, language = self.desk.view, self.taizhang.language
            line.words = notice(view, self.desk.drafts.waiting(), language)

    async def begin(self) -> None:
        """The store is open: read, and begin in the table."""
        self._narrow = self.app.size.width < WIDE
        await self.recompose()
        self.table.focus()
        self.frame()
        self.renew()

    @work(exclusive=True, group="renew")
    async def renew(self, *, key: str | None = None, step: bool = False) -> None:  # type: ignore[override]
        """Reads the tree, then the members."""
        desk = self.desk
        self._goto = key = key or self._goto
        if not self._read and (outline := await desk.read(lambda: Forest.outline(desk.ledger()))):
            self._take(outline, key)
            self.table.when_shown(self.filled.set)
            await self.table.painted.wait()
        forest = await desk.read(lambda: Forest.read(desk.ledger()))
        if key is not None and key not in forest.nodes:
            sql = "SELECT organisation FROM memberships WHERE member = ?"
            branch = await desk.read(lambda: desk.ledger().value(sql, key))
            self._take(forest, key, branch or "")
        else:
            self._take(forest, key)
        self._goto = None
        self.table.when_shown(self.filled.set)
        self._tell_drafts()

    def _take(self, forest: Forest, key: str | None, branch: str = "") -> None:
        """Shows the tree and the members; goes to an organisation, or to where a member is."""
        self.forest = forest
        if not self.order and forest.tops:
            many = forest.scope(forest.tops[0].id).members
            self.order = PINYIN if 0 <= many <= WALKED else REGISTRATION
        place = self.organisations.cursor_key or (forest.tops[0].id if forest.tops else "")
        if key in forest.nodes:
            place = key or ""
        elif branch and branch not in forest.scope(place).ids:
            place = branch
        self.organisations.show(forest, self.taizhang.language, place or None)
        self._look_at(place, key)
        self._read = True

    @on(VirtualTable.RowHighlighted, "#tree")
    def _tree_moved(self, event: VirtualTable.RowHighlighted) -> None:
        if self._pause is not None:
            self._pause.stop()
        if event.key != self.scope.id:
            self._pause = self.set_timer(PAUSE, lambda: self._look_at(event.key))

    def _look_at(self, id: str, key: str | None = None) -> None:
        """Lists the members of an organisation."""
        same = id == self.scope.id and self._read
        self.scope = self.forest.scope(id)
        self.frame()
        self._list(stay=same, key=key)

    def on_resize(self, event: events.Resize) -> None:
        """Other columns come first where not all of them fit."""
        if self._read and self._narrow != (narrow := event.size.width < WIDE):
            self._narrow = narrow
            self._list()

    def _list(self, *, stay: bool = True, key: str | None = None) -> None:
        text = self.filter.text
        source = Members(
            self.desk.reading(),
            self.scope,
            order=self.order or REGISTRATION,
            text=text,
            language=self.taizhang.language,
            narrow=self._narrow,
            settings=self.desk.ws.paths.settings,
        )
        self.table.empty = self.say(
            "没有符合“{text}”的党员；Esc 清除筛选|no member matches “{text}”; Esc clears the filter"
            if text
            else (
                "这里还没有党员。\n按 n 登记党员，或按 i 导入名册。"
                "|There are no members here yet.\nPress n to register one, i to import a roster."
                if self.scope.id
                else "先建组织：按 n，选“成立组织”。|Begin with an organisation: press n."
            )
        ).replace("{text}", text)
        self.table.set_source(source, key=key, stay_near=stay and not text)
        self._count(None)

    @on(VirtualTable.Counted, "#members")
    def _counted(self, event: VirtualTable.Counted) -> None:
        self._count(event.count)

    def _count(self, count: int | None) -> None:
        every = self.scope.members
        if self.filter.text:
            most = "≥" if count == FOUND_AT_MOST else ""
            shown = f"{most}{count:,} / {every:,}" if count is not None else f"… / {every:,}"
        else:
            shown = f"{count:,}" if count is not None else "…"
        order = "拼音序|by pinyin" if self.order == PINYIN else "登记序|by entry"
        self.filter.count = shown
        self.filter.note = "" if self.filter.text else self.say(order)

    # Filter

    def action_clear(self) -> None:
        """Drop the filter; the cursor stays on its row."""
        if self.filter.text:
            self.filter.clear()
        self.table.focus()

    def action_turn(self) -> None:
        """From the tree to the members, or back."""
        (self.table if self.organisations.has_focus else self.organisations).focus()

    def action_sort(self) -> None:
        """Sort by pinyin, or in the order of registration."""
        self.order = REGISTRATION if self.order == PINYIN else PINYIN
        self._list()

    # Opening

    @on(VirtualTable.RowChosen, "#members")
    def _member(self, event: VirtualTable.RowChosen) -> None:
        self.taizhang.open_entity("member", event.key)

    @on(VirtualTable.RowChosen, "#tree")
    def _organisation(self, event: VirtualTable.RowChosen) -> None:
        self.taizhang.open_entity("organisation", event.key)
