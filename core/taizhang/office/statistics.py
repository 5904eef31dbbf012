"""Statistics (统计): what is counted over several slices, the year's table of members first of all.

Members count where the formal relation sits (G.statistics). The table compares two
years' totals; every coming and going has its cause, whole bodies (整建制) apart, and those whom no cause
explains are named.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from taizhang.api import (
    Count,
    Deed,
    Line,
    Lines,
    Name,
    Not,
    Organisation,
    Programme,
    Row,
    Selection,
    Year,
    field,
    flow_in,
    flow_out,
)
from taizhang.office.kinds import OUTSIDE
from taizhang.office.members.tables import RETURNS, SUSPENDED

programme = Programme("statistics", "统计|Statistics", nouns=("year", "statistics"))

INSIDE: dict[str, Any] = {"organisation.kind": Not(OUTSIDE)}
"""Members whose formal relation sits in an organisation of the store's own."""

STANDING: dict[str, Any] = {**INSIDE, "member.status": Not(SUSPENDED)}
"""Those of them who are members on the day: whose membership is suspended (停止党籍) is none until it is restored."""

RECEIVED = ("已接收", "已回执")
"""States of a letter that has arrived."""


RESTORED, ANEW = (how.partition("|")[0] for how in RETURNS)
"""How those came who had left before."""


def _entered(how: str | tuple[str, ...], **more: Any) -> Selection:
    """Selects those whose membership began in this way."""
    return Selection("memberships", "member", where={"how": how, **INSIDE, **more}, day="since")


def _letters(**to: Any) -> Selection:
    """Selects those whose letter was received."""
    where = {"state": RECEIVED, **to}
    return Selection("transfers", "member", where=where, day="received")


def _status(status: Any) -> Selection:
    """Selects decisions on the standing of members."""
    return Selection("status_changes", "member", where={"status": status})


programme.balance(
    "year.members",
    "党员年度增减表|Members, the year's table",
    stock=Selection("memberships", "member", where=STANDING),
    flows=[
        flow_in("发展|Developed", _entered("登记", **{"member.stage": "预备党员"})),
        flow_in("登记入册|Entered", _entered("登记", **{"member.stage": Not("预备党员")})),
        flow_in("转入|Transferred in", _letters(**{"to.kind": Not(OUTSIDE)})),
        flow_in("整建制转入|In as a whole body", _entered("整建制")),
        flow_in("重新入党|Joined again", _entered(ANEW)),
        flow_in("恢复党籍|Restored", _entered(RESTORED)),
        flow_in("停止党籍后恢复|Restored after suspension", _status(Not(SUSPENDED))),
        flow_out("转出|Transferred out", _letters(**{"to.kind": OUTSIDE})),
        flow_out(
            "整建制转出|Out as a whole body",
            Selection(
                "memberships",
                "member",
                where={"how": "整建制", "organisation.kind": OUTSIDE},
                day="since",
            ),
        ),
        flow_out("停止党籍|Suspended", _status(SUSPENDED)),
        flow_out("死亡|Died", Selection("departures", "member", where={"how": "死亡"})),
        flow_out("出党|Left", Selection("departures", "member", where={"how": Not("死亡")})),
    ],
    source="H.3",
)


class ReportedCell(Line):
    """A number of a table that was reported; a table of several columns has one for each."""

    row: Name = field("行|Row")
    column: Name = field("列|Column", default="人数")
    value: Count = field("数|Number", low=-(10**9))


class PinRow(Row):
    """A number as it was reported."""

    report: Name = field("统计表|Table")
    year: Year = field("年份|Year")
    organisation: Organisation | None = field("填报单位|Organisation", default=None, ended=True)
    edition: Name = field("版本|Edition")
    position: Count = field("所知位置|Position")
    row: Name = field("行|Row")
    column: Name = field("列|Column")
    value: Count = field("数|Number")


pins = programme.records("statistics_pins", "上报统计表|Reported tables", PinRow)


@programme.deed("statistics.pin", "上报统计表|Report a table", event="statistics.pinned")
class PinTable(Deed):
    """Keep a table as it was reported, with the position that it was computed at."""

    report: Name = field("统计表|Table")
    year: Year = field("年份|Year")
    organisation: Organisation | None = field("填报单位|Organisation", default=None)
    edition: Name = field("版本|Edition")
    position: Count = field("所知位置|Position", low=0)
    cells: Lines[ReportedCell] = field("各格|Cells", lines=ReportedCell)

    def check(self) -> Iterator[str]:
        """Each cell is given once."""
        cells = [(cell.row, cell.column) for cell in self.cells]
        if len(set(cells)) < len(cells):
            yield "同一格填了两次|a cell is given twice"


pins.records(PinTable, lines="cells")
