"""Registers of an office through the command line: regulations, disclosures, honours, facts, facilities, assets, accounts."""

from __future__ import annotations

from typing import Any

import pytest
from officekit.commands import Run, column, seq


@pytest.mark.covers("D0.12")
def test_regulations_stated_and_listed(tz: Run) -> None:
    """D0.12: twenty-one rules, of which four titles are published; one is amended, one repealed."""
    by = ("--organisation", "桃源社区党总支", "--collection", "工作制度")
    tz("record", "group.state", "--collection", "工作制度", "--stated", "21", "--on", "2009-03-01")
    titles = ("党建联系会制度", "党员政治生日制度", "流动党员管理制度", "党务、居务公开公示制度")
    for title in titles:
        tz("record", "regulation.adopt", "--name", title, *by, "--on", "2009-03-01")
    (group,) = tz("show", "regulation_groups", "--on", "2009-12-31")
    assert (group["stated"], group["listed"]) == (21, 4)
    amended = tz(
        "record", "regulation.amend", "--regulation", titles[0], "--version", "2",
        "--on", "2011-01-01", "--json",
    )  # fmt: skip
    tz("record", "regulation.repeal", "--regulation", titles[1], "--on", "2011-06-01")
    now = dict(column(tz("show", "regulations", "--on", "2012-01-01"), "name", "version"))
    assert now == {titles[0]: 2, titles[2]: 1, titles[3]: 1}
    before = ("--known", str(seq(amended) - 1))
    then = dict(column(tz("show", "regulations", "--on", "2012-01-01", *before), "name", "version"))
    assert then == dict.fromkeys(titles, 1)
    assert len(tz("show", "regulations", "--on", "2010-01-01")) == 4
    assert "已有同名的制度" in tz(
        "record", "regulation.adopt", "--name", titles[2], *by, "--on", "2012-01-01", refused=True
    )


@pytest.mark.covers("D0.16")
def test_a_disclosure_counts_working_days_and_waits_for_its_result(tz: Run) -> None:
    """Five working days from Thursday 2012-09-27; the 29th was worked, the week from the 30th was holiday."""
    post = ("record", "disclosure.post", "--organisation", "第一支部", "--on", "2012-09-27")
    tz(*post, "--name", "首日计入", "--days", "5", "--kind", "拟列发展对象", "--member", "王小明")
    tz(*post, "--name", "次日起算", "--days", "5", "--counting", "次日起算")
    last = dict(column(tz("show", "disclosures", "--on", "2012-09-27"), "name", "last"))
    assert last == {"首日计入": "2012-10-09", "次日起算": "2012-10-10"}
    assert "公示到 2012-10-09 期满" in tz(
        "record",
        "disclosure.conclude",
        "--disclosure",
        "首日计入",
        "--on",
        "2012-10-08",
        refused=True,
    )
    due = tz(
        "due", "--duty", "disclosure.conclude", "--on", "2012-10-10", "--organisation", "第一支部"
    )["names"]
    assert {name["name"]: name["state"] for name in due} == {
        "首日计入": "overdue",
        "次日起算": "due_soon",
    }
    conclude = ("record", "disclosure.conclude", "--disclosure", "首日计入", "--objections", "1")
    done = tz(*conclude, "--on", "2012-10-10", "--json")
    (row,) = [r for r in tz("show", "disclosures", "--on", "2012-10-10") if r["name"] == "首日计入"]
    assert (row["objections"], row["result"], row["state"]) == (1, "不影响", "已有结果")
    known = ("--on", "2012-10-10", "--known", str(seq(done) - 1))
    assert {r["state"] for r in tz("show", "disclosures", *known)} == {"公示中"}
    assert "须填一个且只填一个" in tz(*post, "--name", "无期", refused=True)


def test_honours_are_one_holders(tz: Run) -> None:
    """D0.26, D1.32: an organisation, a unit or a member holds an honour; it may be withdrawn."""
    award = ("record", "honour.award", "--level", "省级", "--on", "2010-07-01")
    given = tz(*award, "--name", "文明社区", "--organisation", "桃源社区党总支", "--json")
    tz(*award, "--name", "优秀党员", "--member", "王小明")
    assert "须填一个且只填一个" in tz(*award, "--name", "无主", refused=True)
    assert "须填一个且只填一个" in tz(
        *award, "--name", "两主", "--member", "王小明", "--unit", "环城一小", refused=True
    )
    tz("record", "honour.withdraw", "--honour", "文明社区", "--on", "2012-01-01")
    assert column(tz("show", "honours", "--on", "2011-12-31"), "name") == [
        ("文明社区",),
        ("优秀党员",),
    ]
    assert column(tz("show", "honours", "--on", "2012-01-01"), "name") == [("优秀党员",)]
    known = ("--on", "2012-01-01", "--known", str(seq(given)))
    assert column(tz("show", "honours", *known), "name") == [("文明社区",)]


def test_facts_have_bounds_and_parts_that_sum(tz: Run) -> None:
    """D0.25 and D3.01: 0.25 km², 500 households and more, 103 staff = 48 + 55."""

    def state(key: str, value: str, unit: str, *more: str) -> Any:
        words = ("record", "fact.state", "--organisation", "桃源社区党总支", "--on", "2010-01-01")
        return tz(*words, "--key", key, "--value", value, "--unit", unit, *more, "--json")

    state("面积", "0.25", "平方公里")
    state("外来务工户", "500", "户", "--bound", "以上", "--as-of", "2009")
    state("干部", "103", "人")
    state("国家干部", "48", "人", "--part-of", "干部")
    wrong = state("聘用干部", "54", "人", "--part-of", "干部")
    sums = [line for line in tz("findings") if line["code"] == "facts.sum"]
    assert len(sums) == 1
    rows = tz("show", "facts", "--on", "2012-01-01")
    assert dict(column(rows, "key", "value"))["面积"] == 250
    assert {row["key"]: row["bound"] for row in rows}["外来务工户"] == "以上"
    tz("correct", str(seq(wrong)), "--value", "55", "--reason", "抄错")
    after = dict(column(tz("show", "facts", "--on", "2012-01-01"), "key", "value"))
    assert after["聘用干部"] == 55_000
    assert "facts.sum" not in {line["code"] for line in tz("findings")}
    before = tz("show", "facts", "--on", "2012-01-01", "--known", str(seq(wrong)))
    assert dict(column(before, "key", "value"))["聘用干部"] == 54_000


def test_facilities_functions_equipment_and_openings(tz: Run) -> None:
    """D2.17, D3.73: a room with its three roles, its area, what stands in it, and when it was open."""
    new = ("--name", "党员活动室", "--kind", "活动室", "--area", "420.5", "--owned", "是")
    tz("record", "facility.open", *new, "--organisation", "桃源社区党总支", "--on", "2010-01-01")
    room = ("--facility", "党员活动室")
    for function in ("在职党员联络站", "流动党员活动站", "在册党员服务站"):
        tz("record", "facility.give", *room, "--function", function, "--on", "2010-01-01")
    tz("record", "facility.equip", *room, "--item", "投影仪", "--number", "2", "--on", "2010-01-01")
    tz("record", "facility.equip", *room, "--item", "投影仪", "--number", "3", "--on", "2011-01-01")
    logged = tz(
        "record", "facility.log", *room, "--minutes", "3小时", "--visitors", "40", "--on", "2011-05-01",
        "--json",
    )  # fmt: skip
    assert column(tz("show", "facilities", "--on", "2011-06-01"), "area", "owned") == [
        (420_500, True)
    ]
    areas = [n for n in tz("figures", "facility.area", "--on", "2011-06-01") if n["whole"]]
    assert [(n["value"], n["shown"]) for n in areas] == [(420.5, "420.5")]
    assert len(tz("show", "facility_functions", "--on", "2011-06-01")) == 3
    assert column(tz("show", "facility_items", "--on", "2010-06-01"), "number") == [(2,)]
    assert column(tz("show", "facility_items", "--on", "2011-06-01"), "number") == [(3,)]
    assert column(tz("show", "openings", "--on", "2011-06-01"), "minutes", "visitors") == [
        (180, 40)
    ]
    known = ("--on", "2011-06-01", "--known", str(seq(logged) - 1))
    assert tz("show", "openings", *known) == []
    tz("record", "facility.close", *room, "--on", "2012-01-01")
    for table in ("facilities", "facility_functions", "facility_items"):
        assert tz("show", table, "--on", "2012-01-01") == [], table


def test_assets_are_got_moved_and_scrapped(tz: Run) -> None:
    """D3.76: what is there is what was got less what is gone."""
    got = ("record", "asset.get", "--kind", "家具", "--on", "2010-01-01")
    tz(*got, "--name", "会议桌", "--number", "6", "--value", "3600", "--organisation", "第一支部")
    tz(*got, "--name", "书柜", "--number", "2", "--organisation", "第一支部")
    moved = ("--asset", "会议桌", "--organisation", "桃源社区党总支", "--on", "2011-01-01")
    tz("record", "asset.move", *moved)
    gone = tz("record", "asset.scrap", "--asset", "书柜", "--on", "2012-01-01", "--json")
    assert sum(row["number"] for row in tz("show", "assets", "--on", "2011-12-31")) == 8
    assert column(tz("show", "assets", "--on", "2012-01-01"), "name", "number") == [("会议桌", 6)]
    known = ("--on", "2012-01-01", "--known", str(seq(gone) - 1))
    assert sum(row["number"] for row in tz("show", "assets", *known)) == 8
    kept = tz("show", "assets", "--on", "2010-06-01")
    assert {row["organisation_name"] for row in kept} == {"第一支部"}


def test_a_stock_of_goods_is_never_negative(tz: Run) -> None:
    """D3.16: rice of the 爱心超市; whoever gets some is a case number."""
    tz(
        "record", "account.open", "--name", "大米", "--book", "爱心超市", "--measure", "袋",
        "--organisation", "桃源社区党总支", "--on", "2010-01-01",
    )  # fmt: skip
    entry = ("--account", "大米", "--amount")
    tz("record", "account.receive", *entry, "10", "--kind", "捐赠", "--on", "2010-02-01")
    out = ("--kind", "发放", "--reference", "案2010-1")
    tz("record", "account.spend", *entry, "8", *out, "--on", "2010-06-01")
    assert "2010-06-01 的余额将为 -3，低于下限 0" in tz(
        "record", "account.spend", *entry, "5", *out, "--on", "2010-03-01", refused=True
    )
    late = tz("record", "account.spend", *entry, "2", *out, "--on", "2010-03-01", "--json")
    on = ("--on", "2010-04-01")
    assert column(tz("show", "accounts", *on), "balance") == [(8_000,)]
    assert column(tz("show", "accounts", *on, "--known", str(seq(late) - 1)), "balance") == [
        (10_000,)
    ]
    assert column(tz("show", "accounts", "--on", "2010-12-31"), "balance") == [(0,)]
    assert column(tz("show", "entries", "--on", "2010-12-31"), "way", "change") == [
        ("收入", 10_000),
        ("支出", -2_000),
        ("支出", -8_000),
    ]
