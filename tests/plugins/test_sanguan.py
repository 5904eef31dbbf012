"""三管三抓: the three systems for mobile members, and the three gaps between them."""

from __future__ import annotations


def test_who_goes_out_is_registered_paired_and_certified(office) -> None:
    fields = {"member": "丙", "way": "流出", "place": "上海", "work": "建筑"}
    office.do("sanguan.mobile.register", "2012-02-01", **fields)
    office.do("sanguan.pair.form", "2012-02-05", member="丙", partner="甲")
    office.do("sanguan.certificate.issue", "2012-02-06", member="丙", number="流证001")
    assert office.row("sanguan_mobiles", "2012-02-06")["place"] == "上海"
    assert office.row("sanguan_certificates", "2012-02-06")["months"] == 6
    office.do("sanguan.pair.form", "2012-03-05", member="丙", partner="乙")
    assert len(office.ws.at("2012-03-05").rows("sanguan_pairs")) == 1
    office.do("sanguan.mobile.settle", "2012-08-01", member="丙")
    for table in ("mobiles", "pairs", "certificates"):
        assert office.ws.at("2012-08-01").rows(f"sanguan_{table}") == []
        assert len(office.ws.at("2012-07-31").rows(f"sanguan_{table}")) == 1
    office.sound()


def test_a_certificate_is_for_six_months_at_most_and_nobody_is_ones_own_partner(office) -> None:
    fields = {"member": "丙", "number": "流证001", "months": 7}
    assert "不得大于 6" in office.refused("sanguan.certificate.issue", "2012-02-06", **fields)
    assert "另一名党员" in office.refused(
        "sanguan.pair.form", "2012-02-05", member="丙", partner="丙"
    )


def test_contacts_and_surveys_are_counted(office) -> None:
    for kind in ("传达精神", "征求意见", "主题实践"):
        office.do("sanguan.contact.make", "2012-05-01", member="丙", kind=kind)
    fields = {"organisation": "第一支部", "found": 3, "unassigned": 1}
    office.do("sanguan.survey.do", "2012-05-02", **fields)
    ledger = office.ws.at("2012-12-31")
    assert ledger.value("SELECT count(*) FROM sanguan_contacts") == 3
    assert ledger.value("SELECT sum(unassigned) FROM sanguan_surveys") == 1
    office.sound()


def test_a_survey_with_members_who_are_not_attached_is_found_until_one_has_none(office) -> None:
    fields = {"organisation": "第一支部", "found": 3}
    first = office.do("sanguan.survey.do", "2012-05-02", unassigned=1, **fields)
    assert "sanguan.unattached" in office.codes("2012-12-31")
    assert [f.code for f in first.findings] == ["sanguan.unattached"]
    office.do("sanguan.survey.do", "2012-06-02", unassigned=0, **fields)
    assert "sanguan.unattached" not in office.codes("2012-12-31")
    assert "sanguan.unattached" in office.codes("2012-05-31")
    office.sound()


def test_the_three_gaps_are_duties(office) -> None:
    """有党员无组织, 有组织无管理, 有管理无效果 (D0.17): each is nought when the duty is done by all."""
    office.do("member.register", "2012-01-10", name="丁", organisation="外地党组织")
    person = office.ws.at("2012-02-01").called("member", "丁")[0]

    def gaps(on: str) -> list[str]:
        found = []
        for duty in ("organised", "led", "effect"):
            states = office.states(f"sanguan.{duty}", "member", person, on)
            found.append(states[-1][0] if states else "")
        return found

    fields = {"member": "丁", "way": "流入", "place": "上海"}
    assert gaps("2012-01-31") == ["", "", ""]
    office.do("sanguan.mobile.register", "2012-02-01", **fields)
    assert gaps("2012-02-01") == ["due", "due", "due"]
    assert gaps("2012-02-20") == ["overdue", "overdue", "due"]
    attach = {"member": "丁", "organisation": "第一支部", "kind": "流动党员"}
    office.do("member.attach", "2012-03-01", **attach)
    office.do("sanguan.pair.form", "2012-03-01", member="丁", partner="甲")
    assert gaps("2012-03-01") == ["done", "overdue", "due"]
    office.do("sanguan.certificate.issue", "2012-03-01", member="丁", number="流证001")
    assert gaps("2012-03-01") == ["done", "done", "due"]
    assert gaps("2012-06-25") == ["done", "done", "due_soon"]
    office.do("sanguan.contact.make", "2012-06-26", member="丁", kind="学习教育")
    assert gaps("2012-06-26") == ["done", "done", "done"]
    states = office.states("sanguan.effect", "member", person, "2012-12-31")
    assert states == [("done", 1), ("due_soon", 0)]
    assert office.figure("sanguan.mobiles", "2012-12-31") == {None: 1, "流入": 1}


def test_a_certificate_past_its_months_counts_no_more(office) -> None:
    office.do("sanguan.mobile.register", "2012-02-01", member="丙", way="流出", place="上海")
    office.do("sanguan.pair.form", "2012-02-05", member="丙", partner="甲")
    office.do("sanguan.certificate.issue", "2012-02-29", member="丙", number="流证001", months=2)
    before = office.ws.log.head()
    renewed = {"member": "丙", "number": "流证002", "months": 6}
    office.do("sanguan.certificate.issue", "2012-08-31", **renewed)

    def led(on: str, known: int | None = None) -> str:
        (state,) = office.states("sanguan.led", "member", office.id("丙"), on, known)
        return state[0]

    last = {"2012-04-29": "done", "2012-04-30": "due", "2012-05-15": "overdue"}
    assert {on: led(on) for on in last} == last
    assert (led("2012-09-01"), led("2012-09-01", before)) == ("done", "overdue")
    # Six months after the last of August end with the last day of February.
    assert (led("2013-02-28"), led("2013-03-01")) == ("done", "due")
    assert office.row("sanguan_certificates", "2013-03-01")["valid_until"] == "2013-02-28"
    office.sound()


def test_who_went_out_has_an_organisation_already(office) -> None:
    office.do("sanguan.mobile.register", "2012-02-01", member="丙", way="流出", place="上海")
    assert office.states("sanguan.organised", "member", office.id("丙"), "2012-12-31") == []
