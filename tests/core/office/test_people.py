"""People: one id for a whole life in the books, members or not."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from officekit.desk import Desk

from taizhang.maintenance.erasing import entity_of, erase
from taizhang.office.meetings.resolving import voters
from taizhang.readmodels.pages import entity_page
from taizhang.readmodels.personal_record import record_of
from taizhang.words.errors import Invalid, Refused

NUMBER = "110101199003070011"


def standings(desk: Desk, on: str, known: int | None = None) -> dict[str, str]:
    """As what the people are known on a day, by their names."""
    ledger = desk.ws.at(on, known)
    rows = ledger.rows("people")
    names = ledger.names("member", [row["member"] for row in rows])
    return {names[row["member"]]: row["standing"] for row in rows}


@pytest.fixture
def branch(desk: Desk) -> Desk:
    """A branch with one member, and a committee of residents."""
    desk.make("organisation.found", "2008-01-01", name="第一支部", kind="支部")
    desk.make("member.register", "2008-01-01", name="王小明", organisation="第一支部")
    desk.make("body.found", "2008-01-01", name="居民代表大会", kind="居民代表大会")
    return desk


def test_one_person_from_volunteer_to_member_and_back(branch: Desk) -> None:
    """Entered with a name, in a team and a body, applicant, member, left, restored: one id, one row a day."""
    desk = branch
    made: Any = desk.make(
        "person.enter", "2008-03-01", name="周明", capacity="居民代表", id_number=NUMBER
    )
    head = desk.ws.log.head()
    desk.make("team.form", "2008-03-01", name="清洁队")
    desk.do("team.join", "2008-03-02", team="清洁队", member="周明")
    desk.make("seat.take", "2008-03-02", body="居民代表大会", office="代表", member="周明")
    desk.make("service.log", "2008-03-03", member="周明", minutes=60)
    with pytest.raises(Invalid):  # who is no member is not moved, and pays no dues
        desk.do("member.move", "2008-03-03", member="周明", organisation="第一支部")
    assert standings(desk, "2008-03-03") == {"王小明": "党员", "周明": "居民代表"}
    desk.do("person.change", "2008-04-01", member="周明", phone="13800000009")
    file = desk.make(
        "development.apply", "2008-05-01", name="周明", organisation="第一支部", member="周明"
    )
    row = desk.ws.at("2008-05-01").get("development", file)
    assert row is not None
    assert row["member"] == made
    with pytest.raises(Refused, match="person"):  # the number is known: nobody is entered twice
        desk.do(
            "member.register", "2009-01-01", name="周明", organisation="第一支部", id_number=NUMBER
        )
    with pytest.raises(Refused, match="同一号码即同一人"):
        desk.do("person.enter", "2009-01-01", name="周明", id_number=NUMBER)
    desk.do("member.register", "2009-01-01", name="周明", organisation="第一支部", person="周明")
    (found,) = desk.ws.at("2009-01-01").rows("members", id=made)
    assert found["phone"] == "13800000009"
    assert found["id_number"] is not None
    assert standings(desk, "2009-01-01") == {"王小明": "党员", "周明": "党员"}
    assert [row["member"] for row in desk.ws.at("2009-01-01").rows("seats")] == [made]
    with pytest.raises(Refused, match="已登记过"):
        desk.do("member.register", "2010-01-01", name="周明", organisation="第一支部", person=made)
    desk.do("member.leave", "2010-01-01", member="周明", how="退党")
    assert standings(desk, "2010-01-01")["周明"] == "已出党"
    desk.do("member.restore", "2011-01-01", member=made, organisation="第一支部")
    assert standings(desk, "2012-01-01") == {"王小明": "党员", "周明": "党员"}
    assert standings(desk, "2012-01-01", head) == {"王小明": "党员", "周明": "居民代表"}
    assert not desk.ws.findings()
    page = desk.ws.at(dt.date(2012, 1, 1))
    assert len(page.spans("people", member=made)) == 5


def test_an_applicant_is_a_person_at_once(branch: Desk) -> None:
    """A file without a person enters one; a person who is closed is meant by no name any more."""
    desk = branch
    made = desk.do("development.apply", "2009-05-01", name="李立", organisation="第一支部")
    file = made.ids["development"]
    row = desk.ws.at("2009-05-01").get("development", file)
    assert row is not None
    assert standings(desk, "2009-05-01")["李立"] == "入党申请人"
    with pytest.raises(Refused, match="当日是党员"):
        desk.do("person.close", "2009-06-01", member="王小明")
    desk.make("person.enter", "2009-05-01", name="赵工", capacity="社区工作者")
    desk.do("person.close", "2009-06-01", member="赵工")
    with pytest.raises(Invalid, match="赵工"):
        desk.make("service.log", "2009-06-02", member="赵工", minutes=5)
    assert standings(desk, "2009-06-01") == {"王小明": "党员", "李立": "入党申请人"}
    # Who is none of the members is looked up, shown, told and erased as they are, also after the closing.
    kind, gone = entity_of(desk.ws, "赵工")
    page = entity_page(desk.ws.at("2009-05-02"), kind, gone, "zh")
    assert (page.title, page.living) == ("赵工", True)
    told = record_of(desk.ws, kind, gone)
    assert [event["label"] for event in told["events"]] == ["登记人员", "注销人员"]
    erase(desk.ws, kind, gone, "本人要求")
    assert "赵工" not in str(desk.ws.at("2009-05-02").rows("people"))
    assert not desk.ws.findings()


def test_decisions_take_the_vote_until_they_are_lifted(branch: Desk) -> None:
    """The entitled of the day are counted without those under probation, at both clocks; a date ends nothing by itself."""
    desk = branch
    for name in ("甲一", "乙二"):
        desk.do("member.register", "2008-01-01", name=name, organisation="第一支部")
    head = desk.ws.log.head()

    def entitled(on: str, known: int | None = None) -> int:
        return len(voters(desk.ws.at(on, known), branch_id))

    branch_id = desk.ws.at("2009-01-01").rows("organisations")[0]["id"]
    assert entitled("2010-03-01") == 3
    first = desk.do(
        "member.discipline", "2010-02-01", member="甲一", kind="留党察看", decided_by="第一支部",
        paper="井党〔2010〕3号", through="2011-01-31",
    )  # fmt: skip
    desk.do("member.discipline", "2010-02-01", member="乙二", kind="警告", paper="井党〔2010〕4号")
    with pytest.raises(Refused, match="已经有效"):
        desk.do("member.discipline", "2010-03-01", member="甲一", kind="留党察看")
    assert [entitled(day) for day in ("2010-01-31", "2010-02-01", "2011-06-01")] == [3, 2, 2]
    assert entitled("2010-02-01", head) == 3
    desk.do("member.lift_discipline", "2011-06-02", member="甲一", kind="留党察看")
    assert [entitled(day) for day in ("2011-06-01", "2011-06-02")] == [2, 3]
    desk.ws.void(first.seq[0], reason="撤销处分", cascade=True)
    assert entitled("2010-02-01") == 3
    desk.do("member.discipline", "2011-07-01", member="乙二", kind="中止党员权利")
    desk.do("member.leave", "2011-08-01", member="乙二", how="开除")
    assert desk.ws.at("2011-08-01").rows("disciplines") == []


def test_particulars_are_dated_facts_with_a_source(branch: Desk) -> None:
    """What returns ask for is kept by day; what was said anew holds from then on."""
    desk = branch
    desk.do(
        "person.describe", "2009-01-01", member="王小明", sex="男", born="1970", education="中专",
        occupation="学生", source="名册",
    )  # fmt: skip
    desk.do(
        "person.describe", "2011-01-01", member="王小明", education="大学本科", occupation="离退休"
    )

    def kept(on: str) -> list[object]:
        ledger = desk.ws.at(on)
        asked = [("sexes", "sex"), ("births", "born"), ("educations", "education"), ("occupations", "occupation")]  # fmt: skip
        return [row[column] for table, column in asked for row in ledger.rows(table)]

    assert kept("2010-12-31") == ["男", "1970", "中专", "学生"]
    assert kept("2011-01-01") == ["男", "1970", "大学本科", "离退休"]
    assert "晚于" in desk.refused("person.describe", "2011-01-01", member="王小明", born="2012")
    assert "没有要登记" in desk.refused("person.describe", "2011-01-01", member="王小明")
