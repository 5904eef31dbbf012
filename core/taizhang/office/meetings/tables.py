"""The tables of meetings (会议), and the lists of words that their columns take."""

from __future__ import annotations

from typing import Annotated

from taizhang.api import (
    Choice,
    Count,
    Date,
    Line,
    Member,
    Minutes,
    Name,
    Organisation,
    PersonalText,
    PersonName,
    Programme,
    RefKind,
    Row,
    Text,
    Unit,
    field,
)
from taizhang.office.meetings.kinds import CHOICES
from taizhang.office.meetings.rules import VOTES

programme = Programme("meetings", "会议|Meetings", nouns=("meeting", "resolution"))

Meeting = Annotated[str, RefKind("meeting")]
Resolution = Annotated[str, RefKind("resolution")]

PRESENCES = ("出席|Present", "迟到|Late", "请假|Excused", "缺席|Absent")
CAME = ("出席", "迟到")
"""The presences of those who were there."""

OUTCOMES = ("通过|Carried", "未通过|Not carried")
STATES = ("待落实|To be carried out", "已落实|Carried out", "无须落实|Nothing to carry out")
NO_NAMES = "不写姓名；涉及的人另填|No names here: whom it concerns has a field of its own"


class Attended(Line):
    """One who was called to a meeting."""

    member: Member = field("党员|Member")
    presence: Choice = field("到会情况|Presence", choices=PRESENCES, default="出席")


class KindHeld(Line):
    """One of the kinds of meeting that an event was."""

    kind: Choice = field("会议类别|Kind", choices=CHOICES)


class Guest(Line):
    """One who sat in without being a member of the body."""

    name: PersonName = field("姓名|Name", about="meeting")
    unit: PersonalText = field("单位|Unit", default="", about="meeting")


class UnitAttended(Line):
    """A unit that was called to a joint meeting."""

    unit: Unit = field("单位|Unit")
    presence: Choice = field("到会情况|Presence", choices=PRESENCES, default="出席")


class Topic(Line):
    """One item of the agenda."""

    topic: PersonalText = field("议题|Topic", about="meeting", help=NO_NAMES)


class MeetingRow(Row):
    """A meeting; ``called`` and ``present`` are counted from its attendance."""

    name: Name = field("名称|Name")
    organisation: Organisation = field("召集组织|Convened by", ended=True)
    body: Text = field("会议主体|Body", default="")
    place: Text = field("地点|Place", default="")
    chair: Member | None = field("主持人|Chair", default=None, ended=True)
    recorder: Member | None = field("记录人|Recorder", default=None, ended=True)
    minutes: Minutes | None = field("时长|Duration", default=None)
    called: Count = field("应到人数|Called")
    present: Count = field("实到人数|Present")
    guest_count: Count = field("列席人数|Guests", default=0)
    reference: Text = field("纪要编号|Minutes' reference", default="")


class AttendanceRow(Row):
    """The presence of a member at a meeting."""

    meeting: Meeting = field("会议|Meeting")
    member: Member = field("党员|Member")
    presence: Choice = field("到会情况|Presence", choices=PRESENCES)


class MeetingKindRow(Row):
    """A meeting was of this kind; one of several kinds has a row for each."""

    meeting: Meeting = field("会议|Meeting")
    organisation: Organisation = field("召集组织|Convened by", ended=True)
    kind: Choice = field("会议类别|Kind", choices=CHOICES)


class GuestRow(Row):
    """A guest of a meeting."""

    meeting: Meeting = field("会议|Meeting")
    name: PersonName = field("姓名|Name")
    unit: PersonalText = field("单位|Unit", default="")


class MeetingUnitRow(Row):
    """The presence of a unit at a joint meeting."""

    meeting: Meeting = field("会议|Meeting")
    unit: Unit = field("单位|Unit", ended=True)
    presence: Choice = field("到会情况|Presence", choices=PRESENCES)


class AgendaRow(Row):
    """An item of a meeting's agenda."""

    meeting: Meeting = field("会议|Meeting")
    topic: PersonalText = field("议题|Topic")


class ResolutionRow(Row):
    """A resolution of a meeting, with the votes, and what is to be done about it."""

    subject: PersonName = field("事项|Subject")
    meeting: Meeting = field("会议|Meeting")
    day: Date = field("表决日期|Day of the vote")
    vote: Choice = field("表决种类|Vote", choices=VOTES)
    member: Member | None = field("涉及党员|Member concerned", default=None, ended=True)
    entitled: Count = field("应到会|Entitled")
    present: Count = field("到会|Present")
    written: Count = field("书面意见|Written opinions", default=0)
    in_favour: Count = field("赞成|In favour")
    against: Count = field("反对|Against", default=0)
    abstained: Count = field("弃权|Abstained", default=0)
    outcome: Choice = field("结果|Outcome", choices=OUTCOMES)
    follow_up: PersonalText = field("后续工作|Follow-up", default="")
    due: Date | None = field("落实期限|Due", default=None)
    state: Choice = field("落实情况|State", choices=STATES)
    done: PersonalText = field("落实结果|Result", default="")


meetings = programme.folds(
    "meetings",
    "会议|Meetings",
    MeetingRow,
    entity="meeting",
    prefix="e",
    search=("name", "reference"),
)
attendance = programme.records(
    "attendance",
    "会议到会|Attendance",
    AttendanceRow,
    indexes=(("meeting",), ("member",)),
)
meeting_kinds = programme.records(
    "meeting_kinds", "会议所属类别|Kinds of meetings", MeetingKindRow, indexes=(("organisation",),)
)
meeting_guests = programme.records("meeting_guests", "会议列席|Guests of meetings", GuestRow)
meeting_units = programme.records(
    "meeting_units", "会议到会单位|Units at meetings", MeetingUnitRow, indexes=(("unit",),)
)
agenda_items = programme.records("agenda_items", "会议议题|Agenda items", AgendaRow)
resolutions = programme.folds(
    "resolutions",
    "决议|Resolutions",
    ResolutionRow,
    entity="resolution",
    prefix="r",
    title="subject",
    search=("subject",),
    within=("meeting",),
)

programme.belongs("meetings", to="organisation")
programme.belongs("resolutions", to="meeting")
