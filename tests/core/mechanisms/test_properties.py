"""The properties of time hold for what mechanisms declare, and for the calendar."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from ledgerkit import shop

from taizhang.loading.loader import load
from taizhang.testing import properties
from taizhang.testing.histories import histories, reorderings
from taizhang.testing.logs import Said

REGISTRY = load().registry
REGISTRY.add(shop.programme)
OWNERS = ("shop", "calendar")

CALM = (HealthCheck.too_slow, HealthCheck.data_too_large)
QUICK = settings(max_examples=10, deadline=None, suppress_health_check=CALM)
DEEP = settings(max_examples=150, deadline=None, suppress_health_check=CALM)

each_property = pytest.mark.parametrize("check", properties.ALL, ids=lambda c: c.__name__)


def _one(check: object, profile: settings) -> None:
    @profile
    @given(histories(REGISTRY, owners=OWNERS))
    def holds(history: list[Said]) -> None:
        check(history, REGISTRY)  # type: ignore[operator]

    holds()


def _orders(profile: settings) -> None:
    @profile
    @given(reorderings(REGISTRY, owners=OWNERS))
    def holds(pair: tuple[list[Said], list[Said]]) -> None:
        properties.any_order_gives_the_same(*pair, REGISTRY)

    holds()


@each_property
def test_of_one_history(check: object) -> None:
    _one(check, QUICK)


def test_any_order_of_recording_gives_the_same_ledger() -> None:
    _orders(QUICK)


@pytest.mark.slow
@each_property
def test_of_many_histories(check: object) -> None:
    _one(check, DEEP)


@pytest.mark.slow
def test_many_orders_of_recording_give_the_same_ledger() -> None:
    _orders(DEEP)
