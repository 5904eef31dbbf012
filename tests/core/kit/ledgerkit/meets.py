"""A vocabulary with lines in every shape of table, beside :mod:`.toy`: meetings and who was there."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from ledgerkit import toy
from ledgerkit.gather import AttendanceRow, Gathering, MeetingRow, counted
from taizhang.api import (
    Count,
    Date,
    Deed,
    Impossible,
    Line,
    Lines,
    Member,
    Name,
    PersonName,
    Programme,
    RefKind,
    Row,
    field,
)
from taizhang.declarations.registry import Registry
from taizhang.store import paths as store

meets = Programme("meets", "会议|Meetings", needs=("toys",), nouns=("meeting", "shift", "pupil"))

Pupil = Annotated[str, RefKind("pupil")]


@meets.deed("meeting.hold", "开会|Hold", event="meeting.held")
class Held(Gathering, Deed):
    """A meeting."""


class Shift(Line):
    """A pupil's day of duty."""

    pupil: Pupil = field("学员|Pupil", ended=True)
    member: Member = field("党员|Member", ended=True)
    points: Count = field("分|Points", low=1)


@meets.deed("shift.plan", "排班|Plan", event="shift.planned", rank=40)
class Planned(Deed):
    """A rota: who teaches whom from the day on."""

    shifts: Lines[Shift] = field("班次|Shifts", lines=Shift, high=5)


@meets.deed("shift.free", "放假|Free", event="shift.freed", rank=80)
class Freed(Deed):
    """Some are free from the day on, or those with few points only."""

    least: Count = field("不少于|At least", default=1)
    shifts: Lines[Shift] = field("班次|Shifts", lines=Shift)


@meets.deed("pupil.go", "离校|Go", event="pupil.gone", rank=90)
class Gone(Deed):
    """A pupil leaves."""

    pupil: Pupil = field("学员|Pupil")


class GuestRow(Row):
    """A guest; two seats and more."""

    name: PersonName = field("姓名|Name")
    topic: Name = field("议题|Topic")


class RotaRow(Row):
    """Who teaches a pupil."""

    pupil: Pupil = field("学员|Pupil", ended=True)
    member: Member = field("党员|Member", ended=True)


class PupilRow(Row):
    """A pupil with all points, and the last day on which some came."""

    points: Count = field("分|Points")
    last: Date = field("最近|Last")


meetings = meets.records("meetings", "会议|Meetings", MeetingRow)
attendance = meets.records("attendance", "出席|Attendance", AttendanceRow)
guests = meets.records("guests", "来宾|Guests", GuestRow)
rota = meets.spans("rota", "排班|Rota", RotaRow, key=("pupil",))
pupils = meets.folds("pupils", "学员|Pupils", PupilRow, entity="pupil", prefix="p")

meetings.records(Held, counted)
attendance.records(Held, lines="attendance")
guests.records(
    Held,
    lambda e, line: None if line.seats < 2 else GuestRow(name=line.name, topic=e.topic),
    lines="guests",
)
rota.sets(Planned, lines="shifts")
rota.clears(Freed, lambda e, line: line.points >= e.least, lines="shifts")
rota.clears(Gone)


@pupils.step(Planned, lines="shifts")
def _planned(state: PupilRow | None, event: Planned, line: Shift, on: date) -> PupilRow:
    if state is not None and line.points == 3:
        raise Impossible("分太多|too many points")
    return PupilRow(points=line.points + (state.points if state else 0), last=on)


@pupils.step(Gone)
def _gone(state: PupilRow | None, event: Gone, on: date) -> None:
    if state is None:
        raise Impossible("不在|not there")


def registry() -> Registry:
    """The vocabulary of :mod:`.toy` with meetings."""
    return Registry([store.programme, toy.toys, meets])
