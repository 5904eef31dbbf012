"""Breaking the fold on purpose: the suite of properties catches each way, so it is not blind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from ledgerkit import toy

from taizhang.ledger import facts, lines
from taizhang.ledger.entries import Entry, LoadedTimeline
from taizhang.ledger.facts import Fact, FactSource
from taizhang.ledger.timeline import Timelines
from taizhang.ledger.units import Unit
from taizhang.testing import properties
from taizhang.testing.histories import histories, reorderings
from taizhang.testing.logs import Said
from taizhang_eventstore.recorded import Recorded

TOY = toy.registry()
Break = Callable[[pytest.MonkeyPatch], None]


def order_of_arrival(patch: pytest.MonkeyPatch) -> None:
    """Facts are folded as they came, whatever day they are of."""
    patch.setattr(Entry, "order", property(lambda entry: ("", 0, entry.src)))
    patch.setattr(Fact, "order", property(lambda fact: ("", 0, fact.src)))


def a_void_is_for_ever(patch: pytest.MonkeyPatch) -> None:
    """Whatever a void names is dead, though the void may be void itself."""

    def dead(family: Sequence[Recorded], more: Iterable[int] = ()) -> set[int]:
        return {r.envelope.voids for r in family if r.envelope.voids is not None}

    patch.setattr(lines, "dead", dead)


def predecessors_are_left_alone(patch: pytest.MonkeyPatch) -> None:
    """A fact that is spliced in does not end the state before it."""

    def splice(self: Timelines, line: LoadedTimeline, entry: Entry) -> None:
        place = line.insert(entry)
        if place + 1 < len(line.entries):
            entry.until = line.entries[place + 1].since

    patch.setattr(Timelines, "_splice", splice)


def history_by_event(patch: pytest.MonkeyPatch) -> None:
    """Each event of an action leaves versions behind, which nobody could ever have known."""
    whole = Unit.run

    def run(self: Unit, events: Sequence[Recorded]) -> None:
        for recorded in events:
            alone = msgspec.structs.replace(recorded.envelope, i=1, n=1)
            whole(self, [msgspec.structs.replace(recorded, envelope=alone)])

    patch.setattr(Unit, "run", run)


def a_correction_is_a_fact_of_its_own(patch: pytest.MonkeyPatch) -> None:
    """What is corrected stands at the correction's position, not at its root's."""
    resolve = FactSource.resolve

    def moved(self: FactSource, root: int) -> Fact | None:
        fact = resolve(self, root)
        version = facts.living(self.family(root))
        if fact is None or version is None:
            return None
        return msgspec.structs.replace(fact, src=version.position)

    patch.setattr(FactSource, "resolve", moved)


BREAKS: dict[Break, tuple[Callable[[Sequence[Said], object], None], ...]] = {
    order_of_arrival: (properties.ledger_says_what_the_oracle_says,),
    a_void_is_for_ever: (properties.ledger_says_what_the_oracle_says,),
    predecessors_are_left_alone: (properties.ledger_says_what_the_oracle_says,),
    history_by_event: (properties.history_moves_by_whole_actions,),
    a_correction_is_a_fact_of_its_own: (properties.ledger_says_what_the_oracle_says,),
}
"""Each way to break the fold, and the properties that have to see it."""

LOOKING = settings(
    max_examples=400,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def _caught(check: Callable[[Sequence[Said], object], None]) -> bool:
    @LOOKING
    @given(histories(TOY))
    def holds(history: list[Said]) -> None:
        check(history, TOY)

    try:
        holds()
    except Exception:
        return True
    return False


@pytest.mark.parametrize("broken", BREAKS, ids=lambda b: b.__name__)
def test_a_broken_fold_is_caught(broken: Break, monkeypatch: pytest.MonkeyPatch) -> None:
    broken(monkeypatch)
    assert [c.__name__ for c in BREAKS[broken] if not _caught(c)] == []


def test_order_of_arrival_is_caught_by_recording_in_another_order(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    order_of_arrival(monkeypatch)

    @LOOKING
    @given(reorderings(TOY))
    def holds(pair: tuple[list[Said], list[Said]]) -> None:
        properties.any_order_gives_the_same(*pair, TOY)

    with pytest.raises((AssertionError, ExceptionGroup)):
        holds()
