"""六带: the deed, its soft rule, and the same counts after the programme was away."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from taizhang.words.errors import NeedsReason, Usage
from taizhang.workspace import Workspace

COUNT = "SELECT kind, count(*) AS n, sum(minutes) AS minutes FROM liudai_leads GROUP BY kind"


def _deeds(path: Path) -> None:
    with Workspace.init(path, today=dt.date(2012, 12, 31), actor="张三") as ws:
        branch = {"name": "第一支部", "kind": "支部"}
        ws.record("organisation.found", branch, on="2010-01-01")
        for name, category in (("王小明", "在职党员"), ("李立", "在册党员"), ("赵工", None)):
            fields = {"name": name, "organisation": "第一支部", "category": category}
            ws.record("member.register", fields, on="2010-01-01")
        for member, kind, minutes in (
            ("王小明", "参与服务", 90),
            ("王小明", "协调邻里", None),
            ("赵工", "参与服务", "1:30"),
        ):
            fields = {"member": member, "kind": kind, "minutes": minutes}
            ws.record("liudai.lead.take", fields, on="2012-05-01")


@pytest.fixture
def store(copied: Callable[..., Path]) -> Path:
    """A store with one branch, two members, and three deeds."""
    return copied(_deeds)


def counts(ws: Workspace) -> list[dict[str, object]]:
    return ws.at("2012-12-31").query(COUNT)


def test_deeds_are_counted(store: Path) -> None:
    with Workspace.open(store) as ws:
        assert counts(ws) == [
            {"kind": "协调邻里", "n": 1, "minutes": None},
            {"kind": "参与服务", "n": 2, "minutes": 180},
        ]
        assert [f for f in ws.findings() if f.hard] == []


def test_others_than_in_service_members_need_a_reason(store: Path) -> None:
    with Workspace.open(store) as ws:
        fields = {"member": "李立", "kind": "参与服务"}
        with pytest.raises(NeedsReason, match="在职党员"):
            ws.record("liudai.lead.take", fields, on="2012-06-01")
        ws.record("liudai.lead.take", fields, on="2012-06-01", reason="主动参加")
        assert [f.code for f in ws.findings()] == ["liudai.in-service"]


def test_away_and_back_the_counts_are_the_same(store: Path) -> None:
    with Workspace.open(store) as ws:
        before, head = counts(ws), ws.log.head()
    with Workspace.open(store, disabled=["liudai"]) as ws:
        assert "liudai_leads" not in ws.registry.tables
        with pytest.raises(Usage):
            ws.record("liudai.lead.take", {"member": "王小明", "kind": "参与服务"})
        listed = [r for r in ws.log.read() if r.name == "liudai.lead_taken"]
        assert len(listed) == 3
        assert all(r.event is None for r in listed)
        ws.record("member.set_status", {"member": "李立", "status": "失去联系"}, on="2012-06-01")
        ws.rebuild()
    with Workspace.open(store) as ws:
        assert ws.log.head() == head + 1
        assert counts(ws) == before
        ws.rebuild()
        assert counts(ws) == before


def test_disabled_is_not_imported(store: Path) -> None:
    import subprocess
    import sys

    code = (
        "import sys; from taizhang.workspace import Workspace; "
        f"Workspace.open({str(store)!r}, disabled=['liudai']).close(); "
        "assert 'taizhang_liudai' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_five_ones_are_counted_by_kind_and_of_mobile_members(office) -> None:
    for item in ("听一堂党课", "做一件好事", "做一件好事", "写一份思想汇报"):
        office.do("liudai.one.do", "2012-05-01", member="丙", item=item)
    count = "SELECT count(DISTINCT item) FROM liudai_ones WHERE member = ?"
    ledger = office.ws.at("2012-12-31")
    (row,) = ledger.rows("members", name="丙")
    assert ledger.value(count, row["id"]) == 3
    assert "流动党员" in office.refused(
        "liudai.one.do", "2012-05-01", member="甲", item="听一堂党课"
    )
    # Of a report there is the day on which it came, and no place for what it says.
    fields = set(office.ws.registry.actions["liudai.one.do"].fields)
    assert fields == {"member", "item"}
    office.sound()


def test_five_of_five_is_a_duty_of_mobile_members(office) -> None:
    """R26; another of the same counts once."""
    person = office.id("丙")
    items = ("订一份党报", "听一堂党课", "做一件好事", "做一件好事", "参加一次义务劳动")
    for item in items:
        office.do("liudai.one.do", "2012-05-01", member="丙", item=item)
    assert office.states("liudai.ones", "member", person, "2012-12-30")[-1] == ("due_soon", 4)
    office.do("liudai.one.do", "2012-12-30", member="丙", item="写一份思想汇报")
    states = office.states("liudai.ones", "member", person, "2012-12-30")
    assert states == [("missed", 0), ("done", 5)]
    assert office.states("liudai.ones", "member", office.id("甲"), "2012-12-30") == []
