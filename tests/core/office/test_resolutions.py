"""Resolutions: votes by the rule of the day, and what becomes of them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from officekit.meetings import DAY, hold

from taizhang.office.meetings.rules import RULES, VOTES, rule_of
from taizhang.readmodels.due import Due
from taizhang.words.errors import Invalid, NeedsReason, Refused
from taizhang.workspace import Workspace

ORDINARY, ADMISSION, CONFIRMATION = "一般决议", "接收预备党员", "预备党员转正"
ELECTION, COMMITTEE = "选举", "支委会决议"


def meeting_on(ws: Workspace, on: str = DAY, **fields: Any) -> str:
    """Holds a meeting; its id."""
    return str(ws.event(hold(ws, on, **fields)).event.meeting)


def adopt(ws: Workspace, meeting: str, reason: str | None = None, **fields: Any) -> Any:
    """Puts a resolution to the vote, with three in favour unless it says otherwise."""
    given = {"meeting": meeting, "subject": "修缮活动室", "in_favour": 3, **fields}
    return ws.record("resolution.adopt", given, reason=reason)


def row(ws: Workspace, on: str | None = None) -> dict[str, Any]:
    (found,) = ws.at(on).rows("resolutions")
    return found


def test_who_votes_is_counted_from_the_ledger(ws: Workspace) -> None:
    fields = {"name": "周新", "organisation": "第一支部", "stage": "预备党员"}
    ws.record("member.register", fields, on="2026-01-01")
    meeting = meeting_on(ws, lines=["王小明", "张伟=迟到", "李秀英", "周新", "赵强=请假"])
    receipt = adopt(ws, meeting)
    found = row(ws)
    # The probationary member was there and has no vote.
    assert (found["entitled"], found["present"], found["outcome"]) == (4, 3, "通过")
    assert (found["state"], found["day"]) == ("无须落实", DAY)
    assert receipt.events[0].envelope.on == dt.date(2026, 5, 8)
    assert receipt.findings == ()


def test_of_a_committee_those_vote_who_sit_in_it(ws: Workspace) -> None:
    new = {"name": "支委会", "kind": "支部委员会", "organisation": "第一支部"}
    ws.record("body.found", new, on="2026-01-01")
    for name in ("王小明", "张伟", "李秀英"):
        seat = {"body": "支委会", "office": "委员", "member": name}
        ws.record("seat.take", seat, on="2026-01-01")
    committee = meeting_on(ws, kinds="支委会", lines=["王小明", "张伟", "赵强"])
    adopt(ws, committee, vote=COMMITTEE, in_favour=2)
    assert (row(ws)["entitled"], row(ws)["present"], row(ws)["outcome"]) == (3, 2, "通过")


def test_what_cannot_be_counted_is_asked_for(ws: Workspace) -> None:
    committee = meeting_on(ws, kinds="支委会", lines=["王小明", "张伟"])
    with pytest.raises(Refused, match="请填写"):
        adopt(ws, committee, vote=COMMITTEE, in_favour=2)
    adopt(ws, committee, vote=COMMITTEE, in_favour=2, entitled=3)
    assert (row(ws)["entitled"], row(ws)["present"]) == (3, 2)
    above = meeting_on(ws, organisation="天井湖社区党委", kinds="党委会")
    with pytest.raises(Refused, match="请填写"):
        adopt(ws, above)
    early = meeting_on(ws, "2012-03-01")
    with pytest.raises(Refused, match="没有当日的表决规定"):
        adopt(ws, early, in_favour=2)


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        ({"entitled": 10, "present": 6, "in_favour": 5, "against": 2}, "共 7 票，多于到会 6 人"),
        ({"entitled": 10, "present": 11}, "多于应到会 10 人"),
        ({"entitled": 10, "present": 8, "written": 3}, "到会 8 人、书面意见 3 份"),
        ({"due": "2026-06-01"}, "须写后续工作"),
        ({"due": "2026-05-07", "follow_up": "请人"}, "早于会议日期"),
    ],
)
def test_numbers_have_to_add_up(ws: Workspace, numbers: dict[str, Any], said: str) -> None:
    meeting = meeting_on(ws)
    with pytest.raises((Refused, Invalid), match=said):
        adopt(ws, meeting, reason="试", **numbers)
    assert ws.at().rows("resolutions") == []


def test_a_correction_has_to_add_up_too(ws: Workspace) -> None:
    (seq,) = adopt(ws, meeting_on(ws), entitled=4, present=3).seq
    with pytest.raises(Invalid, match="多于到会 3 人"):
        ws.correct(seq, {"against": 1}, reason="漏记")


# Vote, day, entitled, present, written, in favour, and what is found.
EDGES = [
    # Half of those entitled is enough to be present, and not enough to carry (2018).
    (ORDINARY, "2018-10-28", 20, 10, 0, 10, ["majority-ordinary-2018"]),
    (ORDINARY, "2026-05-08", 20, 11, 0, 11, []),
    (ORDINARY, "2026-05-08", 21, 10, 0, 10, ["majority-ordinary-2018", "presence-ordinary-2018"]),
    (ORDINARY, "2018-10-27", 20, 1, 0, 1, []),
    # More than half have to be present for an admission, and written opinions count.
    (ADMISSION, "2014-05-28", 20, 10, 1, 11, ["presence-admission-2014"]),
    (ADMISSION, "2026-05-10", 20, 11, 4, 15, []),
    (ADMISSION, "2026-05-10", 20, 11, 4, 10, ["majority-admission-2014"]),
    (ADMISSION, "2026-05-11", 20, 10, 5, 15, ["presence-admission-2026"]),
    (ADMISSION, "2026-05-11", 20, 11, 4, 10, ["majority-admission-2026"]),
    (ADMISSION, "2014-05-27", 20, 1, 0, 1, []),
    (CONFIRMATION, "2026-05-10", 20, 10, 1, 11, ["presence-confirmation-2014"]),
    (CONFIRMATION, "2026-05-10", 20, 11, 9, 10, ["majority-confirmation-2014"]),
    (CONFIRMATION, "2026-05-11", 20, 10, 1, 11, ["presence-confirmation-2026"]),
    (CONFIRMATION, "2026-05-11", 20, 11, 0, 10, ["majority-confirmation-2026"]),
    (CONFIRMATION, "2026-05-11", 20, 11, 1, 11, []),
    # 16 of 20: not more than four fifths (1990), and not less (2020); half of whom differs too.
    (ELECTION, "2020-07-12", 20, 16, 0, 9, ["presence-election-1990"]),
    (ELECTION, "2020-07-12", 20, 17, 0, 9, []),
    (ELECTION, "2020-07-12", 20, 18, 0, 9, ["majority-election-1990"]),
    (ELECTION, "2020-07-13", 20, 16, 0, 11, []),
    (ELECTION, "2020-07-13", 20, 16, 0, 10, ["majority-election-2020"]),
    (ELECTION, "2020-07-13", 20, 15, 0, 11, ["presence-election-2020"]),
    # Nobody votes in writing at an election.
    (ELECTION, "2020-07-13", 20, 16, 1, 17, ["written-election-2020"]),
    (COMMITTEE, "2026-05-08", 4, 2, 0, 2, ["majority-committee-2018", "presence-committee-2018"]),
    (COMMITTEE, "2026-05-08", 5, 3, 0, 3, []),
]


def test_each_rule_at_its_edge_in_each_edition(ws: Workspace) -> None:
    meetings: dict[str, str] = {}
    for case in EDGES:
        vote, day, entitled, present, written, in_favour, expected = case
        if day not in meetings:
            meetings[day] = meeting_on(ws, day)
        numbers = {"entitled": entitled, "present": present, "written": written}
        receipt = adopt(
            ws, meetings[day], "照实登记", vote=vote, in_favour=in_favour, outcome="通过", **numbers
        )
        found = sorted(f.code.removeprefix("meetings.") for f in receipt.findings)
        assert found == expected, case
    asked = {f"{what}-{rule.key}" for rule in RULES for what in ("presence", "majority")}
    assert {code for *_, codes in EDGES for code in codes} >= asked


def test_a_finding_says_its_rule_and_asks_for_a_reason(ws: Workspace) -> None:
    meeting = meeting_on(ws, lines=["王小明"])
    with pytest.raises(NeedsReason, match="须不少于应到会的半数（支部工作条例 2018）") as asked:
        adopt(ws, meeting, in_favour=1)
    # Left out, the outcome follows from the rule: it was not carried, and only presence is asked about.
    assert [f.code for f in asked.value.findings] == ["meetings.presence-ordinary-2018"]
    assert "at least half of those entitled" in str(asked.value.pair)
    (seq,) = adopt(ws, meeting, "洪水阻路", in_favour=1).seq
    assert row(ws)["outcome"] == "未通过"
    assert [(f.code, f.src, f.hard) for f in ws.findings()] == [
        ("meetings.presence-ordinary-2018", seq, False)
    ]
    ws.correct(seq, {"present": 2}, reason="漏数一人")
    assert ws.findings() == []


def test_one_rule_holds_on_a_day() -> None:
    for rule in RULES:
        assert rule_of(rule.vote, rule.since) is rule
        if rule.until is not None:
            assert rule_of(rule.vote, rule.until - dt.timedelta(1)) is rule
            assert rule_of(rule.vote, rule.until) is not rule
    assert {r.vote for r in RULES} == {vote.partition("|")[0] for vote in VOTES}
    assert rule_of(ELECTION, dt.date(1990, 6, 26)) is None


def test_what_was_resolved_is_due_overdue_and_done(ws: Workspace) -> None:
    def states(on: str) -> dict[str, int]:
        lines = Due(ws.at(on), duties=["resolution.follow_up"]).lines
        return {name: n for line in lines[:1] for name, n in line.states.items() if n}

    meeting = meeting_on(ws, lines=["王小明", "张伟", "李秀英"])
    made = adopt(ws, meeting, follow_up="请人修缮", due="2026-06-10")
    resolution = made.ids["resolution"]
    assert row(ws)["state"] == "待落实"
    assert [states(on) for on in (DAY, "2026-06-01", "2026-06-10", "2026-06-11")] == [
        {"due": 1},
        {"due_soon": 1},
        {"due_soon": 1},
        {"overdue": 1},
    ]
    (name,) = Due(ws.at(), duties=["resolution.follow_up"]).names()
    assert (name.name, name.organisation_name) == ("修缮活动室", "第一支部")
    assert name.due == dt.date(2026, 6, 10)
    fields = {"resolution": resolution, "done": "已经修好"}
    settled = ws.record("resolution.settle", fields, on="2026-06-20").seq[0]
    assert (row(ws)["state"], row(ws)["done"]) == ("已落实", "已经修好")
    assert states("2026-06-30") == {}
    assert states("2026-06-19") == {"overdue": 1}
    with pytest.raises(Refused, match="该决议已落实"):
        ws.record("resolution.settle", fields, on="2026-06-21")
    ws.void(settled, reason="还没修好")
    assert states("2026-06-30") == {"overdue": 1}


def test_a_resolution_holds_its_meeting(ws: Workspace) -> None:
    held = hold(ws, lines=["王小明", "张伟", "李秀英"])
    (seq,) = adopt(ws, str(ws.event(held).event.meeting)).seq
    with pytest.raises(Refused):
        ws.void(held, reason="没开")
    ws.correct(held, {}, on="2026-05-07", reason="日期写错")
    assert [(f.code, f.src) for f in ws.findings()] == [("meetings.day", seq)]
    ws.correct(seq, {}, on="2026-05-07", reason="日期写错")
    assert ws.findings() == []
    ws.void(held, reason="没开", cascade=True)
    assert ws.at().rows("resolutions") == []
