"""Facts with lines: the properties of time, on histories in which single lines are corrected and void."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from ledgerkit import meets

from taizhang.declarations.registry import Registry
from taizhang.testing import properties
from taizhang.testing.histories import histories, reorderings
from taizhang.testing.logs import Said

REGISTRY = meets.registry()


@pytest.mark.parametrize("holds", properties.ALL, ids=lambda check: check.__name__)
def test_a_property_of_time_holds_for_lines(holds: Callable[[list[Said], Registry], None]) -> None:
    @settings(max_examples=60)
    @given(histories(REGISTRY, owners=["meets"]))
    def run(history: list[Said]) -> None:
        holds(history, REGISTRY)

    run()


@settings(max_examples=60)
@given(reorderings(REGISTRY, owners=["meets"]))
def test_any_order_of_recording_gives_the_same_rows(pair: tuple[list[Said], list[Said]]) -> None:
    properties.any_order_gives_the_same(*pair, REGISTRY)
