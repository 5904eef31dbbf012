"""A programme with lines on the office's own members: gatherings. Also a plugin file for a store."""

from collections.abc import Iterable, Iterator
from datetime import date

from taizhang.api import (
    Action,
    Choice,
    Count,
    Counting,
    Deed,
    Event,
    Ledger,
    Line,
    Lines,
    Member,
    Name,
    Organisation,
    PersonalText,
    PersonName,
    Programme,
    Row,
    Selection,
    Shared,
    Text,
    field,
    portions,
)

programme = Programme("gather", "聚会|Gather", api=1, needs=("members", "organisations"))

PRESENCES = ("出席|present", "迟到|late", "请假|excused", "缺席|absent")


class Present(Shared):
    """How one was there."""

    member: Member = field("党员|Member")
    presence: Choice = field("状态|Presence", choices=PRESENCES)
    note: PersonalText = field("备注|Note", default="")


class Attendance(Present, Line):
    """Who was called, and came."""


class Guest(Line):
    """Who else came."""

    name: PersonName = field("姓名|Name")
    seats: Count = field("座位|Seats", low=1, high=9, default=1)


class About(Shared):
    """Of whom a gathering is, and about what."""

    organisation: Organisation = field("组织|Organisation")
    topic: Name = field("议题|Topic")


class Gathering(About):
    """A gathering with all who were called."""

    attendance: Lines[Attendance] = field("出席|Attendance", lines=Attendance)
    guests: Lines[Guest] = field("来宾|Guests", lines=Guest, default=())


@programme.deed("meeting.hold", "开会|Hold a meeting", event="meeting_held")
class Hold(Gathering, Deed, first=("organisation", "topic", "place")):
    """A gathering with all who were called."""

    place: Text = field("地点|Place", default="")

    def check(self) -> Iterable[str]:
        """Nobody is called twice."""
        called = [line.member for line in self.attendance]
        if len(set(called)) < len(called):
            yield "同一人列了两次|one is listed twice"


class Payment(Line):
    """One who pays."""

    member: Member = field("党员|Member")
    amount: Count = field("金额|Amount", low=1)


class Dues(Shared):
    """Dues of a month."""

    payments: Lines[Payment] = field("明细|Payments", lines=Payment)


@programme.event("paid", "交费|Paid")
class Paid(Dues, Event):
    """Dues of a month."""


@programme.action("dues.take", "收费|Take dues")
class Take(Dues, Action):
    """Dues, as many events as they need."""

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """An event for each 2,000."""
        for some in portions(self.payments):
            yield Paid(payments=some)


@programme.action("dues.lump", "总收|Take dues at once")
class Lump(Dues, Action):
    """Dues, in one event whatever their number."""

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """One event."""
        yield Paid(payments=self.payments)


class MeetingRow(About, Row):
    """A gathering as a whole."""

    present: Count = field("到会|Present")


class AttendanceRow(Present, Row, first=("organisation",)):
    """One who was called."""

    organisation: Organisation = field("组织|Organisation")


class GuestRow(Row):
    """A guest."""

    organisation: Organisation = field("组织|Organisation")
    name: PersonName = field("姓名|Name")


class StandingRow(Row):
    """How a member was present last."""

    member: Member = field("党员|Member")
    presence: Choice = field("状态|Presence", choices=PRESENCES)


class PaymentRow(Row):
    """One payment."""

    member: Member = field("党员|Member")
    amount: Count = field("金额|Amount")


meetings = programme.records("meetings", "会议|Meetings", MeetingRow)
attendance = programme.records("attendance", "出席|Attendance", AttendanceRow)
guests = programme.records("guests", "来宾|Guests", GuestRow)
last = programme.spans("standing", "近况|Standing", StandingRow, key=("member",))
payments = programme.records("payments", "交费|Payments", PaymentRow)


def counted(gathering: Gathering) -> MeetingRow:
    """The row of a gathering, with how many came."""
    came = sum(line.presence in ("出席", "迟到") for line in gathering.attendance)
    return gathering.becomes(MeetingRow, present=came)


meetings.records(Hold, counted)
attendance.records(Hold, lines="attendance")
guests.records(Hold, lines="guests")
last.sets(Hold, lines="attendance")
payments.records(Paid, lines="payments")

programme.duty(
    "present",
    "到会|Be present",
    who=Selection("memberships", "member"),
    counts=Counting("gather_attendance", "member", where={"presence": ("出席", "迟到")}),
    at_least=1,
    per="year",
    since=date(2010, 1, 1),
)
CALLED = Selection("gather_attendance", "member")
programme.figure(
    "called", "应到人次|Called", select=CALLED, by="presence", unit="人次|times", over="year"
)
