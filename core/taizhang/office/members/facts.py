"""What is recorded of members (党员), under which rules, and how the tables follow from it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from taizhang.api import (
    Choice,
    Deed,
    Event,
    Impossible,
    Label,
    Ledger,
    PersonName,
    Refused,
    field,
    must,
)
from taizhang.office.members.joining import of_joining
from taizhang.office.members.tables import (
    LEAVING,
    SCHEMES,
    STAGES,
    STATUSES,
    Category,
    MemberDetails,
    MemberRow,
    MembershipRow,
    OfMember,
    Registration,
    categories,
    departures,
    group_memberships,
    members,
    memberships,
    of_scheme,
    programme,
    status_changes,
)

UNCHANGED = "不填则不变|unchanged when empty"


@programme.event("member.registered", "登记党员|Member registered", rank=10)
class MemberRegistered(OfMember, Registration, Event):
    """A member is entered into the ledger, with the branch where the formal relation sits."""

    def notices(self, ledger: Ledger) -> Iterator[Label]:
        """Says what speaks against the day of joining."""
        return of_joining(self.joined, self.id_number, ledger.on)


def joined_by(joined: str | None, ledger: Ledger) -> None:
    """Refuses a joining date after the ledger's day."""
    if joined and joined > ledger.on.isoformat()[: len(joined)]:
        raise Refused(
            "入党日期 {joined} 晚于 {on}|joined the Party on {joined}, which is after {on}",
            joined=joined,
            on=ledger.on.isoformat(),
        )


@programme.deed("member.correct_details", "更正资料|Correct details")
@programme.event("member.details_corrected", "更正资料|Details corrected", rank=30)
class MemberDetailsCorrected(
    OfMember, MemberDetails, Deed, first=("member", "name"), help=UNCHANGED
):
    """Change details from a day on; leave empty what stays as it is."""

    name: PersonName | None = field("姓名|Name", default=None)

    def check(self) -> Iterator[str]:
        """At least one detail is given."""
        if not any(getattr(self, name) for name in self.__struct_fields__ if name != "member"):
            yield "没有要更正的内容|nothing is to be corrected"

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """Refused for a joining date in the future."""
        joined_by(self.joined, ledger)
        yield self

    def notices(self, ledger: Ledger) -> Iterator[Label]:
        """Says what speaks against the day of joining, with what is known beside."""
        was = ledger.get("members", self.member) or {}
        if self.joined or self.id_number:
            yield from of_joining(
                self.joined or was.get("joined"),
                self.id_number or was.get("id_number"),
                ledger.on,
            )


@programme.deed("member.set_stage", "党员类型变更|Set the stage")
@programme.event("member.stage_set", "党员类型变更|Stage set", rank=30)
class MemberStageSet(OfMember, Deed):
    """Record the admission of a probationary member (转正), or mend the stage."""

    stage: Choice = field("党员类型|Stage", choices=STAGES)

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """Refused when it is the stage already."""
        if must(ledger, "members", self.member)["stage"] == self.stage:
            raise Refused("党员类型没有变化|the stage is the same as before")
        yield self


@programme.deed("member.set_status", "状态变更|Set the status")
@programme.event("member.status_set", "状态变更|Status set", rank=30)
class MemberStatusSet(OfMember, Deed):
    """Record the organisation's decision on a member's standing."""

    status: Choice = field("状态|Status", choices=STATUSES)

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """Refused when it is the status already."""
        if must(ledger, "members", self.member)["status"] == self.status:
            raise Refused("状态没有变化|the status is the same as before")
        yield self


@programme.event("member.category_set", "类别变更|Category set", rank=40)
class MemberCategorySet(Category, Event):
    """The member's category within one scheme."""

    def check(self) -> Iterator[str]:
        """The category is one of the scheme's."""
        yield from of_scheme(self.scheme, self.category)


@programme.event("member.category_cleared", "类别取消|Category cleared", rank=80)
class MemberCategoryCleared(OfMember, Event):
    """No category within the scheme any more."""

    scheme: Choice = field("分类办法|Scheme", choices=tuple(SCHEMES))


@programme.deed("member.leave", "出党|Leave")
@programme.event("member.left", "出党|Member left", rank=90, ends="member")
class MemberLeft(OfMember, Deed):
    """Record that membership ended; what stands open in the member's name ends with it."""

    how: Choice = field("方式|How", choices=LEAVING, default="未注明")


@members.step(MemberRegistered)
def _registered(state: MemberRow | None, event: MemberRegistered, on: date) -> MemberRow:
    if state is not None:
        raise Impossible("该党员已经登记|this member is registered already")
    return event.becomes(MemberRow, status="正常")


def _present(state: MemberRow | None) -> MemberRow:
    if state is None:
        raise Impossible(
            "该党员当日尚未登记或已经出党|this member is not registered on that day or has left"
        )
    return state


def _changed(state: MemberRow | None, event: Event, on: date) -> MemberRow:
    # Personal values are opaque here: whether there is one is all that may be asked.
    return _present(state).updated(event)


status_changes.records(MemberStatusSet)


for change in (MemberDetailsCorrected, MemberStageSet, MemberStatusSet):
    members.step(change)(_changed)


@members.step(MemberLeft)
def _left(state: MemberRow | None, event: MemberLeft, on: date) -> None:
    _present(state)


memberships.sets(
    MemberRegistered,
    lambda e: e.becomes(MembershipRow, how="登记"),
)
memberships.clears(MemberLeft)
departures.records(MemberLeft)

group_memberships.clears(MemberLeft)

categories.sets(MemberCategorySet)
categories.clears(MemberCategoryCleared)
