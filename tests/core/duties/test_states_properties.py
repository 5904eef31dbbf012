"""For random histories, at random clocks: the states that SQL computes are those of the oracle."""

from __future__ import annotations

import datetime as dt
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from dutykit.oracle import Oracle, Past
from dutykit.probe import probe, registry
from hypothesis import given, settings
from hypothesis import strategies as st
from ledgerkit.histories import payloads
from ledgerkit.ledgers import ledger_of, view
from ledgerkit.logs import Said, logged, numbered, void

from taizhang.declare import Event, specs
from taizhang.duties.declare import Duty, Not
from taizhang.duties.standing import Compiler
from taizhang.duties.windows import containing, current
from taizhang.kinds import DateKind
from taizhang.store import Voided

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


@st.composite
def histories(draw: Any, duty: Duty) -> list[Said]:
    """Facts that feed the duty's tables, late and early, with corrections and voids."""
    r = registry()
    names = tables_of(duty)
    likely = wanted(duty)
    counting = [c.table for v in duty.versions for c in v.counts]
    types = [e for name in [*names, *counting, *counting] for e in r.tables[name].feeds]
    who = r.tables[duty.versions[0].who.table]
    starting = [e for e, feed in who.feeds.items() if feed.make is not None]
    if who.shape == "fold":
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


def agree(name: str, history: list[Said], clocks: list[tuple[dt.date, int | None]]) -> int:
    """Compares ledger and oracle; gives how many standings were compared."""
    r = registry()
    seen = 0
    with tempfile.TemporaryDirectory() as folder:
        log = logged(Path(folder, "events.db"), history, r)
        with log, ledger_of(log, r, Path(folder, "ledger.db")) as projector:
            for on, known in clocks:
                duty = r.duties[name]
                ledger = view(projector, on, known)
                windows = [*current(duty, on), *(containing(duty, d) for d in DAYS if d <= on)]
                for window in {(w.begin, w.version.since): w for w in windows if w}.values():
                    compiler = Compiler(r.tables, window, on)
                    rows = ledger.query(compiler.sql())
                    found = {row["entity"]: (row["state"], row["value"]) for row in rows}
                    assert len(found) == len(rows)
                    oracle = Oracle(
                        Past(history, r, known), window.version, window.begin, window.end, on
                    )
                    assert found == oracle.states(), (name, window.label, on, known)
                    seen += len(found)
    return seen


@pytest.mark.parametrize("name", sorted(probe.duties))
@settings(max_examples=12)
@given(data=st.data())
def test_states_are_those_of_the_oracle(name: str, data: st.DataObject) -> None:
    history = data.draw(histories(registry().duties[name]))
    known = data.draw(st.none() | st.integers(0, len(history)))
    agree(name, history, [(data.draw(st.sampled_from(DAYS)), known), (DAYS[-1], None)])
