"""Statistical tables: filled in, each row open to its events, kept as reported, and what came late."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from officekit.commands import runner
from officekit.desk import Desk

from taizhang.office.returns import filling
from taizhang.office.returns.layouts import LAYOUTS
from taizhang.words.errors import NotFound, Refused


@pytest.fixture
def branch(desk: Desk) -> Desk:
    """A committee with two branches and five members, of whom three were there before 2012."""
    desk.make("organisation.found", name="社区党委", kind="党委")
    for name in ("第一支部", "第二支部"):
        desk.make("organisation.found", name=name, kind="支部", parent="社区党委")
    desk.make("organisation.found", name="县供电局党支部", kind="外部组织")
    for name in ("甲", "乙", "丙"):
        desk.do("member.register", name=name, organisation="第一支部", stage="正式党员")
    new = {"name": "丁", "organisation": "第二支部", "stage": "预备党员"}
    desk.do("member.register", "2012-03-01", **new)
    return desk


def table(desk: Desk, year: int = 2012, **more: Any) -> dict[str, int]:
    return filling.fill(desk.ws.at(), "t1", year, **more).values


def test_every_row_follows_from_what_was_recorded(branch: Desk) -> None:
    desk = branch
    desk.do("member.leave", "2012-04-01", member="甲", how="死亡")
    desk.do("member.leave", "2012-05-01", member="乙", how="退党")
    again = {"member": "乙", "organisation": "第二支部", "how": "重新入党"}
    desk.do("member.restore", "2012-06-01", **again)
    desk.do("member.set_status", "2012-07-01", member="丙", status="停止党籍")
    now = table(desk)
    assert (now["1"], now["16"], now["17"]) == (3, 2, 0), now
    assert {row: n for row, n in now.items() if n and int(row) in range(2, 15)} == {
        "2": 2, "3": 2, "4": 1, "9": 3, "10": 1, "11": 1, "12": 1,
    }  # fmt: skip
    desk.do("member.set_status", "2012-09-01", member="丙", status="正常")
    now = table(desk)
    assert (now["5"], now["6"], now["16"], now["17"]) == (1, 1, 3, 0)
    # Seen from one branch, whoever comes from another of ours was moved in.
    desk.do("member.move", "2012-10-01", member="丙", organisation="第二支部")
    first, second = (
        filling.fill(desk.ws.at(), "T1", 2012, desk.ws.at().rows("organisations", name=n)[0]["id"])
        for n in ("第一支部", "第二支部")
    )
    assert (first.values["13"], first.values["16"], first.values["17"]) == (1, 0, 0)
    assert (second.values["7"], second.values["16"], second.values["17"]) == (1, 3, 0)
    for number in filling.fill(desk.ws.at(), "T1", 2012).numbers:
        layout = {cell.row: cell for cell in LAYOUTS[0].cells}[number.row]
        assert not layout.within or number.value <= table(desk)[layout.within]


def test_who_was_entered_without_a_cause_is_the_difference(branch: Desk) -> None:
    branch.do("member.register", "2012-06-01", name="戊", organisation="第一支部", stage="正式党员")
    now = table(branch)
    assert (now["15"], now["16"], now["17"]) == (4, 5, 1)


def test_row_1_is_what_was_reported(branch: Desk) -> None:
    desk = branch
    filling.pin(desk.ws, "T1", 2011, None)
    assert table(desk, 2011)["16"] == 3
    # Recorded late: one had died in the year that is reported.
    desk.do("member.leave", "2011-11-01", member="甲", how="死亡")
    assert table(desk, 2011)["16"] == 2
    assert table(desk)["1"] == 3
    assert table(desk)["17"] == -1
    came = filling.late(desk.ws.at(), "T1", 2011)
    assert [(row.row, row.reported, row.now) for row in came] == [
        ("9", 0, 1), ("12", 0, 1), ("15", 3, 2), ("16", 3, 2),
    ]  # fmt: skip
    with pytest.raises(NotFound, match="没有上报过"):
        filling.late(desk.ws.at(), "T1", 2010)
    with pytest.raises(Refused, match="还没有开始"):
        filling.fill(desk.ws.at(), "T1", 2013)
    with pytest.raises(NotFound, match="没有统计表 T99"):
        filling.fill(desk.ws.at(), "T99", 2012)


def test_the_command(demo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The demonstration: 958 and 30 less 17 are 971; each cell opens who is behind it."""
    tz = runner(shutil.copytree(demo, tmp_path / "store"), capsys)
    rows = tz("statistics", "T1", "--year", "2012")
    assert set(rows[0]) == {"row", "label", "value"}
    values = {row["row"]: row["value"] for row in rows}
    wanted = {"1": 958, "2": 30, "3": 9, "7": 21, "9": 17, "12": 4, "13": 13, "16": 971, "17": 0}
    assert {row: values[row] for row in wanted} == wanted
    assert len(values) == 17
    died = tz("statistics", "T1", "--year", "2012", "--row", "12")
    assert len(died) == 4
    assert all(line["name"] and line["day"].startswith("2012") for line in died)
    assert len(tz("statistics", "T1", "--year", "2012", "--row", "2")) == 30
    tz("statistics", "pin", "T1", "--year", "2011")
    assert len(tz("show", "statistics_pins", "--limit", "50")) == 17
    assert tz("statistics", "late", "T1", "--year", "2011") == []
