"""Histories for duties and figures: facts that feed their tables, late and early, amended and void."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import msgspec
from hypothesis import strategies as st

from dutykit.probe import registry
from taizhang.declarations.duties import Duty, Not
from taizhang.declarations.fields import Event, specs
from taizhang.declarations.kinds import DateKind
from taizhang.store.paths import Voided
from taizhang.testing.histories import payloads
from taizhang.testing.logs import Said, numbered, void

DAYS = [
    dt.date(2012, *d)
    for d in ((3, 30), (3, 31), (4, 1), (4, 20), (5, 15), (5, 16), (6, 28), (6, 30), (7, 1), (7, 9))
]


def tables_of(duty: Duty) -> list[str]:
    """The tables that a duty reads, and those that its conditions lead to."""
    names = [v.who.table for v in duty.versions] + [
        c.table for v in duty.versions for c in v.counts
    ]
    wheres = [v.who.where for v in duty.versions]
    wheres += [c.where for v in duty.versions for c in v.counts]
    through = any("." in w for where in wheres for w in where)
    return sorted({*names, *(["organisations"] if through else [])})


def wanted(duty: Duty) -> dict[str, tuple[Any, ...]]:
    """The values that the duty's conditions ask for, by field."""
    found: dict[str, tuple[Any, ...]] = {"scheme": ("三种党员",)}
    for version in duty.versions:
        for where in (version.who.where, *(c.where for c in version.counts)):
            for column, value in where.items():
                given = value if isinstance(value, tuple) else (value,)
                if not isinstance(value, Not):
                    field = column.rpartition(".")[2]
                    found[field] = (*found.get(field, ()), *given)
    return found


@st.composite
def facts(draw: Any, types: list[type[Event]], likely: dict[str, tuple[Any, ...]]) -> Event:
    """An event, most often one that the duty asks for."""
    event = draw(st.sampled_from(types).flatmap(payloads))
    fields = specs(type(event))
    for name, values in likely.items():
        choices = {c.zh for c in fields[name].choices} if name in fields else set()
        values = tuple(v for v in values if not choices or v in choices)
        if name in fields and values and draw(st.integers(0, 3)):
            event = msgspec.structs.replace(event, **{name: draw(st.sampled_from(values))})
    for name, spec in fields.items():
        if isinstance(spec.kind, DateKind) and draw(st.integers(0, 3)):
            event = msgspec.structs.replace(event, **{name: draw(st.sampled_from(DAYS))})
    return event


def duty_histories(duty: Duty) -> st.SearchStrategy[list[Said]]:
    """Histories in which some are obliged."""
    counting = [c.table for v in duty.versions for c in v.counts]
    tables = [*tables_of(duty), *counting, *counting]
    return histories(tables, duty.versions[0].who.table, wanted(duty))


@st.composite
def histories(
    draw: Any, tables: list[str], first: str, likely: dict[str, tuple[Any, ...]]
) -> list[Said]:
    """Facts that feed the tables, the first ones ``first``; late and early, corrections and voids."""
    r = registry()
    types = [e for name in tables for e in r.tables[name].feeds]
    starting = [e for e, feed in r.tables[first].feeds.items() if feed.make is not None]
    if r.tables[first].shape == "fold":
        starting = starting[:1]
    said: list[Said] = []
    for i in range(draw(st.integers(4, 22))):
        new = Said(i + 1, Voided(), DAYS[0], 0)
        what = draw(st.sampled_from(("fact",) * 6 + ("correct", "void"))) if i > 2 else "start"
        target = draw(st.sampled_from(said)) if said else new
        root = target.root or target.position
        if what == "start":
            day = draw(st.sampled_from(DAYS[:5]))
            new = replace(new, event=draw(facts(starting, likely)), on=day)
        elif what == "fact":
            new = replace(new, event=draw(facts(types, likely)), on=draw(st.sampled_from(DAYS)))
        elif what == "void" or target.voids is not None:
            new = replace(void(new, target.position, root), on=target.on)
        else:
            event = draw(st.just(target.event) | facts([type(target.event)], likely))
            on = draw(st.just(target.on) | st.sampled_from(DAYS))
            new = replace(new, event=event, on=on, corrects=target.position, root=root)
        said.append(new)
    return numbered([s] for s in said)
