"""What is recorded of members (党员), and how the tables follow from it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from taizhang.api import (
    Choice,
    Event,
    IdNumber,
    Impossible,
    Member,
    Organisation,
    PartialDate,
    PersonName,
    Phone,
    field,
)
from taizhang.office.members.tables import (
    ATTACHMENTS,
    CATEGORIES,
    LEAVING,
    MOVES,
    SCHEMES,
    STAGES,
    STATUSES,
    MemberRow,
    MembershipRow,
    attachments,
    categories,
    departures,
    group_memberships,
    members,
    memberships,
    of_scheme,
    programme,
)


@programme.event("member.registered", "登记党员|Member registered", rank=10)
class MemberRegistered(Event):
    """A member is entered into the ledger, with the branch where the formal relation sits."""

    member: Member = field("党员|Member")
    name: PersonName = field("姓名|Name")
    organisation: Organisation = field("支部|Branch")
    joined: PartialDate | None = field("入党日期|Joined the Party", default=None)
    stage: Choice = field("党员类型|Stage", choices=STAGES, default="正式党员")
    phone: Phone | None = field("电话|Phone", default=None)
    id_number: IdNumber | None = field("身份号码|ID number", default=None)


@programme.event("member.details_corrected", "更正资料|Details corrected", rank=30)
class MemberDetailsCorrected(Event):
    """New details from this day on; what is empty stays as it was."""

    member: Member = field("党员|Member")
    name: PersonName | None = field("姓名|Name", default=None)
    phone: Phone | None = field("电话|Phone", default=None)
    id_number: IdNumber | None = field("身份号码|ID number", default=None)
    joined: PartialDate | None = field("入党日期|Joined the Party", default=None)


@programme.event("member.stage_set", "党员类型变更|Stage set", rank=30)
class MemberStageSet(Event):
    """Admitted as full member (转正), or entered wrongly before."""

    member: Member = field("党员|Member")
    stage: Choice = field("党员类型|Stage", choices=STAGES)


@programme.event("member.status_set", "状态变更|Status set", rank=30)
class MemberStatusSet(Event):
    """A decision of the organisation on the member's standing."""

    member: Member = field("党员|Member")
    status: Choice = field("状态|Status", choices=STATUSES)


@programme.event("member.category_set", "类别变更|Category set", rank=40)
class MemberCategorySet(Event):
    """The member's category within one scheme."""

    member: Member = field("党员|Member")
    scheme: Choice = field("分类办法|Scheme", choices=tuple(SCHEMES))
    category: Choice = field("类别|Category", choices=CATEGORIES)

    def check(self) -> Iterator[str]:
        """The category is one of the scheme's."""
        yield from of_scheme(self.scheme, self.category)


@programme.event("member.category_cleared", "类别取消|Category cleared", rank=80)
class MemberCategoryCleared(Event):
    """No category within the scheme any more."""

    member: Member = field("党员|Member")
    scheme: Choice = field("分类办法|Scheme", choices=tuple(SCHEMES))


@programme.event("member.moved", "转入支部|Member moved", rank=50)
class MemberMoved(Event):
    """The member belongs to another branch from this day, without a letter: within the store, or
    with the whole branch (整建制), which keeps the groups as they are.
    """

    member: Member = field("党员|Member")
    organisation: Organisation = field("新支部|New branch")
    how: Choice = field("方式|How", choices=MOVES)


@programme.event("member.group_joined", "编入党小组|Group joined", rank=60)
class MemberGroupJoined(Event):
    """The member is in this group of the branch."""

    member: Member = field("党员|Member")
    organisation: Organisation = field("党小组|Group")


@programme.event("member.group_left", "退出党小组|Group left", rank=80)
class MemberGroupLeft(Event):
    """The member is in no group."""

    member: Member = field("党员|Member")


@programme.event("member.attached", "挂靠|Member attached", rank=60)
class MemberAttached(Event):
    """The member takes part here; the formal relation stays where it is."""

    member: Member = field("党员|Member")
    organisation: Organisation = field("挂靠组织|Attached to")
    kind: Choice = field("方式|Kind", choices=ATTACHMENTS)


@programme.event("member.detached", "结束挂靠|Member detached", rank=80)
class MemberDetached(Event):
    """The attachment of this kind ends."""

    member: Member = field("党员|Member")
    kind: Choice = field("方式|Kind", choices=ATTACHMENTS)


@programme.event("member.left", "出党|Member left", rank=90, ends="member")
class MemberLeft(Event):
    """Membership of the Party ends."""

    member: Member = field("党员|Member")
    how: Choice = field("方式|How", choices=LEAVING)


@members.step(MemberRegistered)
def _registered(state: MemberRow | None, event: MemberRegistered, on: date) -> MemberRow:
    if state is not None:
        raise Impossible("该党员已经登记|this member is registered already")
    return MemberRow(
        name=event.name,
        phone=event.phone,
        id_number=event.id_number,
        joined=event.joined,
        stage=event.stage,
        status="正常",
    )


def _present(state: MemberRow | None) -> MemberRow:
    if state is None:
        raise Impossible(
            "该党员当日尚未登记或已经出党|this member is not registered on that day or has left"
        )
    return state


@members.step(MemberDetailsCorrected)
def _corrected(state: MemberRow | None, event: MemberDetailsCorrected, on: date) -> MemberRow:
    row = _present(state)
    # Personal values are opaque here: whether there is one is all that may be asked.
    return row.replace(
        name=row.name if event.name is None else event.name,
        phone=row.phone if event.phone is None else event.phone,
        id_number=row.id_number if event.id_number is None else event.id_number,
        joined=row.joined if event.joined is None else event.joined,
    )


@members.step(MemberStageSet)
def _staged(state: MemberRow | None, event: MemberStageSet, on: date) -> MemberRow:
    return _present(state).replace(stage=event.stage)


@members.step(MemberStatusSet)
def _standing(state: MemberRow | None, event: MemberStatusSet, on: date) -> MemberRow:
    return _present(state).replace(status=event.status)


@members.step(MemberLeft)
def _left(state: MemberRow | None, event: MemberLeft, on: date) -> None:
    _present(state)


memberships.sets(
    MemberRegistered,
    lambda e: MembershipRow(member=e.member, organisation=e.organisation, how="登记"),
)
memberships.sets(MemberMoved)
memberships.clears(MemberLeft)
departures.records(MemberLeft)

group_memberships.sets(MemberGroupJoined)
group_memberships.clears(MemberGroupLeft)
group_memberships.clears(MemberMoved, when=lambda e: e.how != "整建制")
group_memberships.clears(MemberLeft)

categories.sets(MemberCategorySet)
categories.clears(MemberCategoryCleared)

attachments.sets(MemberAttached)
attachments.clears(MemberDetached)
