"""Counting by a column comes to what listing the rows comes to, at both clocks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from ledgerkit import toy

from taizhang.testing.histories import DAYS, histories
from taizhang.testing.ledgers import ledger_of, replayed, view
from taizhang.testing.logs import Said, logged
from taizhang.testing.properties import ends

TOY = toy.registry()
COLUMNS = (
    ("memberships", "organisation"), ("badges", "badge"), ("notes", "member"), ("levels", "level"),
)  # fmt: skip


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(history=histories(TOY))
def test_counts_are_of_the_rows_that_are_listed(history: Sequence[Said]) -> None:
    with replayed(history, TOY) as projector:
        for known in (None, *ends(history)):
            for day in DAYS[::3]:
                ledger = view(projector, day, known)
                for table, column in COLUMNS:
                    name = f"extra_{table}" if table == "levels" else table
                    rows = ledger.query(f'SELECT "{column}" FROM {name}')
                    counted = Counter(row[column] for row in rows)
                    assert ledger.counts(name, column) == counted, (name, day, known)


def test_there_is_no_counting_by_a_personal_text(tmp_path: Path) -> None:
    with (
        logged(tmp_path / "events.db", [], TOY) as log,
        ledger_of(log, TOY, tmp_path / "ledger.db") as projector,
    ):
        for table, column in (("notes", "text"), ("members", "surname")):
            with pytest.raises(ValueError, match=column):
                view(projector).counts(table, column)
