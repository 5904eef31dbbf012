"""Filters of ``show``: every sort of column takes what people write, and refuses the rest by name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from taizhang.readmodels.events import event_cells
from taizhang.readmodels.tables import Asked, conditions
from taizhang.words.errors import Invalid, Usage
from taizhang.workspace import Workspace


def _merged(path: Path) -> None:
    with Workspace.init(path, today=dt.date(2012, 12, 31)) as made:
        for name in ("老支部", "新支部"):
            made.record("organisation.found", {"name": name, "kind": "支部"}, on="2005-01-01")
        made.record(
            "member.register",
            {"name": "王小明", "organisation": "老支部", "phone": "138 0000 1234"},
            on="2006-01-01",
        )
        made.record("service.log", {"member": "王小明", "minutes": 90}, on="2007-01-01")
        made.record(
            "organisation.merge", {"organisation": "老支部", "to": "新支部"}, on="2008-01-01"
        )
        made.record("member.leave", {"member": "王小明", "how": "死亡"}, on="2009-01-01")


@pytest.fixture
def ws(copied: Callable[..., Path]) -> Iterator[Workspace]:
    """A branch that was merged away and one that stays, with a member who left."""
    with Workspace.open(copied(_merged)) as ws:
        yield ws


def found(ws: Workspace, name: str, *where: str, on: str | None = None, every: bool = False) -> int:
    table = ws.registry.table(name)
    ledger = ws.at(on)
    return len(Asked(table, conditions(ledger, table, where), every).rows(ledger))


@pytest.mark.parametrize(
    ("table", "where", "on", "count"),
    [
        ("members", "since=2006-1-1", "2007-01-01", 1),
        ("members", "since=2006年1月1日", "2007-01-01", 1),
        ("members", "until=2009-1-1", "2007-01-01", 1),
        ("organisations", "until=", "2007-01-01", 1),
        ("members", "src=#4", "2007-01-01", 1),
        ("services", "seq=５", None, 1),
        ("members", "phone=13800001234", "2007-01-01", 1),
        ("members", "stage=full member", "2007-01-01", 1),
        ("organisations", "holds_members=yes", "2007-01-01", 2),
        ("services", "minutes=1:30", None, 1),
        ("services", "day=2007-1-1", None, 1),
        ("services", "member=王小明", None, 1),
        ("lineage", "organisation=老支部", None, 1),
        ("lineage", "successor=新支部", None, 1),
        ("lineage", "on_date=2008-1-1", None, 1),
        ("memberships", "organisation=老支部", None, 0),
    ],
)
def test_what_people_write_is_understood(
    ws: Workspace, table: str, where: str, on: str | None, count: int
) -> None:
    assert found(ws, table, where, on=on) == count


def test_names_of_what_has_ended_filter_the_rows_of_every_day(ws: Workspace) -> None:
    assert found(ws, "memberships", "organisation=老支部", every=True) == 1
    assert found(ws, "memberships", "member=王小明", every=True) == 2


@pytest.mark.parametrize(
    ("table", "where", "field"),
    [
        ("members", "src=abc", "src"),
        ("members", "src=99999999999999999999999", "src"),
        ("members", "since=2006-02-30", "since"),
        ("services", "minutes=x", "minutes"),
        ("lineage", "on_date=x", "on_date"),
        ("memberships", "organisation=没有", "organisation"),
    ],
)
def test_what_is_not_of_its_kind_is_refused_by_name(
    ws: Workspace, table: str, where: str, field: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        found(ws, table, where)
    assert refusal.value.problems[0].field == field


def test_a_column_that_is_not_there_is_wrong_usage(ws: Workspace) -> None:
    for where in ("foo=1", "name", "=x"):
        with pytest.raises(Usage):
            found(ws, "members", where)


def test_an_event_in_english_has_no_chinese_marks(ws: Workspace) -> None:
    ws.void(5, reason="typo")
    cells = event_cells(ws, ws.event(ws.log.head()), "en")
    assert cells["summary"] == "Service logged  Person 王小明  Service time 1:30  (typo)"
