"""Layouts of statistical tables (统计表式) by edition: rows, and where their numbers come from (G.statistics).

Layouts change from year to year, so they are data: an edition holds for the years from its first on, until the next one.
"""

from __future__ import annotations

from typing import NamedTuple


class LayoutCell(NamedTuple):
    """A row of a table: ``plus`` and ``minus`` name flows of the balance of members, or other rows by their number.

    ``of`` says of which kind: ``flow``, ``row``, or one of ``opening`` and ``closing``, the stock at either end.
    """

    row: str
    label: str
    of: str
    plus: tuple[str, ...] = ()
    minus: tuple[str, ...] = ()
    within: str = ""
    """The row of which it is a part (其中); it can be no larger."""


class Layout(NamedTuple):
    """A table: its name, from which year on it has these rows, and the balance that they are counted by."""

    name: str
    label: str
    edition: str
    since: int
    balance: str
    cells: tuple[LayoutCell, ...]
    source: str = "G.statistics"


OTHERS_IN, OTHERS_OUT = "内部其他组织转来", "转往内部其他组织"

T1 = Layout(
    "T1",
    "党员数量变化情况|Changes in the number of members",
    "2016",
    0,
    "year.members",
    (
        LayoutCell("1", "上年底总数|At the end of last year", "opening"),
        LayoutCell("2", "本年增加|Increase", "row", ("3", "5", "7")),
        LayoutCell("3", "发展党员|Developed", "flow", ("发展", "重新入党")),
        LayoutCell("4", "重新入党|Joined again", "flow", ("重新入党",), within="3"),
        LayoutCell("5", "恢复党籍|Restored", "flow", ("恢复党籍", "停止党籍后恢复")),
        LayoutCell(
            "6", "停止党籍后恢复党籍|After suspension", "flow", ("停止党籍后恢复",), within="5"
        ),
        LayoutCell("7", "转入组织关系|Transferred in", "flow", ("转入", "整建制转入", OTHERS_IN)),
        LayoutCell("8", "整建制转入|As whole bodies", "flow", ("整建制转入",), within="7"),
        LayoutCell("9", "本年减少|Decrease", "row", ("10", "11", "12", "13")),
        LayoutCell("10", "出党|Left the Party", "flow", ("出党",)),
        LayoutCell("11", "停止党籍|Suspended", "flow", ("停止党籍",)),
        LayoutCell("12", "死亡|Died", "flow", ("死亡",)),
        LayoutCell(
            "13", "转出组织关系|Transferred out", "flow", ("转出", "整建制转出", OTHERS_OUT)
        ),
        LayoutCell("14", "整建制转出|As whole bodies", "flow", ("整建制转出",), within="13"),
        LayoutCell("15", "本年底应有数|Expected", "row", ("1", "2"), ("9",)),
        LayoutCell("16", "本年底实有数|Actual", "closing"),
        LayoutCell("17", "实有数与应有数之差|Difference", "row", ("16",), ("15",)),
    ),
)
"""Seventeen rows and one column; whoever was entered without any of these causes shows in the last row."""

LAYOUTS = (T1,)
"""Every table that is filled; of one name the one with the latest ``since`` not after the year holds."""


def layout_of(name: str, year: int) -> Layout | None:
    """The layout of a table in a year, or None where there is no such table."""
    found = [one for one in LAYOUTS if one.name == name.upper() and one.since <= year]
    return max(found, key=lambda one: one.since, default=None)
