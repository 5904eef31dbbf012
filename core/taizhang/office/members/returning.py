"""Members who come back (恢复党籍、重新入党): the same person goes on, under the same id."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from taizhang.api import (
    Action,
    Choice,
    Dated,
    Event,
    IdNumber,
    Impossible,
    Label,
    Ledger,
    Member,
    Organisation,
    PartialDate,
    PersonName,
    Phone,
    Refused,
    field,
)
from taizhang.office.fits import MEMBERS
from taizhang.office.members.facts import joined_by
from taizhang.office.members.identity import departure
from taizhang.office.members.joining import of_joining
from taizhang.office.members.tables import (
    DEAD,
    RETURNS,
    STAGES,
    MemberRow,
    MembershipRow,
    members,
    memberships,
    programme,
)
from taizhang.office.succession import onward

ANEW = "重新入党"


@programme.event("member.restored", "恢复党籍|Member restored", rank=10)
class MemberRestored(Event):
    """One who had left is a member again; what is known of the person is said anew."""

    member: Member = field("党员|Member")
    organisation: Organisation = field("支部|Branch")
    how: Choice = field("方式|How", choices=RETURNS, default="恢复党籍")
    name: PersonName = field("姓名|Name")
    joined: PartialDate | None = field("入党日期|Joined the Party", default=None)
    stage: Choice = field("党员类型|Stage", choices=STAGES, default="正式党员")
    phone: Phone | None = field("电话|Phone", default=None)
    id_number: IdNumber | None = field("身份号码|ID number", default=None)

    def notices(self, ledger: Ledger) -> Iterator[Label]:
        """Says what speaks against the day of joining."""
        return of_joining(self.joined, self.id_number, ledger.on)


@programme.action("member.restore", "恢复党籍|Restore a member")
class Restore(Action):
    """Enter again a member who had left: by decision restored, or joined the Party again."""

    member: Member = field("党员|Member", ended=True)
    organisation: Organisation = field("支部|Branch", **MEMBERS)
    how: Choice = field("方式|How", choices=RETURNS, default="恢复党籍")
    joined: PartialDate | None = field(
        "入党日期|Joined the Party",
        default=None,
        help="不填：恢复党籍同原来，重新入党为当日|when empty: as before, or the day of joining again",
    )
    stage: Choice | None = field(
        "党员类型|Stage",
        choices=STAGES,
        default=None,
        help="不填：恢复党籍同原来，重新入党为预备党员|when empty: as before, or probationary",
    )
    phone: Phone | None = field("电话|Phone", default=None, help="不填同原来|as before when empty")

    def decide(self, ledger: Ledger) -> Iterator[Event | Dated]:
        """Refused for one who has not left by that day, and for the dead."""
        joined_by(self.joined, ledger)
        lives = [s for s in ledger.spans("members", id=self.member) if s["until"] is not None]
        past = [s for s in lives if s["until"] < ledger.on.isoformat()]
        if not past or ledger.get("members", self.member) is not None:
            raise Refused(
                "该党员在 {on} 之前没有出党，不用恢复|this member had not left before {on}",
                on=ledger.on.isoformat(),
            )
        gone = departure(ledger, self.member)
        if gone is not None and gone["how"] == DEAD:
            raise Refused(
                "该党员 {on} 死亡（#{src}）；如系误记，先作废 #{src}"
                "|this member died on {on} (#{src}); if that is a mistake, void #{src}",
                on=gone["on_date"],
                src=gone["src"],
            )
        was, anew = past[-1], self.how == ANEW
        yield self.becomes(
            MemberRestored,
            name=was["name"],
            id_number=was["id_number"],
            phone=self.phone or was["phone"],
            joined=self.joined or (ledger.on.isoformat() if anew else was["joined"]),
            stage=self.stage or ("预备党员" if anew else was["stage"]),
        )
        yield from onward(ledger, self.member, self.organisation)


@members.step(MemberRestored)
def _restored(state: MemberRow | None, event: MemberRestored, on: date) -> MemberRow:
    if state is not None:
        raise Impossible("该党员当日在册，没有出党|this member has not left on that day")
    return MemberRow(
        name=event.name,
        phone=event.phone,
        id_number=event.id_number,
        joined=event.joined,
        stage=event.stage,
        status="正常",
    )


memberships.sets(
    MemberRestored,
    lambda e: MembershipRow(member=e.member, organisation=e.organisation, how=e.how),
)
