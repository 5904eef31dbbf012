"""Rows on their way between declared structs and SQLite, compiled once for each table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from operator import attrgetter, itemgetter
from typing import Any

import msgspec

from taizhang.declarations.fields import Row, specs
from taizhang.declarations.kinds import DateKind, YesKind
from taizhang.declarations.programme import Feed, Table

Values = tuple[Any, ...]


class Days(dict[date, str]):
    """Days as the ledger stores them: looking one up takes a tenth of the time of writing it."""

    def __missing__(self, on: date) -> str:
        day = self[on] = on.isoformat()
        return day


class RowShape:
    """The shape of one table's rows: how they become SQLite values and come back."""

    def __init__(self, table: Table[Any]) -> None:
        self.row = table.row
        fields = list(specs(table.row).items())
        self.width = len(fields)
        self.dates = tuple(i for i, (_, s) in enumerate(fields) if isinstance(s.kind, DateKind))
        self.yes = tuple(i for i, (_, s) in enumerate(fields) if isinstance(s.kind, YesKind))
        self.converted = bool(self.dates or self.yes)
        self.names = tuple(n for n, _ in fields)
        self._days = Days()
        offset = 1 if table.entity else 0
        self.personal = tuple(i + offset for i, (_, s) in enumerate(fields) if s.kind.personal)
        self.key_of_event: Callable[[Any], Values] = _getter(table)
        self.places = [] if table.entity else [self.names.index(k) for k in table.key]
        self.key_of_values: Callable[[Values], Values] = _key_places(self.places)
        self.entity = table.entity is not None

    def maker(self, feed: Feed) -> Callable[[Any], Values | None]:
        """Makes the function that gives the values of an event's row in a span or record table, or None for
        no row.
        """
        make = feed.make
        if make is None:
            return lambda event: self.blank(self.key_of_event(event))
        have = feed.fields
        plain = not self.dates and not self.yes and len(self.names) > 1
        if feed.copied and plain and all(n in have for n in self.names):
            return attrgetter(*(have[n] for n in self.names))
        return lambda event: None if (row := make(event)) is None else self.values(row, ())

    def values(self, row: Row, key: Values) -> Values:
        """A row as SQLite stores it; entities have their id first."""
        made = msgspec.structs.astuple(row)
        if self.converted:
            listed = list(made)
            for i in self.dates:
                if isinstance(day := listed[i], date):
                    listed[i] = self._days[day]
            for i in self.yes:
                if listed[i] is not None:
                    listed[i] = int(listed[i])
            made = tuple(listed)
        return key + made if self.entity else made

    def blank(self, key: Values) -> Values:
        """The values of a gap: the key and nothing else."""
        if self.entity:
            return (*key, *([None] * self.width))
        listed: list[Any] = [None] * self.width
        for place, value in zip(self.places, key, strict=True):
            listed[place] = value
        return tuple(listed)

    def state(self, values: Values) -> Row:
        """The struct that ``values`` stand for."""
        fields = list(values[1:] if self.entity else values)
        for i in self.dates:
            if fields[i] is not None:
                fields[i] = date.fromisoformat(fields[i])
        for i in self.yes:
            if fields[i] is not None:
                fields[i] = bool(fields[i])
        made: Row = self.row(**dict(zip(self.names, fields, strict=True)))
        return made


def _key_places(places: list[int]) -> Callable[[Values], Values]:
    """Makes the function that takes the key out of a row's values; an entity's is its id, which is first."""
    if len(places) > 1:
        return itemgetter(*places)
    place = places[0] if places else 0
    return lambda values: (values[place],)


def _getter(table: Table[Any]) -> Callable[[Any], Values]:
    """The key of what a fact says, as SQLite stores it."""
    if not table.lined:
        return _key_getter(table, {k: k for k in table.key})
    getters = {content: _key_getter(table, feed.fields) for content, feed in table.contents.items()}
    return lambda event: getters[type(event)](event)


def _key_getter(table: Table[Any], paths: Mapping[str, str]) -> Callable[[Any], Values]:
    fields = specs(table.row)
    get = attrgetter(*(paths[k] for k in table.key)) if table.key else tuple
    one = get if len(table.key) > 1 else lambda event: (get(event),)
    if any(k in fields and isinstance(fields[k].kind, DateKind) for k in table.key):
        return lambda event: tuple(
            value.isoformat() if isinstance(value, date) else value for value in one(event)
        )
    return one
