"""One action for many subjects, and batches reverted: as if done one by one, and as if never done."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taizhang.isolation.guard import PluginFault
from taizhang.readmodels.batches import batches
from taizhang.words.errors import Invalid, NotFound, Refused, TaizhangError, Usage
from taizhang.workspace import Receipt, Request, Workspace

NAMES = ("甲", "乙", "丙", "丁")
DAYS = ("2009-01-01", "2010-01-01", "2011-01-01")


def _store(path: Path) -> None:
    """Two branches, and a name with a comma in it; four members in the first."""
    with Workspace.init(path) as ws:
        for name in ("一", "二", "东湖、西湖联合支部"):
            ws.record("organisation.found", {"name": name, "kind": "支部"}, on="2005-01-01")
        for name in NAMES:
            fields = {"name": name, "organisation": "一"}
            ws.record("member.register", fields, on="2006-01-01")


@pytest.fixture
def ws(copied: Callable[..., Path]) -> Iterator[Workspace]:
    with Workspace.open(copied(_store)) as opened:
        yield opened


def move(ws: Workspace, *who: str, to: str = "二", on: str = "2010-01-01", **more: Any) -> Receipt:
    return ws.record_many("member.move", who, {"organisation": to}, on=on, **more)


def rows(ws: Workspace) -> dict[str, Any]:
    """What can be seen of every day, but for who wrote it when."""
    shown: dict[str, Any] = {}
    for table in ws.registry.tables:
        found = ws.at().query(f'SELECT * FROM "{table}_all"')
        shown[table] = sorted(
            [{k: v for k, v in row.items() if k not in ("seq", "src")} for row in found], key=str
        )
    return shown


def said(ws: Workspace, receipt: Receipt) -> list[Any]:
    """What is in the log of a receipt, but for ids."""
    events = [ws.event(seq) for seq in receipt.seq]
    return [
        (e.type, e.envelope.on, e.envelope.reason, e.payload, [t for t in e.tags if "action:" not in t])
        for e in events
    ]  # fmt: skip


# Many


def test_all_are_one_batch_in_one_append(ws: Workspace) -> None:
    done: list[tuple[int, int]] = []
    receipt = move(ws, "甲", "乙", progress=lambda i, n: done.append((i, n)))
    assert [ws.event(s).envelope.correlation for s in receipt.seq] == [receipt.batch] * 2
    assert len({ws.event(s).envelope.action for s in receipt.seq}) == 2
    assert done == [(1, 2), (2, 2)]
    assert ws.record("member.set_status", {"member": "甲", "status": "停止党籍"}).batch is None


def test_what_is_wrong_with_each_is_said_of_all_and_nothing_is_recorded(ws: Workspace) -> None:
    before, head = rows(ws), ws.log.head()
    move(ws, "甲", commit=False)
    with pytest.raises(Invalid) as refusal:
        move(ws, "甲", "没有", "乙", to="一")
    problems = refusal.value.problems
    assert [p.who for p in problems] == ["甲", "没有", "乙"]
    assert "没有名为" in problems[1].rule.zh
    # The same rule is said once, with both.
    zh, en = refusal.value.pair
    assert "甲、乙：" in zh
    assert "甲, 乙: " in en
    assert ws.log.head() == head
    assert rows(ws) == before


def test_those_that_stand_are_recorded_and_the_others_listed(ws: Workspace) -> None:
    receipt = move(ws, "甲", "没有", "乙", "甲", partial=True)
    assert len(receipt.seq) == 2
    assert [(p.who, p.field) for p in receipt.refused] == [("没有", "member"), ("甲", "member")]
    assert {m["member"] for m in ws.at().rows("memberships") if m["organisation"] == two(ws)} == {
        ws.at().called("member", n)[0] for n in ("甲", "乙")
    }


def two(ws: Workspace) -> str:
    return ws.at().called("organisation", "二")[0]


def test_a_subject_that_needs_a_reason_is_one_that_is_refused(ws: Workspace) -> None:
    """Each is judged behind the others: two of one name in one branch are a soft finding."""
    fields = {"kind": "支部", "name": "三"}
    ws.record("organisation.found", fields, on="2005-01-01")
    receipt = ws.record_many(
        "member.join_group", NAMES, {"organisation": "三"}, on="2010-01-01", partial=True
    )
    assert receipt.seq == ()
    assert receipt.batch is None
    assert {p.who for p in receipt.refused} == set(NAMES)
    assert batches(ws) == []


def test_one_who_is_left_out_leaves_no_id_and_no_key(ws: Workspace) -> None:
    """The second has the first one's number: found out when it had an id and a key already."""
    keys = ws.keyring.keys
    assert keys is not None
    before = keys.count()
    receipt = ws.record_many(
        "member.register",
        ["一", "二"],
        {"name": "戊", "id_number": "110101199001011234"},
        field="organisation",
        on="2010-01-01",
        partial=True,
    )
    assert [p.who for p in receipt.refused] == ["二"]
    assert receipt.ids["member"] in ws.at().called("member", "戊")
    assert keys.count() == before + 1


def test_a_fault_of_a_programme_is_nobodys_in_particular(
    ws: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(ws.registry.action("sanguan.mobile.settle").type, "decide", broken)
    with pytest.raises(PluginFault):
        ws.record_many("sanguan.mobile.settle", NAMES, partial=True)


def test_which_field_names_the_subject(ws: Workspace) -> None:
    receipt = ws.record_many(
        "member.move", ["二"], {"member": "甲"}, field="organisation", on="2010-01-01"
    )
    assert len(receipt.seq) == 1
    with pytest.raises(Usage, match="不能给出多个"):
        ws.record_many("member.set_status", ["停止"], {"member": "甲"}, field="status")
    with pytest.raises(Usage, match="没有给出任何"):
        move(ws, " ")
    with pytest.raises(Usage, match="没有字段"):
        ws.record_many("member.move", ["甲"], {"to": "二"}, on="2010-01-01")


_MOVES = st.lists(
    st.tuples(
        st.sampled_from(("一", "二")),
        st.sampled_from(DAYS),
        st.permutations(NAMES).flatmap(lambda p: st.integers(1, 4).map(lambda n: p[:n])),
    ),
    min_size=1,
    max_size=4,
)


@settings(max_examples=15)
@given(moves=_MOVES)
def test_many_are_the_same_as_one_after_the_other(
    made: Callable[..., Path], moves: list[tuple[str, str, list[str]]]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        template = made(_store)
        with (
            Workspace.open(shutil.copytree(template, Path(folder, "a"))) as many,
            Workspace.open(shutil.copytree(template, Path(folder, "b"))) as single,
        ):
            for to, day, who in moves:
                receipt = move(many, *who, to=to, on=day, partial=True)
                alone: list[Any] = []
                refused = []
                for name in who:
                    fields = {"member": name, "organisation": to}
                    try:
                        alone += said(single, single.record("member.move", fields, on=day))
                    except TaizhangError:
                        refused.append(name)
                assert said(many, receipt) == alone
                assert [p.who for p in receipt.refused] == refused
            assert rows(many) == rows(single)


# Reverting


def test_a_batch_reverted_and_the_revert_reverted(ws: Workspace) -> None:
    before = rows(ws)
    receipt = move(ws, "甲", "乙", "丙")
    after = rows(ws)
    assert receipt.batch is not None
    gone = ws.revert(receipt.batch, reason="误")
    assert (gone.reverted, gone.kept, gone.already) == (receipt.seq, (), ())
    assert rows(ws) == before
    assert len({ws.event(s).envelope.correlation for s in gone.receipt.seq}) == 1
    assert gone.receipt.batch is not None
    back = ws.revert(gone.receipt.batch, reason="没有误")
    assert set(back.reverted) == set(gone.receipt.seq)
    assert rows(ws) == after
    assert [(b.events, b.void) for b in batches(ws)] == [(3, 0), (3, 3), (3, 0)]
    again = ws.revert(gone.receipt.batch, reason="再")
    assert (again.reverted, set(again.already)) == ((), set(gone.receipt.seq))
    assert again.receipt.batch is None
    ws.rebuild()
    assert rows(ws) == after
    assert [(b.events, b.void) for b in batches(ws)] == [(3, 0), (3, 3), (3, 0)]


def test_what_rests_on_each_other_within_a_batch_goes_whole(ws: Workspace) -> None:
    before = rows(ws)
    receipt = ws.record_batch(
        [
            Request("organisation.found", {"name": "新", "kind": "支部"}, "2007-01-01"),
            Request("member.register", {"name": "戊", "organisation": "新"}, "2008-01-01"),
            Request("member.move", {"member": "戊", "organisation": "一"}, "2009-01-01"),
            Request("organisation.merge", {"organisation": "一", "to": "二"}, "2010-01-01"),
        ]
    )
    assert receipt.batch is not None
    assert len(receipt.seq) > 5
    gone = ws.revert(receipt.batch, reason="误")
    assert gone.reverted == receipt.seq
    assert rows(ws) == before
    assert ws.findings() == []


def test_what_others_built_on_is_kept_with_its_whole_action(ws: Workspace) -> None:
    receipt = ws.record_batch(
        [
            Request("organisation.found", {"name": "新", "kind": "支部"}, "2007-01-01"),
            Request("member.register", {"name": "戊", "organisation": "新"}, "2008-01-01"),
            Request("member.register", {"name": "己", "organisation": "一"}, "2008-01-01"),
            Request("member.register", {"name": "庚", "organisation": "一"}, "2008-01-01"),
            Request("member.register", {"name": "辛", "organisation": "一"}, "2008-01-01"),
        ]
    )
    assert receipt.batch is not None
    service = {"member": "戊", "minutes": "60"}
    built = ws.record("service.log", service, on="2009-01-01").seq[0]
    corrected = ws.correct(receipt.seq[2], {"name": "己二"}, reason="字").seq[0]
    ws.void(receipt.seq[3], reason="重复")
    tried = ws.revert(receipt.batch, reason="误", commit=False)
    gone = ws.revert(receipt.batch, reason="误")
    assert (tried.reverted, tried.kept) == (gone.reverted, gone.kept)
    # The branch stays for the member in it, the member for the service.
    assert gone.reverted == (receipt.seq[4],)
    assert gone.already == (receipt.seq[3],)
    why = {k.seq: k.why.zh for k in gone.kept}
    assert list(why) == list(receipt.seq[:3])
    assert f"#{receipt.seq[1]}" in why[receipt.seq[0]]
    assert f"#{built}" in why[receipt.seq[1]]
    assert f"#{corrected}" in why[receipt.seq[2]]
    assert ws.findings() == []
    listed = batches(ws)[0]
    assert (listed.events, listed.void, listed.actor) == (5, 2, ws.actor)
    assert listed.names == {"organisation.founded": 1, "member.registered": 4}


ELSEWHERE = """
import sys
from taizhang.workspace import Workspace
with Workspace.open(sys.argv[1], actor="别人") as ws:
    print(ws.record("service.log", {"member": "戊", "minutes": "60"}, on="2012-01-01").seq[0])
"""


@pytest.fixture
def registered(ws: Workspace) -> Receipt:
    """A batch of two members."""
    requests = [
        Request("member.register", {"name": n, "organisation": "一"}, "2008-01-01")
        for n in ("戊", "己")
    ]
    return ws.record_batch(requests)


def test_what_another_process_recorded_since_is_seen(ws: Workspace, registered: Receipt) -> None:
    command = [sys.executable, "-c", ELSEWHERE, str(ws.paths.root)]
    at = int(subprocess.run(command, capture_output=True, check=True).stdout)
    gone = ws.revert(str(registered.batch), reason="误")
    assert gone.reverted == (registered.seq[1],)
    (kept,) = gone.kept
    assert kept.seq == registered.seq[0]
    assert f"#{at}" in kept.why.zh


class Held(Exception):
    """Instead of an append."""


def test_what_another_process_records_while_a_revert_is_planned_is_seen(
    ws: Workspace, registered: Receipt
) -> None:
    """The other one has decided already, and appends before this one does, which then plans anew."""
    decided: list[Any] = []
    planned: list[int] = []

    def hold(*appended: Any, **_: Any) -> int:
        decided.append(appended)
        raise Held

    with Workspace.open(ws.paths.root, actor="别人") as other:
        append = other.log.append
        other.log.append = hold  # type: ignore[method-assign]
        with pytest.raises(Held):
            other.record("service.log", {"member": "戊", "minutes": "60"}, on="2012-01-01")

        def meanwhile(done: int, of: int) -> None:
            if done == of and len(planned) < of:
                append(*decided[0])
            planned.append(done)

        gone = ws.revert(str(registered.batch), reason="误", progress=meanwhile)
    assert planned == [1, 2, 1, 2]
    assert gone.reverted == (registered.seq[1],)
    assert [k.seq for k in gone.kept] == [registered.seq[0]]


def test_a_batch_that_there_is_not(ws: Workspace) -> None:
    with pytest.raises(NotFound):
        ws.revert("nothing", reason="误")
    receipt = move(ws, "甲")
    assert receipt.batch is not None
    with pytest.raises(Usage, match="理由"):
        ws.revert(receipt.batch, reason=" ")


@settings(max_examples=12)
@given(moves=_MOVES)
def test_any_batch_reverts_to_what_was_before_and_back(
    made: Callable[..., Path], moves: list[tuple[str, str, list[str]]]
) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        Workspace.open(shutil.copytree(made(_store), Path(folder, "a"))) as ws,
    ):
        seen = [rows(ws)]
        done = []
        for to, day, who in moves:
            receipt = move(ws, *who, to=to, on=day, partial=True)
            if receipt.batch is not None:
                done.append(receipt)
                seen.append(rows(ws))
        reverts = []
        # The last first: nothing was built on any of them.
        for receipt in reversed(done):
            assert rows(ws) == seen.pop()
            gone = ws.revert(str(receipt.batch), reason="误")
            assert gone.reverted == receipt.seq
            assert gone.kept == gone.already == ()
            assert rows(ws) == seen[-1]
            reverts.append((gone, receipt))
        for gone, _ in reversed(reverts):
            back = ws.revert(str(gone.receipt.batch), reason="对")
            assert back.kept == back.already == ()
        assert [b.void for b in batches(ws)][: len(done)] == [0] * len(done)
        live = ws.db.execute("SELECT * FROM _batches ORDER BY batch, name").fetchall()
        now = rows(ws)
        ws.rebuild()
        assert rows(ws) == now
        again = ws.db.execute("SELECT * FROM _batches ORDER BY batch, name").fetchall()
        assert [tuple(r) for r in again] == [tuple(r) for r in live]


# An action of several events


def test_an_action_is_taken_back_whole(ws: Workspace) -> None:
    before = rows(ws)
    merge = ws.record("organisation.merge", {"organisation": "一", "to": "二"}, on="2010-01-01")
    assert len(merge.seq) == 5
    with pytest.raises(Refused, match="同一操作的一部分"):
        ws.void(merge.seq[2], reason="误")
    undone = ws.void(merge.seq[2], reason="误", whole=True)
    assert len({ws.event(s).envelope.action for s in undone.seq}) == 1
    assert sorted(ws.event(s).envelope.voids or 0 for s in undone.seq) == list(merge.seq)
    assert rows(ws) == before


def test_what_rests_on_a_whole_action_still_stands_in_its_way(ws: Workspace) -> None:
    merge = ws.record("organisation.merge", {"organisation": "一", "to": "二"}, on="2010-01-01")
    ws.record("organisation.found", {"name": "一", "kind": "支部"}, on="2011-01-01")
    with pytest.raises(Refused) as refusal:
        ws.void(merge.seq[0], reason="误", whole=True)
    assert "同一操作" not in refusal.value.text("zh")
