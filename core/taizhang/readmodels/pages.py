"""Pages about one thing: its details now, and lines of its past with the event behind each.

Written once for every kind of entity: the lines come from all tables that refer to it, those of
programmes included, at both clocks. What else a kind is told by stands in the declarations: where it belongs,
what it is classified as, and the hierarchy, along which a page is walked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from msgspec import Struct, field

from taizhang.declarations.belonging import Way, homes, ways
from taizhang.declarations.columns import references
from taizhang.declarations.fields import FieldSpec
from taizhang.declarations.kinds import ChoiceKind
from taizhang.declarations.ledger import Cells
from taizhang.declarations.programme import Table
from taizhang.declarations.registry import Registry
from taizhang.ledger.schema import quoted
from taizhang.ledger.view import LedgerView
from taizhang.readmodels.listing import DIM, Column, Listed, Row
from taizhang.readmodels.summaries import shown
from taizhang.store.viewings import in_rows
from taizhang.words.labels import Label

MOST = 200
"""Lines of one table on a page; the table's own listing has all."""

FEW = 60
"""A list of persons longer than this stands as a number: the main screen has the list."""

Facts = list[tuple[str, str]]

More = Callable[[LedgerView, str, str, str], Facts]
"""Further details of an entity: of the ledger, its kind, its id, and a language."""


class Target(Struct, frozen=True):
    """The target of a line: an event, or another entity."""

    kind: str
    id: str
    seq: int = 0
    row: tuple[str, int] = ("", 0)
    """The table of the row, and the number of the line that it comes from."""


class Page(Struct):
    """The content of a page."""

    title: str
    facts: Facts = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    targets: dict[str, Target] = field(default_factory=dict)
    living: bool = True
    subjects: set[str] = field(default_factory=set)
    """Whose numbers stand on it, ``member:m-…``: they are looked at once they are shown in full."""

    def listing(self, language: str) -> Listed:
        """Its lines."""
        return Listed(
            (
                Column("day", Label.of("日期|Day").text(language), 10, 24),
                Column("event", Label.of("事件|Event").text(language), 5, 9, "number"),
                Column("what", Label.of("事项|What").text(language), 4, 22),
                Column("text", Label.of("内容|Content").text(language), 10, 60),
            ),
            self.rows,
        )


def entity_page(
    ledger: LedgerView,
    kind: str,
    id: str,
    language: str,
    mask: bool = True,
    more: More | None = None,
) -> Page:
    """The page of an entity as it stands on the ledger's day.

    Args:
        ledger: at the clocks of the page.
        kind: the kind of the entity.
        id: its id.
        language: ``zh`` or ``en``.
        mask: numbers of people are masked.
        more: further details.
    """
    return _Writing(ledger, kind, id, language, mask).page(more)


class _Writing:
    """One page in the making."""

    def __init__(self, ledger: LedgerView, kind: str, id: str, language: str, mask: bool) -> None:
        self.ledger, self.kind, self.id = ledger, kind, id
        self.language, self.mask = language, mask
        self.registry: Registry = ledger.registry
        tree = self.registry.hierarchy
        self.tree = tree if tree is not None and tree.kind == kind else None
        self.made = Page(ledger.names(kind, [id]).get(id) or id)

    def say(self, pair: str) -> str:
        return Label.of(pair).text(self.language)

    def shown(self, spec: FieldSpec, value: Any) -> str:
        return shown(spec, value, self.ledger, self.language, plain=not self.mask)

    def page(self, more: More | None) -> Page:
        ledger, page, kind = self.ledger, self.made, self.kind
        table = self.registry.entity(kind).table
        row = ledger.get(table.name, self.id)
        page.living = row is not None or bool(ledger.stand_ins(kind, self.id))
        if not page.living:
            absent = self.say("{on} 不在册|not in the ledger on {on}").format(on=ledger.on)
            page.facts.append((self.say("状态|State"), absent))
        if row is None:
            row = next(reversed(ledger.spans(table.name, id=self.id)), None)
        if row is not None:
            page.subjects.update(in_rows(self.registry, table, [row]))
            page.facts += [
                (spec.label.text(self.language), text)
                for name, spec in table.fields.items()
                if name != table.title and (text := self.shown(spec, row[name]))
            ]
        page.facts += [*self._belonging(), *self._classified()]
        if more is not None:
            page.facts += more(ledger, kind, self.id, self.language)
        self._lines(table, "id")
        last = {way.table for way in self._crowds() if way not in _first(self.registry)}
        for other, column in sorted(
            self.registry.references(kind),
            # What it came from is what a page is walked along; long lists of persons come last.
            key=lambda found: (not self._paired(*found), found[0].name in last),
        ):
            self._lines(other, column)
        return page

    # Details

    def _belonging(self) -> Facts:
        """Lists where it belongs by tables that say it of one place at a time, the first with all above it."""
        made = []
        for i, way in enumerate(homes(self.registry, self.kind)):
            spec = self.registry.tables[way.table].fields[way.to]
            for row in self.ledger.query(
                f"SELECT {quoted(way.to)} AS it FROM {quoted(way.table)} "
                f"WHERE {quoted(way.column)} = ?",
                self.id,
            ):
                above = _path(self.ledger, way, row["it"])
                text = self.shown(spec, row["it"]) if i else " › ".join(above)
                made.append((spec.label.text(self.language), text))
        return made

    def _classified(self) -> Facts:
        """Lists what it is by each of several classifications."""
        made = []
        for table, column in self.registry.references(self.kind):
            rest = [name for name in table.fields if name != column]
            choices = all(isinstance(table.fields[n].kind, ChoiceKind) for n in rest)
            if table.key == (column, rest[0] if rest else "") and len(rest) == 2 and choices:
                sql = f"SELECT * FROM {quoted(table.name)} WHERE {quoted(column)} = ?"
                for row in self.ledger.query(sql, self.id):
                    made.append((row[rest[0]], self.shown(table.fields[rest[1]], row[rest[1]])))
        return made

    # Lines

    def _crowds(self) -> list[Way]:
        """The tables by which persons belong to what this page is about."""
        return [
            way
            for person in sorted(self.registry.persons)
            if person in self.registry.entities
            for way in ways(self.registry, person)
            if way.kind == self.kind and way.table != self.registry.entity(person).table.name
        ]

    def _paired(self, table: Table[Any], column: str) -> str:
        """The other column of a record of one of the hierarchy that came from another, or nothing."""
        if self.tree is None or table.shape != "record":
            return ""
        both = references(table, self.kind)
        return next(c for c in both if c != column) if len(both) == 2 else ""

    def _lines(self, table: Table[Any], column: str) -> None:
        """The rows of one table in which the entity stands, newest first."""
        ledger, page = self.ledger, self.made
        source = quoted(table.name + "_all")
        began = "on_date" if table.shape == "record" else "since"
        where = f"FROM {source} WHERE {quoted(column)} = ?"
        title = table.label.text(self.language)
        other = self._paired(table, column)
        below = self.tree is not None and (table.name, column) == (
            self.tree.table,
            self.tree.parent,
        )
        person = next(
            (w.column for w in self._crowds() if (w.table, w.to) == (table.name, column)), ""
        )
        if person:
            sql = f"SELECT count(*) FROM {quoted(table.name)} WHERE {quoted(column)} = ?"
            if (count := ledger.value(sql, self.id)) > FEW:
                text = self.say("{n} 名，名单在首页|{n} now; listed on the main screen")
                key = f"{table.name}:count"
                page.rows.append(Row(key, ("", "", title, text.format(n=f"{count:,}"))))
                return
        if table.entity is not None and column != "id" and not below:
            # Another entity's life is told on its own page; here it stands as it stood last.
            where += (
                f" AND NOT EXISTS (SELECT 1 FROM {source} later WHERE later.id = {source}.id "
                f"AND (later.since, later.src) > ({source}.since, {source}.src))"
            )
        rows = ledger.query(
            f"SELECT * {where} ORDER BY {began} DESC, src DESC LIMIT {MOST + 1}", self.id
        )
        if below:
            title = self.say("下级|Below it")
        elif other:
            title = table.fields[other].label.text(self.language)
        leads = "id" if below else other or person
        page.subjects.update(in_rows(self.registry, table, rows))
        for i, row in enumerate(rows[:MOST]):
            number = int(row.get("line") or 0)
            key = f"{table.name}:{column}:{row['src']}" + (f"/{number}" if number else "")
            text = self._text(table, row, column) or (row["id"] if below else "")
            mark = DIM if self._ended(row) else None
            cells = (_day(row), f"#{row['src']}", "" if i else title, text)
            page.rows.append(Row(key, cells, (mark, mark, None, mark)))
            seq = int(row["src"])
            to = table.fields[leads].entity if leads in table.fields else table.entity
            kind, id = (to or "", row[leads]) if leads else ("event", str(seq))
            page.targets[key] = Target(kind, id, seq, (table.name, number))
        if len(rows) > MOST:
            more = self.say("更早的在台账里（b）|older ones are in the tables (b)")
            page.rows.append(Row(f"{table.name}:{column}:more", ("…", "", "", more)))

    def _text(self, table: Table[Any], row: Cells, column: str) -> str:
        """Says what a row says beside whom it is about."""
        parts = (
            self.shown(spec, row[name])
            for name, spec in table.fields.items()
            if name != column and spec.kind.name != "yes"
        )
        return "  ".join(filter(None, parts))

    def _ended(self, row: Cells) -> bool:
        today = self.ledger.on.isoformat()
        if "on_date" in row:
            return bool(row["on_date"] > today)
        return bool(row["since"] > today or (row["until"] and row["until"] <= today))


def _first(registry: Registry) -> Sequence[Way]:
    """The first way of each kind of person."""
    kinds = (kind for kind in registry.persons if kind in registry.entities)
    return [way for kind in kinds for way in ways(registry, kind)[:1]]


def _path(ledger: LedgerView, way: Way, place: str | None) -> list[str]:
    """The names from the top of the hierarchy down to a place; of a place outside of it its own."""
    tree = ledger.registry.hierarchy
    names: list[str] = []
    seen: set[str] = set()
    while place and place not in seen:
        seen.add(place)
        names.append(ledger.names(way.kind, [place]).get(place, place))
        row = ledger.get(tree.table, place) if tree is not None and tree.kind == way.kind else None
        place = row[tree.parent] if row is not None and tree is not None else None
    return names[::-1]


def _day(row: Cells) -> str:
    if "on_date" in row:
        return str(row["on_date"])
    return f"{row['since']} – {row['until']}" if row["until"] else str(row["since"])


__all__ = ["Facts", "More", "Page", "Target", "entity_page"]
