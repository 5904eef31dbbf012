"""Findings of one action: what its rows cannot break is not asked, and nothing is missed by that."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from msgspec.structs import replace

from taizhang.declarations.registry import Registry
from taizhang.ledger.findings import CheckScope, find
from taizhang.ledger.projector import Changes, Projector
from taizhang.ledger.schema import connect
from taizhang.ledger.transaction import Transaction
from taizhang.loading.loader import load
from taizhang.mechanisms.rules import among
from taizhang.testing.histories import histories
from taizhang.testing.ledgers import view
from taizhang.testing.logs import Said, logged
from taizhang.testing.reads import unsaid
from taizhang.words.errors import Finding
from taizhang_eventstore.recorded import Recorded

REAL = load().registry
CALM = (HealthCheck.too_slow, HealthCheck.data_too_large)
QUICK = settings(max_examples=12, deadline=None, suppress_health_check=CALM)
DEEP = settings(max_examples=600, deadline=None, suppress_health_check=CALM)


@contextmanager
def all_checks(registry: Registry) -> Iterator[None]:
    """No check says what it reads, so each is run whatever has changed."""
    kept = list(registry.checks)
    registry.checks[:] = [replace(check, reads=None) for check in kept]
    try:
        yield
    finally:
        registry.checks[:] = kept


def _both(
    projector: Projector, scope: CheckScope
) -> tuple[set[Finding], set[Finding], set[Finding]]:
    """What is found in the scope by what could have changed, by all checks, and in the whole ledger."""
    ledger = view(projector)
    some, everywhere = set(find(ledger, scope)), set(find(ledger))
    with all_checks(projector.registry):
        return some, set(find(ledger, scope)), everywhere


def _tried(projector: Projector, events: Sequence[Recorded]) -> CheckScope:
    projector.read_tracking()
    projector.source.begin(projector.position())
    projector.changes = Changes()
    projector.apply(events)
    named: dict[str, set[str]] = {}
    for tag in (tag for event in events for tag in event.tags):
        kind, _, id = tag.partition(":")
        if kind in projector.registry.entities:
            named.setdefault(kind, set()).add(id)
    return CheckScope(projector.changes, named)


def _holds(history: list[Said]) -> None:
    declared = {check.code for check in REAL.checks}
    with TemporaryDirectory() as folder, logged(Path(folder, "e.db"), history, REAL) as log:
        events = list(log.read())
        with closing(connect(Path(folder, "l.db"))) as db:
            projector = Projector(db, log, REAL)
            projector.prepare()
            for _, action in groupby(events, key=lambda e: e.envelope.action):
                some = list(action)
                view(projector).query("SELECT 1")  # views are made outside the savepoint
                with Transaction(db):
                    db.execute("SAVEPOINT trial")
                    scope = _tried(projector, some)
                    after = _both(projector, scope)
                    db.execute("ROLLBACK TO trial")
                    before = _both(projector, scope)
                    _tried(projector, some)
                few, full, everywhere = (a - b for a, b in zip(after, before, strict=True))
                assert few == full
                # What no check says, but the shape of the tables, is missed nowhere.
                assert {f for f in everywhere if f.code not in declared} <= few
            for check in REAL.checks:
                for ids in (None, ["m-0", "o-0"]):
                    assert unsaid(view(projector), check, ids) == set(), check.code


@QUICK
@given(histories(REAL))
def test_new_findings_are_those_of_all_checks(history: list[Said]) -> None:
    _holds(history)


@pytest.mark.slow
@DEEP
@given(histories(REAL))
def test_new_findings_are_those_of_all_checks_on_many_histories(history: list[Said]) -> None:
    _holds(history)


def test_a_claim_that_is_not_the_whole_is_noticed(tmp_path: Path) -> None:
    check = next(c for c in REAL.checks if c.code.endswith("holds-no-members"))
    with logged(tmp_path / "e.db", [], REAL) as log, closing(connect(tmp_path / "l.db")) as db:
        projector = Projector(db, log, REAL)
        projector.prepare()
        ledger = view(projector)
        assert unsaid(ledger, check, None) == set()
        assert unsaid(ledger, replace(check, reads=frozenset({"organisations"})), ["o-0"]) == {
            "memberships"
        }

        def numbers(ledger, ids):  # type: ignore[no-untyped-def]
            sql = f"SELECT subject AS id, 1 AS src FROM personal WHERE {among('subject', ids)}"
            return [(r["id"], r["src"]) for r in ledger.query(sql, *(ids or ()))]

        assert unsaid(ledger, replace(check, reads=frozenset(), find=numbers), None) == {"personal"}
