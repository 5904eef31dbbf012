"""Ratings: one word of each rater for a period, on a scale, corrected like everything; never of persons."""

from __future__ import annotations

import pytest

from taizhang.api import Member, Programme, Text, Unit, ratings
from taizhang.declarations.kinds import Bad
from taizhang.mechanisms.ratings import PeriodKind


def test_a_rater_says_it_once_for_a_period(counter) -> None:
    said = {"supplier": "县供电局", "rater": "第一支部"}
    seq = counter.do("supplier.rate", "2012-12-20", period="2012年", grade=3, **said).seq[0]
    refusal = counter.refused("supplier.rate", "2012-12-21", period="2012", grade=5, **said)
    assert refusal == f"2012 已经评过（#{seq}），有误请更正那一条"
    before = counter.ws.log.head()
    counter.ws.correct(seq, {"grade": 5}, reason="录错")
    counter.do("supplier.rate", "2012-12-21", period="2011", grade=4, **said)
    grades = "SELECT period, grade FROM shop_supplier_ratings ORDER BY period"
    rows = [tuple(r.values()) for r in counter.ws.at("2012-12-31").query(grades)]
    assert rows == [("2011", 4), ("2012", 5)]
    assert counter.ws.at("2012-12-31", before).value(grades + " LIMIT 1") == "2012"
    assert counter.ws.at("2012-12-31", before).rows("shop_supplier_ratings")[0]["grade"] == 3
    counter.sound()


@pytest.mark.parametrize("grade", [0, 6])
def test_a_scale_has_two_ends(counter, grade: int) -> None:
    fields = {"supplier": "县供电局", "rater": "第一支部", "period": "2012"}
    assert "不得" in counter.refused("supplier.rate", grade=grade, **fields)


def test_grades_may_have_names(counter) -> None:
    id = counter.ticket("2012-03-01")
    fields = {"ticket": id, "rater": "第一支部", "period": "2012年第一季度"}
    assert "应为 好、差 之一" in counter.refused("ticket.rate", "2012-04-01", grade="中", **fields)
    counter.do("ticket.rate", "2012-04-01", grade="Good", **fields)
    (row,) = counter.ws.at("2012-04-01").rows("shop_ticket_ratings")
    assert (row["period"], row["grade"]) == ("2012Q1", "好")
    counter.sound()


def test_persons_are_not_rated() -> None:
    with pytest.raises(TypeError, match="not persons"):
        ratings(Programme("bare"), "member", "党员|Member", Member, scale=(1, 5))
    with pytest.raises(TypeError, match="not persons"):
        ratings(Programme("bare"), "word", "词|Word", Text, scale=(1, 5))
    ratings(Programme("bare"), "unit", "单位|Unit", Unit, scale=(1, 5))


@pytest.mark.parametrize(
    ("per", "text", "stored"),
    [
        ("year", "2012", "2012"),
        ("year", " ２０１２年 ", "2012"),
        ("half-year", "2012年下半年", "2012H2"),
        ("half-year", "2012h1", "2012H1"),
        ("quarter", "2012年第三季度", "2012Q3"),
        ("quarter", "2012 Q4", "2012Q4"),
        ("month", "2012-6", "2012-06"),
        ("month", "2012年12月", "2012-12"),
    ],
)
def test_periods_as_people_write_them(per: str, text: str, stored: str) -> None:
    kind = PeriodKind(per)  # type: ignore[arg-type]
    assert kind.parse(text) == stored
    assert kind.parse(stored) == stored


@pytest.mark.parametrize(
    ("per", "text"),
    [
        ("year", "12"),
        ("year", "2012Q1"),
        ("half-year", "2012"),
        ("half-year", "2012H3"),
        ("quarter", "2012Q5"),
        ("quarter", "2012"),
        ("month", "2012-13"),
        ("month", "2012"),
    ],
)
def test_what_is_no_period(per: str, text: str) -> None:
    with pytest.raises(Bad, match="应写成"):
        PeriodKind(per).parse(text)  # type: ignore[arg-type]
