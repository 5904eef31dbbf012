"""What is recorded of meetings and resolutions, and the rows that follow from it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from taizhang.api import (
    Choice,
    Count,
    Date,
    Deed,
    Event,
    Impossible,
    Ledger,
    Lines,
    Member,
    Minutes,
    Name,
    Organisation,
    PersonalText,
    PersonName,
    Refused,
    Shared,
    Text,
    field,
    must,
)
from taizhang.office.meetings.rules import ORDINARY, VOTES
from taizhang.office.meetings.tables import (
    CAME,
    NO_NAMES,
    OUTCOMES,
    Attended,
    Guest,
    KindHeld,
    Meeting,
    MeetingRow,
    Resolution,
    ResolutionRow,
    Topic,
    UnitAttended,
    agenda_items,
    attendance,
    meeting_guests,
    meeting_kinds,
    meeting_units,
    meetings,
    programme,
    resolutions,
)


def counted(entitled: int, present: int, written: int, votes: int) -> Iterator[str]:
    """Rules of arithmetic, whatever the vote: written opinions are of those entitled who are absent."""
    if present + written > entitled:
        yield (
            f"到会 {present} 人、书面意见 {written} 份，多于应到会 {entitled} 人"
            f"|{present} present and {written} in writing are more than {entitled} entitled"
        )
    if votes > present + written:
        yield (
            f"赞成、反对、弃权共 {votes} 票，多于到会 {present} 人加书面意见 {written} 份"
            f"|{votes} votes are more than {present} present and {written} in writing"
        )


class Sitting(Shared):
    """A meeting as it is entered: who called it, who came, and what it was about."""

    organisation: Organisation = field("召集组织|Convened by")
    attendance: Lines[Attended] = field("到会情况|Attendance", lines=Attended, default=())
    kinds: Lines[KindHeld] = field("会议类别|Kinds", lines=KindHeld)
    body: Text = field("会议主体|Body", default="")
    place: Text = field("地点|Place", default="")
    chair: Member | None = field("主持人|Chair", default=None)
    recorder: Member | None = field("记录人|Recorder", default=None)
    minutes: Minutes | None = field("时长|Duration", low=1, default=None)
    guests: Lines[Guest] = field("列席人员|Guests", lines=Guest, default=())
    guest_count: Count = field("列席人数|Number of guests", low=0, default=0)
    agenda: Lines[Topic] = field("议题|Agenda", lines=Topic, default=())
    reference: Text = field("纪要编号|Minutes' reference", default="")
    units: Lines[UnitAttended] = field("到会单位|Units", lines=UnitAttended, default=())

    def check(self) -> Iterator[str]:
        """Nobody, no unit and no kind is listed twice."""
        for listed, twice in (
            (
                [line.member for line in self.attendance],
                "同一名党员列了两次|a member is listed twice",
            ),
            (
                [line.kind for line in self.kinds],
                "同一会议类别列了两次|a kind of meeting is listed twice",
            ),
            ([line.unit for line in self.units], "同一单位列了两次|a unit is listed twice"),
        ):
            if len(set(listed)) < len(listed):
                yield twice


class Vote(Shared):
    """A vote of a meeting as it is entered, and what is to follow from it."""

    meeting: Meeting = field("会议|Meeting")
    subject: PersonName = field("事项|Subject", about="resolution", help=NO_NAMES)
    vote: Choice = field("表决种类|Vote", choices=VOTES, default=ORDINARY)
    member: Member | None = field("涉及党员|Member concerned", default=None)
    in_favour: Count = field("赞成|In favour", low=0)
    against: Count = field("反对|Against", low=0, default=0)
    abstained: Count = field("弃权|Abstained", low=0, default=0)
    written: Count = field("书面意见|Written opinions", low=0, default=0)
    follow_up: PersonalText = field(
        "后续工作|Follow-up", default="", about="resolution", help=NO_NAMES
    )
    due: Date | None = field("落实期限|Due", default=None)

    def check(self) -> Iterator[str]:
        """A day by which it is to be done says of what."""
        if self.due is not None and not self.follow_up:
            yield "填了落实期限，须写后续工作|a due date needs a follow-up"


SUBJECT = ("meeting", "subject", "vote", "member")
VOTED = ("in_favour", "against", "abstained")


@programme.event("meeting.held", "召开会议|Meeting held", rank=40)
class MeetingHeld(Sitting, Event, first=("meeting", "organisation", "name")):
    """A meeting took place on this day."""

    meeting: Meeting = field("会议|Meeting")
    name: Name = field("名称|Name")


@programme.event("resolution.adopted", "表决决议|Resolution put to the vote", rank=50)
class ResolutionAdopted(
    Vote,
    Event,
    first=("resolution", *SUBJECT, "entitled", "present", "written", *VOTED, "outcome"),
):
    """A meeting voted on this day."""

    resolution: Resolution = field("决议|Resolution")
    entitled: Count = field("应到会|Entitled", low=1)
    present: Count = field("到会|Present", low=0)
    outcome: Choice = field("结果|Outcome", choices=OUTCOMES)

    def check(self) -> Iterator[str]:
        """The numbers add up."""
        votes = self.in_favour + self.against + self.abstained
        yield from counted(self.entitled, self.present, self.written, votes)
        yield from super().check()


@programme.deed("resolution.settle", "落实决议|Carry out a resolution")
@programme.event("resolution.settled", "落实决议|Resolution carried out", rank=60)
class ResolutionSettled(Deed):
    """Enter that what a resolution asked for is done."""

    resolution: Resolution = field("决议|Resolution")
    done: PersonalText = field("落实结果|Result", default="", about="resolution", help=NO_NAMES)

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """Refused where nothing is waiting to be done."""
        state = must(ledger, "resolutions", self.resolution)["state"]
        if state != "待落实":
            raise Refused("该决议{state}|nothing of this resolution is to be done", state=state)
        yield self


@meetings.step(MeetingHeld)
def _held(state: MeetingRow | None, event: MeetingHeld, on: date) -> MeetingRow:
    if state is not None:
        raise Impossible("该会议已经记过|this meeting is recorded already")
    return event.becomes(
        MeetingRow,
        called=len(event.attendance),
        present=sum(line.presence in CAME for line in event.attendance),
        guest_count=max(event.guest_count, len(event.guests)),
    )


attendance.records(MeetingHeld, lines="attendance")
meeting_kinds.records(MeetingHeld, lines="kinds")
meeting_units.records(MeetingHeld, lines="units")
meeting_guests.records(MeetingHeld, lines="guests")
agenda_items.records(MeetingHeld, lines="agenda")


@resolutions.step(ResolutionAdopted)
def _adopted(state: ResolutionRow | None, event: ResolutionAdopted, on: date) -> ResolutionRow:
    if state is not None:
        raise Impossible("该决议已经记过|this resolution is recorded already")
    carried_out = "待落实" if event.follow_up else "无须落实"
    return event.becomes(ResolutionRow, day=on, state=carried_out)


@resolutions.step(ResolutionSettled)
def _settled(state: ResolutionRow | None, event: ResolutionSettled, on: date) -> ResolutionRow:
    if state is None or state.state != "待落实":
        raise Impossible("该决议当日不待落实|this resolution is not to be carried out on that day")
    return state.replace(state="已落实", done=event.done)
