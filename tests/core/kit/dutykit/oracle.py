"""An oracle: what duties come to, computed by brute force from the history, day by day, without SQL."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Sequence
from typing import Any

from taizhang.declarations.duties import Counting, Not, Version
from taizhang.declarations.programme import Table
from taizhang.declarations.registry import Registry
from taizhang.testing import oracle
from taizhang.testing.logs import Said

Cells = dict[str, Any]
DAY = dt.timedelta(days=1)


class Past:
    """A history as known at a position."""

    def __init__(self, history: Sequence[Said], registry: Registry, known: int | None) -> None:
        self.history = history
        self.registry = registry
        self.known = known
        self._rows: dict[str, list[Cells]] = {}

    def rows(self, name: str) -> list[Cells]:
        """All rows of a table as cells, of every day."""
        if name not in self._rows:
            table = self.registry.tables[name]
            time = ["on_date"] if table.shape == "record" else ["since", "until"]
            names = [*(["id"] if table.entity else []), *table.fields, *time, "src"]
            found = oracle.rows(self.history, self.registry, table, None, self.known)
            cells = [dict(zip(names, row, strict=True)) for row in found]
            self._rows[name] = [{**row, "ends": ends(table, row)} for row in cells]
        return self._rows[name]

    def fits(self, table: Table[Any], row: Cells, where: Any, day: str) -> bool:
        """Whether a row meets the conditions, references looked at on ``day``."""
        for written, said in where.items():
            first, _, rest = written.partition(".")
            value = row[first]
            if rest:
                entity = table.fields[first].entity
                there = next(t for t in self.registry.tables.values() if t.entity == entity)
                states = [
                    s for s in self.rows(there.name) if s["id"] == value and s["since"] <= day
                ]
                states.sort(key=lambda s: (s["since"], s["until"] is None, s["until"] or ""))
                value = states[-1][rest] if states else None
            wanted = said.values if isinstance(said, Not) else said
            wanted = wanted if isinstance(wanted, tuple) else (wanted,)
            if (value in wanted) == isinstance(said, Not):
                return False
        return True


def ends(table: Table[Any], row: Cells) -> str | None:
    """The first day on which a row is no more, or no more valid."""
    last = table.validity and row.get(table.validity)
    if (months := row.get("months")) is not None:
        since = dt.date.fromisoformat(row["since"])
        year, month = divmod(since.year * 12 + since.month - 1 + months, 12)
        most = calendar.monthrange(year, month + 1)[1]
        last = dt.date(year, month + 1, min(since.day, most)).isoformat()
    after = [(dt.date.fromisoformat(last) + DAY).isoformat()] if last else []
    return min([d for d in (row.get("until"), *after) if d], default=None)


def on_day(row: Cells, day: dt.date, end: str = "until") -> bool:
    """Whether a state stands on a day; with ``ends`` also whether it is still valid."""
    return bool(
        row["since"] <= day.isoformat() and (row[end] is None or row[end] > day.isoformat())
    )


class Oracle:
    """One window of a version: ``begin`` to ``end`` (None: goes on), seen on ``on``."""

    def __init__(
        self, past: Past, version: Version, begin: dt.date, end: dt.date | None, on: dt.date
    ) -> None:
        self.past = past
        self.version = version
        self.begin = begin
        self.end = end
        self.on = on
        self.day = on if end is None else min(on, end)
        self.table = past.registry.tables[version.who.table]
        self.column = version.who.column or "id"

    def states(self) -> dict[str, tuple[str, int | None]]:
        """Everyone who is obliged, with state and value."""
        return {e: self.state(e) for e in self.obliged(self.day)}

    def selected(self) -> list[Cells]:
        rows = self.past.rows(self.version.who.table)
        where, day = self.version.who.where, self.day.isoformat()
        return [r for r in rows if self.past.fits(self.table, r, where, day)]

    def obliged(self, day: dt.date) -> set[str]:
        return {r[self.column] for r in self.selected() if on_day(r, day, "ends")} - {None}

    def state(self, entity: str) -> tuple[str, int | None]:
        version = self.version
        if not version.counts:
            return self.dated(entity), None
        if version.each is not None:
            column, choices = version.each
            table = self.past.registry.tables[version.counts[0].table]
            choices = choices or tuple(c.zh for c in table.fields[column].choices)
            values = [self.value(version.counts[0], entity, {column: c}) for c in choices]
            needing = [version.counts[0].needs_fact] * len(choices)
        else:
            values = [self.value(c, entity, {}) for c in version.counts]
            needing = [c.needs_fact for c in version.counts]
        known = [0 if v is None and not n else v for v, n in zip(values, needing, strict=True)]
        told: int | None
        if len(values) > 1:
            told = sum(v is not None and v >= (version.at_least or 0) for v in known)
        else:
            told = known[0]
        if version.at_most is not None and any(
            v is not None and v > version.at_most for v in known
        ):
            return "exceeded", told
        if version.at_least is None:
            return ("no_data" if known[0] is None else "done"), told
        enough = version.enough or len(known)
        if sum(v is not None and v >= version.at_least for v in known) >= enough:
            return "done", told
        if sum(v is not None for v in known) < enough:
            return "no_data", told
        return self.open(entity), told

    def value(self, counting: Counting, entity: str, more: Cells) -> int | None:
        rows = self.deeds(counting, entity, more)
        table = self.past.registry.tables[counting.table]
        if counting.sum or counting.latest:
            said = [(d, r["src"], r[counting.sum or counting.latest]) for d, r in rows]
            said = [s for s in said if s[2] is not None]
            if not said:
                return None
            return sum(s[2] for s in said) if counting.sum else max(said)[2]
        if counting.distinct:
            return len({r[counting.distinct] for _, r in rows} - {None})
        return len({r["id"] for _, r in rows}) if table.entity else len(rows)

    def deeds(self, counting: Counting, entity: str, more: Cells) -> list[tuple[str, Cells]]:
        """The rows that count, each with its day."""
        table = self.past.registry.tables[counting.table]
        found = []
        for row in self.past.rows(counting.table):
            if row[counting.column] != entity:
                continue
            if table.shape != "record" and self.version.per == "standing" and not counting.day:
                counts, look = on_day(row, self.day, "ends"), self.day.isoformat()
                day = row["since"]
            else:
                day = look = row[
                    counting.day or ("on_date" if table.shape == "record" else "since")
                ]
                if day is None:
                    continue
                counts = self.begin.isoformat() <= day <= self.day.isoformat()
                if table.shape == "record":
                    counts = counts and row["on_date"] <= self.on.isoformat()
                elif counting.day and counting.day != "since":
                    counts = counts and on_day(row, self.on)
                else:
                    counts = counts and row["since"] != row["until"]
                    if counting.standing:
                        counts = counts and on_day(row, self.day, "ends")
            if counts and self.past.fits(table, row, {**counting.where, **more}, look):
                found.append((day, row))
        return found

    def open(self, entity: str) -> str:
        version = self.version
        if version.who.due is not None:
            return self.dated(entity)
        if version.per == "standing":
            since = self.day
            while since > version.since and entity in self.obliged(since - DAY):
                since -= DAY
            late = max([since, *self.endings(entity)])
            return "overdue" if (self.day - late).days > version.soon else "due"
        assert self.end is not None
        if self.on > self.end:
            return "missed"
        return "due_soon" if (self.end - self.on).days <= version.soon else "due"

    def dated(self, entity: str) -> str:
        column = self.version.who.due
        rows = [r for r in self.selected() if r[self.column] == entity]
        rows = [r for r in rows if on_day(r, self.day, "ends")]
        dues = [r[column] for r in rows if r[column] is not None]
        if not dues:
            return "due"
        left = (dt.date.fromisoformat(min(dues)) - self.day).days
        return "overdue" if left < 0 else "due_soon" if left <= self.version.soon else "due"

    def endings(self, entity: str) -> list[dt.date]:
        """The days on which something that counts ended."""
        found = []
        for counting in self.version.counts:
            table = self.past.registry.tables[counting.table]
            if table.shape == "record" or counting.day:
                continue
            rows = [
                r
                for r in self.past.rows(counting.table)
                if r[counting.column] == entity
                and self.past.fits(table, r, counting.where, self.day.isoformat())
            ]
            for row in rows:
                if row["ends"] is None or row["ends"] > self.day.isoformat():
                    continue
                end = dt.date.fromisoformat(row["ends"])
                line = [r for r in rows if all(r[k] == row[k] for k in table.key_columns)]
                if row["since"] < row["ends"] and not any(on_day(r, end, "ends") for r in line):
                    found.append(end)
        return found
