"""Why a row shows what it shows: its columns with the events that set them, and each one's pasts."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from taizhang.readmodels.listing import DIM, Column, Listed, Row
from taizhang.readmodels.locating import Place, locate
from taizhang.readmodels.tables import column_label
from taizhang.readmodels.why import Cell, Story
from taizhang.readmodels.wording import own_names, shown, subject
from taizhang.store.paths import local_time
from taizhang_tui import cells
from taizhang_tui.data.looked import Looked
from taizhang_tui.words import say

if TYPE_CHECKING:
    from taizhang.readmodels.behind import Behind
    from taizhang_tui.data.desk import Desk, Moment


@dataclass(slots=True)
class Rows:
    """Lines to show, and the event behind each."""

    rows: list[Row] = field(default_factory=list)
    events: dict[str, int] = field(default_factory=dict)

    def add(self, key: str, texts: tuple[str, ...], event: Behind | None, *, dim: bool) -> None:
        """Adds a line."""
        shown = tuple(cells.clean(t) for t in texts)
        self.rows.append(Row(key, shown, (DIM if dim else None,) * len(shown)))
        if event is not None:
            self.events[key] = event.seq


@dataclass(slots=True)
class Page:
    """What the screen shows: a title, a note where there is no row, a line for each column; ``first``
    is the column that is most likely asked about.
    """

    title: str
    note: str
    columns: list[str]
    first: str
    lines: Rows


class WhyReader:
    """Reads one row's story; may be asked from any thread."""

    def __init__(self, desk: Desk, looked: Looked, language: str) -> None:
        self.desk, self.looked, self.language = desk, looked, language
        self.mask = True
        self._place: Place | None = None

    def say(self, pair: str) -> str:
        """A pair in the language of the screen."""
        return say(pair, self.language)

    def _story(self, moment: Moment) -> Story:
        """The row at both clocks. A row of another day is looked at as it stood last or first, until
        the day itself is moved.
        """
        ledger = self.desk.ledger(moment)
        if self._place is None:
            table = ledger.registry.table(self.looked.table)
            self._place = locate(ledger, table, self.looked.key)
        return Story(ledger, self.desk.ws.log, self._place)

    def move(self, day: dt.date) -> None:
        """Looks at another day from now on."""
        if self._place is not None:
            self._place = replace(self._place, day=day.isoformat())

    def page(self, moment: Moment) -> Page:
        """All columns, each with its event. Raises :class:`taizhang.words.errors.TaizhangError`."""
        story = self._story(moment)
        table, row = story.place.table, story.cells()
        ledger = self.desk.ledger(moment)
        keys = ("src",) if table.shape == "record" else table.key_columns
        known = {**dict.fromkeys(table.fields), **dict(zip(keys, story.place.key, strict=True))}
        names = own_names(ledger, table, [row or known])
        about = subject(names, table, row or known, self.language)
        lines = Rows()
        for column in story.columns:
            cell = story.cell(column, past=False)
            label = column_label(table, column).text(self.language)
            text = self._text(story, column, cell.value, cell.present)
            lines.add(
                column,
                (label, text, *self._event(cell.behind)),
                cell.behind,
                dim=not cell.present or cell.value is None,
            )
        title = f"{table.label.text(self.language)} {about}"
        return Page(cells.clean(title), self._note(story), story.columns, self._first(story), lines)

    def _first(self, story: Story) -> str:
        """What people know the entity by, or else what is said about the key."""
        table = story.place.table
        return table.title or next((c for c in table.fields if c not in table.key), "")

    def _note(self, story: Story) -> str:
        if story.row is not None:
            return ""
        day = story.place.day
        if story.rows:
            return self.say("{on} 没有这一行：它已结束|no such row on {on}: it has ended").format(
                on=day
            )
        if (begins := story.begins()) is not None:
            words = self.say(
                "{on} 还没有这一行；始于 #{seq}|no such row yet on {on}; it begins with #{seq}"
            )
            return words.format(on=day, seq=begins.seq)
        return self.say("没有这一行|there is no such row")

    def pasts(self, column: str, moment: Moment) -> tuple[str, Rows]:
        """What is to be said of one column's event, and the lines of its pasts."""
        story = self._story(moment)
        cell = story.cell(column)
        lines = Rows()
        for i, e in enumerate(cell.earlier):
            head = self.say("此前|Before") if i == 0 else ""
            text = self._text(story, column, e.value, e.present)
            span = f"{e.since} – {e.until}"
            lines.add(f"e{i}", (head, span, text, *self._event(e.behind)), e.behind, dim=False)
        self._known(story, cell, lines)
        return self._detail(cell), lines

    def _known(self, story: Story, cell: Cell, lines: Rows) -> None:
        """What the day has shown, if that ever was another value."""
        if len(cell.known) < 2:
            return
        for i, k in enumerate(cell.known):
            text = self._text(story, cell.column, k.value, k.present)
            at = local_time(dt.datetime.fromisoformat(k.recorded_at))
            for j, event in enumerate(k.by or (k.behind,)):
                head = self.say("曾知|Known") if i == j == 0 else ""
                first = (head, at, text) if j == 0 else (head, "", "")
                lines.add(f"k{i}.{j}", (*first, *self._event(event)), event, dim=i > 0)

    def _text(self, story: Story, column: str, value: Any, present: bool) -> str:
        if not present:
            return self.say("（无此行）|(no row)")
        table, ledger = story.place.table, story.timeline.ledger
        text = shown(ledger, table, column, value, self.language, plain=not self.mask)
        return text or self.say("（空）|(empty)")

    def _event(self, event: Behind | None) -> tuple[str, ...]:
        if event is None:
            return ("", "", "", "")
        return (
            f"#{event.seq} {event.title(self.language)}",
            event.on.isoformat(),
            event.actor,
            local_time(event.recorded_at),
        )

    def _detail(self, cell: Cell) -> str:
        """The event in full: what does not fit on its line."""
        event = cell.behind
        if event is None:
            return self.say("没有事件定过这一栏|no event has set this column")
        parts = [
            f"#{event.seq} {event.title(self.language)}",
            f"{self.say('生效|True on')} {event.on}",
            f"{self.say('登记|Recorded')} {local_time(event.recorded_at)} {event.actor}",
        ]
        if event.reason:
            parts.append(f"{self.say('事由|Reason')} {event.reason}")
        if event.document:
            parts.append(f"{self.say('文号|Document')} {event.document}")
        return cells.clean("   ".join(parts))


def columns_source(rows: Rows, language: str) -> Listed:
    """The columns of a row."""
    return Listed(
        (
            Column("column", say("列|Column", language), 4, 14),
            Column("value", say("值|Value", language), 6, 20),
            *_event_columns(language),
        ),
        rows.rows,
    )


def pasts_source(rows: Rows, language: str) -> Listed:
    """The pasts of a column."""
    return Listed(
        (
            Column("what", "", 4, 6),
            Column("when", say("何时|When", language), 10, 23),
            Column("value", say("值|Value", language), 6, 20),
            *_event_columns(language),
        ),
        rows.rows,
    )


def _event_columns(language: str) -> tuple[Column, ...]:
    return (
        Column("event", say("事件|Event", language), 8, 24),
        Column("on", say("生效|True on", language), 10, 10),
        Column("actor", say("经办|Actor", language), 4, 10),
        Column("recorded", say("登记|Recorded", language), 16, 16),
    )
