"""Where a row comes from (来由), in words: its columns with the events that set them, and each one's pasts.

What the command line, JSON and the screens say of a :class:`~taizhang.readmodels.why.Story`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from taizhang.ledger.lines import number_of, position_of
from taizhang.readmodels.behind import Behind, texts
from taizhang.readmodels.listing import DIM, Columns, Link, Made, Row, headed
from taizhang.readmodels.tables import column_label, with_names
from taizhang.readmodels.wording import own_names, shown, subject, value_json
from taizhang.store.paths import local_time
from taizhang.words.labels import Label

if TYPE_CHECKING:
    from taizhang.readmodels.why import Cell, Earlier, Known, Story

NO_ROW = Label("（无此行）", "(no row)")
EMPTY = Label("（空）", "(empty)")


class ShownColumn(NamedTuple):
    """A column with its heading, what it shows and the event that set it."""

    column: str
    label: str
    text: str
    dim: bool
    behind: Behind | None


class Past(NamedTuple):
    """A line of a column's past: ``earlier`` days from ``since`` until ``until``, or what was ``known`` of
    the day from one position to another, ``at`` a time; ``first`` of the lines of one value.
    """

    key: str
    kind: Literal["earlier", "known"]
    since: str
    until: str
    at: str
    text: str
    behind: Behind | None
    first: bool = True


class Origin:
    """A row on a day at a known position, in words; numbers of people masked unless ``plain``."""

    def __init__(self, story: Story, language: str = "zh", *, plain: bool = False) -> None:
        self.story, self.language, self.plain = story, language, plain
        self.table, self.ledger = story.place.table, story.timeline.ledger

    @cached_property
    def key(self) -> dict[str, Any]:
        """The key of the row's timeline by its columns."""
        if self.table.shape != "record":
            return dict(zip(self.table.key_columns, self.story.place.key, strict=True))
        src = self.story.place.key[0]
        number = number_of(self.table, src)
        return {"src": position_of(self.table, src), **({"line": number} if number else {})}

    @property
    def title(self) -> str:
        """The table and what the row is about."""
        row = self.story.cells() or {**dict.fromkeys(self.table.fields), **self.key}
        names = own_names(self.ledger, self.table, [row])
        about = subject(names, self.table, row, self.language)
        return f"{self.table.label.text(self.language)} {about}"

    @property
    def first(self) -> str:
        """The column that is most likely asked about: what people know the entity by, or else what is
        said about the key.
        """
        table = self.table
        return table.title or next((c for c in table.fields if c not in table.key), "")

    @property
    def missing(self) -> Literal["ended", "begins", "never"] | None:
        """Why there is no row on the day, where there is none."""
        if self.story.row is not None:
            return None
        if self.story.rows:
            return "ended"
        return "never" if self.story.begins() is None else "begins"

    def label(self, column: str) -> str:
        """Names a column."""
        return column_label(self.table, column).text(self.language)

    def text(self, column: str, cell: Cell | Earlier | Known) -> str:
        """Says what a column shows, showed or was known to show."""
        if not cell.present:
            return NO_ROW.text(self.language)
        value, language = cell.value, self.language
        text = shown(self.ledger, self.table, column, value, language, plain=self.plain)
        return text or EMPTY.text(language)

    def columns(self) -> list[ShownColumn]:
        """All columns, each with its event."""
        cells = [self.story.cell(c, past=False) for c in self.story.columns]
        return [
            ShownColumn(
                c.column, self.label(c.column), self.text(c.column, c), c.value is None, c.behind
            )
            for c in cells
        ]

    def pasts(self, cell: Cell) -> list[Past]:
        """The earlier days of a column, then what the day has shown, if that ever was another value."""
        found = [
            Past(
                f"e{i}", "earlier", e.since, e.until or "", "", self.text(cell.column, e), e.behind
            )
            for i, e in enumerate(cell.earlier)
        ]
        return found + list(self._known(cell)) if len(cell.known) > 1 else found

    def _known(self, cell: Cell) -> Iterator[Past]:
        for i, k in enumerate(cell.known):
            text = self.text(cell.column, k)
            at = local_time(dt.datetime.fromisoformat(k.recorded_at))
            gone = f"#{k.gone}" if k.gone else ""
            for j, event in enumerate(k.by or (k.behind,)):
                yield Past(f"k{i}.{j}", "known", f"#{k.known}", gone, at, text, event, j == 0)

    def as_json(self, cells: Sequence[Cell]) -> dict[str, Any]:
        """The row and some of its cells with the events behind them."""
        row, begins = self.story.cells(), self.story.begins()
        return {
            "table": self.table.name,
            "key": self.key,
            "on": self.story.place.day,
            "known": self.story.timeline.known,
            "row": with_names(self.ledger, self.table, [row], plain=self.plain)[0] if row else None,
            "begins": _event(begins, self.language),
            "cells": [self._cell_json(cell) for cell in cells],
        }

    def _cell_json(self, cell: Cell) -> dict[str, Any]:
        def said(one: Cell | Earlier | Known) -> dict[str, Any]:
            return {
                "present": one.present,
                "value": value_json(self.table, cell.column, one.value, plain=self.plain),
                "event": _event(one.behind, self.language),
            }

        return {
            "column": cell.column,
            "label": self.label(cell.column),
            **said(cell),
            "earlier": [{"since": e.since, "until": e.until, **said(e)} for e in cell.earlier],
            "known": [
                {
                    "known": k.known,
                    "gone": k.gone,
                    "recorded_at": k.recorded_at,
                    **said(k),
                    "by": [b.cells(self.language) for b in k.by],
                }
                for k in cell.known
            ],
        }


def _event(behind: Behind | None, language: str) -> dict[str, Any] | None:
    return None if behind is None else behind.cells(language)


# Listings


def _event_columns(language: str) -> Columns[ShownColumn | Past]:
    return headed(
        language,
        ("event", "事件|Event", 8, 32, "text", lambda x: texts(x.behind, language).event),
        ("on", "生效|True on", 10, 10, "date", lambda x: texts(x.behind, language).on),
        ("actor", "经办|Actor", 4, 10, "text", lambda x: texts(x.behind, language).actor),
        ("recorded", "登记|Recorded", 16, 22, "text", lambda x: texts(x.behind, language).recorded),
    )


def _link(one: ShownColumn | Past) -> Link | None:
    return None if one.behind is None else Link("event", str(one.behind.seq))


def columns(found: Sequence[ShownColumn], language: str) -> Made[ShownColumn]:
    """The columns of a row."""
    own: Columns[ShownColumn] = headed(
        language,
        ("column", "列|Column", 4, 14, "text", lambda t: t.label),
        ("value", "值|Value", 6, 20, "text", lambda t: t.text),
    )
    return Made(
        [*own, *_event_columns(language)],
        lambda: found,
        lambda t: t.column,
        paint=lambda t, key, cells: Row(key, cells, (DIM if t.dim else None,) * len(cells)),
        link=_link,
    )


def pasts(found: Sequence[Past], language: str) -> Made[Past]:
    """The pasts of a column."""
    heads = {"e0": Label("此前", "Before"), "k0.0": Label("曾知", "Known")}

    def when(past: Past) -> str:
        return f"{past.since} – {past.until}" if past.kind == "earlier" else past.at

    def dim(past: Past) -> bool:
        return past.kind == "known" and not past.key.startswith("k0.")

    def head(past: Past) -> str:
        return heads[past.key].text(language) if past.key in heads else ""

    own: Columns[Past] = headed(
        language,
        ("what", "", 4, 6, "text", head),
        ("when", "何时|When", 10, 23, "text", lambda p: when(p) if p.first else ""),
        ("value", "值|Value", 6, 20, "text", lambda p: p.text if p.first else ""),
    )
    return Made(
        [*own, *_event_columns(language)],
        lambda: found,
        lambda p: p.key,
        paint=lambda p, key, cells: Row(key, cells, (DIM if dim(p) else None,) * len(cells)),
        link=_link,
    )
