"""What differs between two moments, as rows: the places of all, the content of those in view."""

from __future__ import annotations

import threading
from array import array
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from taizhang.readmodels.difference import ADDED, GONE, Difference, Line, Mark
from taizhang.readmodels.listing import DIM, Column, Row
from taizhang.readmodels.points import Point
from taizhang.readmodels.scope import Scope, scope_of
from taizhang.readmodels.wording import Names, pages, said, subject
from taizhang.store.paths import local_time
from taizhang_tui import cells
from taizhang_tui.data.desk import Desk, Moment
from taizhang_tui.data.looked import Subject
from taizhang_tui.words import say

if TYPE_CHECKING:
    from taizhang.declarations.programme import Table
    from taizhang.ledger.view import LedgerView

SIGNS = {ADDED: "＋ 新增|+ added", GONE: "－ 消失|- gone"}
CHANGED_SIGN = "～ 变更|~ changed"
NUMBERS = len(Mark._fields)


def point_of(ledger: LedgerView, moment: Moment, head: int) -> Point:
    """A screen's moment with both clocks set."""
    return Point(moment.on or ledger.on, head if moment.known is None else moment.known)


class DifferenceSource:
    """The differences of ``what`` between two moments, in the core's order."""

    def __init__(
        self, desk: Desk, what: Subject, before: Moment, after: Moment, language: str
    ) -> None:
        self.desk, self.what, self.language = desk, what, language
        head = desk.ledger(Moment()).value("SELECT max(seq) FROM _actions") or 0
        now = desk.ledger(Moment())
        self.before, self.after = (point_of(now, m, head) for m in (before, after))
        self._marks: array[int] | None = None
        self._once = threading.Lock()
        self._scope: Scope | None = None
        self._tables: list[Table[Any]] = []
        self.columns: Sequence[Column] = tuple(
            Column(key, say(words, language), least, most)
            for key, words, least, most in (
                ("of", "对象|What", 6, 18),
                ("sign", "差异|Change", 6, 9),
                ("content", "内容|Content", 10, 36),
                ("event", "事件|Event", 8, 22),
                ("on", "生效|True on", 10, 10),
                ("table", "台账|Table", 4, 16),
                ("actor", "经办|Actor", 4, 10),
                ("recorded", "登记|Recorded", 16, 16),
                ("reason", "事由|Reason", 4, 30),
            )
        )

    def _difference(self) -> Difference:
        """On the calling thread's connection."""
        known = max(self.before.known, self.after.known)
        ledger = self.desk.view.at(max(self.before.on, self.after.on), known)
        registry = ledger.registry
        if not self._tables:
            if self.what.kind and self.what.id:
                self._scope = scope_of(
                    ledger, self.what.kind, self.what.id, self.before, self.after
                )
                self._tables = self._scope.tables(registry)
            elif self.what.table is not None:
                self._tables = [registry.table(self.what.table)]
            else:
                self._tables = list(registry.tables.values())
        log = self.desk.ws.log
        return Difference(ledger, log, self.before, self.after, self._tables, self._scope)

    def marks(self) -> array[int]:
        """The places of all differences: forty bytes each."""
        with self._once:
            if self._marks is None:
                found: array[int] = array("q")
                for mark in self._difference().marks():
                    found.extend(mark)
                self._marks = found
        return self._marks

    def count(self) -> int:
        """How many there are."""
        return len(self.marks()) // NUMBERS

    def page(self, start: int, stop: int) -> Sequence[Row]:
        """Some of them with their events."""
        numbers = self.marks()[start * NUMBERS : stop * NUMBERS]
        marks = [Mark(*numbers[i : i + NUMBERS]) for i in range(0, len(numbers), NUMBERS)]
        if not marks:
            return []
        found = self._difference()
        lines = pages(found.lines(marks), found.ledger)
        return [
            self._row(mark, line, names) for mark, (line, names) in zip(marks, lines, strict=True)
        ]

    def index_of(self, key: str) -> int | None:
        """Where a difference stands."""
        wanted = array("q", Mark(*_numbers(key)[:NUMBERS]))
        marks = self.marks()
        for i in range(0, len(marks), NUMBERS):
            if marks[i : i + NUMBERS] == wanted:
                return i // NUMBERS
        return None

    def _row(self, mark: Mark, line: Line, names: Names) -> Row:
        language, event = self.language, line.events[-1] if line.events else None
        more = f" +{len(line.events) - 1}" if len(line.events) > 1 else ""
        texts = (
            subject(names, line.table, line.row, language),
            say(SIGNS.get(line.sign, CHANGED_SIGN), language),
            said(names, line, language),
            f"#{event.seq}{more} {event.title(language)}" if event else "",
            event.on.isoformat() if event else "",
            line.table.label.text(language),
            event.actor if event else "",
            local_time(event.recorded_at) if event else "",
            event.reason or "" if event else "",
        )
        mark_ = DIM if line.sign == GONE else None
        key = ":".join(map(str, (*mark, event.seq if event else 0)))
        return Row(key, tuple(map(cells.clean, texts)), (mark_,) * len(texts))

    def event_of(self, key: str) -> int:
        """The last event of a difference, 0 where there is none."""
        return _numbers(key)[-1]

    def row_of(self, key: str) -> tuple[str, str]:
        """The table of a difference, and its row's key."""
        mark = Mark(*_numbers(key)[:NUMBERS])
        return self._tables[mark.table].name, f"#{mark.src_b or mark.src_a}"


def _numbers(key: str) -> list[int]:
    return [int(n) for n in key.split(":")]
