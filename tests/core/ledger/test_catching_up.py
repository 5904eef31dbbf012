"""Catching up: pages as large as a second allows, and when to build anew instead."""

from __future__ import annotations

import gc
from datetime import date, timedelta
from itertools import accumulate, chain, pairwise, repeat
from pathlib import Path
from types import SimpleNamespace

import pytest
from ledgerkit import toy

from taizhang.ledger import projector
from taizhang.ledger.projector import Projector
from taizhang.ledger.rebuild import FASTER, FEW, worthwhile
from taizhang.ledger.schema import connect
from taizhang.testing.ledgers import dump, ledger_of
from taizhang.testing.logs import Said, logged

DAY = date(2012, 1, 1)
SECONDS = (0.25, 0.25, 1.0, 4.0, 1.0, 1.0, 1.0)
"""How long each page is said to take."""


def history(length: int) -> list[Said]:
    """Members who are registered and move, one after the other."""
    made = []
    for i in range(1, length + 1):
        member = f"m-{i % 7}"
        event = (
            toy.Registered(member=member, name="王小明", organisation="o-0"),
            toy.Moved(member=member, organisation=f"o-{i % 3}"),
        )[i % 2]
        made.append(Said(i, event, DAY + timedelta(days=i * 7 % 31), i))
    return made


def test_a_page_is_what_a_second_brings_within_bounds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry = toy.registry()
    ends = list(accumulate(SECONDS, initial=0.0))
    ticks = chain(*pairwise(ends), repeat(0.0))
    monkeypatch.setattr(projector, "time", SimpleNamespace(monotonic=lambda: next(ticks)))
    monkeypatch.setattr(projector, "PAGE", 10)
    monkeypatch.setattr(projector, "LARGEST", 60)
    seen, collecting = [0], set()
    with logged(tmp_path / "events.db", history(215), registry) as log:
        db = connect(tmp_path / "ledger.db")
        caught = Projector(db, log, registry)
        caught.prepare()

        def progress(done: int, of: int) -> None:
            assert of == 215
            collecting.add(gc.isenabled())
            seen.append(done)

        assert caught.catch_up(progress) == 215
        rows = dump(db, registry)
        db.close()
        with ledger_of(log, registry, tmp_path / "other.db", page=1) as other:
            assert dump(other.db, registry) == rows
    assert [b - a for a, b in pairwise(seen)] == [10, 40, 60, 60, 15, 15, 15]
    assert collecting == {False}
    assert gc.isenabled()


def test_building_anew_is_chosen_by_the_two_speeds() -> None:
    assert not worthwhile(FEW, FEW)
    assert worthwhile(FEW + 1, FEW + 1)
    assert not worthwhile(20_001, 1_000_000)
    head = 1_000_000
    assert not worthwhile(int(head / FASTER) - 1, head)
    assert worthwhile(int(head / FASTER) + 1, head)
