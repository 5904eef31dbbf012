"""Places: branches answer for grids, one group for each building (R27)."""

from __future__ import annotations

import pytest

from taizhang.office.places import without_group
from taizhang.words.errors import Dependents

Tree = dict[str, str]


def test_a_grid_has_several_branches(desk, tree: Tree) -> None:
    grid = desk.make("place.register", name="第一网格", kind="网格")
    for branch in ("一", "二"):
        desk.do("place.link", place=grid, organisation=tree[branch])
    assert len(desk.rows("place_links", "2010-01-01", place=grid)) == 2
    assert desk.refused("place.link", place=grid, organisation=tree["组"]) == "网格由支部承包"
    assert "已承包" in desk.refused("place.link", place=grid, organisation=tree["一"])
    desk.do("place.unlink", "2011-01-01", place=grid, organisation=tree["一"])
    assert "没有承包" in desk.refused(
        "place.unlink", "2011-01-02", place=grid, organisation=tree["一"]
    )
    desk.sound()


def test_a_building_has_one_group(desk, tree: Tree) -> None:
    grid = desk.make("place.register", name="第一网格", kind="网格")
    house = desk.make("place.register", name="1栋", kind="楼栋", parent=grid)
    other = desk.organisation("第二党小组", "党小组", tree["一"])
    assert [r["id"] for r in without_group(desk.at("2010-01-01"))] == [house]
    assert desk.refused("place.link", place=house, organisation=tree["一"]) == "楼栋由党小组承包"
    first = desk.do("place.link", "2010-02-01", place=house, organisation=tree["组"])
    assert without_group(desk.at("2010-02-01")) == []
    relink = desk.do("place.link", "2011-02-01", place=house, organisation=other)
    assert [e.name for e in relink.events] == ["place.unlinked", "place.linked"]
    assert desk.value("place_links", "organisation", "2011-01-31", place=house) == tree["组"]
    assert desk.value("place_links", "organisation", "2011-02-01", place=house) == other
    # Linked late, between the two: the former link would go on beside the new one.
    third = desk.organisation("第三党小组", "党小组", tree["一"])
    assert "两个党小组" in desk.refused("place.link", "2010-06-01", place=house, organisation=third)
    with pytest.raises(Dependents, match=r"同一操作|两个党小组"):
        desk.ws.void(relink.seq[0], reason="误录")
    assert first.seq
    desk.sound()


def test_places_stand_in_grids_only(desk, tree: Tree) -> None:
    grid = desk.make("place.register", name="第一网格", kind="网格")
    house = desk.make("place.register", name="1栋", kind="楼栋", parent=grid)
    for kind, parent in (("网格", grid), ("楼栋", house)):
        assert "设在网格之内" in desk.refused(
            "place.register", name="别处", kind=kind, parent=parent
        )
    assert desk.refused("place.close", "2011-01-01", place=grid) == "网格内还有 1 处场所"
    desk.do("place.link", place=house, organisation=tree["组"])
    desk.do("place.close", "2011-01-01", place=house)
    desk.do("place.close", "2011-01-01", place=grid)
    assert desk.rows("place_links", "2011-01-01") == []
    desk.sound()


def test_names_are_unique_within_a_grid(desk, tree: Tree) -> None:
    one = desk.make("place.register", name="第一网格", kind="网格")
    two = desk.make("place.register", name="第二网格", kind="网格")
    desk.make("place.register", name="1栋", kind="楼栋", parent=one)
    desk.make("place.register", name="1栋", kind="楼栋", parent=two)
    assert "同名场所" in desk.refused("place.register", name="1栋", kind="楼栋", parent=one)
    assert "同名场所" in desk.refused("place.register", name="第一网格", kind="网格")
