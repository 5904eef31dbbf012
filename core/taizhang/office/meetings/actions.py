"""What people do with meetings: enter one that was held, with all who were called."""

from __future__ import annotations

from collections.abc import Iterator

from taizhang.api import (
    Action,
    Count,
    Event,
    Ledger,
    Lines,
    Member,
    Minutes,
    Name,
    Not,
    Organisation,
    Refused,
    Text,
    english,
    field,
    must,
)
from taizhang.office.kinds import OUTSIDE
from taizhang.office.meetings.facts import MeetingHeld, said_once
from taizhang.office.meetings.kinds import CHOICES, HELD_BY
from taizhang.office.meetings.tables import Attended, Guest, KindHeld, Topic, programme


@programme.action("meeting.hold", "召开会议|Hold a meeting")
class HoldMeeting(Action):
    """Enter a meeting that was held: of which kinds it was, and who was called and came."""

    organisation: Organisation = field(
        "召集组织|Convened by",
        fits={"kind": Not(OUTSIDE)},
        otherwise="外部组织的会议不记在这里|meetings of outside organisations are not kept here",
    )
    kinds: Lines[KindHeld] = field("会议类别|Kinds", lines=KindHeld)
    attendance: Lines[Attended] = field("到会情况|Attendance", lines=Attended, default=())
    name: Name | None = field(
        "名称|Name", default=None, help="不填则为会议类别|Left out, it is that of the kinds"
    )
    body: Text = field("会议主体|Body", default="")
    place: Text = field("地点|Place", default="")
    chair: Member | None = field("主持人|Chair", default=None)
    recorder: Member | None = field("记录人|Recorder", default=None)
    minutes: Minutes | None = field("时长|Duration", low=1, default=None)
    guests: Lines[Guest] = field("列席人员|Guests", lines=Guest, default=())
    guest_count: Count = field("列席人数|Number of guests", low=0, default=0)
    agenda: Lines[Topic] = field("议题|Agenda", lines=Topic, default=())
    reference: Text = field("纪要编号|Minutes' reference", default="")

    def check(self) -> Iterator[str]:
        """Nobody, and no kind, is listed twice."""
        yield from said_once(self.attendance, self.kinds)

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """Refused for a kind that such an organisation does not hold."""
        holder = must(ledger, "organisations", self.organisation)["kind"]
        for line in self.kinds:
            if holder not in HELD_BY.get(line.kind, (holder,)):
                raise Refused(
                    "{kind}不召开{zh}|this organisation holds no {en}",
                    kind=holder,
                    zh=line.kind,
                    en=english(CHOICES, line.kind).lower(),
                )
        yield self.becomes(
            MeetingHeld,
            meeting=ledger.new_id("meeting"),
            name=self.name or "、".join(line.kind for line in self.kinds),
        )
