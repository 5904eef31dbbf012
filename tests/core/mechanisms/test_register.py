"""Registers and accounts of a programme of its own: opened, changed, closed; balances that never fall too low."""

from __future__ import annotations

from typing import Any

import pytest

from taizhang.words.errors import Dependents


def circulars(counter, on: str, known: int | None = None) -> list[tuple[Any, ...]]:
    rows = counter.ws.at(on, known).rows("shop_circulars")
    return [(row["name"], row["copies"], row["about"]) for row in rows]


def test_one_is_opened_changed_and_closed(counter) -> None:
    made = counter.do("circular.open", "2012-03-01", name="甲", member="甲", about="迟到", copies=2)
    assert [e.type for e in made.events] == ["shop.circular_opened@1"]
    before = counter.ws.log.head()
    counter.do("circular.change", "2012-04-01", circular="甲", copies=3)
    assert circulars(counter, "2012-03-31") == [("甲", 2, "迟到")]
    assert circulars(counter, "2012-04-01") == [("甲", 3, "迟到")]
    assert circulars(counter, "2012-04-01", before) == [("甲", 2, "迟到")]
    assert "没有变化" in counter.refused("circular.change", "2012-05-01", circular="甲", copies=3)
    assert "没有要变更" in counter.refused("circular.change", "2012-05-01", circular="甲")
    assert "不能是 13" in counter.refused("circular.change", "2012-05-01", circular="甲", copies=13)
    closed = counter.do("circular.recall", "2012-06-01", circular="甲").seq[0]
    assert circulars(counter, "2012-06-01") == []
    assert "没有" in counter.refused("circular.change", "2012-07-01", circular="甲", copies=9)
    counter.ws.void(closed, reason="没有收回")
    assert circulars(counter, "2012-06-01") == [("甲", 3, "迟到")]
    counter.sound()


def test_what_is_recorded_late_takes_its_place(counter) -> None:
    counter.do("circular.open", "2012-03-01", name="甲", copies=2)
    counter.do("circular.change", "2012-06-01", circular="甲", copies=5)
    counter.do("circular.change", "2012-04-01", circular="甲", name="乙")
    assert circulars(counter, "2012-05-01") == [("乙", 2, "")]
    assert circulars(counter, "2012-06-01") == [("乙", 5, "")]
    with pytest.raises(Dependents):
        counter.ws.void(counter.ws.log.head() - 2, reason="没有发")
    counter.sound()


def test_a_name_is_borne_once_on_a_day(counter) -> None:
    counter.do("circular.open", "2012-03-01", name="甲")
    assert "已有同名的通报" in counter.refused("circular.open", "2012-04-01", name="甲")
    counter.do("circular.recall", "2012-05-01", circular="甲")
    counter.do("circular.open", "2012-05-01", name="甲")
    counter.sound()


def balance(counter, on: str, known: int | None = None) -> int:
    (row,) = counter.ws.at(on, known).rows("shop_tills")
    return int(row["balance"])


def test_a_balance_is_of_its_day_and_never_below_the_floor(counter) -> None:
    counter.do("till.open", "2012-01-04", name="钱箱", floor=5)
    counter.do("till.receive", "2012-02-01", till="钱箱", kind="卖货", amount="100.50")
    counter.do("till.spend", "2012-03-01", till="钱箱", kind="进货", amount=90)
    before = counter.ws.log.head()
    assert balance(counter, "2012-02-15") == 100_500
    assert balance(counter, "2012-03-15") == 10_500
    late = {"till": "钱箱", "kind": "进货", "amount": 6}
    assert "2012-03-01 的余额将为 4.5，低于下限 5" in counter.refused(
        "till.spend", "2012-02-10", **late
    )
    counter.do("till.spend", "2012-02-10", **{**late, "amount": "5.5"})
    assert balance(counter, "2012-02-15") == 95_000
    assert balance(counter, "2012-02-15", before) == 100_500
    assert "最多两位小数" in counter.refused(
        "till.spend", "2012-03-02", **{**late, "amount": "0.005"}
    )
    first = before - 1
    with pytest.raises(Dependents, match="余额将为"):
        counter.ws.void(first, reason="没有卖")
    with pytest.raises(Dependents, match="余额将为"):
        counter.ws.correct(first, {"amount": 90}, reason="少了")
    counter.sound()
