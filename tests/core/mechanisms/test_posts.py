"""Posts: what was published, listed and held, side by side; claims and holders."""

from __future__ import annotations

from typing import Any

import pytest

from taizhang.words.errors import Dependents


def numbers(counter, on: str, known: int | None = None) -> tuple[Any, ...]:
    (row,) = counter.ws.at(on, known).rows("shop_job_catalogues")
    return (row["stated"], row["listed"], row["held"], row["holders"])


def test_stated_listed_and_held_stand_side_by_side(counter) -> None:
    counter.do("job.publish", "2012-01-04")
    assert numbers(counter, "2012-01-04") == (5, 2, 0, 0)
    (row,) = counter.ws.at("2012-01-04").rows("shop_job_catalogues")
    assert (row["name"], row["source"]) == ("岗位", "章程")
    counter.do("job.list", "2012-02-01", name="收银")
    counter.do("job.claim", "2012-03-01", job="看店", member="甲")
    before = counter.ws.log.head()
    counter.do("job.claim", "2012-03-01", job="看店", member="乙")
    counter.do("job.claim", "2012-04-01", job="收银", member="乙")
    assert numbers(counter, "2012-01-31") == (5, 2, 0, 0)
    assert numbers(counter, "2012-03-01") == (5, 3, 1, 2)
    assert numbers(counter, "2012-03-01", before) == (5, 3, 1, 1)
    assert numbers(counter, "2012-04-01") == (5, 3, 2, 2)
    counter.do("job.release", "2012-05-01", job="看店", member="甲")
    counter.do("job.release", "2012-05-01", job="看店", member="乙")
    assert numbers(counter, "2012-05-01") == (5, 3, 1, 1)
    counter.sound()


def test_publishing_again_lists_no_post_twice(counter) -> None:
    counter.do("job.publish", "2012-01-04")
    counter.do("job.publish", "2012-06-01", stated=6, source="新章程")
    assert numbers(counter, "2012-05-31")[:2] == (5, 2)
    assert numbers(counter, "2012-06-01")[:2] == (6, 2)
    assert "已有同名岗位" in counter.refused("job.list", "2012-06-01", name="看店")


def test_a_post_is_claimed_once_and_released_by_who_holds_it(counter) -> None:
    counter.do("job.publish")
    counter.do("job.claim", "2012-03-01", job="看店", member="甲")
    assert "已在这个岗位上" in counter.refused("job.claim", "2012-03-02", job="看店", member="甲")
    assert "不在这个岗位上" in counter.refused("job.release", "2012-03-02", job="看店", member="乙")
    assert "还有 1 人" in counter.refused("job.drop", "2012-03-02", job="看店")
    counter.do("job.release", "2012-03-03", job="看店", member="甲")
    counter.do("job.drop", "2012-03-04", job="看店")
    assert [r["name"] for r in counter.ws.at("2012-03-04").rows("shop_jobs")] == ["送货"]
    counter.sound()


def test_a_post_does_not_end_under_who_claimed_it_since(counter) -> None:
    counter.do("job.publish")
    counter.do("job.claim", "2012-03-10", job="看店", member="甲")
    assert "任岗仍在其中" in counter.refused("job.drop", "2012-03-05", job="看店")


def test_some_posts_have_one_holder(counter) -> None:
    counter.do("chair.publish")
    first = counter.do("chair.claim", "2012-03-01", chair="店长", member="甲").seq[0]
    assert "已有人" in counter.refused("chair.claim", "2012-03-02", chair="店长", member="乙")
    # Recorded late: nobody held it on that day, but somebody does since.
    assert "同时有两人" in counter.refused("chair.claim", "2012-02-01", chair="店长", member="乙")
    released = counter.do("chair.release", "2012-05-01", chair="店长", member="甲").seq[0]
    counter.do("chair.claim", "2012-05-01", chair="店长", member="乙")
    with pytest.raises(Dependents, match="同时有两人"):
        counter.ws.correct(released, on="2012-06-01", reason="日期录错")
    with pytest.raises(Dependents, match="同时有两人"):
        counter.ws.void(released, reason="误录")
    counter.ws.correct(first, on="2012-04-01", reason="日期录错")
    counter.sound()


def test_who_leaves_the_party_leaves_the_post_with_it(counter) -> None:
    counter.do("job.publish")
    counter.do("job.claim", "2012-03-01", job="看店", member="甲")
    done = counter.ws.record("member.leave", {"member": "甲", "how": "退党"}, on="2012-06-01")
    assert [e.name.rpartition(".")[2] for e in done.events] == ["job_released", "left"]
    assert (
        counter.ws.at("2012-06-01").rows(f"{done.events[0].name.partition('.')[0]}_job_holders")
        == []
    )
    counter.sound()
