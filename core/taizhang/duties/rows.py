"""The rows that a figure or a flow is made of: those of a stretch of the calendar, or those that stand.

Records count on their day. Rows of spans and entity tables stand on the last day of the stretch, unless
``day`` says which of their days counts: the one on which they began, or a date column, of what they are
on the ledger's day.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from taizhang.declarations.columns import BEGAN, Tables, day_column, table_of
from taizhang.declarations.duties import Selection
from taizhang.duties.predicates import condition, lasts, name, stands, valid_until
from taizhang.duties.standing import iso

if TYPE_CHECKING:
    from taizhang.declarations.programme import Table


def table_rows(
    tables: Tables, selection: Selection, begin: dt.date | None, end: dt.date, on: dt.date
) -> tuple[Table[Any], str]:
    """The table, and SQL ``FROM … r WHERE …`` of the rows; ``begin`` None is from the first day on."""
    table = table_of(tables, selection.table)
    day = iso(min(end, on))
    source = f"FROM {name(table.name + '_all')} r WHERE "
    if table.shape != "record" and selection.day is None:
        there = stands(day, until=valid_until(table))
        return table, f"{source}{there}{condition(tables, table, selection.where, day)}"
    happened = happening(table, selection)
    terms = [f"{happened} <= {day}"]
    if begin is not None:
        terms.insert(0, f"{happened} >= {iso(begin)}")
    if table.shape == "record":
        if happened != "r.on_date":
            terms.append(f"r.on_date <= {iso(on)}")
    elif selection.day == BEGAN:
        terms.append(lasts("r.since"))
    else:
        terms.append(stands(iso(on)))
    where = condition(tables, table, selection.where, happened)
    return table, f"{source}{' AND '.join(terms)}{where}"


def happening(table: Table[Any], selection: Selection) -> str:
    """SQL of the day on which a row counts: its own, when it began, or a date column."""
    column = day_column(table, selection.day)
    return "r.on_date" if column is None else f"r.{name(column)}"


def dated(selection: Selection, table: Table[Any]) -> bool:
    """Tells if the rows are those that happened in a stretch, not those that stand at its end."""
    return table.shape == "record" or selection.day is not None


__all__ = ["dated", "happening", "table_rows"]
