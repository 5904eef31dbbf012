"""Categories of anything: one of each scheme at a time, at both clocks; never of persons."""

from __future__ import annotations

from typing import Any

import pytest

from taizhang.api import Member, Organisation, Programme, Text, categories


def kinds(counter, on: str, known: int | None = None) -> set[tuple[Any, ...]]:
    rows = counter.ws.at(on, known).rows("shop_supplier_kinds")
    return {(row["scheme"], row["category"]) for row in rows}


def test_one_category_of_each_scheme_at_a_time(counter) -> None:
    of = {"supplier": "县供电局"}
    counter.do("supplier.sort", "2012-03-01", scheme="规模", category="大", **of)
    counter.do("supplier.sort", "2012-03-01", scheme="远近", category="近", **of)
    before = counter.ws.log.head()
    counter.do("supplier.sort", "2012-05-01", scheme="规模", category="小", **of)
    assert kinds(counter, "2012-04-30") == {("规模", "大"), ("远近", "近")}
    assert kinds(counter, "2012-05-01") == {("规模", "小"), ("远近", "近")}
    assert kinds(counter, "2012-05-01", before) == {("规模", "大"), ("远近", "近")}
    counter.do("supplier.unsort", "2012-06-01", scheme="远近", **of)
    assert kinds(counter, "2012-06-01") == {("规模", "小")}
    assert "规模的类别有大、小" in counter.refused(
        "supplier.sort", "2012-06-01", scheme="规模", category="近", **of
    )
    counter.sound()


def test_persons_are_not_sorted_by_programmes() -> None:
    schemes = {"好坏|Quality": ("好|Good", "坏|Bad")}
    for subject in (Member, Text):
        with pytest.raises(TypeError, match="of things"):
            categories(Programme("bare"), "one", "一个|One", subject, schemes)
    with pytest.raises(TypeError, match="no category"):
        categories(Programme("bare"), "one", "一个|One", Organisation, {"空|Empty": ()})
