"""Rows in words: names for ids, what a row is about, and what it says beside that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from taizhang.readmodels.tables import reference_names, show_cell

if TYPE_CHECKING:
    from taizhang.declarations.programme import Table
    from taizhang.duties.board import Standing
    from taizhang.ledger.view import LedgerView

Names = Mapping[str, Mapping[str, str]]


def shown(
    ledger: LedgerView,
    table: Table[Any],
    column: str,
    value: Any,
    language: str = "zh",
    *,
    plain: bool = False,
) -> str:
    """One value as people read it; numbers of people masked unless ``plain``, here and below."""
    names = own_names(ledger, table, [{column: value}]) if column != "id" else {}
    return shown_with(names, table, column, value, language, plain=plain)


def shown_with(
    names: Names, table: Table[Any], column: str, value: Any, language: str, *, plain: bool = False
) -> str:
    """Shows a value with names that are known already, those of the table's own ids among them."""
    if column == "id" and value is not None:
        return names.get("id", {}).get(value) or str(value)
    return show_cell(value, column, table.fields, names, language, plain=plain)


def own_names(
    ledger: LedgerView, table: Table[Any], rows: Sequence[Mapping[str, Any]]
) -> dict[str, dict[str, str]]:
    """Names for all ids that stand in some rows or parts of rows, by column."""
    whole = [{**dict.fromkeys(table.fields), **row} for row in rows]
    names = reference_names(ledger, table, whole)
    if table.entity is not None:
        ids = sorted({row["id"] for row in rows if row.get("id")})
        names["id"] = ledger.names(table.entity, ids)
    return names


def subject(names: Names, table: Table[Any], row: Mapping[str, Any], language: str) -> str:
    """Names what a row is about: the key of its timeline by name; of a record, and of an entity without a
    name, all that it refers to.
    """
    columns = list(table.key_columns) if _keyed(table) else _references(table) or ["src"]
    texts = (shown_with(names, table, c, row[c], language) for c in columns)
    return "  ".join(t for t in texts if t)


def _keyed(table: Table[Any]) -> bool:
    """Tells if people know a row by its key."""
    return table.shape == "span" or table.title is not None


def _references(table: Table[Any]) -> list[str]:
    return [n for n, s in table.fields.items() if s.entity is not None]


def content(
    names: Names, table: Table[Any], row: Mapping[str, Any], language: str, *, plain: bool = False
) -> str:
    """Says what a row says beside its key and its name."""
    left = {*table.key_columns, table.title} if _keyed(table) else set(_references(table))
    texts = (
        shown_with(names, table, n, row[n], language, plain=plain)
        for n in table.fields
        if n not in left
    )
    return "  ".join(t for t in texts if t)


def value_json(table: Table[Any], column: str, value: Any, *, plain: bool) -> Any:
    """A value for programs: yes and no as booleans, numbers of people masked unless ``plain``."""
    spec = table.fields.get(column)
    if spec is None or value is None:
        return value
    if spec.kind.name == "yes":
        return bool(value)
    return spec.kind.mask(value) if isinstance(value, str) and not plain else value


def lacking(ledger: LedgerView, standing: Standing, language: str) -> tuple[str, ...]:
    """The things of a checklist that are not done, in a language."""
    version = standing.window.version
    if not standing.lacking or version.each is None:
        return ()
    spec = ledger.registry.table(version.counts[0].table).shown_fields[version.each[0]]
    return tuple(spec.show(choice, language) for choice in standing.lacking)
