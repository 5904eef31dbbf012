"""Units: agreements, acts of co-building, part-time committee members."""

from __future__ import annotations

Tree = dict[str, str]


def test_an_agreement_runs_from_signing_to_its_end(desk, tree: Tree) -> None:
    unit = desk.make("unit.register", name="县供电局", kind="国有企业", organisation=tree["外"])
    assert "早于签订日期" in desk.refused(
        "agreement.sign", "2010-05-01", unit=unit, organisation=tree["工委"], ends="2010-04-30"
    )
    signed = desk.make(
        "agreement.sign", "2010-05-01", unit=unit, organisation=tree["工委"], ends="2012-04-30"
    )
    (row,) = desk.rows("agreements", "2010-05-01", id=signed)
    assert (row["name"], row["ends"]) == ("共驻共建协议", "2012-04-30")
    assert desk.refused("unit.close", "2011-01-01", unit=unit) == "还有 1 份协议未终止"
    desk.do("agreement.end", "2011-06-01", agreement=signed)
    assert desk.rows("agreements", "2011-06-01") == []
    desk.do("unit.close", "2011-07-01", unit=unit)
    assert "已经结束" in desk.refused(
        "agreement.sign", "2011-08-01", unit=unit, organisation=tree["工委"]
    )
    desk.sound()


def test_acts_are_counts(desk, tree: Tree) -> None:
    unit = desk.make("unit.register", name="环城一小", kind="事业单位")
    done = desk.do(
        "act.record", "2010-06-01", unit=unit, kind="文化共建", count=120, what="文艺演出"
    )
    assert [e.name for e in done.events] == ["act.recorded"]
    (row,) = desk.rows("acts", "2010-06-01")
    assert (row["unit"], row["kind"], row["count"], row["on_date"]) == (
        unit,
        "文化共建",
        120,
        "2010-06-01",
    )
    assert desk.rows("acts", "2010-05-31") == []
    assert "之一" in desk.refused("act.record", unit=unit, kind="体育共建")
    desk.sound()


def test_the_head_of_a_unit_sits_on_the_committee(desk, tree: Tree) -> None:
    unit = desk.make("unit.register", name="县供电局", kind="国有企业")
    assert (
        desk.refused("committee.appoint", unit=unit, organisation=tree["一"], name="钱局长")
        == "支部不设兼职委员"
    )
    desk.do("committee.appoint", unit=unit, organisation=tree["工委"], name="钱局长")
    desk.do("committee.appoint", "2011-01-01", unit=unit, organisation=tree["工委"], name="孙局长")
    assert desk.value("committee_members", "name", "2010-12-31", unit=unit) == "钱局长"
    assert desk.value("committee_members", "name", "2011-01-01", unit=unit) == "孙局长"
    desk.do("committee.release", "2012-01-01", unit=unit)
    assert "没有兼职委员" in desk.refused("committee.release", "2012-01-02", unit=unit)
    desk.do("committee.appoint", "2012-02-01", unit=unit, organisation=tree["工委"], name="李局长")
    desk.do("unit.close", "2012-06-01", unit=unit)
    assert desk.rows("committee_members", "2012-06-01") == []
    desk.sound()


def test_names_are_unique_within_a_kind(desk, tree: Tree) -> None:
    desk.make("unit.register", name="供电局", kind="国有企业")
    desk.make("unit.register", name="供电局", kind="机关")
    assert "同名同类单位" in desk.refused("unit.register", name="供电局", kind="机关")


def test_little_is_asked_for(desk) -> None:
    """A unit, its agreement and an act need no more than a name and the unit."""
    unit = desk.make("unit.register", "2012-01-01", name="铜陵学院")
    desk.do("agreement.sign", "2012-01-02", unit=unit)
    desk.do("act.record", "2012-01-03", unit=unit)
    assert desk.value("units", "kind", "2012-01-01") == "其他"
    assert desk.value("agreements", "organisation", "2012-01-02") is None
    assert desk.value("acts", "kind", "2012-01-03") == "其他"
    desk.sound()
