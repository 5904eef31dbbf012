"""Volunteering: teams, their members, and service time."""

from __future__ import annotations

import pytest

Tree = dict[str, str]


def test_teams_have_members_for_a_time(desk, tree: Tree) -> None:
    person = desk.member("王小明", tree["一"])
    team = desk.make("team.form", name="义诊队", organisation=tree["工委"], skill="义诊")
    assert "不在队中" in desk.refused("team.leave", team=team, member=person)
    desk.do("team.join", "2010-02-01", team=team, member=person)
    assert "已在队中" in desk.refused("team.join", "2010-03-01", team=team, member=person)
    desk.do("team.leave", "2010-04-01", team=team, member=person)
    desk.do("team.join", "2010-06-01", team=team, member=person)
    assert [
        bool(desk.rows("team_members", d)) for d in ("2010-03-31", "2010-05-01", "2010-06-01")
    ] == [
        True,
        False,
        True,
    ]
    desk.do("team.disband", "2011-01-01", team=team)
    assert desk.rows("team_members", "2011-01-01") == []
    assert "已经结束" in desk.refused("team.join", "2011-02-01", team=team, member=person)
    desk.sound()


def test_a_team_name_is_unique_within_its_organisation(desk, tree: Tree) -> None:
    desk.make("team.form", name="火钳队", organisation=tree["一"])
    desk.make("team.form", name="火钳队", organisation=tree["二"])
    assert "同名队伍" in desk.refused("team.form", name="火钳队", organisation=tree["一"])
    desk.sound()


def test_service_is_logged_and_approved(desk, tree: Tree) -> None:
    person = desk.member("王小明", tree["一"])
    team = desk.make("team.form", name="啄木鸟队")
    done = desk.do(
        "service.log", "2010-05-01", member=person, minutes="1:30", team=team, what="清理小广告"
    )
    assert [e.name for e in done.events] == ["service.logged"]
    service = done.ids["service"]
    (row,) = desk.rows("services", "2010-05-01", id=service)
    assert (row["minutes"], row["day"], row["state"]) == (90, "2010-05-01", "待核")
    # The team is gone and the member has left before the entry is approved: time served stays.
    desk.do("team.disband", "2010-06-01", team=team)
    desk.do("member.leave", "2010-06-02", member=person, how="死亡")
    desk.do("service.approve", "2010-07-01", service=service)
    assert desk.value("services", "state", "2010-07-01", id=service) == "已核"
    assert desk.value("services", "day", "2010-07-01", id=service) == "2010-05-01"
    assert "已经核定" in desk.refused("service.approve", "2010-07-02", service=service)
    desk.sound()


@pytest.mark.parametrize(("minutes", "said"), [("0", "不得小于 1"), ("25小时", "不得大于 1440")])
def test_a_day_has_so_many_minutes(desk, tree: Tree, minutes: str, said: str) -> None:
    person = desk.member("王小明", tree["一"])
    assert said in desk.refused("service.log", member=person, minutes=minutes)


def test_nobody_serves_before_being_registered(desk, tree: Tree) -> None:
    person = desk.member("王小明", tree["一"], on="2010-05-01")
    assert "还不存在" in desk.refused("service.log", "2010-04-30", member=person, minutes=60)
