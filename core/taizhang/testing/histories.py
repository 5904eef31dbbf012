"""Histories drawn from declarations: any registry gives them, the small one and the real one.

Days, entities and texts are few, so that ties, late facts, moves to another entity and corrections
that change nothing happen all the time. Nothing is decided: events are as a careless importer or an
unlucky race would have left them, since projections have to be total.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from hypothesis import strategies as st
from msgspec import structs

from taizhang.declarations.fields import Event, FieldSpec, specs
from taizhang.declarations.kinds import (
    ChoiceKind,
    CountKind,
    DateKind,
    MonthKind,
    PartialDateKind,
    YesKind,
)
from taizhang.declarations.lines import bare, line_fields, named, split_name
from taizhang.declarations.registry import Registry
from taizhang.store.paths import Voided
from taizhang.testing import oracle
from taizhang.testing.logs import Said, numbered, void

DAYS = [date(2012, 6, d) for d in (27, 28, 29, 30)]


def _value(spec: FieldSpec) -> st.SearchStrategy[Any]:
    kind = spec.kind
    made: st.SearchStrategy[Any]
    if spec.line is not None:
        made = st.lists(_built(spec.line), min_size=min(spec.least, 3), max_size=3).map(tuple)
    elif spec.entity is not None:
        made = st.sampled_from([f"{spec.entity[0]}-{k}" for k in range(2)])
    elif isinstance(kind, ChoiceKind) and spec.choices:
        made = st.sampled_from([c.zh for c in spec.choices])
    elif isinstance(kind, DateKind):
        made = st.sampled_from(DAYS)
    elif isinstance(kind, MonthKind):
        made = st.sampled_from(["2003-07", "2003-08"])
    elif isinstance(kind, PartialDateKind):
        made = st.sampled_from(["2003", "2003-07", "2003-07-01"])
    elif isinstance(kind, CountKind):
        made = st.integers(1, 3)
    elif isinstance(kind, YesKind):
        made = st.booleans()
    else:
        made = st.sampled_from(["甲", "乙"])
    return st.none() | made if spec.optional else made


def _built(type_: type[Any]) -> st.SearchStrategy[Any]:
    return st.builds(type_, **{name: _value(spec) for name, spec in specs(type_).items()})


def payloads(type_: type[Event]) -> st.SearchStrategy[Event]:
    """Events of one type."""
    return _built(type_)


@st.composite
def histories(
    draw: Any, registry: Registry, *, longest: int = 12, owners: Sequence[str] = ()
) -> list[Said]:
    """Actions of one to three events: facts that feed one or two tables, corrections, voids.

    The tables are those of ``owners``, or of all programmes.
    """
    tables = [
        t.name for t in registry.tables.values() if t.feeds and (not owners or t.owner in owners)
    ]
    names = draw(st.lists(st.sampled_from(sorted(tables)), min_size=1, max_size=2))
    feeding = {e for name in names for e in registry.tables[name].feeds}
    types = sorted(feeding, key=lambda t: t.__name__)
    facts = st.sampled_from(types).flatmap(payloads)
    said: list[Said] = []
    actions: list[list[Said]] = []
    for _ in range(draw(st.integers(1, longest))):
        action: list[Said] = []
        for _ in range(draw(st.sampled_from((1, 1, 1, 2, 3)))):
            action.append(_next(draw, said, facts))
            said.append(action[-1])
        actions.append(action)
    return numbered(actions)


def _next(draw: Any, before: Sequence[Said], facts: st.SearchStrategy[Event]) -> Said:
    what = draw(st.sampled_from(("fact", "fact", "correct", "void"))) if before else "fact"
    day = st.sampled_from(DAYS)
    new = Said(len(before) + 1, Voided(), DAYS[0], 0)
    if what == "fact":
        return replace(new, event=draw(facts), on=draw(day))
    target = draw(st.sampled_from(before))
    root = target.root or target.position
    line = target.line
    fields = line_fields(type(target.event))
    if fields and line is None and draw(st.booleans()):
        line = named(draw(st.sampled_from(sorted(fields))), draw(st.integers(1, 3)))
    if what == "void" or target.voids is not None:
        return replace(void(new, target.position, root), on=target.on, line=line)
    if line is not None:
        return _of_line(
            draw, replace(new, on=target.on, corrects=target.position, root=root), target, line
        )
    event = draw(st.just(target.event) | payloads(type(target.event)))
    for field in fields:
        lines = getattr(event, field)
        if lines and draw(st.sampled_from((False, False, True))):
            gap = draw(st.integers(0, len(lines) - 1))
            event = structs.replace(event, **{field: (*lines[:gap], None, *lines[gap + 1 :])})
    on = draw(st.just(target.on) | day)
    return replace(new, event=event, on=on, corrects=target.position, root=root)


def _of_line(draw: Any, new: Said, target: Said, line: str) -> Said:
    """A correction of one line: what all lines share, and that line alone."""
    field = split_name(line)[0]
    own = draw(_built(line_fields(type(target.event))[field]))
    event = structs.replace(bare(target.event), **{field: (own,)})
    return replace(new, event=event, line=line)


@st.composite
def reorderings(
    draw: Any, registry: Registry, *, owners: Sequence[str] = ()
) -> tuple[list[Said], list[Said]]:
    """Two histories of the same facts recorded in different orders, one event an action.

    Facts on one timeline differ in (on, rank); each fact's amendments keep their order.
    """
    history = draw(histories(registry, owners=owners))
    tied: set[int] = set()
    for table in registry.tables.values():
        if table.shape != "record":
            for line in oracle.timelines(history, registry, table).values():
                seen: set[tuple[date, int]] = set()
                for on, rank, root, *_ in line:
                    (tied if (on, rank) in seen else set[int]()).add(root)
                    seen.add((on, rank))
    kept = [s for s in history if (s.root or s.position) not in tied]
    families = [s.root or s.position for s in kept]
    return _arranged(kept, families), _arranged(kept, draw(st.permutations(families)))


def _arranged(history: Sequence[Said], order: Sequence[int]) -> list[Said]:
    """The history with its families interleaved in ``order``."""
    waiting: dict[int, list[Said]] = {}
    for said in history:
        waiting.setdefault(said.root or said.position, []).append(said)
    placed = [waiting[root].pop(0) for root in order]
    at = {said.position: k for k, said in enumerate(placed, 1)}
    return [
        replace(
            said,
            position=at[said.position],
            action=at[said.position],
            i=1,
            n=1,
            corrects=said.corrects and at[said.corrects],
            voids=said.voids and at[said.voids],
            root=said.root and at[said.root],
        )
        for said in placed
    ]
