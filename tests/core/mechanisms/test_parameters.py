"""Parameters: the value of the day of the act, published or decided, at both clocks."""

from __future__ import annotations

from datetime import date

import pytest

from taizhang.api import Programme
from taizhang.mechanisms.parameters import Parameter, as_published, parameters


def struck(counter, on: str, who: str = "熟客") -> int:
    counter.do("bargain.strike", on, who=who)
    row = counter.ws.at(on).rows("shop_bargains", who=who)[-1]
    return int(row["rebate"])


def test_the_value_of_the_day_of_the_act_holds(counter) -> None:
    assert struck(counter, "2012-05-01") == 2500
    assert struck(counter, "2013-05-01") == 3000
    assert "没有折扣" in counter.refused("bargain.strike", "2012-05-01", who="生客")
    assert "没有折扣" in counter.refused("bargain.strike", "2011-12-31", who="熟客")
    own = {"name": "折扣", "of": "熟客", "value": "4.5", "source": "店务会"}
    decided = counter.do("parameter.set", "2012-07-01", **own).seq[0]
    assert struck(counter, "2012-06-30") == 2500
    assert struck(counter, "2012-07-01") == 4500
    assert struck(counter, "2013-05-02") == 4500
    counter.do("parameter.unset", "2012-09-01", name="折扣", of="熟客")
    assert struck(counter, "2012-09-01") == 2500
    rows = counter.ws.at("2012-08-01").rows("shop_parameters")
    assert [(r["name"], r["of"], r["value"], r["source"]) for r in rows] == [
        ("折扣", "熟客", 4500, "店务会")
    ]
    assert counter.ws.at("2012-08-01", decided - 1).rows("shop_parameters") == []
    assert counter.ws.at("2012-09-01").rows("shop_parameters") == []
    counter.sound()


def test_what_is_out_of_bounds_is_refused(counter) -> None:
    own = {"name": "折扣", "of": "熟客", "value": "51", "source": "店务会"}
    assert "值应在 0 与 50 之间" in counter.refused("parameter.set", "2012-07-01", **own)
    assert "适用范围应为 熟客、生客 之一" in counter.refused(
        "parameter.set", "2012-07-01", **{**own, "of": "路人", "value": "5"}
    )
    assert "没有另行规定" in counter.refused(
        "parameter.unset", "2012-07-01", name="折扣", of="熟客"
    )
    assert counter.refused("parameter.set", "2012-07-01", **{**own, "name": "别的", "value": 1})
    with pytest.raises(TypeError, match="twice"):
        parameters(Programme("twice"), (Parameter("甲|A"), Parameter("甲|B")))
    value = as_published(1, date(2012, 1, 1), of="丙")
    with pytest.raises(TypeError, match="no class"):
        parameters(Programme("strange"), (Parameter("甲|A", [value], classes=("丁",)),))
