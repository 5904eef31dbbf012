"""Reading the ledger at two clocks: ``on`` (when it was true) and ``known`` (when we had recorded it).

:class:`LedgerView` is what ``decide``, checks, screens and commands read through. Reads through
:meth:`LedgerView.get`, :meth:`LedgerView.rows` and :meth:`LedgerView.spans` are remembered as tags: they become the
condition under which the decision may be appended.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from taizhang.declarations.fields import Event, specs
from taizhang.declarations.ledger import Cells, in_clause
from taizhang.declarations.programme import Table
from taizhang.ledger import search
from taizhang.ledger.lines import position_of
from taizhang.ledger.schema import history, personal_columns, physical, quoted
from taizhang.ledger.views import Views
from taizhang.words.spelling import spelled
from taizhang_eventstore.ambient import Ambient

if TYPE_CHECKING:
    from taizhang.declarations.registry import Registry


ANY = ""
"""Among the types that were read: all of them."""


class Notes(Struct):
    """A record of what a decision has read (tags, each with the event types that feed it) and which ids it
    gave.
    """

    reads: dict[str, set[str]] = field(default_factory=dict)
    made: list[tuple[str, str]] = field(default_factory=list)

    def read(self, tag: str, types: set[str]) -> None:
        """Remembers a tag that was read; the empty tag stands for all events of the types, no types
        for all.
        """
        self.reads.setdefault(tag, set()).update(types or {ANY})


class LedgerView:
    """The ledger as it stood on a day, as known at a position (None: now)."""

    def __init__(
        self,
        db: sqlite3.Connection,
        registry: Registry,
        on: date,
        known: int | None = None,
        *,
        views: Views | None = None,
        ambient: Ambient | None = None,
        notes: Notes | None = None,
    ) -> None:
        self.db = db
        self.registry = registry
        self.on = on
        self.known = known
        self.views = views or Views(db, registry)
        self._ambient = ambient
        self.notes = notes or Notes()

    def get(self, table: str, id: str) -> Cells | None:
        """The entity ``id`` of an entity table on the day, or None."""
        found = self.rows(table, id=id)
        return found[0] if found else None

    def rows(self, table: str, **where: Any) -> list[Cells]:
        """Rows on the day whose columns equal ``where`` (None matches an empty cell)."""
        return self._select(table, quoted(table), where, "src")

    def spans(self, table: str, **where: Any) -> list[Cells]:
        """Rows of every day, oldest first, with ``since`` and ``until`` (exclusive, None = open)."""
        order = "on_date, src" if self.registry.table(table).shape == "record" else "since, src"
        return self._select(table, quoted(table + "_all"), where, order)

    def _select(self, name: str, source: str, where: Mapping[str, Any], order: str) -> list[Cells]:
        table = self.registry.table(name)
        terms = [f"{quoted(c)} IS ?" for c in where]
        sql = f"SELECT * FROM {source}" + (f" WHERE {' AND '.join(terms)}" if terms else "")
        order += ", line" if table.lined else ""
        found = self.query(f"{sql} ORDER BY {order}", *where.values())
        self._read(table, where, found)
        return found

    def ending(self, table: str, id: str) -> tuple[date, int] | None:
        """The day on which the life of ``id`` in an entity table ended for good, and the position of
        the fact that ended it; None where it goes on, or there is none.
        """
        declared = self.registry.table(table)
        where = "id = ?"
        values: list[object] = [id]
        if self.known is not None:
            where += " AND seq <= ?"
            values.append(self.known)
        sql = f"SELECT since, rank, src, gap FROM {quoted(physical(declared))} WHERE {where}"
        if self.known is not None:
            sql += f" UNION ALL SELECT since, rank, src, gap FROM {quoted(history(declared))} "
            sql += f"WHERE {where} AND gone > ?"
            values = [*values, *values, self.known]
        found = self.query(f"{sql} ORDER BY since DESC, rank DESC, src DESC LIMIT 1", *values)
        self._read(declared, {"id": id}, found)
        if not found or not found[0]["gap"]:
            return None
        return date.fromisoformat(found[0]["since"]), position_of(declared, found[0]["src"])

    def query(self, sql: str, *values: Any) -> list[Cells]:
        """Plain SQL over the tables on the day; ``NAME_all`` holds the rows of every day.

        Not remembered for the condition: for checks, lists and figures, not for decisions.
        """
        self.views.look(self.on, self.known)
        cursor = self.db.execute(sql, values)
        names = [d[0] for d in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor]

    def value(self, sql: str, *values: Any) -> Any:
        """The first cell of the first row of plain SQL, or None."""
        self.views.look(self.on, self.known)
        row = self.db.execute(sql, values).fetchone()
        return row[0] if row is not None else None

    def counts(self, table: str, column: str) -> dict[Any, int]:
        """Tells how many rows of the day there are of each value of a column, which holds no personal text.

        Of a reference it is answered from an index alone, now and as known at a past position.
        """
        self.views.look(self.on, self.known)
        return dict(self.db.execute(self.views.counted(table, column)).fetchall())

    def _read(self, table: Table[Any], where: Mapping[str, Any], found: Sequence[Cells]) -> None:
        """Remembers what was read: what was asked by, so that a row that would be added is seen, and
        whose timeline each row is on, so that a row that would go is seen too.
        """
        tags = _tags(table, where)
        if not set(table.key_columns) <= set(where):
            tags += [
                t for row in found for t in _tags(table, {k: row[k] for k in table.key_columns})
            ]
        types = {self.registry.event_of[e].name for e in table.feeds}
        for tag in tags or [""]:
            self.notes.read(tag, types)

    def at(self, on: date) -> LedgerView:
        """Looks at this ledger on another day, at the same known position."""
        return LedgerView(
            self.db,
            self.registry,
            on,
            self.known,
            views=self.views,
            ambient=self._ambient,
            notes=self.notes,
        )

    def new_id(self, entity: str) -> str:
        """A fresh id for an entity of this kind."""
        if self._ambient is None:
            raise RuntimeError("ids are given while an action is being decided, not while reading")
        made = self._ambient.new_id(self.registry.entity(entity).prefix)
        self.notes.made.append((entity, made))
        return made

    def event(self, name: str, /, **fields: Any) -> Event:
        """An event of another slice, by its name: ``ledger.event("member.moved", member=...)``."""
        return self.registry.make_event(name, fields)

    def setting(self, owner: str, name: str) -> Any:
        """The value of a programme's setting in this store."""
        return self.registry.setting(owner, name)

    # Names of entities

    def names(self, entity: str, ids: Sequence[str]) -> dict[str, str]:
        """Names the given entities, by id: as they stood on the day, or else last."""
        table = self.registry.entity(entity).table
        if table.title is None or not ids:
            return {}
        found: dict[str, str] = {}
        for start in range(0, len(ids), 500):
            some = list(ids[start : start + 500])
            sql = (
                f"SELECT id, {quoted(table.title)} AS name FROM %s WHERE id IN ({in_clause(some)})"
            )
            for row in self.query(sql % quoted(table.name), *some):
                found[row["id"]] = row["name"] or ""
            missing = [i for i in some if i not in found]
            if missing:
                sql = (
                    f"SELECT id, {quoted(table.title)} AS name FROM {quoted(table.name + '_all')} "
                    f"WHERE id IN ({in_clause(missing)}) ORDER BY since"
                )
                found.update({r["id"]: r["name"] or "" for r in self.query(sql, *missing)})
            if other := [i for i in some if i not in found]:
                found.update(self._stood_in(entity, other))
        return found

    def _stood_in(self, entity: str, ids: Sequence[str]) -> dict[str, str]:
        """Names those that have no row in the table of their kind."""
        table = self.registry.stand_ins.get(entity)
        if table is None:
            return {}
        (key,) = table.key
        sql = (
            f"SELECT {quoted(key)} AS id, name FROM {quoted(table.name + '_all')} "
            f"WHERE name IS NOT NULL AND {quoted(key)} IN ({in_clause(ids)}) ORDER BY since"
        )
        return {row["id"]: row["name"] for row in self.query(sql, *ids)}

    def stand_ins(self, entity: str, text: str, *, ever: bool = False) -> list[str]:
        """Ids of those that have no row in the table of their kind, by their id or their name on the day.

        Args:
            entity: The kind.
            text: An id or a name.
            ever: On any day.
        """
        table = self.registry.stand_ins.get(entity)
        if table is None:
            return []
        (key,) = table.key
        marked = "SELECT token FROM personal WHERE mark = ?"
        found = self.query(
            f"SELECT DISTINCT {quoted(key)} AS id, name FROM "
            f"{quoted(table.name + ('_all' if ever else ''))} WHERE name IS NOT NULL AND "
            f"({quoted(key)} = ? OR {quoted(key)} IN (SELECT {quoted(key)} FROM "
            f"{quoted(physical(table))} WHERE name IN ({marked}))) ORDER BY 1",
            text,
            self.views.vault.mark(spelled(text)),
        )
        named = (r["id"] for r in found if text == r["id"] or spelled(r["name"]) == spelled(text))
        return list(dict.fromkeys(named))

    def called(self, entity: str, text: str) -> list[str]:
        """Ids of the entities that are called ``text`` on the day, in whichever spelling."""
        return self._called(entity, text, "")

    def ever_called(self, entity: str, text: str) -> list[str]:
        """Ids of the entities that were called so on any day, whether they live or have ended."""
        return self._called(entity, text, "_all")

    def _called(self, entity: str, text: str, days: str) -> list[str]:
        table = self.registry.entity(entity).table
        if table.title is None:
            return []
        title, wanted = quoted(table.title), spelled(text)
        values: tuple[str | bytes, ...]
        if table.title in personal_columns(table):
            where = (
                f"id IN (SELECT id FROM {quoted(physical(table))} WHERE {title} IN "
                "(SELECT token FROM personal WHERE mark = ?))"
            )
            values = (self.views.vault.mark(wanted),)
        else:
            alike = "SELECT id FROM _spelled WHERE spelled = ? AND place = ?"
            where, values = f"(id IN ({alike}) OR {title} = ?)", (wanted, table.name, text)
        every = (
            f"SELECT DISTINCT id, {title} AS name FROM {quoted(table.name + days)} WHERE {where}"
        )
        found = self.query(f"{every} ORDER BY id", *values)
        return list(dict.fromkeys(r["id"] for r in found if spelled(r["name"] or "") == wanted))

    def find(
        self,
        text: str,
        entity: str | None = None,
        limit: int = 50,
        among: search.Among | None = None,
    ) -> list[tuple[str, str]]:
        """``(entity kind, id)`` by the beginning of a name, pinyin or initials.

        ``among`` is plain SQL with its values, whose column ``id`` says among which entities of the
        kind: ``("SELECT member AS id FROM memberships WHERE organisation = ?", [branch])``.

        Args:
            text: What people wrote.
            entity: The kind asked for, all if not given.
            limit: The most that are found.
            among: Which entities may be found, all if not given.
        """
        self.views.look(self.on, self.known)
        return search.find(self.db, text, self.views.vault, entity, limit, among)


def _tags(table: Table[Any], cells: Mapping[str, Any]) -> list[str]:
    fields = specs(table.row)
    made = [f"{table.entity}:{cells['id']}"] if table.entity and cells.get("id") else []
    return made + [
        f"{fields[c].entity}:{v}"
        for c, v in cells.items()
        if v and c in fields and fields[c].entity
    ]
