"""What people do with meetings: enter one that was held, with all who were called."""

from __future__ import annotations

from collections.abc import Iterator

from taizhang.api import (
    Action,
    Event,
    Ledger,
    Name,
    Not,
    Organisation,
    Refused,
    english,
    field,
    must,
)
from taizhang.office.kinds import OUTSIDE
from taizhang.office.meetings.facts import MeetingHeld, Sitting
from taizhang.office.meetings.kinds import CHOICES, HELD_BY
from taizhang.office.meetings.tables import programme


@programme.action("meeting.hold", "召开会议|Hold a meeting")
class HoldMeeting(Sitting, Action, first=("organisation", "kinds", "attendance", "name")):
    """Enter a meeting that was held: of which kinds it was, and who was called and came."""

    organisation: Organisation = field(
        fits={"kind": Not(OUTSIDE)},
        otherwise="外部组织的会议不记在这里|meetings of outside organisations are not kept here",
    )
    name: Name | None = field(
        "名称|Name", default=None, help="不填则为会议类别|Left out, it is that of the kinds"
    )

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
