"""Moments that are compared: a day and a known position, and the SQL that says what was there then."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from taizhang.ledger.schema import history, physical, quoted, shown_columns

if TYPE_CHECKING:
    from datetime import date

    from taizhang.declarations.programme import Table


@dataclass(frozen=True, slots=True)
class Point:
    """One look at the ledger: what was true ``on`` a day, as ``known`` at a position."""

    on: date
    known: int


def values(before: Point, after: Point) -> dict[str, Any]:
    """The values of the SQL below."""
    return {
        "day_a": before.on.isoformat(),
        "known_a": before.known,
        "day_b": after.on.isoformat(),
        "known_b": after.known,
    }


def there(table: Table[Any], which: str, *, past: bool) -> str:
    """SQL: the stored row ``r`` is shown at the point ``a`` or ``b``; ``past`` for rows of the history."""
    terms = [f"r.seq <= :known_{which}"]
    if past:
        terms.append(f"r.gone > :known_{which}")
    if table.shape == "record":
        terms.append(f"r.on_date <= :day_{which}")
    else:
        terms += [
            "r.gap = 0",
            f"r.since <= :day_{which}",
            f"(r.until IS NULL OR r.until > :day_{which})",
        ]
    return f"({' AND '.join(terms)})"


def stored(table: Table[Any], select: str, joint: str) -> str:
    """SQL: rows of a table and of its history that ``joint`` (``OR``: are shown at either point, ``<>``:
    at just one of them); ``select`` may speak of ``{a}`` and ``{b}``, whether it is shown there.
    """
    parts = []
    for name, past in ((physical(table), False), (history(table), True)):
        a, b = (there(table, which, past=past) for which in "ab")
        parts.append(
            f"SELECT {select.format(a=a, b=b)} FROM {quoted(name)} r WHERE {a} {joint} {b}"
        )
    return " UNION ALL ".join(parts)


def by_number(table: Table[Any]) -> str:
    """SQL: the readable rows that a JSON list of ``[src, seq]`` pairs names."""
    columns = shown_columns(table)
    return " UNION ALL ".join(
        f"SELECT {columns} FROM json_each(:pairs) q CROSS JOIN {quoted(name)} r "
        "ON r.src = (q.value ->> 0) AND r.seq = (q.value ->> 1)"
        for name in (physical(table), history(table))
    )


__all__ = ["Point", "by_number", "stored", "there", "values"]
