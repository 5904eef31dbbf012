"""Deadlines: how long after the step before a step is due."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from msgspec import Struct


class Days(Struct, frozen=True):
    """So many days of the calendar after the step before; a name is the field that says how many."""

    number: int | str


class WorkingDays(Struct, frozen=True):
    """So many working days after the step before; a name is the field that says how many."""

    number: int | str


class ByField(Struct, frozen=True):
    """The date that this field says."""

    name: str


class ByKind(Struct, frozen=True):
    """Another rule for each value of the choice ``name``; one that is not listed has no due date."""

    name: str
    rules: Mapping[str, Days | WorkingDays | ByField]


Deadline = Days | WorkingDays | ByField | ByKind


class Due(Struct, frozen=True):
    """A due date as a row stores it: a day, or how many working days to count."""

    on: date | None
    working: int | None


NONE = Due(None, None)


def months_after(day: date, months: int) -> date:
    """Counts months from a day: the same day of that month, or its last where it has no such day; never later than
    a date can be.

    Args:
        day: the day.
        months: how many months later.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year > date.max.year:
        return date.max
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def due_after(deadline: Deadline | None, row: Any, on: date) -> Due:
    """Computes when what follows a step taken ``on`` is due."""
    rule = rule_for(deadline, row)
    if isinstance(rule, ByField):
        return Due(getattr(row, rule.name), None)
    if rule is None:
        return NONE
    number = getattr(row, rule.number) if isinstance(rule.number, str) else rule.number
    if number is None:
        return NONE
    if isinstance(rule, WorkingDays):
        return Due(None, number)
    span = max(min(number, (date.max - on).days), (date.min - on).days)
    return Due(on + timedelta(days=span), None)


def rule_for(deadline: Deadline | None, said: Any) -> Days | WorkingDays | ByField | None:
    """The rule that holds for what was said, an event, an action or a row."""
    if isinstance(deadline, ByKind):
        return deadline.rules.get(getattr(said, deadline.name, ""))
    return deadline


def field_needed(deadline: Deadline, said: Any) -> str | None:
    """The field that has to be given because the kind of what was ``said`` is due by it. Where there is
    one rule for all, the row itself says whether its field may be empty.
    """
    if not isinstance(deadline, ByKind):
        return None
    rule = rule_for(deadline, said)
    if isinstance(rule, ByField):
        return rule.name
    return rule.number if rule is not None and isinstance(rule.number, str) else None


def rules_of(deadline: Deadline | None) -> Iterator[Days | WorkingDays | ByField]:
    """All rules of a deadline."""
    if isinstance(deadline, ByKind):
        yield from deadline.rules.values()
    elif deadline is not None:
        yield deadline


def fields_of(deadline: Deadline | None) -> Iterator[str]:
    """The fields that a deadline names."""
    if isinstance(deadline, ByKind):
        yield deadline.name
    for rule in rules_of(deadline):
        if isinstance(rule, ByField):
            yield rule.name
        elif isinstance(rule.number, str):
            yield rule.number
