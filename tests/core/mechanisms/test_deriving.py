"""A deed of a row: the same fields, asked for as an action asks."""

from __future__ import annotations

from taizhang.declarations.fields import specs


def test_a_deed_of_a_row_is_recorded_as_it_stands(counter) -> None:
    counter.do("wish.make", "2012-03-01", member="甲", what="一架梯子", times="2")
    (row,) = counter.ws.at("2012-03-01").rows("shop_wishes")
    assert (row["what"], row["times"]) == ("一架梯子", 2)
    assert "不得小于 1" in counter.refused("wish.make", member="甲", what="灯", times=0)
    assert "必填" in counter.refused("wish.make", member="甲")
    counter.sound()


def test_a_row_may_keep_who_has_gone_but_a_deed_asks_for_who_is_there(counter) -> None:
    counter.do("wish.make", "2012-03-01", member="甲", what="灯")
    counter.ws.record("member.leave", {"member": "甲", "how": "退党"}, on="2012-06-01")
    assert "没有名为" in counter.refused("wish.make", "2012-07-01", member="甲", what="灯")
    assert len(counter.ws.at("2012-07-01").rows("shop_wishes")) == 1
    deed = counter.ws.registry.actions["shop.wish.make"].type
    assert not specs(deed)["member"].ended
    counter.sound()
