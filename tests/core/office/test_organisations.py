"""Organisations: the tree and its rules, merges with late joiners, lineage, and undoing."""

from __future__ import annotations

import pytest

from taizhang.office.organisations import lineage_of
from taizhang.words.errors import Dependents

Tree = dict[str, str]


def test_name_changes_from_its_day_on(desk, tree: Tree) -> None:
    desk.do("organisation.rename", "2011-03-01", organisation=tree["一"], name="天桥第一支部")
    assert desk.value("organisations", "name", "2011-02-28", id=tree["一"]) == "第一支部"
    assert desk.value("organisations", "name", "2011-03-01", id=tree["一"]) == "天桥第一支部"
    assert "没有变化" in desk.refused(
        "organisation.rename", "2011-04-01", organisation=tree["一"], name="天桥第一支部"
    )
    desk.sound()


@pytest.mark.parametrize(
    ("kind", "parent", "said"),
    [
        ("党小组", None, "必须设在支部之下"),
        ("党小组", "总支", "不能设在总支之下"),
        ("支部", "组", "不能设在党小组之下"),
        ("支部", "一", "不能设在支部之下"),
        ("总支", "总支", "不能设在总支之下"),
        ("外部组织", "工委", "不能设在党工委之下"),
        ("支部", "外", "不能设在外部组织之下"),
    ],
)
def test_kinds_stand_where_they_may(desk, tree: Tree, kind: str, parent: str, said: str) -> None:
    above = tree[parent] if parent else None
    assert said in desk.refused("organisation.found", name="新", kind=kind, parent=above)


def test_outside_organisations_stand_under_each_other(desk, tree: Tree) -> None:
    desk.organisation("供电局第一支部", "外部组织", tree["外"])
    desk.sound()


def test_correcting_a_kind_is_held_to_the_tree(desk, tree: Tree) -> None:
    founded = desk.value("organisations", "src", "2010-01-01", id=tree["一"])
    with pytest.raises(Dependents, match="这一类别不能设在该上级之下"):
        desk.ws.correct(founded, {"kind": "总支"}, reason="录错")


def test_no_cycles_on_any_day(desk, tree: Tree) -> None:
    a = desk.organisation("甲党委", "党委")
    b = desk.organisation("乙党委", "党委", a)
    c = desk.organisation("丙党委", "党委", b)
    assert "自己的下级" in desk.refused("organisation.move", "2011-01-01", organisation=a, parent=c)
    assert "自己" in desk.refused("organisation.move", "2011-01-01", organisation=a, parent=a)
    # Between 2011-05 and 2011-06 丙 stands apart, so that 甲 may stand under it for that month...
    desk.do("organisation.move", "2011-05-01", organisation=c, parent=None)
    desk.do("organisation.move", "2011-06-01", organisation=c, parent=b)
    # ...but not from there on: each step alone is right, together they close a circle later.
    assert "成环" in desk.refused("organisation.move", "2011-05-15", organisation=a, parent=c)
    desk.sound()


def test_a_name_is_unique_within_its_parent_while_both_live(desk, tree: Tree) -> None:
    assert "同名" in desk.refused(
        "organisation.found", "2011-01-01", name="第一支部", kind="支部", parent=tree["总支"]
    )
    other = desk.organisation("井湖村总支", "总支", tree["工委"])
    desk.organisation("第一支部", "支部", other)
    # Two roots are within the same parent, namely none.
    assert "同名" in desk.refused("organisation.found", name="天井湖社区党工委", kind="党委")
    desk.do("organisation.dissolve", "2011-01-01", organisation=tree["二"])
    desk.organisation("第二支部", "支部", tree["总支"], on="2011-01-01")
    assert "同名" in desk.refused(
        "organisation.found", "2010-06-01", name="第二支部", kind="支部", parent=tree["总支"]
    )
    desk.sound()


def test_facts_before_the_founding_are_refused(desk, tree: Tree) -> None:
    assert "还不存在" in desk.refused(
        "organisation.rename", "2009-12-31", organisation=tree["一"], name="旧名"
    )
    desk.do("organisation.rename", "2010-06-01", organisation=tree["二"], name="二")
    founded = desk.value("organisations", "src", "2010-01-01", id=tree["二"])
    with pytest.raises(Dependents, match="尚未成立"):
        desk.ws.correct(founded, on="2010-07-01", reason="日期录错")


def test_dissolving_waits_until_nobody_belongs(desk, tree: Tree) -> None:
    said = desk.refused("organisation.dissolve", "2011-01-01", organisation=tree["一"])
    assert said == "还有 1 个下级组织，不能撤销"
    said = desk.refused("organisation.dissolve", "2011-01-01", organisation=tree["总支"])
    assert said == "还有 2 个下级组织，不能撤销"
    desk.member("王小明", tree["二"])
    said = desk.refused("organisation.dissolve", "2011-01-01", organisation=tree["二"])
    assert said == "还有 1 名党员，不能撤销"
    # One who joins later keeps it alive too.
    desk.member("李立", tree["二"], on="2011-06-01")
    assert "2 名党员" in desk.refused(
        "organisation.dissolve", "2011-01-01", organisation=tree["二"]
    )
    desk.sound()


def test_a_merge_takes_everything_along(desk, tree: Tree) -> None:
    people = [desk.member(f"党员{i}", tree["一"]) for i in range(3)]
    desk.do("member.join_group", "2010-02-01", member=people[0], organisation=tree["组"])
    guest = desk.member("客人", tree["外"])
    desk.do("member.attach", "2010-02-01", member=guest, organisation=tree["一"])
    grid = desk.make("place.register", name="第一网格", kind="网格")
    desk.do("place.link", place=grid, organisation=tree["一"])
    done = desk.do("organisation.merge", "2011-05-01", organisation=tree["一"], to=tree["二"])
    names = [e.name for e in done.events]
    assert names.count("member.moved") == 3
    assert names.count("organisation.moved") == 1
    assert {e.envelope.cause for e in done.events if e.name == "member.moved"} == {"整建制"}
    assert desk.rows("organisations", "2011-05-01", id=tree["一"]) == []
    for person in people:
        assert desk.branch(person, "2011-04-30") == tree["一"]
        assert desk.branch(person, "2011-05-01") == tree["二"]
    assert desk.value("group_memberships", "since", "2011-06-01", member=people[0]) == "2010-02-01"
    assert desk.value("organisations", "parent", "2011-05-01", id=tree["组"]) == tree["二"]
    assert desk.value("attachments", "organisation", "2011-05-01", member=guest) == tree["二"]
    assert desk.value("place_links", "organisation", "2011-05-01", place=grid) == tree["二"]
    desk.sound()


def test_a_merge_leaves_no_second_link(desk, tree: Tree) -> None:
    person = desk.member("李立", tree["二"])
    desk.do("member.attach", member=person, organisation=tree["一"], kind="流动党员")
    grid = desk.make("place.register", name="第一网格", kind="网格")
    for branch in ("一", "二"):
        desk.do("place.link", place=grid, organisation=tree[branch])
    desk.do("organisation.merge", "2011-05-01", organisation=tree["一"], to=tree["二"])
    assert desk.rows("attachments", "2011-05-01", member=person) == []
    (link,) = desk.rows("place_links", "2011-05-01", place=grid)
    assert (link["organisation"], link["since"]) == (tree["二"], "2010-01-01")
    desk.sound()


def test_merges_that_make_no_sense_are_refused(desk, tree: Tree) -> None:
    def said(source: str, to: str) -> str:
        return desk.refused("organisation.merge", "2011-01-01", organisation=source, to=to)

    assert said(tree["一"], tree["一"]) == "不能并入自己"
    assert said(tree["一"], tree["总支"]) == "支部不能并入总支：类别不同"
    assert said(tree["一"], tree["外"]) == "支部不能并入外部组织：类别不同"
    inner = desk.organisation("街道党委", "党委", tree["工委"])
    assert "自己的下级" in said(tree["工委"], inner)
    desk.organisation("第一党小组", "党小组", tree["二"])
    assert said(tree["一"], tree["二"]) == "两边都有“第一党小组”，请先把其中一个更名"


def test_groups_of_one_branch_merge(desk, tree: Tree) -> None:
    second = desk.organisation("第二党小组", "党小组", tree["一"])
    person = desk.member("王小明", tree["一"])
    desk.do("member.join_group", member=person, organisation=tree["组"])
    desk.do("organisation.merge", "2011-01-01", organisation=tree["组"], to=second)
    assert desk.value("group_memberships", "organisation", "2011-01-01", member=person) == second
    desk.sound()


def test_one_who_joined_before_a_merge_but_is_recorded_after_it_moves_on(desk, tree: Tree) -> None:
    third = desk.organisation("第三支部", "支部", tree["总支"])
    desk.do("organisation.merge", "2011-05-01", organisation=tree["一"], to=tree["二"])
    desk.do("organisation.merge", "2012-05-01", organisation=tree["二"], to=third)
    late = desk.member("后来", tree["一"], on="2011-04-01")
    assert [desk.branch(late, d) for d in ("2011-04-01", "2011-05-01", "2012-05-01")] == [
        tree["一"],
        tree["二"],
        third,
    ]
    desk.sound()


def test_one_who_joined_a_dissolved_branch_needs_another(desk, tree: Tree) -> None:
    desk.do("organisation.dissolve", "2011-05-01", organisation=tree["二"])
    said = desk.refused("member.register", "2011-04-01", name="后来", organisation=tree["二"])
    assert "2011-05-01 结束" in said
    desk.do(
        "organisation.name_successor", "2011-05-02", organisation=tree["二"], successor=tree["一"]
    )


def test_members_recorded_after_the_day_hold_a_merge_up(desk, tree: Tree) -> None:
    desk.member("王小明", tree["一"], on="2011-08-01")
    said = desk.refused("organisation.merge", "2011-05-01", organisation=tree["一"], to=tree["二"])
    assert "已经结束" in said


def test_ten_communities_become_eight(desk) -> None:
    """Story H.4: 文化路 goes into 迎宾路; 富兴路 is shared out to 文化东路 and 文化西路."""
    county = desk.organisation("示例县委", "党委")
    towns = [
        desk.organisation(f"{n}党委", "党委", county) for n in ("县城镇", "恰库尔图镇", "第三镇")
    ]
    names = {
        towns[0]: ["富兴路", "文化东路", "文化西路", "团结路", "解放路"],
        towns[1]: ["文化路", "迎宾路", "友谊路"],
        # Names are unique only within their parent (E13).
        towns[2]: ["文化东路", "文化西路"],
    }
    communities = {
        (town, name): desk.organisation(name, "支部", town)
        for town, listed in names.items()
        for name in listed
    }
    people = {c: [desk.member(f"党员{i}", c) for i in range(4)] for c in communities.values()}

    def at(town: int, name: str) -> str:
        return communities[towns[town], name]

    day = "2012-03-01"
    shared = people[at(0, "富兴路")]
    for person in shared[:2]:
        desk.do("member.move", day, member=person, organisation=at(0, "文化西路"), how="整建制")
    merge = desk.do("organisation.merge", day, organisation=at(0, "富兴路"), to=at(0, "文化东路"))
    named = desk.do(
        "organisation.name_successor",
        day,
        organisation=at(0, "富兴路"),
        successor=at(0, "文化西路"),
    )
    desk.do("organisation.merge", day, organisation=at(1, "文化路"), to=at(1, "迎宾路"))

    assert len(desk.rows("organisations", "2012-02-29", kind="支部")) == 10
    assert len(desk.rows("organisations", day, kind="支部")) == 8
    heirs = lineage_of(desk.at(day), at(0, "富兴路"))
    assert {h["successor"] for h in heirs} == {at(0, "文化东路"), at(0, "文化西路")}
    (back,) = lineage_of(desk.at(day), at(1, "迎宾路"), back=True)
    assert back["organisation"] == at(1, "文化路")

    counts = desk.at(day).query(
        "SELECT how, count(*) AS n FROM memberships_all WHERE since = ? GROUP BY how", day
    )
    assert counts == [{"how": "整建制", "n": 8}]
    assert len(desk.rows("memberships", day)) == len(desk.rows("memberships", "2012-02-29")) == 40

    # Later facts that need the merge: one who came over joins a group of the new branch.
    group = desk.organisation("第一党小组", "党小组", at(0, "文化东路"), on="2012-04-01")
    joined = desk.do("member.join_group", "2012-04-01", member=shared[2], organisation=group)
    ended = next(e.position for e in merge.events if e.name == "organisation.merged")
    with pytest.raises(Dependents, match="--cascade") as refusal:
        desk.ws.void(ended, reason="合并有误")
    listed = {f.src for f in refusal.value.findings}
    siblings = {e.position for e in merge.events} - {ended}
    assert listed == {*siblings, *joined.seq, *named.seq}
    desk.ws.void(ended, reason="合并有误", cascade=True)
    assert len(desk.rows("organisations", day, kind="支部")) == 9
    assert desk.rows("group_memberships", "2012-04-01", member=shared[2]) == []
    desk.sound()


def test_undoing_a_merge_lists_what_was_built_on_it(desk, tree: Tree) -> None:
    desk.do("organisation.merge", "2011-05-01", organisation=tree["一"], to=tree["二"])
    named = desk.do(
        "organisation.rename", "2011-06-01", organisation=tree["二"], name="天桥联合支部"
    )
    again = desk.organisation("第一支部", "支部", tree["总支"], on="2011-06-01")
    merged = desk.at("2011-06-01").spans("lineage", organisation=tree["一"])[0]["src"]
    with pytest.raises(Dependents) as refusal:
        desk.ws.void(merged, reason="合并有误", cascade=False)
    assert refusal.value.findings
    founded = desk.value("organisations", "src", "2011-06-01", id=again)
    desk.ws.void(founded, reason="先让出名称", cascade=True)
    desk.ws.void(merged, reason="合并有误", cascade=True)
    assert desk.value("organisations", "name", "2011-06-01", id=tree["一"]) == "第一支部"
    assert desk.ws.log.get(named.seq[0]) is not None
    desk.sound()


def dependents(desk, seq: int) -> set[int]:
    """What stands in the way of voiding an event."""
    with pytest.raises(Dependents) as refusal:
        desk.ws.void(seq, reason="没有合并")
    return {f.src for f in refusal.value.findings}


@pytest.mark.parametrize("empty", [False, True])
def test_undoing_a_merge_takes_late_joiners_back(desk, tree: Tree, empty: bool) -> None:
    """Who joined the merged branch is recorded after the merge, and was carried on by it."""
    third = desk.organisation("第三支部", "支部", tree["总支"])
    if not empty:
        desk.member("甲", third)
    merge = desk.do("organisation.merge", "2011-05-01", organisation=third, to=tree["二"])
    ended = merge.seq[-1]
    late = desk.do("member.register", "2011-04-01", name="乙", organisation=third)
    (moved,) = (e.position for e in late.events if e.name == "member.moved")
    member = late.ids["member"]
    assert dependents(desk, ended) == {*merge.seq, moved} - {ended}
    before = desk.ws.log.head()
    desk.ws.void(ended, reason="没有合并", cascade=True)
    # The joining stands, the member stays; what was known before is as it was.
    assert desk.branch(member, "2011-04-01") == third
    assert desk.branch(member, "2012-12-31") == third
    assert (
        desk.ws.at("2012-12-31", before).rows("memberships", member=member)[0]["organisation"]
        == (tree["二"])
    )
    desk.sound()
    # And one void brings everything back.
    desk.ws.void(desk.ws.log.head(), reason="合并了", cascade=True)
    assert desk.branch(member, "2012-12-31") == tree["二"]
    desk.sound()


def test_undoing_one_of_two_merges_on_the_way(desk, tree: Tree) -> None:
    third = desk.organisation("第三支部", "支部", tree["总支"])
    early = desk.member("甲", tree["一"])
    resident = desk.member("丙", tree["二"])
    first = desk.do("organisation.merge", "2011-05-01", organisation=tree["一"], to=tree["二"])
    second = desk.do("organisation.merge", "2012-05-01", organisation=tree["二"], to=third)
    late = desk.do("member.register", "2011-04-01", name="乙", organisation=tree["一"])
    moves = {e.position for e in late.events if e.name == "member.moved"}
    assert len(moves) == 2
    (carried,) = (
        e.position for e in second.events if e.name == "member.moved" and e.event.member == early
    )
    assert dependents(desk, first.seq[-1]) >= {*moves, carried}
    assert dependents(desk, second.seq[-1]) & {*moves, carried} == {max(moves), carried}
    desk.ws.void(first.seq[-1], reason="没有合并", cascade=True)
    assert [desk.branch(m, "2012-12-31") for m in (early, late.ids["member"], resident)] == [
        tree["一"],
        tree["一"],
        third,
    ]
    desk.sound()


def test_one_who_never_was_in_a_merged_branch_falls_out_of_the_merge_alone(
    desk, tree: Tree
) -> None:
    one, two = desk.member("甲", tree["一"]), desk.member("乙", tree["一"])
    third = desk.organisation("第三支部", "支部", tree["总支"])
    came = desk.do("member.move", "2011-01-01", member=one, organisation=third)
    desk.do("member.move", "2011-01-01", member=two, organisation=third)
    merge = desk.do("organisation.merge", "2011-05-01", organisation=third, to=tree["二"])
    (carried,) = (
        e.position for e in merge.events if e.name == "member.moved" and e.event.member == one
    )
    assert dependents(desk, came.seq[0]) == {carried}
    desk.ws.void(came.seq[0], reason="没有来", cascade=True)
    assert desk.branch(one, "2012-12-31") == tree["一"]
    assert desk.branch(two, "2012-12-31") == tree["二"]
    desk.sound()
