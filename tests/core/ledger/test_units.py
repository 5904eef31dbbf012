"""Units stand for themselves: a faulty programme stops no other, an absent one misses nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from ledgerkit import toy
from msgspec.structs import replace

from taizhang.declarations.registry import Registry
from taizhang.ledger.projector import Projector
from taizhang.ledger.schema import connect
from taizhang.testing.histories import histories
from taizhang.testing.ledgers import Rows, dump
from taizhang.testing.logs import Said, append, encoded, logged
from taizhang.testing.properties import ends
from taizhang_eventstore.log import Log, open_log

DAY = date(2012, 6, 30)
WITH, WITHOUT = toy.registry(), toy.registry(with_extra=False)


def lead(position: int, minutes: int, **more: Any) -> Said:
    return Said(position, toy.Lead(member="m-0", minutes=minutes), DAY, position, **more)


HISTORY = [
    Said(1, toy.Registered(member="m-0", name="王小明", organisation="o-0"), DAY, 1),
    lead(2, 10),
    lead(3, 13),
    Said(4, toy.Levelled(member="m-0", level=1), DAY, 4),
]


def ledger(path: Path, log: Log, registry: Registry, *, page: int = 5_000) -> Projector:
    db = connect(path)
    projector = Projector(db, log, registry)
    projector.prepare()
    projector.catch_up(page=page)
    return projector


def tracking(db: sqlite3.Connection) -> dict[str, tuple[int, str | None]]:
    rows = db.execute("SELECT unit, position, fault FROM _tracking")
    return {unit: (position, fault) for unit, position, fault in rows}


def own(rows: dict[str, Rows]) -> dict[str, Rows]:
    """What the core's unit stores."""
    return {name: some for name, some in rows.items() if "_extra" not in name}


@pytest.fixture
def unlucky() -> Iterator[Registry]:
    """The vocabulary with a programme that cannot count to 13; its code can be changed."""
    registry = toy.registry()
    feed = registry.tables["extra_leads"].feeds[toy.Lead]

    def make(event: toy.Lead) -> toy.LeadRow:
        if event.minutes == 13 and toy.extra.code == "bad":
            raise ZeroDivisionError("13")
        return toy.LeadRow(member=event.member, minutes=event.minutes)

    registry.tables["extra_leads"].feeds[toy.Lead] = replace(feed, make=make, copied=False)
    code, toy.extra.code = toy.extra.code, "bad"
    yield registry
    toy.extra.code = code
    registry.tables["extra_leads"].feeds[toy.Lead] = feed


@pytest.mark.parametrize("page", [1, 2, 5_000])
def test_a_programme_that_raises_stops_no_other(
    tmp_path: Path, unlucky: Registry, page: int
) -> None:
    with logged(tmp_path / "events.db", HISTORY, unlucky) as log:
        projector = ledger(tmp_path / "ledger.db", log, unlucky, page=page)
        position, fault = tracking(projector.db)["extra"]
        assert "ZeroDivisionError: 13" in fault
        assert position < 3
        assert tracking(projector.db)["core"] == (4, None)
        healthy = ledger(tmp_path / "healthy.db", log, WITHOUT)
        assert own(dump(projector.db, WITHOUT)) == dump(healthy.db, WITHOUT)
        # It stays out of the way while its code is the same, and is tried again when it is not.
        projector.prepare()
        projector.catch_up()
        assert tracking(projector.db)["extra"] == (position, fault)
        toy.extra.code = "good"
        mended = ledger(tmp_path / "ledger.db", log, unlucky)
        assert tracking(mended.db)["extra"] == (4, None)
        fresh = ledger(tmp_path / "fresh.db", log, unlucky)
        assert dump(mended.db, unlucky) == dump(fresh.db, unlucky)


def test_an_absent_programme_catches_up_from_its_own_events(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    more = [
        lead(5, 20, corrects=2, root=2),
        lead(6, 30),
        Said(7, toy.Moved(member="m-0", organisation="o-1"), DAY, 7),
    ]
    whole = encoded([*HISTORY, *more], WITH)
    with open_log(tmp_path / "events.db", WITH.codec) as log:
        append(log, whole[:4])
        ledger(tmp_path / "ledger.db", log, WITH).db.close()
        append(log, whole[4:])
    with open_log(tmp_path / "events.db", WITHOUT.codec) as log:
        projector = ledger(tmp_path / "ledger.db", log, WITHOUT)
        assert tracking(projector.db) == {"core": (7, None), "extra": (4, None)}
        projector.db.close()
    read: list[str] = []
    with open_log(tmp_path / "events.db", WITH.codec) as log:
        fresh = ledger(tmp_path / "fresh.db", log, WITH)
        reading = Log.read

        def noted(self: Log, **words: Any) -> Iterator[Any]:
            for recorded in reading(self, **words):
                read.append(recorded.name)
                yield recorded

        monkeypatch.setattr(Log, "read", noted)
        projector = ledger(tmp_path / "ledger.db", log, WITH)
        assert read == ["extra.lead_taken", "extra.lead_taken"]
        assert dump(projector.db, WITH) == dump(fresh.db, WITH)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(history=histories(WITH))
@pytest.mark.parametrize("page", [1, 3])
def test_disabled_for_a_while_and_enabled_again_gives_the_same(
    tmp_path_factory: pytest.TempPathFactory, page: int, history: Sequence[Said]
) -> None:
    """At any action, at any page size, actions of several owners too."""
    folder = tmp_path_factory.mktemp("units")
    whole = encoded(history, WITH)
    cuts = ends(history)
    first, second = cuts[len(cuts) // 3], cuts[2 * len(cuts) // 3]
    for registry, upto in ((WITH, first), (WITHOUT, second), (WITH, len(whole))):
        with open_log(folder / "events.db", registry.codec) as log:
            if events := whole[log.head() : upto]:
                append(log, events)
            projector = ledger(folder / "ledger.db", log, registry, page=page)
            if upto == len(whole) and registry is WITH:
                fresh = ledger(folder / "fresh.db", log, registry)
                assert dump(projector.db, registry) == dump(fresh.db, registry)
                fresh.db.close()
            projector.db.close()
