"""A death in office: a member, secretary of the branch, holder of a post, in a team, under a decision, with a letter
under way. What stood in the name ends on that day, is back when the death is taken back, and nothing is counted twice.
Through the command line alone.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from officekit.commands import column, runner, seq

DAY, BEFORE = "2012-06-15", "2012-06-14"


@pytest.mark.covers("D3.30")
def test_a_death_in_office(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tz = runner(tmp_path / "store", capsys)

    def record(action: str, on: str, **fields: str) -> None:
        tz("record", action, *(word for k, v in fields.items() for word in (f"--{k}", v)), "--on", on)  # fmt: skip

    def standing(on: str, *known: str) -> dict[str, int]:
        tables = ("seats", "liunuo_post_holders", "team_members", "memberships", "disciplines")
        found = {name: len(tz("show", name, "--on", on, *known)) for name in tables}
        letters = tz("show", "transfers", "--on", on, *known)
        return {**found, "letters": sum(row["state"] == "在途" for row in letters)}

    def people(on: str, *known: str) -> list[tuple[str, str]]:
        return sorted(column(tz("show", "people", "--on", on, *known), "member_name", "standing"))

    def due(on: str) -> list[str]:
        said = tz("due", "--duty", "member.decision_due", "--on", on, "--organisation", "第一支部")
        return [name["state"] for name in said["names"]]

    tz("init", "--since", "2010-01-01", "--programmes", "liunuo")
    for name, kind in (("第一支部", "支部"), ("外地支部", "外部组织")):
        record("organisation.found", "2010-01-01", name=name, kind=kind)
    for name in ("王小明", "李秀英"):
        record("member.register", "2010-01-01", name=name, organisation="第一支部")
    record("person.enter", "2010-01-01", name="赵工", capacity="社区工作者")
    record("body.found", "2010-01-02", name="支委会", kind="支部委员会", organisation="第一支部")
    record("seat.take", "2010-01-02", body="支委会", office="书记", member="王小明")
    record("seat.take", "2010-01-02", body="支委会", office="其他", member="赵工")
    record("liunuo.post.publish", "2010-02-01")
    record("liunuo.post.claim", "2010-02-02", post="便民服务岗", member="王小明")
    record("team.form", "2010-02-03", name="清洁队")
    for name in ("王小明", "赵工"):
        record("team.join", "2010-02-03", team="清洁队", member=name)
    record(
        "member.discipline",
        "2012-01-10",
        member="王小明",
        kind="限期改正",
        through="2012-06-30",
        paper="1号",
    )
    record("transfer.issue", "2012-06-01", member="王小明", to="外地支部")
    record("development.apply", "2012-06-02", name="周明", organisation="第一支部")
    whole = {"seats": 2, "liunuo_post_holders": 1, "team_members": 2, "memberships": 2, "disciplines": 1, "letters": 1}  # fmt: skip
    assert standing(BEFORE) == whole
    assert due(BEFORE) == ["due_soon"]

    death = seq(
        tz("record", "member.leave", "--member", "王小明", "--how", "死亡", "--on", DAY, "--json")
    )
    gone = {"seats": 1, "liunuo_post_holders": 0, "team_members": 1, "memberships": 1, "disciplines": 0, "letters": 0}  # fmt: skip
    assert standing(DAY) == gone
    assert standing(BEFORE) == whole
    assert due("2012-12-31") == []
    assert people(DAY) == [
        ("周明", "入党申请人"),
        ("李秀英", "党员"),
        ("王小明", "已故"),
        ("赵工", "社区工作者"),
    ]
    (left,) = tz("show", "departures", "--on", DAY)
    assert left["how"] == "死亡"
    assert len(tz("show", "members", "--on", DAY)) == 1
    # Nobody who died comes back, moves or takes a seat; only a mistake is taken back.
    who = left["member"]
    said = tz("record", "member.restore", "--member", who, "--organisation", "第一支部", "--on", "2012-07-01", refused=True)  # fmt: skip
    assert "死亡" in said
    tz("record", "seat.take", "--body", "支委会", "--office", "书记", "--member", who, "--on", "2012-07-01", refused=True)  # fmt: skip
    assert not tz("findings")

    events = [event["seq"] for event in tz("events") if event["seq"] >= 1]
    tz("void", str(max(death, events[-1])), "--reason", "误报", "--cascade")
    assert standing(DAY) == whole
    assert standing(DAY, "--known", str(events[-1])) == gone
    assert ("王小明", "党员") in people(DAY)
