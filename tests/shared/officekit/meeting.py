"""A small programme of facts with lines, as source: who was at a meeting."""

from officekit.notes import HEAD

MEETING = (
    HEAD.format(name="demo2")
    + '''
PRESENCES = ("出席|present", "迟到|late", "请假|excused", "缺席|absent")


class Presence(Line):
    """Who was there."""

    member: Member = field("党员|Member")
    presence: Choice = field("状态|Presence", choices=PRESENCES)
    remark: Text = field("备注|Remark", default="")


class PresenceRow(Row):
    """One who was called to a meeting."""

    organisation: Organisation = field("组织|Organisation")
    member: Member = field("党员|Member")
    presence: Choice = field("状态|Presence", choices=PRESENCES)
    remark: Text = field("备注|Remark", default="")


presences = programme.records("presences", "到会|Presences", PresenceRow)


@programme.deed("meet", "开会|Meet", event="met")
class Meet(Deed):
    """A meeting and who was there."""

    organisation: Organisation = field("组织|Organisation")
    topic: Text = field("议题|Topic", default="")
    attendance: Lines[Presence] = field("到会|Attendance", lines=Presence)


presences.records(Meet, lines="attendance")
'''
)
