"""Computed columns: what a table shows at both clocks without storing it."""

from __future__ import annotations

from msgspec import Struct

from taizhang.declarations.fields import FieldSpec
from taizhang.declarations.kinds import CountKind, DateKind, Kind
from taizhang.words.labels import Label


class Computed(Struct, frozen=True):
    """SQL over the row ``r`` and the tables as they stand at the two clocks.

    It is there for readers of a day: not for other tools that open the ledger's file, and not in
    differences, which compare what facts say.
    """

    spec: FieldSpec
    sql: str


def computed(name: str, label: str, sql: str, kind: Kind | None = None) -> dict[str, Computed]:
    """One computed column, by its name; a number unless ``kind`` says otherwise.

    Args:
        name: The name of the column.
        label: What people call it, a pair.
        sql: An expression over the row and the tables at both clocks.
        kind: The kind of its values, a number if not given.
    """
    spec = FieldSpec(
        name, Label.of(label), kind or CountKind(), True, None, (), None, None, None, False
    )
    return {name: Computed(spec, sql)}


def months_later(day: str, months: str) -> str:
    """SQL: so many months after a day, both as expressions; the last day of that month where it has no such day."""
    after, next_one = f"'+' || ({months}) || ' months'", f"'+' || ({months} + 1) || ' months'"
    return f"min(date({day}, {after}), date({day}, 'start of month', {next_one}, '-1 day'))"


def last_day(name: str, label: str, number: str | int, unit: str) -> dict[str, Computed]:
    """The last day of a term that begins on the day after the row did, by its name. A month that has no such day
    ends the term with its last day.

    Args:
        name: The name of the column.
        label: What people call it, a pair.
        number: How many, or the column that says it.
        unit: ``months`` or ``days``.
    """
    many = f'r."{number}"' if isinstance(number, str) else str(int(number))
    day = f"date(r.since, '+' || {many} || ' {unit}')"
    said = months_later("r.since", many) if unit == "months" else day
    return computed(name, label, said, DateKind())
