"""Transfers: letters, due dates, receipt, reissue; one branch on every day (story H.2)."""

from __future__ import annotations

import datetime as dt

import pytest

from taizhang.office.transfers import overdue
from taizhang.words.errors import Dependents, NeedsReason

Tree = dict[str, str]


def test_story_of_a_letter_that_ran_out(desk, tree: Tree) -> None:
    """Story H.2: issued 03-01 for 30 days, no slip, reissued, received 04-05."""
    person = desk.member("甲", tree["一"])
    for i in range(4):
        desk.member(f"党员{i}", tree["二"])
    letter = desk.make("transfer.issue", "2012-03-01", member=person, to=tree["二"], number="第7号")
    assert desk.value("transfers", "due", "2012-03-01", id=letter) == "2012-03-31"
    assert overdue(desk.at("2012-03-31")) == []
    (late,) = overdue(desk.at("2012-04-01"))
    assert late["id"] == letter
    assert desk.branch(person, "2012-04-01") == tree["一"]
    again = desk.make("transfer.reissue", "2012-04-02", transfer=letter, number="第8号")
    (row,) = desk.rows("transfers", "2012-04-02", id=again)
    assert (row["previous"], row["due"], row["state"]) == (letter, "2012-05-02", "在途")
    assert desk.value("transfers", "state", "2012-04-02", id=letter) == "已重开"
    desk.do("transfer.receive", "2012-04-05", transfer=again)
    desk.do("transfer.return_slip", "2012-04-20", transfer=again)
    assert overdue(desk.at("2012-06-30")) == []
    assert desk.value("memberships", "how", "2012-04-05", member=person) == "转接"
    day = dt.date(2012, 2, 25)
    while day < dt.date(2012, 4, 30):
        on = day.isoformat()
        expected = tree["一"] if on < "2012-04-05" else tree["二"]
        assert desk.branch(person, on) == expected, on
        assert len(desk.rows("memberships", on)) == 5, on
        day += dt.timedelta(days=1)
    desk.sound()


@pytest.mark.parametrize(("days", "said"), [(0, "不得小于 1"), (91, "不得大于 90")])
def test_validity_is_bounded(desk, tree: Tree, days: int, said: str) -> None:
    person = desk.member("甲", tree["一"])
    assert said in desk.refused("transfer.issue", member=person, to=tree["二"], valid_days=days)


def test_letters_that_make_no_sense_are_refused(desk, tree: Tree) -> None:
    person = desk.member("甲", tree["一"])
    assert "已在接收组织" in desk.refused("transfer.issue", member=person, to=tree["一"])
    assert "不接收组织关系" in desk.refused("transfer.issue", member=person, to=tree["总支"])
    desk.do("transfer.issue", "2012-03-01", member=person, to=tree["二"])
    said = desk.refused("transfer.issue", "2012-03-05", member=person, to=tree["外"])
    assert said == "该党员已有在途的介绍信，2012-03-01 开出"
    assert "在途" in desk.refused(
        "member.move", "2012-03-05", member=person, organisation=tree["二"]
    )


def test_two_letters_at_once_are_seen_when_recorded_late(desk, tree: Tree) -> None:
    person = desk.member("甲", tree["一"])
    desk.do("transfer.issue", "2012-03-01", member=person, to=tree["二"])
    assert "两封在途介绍信" in desk.refused(
        "transfer.issue", "2012-02-01", member=person, to=tree["外"]
    )


def test_steps_come_in_order(desk, tree: Tree) -> None:
    person = desk.member("甲", tree["一"])
    letter = desk.make("transfer.issue", "2012-03-01", member=person, to=tree["二"])
    assert "须为“已接收”" in desk.refused("transfer.return_slip", "2012-03-02", transfer=letter)
    desk.do("transfer.receive", "2012-03-10", transfer=letter)
    for action in ("receive", "cancel", "reissue"):
        assert "须为“在途”" in desk.refused(f"transfer.{action}", "2012-03-11", transfer=letter)
    # Late, on a day before the receipt: right on that day, but the receipt could not follow it.
    assert "介绍信不在途" in desk.refused("transfer.cancel", "2012-03-05", transfer=letter)
    assert desk.value("transfers", "state", "2012-03-11", id=letter) == "已接收"
    desk.sound()


def test_a_cancelled_letter_changes_nothing(desk, tree: Tree) -> None:
    person = desk.member("甲", tree["一"])
    letter = desk.make("transfer.issue", "2012-03-01", member=person, to=tree["二"])
    desk.do("transfer.cancel", "2012-03-05", transfer=letter)
    assert desk.branch(person, "2012-12-31") == tree["一"]
    desk.make("transfer.issue", "2012-03-05", member=person, to=tree["外"])
    desk.sound()


def test_receipt_after_the_due_day_needs_a_reason(desk, tree: Tree) -> None:
    person = desk.member("甲", tree["一"])
    letter = desk.make("transfer.issue", "2012-03-01", member=person, to=tree["二"], valid_days=10)
    with pytest.raises(NeedsReason, match="已过有效期"):
        desk.do("transfer.receive", "2012-03-12", transfer=letter)
    desk.ws.record("transfer.receive", {"transfer": letter}, on="2012-03-12", reason="上级同意")
    assert desk.branch(person, "2012-03-12") == tree["二"]
    desk.sound()


def test_in_from_outside_and_out_again(desk, tree: Tree) -> None:
    person = desk.member("乙", tree["外"])
    inward = desk.make("transfer.issue", "2011-01-01", member=person, to=tree["一"])
    desk.do("transfer.receive", "2011-01-10", transfer=inward)
    desk.do("member.join_group", "2011-02-01", member=person, organisation=tree["组"])
    outward = desk.make("transfer.issue", "2012-01-01", member=person, to=tree["外"])
    desk.do("transfer.receive", "2012-01-10", transfer=outward)
    assert [desk.branch(person, d) for d in ("2011-01-09", "2011-01-10", "2012-01-10")] == [
        tree["外"],
        tree["一"],
        tree["外"],
    ]
    assert desk.rows("group_memberships", "2012-01-10", member=person) == []
    desk.sound()


def test_a_receiver_merged_meanwhile_passes_the_member_on(desk, tree: Tree) -> None:
    third = desk.organisation("第三支部", "支部", tree["总支"])
    early, later = desk.member("甲", tree["一"]), desk.member("乙", tree["一"])
    first = desk.make("transfer.issue", "2012-03-01", member=early, to=tree["二"])
    second = desk.make("transfer.issue", "2012-03-01", member=later, to=tree["二"])
    desk.do("organisation.merge", "2012-03-15", organisation=tree["二"], to=third)
    # Received before the merge, recorded after it.
    desk.do("transfer.receive", "2012-03-10", transfer=first)
    desk.do("transfer.receive", "2012-03-20", transfer=second)
    assert desk.branch(early, "2012-03-14") == tree["二"]
    assert desk.branch(early, "2012-03-15") == third
    assert desk.branch(later, "2012-03-19") == tree["一"]
    assert desk.branch(later, "2012-03-20") == third
    desk.sound()


def test_a_merged_sender_still_lets_go(desk, tree: Tree) -> None:
    person = desk.member("甲", tree["一"])
    letter = desk.make("transfer.issue", "2012-03-01", member=person, to=tree["外"])
    desk.do("organisation.merge", "2012-03-10", organisation=tree["一"], to=tree["二"])
    desk.do("transfer.receive", "2012-03-15", transfer=letter)
    desk.do("transfer.return_slip", "2012-03-20", transfer=letter)
    assert [desk.branch(person, d) for d in ("2012-03-09", "2012-03-10", "2012-03-15")] == [
        tree["一"],
        tree["二"],
        tree["外"],
    ]
    desk.sound()


def test_voiding_a_receipt_puts_the_member_back(desk, tree: Tree) -> None:
    person = desk.member("甲", tree["一"])
    letter = desk.make("transfer.issue", "2012-03-01", member=person, to=tree["二"])
    received = desk.do("transfer.receive", "2012-03-10", transfer=letter)
    slip = desk.do("transfer.return_slip", "2012-03-20", transfer=letter)
    with pytest.raises(Dependents) as refusal:
        desk.ws.void(received.seq[0], reason="没有到")
    assert {f.src for f in refusal.value.findings} == {slip.seq[0]}
    desk.ws.void(slip.seq[0], reason="没有到")
    desk.ws.void(received.seq[0], reason="没有到")
    assert desk.branch(person, "2012-03-10") == tree["一"]
    assert desk.value("transfers", "state", "2012-03-10", id=letter) == "在途"
    desk.sound()


def test_correcting_the_day_of_issue_moves_the_due_day(desk, tree: Tree) -> None:
    person = desk.member("甲", tree["一"])
    issued = desk.do("transfer.issue", "2012-03-01", member=person, to=tree["二"])
    desk.ws.correct(issued.seq[0], on="2012-03-05", reason="日期录错")
    assert desk.value("transfers", "due", "2012-03-05", member=person) == "2012-04-04"


def test_a_letter_of_the_last_day_is_due_on_it(desk, tree: Tree) -> None:
    person = desk.member("甲", tree["一"])
    letter = desk.make("transfer.issue", "9999-12-31", member=person, to=tree["二"])
    assert desk.value("transfers", "due", "9999-12-31", id=letter) == "9999-12-31"


def test_a_corrected_letter_keeps_the_rules(desk, tree: Tree) -> None:
    """A correction may not send it where nobody can belong, nor receive somebody else with it."""
    one, two = desk.member("甲", tree["一"]), desk.member("乙", tree["一"])
    issued = desk.do("transfer.issue", "2012-03-01", member=one, to=tree["二"])
    with pytest.raises(Dependents, match="接收组织不能编入党员"):
        desk.ws.correct(issued.seq[0], {"to": tree["组"]}, reason="错")
    received = desk.do("transfer.receive", "2012-03-05", transfer=issued.ids["transfer"])
    for seq in (issued.seq[0], received.seq[0]):
        with pytest.raises(Dependents, match="另一名党员"):
            desk.ws.correct(seq, {"member": two}, reason="错")
    desk.sound()


def test_a_receipt_before_a_merge_but_recorded_after_asks_for_the_merge_to_be_corrected(
    desk, tree: Tree
) -> None:
    """Else the merge would carry off a member who was no longer in the merged branch."""
    person = desk.member("甲", tree["一"])
    three = desk.organisation("第三支部", "支部", tree["总支"])
    letter = desk.make("transfer.issue", "2012-03-01", member=person, to=three)
    merge = desk.do("organisation.merge", "2012-06-01", organisation=tree["一"], to=tree["二"])
    refusal = desk.refused("transfer.receive", "2012-03-10", transfer=letter)
    assert "整建制" in refusal
    (moved,) = (e.position for e in merge.events if e.name == "member.moved")
    assert f"#{moved}" in refusal
    desk.ws.correct(moved, {"organisation": three}, reason="当时已转出")
    desk.do("transfer.receive", "2012-03-10", transfer=letter)
    assert desk.branch(person, "2012-12-31") == three
    desk.sound()


def test_a_letter_recorded_late_ends_when_the_member_has_left(desk, tree: Tree) -> None:
    """As leaving would have ended it; the sender stays responsible until then."""
    person = desk.member("甲", tree["一"])
    left = desk.do("member.leave", "2012-06-01", member=person, how="死亡")
    before = desk.ws.log.head()
    issued = desk.do("transfer.issue", "2012-05-20", member=person, to=tree["二"])
    letter = issued.ids["transfer"]
    states = {}
    for on in ("2012-05-19", "2012-05-20", "2012-05-31", "2012-06-01", "2012-12-31"):
        states[on] = [r["state"] for r in desk.rows("transfers", on, id=letter)]
        assert desk.ws.at(on, before).rows("transfers") == []
    assert states == {
        "2012-05-19": [],
        "2012-05-20": ["在途"],
        "2012-05-31": ["在途"],
        "2012-06-01": ["已取消"],
        "2012-12-31": ["已取消"],
    }
    assert overdue(desk.at("2012-12-31")) == []
    desk.sound()
    # It ended because the member left: who takes that back has to take back the ending too.
    cancelled = issued.seq[1]
    with pytest.raises(Dependents) as refusal:
        desk.ws.void(left.seq[-1], reason="误录")
    assert [f.src for f in refusal.value.findings] == [cancelled]
    # Its day can be mended, but not so that the letter outlives the membership.
    with pytest.raises(Dependents, match="介绍信仍在途"):
        desk.ws.correct(cancelled, on="2012-06-10", reason="日期录错")
    desk.ws.correct(cancelled, on="2012-05-25", reason="当时已取消")
    assert desk.value("transfers", "state", "2012-05-25", id=letter) == "已取消"
    gone = desk.ws.void(left.seq[-1], reason="误录", cascade=True)
    assert {e.envelope.root for e in gone.events} == {left.seq[-1], cancelled}
    assert desk.value("transfers", "state", "2012-12-31", id=letter) == "在途"
    assert desk.branch(person, "2012-12-31") == tree["一"]
    desk.sound()


def test_leaving_recorded_late_is_refused_under_a_letter_of_a_later_day(desk, tree: Tree) -> None:
    person = desk.member("甲", tree["一"])
    issued = desk.do("transfer.issue", "2012-06-10", member=person, to=tree["二"])
    said = desk.refused("member.leave", "2012-06-01", member=person, how="死亡")
    assert "党员已出党，介绍信仍在途" in said
    assert f"#{issued.seq[0]}" in said
    left = desk.do("member.leave", "2012-06-20", member=person, how="死亡")
    with pytest.raises(Dependents, match="介绍信仍在途"):
        desk.ws.correct(left.seq[-1], on="2012-06-15", reason="日期录错")
    desk.sound()


def test_a_letter_recorded_late_cannot_be_under_way_once_the_member_was_moved(
    desk, tree: Tree
) -> None:
    person = desk.member("甲", tree["一"])
    moved = desk.do("member.move", "2012-06-01", member=person, organisation=tree["二"])
    said = desk.refused("transfer.issue", "2012-05-20", member=person, to=tree["外"])
    assert "2012-06-01 已转入“第二支部”" in said
    assert f"#{moved.seq[0]}" in said
    # A merger takes the member along, and leaves the letter under way.
    other = desk.member("乙", tree["一"])
    desk.do("organisation.merge", "2012-06-01", organisation=tree["一"], to=tree["二"])
    letter = desk.make("transfer.issue", "2012-05-20", member=other, to=tree["外"])
    desk.do("transfer.receive", "2012-06-10", transfer=letter)
    assert [desk.branch(other, d) for d in ("2012-05-31", "2012-06-01", "2012-06-10")] == [
        tree["一"],
        tree["二"],
        tree["外"],
    ]
    desk.sound()


def test_a_receipt_by_the_successor_rests_on_the_merge(desk, tree: Tree) -> None:
    third = desk.organisation("第三支部", "支部", tree["总支"])
    person = desk.member("甲", tree["一"])
    letter = desk.make("transfer.issue", "2012-03-01", member=person, to=tree["二"])
    merge = desk.do("organisation.merge", "2012-03-15", organisation=tree["二"], to=third)
    received = desk.do("transfer.receive", "2012-03-20", transfer=letter)
    with pytest.raises(Dependents) as refusal:
        desk.ws.void(merge.seq[-1], reason="没有合并")
    assert received.seq[0] in {f.src for f in refusal.value.findings}
    desk.ws.void(merge.seq[-1], reason="没有合并", cascade=True)
    assert desk.branch(person, "2012-12-31") == tree["一"]
    assert desk.value("transfers", "state", "2012-12-31", id=letter) == "在途"
    desk.sound()
