"""The properties of time, over the small vocabulary and over the core's own slices."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from ledgerkit import toy

from taizhang.declarations.registry import Registry
from taizhang.loading.loader import load
from taizhang.testing import properties
from taizhang.testing.histories import histories, reorderings
from taizhang.testing.logs import Said

TOY = toy.registry()
REAL = load().registry

CALM = (HealthCheck.too_slow, HealthCheck.data_too_large)
QUICK = settings(max_examples=12, deadline=None, suppress_health_check=CALM)
DEEP = settings(max_examples=600, deadline=None, suppress_health_check=CALM)
VOCABULARIES = {"toy": TOY, "real": REAL}

each_vocabulary = pytest.mark.parametrize("registry", VOCABULARIES.values(), ids=VOCABULARIES)
each_property = pytest.mark.parametrize("check", properties.ALL, ids=lambda c: c.__name__)


@each_vocabulary
@each_property
def test_of_one_history(check: object, registry: Registry) -> None:
    _one(check, registry, QUICK)


@each_vocabulary
def test_any_order_of_recording_gives_the_same_ledger(registry: Registry) -> None:
    _orders(registry, QUICK)


@pytest.mark.slow
@each_vocabulary
@each_property
def test_of_many_histories(check: object, registry: Registry) -> None:
    _one(check, registry, DEEP)


@pytest.mark.slow
@each_vocabulary
def test_many_orders_of_recording_give_the_same_ledger(registry: Registry) -> None:
    _orders(registry, DEEP)


def _one(check: object, registry: Registry, profile: settings) -> None:
    @profile
    @given(histories(registry))
    def holds(history: list[Said]) -> None:
        check(history, registry)  # type: ignore[operator]

    holds()


def _orders(registry: Registry, profile: settings) -> None:
    @profile
    @given(reorderings(registry))
    def holds(pair: tuple[list[Said], list[Said]]) -> None:
        properties.any_order_gives_the_same(*pair, registry)

    holds()


def test_a_history_can_be_void_of_facts() -> None:
    """The strategies reach corners: a void of a void, and a move to another entity."""
    seen: set[str] = set()
    corners = {"void of a void", "void of a correction", "another day", "no-op", "another entity"}

    class Reached(Exception):
        """All of them were seen: no need to look further, or for a smaller history."""

    @settings(
        max_examples=400,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=CALM,
    )
    @given(histories(TOY), st.none())
    def look(history: list[Said], _: None) -> None:
        by = {s.position: s for s in history}
        for said in history:
            if said.voids and by[said.voids].voids:
                seen.add("void of a void")
            if said.voids and by[said.voids].corrects:
                seen.add("void of a correction")
            if said.corrects and by[said.corrects].on != said.on:
                seen.add("another day")
            if said.corrects and by[said.corrects].event == said.event:
                seen.add("no-op" if by[said.corrects].on == said.on else "same payload")
            if said.corrects and getattr(said.event, "member", 0) != getattr(
                by[said.corrects].event, "member", 0
            ):
                seen.add("another entity")
        if seen >= corners:
            raise Reached

    with pytest.raises(Reached):
        look()
