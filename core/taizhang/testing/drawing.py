"""Fields as people write them (填写), drawn by kind, for actions that are tried on a store."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping
from typing import Any

from taizhang.declarations.declared import ActionDeclaration
from taizhang.declarations.fields import Declared, FieldSpec, specs
from taizhang.declarations.kinds import (
    ChoiceKind,
    CountKind,
    DateKind,
    DecimalKind,
    IdNumberKind,
    MinutesKind,
    MonthKind,
    PartialDateKind,
    PhoneKind,
    TextKind,
    YesKind,
)
from taizhang.declarations.registry import Registry
from taizhang.testing.subject import Given
from taizhang.workspace import Workspace

FIRST = dt.date(2012, 1, 9)
DAYS = tuple(FIRST + dt.timedelta(days=7 * k) for k in range(40))


def is_free(spec: FieldSpec) -> bool:
    """Tells if people write what they like into a field."""
    return isinstance(spec.kind, TextKind) and not isinstance(spec.kind, PhoneKind | IdNumberKind)


def with_free(
    fields: Mapping[str, Any], declared: Mapping[str, FieldSpec], text: str
) -> dict[str, Any]:
    """Drawn fields with ``text`` wherever people write what they like, in lines too."""
    made = dict(fields)
    for name, spec in declared.items():
        if is_free(spec):
            made[name] = text
        elif spec.line is not None and isinstance(made.get(name), list):
            made[name] = [with_free(line, specs(spec.line), text) for line in made[name]]
    return made


def takes_free(declared: Mapping[str, FieldSpec]) -> bool:
    """Tells if people write what they like into a field, or into one of a line."""
    return any(
        is_free(s) or (s.line is not None and takes_free(specs(s.line))) for s in declared.values()
    )


class Writer:
    """Fills in actions on one store, by chance from a seed."""

    def __init__(self, ws: Workspace, given: Given, seed: int = 2012) -> None:
        self.ws, self.given = ws, given
        self.chance = random.Random(seed)

    def day(self, turn: int | None = None) -> dt.date:
        """A Monday of 2012: mostly that of the turn, so that what follows follows; now and then any."""
        if turn is None or self.chance.random() < 0.2:
            return self.chance.choice(DAYS)
        return DAYS[turn % len(DAYS)]

    def fields(self, action: ActionDeclaration, day: dt.date) -> dict[str, Any]:
        """Values for the fields of an action on a day; an optional one is left out now and then."""
        made: dict[str, Any] = {}
        for name, spec in action.fields.items():
            if not spec.required and self.chance.random() < 0.4:
                continue
            value = self.value(spec, day)
            if value is not None:
                made[name] = value
        return made | dict(self.given.get(action.name, {}))

    def value(self, spec: FieldSpec, day: dt.date) -> Any:
        """A value for one field, or None where nothing there would do."""
        chance, kind = self.chance, spec.kind
        if spec.line is not None:
            return self._lines(spec, spec.line, day)
        low, high = spec.low if spec.low is not None else 1, spec.high
        if spec.entity is not None:
            return self._entity(spec.entity, day)
        if isinstance(kind, ChoiceKind):
            return chance.choice(spec.choices).zh if spec.choices else "甲"
        if isinstance(kind, DecimalKind):
            return str(self._number(low, high) // kind.parts or 1)
        if isinstance(kind, MinutesKind | CountKind):
            return str(self._number(low, high))
        if isinstance(kind, DateKind):
            return (day + dt.timedelta(days=chance.choice((0, 0, 7, 30)))).isoformat()
        if isinstance(kind, MonthKind):
            return chance.choice(("2003-07", "2003-08", "2003-09"))
        if isinstance(kind, PartialDateKind):
            return chance.choice(("2003", "2003-07", "2003-07-01"))
        if isinstance(kind, YesKind):
            return chance.choice(("是", "否"))
        if isinstance(kind, PhoneKind):
            return "13800000000"
        if isinstance(kind, IdNumberKind):
            return "340702197501011234"
        return chance.choice(("甲", "乙丙", "春季"))

    def _lines(
        self, spec: FieldSpec, line: type[Declared], day: dt.date
    ) -> list[dict[str, Any]] | None:
        """Two or three lines, or as many as there have to be; none of one entity twice."""
        fields, made = specs(line), dict[Any, dict[str, Any]]()
        count = max(spec.least, min(spec.most, self.chance.choice((2, 3))))
        for turn in range(4 * count):
            drawn = {n: self.value(s, day) for n, s in fields.items()}
            drawn = {
                n: v
                for n, v in drawn.items()
                if v is not None and (fields[n].required or self.chance.random() < 0.6)
            }
            if all(n in drawn for n, s in fields.items() if s.required):
                made.setdefault(
                    next((drawn.get(n) for n in fields if fields[n].entity), turn), drawn
                )
            if len(made) >= count:
                break
        return list(made.values()) if len(made) >= max(1, spec.least) else None

    def _number(self, low: int, high: int | None) -> int:
        return self.chance.randint(low, low + 4 if high is None else min(high, low + 4))

    def _entity(self, kind: str, day: dt.date) -> str | None:
        registry: Registry = self.ws.registry
        if kind not in registry.entities:
            return None
        table = registry.entities[kind].table
        rows = self.ws.at(day).rows(table.name)
        return str(self.chance.choice(rows)["id"]) if rows else None


def shown(fields: Mapping[str, Any]) -> str:
    """Fields as one reads them in a sentence; long ones cut."""
    return " ".join(f"{k}={str(v)[:20]!r}" for k, v in fields.items())
