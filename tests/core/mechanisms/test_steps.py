"""Steps: order, guards in the fold, due dates at both clocks, findings."""

from __future__ import annotations

from datetime import date

import pytest

from taizhang.api import ByField, Name, Programme, Row, Step, WorkingDays, field, steps
from taizhang.duties.board import STATES, people, windows_of
from taizhang.words.errors import Dependents, NeedsReason


def test_a_life_goes_through_its_steps(counter) -> None:
    id = counter.ticket("2012-03-01", "急件")
    seen = [counter.row("2012-03-01", id)]
    for action, on, fields in (
        ("make", "2012-03-02", {"note": "乙"}),
        ("serve", "2012-03-05", {}),
        ("follow", "2012-03-06", {"good": "是"}),
    ):
        counter.do(f"ticket.{action}", on, ticket=id, **fields)
        seen.append(counter.row(on, id))
    assert [(r["step"], r["taken"], r["awaits"]) for r in seen] == [
        ("接单", "2012-03-01", "制作"),
        ("制作", "2012-03-02", "送达"),
        ("送达", "2012-03-05", "回访"),
        ("回访", "2012-03-06", None),
    ]
    assert [r["due"] for r in seen] == ["2012-03-02", "2012-03-04", "2012-03-12", None]
    assert (seen[0]["note"], seen[1]["note"], seen[0]["good"], seen[3]["good"]) == (
        "甲",
        "乙",
        None,
        1,
    )
    counter.sound()


def test_a_step_out_of_order_is_refused(counter) -> None:
    id = counter.ticket("2012-03-01")
    assert counter.refused("ticket.serve", "2012-03-02", ticket=id) == (
        "当日的下一步是“制作”，不能“送达”"
    )
    assert "还不存在" in counter.refused("ticket.make", "2012-02-28", ticket=id)
    counter.do("ticket.make", "2012-03-05", ticket=id)
    assert "不能“制作”" in counter.refused("ticket.make", "2012-03-06", ticket=id)
    # On that day the next step is this one, but the one that was taken since could not follow.
    assert "不合次序" in counter.refused("ticket.make", "2012-03-03", ticket=id)


def test_a_step_that_is_void_takes_the_later_ones_along_or_stays(counter) -> None:
    id = counter.ticket("2012-03-01")
    made = counter.do("ticket.make", "2012-03-02", ticket=id).seq[0]
    later = [
        counter.do("ticket.serve", "2012-03-03", ticket=id).seq[0],
        counter.do("ticket.follow", "2012-03-04", ticket=id, good="否").seq[0],
    ]
    with pytest.raises(Dependents) as refusal:
        counter.ws.void(made, reason="误录")
    assert {f.src for f in refusal.value.findings} == set(later)
    assert counter.row("2012-12-31", id)["step"] == "回访"
    counter.ws.void(made, reason="误录", cascade=True)
    assert counter.row("2012-12-31", id)["step"] == "接单"
    counter.sound()


def test_a_step_cannot_be_corrected_to_a_day_after_the_next(counter) -> None:
    id = counter.ticket("2012-03-01")
    made = counter.do("ticket.make", "2012-03-02", ticket=id).seq[0]
    counter.do("ticket.serve", "2012-03-05", ticket=id)
    with pytest.raises(Dependents, match="不合次序"):
        counter.ws.correct(made, on="2012-03-06", reason="日期录错")
    counter.ws.correct(made, on="2012-03-04", reason="日期录错")
    assert counter.row("2012-03-03", id)["step"] == "接单"
    counter.sound()


def test_steps_of_one_day_stand_in_their_order(counter) -> None:
    id = counter.ticket("2012-03-01")
    for action in ("make", "serve"):
        counter.do(f"ticket.{action}", "2012-03-01", ticket=id)
    assert counter.row("2012-03-01", id)["step"] == "送达"
    counter.sound()


def test_stopped_before_the_time(counter) -> None:
    id = counter.ticket("2012-03-01", "急件")
    counter.do("ticket.cancel", "2012-03-02", ticket=id)
    row = counter.row("2012-12-31", id)
    assert (row["step"], row["awaits"], row["due"]) == ("取消", None, None)
    assert counter.refused("ticket.make", "2012-03-03", ticket=id) == (
        "已于 2012-03-02 取消，不能再制作"
    )
    assert "不能再取消" in counter.refused("ticket.cancel", "2012-03-03", ticket=id)
    assert counter.codes("2012-12-31") == []
    counter.sound()


def test_what_was_taken_back_after_its_last_step_keeps_every_day(counter) -> None:
    """Of three offers of a year one is revoked: as known before there were three."""
    days = ("2012-03-01", "2012-04-01", "2012-05-01")
    for on in days:
        counter.do("offer.draft", on, name=on, unit="县供电局")
        counter.do("offer.announce", on, offer=on)
    counter.do("offer.draft", "2012-06-01", name="丁", unit="县供电局")
    assert "当日的下一步是“张贴”" in counter.refused("offer.revoke", "2012-06-02", offer="丁")
    counter.do("offer.revoke", "2012-11-20", offer=days[1])
    before = counter.ws.log.head() - 1
    (row,) = counter.ws.at("2012-12-31").rows("shop_offers", name=days[1])
    kept = ("step", "drafted_on", "announced_on", "revoked_on")
    assert tuple(row[name] for name in kept) == ("撤回", days[1], days[1], "2012-11-20")
    assert "不能再撤回" in counter.refused("offer.revoke", "2012-11-21", offer=days[1])

    def state(on: str, known: int | None = None) -> tuple[str, int | None]:
        (line,) = people(counter.ws.at(on, known), windows_of(counter.ws.at(on, known), ["few"], date.fromisoformat(on))[0], states=tuple(STATES))  # fmt: skip
        return line.state, line.value

    assert state("2012-10-15") == ("exceeded", 3)
    assert state("2012-12-31") == ("done", 2)
    assert state("2012-12-31", before) == ("exceeded", 3)
    assert state("2013-01-31") == ("done", 0)
    counter.sound()


@pytest.mark.parametrize(
    ("kind", "fields", "due"),
    [
        ("急件", {}, "2012-09-29"),
        ("限件", {"days": 3}, "2012-10-09"),
        ("诺件", {"promised": "2012-10-01"}, "2012-10-01"),
        ("散件", {}, None),
        ("月件", {}, "2012-11-01"),
    ],
)
def test_every_kind_has_its_own_due_date(counter, kind: str, fields, due: str | None) -> None:
    """2012-09-28 is a Friday; 09-29 was worked, 09-30 to 10-07 was holiday."""
    id = counter.ticket("2012-09-28", kind, **fields)
    assert counter.due("2012-09-28", id) == due
    counter.sound()


def test_what_the_due_date_needs_is_asked_for(counter) -> None:
    assert "须填写“工作日”才有期限" in counter.refused(
        "ticket.take", "2012-03-01", name="一", kind="限件"
    )
    assert "须填写“承诺日”才有期限" in counter.refused(
        "ticket.take", "2012-03-01", name="一", kind="诺件", days=3
    )
    id = counter.ticket("2012-03-01", "限件", days=3)
    taken = counter.row("2012-03-01", id)["src"]
    with pytest.raises(Exception, match="须填写“承诺日”"):
        counter.ws.correct(taken, {"kind": "诺件"}, reason="类别录错")


def test_what_is_late_is_found_from_the_next_day_on(counter) -> None:
    id = counter.ticket("2012-09-28", "限件", days=3)
    assert counter.codes("2012-10-09") == []
    assert counter.codes("2012-10-10") == ["shop.ticket-overdue"]
    # Doing it late asks for no reason: it mends what was found.
    counter.do("ticket.make", "2012-10-11", ticket=id)
    assert counter.codes("2012-10-11") == []
    assert counter.codes("2012-10-10") == ["shop.ticket-overdue"]
    with pytest.raises(NeedsReason, match="已过期限"):
        counter.ticket("2012-10-11", "诺件", promised="2012-10-01")


def test_a_due_date_moves_with_the_calendar_as_known_from_then_on(counter) -> None:
    id = counter.ticket("2012-09-28", "限件", days=3)
    before = counter.ws.log.head()
    fields = {"year": 2012, "holidays": "2012-09-30..10-08", "worked": "2012-09-29"}
    counter.ws.record("calendar.arrange", fields, on="2012-09-30")
    assert counter.due("2012-12-31", id) == "2012-10-10"
    assert counter.due("2012-12-31", id, before) == "2012-10-09"
    # It was published on 09-30: what could be said on the 29th is what was right then.
    assert counter.due("2012-09-29", id) == "2012-10-09"
    counter.sound()


def test_without_an_arranged_year_there_is_no_due_date(counter) -> None:
    taken = {"name": "甲", "kind": "限件", "days": 3}
    with pytest.raises(NeedsReason, match=r"calendar\.seed"):
        counter.ws.record("shop.ticket.take", taken, on="2027-01-04")
    done = counter.ws.record("shop.ticket.take", taken, on="2027-01-04", reason="尚未公布")
    id = done.ids["shopticket"]
    assert counter.due("2027-01-04", id) is None
    assert counter.codes("2027-03-01") == ["shop.ticket-undated"]
    fields = {"year": 2027, "holidays": "2027-01-01..01-03"}
    counter.ws.record("calendar.arrange", fields, on="2027-01-05")
    assert counter.due("2027-01-05", id) == "2027-01-07"
    assert counter.codes("2027-01-05") == []


def test_the_count_comes_through_two_years_or_not_at_all(counter) -> None:
    id = counter.ticket("2012-12-28", "限件", days=3)
    assert counter.due("2012-12-28", id) == "2013-01-05"
    counter.ws.void(
        counter.ws.at("2012-12-28").rows("calendar_years", year=2013)[0]["src"],
        reason="未公布",
        cascade=True,
    )
    assert counter.due("2012-12-28", id) is None


def test_the_due_date_is_a_column_like_others(counter) -> None:
    from taizhang.readmodels.tables import Asked, conditions, displayed

    id = counter.ticket("2012-09-28", "限件", days=3)
    counter.ticket("2012-09-28", "急件")
    ledger = counter.ws.at("2012-09-28")
    table = counter.ws.registry.table("shop_tickets")
    rows = Asked(table, conditions(ledger, table, ["due=2012年10月9日"])).rows(ledger)
    assert [r["id"] for r in rows] == [id]
    headers, cells, _ = displayed(ledger, table, rows)
    assert cells[0][headers.index("期限")] == "2012-10-09"


class BareRow(Row):
    """Less than the steps below ask for."""

    name: Name = field("名称|Name")


@pytest.mark.parametrize(
    "second",
    [
        Step("make", "制作|Made", asks=("colour",)),
        Step("make", "制作|Made", asks=("name",)),
        Step("make", "制作|Made", due=WorkingDays("days")),
        Step("make", "制作|Made", due=ByField("promised")),
    ],
)
def test_steps_of_fields_that_are_not_there_are_refused(second: Step) -> None:
    programme, first = Programme("bare"), Step("take", "收|Taken")
    with pytest.raises(TypeError, match="BareRow"):
        steps(programme, "thing", "物|Things", BareRow, (first, second), prefix="b")
