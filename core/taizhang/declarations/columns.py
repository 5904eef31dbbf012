"""Names in declared duties and figures: which table, column and value each of them means.

Everything here is asked twice: when a programme is taken in, so that a wrong name is refused there with
the duty that names it, and when a duty is compiled (:mod:`taizhang.duties.predicates`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from taizhang.declarations.duties import Counting, Not, Selection, Where
from taizhang.declarations.fields import FieldSpec
from taizhang.declarations.kinds import ChoiceKind, CountKind, DateKind, RefKind, YesKind
from taizhang.words.errors import Usage
from taizhang.words.labels import Label, clean
from taizhang.words.nearest import unknown

if TYPE_CHECKING:
    from taizhang.declarations.tables import Table

Tables = Mapping[str, "Table[Any]"]

BEGAN = "since"
"""What ``day=`` is called where a row's own beginning is meant."""


def no_column(table: str, column: str, known: Mapping[str, Label | None]) -> Usage:
    """The refusal of a ``column`` that is none of the ``known`` ones of a table.

    Args:
        table: The name of the table.
        column: What was asked for.
        known: Its columns, with their labels.
    """
    return unknown(
        "台账 {table} 没有列 {name}；它的列是 {known}"
        "|the table {table} has no column {name}; its columns are {known}",
        column,
        known,
        table=table,
    )


def table_of(tables: Tables, name: str) -> Table[Any]:
    """The table, or :class:`Usage`."""
    found = tables.get(name)
    if found is None:
        raise Usage("没有台账 {table}|there is no table {table}", table=name)
    return found


def entity_table(tables: Tables, kind: str) -> Table[Any] | None:
    """The table of an entity kind, if its programme is there."""
    return next((t for t in tables.values() if t.entity == kind), None)


def spec_of(table: Table[Any], column: str) -> FieldSpec:
    """A declared or computed column, or :class:`Usage`."""
    fields = table.shown_fields
    found = fields.get(column)
    if found is None:
        known = {
            **({"id": None} if table.entity else {}),
            **{n: s.label for n, s in fields.items()},
        }
        raise no_column(table.name, column, known)
    return found


def kind_of(table: Table[Any], column: str) -> str:
    """The entity kind that a column refers to, or :class:`Usage` when it is no reference."""
    if column == "id" and table.entity is not None:
        return table.entity
    kind = spec_of(table, column).entity
    if kind is None:
        raise Usage(
            "台账 {table} 的列 {column} 不指向任何对象|the column {column} of {table} is no reference",
            table=table.name,
            column=column,
        )
    return kind


def references(table: Table[Any], kind: str | None = None) -> list[str]:
    """Columns that refer to entities of a kind, or of any; an entity table's own id is the first."""
    own = ["id"] if table.entity is not None and kind in (None, table.entity) else []
    return own + [
        n for n, s in table.fields.items() if s.entity is not None and kind in (None, s.entity)
    ]


def _only(table: Table[Any], columns: Sequence[str]) -> str:
    if len(columns) != 1:
        raise Usage(
            "台账 {table} 要写明列：{known}|name the column of {table}: one of {known}",
            table=table.name,
            known=", ".join(columns) or "–",
        )
    return columns[0]


def chosen(tables: Tables, selection: Selection) -> tuple[Table[Any], str, str]:
    """The table of a selection, the column of its entities, and their kind."""
    table = table_of(tables, selection.table)
    column = selection.column
    if not column and table.entity is not None:
        column = "id"
    elif not column:
        keys = [k for k in references(table) if k in table.key] or references(table)
        column = _only(table, keys)
    return table, column, kind_of(table, column)


def counted(tables: Tables, counting: Counting, kind: str) -> tuple[Table[Any], str]:
    """The table of a counting, and its column that names the obliged of ``kind``.

    Args:
        tables: All tables by name.
        counting: What counts.
        kind: The kind of entity that is obliged.
    """
    table = table_of(tables, counting.table)
    column = counting.column or _only(table, references(table, kind))
    if kind_of(table, column) != kind:
        raise Usage(
            "台账 {table} 的列 {column} 不指向 {kind}|the column {column} of {table} does not refer to {kind}",
            table=table.name,
            column=column,
            kind=kind,
        )
    return table, column


def day_column(table: Table[Any], day: str | None) -> str | None:
    """The column that ``day=`` names, checked; None for a record's own day."""
    if day is None:
        return None if table.shape == "record" else BEGAN
    if day == BEGAN and table.shape != "record":
        return BEGAN
    if not isinstance(spec_of(table, day).kind, DateKind):
        raise Usage(
            "台账 {table} 的列 {column} 不是日期|the column {column} of {table} is no date",
            table=table.name,
            column=day,
        )
    return day


def _bad(table: Table[Any], column: str, value: Any, rule: Label) -> Usage:
    return Usage(
        "台账 {table} 的列 {column} 不能等于 {value}：{zh}"
        "|the column {column} of {table} cannot be {value}: {en}",
        table=table.name,
        column=column,
        value=clean(repr(value)),
        zh=rule.zh,
        en=rule.en,
    )


def stored_value(table: Table[Any], column: str, value: Any) -> Any:
    """A value of a condition as the ledger stores it, or :class:`Usage` when it is not of the column."""
    if column == "id" and table.entity is not None:
        if not isinstance(value, str):
            raise _bad(table, column, value, Label("应为编号", "it has to be an id"))
        return value
    spec = spec_of(table, column)
    kind = spec.kind
    if kind.personal:
        raise Usage(
            "台账 {table} 的列 {column} 是个人数据，不能作条件"
            "|the column {column} of {table} is personal and no condition",
            table=table.name,
            column=column,
        )
    if value is None:
        if not spec.optional:
            raise _bad(table, column, value, Label("这一列不会为空", "it is never empty"))
        return None
    if isinstance(kind, YesKind):
        wanted: type = bool
    elif isinstance(kind, CountKind):
        wanted = int
    else:
        wanted = dt.date if isinstance(kind, DateKind) else str
    if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
        raise _bad(table, column, value, Label(f"应为 {wanted.__name__}", f"it is of type {wanted.__name__}"))  # fmt: skip
    if isinstance(kind, ChoiceKind) and spec.choices:
        term = Label.of(str(value)).zh
        if all(term != c.zh for c in spec.choices):
            known = [c.zh for c in spec.choices]
            raise _bad(table, column, value, Label("应为 " + "、".join(known), "one of " + ", ".join(known)))  # fmt: skip
        return term
    if isinstance(value, str) and not isinstance(kind, RefKind) and clean(value) != value:
        raise _bad(table, column, value, Label("含有控制字符", "it holds control characters"))
    return kind.column(value)


class Term(Struct, frozen=True):
    """One condition: a column, or a column of what it refers to, and the values (not) wanted."""

    path: tuple[str, ...]
    values: tuple[Any, ...]
    negated: bool
    through: Table[Any] | None = None


def terms(tables: Tables, table: Table[Any], where: Where) -> list[Term]:
    """The conditions of ``where``, checked.

    Args:
        tables: All tables by name.
        table: The one whose columns ``where`` names.
        where: Conditions, as an author wrote them.
    """
    found = []
    for written, said in where.items():
        first, dot, rest = str(written).partition(".")
        negated = isinstance(said, Not)
        values = said.values if isinstance(said, Not) else said
        if not isinstance(values, (tuple, list, set, frozenset)):
            values = (values,)
        if not values:
            raise Usage("{table} 的条件 {column} 没有值|the condition {column} of {table} has no value", table=table.name, column=clean(str(written)))  # fmt: skip
        on, through = table, None
        path: tuple[str, ...] = (first,)
        if dot:
            kind = kind_of(table, first)
            through = entity_table(tables, kind)
            if through is None:
                raise Usage("没有 {kind} 这类对象|there is no entity kind {kind}", kind=kind)
            on, path = through, (first, rest)
        stored = [stored_value(on, path[-1], v) for v in values]
        stored.sort(key=lambda v: (v is None, str(v)))
        found.append(Term(path, tuple(stored), negated, through))
    return found


__all__ = [
    "BEGAN",
    "Tables",
    "Term",
    "chosen",
    "counted",
    "day_column",
    "entity_table",
    "kind_of",
    "references",
    "spec_of",
    "stored_value",
    "table_of",
    "terms",
]
