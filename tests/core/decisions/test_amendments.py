"""Undoing and redoing: what one action recorded stands and falls together, voids included."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from eventsourcing.dcb.api import DCBAppendCondition, DCBEvent, DCBQuery, DCBQueryItem

from taizhang.words.errors import Dependents, Invalid, Refused
from taizhang.workspace import Receipt, Workspace


@pytest.fixture
def ws(tmp_path: Path) -> Iterator[Workspace]:
    """Two branches, the first with a group and a member in it."""
    with Workspace.init(tmp_path / "store") as made:
        for name, kind, parent in (
            ("一", "支部", None),
            ("二", "支部", None),
            ("组", "党小组", "一"),
        ):
            do(made, "organisation.found", "2005-01-01", name=name, kind=kind, parent=parent)
        do(made, "member.register", "2006-01-01", name="王", organisation="一")
        do(made, "member.join_group", "2006-01-02", member="王", organisation="组")
        yield made


def do(ws: Workspace, action: str, on: str, **fields: Any) -> Receipt:
    return ws.record(action, fields, on=on)


def rows(ws: Workspace) -> dict[str, Any]:
    """What can be seen, but for who wrote it when."""
    shown: dict[str, Any] = {}
    for table in ("organisations", "members", "memberships", "group_memberships", "lineage"):
        found = ws.at().spans(table)
        shown[table] = [{k: v for k, v in row.items() if k != "seq"} for row in found]
    return shown


def test_a_merge_that_was_undone_is_redone_by_voiding_one_of_the_voids(ws: Workspace) -> None:
    before = rows(ws)
    merge = do(ws, "organisation.merge", "2010-01-01", organisation="一", to="二")
    merged = rows(ws)
    undone = ws.void(merge.seq[-1], reason="误", cascade=True)
    assert len(undone.seq) == len(merge.seq)
    assert rows(ws) == before
    for seq in undone.seq:
        with pytest.raises(Dependents) as refusal:
            ws.void(seq, reason="又对了")
        listed = {f.src for f in refusal.value.findings}
        assert set(undone.seq) - {seq} <= listed
    redone = ws.void(undone.seq[0], reason="又对了", cascade=True)
    assert len(redone.seq) == len(merge.seq)
    assert rows(ws) == merged
    ws.void(redone.seq[0], reason="还是错了", cascade=True)
    assert rows(ws) == before
    assert ws.findings() == []
    ws.rebuild()
    assert rows(ws) == before


def test_cascade_takes_dependents_and_one_void_brings_all_back(ws: Workspace) -> None:
    before = rows(ws)
    gone = ws.void(2, reason="误", cascade=True)
    assert rows(ws)["members"] == []
    assert len(gone.seq) == 4
    ws.void(gone.seq[-1], reason="又对了", cascade=True)
    assert rows(ws) == before


def test_what_is_only_tried_has_no_number(ws: Workspace) -> None:
    with pytest.raises(Dependents) as refusal:
        do(ws, "organisation.found", "2005-01-01", name="一", kind="支部")
    zh, en = refusal.value.pair
    assert "#" not in zh
    assert "#" not in en


def test_a_correction_is_held_to_the_rules_among_fields(ws: Workspace) -> None:
    set_to = do(ws, "member.set_category", "2007-01-01", member="王", category="在职党员")
    assert ws.at().rows("categories")[0]["scheme"] == "三种党员"
    with pytest.raises(Invalid, match="该办法的类别有"):
        ws.correct(set_to.seq[0], {"category": "离退休党员"}, reason="错")
    ws.correct(set_to.seq[0], {"scheme": "三类党员", "category": "离退休党员"}, reason="错")
    assert ws.at().rows("categories")[0]["category"] == "离退休党员"


def test_amendments_say_when_it_is_too_late(ws: Workspace) -> None:
    once = ws.void(6, reason="误")
    with pytest.raises(Refused, match="已经作废"):
        ws.void(6, reason="误")
    with pytest.raises(Refused, match="已作废，不能更正"):
        ws.correct(6, {"organisation": "组"}, reason="误")
    with pytest.raises(Refused, match="已作废，不能更正"):
        ws.correct(once.seq[0], {"organisation": "组"}, reason="误")
    ws.void(once.seq[0], reason="又对了")
    with pytest.raises(Refused, match="作废不能更正"):
        ws.correct(once.seq[0], {"organisation": "组"}, reason="误")


def test_what_comes_to_rest_on_a_merge_while_it_is_being_voided_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A desk with a ledger of its own records a late joiner between the decision and its append."""
    with Workspace.init(tmp_path / "store") as ws:
        for name in ("一", "二"):
            do(ws, "organisation.found", "2005-01-01", name=name, kind="支部")
        (merged,) = do(ws, "organisation.merge", "2010-01-01", organisation="一", to="二").seq
    shutil.copytree(tmp_path / "store", tmp_path / "elsewhere")
    with Workspace.open(tmp_path / "elsewhere") as other:
        late = do(other, "member.register", "2009-01-01", name="王", organisation="一")
        theirs = [DCBEvent(e.type, e.data, e.tags) for e in late.events]
    with Workspace.open(tmp_path / "store") as ws:
        append = ws.log.append

        def overtaken(items: Sequence[DCBEvent], condition: DCBAppendCondition, **more: str) -> int:
            monkeypatch.setattr(ws.log, "append", append)
            append(theirs, DCBAppendCondition(DCBQuery([DCBQueryItem(tags=["none"])])))
            return append(items, condition, **more)

        monkeypatch.setattr(ws.log, "append", overtaken)
        with pytest.raises(Dependents) as refusal:
            ws.void(merged, reason="没有合并")
        assert [f.src for f in refusal.value.findings] == [late.seq[-1]]
        assert len(ws.at().rows("lineage")) == 1
        assert ws.log.head() == late.seq[-1]


def test_of_many_dependents_the_first_are_listed_and_all_are_counted(ws: Workspace) -> None:
    for number in range(12):
        name = f"党员{number}"
        do(ws, "member.register", "2011-01-01", name=name, organisation="二")
    with pytest.raises(Dependents) as refused:
        ws.void(3, reason="误登")
    zh, en = refused.value.pair
    assert "等 12 处" in zh
    assert "12 in all" in en
