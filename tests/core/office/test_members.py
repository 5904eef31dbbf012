"""Members: one branch on every day, categories by scheme, groups, attachments, leaving."""

from __future__ import annotations

import pytest

from taizhang.words.errors import Dependents

Tree = dict[str, str]


def test_a_member_is_registered_with_details(desk, tree: Tree) -> None:
    person = desk.member(
        "王小明",
        tree["一"],
        on="2010-02-01",
        joined="2003年7月",
        phone="166 0000 0001",
        category="在职党员",
    )
    (row,) = desk.rows("members", "2010-02-01", id=person)
    assert (row["name"], row["joined"], row["phone"]) == ("王小明", "2003-07", "16600000001")
    assert (row["stage"], row["status"]) == ("正式党员", "正常")
    assert desk.value("categories", "category", "2010-02-01", member=person) == "在职党员"
    assert desk.branch(person, "2010-02-01") == tree["一"]
    assert desk.rows("memberships", "2010-01-31", member=person) == []
    desk.sound()


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("工委", "“天井湖社区党工委”是党工委，党员应编入支部"),
        ("总支", "“天桥新村总支”是总支，党员应编入支部"),
        ("组", "“第一党小组”是党小组，党员应编入支部"),
    ],
)
def test_members_belong_to_branches_only(desk, tree: Tree, where: str, said: str) -> None:
    assert (
        desk.refused("member.register", name="王小明", organisation=tree[where]) == f"支部：{said}"
    )


def test_a_branch_with_members_cannot_be_corrected_into_another_kind(desk, tree: Tree) -> None:
    desk.member("王小明", tree["二"])
    founded = desk.value("organisations", "src", "2010-01-01", id=tree["二"])
    with pytest.raises(Dependents, match="该类组织不能编入党员"):
        desk.ws.correct(founded, {"kind": "功能型支部"}, reason="录错")


def test_joining_the_party_is_not_in_the_future(desk, tree: Tree) -> None:
    assert "晚于" in desk.refused(
        "member.register", name="王小明", organisation=tree["一"], joined="2010-02"
    )
    desk.member("王小明", tree["一"], joined="2010")


def test_details_change_only_where_given(desk, tree: Tree) -> None:
    person = desk.member("王小名", tree["一"], phone="16600000001")
    assert "没有要更正的内容" in desk.refused("member.correct_details", member=person)
    desk.do("member.correct_details", "2010-03-01", member=person, name="王小明")
    (row,) = desk.rows("members", "2010-03-01", id=person)
    assert (row["name"], row["phone"]) == ("王小明", "16600000001")
    assert desk.value("members", "name", "2010-02-01", id=person) == "王小名"
    desk.sound()


def test_stage_and_status_change_on_their_day(desk, tree: Tree) -> None:
    person = desk.member("王小明", tree["一"], stage="预备党员")
    desk.do("member.set_stage", "2011-01-01", member=person, stage="正式党员")
    desk.do("member.set_status", "2011-06-01", member=person, status="停止党籍")
    assert desk.value("members", "stage", "2010-12-31", id=person) == "预备党员"
    assert desk.value("members", "stage", "2011-01-01", id=person) == "正式党员"
    assert desk.value("members", "status", "2011-06-01", id=person) == "停止党籍"
    assert "没有变化" in desk.refused(
        "member.set_status", "2011-07-01", member=person, status="停止党籍"
    )


def test_categories_belong_to_a_scheme(desk, tree: Tree) -> None:
    person = desk.member("王小明", tree["一"], category="在职党员")
    desk.do("member.set_category", member=person, scheme="五类党员", category="在职党员")
    desk.do(
        "member.set_category", "2011-01-01", member=person, scheme="五类党员", category="离退休党员"
    )
    found = {
        r["scheme"]: r["category"] for r in desk.rows("categories", "2011-01-01", member=person)
    }
    assert found == {"三种党员": "在职党员", "五类党员": "离退休党员"}
    assert "在职党员、流动党员、在册党员" in desk.refused(
        "member.set_category", member=person, scheme="三种党员", category="离退休党员"
    )
    desk.sound()


def test_groups_are_of_the_own_branch(desk, tree: Tree) -> None:
    person, other = desk.member("王小明", tree["一"]), desk.member("李立", tree["二"])
    assert "不属于该党员的支部" in desk.refused(
        "member.join_group", member=other, organisation=tree["组"]
    )
    assert "不是党小组" in desk.refused("member.join_group", member=other, organisation=tree["一"])
    desk.do("member.join_group", member=person, organisation=tree["组"])
    assert "已在这个党小组" in desk.refused(
        "member.join_group", member=person, organisation=tree["组"]
    )
    assert "还有 1 名党员" in desk.refused(
        "organisation.move", "2011-01-01", organisation=tree["组"], parent=tree["二"]
    )
    desk.do("member.leave_group", "2011-02-01", member=person)
    assert "不在任何党小组" in desk.refused("member.leave_group", "2011-02-02", member=person)
    desk.do("organisation.move", "2011-03-01", organisation=tree["组"], parent=tree["二"])
    desk.sound()


def test_moving_to_another_branch_leaves_the_group(desk, tree: Tree) -> None:
    person = desk.member("王小明", tree["一"])
    desk.do("member.join_group", member=person, organisation=tree["组"])
    desk.do("member.move", "2011-01-01", member=person, organisation=tree["二"])
    assert desk.rows("group_memberships", "2011-01-01", member=person) == []
    assert desk.value("memberships", "how", "2011-01-01", member=person) == "调整"
    assert "已在这个支部" in desk.refused(
        "member.move", "2011-02-01", member=person, organisation=tree["二"]
    )
    assert "介绍信" in desk.refused(
        "member.move", "2011-02-01", member=person, organisation=tree["外"]
    )
    # Recorded late: the group would have been of a branch that the member had left.
    third = desk.organisation("第三支部", "支部", tree["总支"])
    group = desk.organisation("第三党小组", "党小组", third)
    desk.do("member.move", "2012-01-01", member=person, organisation=third)
    desk.do("member.join_group", "2012-02-01", member=person, organisation=group)
    assert "不属于党员的支部" in desk.refused(
        "member.move", "2012-03-01", member=person, organisation=tree["二"], how="整建制"
    )
    desk.sound()


def test_one_whose_relation_is_elsewhere_is_attached_here(desk, tree: Tree) -> None:
    """D1.09: in-service members are counted at their unit, and take part in the community."""
    person = desk.member("赵工", tree["外"], category="在职党员")
    assert "外部组织" in desk.refused("member.attach", member=person, organisation=tree["外"])
    desk.do("member.attach", "2010-02-01", member=person, organisation=tree["工委"])
    assert "已挂靠" in desk.refused(
        "member.attach", "2010-03-01", member=person, organisation=tree["工委"]
    )
    assert desk.branch(person, "2010-02-01") == tree["外"]
    desk.do("member.detach", "2011-01-01", member=person)
    assert desk.rows("attachments", "2011-01-01", member=person) == []
    assert "没有这种挂靠" in desk.refused("member.detach", "2011-01-02", member=person)
    own = desk.member("王小明", tree["一"])
    assert "组织关系就在这里" in desk.refused("member.attach", member=own, organisation=tree["一"])
    desk.sound()


def test_leaving_ends_what_stands_open(desk, tree: Tree) -> None:
    person = desk.member("王小明", tree["一"], category="在册党员")
    desk.do("member.join_group", member=person, organisation=tree["组"])
    desk.do("member.attach", member=person, organisation=tree["工委"])
    team = desk.make("team.form", name="火钳队")
    desk.do("team.join", team=team, member=person)
    letter = desk.make("transfer.issue", "2011-05-01", member=person, to=tree["外"])
    desk.do("member.leave", "2011-05-10", member=person, how="死亡")
    for table in ("members", "memberships", "group_memberships", "categories", "attachments"):
        assert desk.rows(table, "2011-05-09"), table
        assert desk.rows(table, "2011-05-10") == [], table
    assert desk.rows("team_members", "2011-05-10") == []
    assert desk.value("transfers", "state", "2011-05-10", id=letter) == "已取消"
    assert "已经结束" in desk.refused(
        "member.set_status", "2011-06-01", member=person, status="正常"
    )
    desk.sound()


def test_leaving_before_later_facts_is_refused(desk, tree: Tree) -> None:
    person = desk.member("王小明", tree["一"])
    desk.do("member.move", "2011-06-01", member=person, organisation=tree["二"])
    assert desk.refused("member.leave", "2011-05-01", member=person, how="退党")
    desk.sound()


def test_a_registration_cannot_be_voided_under_later_facts(desk, tree: Tree) -> None:
    done = desk.do("member.register", name="王小明", organisation=tree["一"])
    person = done.ids["member"]
    service = desk.do("service.log", "2010-05-01", member=person, minutes=90)
    with pytest.raises(Dependents) as refusal:
        desk.ws.void(done.seq[0], reason="登记有误")
    assert service.seq[0] in {f.src for f in refusal.value.findings}
    desk.ws.void(done.seq[0], reason="登记有误", cascade=True)
    assert desk.rows("services", "2010-06-01") == []
    desk.sound()


def test_every_member_is_in_one_branch_on_every_day(desk, tree: Tree) -> None:
    done = desk.do("member.register", name="王小明", organisation=tree["一"])
    # The registration is both the life and the membership: moved together, no day is bare.
    desk.ws.correct(done.seq[0], on="2010-02-01", reason="日期录错")
    desk.do("member.move", "2011-06-01", member=done.ids["member"], organisation=tree["二"])
    with pytest.raises(Dependents):
        desk.ws.correct(done.seq[0], on="2011-07-01", reason="日期录错")
    desk.sound()
