"""For any cell at any two clocks: the event that ``why`` names is true and no other would do."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ledgerkit import blame, meets, toy

from taizhang.declarations.registry import Registry
from taizhang.ledger.lines import row_of
from taizhang.ledger.projector import Projector
from taizhang.loading.loader import load
from taizhang.readmodels.locating import Place
from taizhang.readmodels.why import Cell, Story
from taizhang.store.paths import Voided
from taizhang.testing.histories import DAYS, histories
from taizhang.testing.ledgers import replayed, view
from taizhang.testing.logs import Said, void
from taizhang.testing.properties import ends, fed

VOCABULARIES = {"toy": toy.registry(), "lines": meets.registry(), "real": load().registry}
CALM = (HealthCheck.too_slow, HealthCheck.data_too_large)
QUICK = settings(max_examples=7, deadline=None, suppress_health_check=CALM)
DEEP = settings(max_examples=1_000, deadline=None, suppress_health_check=CALM)

each_vocabulary = pytest.mark.parametrize("registry", VOCABULARIES.values(), ids=VOCABULARIES)


class Look:
    """One cell of one history, and the same cell of others."""

    def __init__(
        self, history: list[Said], registry: Registry, place: Place, column: str, known: int
    ) -> None:
        self.history, self.registry, self.known = history, registry, known
        self.place, self.column = place, column

    def told(self, history: list[Said], on: str | None = None, known: int | None = None) -> Any:
        day = date.fromisoformat(on or self.place.day)
        table, key = self.place.table, self.place.key
        known = self.known if known is None else known
        return blame.told(history, self.registry, table, key, self.column, day, known)


def shown(cell: Any) -> Any:
    return cell.value if cell.present else blame.NOTHING


def holds(look: Look, cell: Cell) -> None:
    """The named event tells the value, with it the day begins to tell it, and the pasts are right."""
    value, src = look.told(look.history)
    assert shown(cell) == value
    if cell.behind is None:
        assert src == 0
    else:
        named = next(s for s in look.history if s.position == cell.behind.seq)
        assert (named.root or named.position) == blame.fact_of(look.place.table, src)
        assert named.voids is None or named.line is not None
        assert named.end <= look.known
        row = named.position, look.place.table, src
        # What the event says is what the cell shows ...
        assert look.told(blame.only_up_to(look.history, *row)) == (value, src)
        # ... and without it, all else as it is, the cell or where it comes from is another.
        assert look.told(blame.before(look.history, *row)) != (value, src)
    _pasts(look, cell)


def _pasts(look: Look, cell: Cell) -> None:
    for end in [e for e in ends(look.history) if e <= look.known]:
        value, src = look.told(look.history, known=end)
        (then,) = [k for k in cell.known if k.known <= end < (k.gone or end + 1)] or [None]
        assert value == (blame.NOTHING if then is None else shown(then))
        if then is not None and then.known == end:
            assert (then.behind is None) == (src == 0)
            by = {b.seq for b in then.by}
            assert by
            assert all(s.end == end for s in look.history if s.position in by)
    if look.place.table.shape == "record":
        assert cell.earlier == ()
        return
    for day in DAYS:
        if day.isoformat() < look.place.day:
            value, _ = look.told(look.history, on=day.isoformat())
            told = [e for e in cell.earlier if e.since <= day.isoformat() < (e.until or "~")]
            assert len(told) <= 1
            if told:
                assert shown(told[0]) == value
                last = date.fromisoformat(told[0].until or "") - timedelta(days=1)
                _, src = look.told(look.history, on=last.isoformat())
                fact = blame.fact_of(look.place.table, src)
                behind = told[0].behind
                named = [s for s in look.history if behind and s.position == behind.seq]
                assert {s.root or s.position for s in named} == ({fact} if fact else set())
            else:
                # Still the run that is in force, or before anything began.
                assert value in (shown(cell), blame.NOTHING)


def looks(
    history: list[Said], registry: Registry, projector: Projector, data: st.DataObject
) -> Any:
    def pick(among: Any) -> Any:
        return data.draw(st.sampled_from(among))

    known = pick(ends(history))
    day = pick([*DAYS, DAYS[-1] + timedelta(days=1)]).isoformat()
    ledger = view(projector, date.fromisoformat(day), known)
    for name in fed(history, registry):
        table = registry.tables[name]
        for key in blame.keys(history, registry, table, known):
            story = Story(ledger, projector.log, Place(table, key, day))
            for column in story.columns:
                if column not in ("since", "until", "on_date"):
                    place = story.place
                    yield Look(history, registry, place, column, known), story.cell(column)


def whole(registry: Registry, profile: settings) -> None:
    @profile
    @given(histories(registry), st.data())
    def check(history: list[Said], data: st.DataObject) -> None:
        with replayed(history, registry) as projector:
            for look, cell in looks(history, registry, projector, data):
                holds(look, cell)

    check()


@each_vocabulary
def test_the_named_event_is_true_and_minimal(registry: Registry) -> None:
    whole(registry, QUICK)


@pytest.mark.slow
@each_vocabulary
def test_the_named_event_is_true_and_minimal_in_many_histories(registry: Registry) -> None:
    whole(registry, DEEP)


@each_vocabulary
def test_taking_the_named_event_back_changes_the_cell_or_its_event(registry: Registry) -> None:
    """The same through the log itself: a void is recorded, and the ledger asked again."""

    @QUICK
    @given(histories(registry), st.data())
    def check(history: list[Said], data: st.DataObject) -> None:
        with replayed(history, registry) as projector:
            found = [
                (look, cell.behind)
                for look, cell in looks(history, registry, projector, data)
                if cell.behind is not None
            ]
        if not found:
            return
        look, named = data.draw(st.sampled_from(found))
        kept = [s for s in history if s.end <= look.known]
        root, line = next((s.root or s.position, s.line) for s in kept if s.position == named.seq)
        last = Said(len(kept) + 1, Voided(), DAYS[0], len(kept) + 1)
        more = [*kept, replace(void(last, named.seq, root), line=line)]
        day = date.fromisoformat(look.place.day)
        with replayed(more, registry) as projector:
            behind = {}
            for known in (None, named_before(more, named.seq)):
                ledger = view(projector, day, known)
                cell = Story(ledger, projector.log, look.place).cell(look.column)
                behind[known] = None if cell.behind is None else cell.behind.seq
            assert named.seq not in behind.values()

    check()


def named_before(history: list[Said], position: int) -> int:
    """Where the log ended before the action of an event."""
    action = next(s.action for s in history if s.position == position)
    return min(s.position for s in history if s.action == action) - 1


@each_vocabulary
def test_days_are_named_by_the_events_of_these_days(registry: Registry) -> None:
    """``since``, ``until`` and the day of a record: the event named is of that day."""

    @QUICK
    @given(histories(registry), st.data())
    def check(history: list[Said], data: st.DataObject) -> None:
        with replayed(history, registry) as projector:
            known = data.draw(st.sampled_from(ends(history)))
            for name in fed(history, registry):
                table = registry.tables[name]
                day = data.draw(st.sampled_from(DAYS))
                ledger = view(projector, day, known)
                for row in ledger.query(f'SELECT * FROM "{name}"'):
                    key = tuple(row[k] for k in table.key_columns)
                    if table.shape == "record":
                        key = (row_of(table, row["src"], row.get("line") or 0),)
                    place = Place(table, key, day.isoformat())
                    story = Story(ledger, projector.log, place)
                    for column in ("on_date",) if table.shape == "record" else ("since", "until"):
                        cell = story.cell(column)
                        assert cell.value == row[column]
                        on = cell.behind and cell.behind.on.isoformat()
                        assert on == row[column]

    check()
