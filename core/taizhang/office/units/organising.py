"""Party organisations of units (单位建党): how many members a unit has, which of three ways it takes, and if it was taken
(D1.05, D2.06, D2.07).

A unit with enough full members has a branch of its own; one with fewer is attached to another organisation; one with none is sent
an instructor. How many are enough is a parameter of the office; the way is that of the day of the count.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from taizhang.api import (
    Action,
    Choice,
    Count,
    Counting,
    Event,
    Ledger,
    Member,
    Not,
    Organisation,
    Row,
    Selection,
    Shared,
    Unit,
    deed_of,
    ending,
    field,
)
from taizhang.office.parameters import UNIT_FLOOR
from taizhang.office.units.facts import OfUnit, UnitClosed, programme

OWN, ATTACHED, SENT = "单独建立", "挂靠", "选派指导员"
WAYS = (f"{OWN}|A branch of its own", f"{ATTACHED}|Attached", f"{SENT}|An instructor is sent")


class Counts(Shared):
    """The people of a unit, as numbers."""

    members: Count = field("正式党员数|Full members", low=0)
    employees: Count | None = field("职工数|Employees", low=0, default=None)


class UnitCountRow(Counts, Row, first=("unit",)):
    """The members that a unit has, and the way that follows."""

    unit: Unit = field("单位|Unit")
    way: Choice = field("组建方式|Way", choices=WAYS)


class UnitAttachmentRow(Row):
    """A unit without a branch of its own is attached to an organisation."""

    unit: Unit = field("单位|Unit")
    organisation: Organisation = field("挂靠组织|Attached to", ended=True)


class InstructorRow(Row):
    """A member who was sent to a unit as its instructor (党建工作指导员)."""

    unit: Unit = field("单位|Unit")
    member: Member = field("指导员|Instructor")


counts = programme.spans(
    "unit_counts",
    "单位党员数|Members of units",
    UnitCountRow,
    key=("unit",),
)
attachments = programme.spans(
    "unit_attachments",
    "单位挂靠|Attached units",
    UnitAttachmentRow,
    key=("unit",),
    ends_with=("unit",),
)
instructors = programme.spans(
    "instructors",
    "党建工作指导员|Instructors",
    InstructorRow,
    key=("unit",),
    ends_with=("unit", "member"),
)


@programme.event("unit.counted", "报单位党员数|Members of a unit counted", rank=30)
class UnitCounted(OfUnit, Counts, Event, first=("unit",)):
    """A unit has so many members from this day on."""

    way: Choice = field("组建方式|Way", choices=WAYS)


@programme.action("unit.count", "报单位党员数|Enter the members of a unit")
class CountUnit(OfUnit, Counts, Action, first=("unit",)):
    """Enter how many full members a unit has; the way in which it is organised follows by the rule of the day."""

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """As it stands."""
        floor = UNIT_FLOOR.whole(ledger)
        own = floor is not None and self.members >= floor
        yield self.becomes(UnitCounted, way=OWN if own else ATTACHED if self.members else SENT)


counts.sets(UnitCounted)
counts.clears(UnitClosed)
deed_of(programme, attachments, "unit.attach", "单位挂靠|Attach a unit", event="unit.attached")
ending(
    programme, "unit.detach", "解除挂靠|Detach a unit", event="unit.detached", clears=[attachments]
)
deed_of(
    programme,
    instructors,
    "instructor.send",
    "选派指导员|Send an instructor",
    event="instructor.sent",
)
ending(
    programme,
    "instructor.recall",
    "撤回指导员|Recall an instructor",
    event="instructor.recalled",
    clears=[instructors],
)

_SINCE = dt.date(1990, 1, 1)
for _name, _label, _way, _counts in (
    (
        "unit.body",
        "应建单位建立党组织|Units with a branch of their own",
        OWN,
        Counting("units", where={"organisation": Not(None)}),
    ),
    (
        "unit.attached",
        "暂不具备条件的单位挂靠|Units attached to another organisation",
        ATTACHED,
        Counting("unit_attachments", "unit"),
    ),
    (
        "unit.instructor",
        "无党员单位选派指导员|Units with an instructor",
        SENT,
        Counting("instructors", "unit"),
    ),
):
    programme.duty(
        _name,
        _label,
        who=Selection("unit_counts", "unit", where={"way": _way}),
        counts=_counts,
        at_least=1,
        per="standing",
        since=_SINCE,
        source="D2.07" if _way == SENT else "D2.06",
    )
programme.belongs("unit_attachments", to="organisation")
programme.figure(
    "unit.ways",
    "两新组织党的组织覆盖|How units are organised",
    select=Selection("unit_counts", "unit"),
    by="way",
    unit="个|units",
    source="D2.06",
)
