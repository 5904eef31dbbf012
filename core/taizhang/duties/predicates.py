"""Conditions and days of rows as SQL.

Values come from declarations and stand in the SQL as literals, so that what is run can be read, and pasted
into any SQLite.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from taizhang.declarations.columns import Tables, terms
from taizhang.declarations.duties import Where

if TYPE_CHECKING:
    from taizhang.declarations.programme import Table


def literal(value: Any) -> str:
    """A value as an SQL literal."""
    if value is None:
        return "NULL"
    if isinstance(value, int):
        return str(int(value))
    return "'" + str(value).replace("'", "''") + "'"


def name(identifier: str) -> str:
    """An SQL identifier."""
    return '"' + identifier.replace('"', '""') + '"'


def _is(column: str, values: Sequence[Any], negated: bool) -> str:
    given = [v for v in values if v is not None]
    empty = len(given) < len(values)
    if not given:
        made = f"{column} IS NULL"
    elif len(given) == 1:
        made = f"{column} = {literal(given[0])}"
    else:
        made = f"{column} IN ({', '.join(map(literal, given))})"
    if empty and given:
        made = f"({made} OR {column} IS NULL)"
    if not negated:
        return made
    # What is not known is another value, never an unknown answer.
    return f"NOT coalesce({made}, 0)"


def condition(tables: Tables, table: Table[Any], where: Where, day: str, row: str = "r") -> str:
    """``where`` on the row ``row`` as SQL, ``AND`` before each; ``day`` is the SQL of the day on which
    what a reference names is looked at: as it stood then, or else last.
    """
    made = []
    for term in terms(tables, table, where):
        column = f"{row}.{name(term.path[0])}"
        if term.through is not None:
            there = name(term.through.name + "_all")
            column = (
                f"(SELECT j.{name(term.path[1])} FROM {there} j WHERE j.id = {column} "
                f"AND j.since <= {day} ORDER BY j.since DESC, j.until IS NULL DESC, "
                "j.until DESC LIMIT 1)"
            )
        made.append(f" AND {_is(column, term.values, term.negated)}")
    return "".join(made)


def stands(day: str, row: str = "r", until: str = "") -> str:
    """The row of a span or fold stands on the day (SQL).

    Args:
        day: The day, as SQL.
        row: The row.
        until: The day from which on it does not, as SQL, if that is not its own ``until``.
    """
    return f"{row}.since <= {day} AND {lasts(day, row, until)}"


def lasts(day: str, row: str = "r", until: str = "") -> str:
    """The row of a span or fold had not ended by the day (SQL); on the day it began, it ever stood at all."""
    until = until or f"{row}.until"
    return f"({until} IS NULL OR {until} > {day})"


def valid_until(table: Table[Any], row: str = "r") -> str:
    """The day from which on a row is no more, or no more valid (SQL); NULL while nothing ends it."""
    if table.validity is None:
        return f"{row}.until"
    last = f"date({row}.{name(table.validity)}, '+1 day')"
    return f"nullif(min(coalesce({row}.until, '~'), coalesce({last}, '~')), '~')"


__all__ = ["condition", "lasts", "literal", "name", "stands", "valid_until"]
