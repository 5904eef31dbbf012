"""What was found by looking back, in words and as JSON: names for ids, labels for columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from taizhang.ledger.lines import number_of, position_of
from taizhang.readmodels.difference import CHANGED, compared
from taizhang.readmodels.tables import column_label, reference_names, show_cell, with_names

if TYPE_CHECKING:
    from taizhang.declarations.programme import Table
    from taizhang.ledger.view import LedgerView
    from taizhang.readmodels.behind import Behind
    from taizhang.readmodels.difference import Line
    from taizhang.readmodels.points import Point
    from taizhang.readmodels.why import Cell, Story

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
    """The same with names that are known already, those of the table's own ids among them."""
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
    """What a row is about: the key of its timeline by name; of a record, and of an entity without a
    name, all that it refers to.
    """
    columns = list(table.key_columns) if _keyed(table) else _references(table) or ["src"]
    texts = (shown_with(names, table, c, row[c], language) for c in columns)
    return "  ".join(t for t in texts if t)


def _keyed(table: Table[Any]) -> bool:
    """Whether people know a row by its key."""
    return table.shape == "span" or table.title is not None


def _references(table: Table[Any]) -> list[str]:
    return [n for n, s in table.fields.items() if s.entity is not None]


def content(
    names: Names, table: Table[Any], row: Mapping[str, Any], language: str, *, plain: bool = False
) -> str:
    """What a row says beside its key and its name."""
    left = {*table.key_columns, table.title} if _keyed(table) else set(_references(table))
    texts = (
        shown_with(names, table, n, row[n], language, plain=plain)
        for n in table.fields
        if n not in left
    )
    return "  ".join(t for t in texts if t)


def changes(names: Names, line: Line, language: str, *, plain: bool = False) -> str:
    """``label old → new`` for every column that differs; of days only where nothing else does."""
    table = line.table
    told = [c for c in line.changes if c.column in table.fields] or line.changes
    parts = []
    for change in told:
        old, new = (
            shown_with(names, table, change.column, v, language, plain=plain) or "–"
            for v in (change.old, change.new)
        )
        parts.append(f"{column_label(table, change.column).text(language)} {old} → {new}")
    return "  ".join(parts)


def said(names: Names, line: Line, language: str, *, plain: bool = False) -> str:
    """What a line says: the changes, or what came or went."""
    if line.sign == CHANGED:
        return changes(names, line, language, plain=plain)
    return content(names, line.table, line.row, language, plain=plain)


def pages(lines: Iterable[Line], ledger: LedgerView) -> Iterator[tuple[Line, Names]]:
    """Lines with the names that they need, looked up together for each table."""
    for _, some in groupby(lines, key=lambda line: line.table.name):
        same = list(some)
        rows = [r for line in same for r in (line.before, line.after) if r is not None]
        names = own_names(ledger, same[0].table, rows)
        for line in same:
            yield line, names


# As JSON


def story_json(
    ledger: LedgerView,
    story: Story,
    cells: Sequence[Cell],
    language: str = "zh",
    *,
    plain: bool = False,
) -> dict[str, Any]:
    """A row and its cells with the events behind them."""
    table, row = story.place.table, story.cells()
    begins = story.begins()
    key = dict(zip(table.key_columns, story.place.key, strict=False))
    if table.shape == "record":
        src = story.place.key[0]
        key = {"src": position_of(table, src)}
        if number := number_of(table, src):
            key["line"] = number
    return {
        "table": table.name,
        "key": key,
        "on": story.place.day,
        "known": story.timeline.known,
        "row": with_names(ledger, table, [row], plain=plain)[0] if row else None,
        "begins": begins.cells(language) if begins is not None else None,
        "cells": [_cell_json(table, cell, language, plain) for cell in cells],
    }


def _cell_json(table: Table[Any], cell: Cell, language: str, plain: bool) -> dict[str, Any]:
    return {
        "column": cell.column,
        "label": column_label(table, cell.column).text(language),
        "present": cell.present,
        "value": _value(table, cell.column, cell.value, plain),
        "event": _event(cell.behind, language),
        "earlier": [
            {
                "since": e.since,
                "until": e.until,
                "present": e.present,
                "value": _value(table, cell.column, e.value, plain),
                "event": _event(e.behind, language),
            }
            for e in cell.earlier
        ],
        "known": [
            {
                "known": k.known,
                "gone": k.gone,
                "recorded_at": k.recorded_at,
                "present": k.present,
                "value": _value(table, cell.column, k.value, plain),
                "event": _event(k.behind, language),
                "by": [b.cells(language) for b in k.by],
            }
            for k in cell.known
        ],
    }


def _value(table: Table[Any], column: str, value: Any, plain: bool) -> Any:
    """A value for programs: yes and no as booleans, numbers of people masked unless ``plain``."""
    spec = table.fields.get(column)
    if spec is None or value is None:
        return value
    if spec.kind.name == "yes":
        return bool(value)
    return spec.kind.mask(value) if isinstance(value, str) and not plain else value


def _event(behind: Behind | None, language: str) -> dict[str, Any] | None:
    return None if behind is None else behind.cells(language)


def line_json(
    names: Names, line: Line, language: str = "zh", *, plain: bool = False
) -> dict[str, Any]:
    """One difference."""
    table = line.table
    record = ("src", "line") if table.lined else ("src",)
    keys = record if table.shape == "record" else table.key_columns
    return {
        "table": table.name,
        "sign": line.sign,
        "key": {k: line.row[k] for k in keys},
        "subject": subject(names, table, line.row, language),
        "before": _row_json(names, table, line.before, plain),
        "after": _row_json(names, table, line.after, plain),
        "changes": [
            {
                "column": c.column,
                "label": column_label(table, c.column).text(language),
                "old": _value(table, c.column, c.old, plain),
                "new": _value(table, c.column, c.new, plain),
            }
            for c in (line.changes if line.sign == CHANGED else ())
        ],
        "events": [e.cells(language) for e in line.events],
    }


def _row_json(names: Names, table: Table[Any], row: Mapping[str, Any] | None, plain: bool) -> Any:
    if row is None:
        return None
    shown = (*compared(table), *(["line"] if table.lined else []), "src", "seq")
    made = {c: _value(table, c, row[c], plain) for c in shown}
    made |= {f"{c}_name": named.get(row[c]) for c, named in names.items() if row[c]}
    return made


def point_json(point: Point) -> dict[str, Any]:
    """Both clocks of a look."""
    return {"on": point.on.isoformat(), "known": point.known}
