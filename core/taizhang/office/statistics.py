"""Statistics (统计): what is counted over several slices, the year's table of members first of all.

Members count where the formal relation sits (G.statistics). The table compares two
years' totals; every coming and going has its cause, whole bodies (整建制) apart, and those whom no cause
explains are named.
"""

from __future__ import annotations

from typing import Any

from taizhang.api import Not, Programme, Selection, flow_in, flow_out
from taizhang.office.fits import OUTSIDE
from taizhang.office.members.tables import RETURNS

programme = Programme("statistics", "统计|Statistics", nouns=("year",))

INSIDE: dict[str, Any] = {"organisation.kind": Not(OUTSIDE)}
"""Members whose formal relation sits in an organisation of the store's own."""

RECEIVED = ("已接收", "已回执")
"""States of a letter that has arrived."""


BACK = tuple(how.partition("|")[0] for how in RETURNS)
"""How those came who had left before."""


def _entered(how: str | tuple[str, ...], **more: Any) -> Selection:
    """Selects those whose membership began in this way."""
    return Selection("memberships", "member", where={"how": how, **INSIDE, **more}, day="since")


def _letters(**to: Any) -> Selection:
    """Selects those whose letter was received."""
    where = {"state": RECEIVED, **to}
    return Selection("transfers", "member", where=where, day="received")


programme.balance(
    "year.members",
    "党员年度增减表|Members, the year's table",
    stock=Selection("memberships", "member", where=INSIDE),
    flows=[
        flow_in("发展|Developed", _entered("登记", **{"member.stage": "预备党员"})),
        flow_in("登记入册|Entered", _entered("登记", **{"member.stage": Not("预备党员")})),
        flow_in("转入|Transferred in", _letters(**{"to.kind": Not(OUTSIDE)})),
        flow_in("整建制转入|In as a whole body", _entered("整建制")),
        flow_in("恢复或重新入党|Restored, or joined again", _entered(BACK)),
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
        flow_out("死亡|Died", Selection("departures", "member", where={"how": "死亡"})),
        flow_out("出党|Left", Selection("departures", "member", where={"how": Not("死亡")})),
    ],
    source="H.3",
)
