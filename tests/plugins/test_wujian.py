"""五件式: four steps (R25), five kinds with due dates of their own, the call-back, a telephone number erased."""

from __future__ import annotations

import pytest

STEPS = (
    ("handle", "2012-03-07", {}),
    ("announce", "2012-03-08", {}),
    ("follow", "2012-03-12", {"satisfied": "是"}),
)


def _accepted(office, on: str, kind: str, **fields) -> str:
    given = {
        "number": f"{on}-{kind}",
        "kind": kind,
        "organisation": "社区党工委",
        "what": "路灯不亮",
    }
    return office.make("wujian.matter.accept", on, **{**given, **fields})


@pytest.mark.parametrize(
    ("kind", "fields", "due"),
    [
        ("急办件", {}, "2012-09-29"),
        ("限时件", {"days": 3}, "2012-10-09"),
        ("承诺件", {"promised": "2012-10-20"}, "2012-10-20"),
        ("补办件", {"promised": "2012-10-31"}, "2012-10-31"),
        ("建议件", {}, "2012-10-28"),
    ],
)
def test_each_kind_has_its_due_date(office, kind: str, fields, due: str) -> None:
    matter = _accepted(office, "2012-09-28", kind, **fields)
    assert office.row("wujian_matters", "2012-09-28", id=matter)["due"] == due
    office.sound()


@pytest.mark.parametrize("kind", ["限时件", "承诺件", "补办件"])
def test_what_the_due_date_needs_is_asked_for(office, kind: str) -> None:
    fields = {"number": "1", "kind": kind, "organisation": "社区党工委", "what": "证明盖章"}
    assert "才有期限" in office.refused("wujian.matter.accept", "2012-03-01", **fields)


def test_a_matter_goes_through_four_steps(office) -> None:
    matter = _accepted(office, "2012-03-05", "限时件", days=5, channel="服务热线")
    assert "下一步是“限期办理”" in office.refused(
        "wujian.matter.announce", "2012-03-06", matter=matter
    )
    for step, on, fields in STEPS[:2]:
        office.do(f"wujian.matter.{step}", on, matter=matter, **fields)
    assert "必填" in office.refused("wujian.matter.follow", "2012-03-12", matter=matter)
    office.do("wujian.matter.follow", "2012-03-12", matter=matter, satisfied="否")
    row = office.row("wujian_matters", "2012-03-12")
    assert (row["step"], row["awaits"], row["satisfied"]) == ("跟踪监督", None, 0)
    office.sound()


def test_matters_are_found_by_their_number(office) -> None:
    _accepted(office, "2012-03-05", "建议件", number="2012-001")
    office.do("wujian.matter.handle", "2012-03-06", matter="2012-001")
    assert office.row("wujian_matters", "2012-03-06")["step"] == "限期办理"
    fields = {"number": "2012-001", "kind": "建议件", "organisation": "社区党工委", "what": "长椅"}
    assert "已有同号事项" in office.refused("wujian.matter.accept", "2012-03-07", **fields)


def test_a_telephone_number_is_erased_a_month_after_the_end(office) -> None:
    from taizhang.maintenance.erasing import erase

    matter = _accepted(office, "2012-03-05", "限时件", days=5, contact="16600000001")
    for step, on, fields in STEPS:
        office.do(f"wujian.matter.{step}", on, matter=matter, **fields)
    assert office.row("wujian_matters", "2012-03-12")["contact"] == "16600000001"
    assert office.codes("2012-04-11") == []
    assert office.codes("2012-04-12") == ["wujian.contact"]
    erase(office.ws, "wujianmatter", matter, reason="办结已满 30 天")
    row = office.row("wujian_matters", "2012-03-12")
    assert (row["contact"], row["what"], row["satisfied"]) == ("〔已删除〕", "〔已删除〕", 1)
    assert office.codes("2012-12-31") == []
    office.sound()


def test_the_next_step_in_time_is_a_duty(office) -> None:
    """Due in working days: the duty and the finding go by the same computed column, at both clocks."""
    matter = _accepted(office, "2012-09-28", "限时件", days=3)

    def state(on: str, known: int | None = None) -> list[tuple[str, int | None]]:
        return office.states("wujian.matter_steps", "wujianmatter", matter, on, known)

    before = office.ws.log.head()
    assert state("2012-09-28") == [("due", None)]
    assert state("2012-10-06") == [("due_soon", None)]
    assert state("2012-10-09") == [("due_soon", None)]
    assert state("2012-10-10") == [("overdue", None)]
    fields = {"year": 2012, "holidays": "2012-09-30..10-08", "worked": "2012-09-29"}
    office.do("calendar.arrange", "2012-09-30", **fields)
    assert state("2012-10-10") == [("due_soon", None)]
    assert state("2012-10-10", before) == [("overdue", None)]
    office.do("wujian.matter.handle", "2012-10-10", matter=matter)
    assert state("2012-10-10") == [("due", None)]
    office.do("wujian.matter.withdraw", "2012-10-11", matter=matter)
    assert state("2012-10-11") == []


def test_figures_of_matters(office) -> None:
    for kind, fields in (("急办件", {}), ("建议件", {}), ("建议件", {})):
        number = f"{kind}{office.ws.log.head()}"
        matter = _accepted(office, "2012-03-05", kind, number=number, **fields)
        for step, on, given in STEPS:
            office.do(f"wujian.matter.{step}", on, matter=matter, **given)
    assert office.figure("wujian.matters", "2012-12-31") == {None: 3, "急办件": 1, "建议件": 2}
    assert office.figure("wujian.satisfied", "2012-03-31") == {None: 3}
    assert office.figure("wujian.satisfied", "2012-12-31") == {None: 0}
