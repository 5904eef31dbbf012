"""Where a member belongs (组织关系): moves between branches, groups, attachments, and the rows that follow."""

from __future__ import annotations

from collections.abc import Iterator

from taizhang.api import (
    Choice,
    Dated,
    Deed,
    Event,
    Ledger,
    Organisation,
    Refused,
    field,
    must,
)
from taizhang.office.fits import GROUPS, INSIDE, MEMBERS
from taizhang.office.kinds import OUTSIDE
from taizhang.office.members.tables import (
    ATTACHMENTS,
    MOVES,
    Attachment,
    OfMember,
    attachments,
    group_memberships,
    memberships,
    programme,
)
from taizhang.office.succession import not_overtaken, onward


def branch_of(ledger: Ledger, member: str) -> str:
    """The branch that a member belongs to on the ledger's day. Refuses when there is none."""
    rows = ledger.rows("memberships", member=member)
    if not rows:
        raise Refused("该党员当日不在任何支部|this member is in no branch on that day")
    return str(rows[0]["organisation"])


@programme.deed("member.move", "调整支部|Move a member")
@programme.event("member.moved", "转入支部|Member moved", rank=50)
class MemberMoved(OfMember, Deed):
    """Move a member to another branch without a letter, within the store or as a whole body."""

    organisation: Organisation = field("新支部|New branch", **MEMBERS)
    how: Choice = field("方式|How", choices=MOVES, default="调整")

    def decide(self, ledger: Ledger) -> Iterator[Event | Dated]:
        """Refused while a letter is under way, and between inside and outside, which takes one."""
        before = branch_of(ledger, self.member)
        if before == self.organisation:
            raise Refused("该党员已在这个支部|this member is in that branch already")
        if self.how == "调整":
            kinds = [must(ledger, "organisations", o)["kind"] for o in (before, self.organisation)]
            if kinds.count(OUTSIDE) == 1:
                raise Refused(
                    "与外部组织之间须开组织关系介绍信"
                    "|to or from an outside organisation takes a letter"
                )
            if ledger.rows("transfers", member=self.member, state="在途"):
                raise Refused(
                    "该党员有在途的介绍信，请先取消"
                    "|a letter for this member is under way; cancel it first"
                )
            not_overtaken(ledger, self.member, self.organisation)
        yield self
        yield from onward(ledger, self.member, self.organisation)


@programme.deed("member.join_group", "编入党小组|Join a group")
@programme.event("member.group_joined", "编入党小组|Group joined", rank=60)
class MemberGroupJoined(OfMember, Deed):
    """Put a member into a group of the own branch."""

    organisation: Organisation = field("党小组|Group", **GROUPS)

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """Refused for a group of another branch."""
        group = must(ledger, "organisations", self.organisation)
        if group["parent"] != branch_of(ledger, self.member):
            raise Refused(
                "“{name}”不属于该党员的支部|“{name}” does not belong to this member's branch",
                name=group["name"],
            )
        if ledger.rows("group_memberships", member=self.member, organisation=self.organisation):
            raise Refused("该党员已在这个党小组|this member is in that group already")
        yield self


@programme.deed("member.leave_group", "退出党小组|Leave the group")
@programme.event("member.group_left", "退出党小组|Group left", rank=80)
class MemberGroupLeft(OfMember, Deed):
    """Take a member out of the group; the branch stays."""

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """Refused when the member is in no group."""
        if not ledger.rows("group_memberships", member=self.member):
            raise Refused("该党员不在任何党小组|this member is in no group")
        yield self


@programme.deed("member.attach", "挂靠|Attach a member")
@programme.event("member.attached", "挂靠|Member attached", rank=60)
class MemberAttached(Attachment, Deed):
    """Let a member whose formal relation sits elsewhere take part here (双重管理, D1.09)."""

    organisation: Organisation = field(**INSIDE)
    kind: Choice = field(default="双重管理")

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """Refused at the member's own branch."""
        if branch_of(ledger, self.member) == self.organisation:
            raise Refused("该党员的组织关系就在这里|this member's formal relation is here already")
        if ledger.rows(
            "attachments", member=self.member, organisation=self.organisation, kind=self.kind
        ):
            raise Refused("该党员已挂靠在这里|this member is attached here already")
        yield self


@programme.deed("member.detach", "结束挂靠|Detach a member")
@programme.event("member.detached", "结束挂靠|Member detached", rank=80)
class MemberDetached(OfMember, Deed):
    """End an attachment."""

    kind: Choice = field("方式|Kind", choices=ATTACHMENTS, default="双重管理")

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """Refused when there is none of this kind."""
        if not ledger.rows("attachments", member=self.member, kind=self.kind):
            raise Refused("该党员没有这种挂靠|this member has no attachment of this kind")
        yield self


memberships.sets(MemberMoved)

group_memberships.sets(MemberGroupJoined)
group_memberships.clears(MemberGroupLeft)
group_memberships.clears(MemberMoved, when=lambda e: e.how != "整建制")

attachments.sets(MemberAttached)
attachments.clears(MemberDetached)
