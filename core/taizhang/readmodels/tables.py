"""Tables as people and programs read them: filters, names for ids, labels, cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from msgspec import Struct

from taizhang.declarations.belonging import Way, homes
from taizhang.declarations.columns import no_column
from taizhang.declarations.fields import FieldSpec
from taizhang.declarations.kinds import Bad, ChoiceKind, CountKind, DateKind
from taizhang.declarations.ledger import Cells, in_clause
from taizhang.declarations.programme import Table
from taizhang.declarations.registry import Registry
from taizhang.ledger.missing import stands
from taizhang.ledger.resolving import resolve
from taizhang.ledger.schema import quoted, shown_names
from taizhang.ledger.view import LedgerView
from taizhang.words.errors import Invalid, Problem
from taizhang.words.labels import Label, called, clean
from taizhang.words.spelling import spelled

NONE: Mapping[str, Any] = MappingProxyType({})

TIME_LABELS = {
    "id": Label("编号", "id"),
    "since": Label("自", "since"),
    "until": Label("至", "until"),
    "on_date": Label("日期", "on"),
    "line": Label("行", "line"),
    "src": Label("来源", "src"),
    "seq": Label("登记", "seq"),
}


def joined(registry: Registry, table: Table[Any]) -> dict[str, FieldSpec]:
    """The column that a table of persons is read with beside its own: where each has a place at the time."""
    return {
        way.to: registry.tables[way.table].fields[way.to]
        for way in _home(registry, table)
        if way.to not in table.shown_fields
    }


def _home(registry: Registry, table: Table[Any]) -> list[Way]:
    return homes(registry, table.entity)[:1] if table.entity in registry.persons else []


def read_names(registry: Registry, table: Table[Any]) -> list[str]:
    """The columns that a reader of the table sees, a joined one after what the row is called by."""
    names = shown_names(table)
    place = names.index(table.title) + 1 if table.title in names else len(table.fields)
    return [*names[:place], *joined(registry, table), *names[place:]]


def column_label(table: Table[Any], column: str, more: Mapping[str, FieldSpec] = NONE) -> Label:
    """Names a column; ``more`` are joined ones."""
    spec = table.shown_fields.get(column) or more.get(column)
    return spec.label if spec is not None else TIME_LABELS[column]


def right_aligned(table: Table[Any], column: str) -> bool:
    """Tells if the cells of a column stand on the right."""
    spec = table.shown_fields.get(column)
    return column in ("line", "src") if spec is None else spec.kind.align == "right"


def conditions(ledger: LedgerView, table: Table[Any], where: Sequence[str]) -> dict[str, Any]:
    """``COLUMN=VALUE`` words as column values: columns by name or label, names become ids, texts their kind's
    values.

    An empty value asks for empty cells. Raises :class:`Usage` for a column that is not there and
    :class:`Invalid` for a value that is not of its kind.

    Args:
        ledger: Knows which names there are.
        table: The table.
        where: Conditions as people write them, ``COLUMN=VALUE``.
    """
    found: dict[str, Any] = {}
    more = joined(ledger.registry, table)
    labels = {n: column_label(table, n, more) for n in read_names(ledger.registry, table)}
    for word in where:
        column, equals, text = word.partition("=")
        name = called(column, labels) if equals else None
        if name is None:
            raise no_column(table.name, column, labels)
        value = condition(ledger, table, name, text, more)
        named = value and table.entity is not None and name == table.title
        found[name] = _spellings(ledger, table, name, value) if named else value
    return found


def condition(
    ledger: LedgerView,
    table: Table[Any],
    column: str,
    text: str,
    more: Mapping[str, FieldSpec] = NONE,
) -> Any:
    """One value to filter by, of a column of the table or of ``more``."""
    spec = table.shown_fields.get(column) or more.get(column)
    if not clean(text):
        return None
    if column == "id" and spec is None:
        return clean(text)
    try:
        if spec is None and column in ("line", "src", "seq"):
            return CountKind().parse(clean(text).removeprefix("#"))
        if spec is None:
            return DateKind().parse(text).isoformat()
        if spec.entity is not None:
            return resolve(spec.entity, text, ledger, ended=True, wide=True)
        if isinstance(spec.kind, ChoiceKind):
            return _choice(spec, text)
        return spec.kind.column(spec.kind.parse(text))
    except Bad as bad:
        label = column_label(table, column, more)
        raise Invalid([Problem(column, label, bad.rule, bad.candidates)]) from None


def _spellings(ledger: LedgerView, table: Table[Any], column: str, text: str) -> tuple[str, ...]:
    """The name that was given, and every other spelling in which the table has it."""
    ids = ledger.ever_called(str(table.entity), text)
    sql = f"SELECT DISTINCT {quoted(column)} AS name FROM {quoted(table.name + '_all')} WHERE id IN ({in_clause(ids)})"
    names = [row["name"] for row in ledger.query(sql, *ids) if row["name"]]
    return (text, *(name for name in names if spelled(name) == spelled(text)))


def _choice(spec: FieldSpec, text: str) -> str:
    """A declared choice in either language; an unknown term is looked for as it stands."""
    assert isinstance(spec.kind, ChoiceKind)
    try:
        return spec.kind.choose(text, spec.choices)
    except Bad:
        return clean(text)


class Asked(Struct, frozen=True):
    """A wish for rows of a table: those with the values of ``where``, on the ledger's day or of ``every``
    day. Of persons ``all`` are meant, or those alone who are of the store's own hierarchy: who was
    transferred out is still known, but in no roster.
    """

    table: Table[Any]
    where: Mapping[str, Any] = NONE
    every: bool = False
    all: bool = True

    @property
    def masked(self) -> bool:
        """Tells if rows are found by what is masked where they are shown."""
        fields = self.table.fields
        return any(c in fields and fields[c].kind.masks for c, v in self.where.items() if v)

    def sql(self, ledger: LedgerView, columns: str = "*") -> tuple[str, list[Any]]:
        """The query, and its values.

        Raises :class:`~taizhang.words.errors.Refused` where the table has no rows because its programme failed.
        """
        stands(ledger, self.table)
        registry, table = ledger.registry, self.table
        terms = [
            f"{quoted(c)} IN ({in_clause(v)})" if isinstance(v, tuple) else f"{quoted(c)} IS ?"
            for c, v in self.where.items()
        ]
        values = [one for v in self.where.values() for one in (v if isinstance(v, tuple) else (v,))]
        if not self.all and _home(registry, table):
            # Only here: the first screen, which reads tables too, needs no duties.
            from taizhang.duties.belonging import belongs, outsiders
            from taizhang.duties.predicates import literal

            day = literal(ledger.on.isoformat())
            gone = outsiders(registry, belongs(registry, str(table.entity), day), day)
            terms.append(f"id NOT IN ({gone})")
        sql = f"SELECT {columns} FROM {source(registry, table, every=self.every)}"
        return sql + (f" WHERE {' AND '.join(terms)}" if terms else ""), values

    def rows(self, ledger: LedgerView, limit: int | None = None) -> list[Cells]:
        """The rows in the order in which they began, no more than ``limit``."""
        sql, values = self.sql(ledger)
        sql += " ORDER BY " + ("on_date, src" if self.table.shape == "record" else "since, src")
        sql += ", line" if self.table.lined else ""
        sql += f" LIMIT {int(limit)}" if limit is not None else ""
        return ledger.query(sql, *values)

    def count(self, ledger: LedgerView) -> int:
        """Tells how many there are."""
        sql, values = self.sql(ledger, "count(*)")
        return int(ledger.value(sql, *values))


def source(registry: Registry, table: Table[Any], *, every: bool = False) -> str:
    """Writes the SQL that rows of a table are read from, its joined column among the others: on the day, or
    of ``every`` row where the person was as it began.
    """
    rows = quoted(table.name + "_all" * every)
    if not (homes := joined(registry, table)):
        return rows
    way = _home(registry, table)[0]
    place = f"SELECT h.{quoted(way.to)} FROM {quoted(way.table + '_all' * every)} h"
    place += f" WHERE h.{quoted(way.column)} = t.id"
    if every:
        place += " AND h.since <= t.since AND (h.until IS NULL OR h.until > t.since)"
    return f"(SELECT t.*, ({place}) AS {quoted(next(iter(homes)))} FROM {rows} t)"


def of_column(registry: Registry, table: Table[Any], column: str, holds: str) -> str:
    """The condition (SQL) that a column, be it joined, is as ``holds`` says (``IN (...)``)."""
    if column not in joined(registry, table):
        return f"{quoted(column)} {holds}"
    way = _home(registry, table)[0]
    # By the few who are there rather than by each person's place.
    there = f"SELECT {quoted(way.column)} FROM {quoted(way.table)} WHERE {quoted(way.to)} {holds}"
    return f"id IN ({there})"


def reference_names(
    ledger: LedgerView, table: Table[Any], rows: Sequence[Mapping[str, Any]]
) -> dict[str, dict[str, str]]:
    """For each reference column the names of the ids that stand in ``rows``."""
    found: dict[str, dict[str, str]] = {}
    for name, spec in {**joined(ledger.registry, table), **table.fields}.items():
        if spec.entity is None or spec.entity not in ledger.registry.entities:
            continue
        ids = sorted({row[name] for row in rows if row.get(name)})
        found[name] = ledger.names(spec.entity, ids)
    return found


def with_names(
    ledger: LedgerView, table: Table[Any], rows: Sequence[Mapping[str, Any]], *, plain: bool = False
) -> list[dict[str, Any]]:
    """Rows for JSON: beside each reference ``column`` its ``column_name``; yes and no as booleans.

    Numbers of people are masked unless ``plain``.

    Args:
        ledger: Knows what things are called.
        table: The table.
        rows: Its rows.
        plain: Numbers of people are shown whole.
    """
    fields = table.shown_fields
    names = reference_names(ledger, table, rows)
    yes = [n for n, s in fields.items() if s.kind.name == "yes"]
    made = []
    for row in rows:
        cells: dict[str, Any] = {}
        for column, value in row.items():
            cells[column] = bool(value) if column in yes and value is not None else value
            if not plain and column in fields and isinstance(value, str):
                cells[column] = fields[column].kind.mask(value)
            if column in names:
                cells[f"{column}_name"] = names[column].get(value, "") if value else None
        made.append(cells)
    return made


def displayed(
    ledger: LedgerView,
    table: Table[Any],
    rows: Sequence[Mapping[str, Any]],
    language: str = "zh",
    *,
    plain: bool = False,
    whole: bool = False,
) -> tuple[list[str], list[list[str]], list[bool]]:
    """Headers, cells and which columns are right-aligned, as people read a table.

    Args:
        ledger: gives the names.
        table: the table.
        rows: its rows.
        language: ``zh`` or ``en``.
        plain: numbers of people are not masked.
        whole: the rows have a joined column.
    """
    names = reference_names(ledger, table, rows)
    fields, more = table.shown_fields, joined(ledger.registry, table)
    shown = read_names(ledger.registry, table) if whole else shown_names(table)
    columns = [c for c in shown if c != "seq"]
    headers = [column_label(table, c, more).text(language) for c in columns]
    right = [right_aligned(table, c) for c in columns]
    cells = [
        [show_cell(row[c], c, fields, names, language, plain=plain) for c in columns]
        for row in rows
    ]
    return headers, cells, right


def show_cell(
    value: Any,
    column: str,
    fields: Mapping[str, FieldSpec],
    names: Mapping[str, Mapping[str, str]],
    language: str,
    *,
    plain: bool = False,
) -> str:
    """One cell: a reference by name, a value by its kind, masked unless ``plain``."""
    if column in names:
        return names[column].get(value, value or "") if value else ""
    spec = fields.get(column)
    if spec is None:
        return f"#{value}" if column in ("src", "seq") else str(value or "")
    return spec.show(value, language) if plain else spec.masked(value, language)
