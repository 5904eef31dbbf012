"""The year's table of members while the year runs and of one organisation; a death, and what ends with it."""

from typing import Any

import pytest

from .conftest import Command

YEAR = ("figures", "year.members", "--on", "2012-06-30")


@pytest.fixture
def year(office: Command) -> Command:
    """Two branches: one member moves from the first to the second, one dies, one comes new."""

    def do(action: str, on: str, **fields: str) -> None:
        words = [word for name, value in fields.items() for word in (f"--{name}", value)]
        done = office("record", action, "--on", on, "--accept", *words)
        assert done.code == 0, done.err

    for name in ("王一", "王二", "王三", "王四"):
        do("member.register", "2010-01-01", name=name, organisation="第一支部", category="在职党员")
    do("member.move", "2012-02-01", member="王一", organisation="第二支部")
    do("member.leave", "2012-03-01", member="王二", how="死亡")
    do("member.register", "2012-04-01", name="王五", organisation="第二支部")
    return office


def sheet(tz: Command, *words: str) -> dict[str, Any]:
    """Both ends and the flows that are not nought."""
    made = tz(*YEAR, *words, "--json").json
    flows = {f["label"]: f["count"] for f in made["flows"] if f["count"]}
    assert made["residual"] == 0
    assert made["unexplained"] == []
    return {"opening": made["opening"], "closing": made["closing"], **flows}


def test_a_year_that_runs_is_told_up_to_today_by_any_of_its_days(year: Command) -> None:
    whole = {"opening": 4, "closing": 4, "登记入册": 1, "死亡": 1}
    for window in ((), ("--window", "2012-06-30"), ("--window", "2012-12-31")):
        assert sheet(year, *window) == whole
    assert "2012-01-01 – 2012-06-30" in year(*YEAR, "--window", "2012-12-31").out
    late = year(*YEAR, "--window", "2013-01-01")
    assert (late.code, late.out) == (2, "")
    assert "还没有开始" in late.err


def test_each_organisation_has_its_own_and_together_they_are_the_whole(year: Command) -> None:
    first = sheet(year, "--organisation", "第一支部")
    second = sheet(year, "--organisation", "第二支部")
    assert first == {"opening": 4, "closing": 2, "死亡": 1, "转往内部其他组织": 1}
    assert second == {"opening": 0, "closing": 2, "登记入册": 1, "内部其他组织转来": 1}
    assert sheet(year, "--organisation", "天井湖社区党工委") == sheet(year)
    rows = year(*YEAR, "--organisation", "第一支部", "--rows", "--json").json
    assert [(r["flow"], r["name"]) for r in rows if r["sign"]] == [
        ("死亡", "王二"),
        ("转往内部其他组织", "王一"),
    ]
    # What stood at either end is listed too, as many as the sheet counts.
    ends = {end: [r["name"] for r in rows if r["flow"] == end] for end in ("期初", "期末")}
    assert ends == {"期初": ["王一", "王二", "王三", "王四"], "期末": ["王三", "王四"]}
    assert "期末" in year(*YEAR, "--organisation", "第一支部", "--rows").out


def test_what_was_merged_within_the_year_belongs_where_it_stood(year: Command) -> None:
    done = year("record", "organisation.merge", "--organisation", "第二支部", "--to", "第一支部", "--on", "2012-05-01")  # fmt: skip
    assert done.code == 0, done.err
    assert sheet(year, "--organisation", "天井湖社区党工委") == sheet(year)
    assert sheet(year, "--organisation", "第一支部") == {
        "opening": 4, "closing": 4, "死亡": 1, "内部其他组织转来": 2, "转往内部其他组织": 1,
    }  # fmt: skip


def test_a_death_is_told_what_ends_with_it(year: Command) -> None:
    said = ("record", "member.leave", "--member", "王三", "--how", "死亡", "--on", "2012-07-01")
    tried = year(*said, "--dry-run").out
    assert "类别取消  党员 王三" in tried
    assert "← 党员：党员类别" in tried
    assert year(*said).out.splitlines() == tried.splitlines()[1:]


def test_doctor_knows_the_list_of_those_who_looked(year: Command) -> None:
    assert year("show", "members", "--plain").code == 0
    (word,) = [c for c in year("doctor", "--json").json["checks"] if c["check"] == "strays"]
    assert word["state"] == "ok"
