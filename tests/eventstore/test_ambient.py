"""Clock and chance: what repeats, what never does."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from taizhang_eventstore.ambient import Ambient, SeededAmbient, SystemAmbient

START = dt.datetime(2026, 7, 1, 8, 30, tzinfo=dt.UTC)


def seeded(seed: int = 1) -> SeededAmbient:
    return SeededAmbient(seed, START)


def drawn(ambient: Ambient) -> list[object]:
    return [
        ambient.now(),
        ambient.new_id("m"),
        ambient.event_id(),
        ambient.jitter(),
        ambient.random_bytes(12),
    ]


def test_same_seed_same_everything() -> None:
    assert drawn(seeded()) == drawn(seeded())
    assert drawn(seeded(1))[1:] != drawn(seeded(2))[1:]


@pytest.mark.parametrize("ambient", [SystemAmbient(), seeded()])
def test_forms(ambient: Ambient) -> None:
    assert ambient.now().utcoffset() == dt.timedelta(0)
    ids = {ambient.new_id("m") for _ in range(2_000)}
    assert len(ids) == 2_000
    assert all(re.fullmatch(r"m-[0-9a-hjkmnp-tv-z]{10}", made) for made in ids)
    assert all(0 <= ambient.jitter() < 1 for _ in range(100))
    events = [ambient.event_id() for _ in range(2_000)]
    assert events == sorted(set(events)), "in the order they were made"
    assert all(re.fullmatch(r"[0-7][0-9a-hjkmnp-tv-z]{25}", made) for made in events)


def test_event_ids_follow_the_clock_forwards_only() -> None:
    ambient = seeded()
    first = ambient.event_id()
    ambient.advance(0.5)
    second = ambient.event_id()
    ambient.set(START - dt.timedelta(days=1))
    third = ambient.event_id()
    assert first < second < third
    assert first[:10] < second[:10] == third[:10]


def test_clock_is_set_and_advanced() -> None:
    ambient = seeded()
    ambient.advance(90)
    assert ambient.now() == START + dt.timedelta(seconds=90)
    china = dt.timezone(dt.timedelta(hours=8))
    ambient.set(dt.datetime(2027, 1, 1, tzinfo=china))
    assert ambient.now().isoformat() == "2026-12-31T16:00:00+00:00"
    with pytest.raises(ValueError, match="time zone"):
        ambient.set(dt.datetime(2027, 1, 1))
