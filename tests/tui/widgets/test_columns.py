"""Columns: as wide as what they show, growing only, moved sideways whole."""

from hypothesis import given
from hypothesis import strategies as st

from taizhang.readmodels.listing import Column, Row
from taizhang_tui.widgets.columns import GAP, GUTTER, Widths, first_to_show, hidden_right, places

THREE = (Column("a", "姓名"), Column("b", "支部", most=6), Column("c", "分", kind="number"))


def test_content_sets_the_widths_and_labels_their_least() -> None:
    widths = Widths(THREE)
    assert widths.fit(80) == [4, 4, 2]
    widths.see([Row("1", ("欧阳小明", "支", "12:30"))])
    assert widths.fit(80) == [8, 4, 5]
    widths.see([Row("2", ("王", "", ""))])
    assert widths.fit(80) == [8, 4, 5]


def test_a_name_is_cut_only_where_there_is_no_room() -> None:
    widths = Widths(THREE)
    widths.see([Row("1", ("王", "天桥第一支部", "1"))])
    assert widths.fit(80)[1] == 12
    assert widths.fit(GUTTER + 4 + 6 + 2 + 3 * GAP)[1] == 6


def test_an_endless_text_does_not_take_all() -> None:
    widths = Widths(THREE)
    widths.see([Row("1", ("王", "长" * 1000, "1"))])
    assert widths.fit(500)[1] == 12


def test_the_last_column_may_end_at_the_edge() -> None:
    widths = [4, 4, 2]
    shown = places(widths, 1, GUTTER + 4 + 4 + 2 + 2 * GAP)
    assert [place.column for place in shown] == [0, 1, 2]
    assert not hidden_right(widths, shown)
    assert hidden_right(widths, places(widths, 1, 12))


@given(st.lists(st.integers(2, 30), min_size=1, max_size=9), st.integers(10, 90), st.data())
def test_sideways_every_column_can_be_seen_beside_the_first(
    wanted: list[int], room: int, data: st.DataObject
) -> None:
    widths = [min(wanted[0], max(8, room // 2)), *wanted[1:]]
    column = data.draw(st.integers(0, len(widths) - 1))
    first = first_to_show(widths, column, 1, room)
    shown = {place.column: place for place in places(widths, first, room)}
    assert 0 in shown
    assert all(place.x + place.width <= room for place in shown.values())
    free = room - GUTTER - widths[0] - GAP
    if column and widths[column] <= free:
        assert shown[column].width == widths[column]
