"""Units, agreements and special groups of the five communities, each with its own data, through the command line."""

from __future__ import annotations

import pytest
from officekit.commands import Run, column, found, seq

covers = pytest.mark.covers
TAOYUAN = ("--organisation", "桃源社区党总支")


@covers("D1.05", "D2.06", "D2.07")
def test_units_are_organised_in_one_of_three_ways(tz: Run) -> None:
    on = ("--on", "2010-01-01")

    def open_(duty: str, day: str) -> set[str]:
        said = tz("due", "--duty", duty, "--on", day, "--organisation", TAOYUAN[1])
        return {name["name"] for name in said["names"] if name["state"] != "done"}

    for name, members in (("甲公司", 4), ("乙协会", 2), ("丙商行", 0)):
        kind = ("--kind", "两新组织", "--organisation", TAOYUAN[1])
        tz("record", "unit.register", "--name", name, *kind, *on)
        tz("record", "unit.count", "--unit", name, "--members", str(members), *on)
    ways = dict(column(tz("show", "unit_counts", *on), "unit_name", "way"))
    assert ways == {"甲公司": "单独建立", "乙协会": "挂靠", "丙商行": "选派指导员"}
    assert open_("unit.attached", "2010-02-01") == {"乙协会"}
    assert open_("unit.instructor", "2010-02-01") == {"丙商行"}
    found(tz, "甲公司党支部", "支部", TAOYUAN[1], "2010-03-01")
    own = ("--unit", "甲公司", "--organisation", "甲公司党支部")
    tz("record", "unit.change", *own, "--on", "2010-03-01")
    tz("record", "unit.attach", "--unit", "乙协会", "--organisation", "第一支部", "--on", "2010-03-01")  # fmt: skip
    sent = tz("record", "instructor.send", "--unit", "丙商行", "--member", "王小明", "--on", "2010-03-01", "--json")  # fmt: skip
    for duty in ("unit.body", "unit.attached", "unit.instructor"):
        assert open_(duty, "2010-03-02") == set(), duty
    known = ("--on", "2010-03-02", "--known", str(seq(sent) - 1))
    assert tz("show", "instructors", *known) == []
    assert column(tz("show", "units", "--on", "2010-03-02", "--where", "name=甲公司"), "organisation_name") == [("甲公司党支部",)]  # fmt: skip
    tz("record", "unit.count", "--unit", "丙商行", "--members", "3", "--on", "2011-01-01")
    assert dict(column(tz("show", "unit_counts", "--on", "2011-01-01"), "unit_name", "way"))["丙商行"] == "单独建立"  # fmt: skip


@covers("D1.08", "D2.15")
def test_agreements_with_commitments_that_are_kept(tz: Run) -> None:
    on = ("--on", "2010-01-01")
    by = TAOYUAN
    for n in range(1, 12):
        tz("record", "unit.register", "--name", f"共建单位{n}", "--kind", "机关", *on)
        signed = ("--unit", f"共建单位{n}", *by, "--name", f"协议{n}", "--ends", "2011-12-31")
        tz("record", "agreement.sign", *signed, *on)
    assert len(tz("show", "agreements", *on)) == 11
    promise = ("--agreement", "协议1", "--name", "开放会议室", "--kind", "文化共建")
    tz("record", "commitment.make", *promise, "--deadline", "2010-06-30", *on)
    late = tz("due", "--duty", "commitment.by", "--on", "2010-06-15", "--organisation", by[1])
    assert [name["state"] for name in late["names"]] == ["due_soon"]
    of = ("--unit", "共建单位1", "--kind", "文化共建", "--commitment", "开放会议室")
    assert "不是该单位的" in tz("record", "act.record", *of[2:], "--unit", "共建单位2", *on, refused=True)  # fmt: skip
    did = tz("record", "act.record", *of, "--on", "2010-06-20", "--json")
    assert column(tz("show", "commitments", "--on", "2010-06-20"), "name", "fulfilled") == [("开放会议室", 1)]  # fmt: skip
    known = ("--on", "2010-06-20", "--known", str(seq(did) - 1))
    assert column(tz("show", "commitments", *known), "fulfilled") == [(0,)]
    for day, open_ in (("2010-12-31", 0), ("2011-12-20", 1)):
        said = tz("due", "--duty", "commitment.kept", "--on", day, "--organisation", by[1])
        assert len(said["names"]) == open_
    soon = tz("due", "--duty", "agreement.expiry", "--on", "2011-12-01", "--organisation", by[1])
    assert len(soon["names"]) == 11
    tz("record", "agreement.renew", "--agreement", "协议1", "--ends", "2013-12-31", "--on", "2011-12-01")  # fmt: skip
    assert "应晚于" in tz("record", "agreement.renew", "--agreement", "协议1", "--ends", "2012-12-31", "--on", "2011-12-01", refused=True)  # fmt: skip
    tz("record", "agreement.end", "--agreement", "协议2", "--on", "2011-12-01")
    soon = tz("due", "--duty", "agreement.expiry", "--on", "2011-12-01", "--organisation", by[1])
    assert len(soon["names"]) == 9
    whole = [
        n["value"] for n in tz("figures", "agreement.count", "--on", "2012-06-01") if n["whole"]
    ]
    assert whole == [1]
    more = ("--agreement", "协议3", "--name", "开放操场")
    tz("record", "commitment.make", *more, "--on", "2011-12-01")
    # One that has run out stands in nobody's way.
    tz("record", "unit.close", "--unit", "共建单位3", "--on", "2012-06-01")
    assert column(tz("show", "commitments", "--on", "2012-06-01"), "name") == [("开放会议室",)]
    assert "协议未终止" in tz("record", "unit.close", "--unit", "共建单位1", "--on", "2012-06-01", refused=True)  # fmt: skip


@covers("D4.09")
def test_special_groups_by_what_they_are_special_in(tz: Run) -> None:
    on = ("--on", "2010-01-01")
    for name, category in (("法律服务党小组", "法律"), ("文艺党小组", "文艺")):
        found(tz, name, "党小组", "第一支部", "2010-01-01")
        by = ("--organisation", name, "--scheme", "特色", "--category", category)
        did = tz("record", "organisation.sort", *by, *on, "--json")
    rows = tz("show", "organisation_categories", *on)
    assert set(column(rows, "organisation_name", "category")) == {
        ("法律服务党小组", "法律"),
        ("文艺党小组", "文艺"),
    }
    known = ("--known", str(seq(did) - 1))
    assert len(tz("show", "organisation_categories", *on, *known)) == 1
    groups = {n["group"]: n["value"] for n in tz("figures", "organisation.categories", *on)}
    assert (groups["法律"], groups["文艺"]) == (1, 1)
    tz("record", "organisation.unsort", "--organisation", "文艺党小组", "--scheme", "特色", "--on", "2011-01-01")  # fmt: skip
    assert len(tz("show", "organisation_categories", "--on", "2011-01-01")) == 1
