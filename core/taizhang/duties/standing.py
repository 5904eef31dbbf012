"""A duty in a window as one query: everyone who is obliged, with what was counted and the state.

The SQL is plain and speaks of the tables' views at both clocks (``T_all``: the rows of every day as
known), so that it answers for any day and any state of knowledge. Nothing is looped over in Python.

Who is obliged is who stands in the selection on the window's last day, or on the ledger's day while it
runs. A deed counts when its day lies in the window. A missing fact is never "done": what is added up or
read off has to have been said by somebody, or there is no data.

A standing duty that is not fulfilled is due for ``soon`` days, from the day on which one became obliged,
the duty came into force, or something that counted ended, whichever was last; then it is overdue.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from taizhang.declarations.columns import BEGAN, Tables, chosen, counted, day_column
from taizhang.declarations.duties import Counting
from taizhang.duties.predicates import condition, lasts, literal, name, stands, valid_until
from taizhang.duties.windows import Window

if TYPE_CHECKING:
    from taizhang.declarations.programme import Table


def iso(day: dt.date) -> str:
    """A day as an SQL literal."""
    return literal(day.isoformat())


_BETWEEN = "\x1f"
"""Stands between the choices in the column ``reached``; none has it in its words."""


class Compiler:
    """Makes the query of one window; ``among`` limits it to some entities."""

    def __init__(
        self, tables: Tables, window: Window, on: dt.date, among: Sequence[str] | None = None
    ) -> None:
        self.tables = tables
        self.window = window
        self.version = window.version
        self.on = on
        self.day = iso(window.day(on))
        self.among = among
        self.table, self.column, self.kind = chosen(tables, self.version.who)

    @property
    def needed(self) -> int:
        """The amount that is asked for; of a duty with several parts, how many of them."""
        return self.version.enough or len(self._parts()) or self.version.at_least or 0

    def lacking(self, reached: str | None) -> tuple[str, ...]:
        """The choices of a duty for each of several that one has not done, by the column ``reached`` of :meth:`sql`."""
        if self.version.each is None:
            return ()
        done = (reached or "").split(_BETWEEN)
        return tuple(part for part in self._parts() if part not in done)

    def sql(self) -> str:
        """``entity, value, due, state, reached`` of everyone who is obliged, without the leading WITH."""
        version = self.version
        graced = version.per == "standing" and version.who.due is None
        obliged = self._graced() if graced else self._obliged()
        if not version.counts:
            return (
                f"SELECT o.entity, NULL AS value, o.due, {self._dated()} AS state, NULL AS reached "
                f"FROM ({obliged}) o"
            )
        parted = bool(self._parts())
        value = "d.value" if not parted and self._needs_fact() else "coalesce(d.value, 0)"
        ended, due, late = "", "o.due", ""
        if graced:
            since = "o.since"
            if endings := self._endings():
                ended = f" LEFT JOIN ({endings}) e ON e.entity = o.entity"
                since = "max(o.since, coalesce(e.ended, o.since))"
            due = f"date({since}, '+{version.soon} days')"
            grace = self.window.day(self.on) - dt.timedelta(days=version.soon)
            late = f"CASE WHEN {since} < {iso(grace)} THEN 'overdue' ELSE 'due' END"
        elif version.who.due is not None:
            late = self._dated()
        else:
            late = literal(self._open())
        state = self._state(value, parted, late)
        if graced:
            due = f"CASE WHEN {state} IN ('due', 'overdue') THEN {due} END"
        return (
            f"SELECT o.entity, {value} AS value, {due} AS due, {state} AS state, "
            f"{'NULL' if version.each is None else 'd.reached'} AS reached "
            f"FROM ({obliged}) o LEFT JOIN ({self._deeds()}) d ON d.entity = o.entity{ended}"
        )

    # Who is obliged

    def _ids(self, column: str) -> str:
        if self.among is None:
            return f"{column} IS NOT NULL"
        return f"{column} IN ({', '.join(map(literal, self.among))})"

    def _where(self) -> str:
        return condition(self.tables, self.table, self.version.who.where, self.day)

    def _obliged(self) -> str:
        column = f"r.{name(self.column)}"
        rows = (
            f"FROM {name(self.table.name + '_all')} r "
            f"WHERE {self._ids(column)} AND {stands(self.day, until=valid_until(self.table))}"
            f"{self._where()}"
        )
        if self.version.who.due is not None:
            due = f"min(r.{name(self.version.who.due)})"
            return f"SELECT {column} AS entity, {due} AS due {rows} GROUP BY {column}"
        alone = self.table.key_columns == (self.column,)
        distinct = "" if alone else "DISTINCT "
        return f"SELECT {distinct}{column} AS entity, NULL AS due {rows}"

    def _graced(self) -> str:
        """The obliged with the day since which they have been, without a break."""
        column = f"r.{name(self.column)}"
        begin, until = iso(self.version.since), valid_until(self.table)
        rows = (
            f"SELECT {column} AS entity, r.since AS since, coalesce({until}, '~') AS until "
            f"FROM {name(self.table.name + '_all')} r WHERE {self._ids(column)} "
            f"AND r.since <= {self.day} AND {lasts('r.since', until=until)}{self._where()}"
        )
        reach = (
            "SELECT entity, since, until, max(until) OVER (PARTITION BY entity ORDER BY since, until "
            f"ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reach FROM ({rows})"
        )
        return (
            "SELECT entity, NULL AS due, "
            f"max({begin}, max(since) FILTER (WHERE reach IS NULL OR reach < since)) AS since "
            f"FROM ({reach}) GROUP BY entity HAVING max(until) > {self.day}"
        )

    # What counts

    def _parts(self) -> tuple[str, ...]:
        """The choices, or the countings by number, each of which has to be enough; none: a single one."""
        version = self.version
        if version.each is not None:
            column, choices = version.each
            declared = self.tables[version.counts[0].table].fields[column].choices
            return choices or tuple(c.zh for c in declared)
        return tuple(map(str, range(len(version.counts)))) if len(version.counts) > 1 else ()

    def _needs_fact(self) -> bool:
        return any(c.needs_fact for c in self.version.counts)

    def _deeds(self) -> str:
        version = self.version
        if not self._parts():
            return self._counted(version.counts[0])
        if version.each is not None:
            parts = self._counted(version.counts[0], part=version.each[0])
        else:
            parts = " UNION ALL ".join(
                f"SELECT entity, value, {int(c.needs_fact)} AS fact FROM ({self._counted(c)})"
                for c in version.counts
            )
        reached = ""
        if version.each is not None:
            said = f"CASE WHEN value >= {version.at_least} THEN part END"
            reached = f", group_concat({said}, '{_BETWEEN}') AS reached"
        over = "0" if version.at_most is None else f"max(value > {version.at_most})"
        return (
            f"SELECT entity, sum(value >= {version.at_least}) AS value, {over} AS passed, "
            f"sum(fact AND value IS NOT NULL) AS facts{reached} FROM ({parts}) GROUP BY entity"
        )

    def _counted(self, counting: Counting, part: str | None = None) -> str:
        """``entity, value`` (and with ``part`` also ``fact`` and ``part``) of a counting."""
        table, column = counted(self.tables, counting, self.kind)
        entity = f"r.{name(column)}"
        rows, day = self._rows(counting, table, entity)
        fact = ""
        group = "1"
        if part is not None:
            choices = ", ".join(map(literal, self._parts()))
            rows += f" AND r.{name(part)} IN ({choices})"
            fact = f", {int(counting.needs_fact)} AS fact, r.{name(part)} AS part"
            group = f"1, r.{name(part)}"
        if counting.latest is not None:
            # SQLite takes the other columns from the row of the maximum.
            value = f"r.{name(counting.latest)}"
            latest = f"max({day} || printf('%020d', r.src))"
            return (
                f"SELECT entity, value{', fact, part' if fact else ''} FROM (SELECT {entity} AS entity, "
                f"{value} AS value{fact}, {latest} FROM {rows} AND {value} IS NOT NULL GROUP BY {group})"
            )
        if counting.distinct is not None:
            value = f"count(DISTINCT r.{name(counting.distinct)})"
        elif counting.sum is not None:
            value = f"sum(r.{name(counting.sum)})"
        else:
            value = "count(DISTINCT r.id)" if table.entity is not None else "count(*)"
        return f"SELECT {entity} AS entity, {value} AS value{fact} FROM {rows} GROUP BY {group}"

    def _rows(self, counting: Counting, table: Table[Any], entity: str) -> tuple[str, str]:
        """The rows that count (``T r WHERE …``) and the SQL of the day on which each one did."""
        begin = iso(self.window.begin)
        source = f"{name(table.name + '_all')} r WHERE {self._ids(entity)}"
        standing = self.version.per == "standing" and counting.day is None
        if table.shape != "record" and standing:
            when, day = stands(self.day, until=valid_until(table)), "r.since"
            looked = self.day
        else:
            column = day_column(table, counting.day)
            day = looked = "r.on_date" if column is None else f"r.{name(column)}"
            when = f"{day} >= {begin} AND {day} <= {self.day}"
            if column == BEGAN:
                ended = self.day if counting.standing else "r.since"
                until = valid_until(table) if counting.standing else ""
                when += f" AND {lasts(ended, until=until)}"
            elif column is not None:
                known = "r.on_date <= {on}" if table.shape == "record" else stands("{on}")
                when += " AND " + known.replace("{on}", iso(self.on))
        return f"{source} AND {when}{condition(self.tables, table, counting.where, looked)}", day

    def _endings(self) -> str:
        """Says in SQL when something that counted in a standing duty ended last, or nothing if it cannot end."""
        parts = []
        for counting in self.version.counts:
            table, column = counted(self.tables, counting, self.kind)
            if table.shape == "record" or counting.day is not None:
                continue
            entity = f"r.{name(column)}"
            line = ", ".join(f"r.{name(k)}" for k in table.key_columns)
            where = condition(self.tables, table, counting.where, self.day)
            until = valid_until(table)
            parts.append(
                f"SELECT {entity} AS entity, {until} AS until, lead(r.since) OVER (PARTITION BY {line}, "
                f"{entity} ORDER BY r.since) AS next FROM {name(table.name + '_all')} r WHERE "
                f"{self._ids(entity)} AND r.since <= {self.day} AND {lasts('r.since', until=until)}{where}"
            )
        if not parts:
            return ""
        return (
            f"SELECT entity, max(until) AS ended FROM ({' UNION ALL '.join(parts)}) "
            f"WHERE until <= {self.day} AND (next IS NULL OR next > until) GROUP BY entity"
        )

    # States

    def _state(self, value: str, parted: bool, late: str) -> str:
        version = self.version
        cases = []
        if version.at_most is not None:
            passed = "d.passed" if parted else f"{value} > {version.at_most}"
            cases.append(f"WHEN {passed} THEN 'exceeded'")
        if parted:
            cases.append(f"WHEN {value} >= {self.needed} THEN 'done'")
            facts = self.needed if version.each is not None and self._needs_fact() else 0
            if version.each is None:
                facts = sum(c.needs_fact for c in version.counts)
            if facts:
                cases.append(f"WHEN coalesce(d.facts, 0) < {facts} THEN 'no_data'")
        else:
            enough = (
                f"{value} >= {version.at_least}"
                if version.at_least is not None
                else f"{value} <= {version.at_most}"
            )
            cases.append(f"WHEN {enough} THEN 'done'")
            if self._needs_fact():
                cases.append(f"WHEN {value} IS NULL THEN 'no_data'")
        return f"CASE {' '.join(cases)} ELSE {late} END"

    def _open(self) -> str:
        """The state of what is not done in a window of the calendar."""
        end = self.window.end
        assert end is not None
        if self.window.closed(self.on):
            return "missed"
        return "due_soon" if (end - self.on).days <= self.version.soon else "due"

    def _dated(self) -> str:
        """The state of what is not done and has a day of its own by which it has to be."""
        on = self.window.day(self.on)
        room = dt.date.max - on
        soon = on + min(dt.timedelta(days=self.version.soon), room)
        return (
            f"CASE WHEN o.due < {iso(on)} THEN 'overdue' WHEN o.due <= {iso(soon)} THEN 'due_soon' "
            "ELSE 'due' END"
        )


__all__ = ["Compiler", "iso"]
