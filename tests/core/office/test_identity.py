"""One ID number is one person: known, restored, or refused with the facts, at every entrance."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from taizhang.office.sheets.importing import import_members
from taizhang.readmodels.balances import sheet
from taizhang.words.errors import TaizhangError
from taizhang.workspace import Request, Workspace

Tree = dict[str, str]

NUMBER, OTHER = "11010519491231002X", "110105194912310038"


def one(desk: Any, tree: Tree, how: str | None = None) -> str:
    """王小明 of the first branch, who left in 2011 if ``how`` says so."""
    member = desk.member("王小明", tree["一"], id_number=NUMBER)
    if how:
        desk.do("member.leave", "2011-05-01", member=member, how=how)
    return member


def by_record(ws: Workspace, tree: Tree, tmp: Path) -> None:
    ws.record("member.register", _fields(tree), on="2012-01-01", accept=True, reason="新转入")


def by_batch(ws: Workspace, tree: Tree, tmp: Path) -> None:
    ws.record_batch([Request("member.register", _fields(tree), "2012-01-01")], accept=True)


def by_correction(ws: Workspace, tree: Tree, tmp: Path) -> None:
    fields = {**_fields(tree), "id_number": OTHER}
    seq = ws.record("member.register", fields, on="2012-01-01").seq[0]
    ws.correct(seq, {"id_number": NUMBER}, reason="抄错")


def by_details(ws: Workspace, tree: Tree, tmp: Path) -> None:
    fields = {**_fields(tree), "id_number": None}
    member = ws.record("member.register", fields, on="2012-01-01").ids["member"]
    ws.record("member.correct_details", {"member": member, "id_number": NUMBER}, on="2012-02-01")


def by_revival(ws: Workspace, tree: Tree, tmp: Path) -> None:
    """A registration that was void is taken back to life after the number came to another."""
    first = int(ws.at("2010-06-01").rows("members")[0]["src"])
    last = ws.void(first, reason="误记", cascade=True).seq[-1]
    ws.record("member.register", _fields(tree), on="2012-01-01")
    ws.void(last, reason="没有误记", cascade=True)


def by_roster(ws: Workspace, tree: Tree, tmp: Path) -> None:
    file = tmp / "名册.csv"
    file.write_text(f"姓名,支部,身份证号\n王晓明,第二支部,{NUMBER}\n", "utf-8")
    found = import_members(ws, file, on="2012-01-01", commit=True)
    assert found.receipt is None
    (problem,) = found.held
    raise TaizhangError("{zh}|{en}", zh=problem.rule.zh, en=problem.rule.en)


def _fields(tree: Tree) -> dict[str, Any]:
    return {"name": "王晓明", "organisation": tree["二"], "id_number": NUMBER}


ENTRANCES = [by_record, by_batch, by_correction, by_details, by_roster]


def doubled(ws: Workspace) -> int:
    """So many members bear the number."""
    rows = ws.at().spans("members", id_number=NUMBER)
    return len({row["id"] for row in rows})


@pytest.mark.parametrize("enter", [*ENTRANCES, by_revival])
def test_a_number_is_never_of_two(desk, tree: Tree, tmp_path: Path, enter: Any) -> None:
    one(desk, tree)
    with pytest.raises(TaizhangError):
        enter(desk.ws, tree, tmp_path)
    assert doubled(desk.ws) == 1


@pytest.mark.parametrize("enter", ENTRANCES)
@pytest.mark.parametrize(
    ("how", "todo"), [("死亡", "作废 #"), ("退党", "member.restore"), (None, "member.move")]
)
def test_who_it_is_is_said_with_what_became_of_them_and_what_to_do(
    desk, tree: Tree, tmp_path: Path, enter: Any, how: str | None, todo: str
) -> None:
    member = one(desk, tree, how)
    with pytest.raises(TaizhangError) as refused:
        enter(desk.ws, tree, tmp_path)
    for said in refused.value.pair:
        assert "王小明" in said
        assert member in said
        assert NUMBER not in said
    assert todo in refused.value.pair[0]
    if how:
        assert f"2011-05-01 {how}" in refused.value.pair[0]


def test_a_batch_does_not_double_within_itself(desk, tree: Tree) -> None:
    twice = [Request("member.register", _fields(tree), "2012-01-01")] * 2
    with pytest.raises(TaizhangError):
        desk.ws.record_batch(twice, accept=True)
    assert desk.rows("members", "2012-01-01") == []


def test_a_number_that_was_mended_is_free_for_its_person(desk, tree: Tree) -> None:
    member = one(desk, tree)
    desk.do("member.correct_details", "2011-01-01", member=member, id_number=OTHER)
    desk.member("李立", tree["二"], on="2012-01-01", id_number=NUMBER)
    desk.sound()


def test_a_number_is_part_of_the_condition(desk, tree: Tree) -> None:
    """Two desks with ledgers of their own do not take the same number at the same time."""
    from taizhang.decisions import decision

    seen = []
    real = decision.Attempt.condition

    def spied(attempt: Any) -> Any:
        seen.append(real(attempt))
        return seen[-1]

    decision.Attempt.condition = spied  # type: ignore[method-assign]
    try:
        one(desk, tree)
        desk.member("李立", tree["一"])
    finally:
        decision.Attempt.condition = real  # type: ignore[method-assign]
    numbered, other = (
        [item for item in made.fail_if_events_match.items if not item.tags] for made in seen
    )
    (item,) = numbered
    assert {"member.registered@1", "member.restored@1"} <= set(item.types)
    assert other == [], "without a number nobody else is in the way"


def test_who_comes_back_is_the_same_person(desk, tree: Tree) -> None:
    member = one(desk, tree, "劝退")
    desk.do("member.restore", "2012-03-01", member=member, organisation=tree["二"])
    (row,) = desk.rows("members", "2012-03-01")
    assert (row["id"], row["name"], row["id_number"]) == (member, "王小明", NUMBER)
    assert (row["stage"], desk.branch(member, "2012-03-01")) == ("正式党员", tree["二"])
    assert desk.rows("members", "2011-12-31") == []
    desk.do("member.leave", "2012-06-01", member=member, how="死亡")
    assert "死亡" in desk.refused(
        "member.restore", "2012-07-01", member=member, organisation=tree["二"]
    )
    desk.sound()


def test_who_joins_again_begins_as_a_probationary_member(desk, tree: Tree) -> None:
    member = one(desk, tree, "退党")
    desk.do("member.restore", "2012-03-01", member=member, organisation=tree["一"], how="重新入党")
    (row,) = desk.rows("members", "2012-03-01")
    assert (row["stage"], row["joined"]) == ("预备党员", "2012-03-01")


def test_only_who_has_left_is_restored(desk, tree: Tree) -> None:
    member = one(desk, tree)
    said = desk.refused("member.restore", "2011-01-01", member=member, organisation=tree["一"])
    assert "没有出党" in said
    desk.do("member.leave", "2011-05-01", member=member, how="退党")
    for day in ("2011-04-01", "2011-05-01"):
        assert desk.refused("member.restore", day, member=member, organisation=tree["一"])


def test_the_year_closes_with_who_came_back(desk, tree: Tree) -> None:
    member = one(desk, tree, "退党")
    desk.do("member.restore", "2012-03-01", member=member, organisation=tree["二"])
    ledger = desk.ws.at("2012-12-31")
    made = sheet(ledger, ledger.registry.balances["year.members"])
    assert {flow.label: flow.count for flow in made.flows}["恢复党籍"] == 1
    assert (made.opening, made.closing, made.residual) == (0, 1, 0)


@pytest.mark.parametrize("how", ["死亡", None])
def test_a_roster_without_numbers_does_not_double_who_was_there(
    desk, tree: Tree, tmp_path: Path, how: str | None
) -> None:
    one(desk, tree, how)
    file = tmp_path / "名册.csv"
    file.write_text("姓名,支部\n王小明,第一支部\n王小明,第二支部\n", "utf-8")
    (held,) = import_members(desk.ws, file, on="2012-01-01").held
    assert (held.line, held.field) == (2, "name")
    assert (how or "第一支部") in held.rule.zh


def test_a_namesake_who_left_is_named(desk, tree: Tree) -> None:
    one(desk, tree, "死亡")
    fields = {"name": "王小明", "organisation": tree["一"]}
    (said,) = desk.ws.preview("member.register", fields, on="2012-01-01").notices
    assert "2011-05-01 死亡" in said.rule.zh
