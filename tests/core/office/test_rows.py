"""What the office itself carries of the five communities, each with its own data, through the command line."""

from __future__ import annotations

import pytest
from officekit.commands import Run, column, found, seq

covers = pytest.mark.covers
TAOYUAN = ("--organisation", "桃源社区党总支")


@covers("D0.02")
def test_a_branch_becomes_the_general_branch_of_several(tz: Run) -> None:
    first = ("--organisation", "第一支部")
    to = ("record", "organisation.convert", *first, "--kind", "总支")
    assert "还编有 1 名党员" in tz(*to, "--on", "2009-06-01", refused=True)
    tz("record", "organisation.found", "--name", "桃源第一支部", "--kind", "支部", "--on", "2009-06-01")  # fmt: skip
    move = ("record", "member.move", "--member", "王小明", "--organisation", "桃源第一支部")
    tz(*move, "--how", "整建制", "--on", "2009-06-01")
    made = tz(*to, "--on", "2009-06-02", "--json")
    under = ("--organisation", "桃源第一支部", "--parent", "第一支部")
    tz("record", "organisation.move", *under, "--on", "2009-06-02")
    kinds = dict(column(tz("show", "organisations", "--on", "2009-06-02"), "name", "kind"))
    assert kinds["第一支部"] == "总支"
    assert dict(column(tz("show", "organisations", "--on", "2009-06-01"), "name", "kind"))["第一支部"] == "支部"  # fmt: skip
    known = ("--on", "2009-06-02", "--known", str(seq(made) - 1))
    assert dict(column(tz("show", "organisations", *known), "name", "kind"))["第一支部"] == "支部"
    assert tz("findings") == []


@covers("D0.06", "D1.12", "D2.21")
def test_teams_by_name_and_skill_and_the_minutes_they_served(tz: Run) -> None:
    on = ("--on", "2010-03-01")
    names = {
        "青年志愿者队": "", "文体志愿者队": "", "巾帼志愿者队": "", "环境卫生综合治理队": "",
        "献爱心志愿者队": "", "创平安志愿者队": "",
        "义诊服务队": "义诊", "法律服务队": "法律", "修理服务队": "修理",
    }  # fmt: skip
    for name, skill in names.items():
        tz("record", "team.form", "--name", name, *TAOYUAN, "--skill", skill, *on)
    tz("record", "team.join", "--team", "义诊服务队", "--member", "王小明", *on)
    by = ("--member", "王小明", "--team", "义诊服务队")
    logged = tz("record", "service.log", *by, "--minutes", "1小时30分", *on, "--json")
    assert dict(column(tz("show", "teams", *on), "name", "skill")) == names
    assert column(tz("show", "team_members", *on), "member_name") == [("王小明",)]
    assert column(tz("show", "services", *on), "minutes", "state") == [(90, "待核")]
    assert tz("show", "services", *on, "--known", str(seq(logged) - 1)) == []
    whole = [n["value"] for n in tz("figures", "service.time", "--on", "2010-12-31") if n["whole"]]
    assert whole == [90]


@covers("D0.11")
def test_four_mechanisms_are_a_group_of_rules(tz: Run) -> None:
    group = ("--collection", "四项机制")
    on = ("--on", "2009-03-01")
    tz("record", "group.state", *group, "--stated", "4", *on)
    for name in (
        "党员教育管理机制",
        "党员激励保障机制",
        "党内民主权利保障机制",
        "党员联系群众机制",
    ):
        tz("record", "regulation.adopt", "--name", name, "--kind", "机制", *group, *TAOYUAN, *on)
    (stated,) = tz("show", "regulation_groups", *on)
    assert (stated["stated"], stated["listed"]) == (4, 4)
    assert len(tz("show", "regulations", *on, "--where", "collection=四项机制")) == 4


@covers("D0.13", "D0.20")
def test_a_joint_meeting_of_seventeen_units(tz: Run) -> None:
    on = ("--on", "2010-04-20")
    units = [f"驻区单位{n}" for n in range(1, 17)]
    for name in units:
        tz("record", "unit.register", "--name", name, "--kind", "事业单位", *on)
    came = [word for name in (*units, "环城一小") for word in ("--units", name)]
    held = tz(
        "record", "meeting.hold", *TAOYUAN, "--kinds", "联席会议", "--name", "桃源党建联席会",
        *came[:-1], "环城一小=缺席", "--agenda", "共建文明城区", *on, "--json",
    )  # fmt: skip
    (meeting,) = tz("show", "meetings", *on)
    assert meeting["name"] == "桃源党建联席会"
    there = column(tz("show", "meeting_units", *on), "unit_name", "presence")
    assert len(there) == 17
    assert ("环城一小", "缺席") in there
    assert tz("show", "meeting_units", *on, "--known", str(seq(held) - 1)) == []


@covers("D0.25")
def test_a_community_in_numbers(tz: Run) -> None:
    stated = (
        ("面积", "0.25", "平方公里", ""), ("公共单位", "30", "个", ""), ("楼栋", "43", "栋", ""),
        ("户数", "3263", "户", ""), ("人口", "8746", "人", ""), ("出租房", "49", "栋", ""),
        ("外来务工户", "500", "户", "以上"), ("外来务工人员", "2000", "人", "以上"),
    )  # fmt: skip
    for key, value, unit, bound in stated:
        more = ("--bound", bound) if bound else ()
        words = ("--key", key, "--value", value, "--unit", unit, *more, "--as-of", "2009")
        tz("record", "fact.state", *TAOYUAN, *words, "--on", "2010-01-01")
    rows = {row["key"]: row for row in tz("show", "facts", "--on", "2010-01-01")}
    assert {key: rows[key]["value"] for key, *_ in stated} == {
        key: round(float(value) * 1000) for key, value, *_ in stated
    }
    assert [rows[key]["bound"] for key, *_ in stated].count("以上") == 2


@covers("D1.33")
def test_a_community_of_four_villages_with_lower_bounds(tz: Run) -> None:
    on = ("--on", "2012-01-01")
    for key, value, unit, *bound in (
        ("面积", "7.7", "平方公里"), ("户数", "4900", "户", "以上"), ("人口", "15000", "人", "以上"),
    ):  # fmt: skip
        more = ("--bound", *bound) if bound else ()
        tz("record", "fact.state", *TAOYUAN, "--key", key, "--value", value, "--unit", unit, *more, *on)  # fmt: skip
    for name in ("天桥新村", "五松西村", "井湖村", "车站新村"):
        tz("record", "place.register", "--name", name, "--kind", "片区", *on)
    rows = column(tz("show", "facts", *on), "key", "value", "bound")
    assert ("户数", 4_900_000, "以上") in rows
    assert ("面积", 7_700, "恰为") in rows
    assert len(tz("show", "places", *on)) == 4


@covers("D3.01")
def test_sums_of_a_county_close(tz: Run) -> None:
    def state(key: str, value: int, *more: str) -> None:
        words = ("--key", key, "--value", str(value), "--unit", "个", *more, "--on", "2010-01-01")
        tz("record", "fact.state", *TAOYUAN, *words)

    state("党组织", 8)
    state("党总支", 4, "--part-of", "党组织")
    state("党支部", 4, "--part-of", "党组织")
    state("干部", 103)
    state("国家干部", 48, "--part-of", "干部")
    state("聘用干部", 54, "--part-of", "干部")
    for key, value in (("镇", 3), ("社区", 8), ("人口", 26620), ("党员", 398), ("驻区单位", 188)):
        state(key, value)
    assert [f["code"] for f in tz("findings")] == ["facts.sum"]
    (wrong,) = tz("show", "facts", "--on", "2010-01-01", "--where", "key=聘用干部")
    tz("correct", str(wrong["src"]), "--value", "55", "--reason", "抄错")
    assert tz("findings") == []
    assert len(tz("show", "facts", "--on", "2010-01-01")) == 11


@covers("D0.26")
@covers("D1.32")
@covers("D4.28")
def test_honours_by_level_and_body(tz: Run) -> None:
    given = (
        ("全国文化建设先进社区", "国家级", "2008-05-01"), ("全国群众体育活动先进社区", "国家级", "2008-06-01"),
        ("省级文明社区", "省级", "2007-05-01"), ("市级绿色社区", "市级", "2006-05-01"),
        ("先进基层党组织", "县级", "2009-07-01"), ("全国群众文化先进社区", "国家级", "2010-05-01"),
        ("全省文明社区", "省级", "2010-06-01"), ("全省和谐示范社区", "省级", "2011-06-01"),
        ("全国创先争优先进基层党组织", "国家级", "2012-06-28"), ("中组部通报推广", "国家级", "2012-07-01"),
    )  # fmt: skip
    for name, level, day in given:
        on = max(day, "2009-01-01")
        words = ("--name", name, "--level", level, *TAOYUAN, "--on", on)
        tz("record", "honour.award", *words)
    rows = tz("show", "honours", "--on", "2012-12-31")
    assert {row["name"] for row in rows} == {name for name, *_ in given}
    by_level = {n["group"]: n["value"] for n in tz("figures", "honour.count", "--on", "2012-12-31")}
    assert by_level["国家级"] == 5
    assert len(tz("show", "honours", "--on", "2010-05-31")) == 6


@covers("D1.06", "D2.18", "D3.48")
def test_members_by_three_schemes_and_what_they_served(tz: Run) -> None:
    on = ("--on", "2010-01-01")
    by = {
        "三种党员": ("在职党员", "流动党员", "在册党员"),
        "三类党员": ("离退休党员", "流动党员", "下岗失业党员"),
        "五类党员": ("在职党员", "离退休党员", "下岗职工党员", "流动党员"),
    }
    for n in range(4):
        tz("record", "member.register", "--name", f"党员{n}", "--organisation", "第一支部", *on)
    for scheme, names in by.items():
        for n, category in enumerate(names):
            words = ("--member", f"党员{n}", "--scheme", scheme, "--category", category)
            tz("record", "member.set_category", *words, *on)
    tz("record", "service.log", "--member", "党员0", "--minutes", "2小时", *on)
    rows = column(tz("show", "categories", *on), "scheme", "category", "member_name")
    assert {row for row in rows if row[2] != "王小明"} == {
        (scheme, category, f"党员{n}")
        for scheme, names in by.items()
        for n, category in enumerate(names)
    }
    change = ("--member", "党员0", "--scheme", "三类党员", "--category", "下岗失业党员")
    tz("record", "member.set_category", *change, "--on", "2011-01-01")
    later = column(tz("show", "categories", "--on", "2011-01-01"), "scheme", "category", "member_name")  # fmt: skip
    assert ("三类党员", "下岗失业党员", "党员0") in later
    assert ("三种党员", "在职党员", "党员0") in later
    assert len(tz("show", "services", *on)) == 1


@covers("D1.14")
def test_a_clean_up_campaign_with_its_activities(tz: Run) -> None:
    of = ("--campaign", "双创环境治理")
    on = ("--on", "2012-03-01")
    tz("record", "campaign.open", "--name", of[1], "--kind", "创建活动", *TAOYUAN, "--ends", "2012-12-31", *on)  # fmt: skip
    for day, name in (("2012-03-10", "清理卫生死角"), ("2012-04-10", "整治占道")):
        words = ("--kind", "环境整治", "--name", name, *of, "--participants", "60")
        tz("record", "activity.hold", *TAOYUAN, *words, "--counts", "清运垃圾=3.5,吨", "--on", day)
    held = column(tz("show", "activities", "--on", "2012-12-31"), "name", "participants")
    assert sorted(held) == [("整治占道", 60), ("清理卫生死角", 60)]
    assert column(tz("show", "campaigns", *on), "name", "ends") == [(of[1], "2012-12-31")]
    counts = column(tz("show", "activity_counts", "--on", "2012-12-31"), "number", "measure")
    assert counts == [(3500, "吨")] * 2


@covers("D1.19", "D3.14", "D3.43")
def test_services_offered_free_and_paid_to_three_groups(tz: Run) -> None:
    on = ("--on", "2010-01-01")
    offers = {
        "代办证照": ("居民", "无偿", "上门代办"), "家政服务": ("居民", "有偿", "统一派工"),
        "结对帮扶": ("弱势群体", "无偿", "定期走访"), "用工信息": ("驻区单位", "低偿", "登记发布"),
    }  # fmt: skip
    for name, (audience, fee, measures) in offers.items():
        words = ("--name", name, "--audience", audience, "--fee", fee, "--measures", measures)
        tz("record", "service_item.offer", *words, *TAOYUAN, *on)
    given = ("--service_item", "代办证照", "--times", "12", "--minutes", "3小时")
    did = tz("record", "service_item.give", *given, "--on", "2010-05-01", "--json")
    rows = column(tz("show", "service_items", *on), "name", "audience", "fee", "measures")
    assert {name: tuple(rest) for name, *rest in rows} == offers
    year = ("--on", "2010-12-31")
    assert [n["value"] for n in tz("figures", "service_item.served", *year) if n["whole"]] == [12]
    assert tz("show", "services_given", *year, "--known", str(seq(did) - 1)) == []
    tz("record", "service_item.withdraw", "--service_item", "家政服务", "--on", "2011-01-01")
    assert len(tz("show", "service_items", "--on", "2011-01-01")) == 3


@covers("D1.23")
def test_a_covenant_is_adopted_and_amended(tz: Run) -> None:
    new = ("--name", "居民公约", "--kind", "公约", *TAOYUAN)
    tz("record", "regulation.adopt", *new, "--on", "2009-05-01")
    tz("record", "regulation.amend", "--regulation", "居民公约", "--version", "2", "--on", "2011-05-01")  # fmt: skip
    for day, version in (("2011-04-30", 1), ("2011-05-01", 2)):
        rows = tz("show", "regulations", "--on", day)
        assert column(rows, "name", "kind", "version") == [("居民公约", "公约", version)]


@covers("D2.02")
def test_seminars_from_time_to_time(tz: Run) -> None:
    for day, name in (("2010-03-01", "区域化党建研讨会"), ("2010-09-01", "工作经验交流会")):
        words = ("--kind", "研讨交流", "--name", name, "--people", "王小明=2小时,主讲")
        tz("record", "activity.hold", *TAOYUAN, *words, "--units", "环城一小", "--on", day)
    year = ("--on", "2010-12-31")
    assert len(tz("show", "activities", *year, "--where", "kind=研讨交流")) == 2
    assert column(tz("show", "activity_people", *year), "role", "minutes") == [("主讲", 120)] * 2
    assert len(tz("show", "activity_units", *year)) == 2
    assert [n["value"] for n in tz("figures", "activity.count", *year) if n["whole"]] == [2]


@covers("D2.14")
def test_a_street_s_joint_meeting_resolves_and_follows_up(tz: Run) -> None:
    on = ("--on", "2010-06-10")
    words = ("--kinds", "联席会议", "--name", "街道党建联席会", "--units", "环城一小")
    tz("record", "meeting.hold", *TAOYUAN, *words, "--attendance", "王小明", *on)
    vote = ("--meeting", "街道党建联席会", "--subject", "共建图书角", "--in_favour", "1")
    more = (
        "--entitled",
        "1",
        "--present",
        "1",
        "--outcome",
        "通过",
        "--follow_up",
        "落实场地",
        "--due",
        "2010-07-10",
    )
    tz("record", "resolution.adopt", *vote, *more, *on)
    late = tz("due", "--duty", "resolution.follow_up", "--on", "2010-07-20", "--organisation", TAOYUAN[1])  # fmt: skip
    assert [name["state"] for name in late["names"]] == ["overdue"]
    tz("record", "resolution.settle", "--resolution", "共建图书角", "--done", "已挂牌", "--on", "2010-07-21")  # fmt: skip
    (row,) = tz("show", "resolutions", "--on", "2010-07-21")
    assert (row["outcome"], row["state"], row["done"]) == ("通过", "已落实", "已挂牌")


@covers("D3.02")
def test_ten_communities_become_eight(tz: Run) -> None:
    on = ("--on", "2009-02-01")
    names = ("文化路", "迎宾路", "富兴路", "文化东路", "文化西路", "甲", "乙", "丙", "丁", "戊")
    tz("record", "organisation.found", "--name", "县委", "--kind", "党委", *on)
    for name in names:
        found(tz, f"{name}社区党总支", "总支", "县委", "2009-02-01")
        found(tz, f"{name}支部", "支部", f"{name}社区党总支", "2009-02-01")
    tz("record", "member.register", "--name", "李秀英", "--organisation", "文化路支部", *on)
    for source, target in (("文化路", "迎宾路"), ("文化东路", "富兴路")):
        pair = (f"{source}社区党总支", "--to", f"{target}社区党总支")
        tz("record", "organisation.merge", "--organisation", *pair, "--on", "2010-03-01")

    def communities(day: str) -> list[str]:
        rows = tz("show", "organisations", "--on", day, "--where", "kind=总支")
        return [row["name"] for row in rows if row["name"].endswith("社区党总支") and row["parent"]]

    assert len(communities("2010-02-28")) == 10
    assert len(communities("2010-03-01")) == 8
    succeeded = column(tz("show", "lineage", "--on", "2010-03-01"), "organisation_name", "successor_name")  # fmt: skip
    assert ("文化路社区党总支", "迎宾路社区党总支") in succeeded
    assert tz("show", "transfers", "--on", "2010-03-01") == []
    assert len(tz("show", "members", "--on", "2010-03-01")) == 2


@covers("D4.22")
def test_remote_lessons_at_their_station(tz: Run) -> None:
    on = ("--on", "2010-01-01")
    room = ("--facility", "远程教育接收站")
    tz("record", "facility.open", "--name", room[1], "--kind", "活动室", *TAOYUAN, *on)
    tz("record", "facility.give", *room, "--function", "远程教育接收站", *on)
    words = ("--kind", "远程教育", "--name", "第一课", "--people", "王小明=90分钟")
    tz("record", "activity.hold", "--organisation", "第一支部", *words, "--on", "2010-02-01")
    assert column(tz("show", "facility_functions", *on), "function") == [("远程教育接收站",)]
    people = tz("show", "activity_people", "--on", "2010-12-31")
    assert column(people, "member_name", "minutes") == [("王小明", 90)]
