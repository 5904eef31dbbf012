"""The difference of any two looks is that of the rows that both show, and its events are of between."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ledgerkit import meets, toy

from taizhang.declarations.programme import Table
from taizhang.declarations.registry import Registry
from taizhang.ledger.projector import Projector
from taizhang.ledger.view import LedgerView
from taizhang.loading.loader import load
from taizhang.readmodels.difference import ADDED, CHANGED, GONE, Difference, RowDifference, compared
from taizhang.readmodels.points import Point
from taizhang.readmodels.scope import scope_of
from taizhang.store.paths import Voided
from taizhang.testing import oracle
from taizhang.testing.histories import DAYS, histories
from taizhang.testing.ledgers import replayed, view
from taizhang.testing.logs import Said, void
from taizhang.testing.properties import ends, fed

VOCABULARIES = {"toy": toy.registry(), "lines": meets.registry(), "real": load().registry}
CALM = (HealthCheck.too_slow, HealthCheck.data_too_large)
QUICK = settings(max_examples=7, deadline=None, suppress_health_check=CALM)
DEEP = settings(max_examples=1_000, deadline=None, suppress_health_check=CALM)
each_vocabulary = pytest.mark.parametrize("registry", VOCABULARIES.values(), ids=VOCABULARIES)

Seen = dict[tuple[Any, ...], dict[str, Any]]


def _keys(table: Table[Any]) -> tuple[str, ...]:
    if table.shape != "record":
        return table.key_columns
    return ("src", "line") if table.lined else ("src",)


def seen(ledger: LedgerView, table: Table[Any]) -> Seen:
    """The rows of a look by the key of their timeline."""
    keys = _keys(table)
    rows = ledger.query(f'SELECT * FROM "{table.name}"')
    return {tuple(r[k] for k in keys): r for r in rows}


def expected(before: Seen, after: Seen, table: Table[Any]) -> dict[tuple[Any, ...], Any]:
    """What differs, by key: which side it is missing on, or the columns that are not the same."""
    found: dict[tuple[Any, ...], Any] = {}
    for key in {*before, *after}:
        if key not in before:
            found[key] = ADDED
        elif key not in after:
            found[key] = GONE
        else:
            one, other = before[key], after[key]
            if differing := {c: (one[c], other[c]) for c in compared(table) if one[c] != other[c]}:
                found[key] = differing
    return found


def told(line: RowDifference) -> Any:
    return {c.column: (c.old, c.new) for c in line.changes} if line.sign == CHANGED else line.sign


def holds(
    history: list[Said], registry: Registry, before: Point, after: Point, projector: Projector
) -> None:
    looks = [view(projector, p.on, p.known) for p in (before, after)]
    for name in fed(history, registry):
        table = registry.tables[name]
        rows = [seen(view(projector, p.on, p.known), table) for p in (before, after)]
        lines = list(Difference(looks[0], projector.log, before, after, [table]))
        keys = _keys(table)
        assert {tuple(line.row[k] for k in keys): told(line) for line in lines} == expected(
            rows[0], rows[1], table
        )
        order = [
            (r["src"], r.get("line") or 0, g) for r, g in ((x.row, x.sign == GONE) for x in lines)
        ]
        assert order == sorted(order)
        days = _days(history, max(before.known, after.known))
        for line in lines:
            assert line.events
            _between(line, before, after, days)


def _days(history: list[Said], known: int) -> dict[int, date]:
    """The days of amendments of a line: it has none of its own, so those of their facts as known then."""
    return {
        said.position: whole.on
        for _, whole, living in oracle.facts(history, known)
        for said in living
        if said.line is not None
    }


def _between(line: RowDifference, before: Point, after: Point, days: dict[int, date]) -> None:
    low, high = sorted((before.known, after.known))
    first, last = sorted((before.on, after.on))
    for event in line.events:
        assert event.seq <= high
        if first == last:
            assert low < event.seq
        if low == high:
            assert first < days.get(event.seq, event.on) <= last
            assert event.how != "void" or event.line is not None


def whole(registry: Registry, profile: settings) -> None:
    @profile
    @given(histories(registry), st.data())
    def check(history: list[Said], data: st.DataObject) -> None:
        with replayed(history, registry) as projector:
            points = st.builds(
                Point,
                st.sampled_from([*DAYS, DAYS[-1] + timedelta(1)]),
                st.sampled_from([0, *ends(history)]),
            )
            before, after = data.draw(points), data.draw(points)
            for end in (
                after,
                Point(before.on, after.known),
                Point(after.on, before.known),
            ):
                holds(history, registry, before, end, projector)

    check()


@each_vocabulary
def test_of_any_two_looks(registry: Registry) -> None:
    whole(registry, QUICK)


def test_a_line_is_of_its_facts_day_wherever_that_was_moved() -> None:
    """Once a test found the first: what is told of one line has the day that the fact had then."""
    day = date(2012, 6, 28)
    shift = partial(meets.Shift, member="m-0", points=1)
    plan = [meets.Planned(shifts=(shift(pupil=f"p-{n}"),)) for n in (0, 1)]
    moved = partial(Said, 2, on=day + timedelta(1), action=2, corrects=1, root=1)
    amended = partial(Said, 3, plan[1], action=3, corrects=1, root=1, line="shifts/1")
    told = [Said(1, plan[0], day, 1)]
    revived = [*told, moved(event=meets.Planned(shifts=(None,))), amended(on=day)]
    voided = void(Said(4, Voided(), day, 4), 2, 1)
    restored = [*told, moved(event=plan[0]), amended(on=day + timedelta(1)), voided]
    for history, since in ((revived, day + timedelta(1)), (restored, day)):
        known = history[-1].position
        before, after = (Point(d, known) for d in (since - timedelta(1), since))
        with replayed(history, VOCABULARIES["lines"]) as projector:
            holds(history, VOCABULARIES["lines"], before, after, projector)
            table = VOCABULARIES["lines"].tables["rota"]
            look = view(projector, after.on, known)
            (line,) = Difference(look, projector.log, before, after, [table])
            assert [event.seq for event in line.events] == [3]


@pytest.mark.slow
@each_vocabulary
def test_of_any_two_looks_in_many_histories(registry: Registry) -> None:
    whole(registry, DEEP)


def test_the_scope_of_an_organisation_is_what_refers_to_its_subtree_and_members() -> None:
    """Against a walk in Python over the rows of both looks."""
    registry = VOCABULARIES["real"]

    @QUICK
    @given(histories(registry), st.data())
    def check(history: list[Said], data: st.DataObject) -> None:
        with replayed(history, registry) as projector:
            points = st.builds(Point, st.sampled_from(DAYS), st.sampled_from([0, *ends(history)]))
            before, after = data.draw(points), data.draw(points)
            ledger = view(projector, after.on, after.known)
            scope = scope_of(ledger, "organisation", "o-0", before, after)
            ids, members = {"o-0"}, set()
            looks = [(p.on, p.known) for p in (before, after)]
            for _ in range(3):
                for look in looks:
                    rows = view(projector, *look).query("SELECT id, parent FROM organisations")
                    ids |= {r["id"] for r in rows if r["parent"] in ids}
            for look in looks:
                for name in ("memberships", "group_memberships"):
                    rows = view(projector, *look).query(f"SELECT * FROM {name}")
                    members |= {r["member"] for r in rows if r["organisation"] in ids}
            assert set(scope.ids["organisation"]) == ids

            def inside(line: RowDifference) -> bool:
                for row in (line.before, line.after):
                    for column, kind in scope.columns(line.table):
                        if row and row[column] in (ids if kind == "organisation" else members):
                            return True
                return False

            tables = [registry.tables[n] for n in fed(history, registry)]
            every = Difference(ledger, projector.log, before, after, tables)
            some = Difference(ledger, projector.log, before, after, tables, scope)
            assert list(some) == [line for line in every if inside(line)]

    check()
