"""Bodies: who sits in them, how long they serve, and how they are elected."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from officekit.desk import Desk

from taizhang.office.bodies.screens import ballot
from taizhang.office.bodies.voting import Ballots, by_strokes, election_rule, winners
from taizhang.words.errors import NeedsReason

NAMES = ("王小明", "张伟", "李秀英", "赵工", "钱七", "孙立", "周八", "吴九")


@pytest.fixture
def committee(desk: Desk) -> Desk:
    """A branch of eight full members with its committee, whose secretary is 周八."""
    desk.make("organisation.found", name="第一支部", kind="支部")
    for name in NAMES:
        desk.do("member.register", name=name, organisation="第一支部", stage="正式党员")
    desk.make("body.found", name="支委会", kind="支部委员会", organisation="第一支部", size=3)
    desk.do("term.begin", body="支委会")
    desk.make("seat.take", body="支委会", office="书记", member="周八")
    desk.make("seat.take", body="支委会", office="组织委员", member="吴九")
    return desk


def sitting(desk: Desk, on: str, known: int | None = None) -> dict[str, list[str]]:
    """The members who sit, by office."""
    ledger = desk.ws.at(on, known)
    rows = ledger.rows("seats")
    names = ledger.names("member", [row["member"] for row in rows if row["member"]])
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row["office"], []).append(names.get(row["member"], ""))
    return {office: sorted(there) for office, there in found.items()}


def asked(desk: Desk, *places: str, kind: str = "换届选举", on: str = "2012-09-01") -> str:
    """Asks for an election; its id."""
    return desk.make("election.request", on, body="支委会", kind=kind, places=list(places))


def voted(
    desk: Desk, election: str, votes: list[dict[str, Any]], on: str = "2012-10-08", **more: Any
) -> Any:
    """Enters a round of voting of seven who came."""
    return desk.do("election.ballot", on, election=election, votes=votes, **{"present": 7, **more})


def test_a_tie_is_voted_on_again(committee: Desk) -> None:
    desk = committee
    election = asked(desk, "书记=1", "委员=3")
    desk.do("election.consent", "2012-09-10", election=election)
    lines = [{"member": name} for name in ("王小明", "张伟", "李秀英", "赵工")]
    lines.append({"member": "张伟", "office": "书记"})
    desk.do("election.nominate", "2012-09-20", election=election, candidates=lines)
    first = [
        {"member": "王小明", "in_favour": 7},
        {"member": "张伟", "in_favour": 5},
        {"member": "李秀英", "in_favour": 4},
        {"member": "赵工", "in_favour": 4},
        {"member": "张伟", "office": "书记", "in_favour": 6},
    ]
    notices = [notice.rule.zh for notice in voted(desk, election, first).notices]
    assert notices == ["委员还缺 1 人，2 人票数相等，须在他们中再次投票"]
    (row,) = desk.ws.at("2012-10-08").rows("elections")
    assert (row["seats"], row["elected"], row["state"]) == (4, 3, "已投票")
    voted(
        desk, election, [{"member": "赵工", "in_favour": 4}, {"member": "李秀英", "in_favour": 3}]
    )
    # The committee sits from the vote, the secretary from the approval; until then the old one serves.
    now = {"委员": ["张伟", "王小明", "赵工"], "书记": ["周八"]}
    assert sitting(desk, "2012-10-08") == now
    desk.do("election.report", "2012-10-09", election=election)
    desk.do("election.approve", "2012-10-20", election=election)
    assert sitting(desk, "2012-10-19") == now
    assert sitting(desk, "2012-10-20")["书记"] == ["张伟"]
    (term,) = desk.ws.at("2012-10-20").rows("terms")
    assert (term["ordinal"], term["since"], term["due"]) == (2, "2012-10-08", "2015-10-08")
    assert desk.ws.at("2012-10-20").rows("elections")[0]["state"] == "已批准"
    assert "该选举已批准" in desk.refused("election.report", "2012-11-01", election=election)
    desk.sound()


def test_a_by_election_keeps_the_end_of_the_term(committee: Desk) -> None:
    desk = committee
    (before,) = desk.ws.at("2012-06-01").rows("terms")
    election = asked(desk, "委员=1", kind="补选", on="2011-05-01")
    voted(desk, election, [{"member": "钱七", "in_favour": 6}], on="2011-06-01")
    (after,) = desk.ws.at("2012-06-01").rows("terms")
    assert after == before
    assert sitting(desk, "2011-06-01")["组织委员"] == ["吴九"]
    assert sitting(desk, "2011-06-01")["委员"] == ["钱七"]


def test_presence_and_margin_are_asked_a_reason(committee: Desk) -> None:
    desk = committee
    election = asked(desk, "委员=3")
    few = [{"member": name} for name in NAMES[:3]]
    with pytest.raises(NeedsReason, match="差额"):
        desk.do("election.nominate", "2012-09-20", election=election, candidates=few)
    with pytest.raises(NeedsReason, match="超过应到会的五分之四"):
        voted(desk, election, [{"member": "钱七", "in_favour": 6}], present=6)
    assert "多于有效票" in desk.refused(
        "election.ballot",
        "2012-10-08",
        election=election,
        present=7,
        votes=[{"member": "钱七", "in_favour": 6, "against": 2}],
    )
    assert "不选主任" in desk.refused(
        "election.ballot",
        "2012-10-08",
        election=election,
        present=7,
        votes=[{"member": "钱七", "office": "主任", "in_favour": 6}],
    )


def test_votes_are_counted_by_the_edition_of_the_day() -> None:
    """16 of 20 are too few by the text of 1990 and enough by that of 2020, which counts those entitled."""
    old, new = election_rule(dt.date(2016, 9, 1)), election_rule(dt.date(2021, 9, 1))
    assert old is not None
    assert new is not None
    assert (old.quorate(20, 16), new.quorate(20, 16)) == (False, True)
    slips = Ballots(20, 16, 16, 16, 16)
    assert winners({"甲": 9, "乙": 8}, 2, slips, old) == {"甲": "当选", "乙": "未当选"}
    assert winners({"甲": 11, "乙": 10}, 2, slips, new) == {"甲": "当选", "乙": "未当选"}
    assert winners({"甲": 11, "乙": 11}, 1, slips, new) == {"甲": "票数相等", "乙": "票数相等"}
    too_many = Ballots(20, 16, 16, 17, 16)
    assert winners({"甲": 15}, 1, too_many, old) == {"甲": "无效"}


def test_names_stand_by_their_strokes(committee: Desk) -> None:
    desk = committee
    election = asked(desk, "委员=3")
    lines = [{"member": name} for name in ("张伟", "赵工", "王小明", "周八")]
    desk.do("election.nominate", "2012-09-20", election=election, candidates=lines)
    board = ballot(desk.ws.at("2012-10-01"), "zh")
    assert [row[3] for row in board.rows] == ["王小明", "张伟", "周八", "赵工"]
    assert sorted(("欧阳", "丁一", "龘某", "于三"), key=by_strokes) == [
        "丁一",
        "于三",
        "欧阳",
        "龘某",
    ]


def test_whoever_dies_leaves_the_seat_and_has_it_back_when_that_is_void(committee: Desk) -> None:
    desk = committee
    receipt = desk.do("member.leave", "2012-03-01", member="周八", how="死亡")
    assert [e.type for e in receipt.events] == ["seat.left@1", "member.left@1"]
    assert "书记" not in sitting(desk, "2012-03-01")
    desk.ws.void(receipt.seq[-1], reason="误报", cascade=True)
    assert sitting(desk, "2012-03-01")["书记"] == ["周八"]


def test_seats_of_units_and_of_people_nobody_names(desk: Desk) -> None:
    desk.make("unit.register", name="供电局", kind="机关")
    body = desk.make("body.found", name="议事协商委员会", kind="议事协商委员会")
    desk.make("seat.take", body=body, office="委员", unit="供电局", name="钱局长")
    desk.make("seat.take", body=body, office="代表", count=35)
    assert "该单位已在此任职" in desk.refused("seat.take", body=body, office="委员", unit="供电局")
    assert "只有一人" in desk.refused("seat.take", body=body, office="委员", unit="供电局", count=2)
    assert "请填写任期月数" in desk.refused("term.begin", body=body)
    desk.do("term.begin", body=body, months=24)
    desk.do("body.close", "2012-01-01", body=body)
    at = desk.ws.at("2012-01-01")
    assert (at.rows("seats"), at.rows("terms"), at.rows("bodies")) == ([], [], [])
    desk.sound()
