"""What people do with a member's entry (党员登记): register, correct, classify, and end it."""

from __future__ import annotations

from collections.abc import Iterator

from taizhang.api import (
    Action,
    Choice,
    Dated,
    Event,
    IdNumber,
    Ledger,
    Member,
    Organisation,
    PartialDate,
    PersonName,
    Phone,
    Refused,
    field,
    must,
)
from taizhang.office.fits import MEMBERS
from taizhang.office.members.facts import (
    MemberCategorySet,
    MemberDetailsCorrected,
    MemberLeft,
    MemberRegistered,
    MemberStageSet,
    MemberStatusSet,
)
from taizhang.office.members.tables import (
    CATEGORIES,
    LEAVING,
    SCHEMES,
    STAGES,
    STATUSES,
    THREE,
    of_scheme,
    programme,
)
from taizhang.office.succession import onward

UNCHANGED = "不填则不变|unchanged when empty"


def _joined_by(joined: str | None, ledger: Ledger) -> None:
    if joined and joined > ledger.on.isoformat()[: len(joined)]:
        raise Refused(
            "入党日期 {joined} 晚于 {on}|joined the Party on {joined}, which is after {on}",
            joined=joined,
            on=ledger.on.isoformat(),
        )


@programme.action("member.register", "登记党员|Register a member")
class Register(Action):
    """Enter a member, with the branch (or outside organisation) of the formal relation."""

    name: PersonName = field("姓名|Name")
    organisation: Organisation = field("支部|Branch", **MEMBERS)
    joined: PartialDate | None = field("入党日期|Joined the Party", default=None)
    stage: Choice = field("党员类型|Stage", choices=STAGES, default="正式党员")
    phone: Phone | None = field("电话|Phone", default=None)
    id_number: IdNumber | None = field("身份号码|ID number", default=None)
    category: Choice | None = field(
        "三种党员|Three kinds", choices=SCHEMES["三种党员|Three kinds"], default=None
    )

    def decide(self, ledger: Ledger) -> Iterator[Event | Dated]:
        """One registered late into a branch that was merged since moves on with it."""
        _joined_by(self.joined, ledger)
        member = ledger.new_id("member")
        yield MemberRegistered(
            member=member,
            name=self.name,
            organisation=self.organisation,
            joined=self.joined,
            stage=self.stage,
            phone=self.phone,
            id_number=self.id_number,
        )
        if self.category:
            yield MemberCategorySet(member=member, scheme=THREE, category=self.category)
        yield from onward(ledger, member, self.organisation)

    def notices(self, ledger: Ledger) -> Iterator[str]:
        """Two of one name in one branch are mostly the same person."""
        same = ledger.called("member", self.name)
        if any(ledger.rows("memberships", member=m, organisation=self.organisation) for m in same):
            yield "该支部已有同名党员，请核对是否重复登记|this branch has a member of that name: look whether it is the same one"


@programme.action("member.correct_details", "更正资料|Correct details")
class CorrectDetails(Action):
    """Change details from a day on; leave empty what stays as it is."""

    member: Member = field("党员|Member")
    name: PersonName | None = field("姓名|Name", default=None, help=UNCHANGED)
    phone: Phone | None = field("电话|Phone", default=None, help=UNCHANGED)
    id_number: IdNumber | None = field("身份号码|ID number", default=None, help=UNCHANGED)
    joined: PartialDate | None = field("入党日期|Joined the Party", default=None, help=UNCHANGED)

    def check(self) -> Iterator[str]:
        """At least one detail is given."""
        if not (self.name or self.phone or self.id_number or self.joined):
            yield "没有要更正的内容|nothing is to be corrected"

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """Refused for a joining date in the future."""
        _joined_by(self.joined, ledger)
        yield MemberDetailsCorrected(
            member=self.member,
            name=self.name,
            phone=self.phone,
            id_number=self.id_number,
            joined=self.joined,
        )


@programme.action("member.set_stage", "党员类型变更|Set the stage")
class SetStage(Action):
    """Record the admission of a probationary member (转正), or mend the stage."""

    member: Member = field("党员|Member")
    stage: Choice = field("党员类型|Stage", choices=STAGES)

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """Refused when it is the stage already."""
        if must(ledger, "members", self.member)["stage"] == self.stage:
            raise Refused("党员类型没有变化|the stage is the same as before")
        yield MemberStageSet(member=self.member, stage=self.stage)


@programme.action("member.set_status", "状态变更|Set the status")
class SetStatus(Action):
    """Record the organisation's decision on a member's standing."""

    member: Member = field("党员|Member")
    status: Choice = field("状态|Status", choices=STATUSES)

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """Refused when it is the status already."""
        if must(ledger, "members", self.member)["status"] == self.status:
            raise Refused("状态没有变化|the status is the same as before")
        yield MemberStatusSet(member=self.member, status=self.status)


@programme.action("member.set_category", "类别变更|Set a category")
class SetCategory(Action):
    """Put a member into a category of one scheme; the other schemes stay."""

    member: Member = field("党员|Member")
    scheme: Choice | None = field(
        "分类办法|Scheme",
        choices=tuple(SCHEMES),
        default=None,
        help="不填为有此类别的第一种办法|when empty, the first scheme that has the category",
    )
    category: Choice = field("类别|Category", choices=CATEGORIES)

    def check(self) -> Iterator[str]:
        """The category is one of the scheme's."""
        if self.scheme is not None:
            yield from of_scheme(self.scheme, self.category)

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """Without a scheme, the first that has the category."""
        names = (scheme.partition("|")[0] for scheme in SCHEMES)
        scheme = self.scheme or next(n for n in names if not any(of_scheme(n, self.category)))
        yield MemberCategorySet(member=self.member, scheme=scheme, category=self.category)


@programme.action("member.leave", "出党|Leave")
class Leave(Action):
    """Record that membership ended; what stands open in the member's name ends with it."""

    member: Member = field("党员|Member")
    how: Choice = field("方式|How", choices=LEAVING, default="未注明")

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """As it stands."""
        yield MemberLeft(member=self.member, how=self.how)
