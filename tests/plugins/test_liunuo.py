"""六诺: six steps in order (R24), fourteen posts of which seven are named, the three ones."""

from __future__ import annotations

import pytest

from taizhang.words.errors import Dependents

LATER = (
    ("discuss", "2012-03-05", {}),
    ("examine", "2012-03-10", {"examiner": "社区党工委"}),
    ("show", "2012-03-15", {}),
    ("keep", "2012-06-20", {}),
    ("assess", "2012-12-20", {}),
)


def _applied(office, **fields) -> str:
    given = {"member": "甲", "kind": "实事承诺", "what": "每周巡逻", "promised": "2012-06-30"}
    return office.make("liunuo.pledge.apply", "2012-03-01", **{**given, **fields})


def test_a_pledge_goes_through_six_steps(office) -> None:
    pledge = _applied(office)
    seen = [office.row("liunuo_pledges", "2012-03-01")]
    for step, on, fields in LATER:
        office.do(f"liunuo.pledge.{step}", on, pledge=pledge, **fields)
        seen.append(office.row("liunuo_pledges", on))
    assert [r["step"] for r in seen] == ["申诺", "议诺", "审诺", "示诺", "践诺", "评诺"]
    assert [r["due"] for r in seen] == [None, None, None, "2012-06-30", None, None]
    assert (seen[0]["what"], seen[-1]["awaits"]) == ("每周巡逻", None)
    office.sound()


def test_no_step_is_left_out_or_taken_back_from_under_the_next(office) -> None:
    pledge = _applied(office)
    assert office.refused("liunuo.pledge.show", "2012-03-15", pledge=pledge) == (
        "当日的下一步是“议诺”，不能“示诺”"
    )
    taken = [office.do(f"liunuo.pledge.{s}", on, pledge=pledge, **f) for s, on, f in LATER]
    with pytest.raises(Dependents) as refusal:
        office.ws.void(taken[2].seq[0], reason="未公示")
    assert {f.src for f in refusal.value.findings} == {t.seq[0] for t in taken[3:]}


def test_a_pledge_that_is_not_kept_in_time_is_found(office) -> None:
    pledge = _applied(office)
    for step, on, fields in LATER[:3]:
        office.do(f"liunuo.pledge.{step}", on, pledge=pledge, **fields)
    assert office.codes("2012-06-30") == []
    assert office.codes("2012-07-01") == ["liunuo.pledge-overdue"]
    office.do("liunuo.pledge.withdraw", "2012-07-02", pledge=pledge)
    assert office.codes("2012-07-02") == []


def test_a_pledge_is_assessed_by_layers_and_the_member_is_not(office) -> None:
    pledge = _applied(office)
    for rater, grade in (("第一支部", "兑现"), ("社区党工委", "部分兑现")):
        fields = {"pledge": pledge, "period": "2012", "rater": rater, "grade": grade}
        office.do("liunuo.pledge.rate", "2012-12-20", **fields)
    rows = office.ws.at("2012-12-31").rows("liunuo_pledge_ratings")
    assert [r["grade"] for r in rows] == ["兑现", "部分兑现"]
    assert [e for e in office.ws.registry.actions if "rate" in e] == ["liunuo.pledge.rate"]
    office.sound()


def test_fourteen_are_stated_and_seven_listed(office) -> None:
    office.do("liunuo.post.publish", "2012-01-10")
    office.do("liunuo.post.claim", "2012-02-01", post="便民服务岗", member="甲")
    office.do("liunuo.post.claim", "2012-02-01", post="便民服务岗", member="乙")
    row = office.row("liunuo_post_catalogues", "2012-02-01")
    assert (row["stated"], row["listed"], row["held"], row["holders"]) == (14, 7, 1, 2)
    pledge = _applied(office, kind="岗位承诺", post="便民服务岗")
    assert office.row("liunuo_pledges", "2012-03-01", id=pledge)["post"] is not None
    office.sound()


def test_a_pledge_is_found_by_what_was_pledged(office) -> None:
    pledge = _applied(office)
    office.do("liunuo.pledge.discuss", "2012-03-05", pledge="每周巡逻")
    ledger = office.ws.at("2012-03-05")
    assert ledger.names("liunuopledge", [pledge]) == {pledge: "每周巡逻"}
    assert ("liunuopledge", pledge) in ledger.find("mzxl")
    office.sound()


def test_the_three_ones_are_counted_by_kind(office) -> None:
    for item in ("选择一岗", "贡献一技", "贡献一技"):
        office.do("liunuo.item.do", "2012-05-01", member="甲", item=item)
    count = "SELECT count(DISTINCT item) FROM liunuo_threes WHERE on_date LIKE '2012%'"
    assert office.ws.at("2012-12-31").value(count) == 2
    office.sound()


def test_a_post_for_every_retired_member(office) -> None:
    fields = {"member": "甲", "scheme": "五类党员", "category": "离退休党员"}
    office.do("member.set_category", "2012-01-01", **fields)
    office.do("liunuo.post.publish", "2012-01-01")
    person = office.id("甲")
    assert office.states("liunuo.post", "member", person, "2012-02-01") == [("overdue", 0)]
    office.do("liunuo.post.claim", "2012-02-02", post="政策宣传岗", member="甲")
    assert office.states("liunuo.post", "member", person, "2012-02-02") == [("done", 1)]
    assert office.states("liunuo.post", "member", office.id("乙"), "2012-02-02") == []
    assert office.figure("liunuo.held", "2012-02-02") == {None: 1}
    assert office.figure("liunuo.held", "2012-02-02", "社区党工委") == {None: 1}
    office.do("liunuo.post.claim", "2012-02-03", post="政策宣传岗", member="乙")
    assert office.figure("liunuo.held", "2012-02-03", "社区党工委") == {None: 1}, (
        "one post, held by two"
    )


def test_a_pledge_is_due_by_the_day_that_was_promised(office) -> None:
    pledge = _applied(office)
    for step, on, fields in LATER[:3]:
        office.do(f"liunuo.pledge.{step}", on, pledge=pledge, **fields)
    states = {
        on: office.states("pledge_steps", "liunuopledge", pledge, on)[0][0]
        for on in ("2012-06-01", "2012-06-20", "2012-07-01")
    }
    assert list(states.values()) == ["due", "due_soon", "overdue"]
    assert office.figure("liunuo.pledges", "2012-07-01") == {None: 1, "示诺": 1}
