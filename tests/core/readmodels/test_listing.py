"""Listings: typed items as rows, filtered, found by key, and what they open."""

from __future__ import annotations

from taizhang.readmodels.listing import (
    Column,
    Link,
    Listed,
    Made,
    Opening,
    Row,
    headed,
    printed,
    sparks,
)

PEOPLE = [("a", "王小明", 1200), ("b", "张伟", 7), ("c", "王晓敏", 30)]


def listing(text: str = "", language: str = "zh") -> Made[tuple[str, str, int]]:
    return Made(
        headed(
            language,
            ("name", "姓名|Name", 4, 8, "text", lambda p: p[1]),
            ("n", "数|Number", 4, 8, "number", lambda p: f"{p[2]:,}"),
        ),
        lambda: PEOPLE,
        lambda p: p[0],
        text=text,
        link=lambda p: Link("member", p[0]) if p[2] > 7 else None,
    )


def test_rows_are_what_the_filter_leaves_and_stand_where_they_are_shown() -> None:
    made = listing(" 王 ")
    assert made.count() == 2
    assert [row.key for row in made.page(0, 9)] == ["a", "c"]
    assert [made.index_of(key) for key in "abc"] == [0, None, 1]
    assert made.items == {"a": PEOPLE[0], "c": PEOPLE[2]}, "items are those of the rows"
    assert tuple(listing("1,2").page(0, 9)) == (Row("a", ("王小明", "1,200")),)


def test_a_row_opens_what_its_item_says() -> None:
    made = listing()
    assert isinstance(made, Opening)
    assert made.count() == 3
    assert [made.opens(key) for key in "abx"] == [Link("member", "a"), None, None]


def test_items_are_made_once_and_only_when_they_are_asked_for() -> None:
    asked: list[int] = []

    def make() -> list[str]:
        asked.append(1)
        return ["a", "b"]

    made: Made[str] = Made([(Column("k", "号"), str)], make, str)
    assert made.columns
    assert not asked
    assert (made.count(), made.page(1, 2), made.index_of("b")) == (2, (Row("b", ("b",)),), 1)
    assert len(asked) == 1


def test_a_whole_listing_is_printed_with_numbers_on_the_right() -> None:
    headings, rows, right = printed(listing(language="en"))
    assert (headings, right) == (["Name", "Number"], [False, True])
    assert rows[0] == ("王小明", "1,200")
    assert printed(Listed([Column("a", "甲")], [])) == (["甲"], [], [False])


def test_sparks_leave_a_gap_where_there_is_no_number() -> None:
    assert sparks([0, None, 8, 4]) == "▁ █▅"
    assert sparks([None, 0]) == ""
