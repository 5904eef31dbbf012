"""Duties and figures as rows: lines with bars, the names behind a line, figures with their past."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from taizhang.declarations.duties import Figure, State
from taizhang.duties import answers, figures
from taizhang.duties.board import STATES, Line, Standing, board, people
from taizhang.duties.telling import organisation_name, percent, standing_json, told
from taizhang.readmodels.listing import DIM, DUE, OVERDUE, Column, Row, bar, sparks
from taizhang.readmodels.tables import displayed
from taizhang.words.errors import Refused
from taizhang_tui.cells import thousands
from taizhang_tui.data.desk import Desk
from taizhang_tui.words import say

if TYPE_CHECKING:
    from taizhang.duties.windows import Window
    from taizhang.ledger.view import LedgerView

WIDE = 12
"""Cells of a bar."""

LATE: tuple[State, ...] = ("overdue", "missed", "exceeded")
"""States that are shown as too late."""

_URGENCY: dict[str | None, State] = {OVERDUE: "overdue", DUE: "due_soon", None: "due"}
"""As which state a mark counts."""


def mark_of(state: State) -> str | None:
    """How the state of a duty is marked."""
    return OVERDUE if state in LATE else DUE if state == "due_soon" else None


def todo(
    words: str, mark: str | None, standings: Sequence[Standing], language: str
) -> tuple[str, str | None]:
    """What somebody has to do, in one cell: the most urgent of a letter (its words and mark, if any) and
    of the duties that press, and how many others there are; with its mark.
    """
    order = list(STATES)
    found = [(order.index(s.state), told(s, language), mark_of(s.state)) for s in standings]
    if words:
        found.append((order.index(_URGENCY[mark]), words, mark))
    if not found:
        return "", None
    _, first, how = min(found, key=lambda f: f[0])
    more = f" +{len(found) - 1}" if len(found) > 1 else ""
    return first + more, how


class ReadSource:
    """A source whose rows are made when they are first asked for, on the thread that asks."""

    def __init__(self, desk: Desk, text: str, language: str) -> None:
        self.desk, self.moment = desk, desk.moment
        self.text, self.language = text.strip().lower(), language
        self._lock = threading.Lock()
        self._rows: tuple[Row, ...] | None = None

    def say(self, pair: str) -> str:
        """A pair in the screen's language."""
        return say(pair, self.language)

    def made(self, ledger: LedgerView) -> Sequence[Row]:
        """All rows."""
        raise NotImplementedError

    @property
    def rows(self) -> tuple[Row, ...]:
        """The rows that are left under the filter."""
        with self._lock:
            if self._rows is None:
                every = self.made(self.desk.ledger(self.moment))
                self._rows = tuple(r for r in every if self.text in " ".join(r.cells).lower())
            return self._rows

    def count(self) -> int:
        """How many rows there are."""
        return len(self.rows)

    def page(self, start: int, stop: int) -> Sequence[Row]:
        """A stretch of rows."""
        return self.rows[start:stop]

    def index_of(self, key: str) -> int | None:
        """Where a row stands."""
        return next((i for i, row in enumerate(self.rows) if row.key == key), None)


class DueSource(ReadSource):
    """Each duty in its windows: the organisation's line, then those of its children."""

    def __init__(self, desk: Desk, organisation: str | None, text: str, language: str) -> None:
        super().__init__(desk, text, language)
        self.organisation = organisation
        self.lines: dict[str, Line] = {}
        self.columns = (
            Column("duty", self.say("职责 · 组织|Duty · organisation"), 16, 34),
            Column("window", self.say("期|Window"), 4, 16),
            Column("share", self.say("完成率|Done"), WIDE + 7, WIDE + 7),
            Column("done", self.say("完成|Done"), 4, 8, "number"),
            Column("obliged", self.say("应办|Obliged"), 4, 8, "number"),
            Column("rest", self.say("其余|The others"), 6, 40),
        )

    def made(self, ledger: LedgerView) -> Sequence[Row]:
        """One row a line."""
        rows = []
        for lines in board(ledger, self.organisation):
            for i, line in enumerate(lines):
                window = line.window
                key = f"{window.duty.name}/{window.begin}/{line.organisation}"
                self.lines[key] = line
                rows.append(self._row(ledger, key, line, child=i > 0))
        return rows

    def _row(self, ledger: LedgerView, key: str, line: Line, *, child: bool) -> Row:
        label = line.window.version.label.text(self.language)
        what = f"  {organisation_name(ledger, line, self.language)}" if child else label
        share = line.share
        shown = "" if share is None else f"{bar(share, 1, WIDE)} {percent(share):>6}"
        mark = DIM if child else None
        pieces: list[tuple[str, str | None]] = []
        for state in STATES:
            if state != "done" and (n := line.counts.get(state)):
                said = f"{STATES[state].text(self.language)} {thousands(n)}"
                pieces += [("  ", mark)] if pieces else []
                pieces.append((said, mark_of(state) or mark))
        rest = "".join(text for text, _ in pieces)
        window = "" if child else line.window.label.text(self.language)
        cells = (what, window, shown, thousands(line.done), thousands(line.obliged), rest)
        return Row(key, cells, (mark,) * 6, {5: pieces})


class NamesSource(ReadSource):
    """Those who are behind a line, the most pressing first; those who have done it last."""

    def __init__(
        self,
        desk: Desk,
        window: Window,
        organisation: str | None,
        text: str,
        language: str,
        communities: Sequence[str] | None,
    ) -> None:
        super().__init__(desk, text, language)
        self.window, self.organisation, self.communities = window, organisation, communities
        self.columns = (
            Column("name", self.say("姓名或名称|Name"), 8, 24),
            Column("state", self.say("状态|State"), 6, 10),
            Column("value", self.say("进度|Progress"), 4, 10, "number"),
            Column("organisation", self.say("组织|Organisation"), 8, 30),
            Column("due", self.say("期限|By"), 10, 10),
        )

    def made(self, ledger: LedgerView) -> Sequence[Row]:
        """One row a person; none for whoever stands above a community."""
        try:
            found = people(
                ledger,
                self.window,
                self.organisation,
                tuple(STATES),
                communities=self.communities,
            )
        except Refused:
            return ()
        return [self._row(one) for one in standing_json(ledger, found, self.language)]

    def _row(self, one: dict[str, Any]) -> Row:
        value = "" if one["value"] is None else thousands(one["value"])
        if one["needed"] and value:
            value += f"/{thousands(one['needed'])}"
        state = one["state"]
        mark = DIM if state == "done" else mark_of(state)
        cells = (
            one["name"],
            one["state_label"],
            value,
            one["organisation_name"] or "",
            one["due"] or "",
        )
        return Row(f"{one['entity']}:{one['id']}", cells, (None, mark, None, None, None))


class FiguresSource(ReadSource):
    """All figures with their last number and how they came to it."""

    def __init__(self, desk: Desk, organisation: str | None, text: str, language: str) -> None:
        super().__init__(desk, text, language)
        self.organisation = organisation
        self.columns = (
            Column("label", self.say("统计数|Figure"), 10, 30),
            Column("value", self.say("数|Number"), 6, 14, "number"),
            Column("unit", self.say("单位|Unit"), 4, 10),
            Column("period", self.say("期|Period"), 4, 16),
            Column("past", self.say("逐期|Over time"), 12, 12),
            Column("name", self.say("名称|Name"), 8, 26),
        )

    def made(self, ledger: LedgerView) -> Sequence[Row]:
        """One row a figure."""
        rows = []
        for numbers in answers.all_figures(ledger, self.organisation, language=self.language):
            last = numbers[-1]
            past = sparks([t["value"] for t in numbers]) if len(numbers) > 1 else ""
            name = last["figure"]
            cells = (last["label"], last["shown"], last["unit"], last["period"], past, name)
            rows.append(Row(name, cells, (None, None, None, None, None, DIM)))
        return rows


class FigureSource(ReadSource):
    """One figure: its periods, newest first, each with its groups and a bar."""

    def __init__(
        self, desk: Desk, figure: Figure, organisation: str | None, text: str, language: str
    ) -> None:
        super().__init__(desk, text, language)
        self.figure, self.organisation = figure, organisation
        self.columns = (
            Column("what", self.say("期 · 分组|Period · group"), 12, 34),
            Column("value", self.say("数|Number"), 6, 14, "number"),
            Column("unit", self.say("单位|Unit"), 4, 10),
            Column("bar", "", 24, 24),
        )

    def made(self, ledger: LedgerView) -> Sequence[Row]:
        """One row a number; bars are of the largest whole, or of groups the largest group."""
        numbers = answers.figure_json(
            ledger, self.figure, self.organisation, language=self.language
        )
        most = {whole: max((t["value"] or 0 for t in numbers if t["whole"] is whole), default=0) for whole in (True, False)}  # fmt: skip
        periods: dict[str, list[dict[str, Any]]] = {}
        for number in numbers:
            periods.setdefault(number["period"], []).append(number)
        rows = []
        for period, some in reversed(periods.items()):
            for number in some:
                whole = number["whole"]
                what = period if whole else f"  {number['group_label']}"
                shown = bar(number["value"] or 0, most[whole], 24)
                key = f"{number['end']}/{'' if whole else number['group']}/{whole}"
                mark = None if whole else DIM
                cells = (what, number["shown"], number["unit"], shown)
                rows.append(Row(key, cells, (mark, mark, mark, mark)))
        return rows


class CountedSource(ReadSource):
    """Exactly the rows that a figure has counted in the period that ends on a day."""

    def __init__(
        self,
        desk: Desk,
        figure: Figure,
        organisation: str | None,
        end: str,
        text: str,
        language: str,
    ) -> None:
        super().__init__(desk, text, language)
        self.figure, self.organisation, self.end = figure, organisation, end
        assert figure.select is not None
        self.table = desk.ws.registry.table(figure.select.table)
        headers, _, right = displayed(desk.ledger(), self.table, [], language)
        self.columns = tuple(
            Column(str(i), header, 4, 28, "number" if to_right else "text")
            for i, (header, to_right) in enumerate(zip(headers, right, strict=True))
        )

    def made(self, ledger: LedgerView) -> Sequence[Row]:
        """The rows as people read tables."""
        for stretch in figures.periods(ledger, self.figure):
            if stretch.end.isoformat() == self.end:
                found = figures.rows(ledger, self.figure, stretch, self.organisation)
                _, cells, _ = displayed(ledger, self.table, found, self.language)
                return [Row(str(row["src"]), tuple(c)) for row, c in zip(found, cells, strict=True)]
        return ()


__all__ = [
    "CountedSource",
    "DueSource",
    "FigureSource",
    "FiguresSource",
    "NamesSource",
    "ReadSource",
]
