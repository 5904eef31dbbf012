"""Facts with lines: the properties of time, on histories in which single lines are corrected and void."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from ledgerkit import meets

from taizhang.declarations.lines import without_gaps
from taizhang.declarations.registry import Registry
from taizhang.ledger import facts, lines, projector
from taizhang.ledger.projector import Projector
from taizhang.testing import properties
from taizhang.testing.histories import histories, reorderings
from taizhang.testing.ledgers import dump, replayed
from taizhang.testing.logs import Said
from taizhang_eventstore.recorded import Recorded

REGISTRY = meets.registry()


@pytest.mark.parametrize("holds", properties.ALL, ids=lambda check: check.__name__)
def test_a_property_of_time_holds_for_lines(holds: Callable[[list[Said], Registry], None]) -> None:
    @settings(max_examples=30)
    @given(histories(REGISTRY, owners=["meets"]))
    def run(history: list[Said]) -> None:
        holds(history, REGISTRY)

    run()


@settings(max_examples=30)
@given(reorderings(REGISTRY, owners=["meets"]))
def test_any_order_of_recording_gives_the_same_rows(pair: tuple[list[Said], list[Said]]) -> None:
    properties.any_order_gives_the_same(*pair, REGISTRY)


def a_void_of_a_line_is_one_of_all(patch: pytest.MonkeyPatch) -> None:
    """Whatever a void names is dead, also where it names one line."""
    patch.setattr(lines, "takes_line", lambda void, about: False)


def a_correction_of_a_line_stands_above_all_later_ones(patch: pytest.MonkeyPatch) -> None:
    """What was said of one line holds though all lines were said anew since."""
    tell = lines.tell

    def last(living: Sequence[Recorded], read: Any = lines.tokenised) -> Any:
        return tell(sorted(living, key=lambda r: r.envelope.line is not None), read)

    patch.setattr(facts, "tell", last)


def lines_close_up(patch: pytest.MonkeyPatch) -> None:
    """The numbers of lines after one that is void are others."""
    of = lines.Split.of
    patch.setattr(lines.Split, "of", lambda self, at, event: of(self, at, without_gaps(event)))


@pytest.mark.parametrize(
    "broken",
    [
        a_void_of_a_line_is_one_of_all,
        a_correction_of_a_line_stands_above_all_later_ones,
        lines_close_up,
    ],
    ids=lambda broken: broken.__name__,
)
def test_lines_that_are_told_wrongly_are_caught(
    broken: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    broken(monkeypatch)

    @settings(
        max_examples=400,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(histories(REGISTRY, owners=["meets"]))
    def run(history: list[Said]) -> None:
        properties.ledger_says_what_the_oracle_says(history, REGISTRY)

    with pytest.raises(AssertionError):
        run()


def test_a_page_ends_after_so_many_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Events with many lines become many rows: few of them fill a page, and the ledger is the same."""
    line = meets.Shift(pupil="p-1", member="m-1", points=1)
    said = [
        Said(n, meets.Planned(shifts=(line,) * 3), date(2012, 6, 27), (n + 1) // 2, 2 - n % 2, 2)
        for n in range(1, 13)
    ]
    sizes: list[int] = []
    apply = Projector.apply

    def counted(self: Projector, events: Sequence[Recorded]) -> None:
        sizes.append(len(events))
        apply(self, events)

    monkeypatch.setattr(Projector, "apply", counted)
    with replayed(said, REGISTRY) as whole:
        rows = dump(whole.db, REGISTRY)
    assert sizes == [12]
    sizes.clear()
    monkeypatch.setattr(projector, "HEAVIEST", 1_500)
    with replayed(said, REGISTRY) as divided:
        assert dump(divided.db, REGISTRY) == rows
    assert len(sizes) > 2
    assert all(size % 2 == 0 for size in sizes)
