"""The tables of members (党员), and the lists of words that their columns take."""

from __future__ import annotations

from collections.abc import Iterator

from taizhang.api import (
    Choice,
    IdNumber,
    Member,
    Organisation,
    PartialDate,
    PersonName,
    Phone,
    Programme,
    Row,
    Shared,
    field,
)

programme = Programme("members", "党员|Members", nouns=("member", "person"))

STAGES = ("正式党员|Full member", "预备党员|Probationary member")
SUSPENDED = "停止党籍"
STATUSES = ("正常|In good standing", "失去联系|Out of contact", f"{SUSPENDED}|Membership suspended")
LEAVING = (
    "退党|Withdrew",
    "劝退|Persuaded to withdraw",
    "除名|Struck off",
    "自行脱党|Left of own accord",
    "开除|Expelled",
    "死亡|Died",
    "取消预备党员资格|Probation cancelled",
    "未注明|Not stated",
)
"""How membership ends (G.leaving); a decision of the organisation, never automatic."""

DEAD = "死亡"
"""The one way of leaving from which nobody comes back."""

RETURNS = ("恢复党籍|Membership restored", "重新入党|Joined the Party again")
"""How a member comes back who had left."""

ENTRIES = (
    "登记|Registered",
    "转接|Transferred",
    "调整|Reassigned",
    "整建制|As a whole body",
    *RETURNS,
)
"""How a membership began; one without another word came by letter (转接)."""

MOVES = ("调整|Reassigned", "整建制|As a whole body")
ATTACHMENTS = (
    "双重管理|Dual management",
    "功能型支部|Functional branch",
    "流动党员|Mobile member",
)

THREE = "三种党员"
SCHEMES: dict[str, tuple[str, ...]] = {
    "三种党员|Three kinds": ("在职党员|In service", "流动党员|Mobile", "在册党员|On the roll"),
    "三类党员|Three groups": (
        "离退休党员|Retired",
        "流动党员|Mobile",
        "下岗失业党员|Laid off",
    ),
    # The fifth of D3.48 (困难) is a matter of one's circumstances and is not kept here.
    "五类党员|Five groups": (
        "在职党员|In service",
        "离退休党员|Retired",
        "下岗职工党员|Laid off",
        "流动党员|Mobile",
    ),
}
"""Classifications of members: D2.18, D1.06, D3.48. They overlap: a category has a scheme (E14)."""

CATEGORIES = tuple(dict.fromkeys(c for choices in SCHEMES.values() for c in choices))


def of_scheme(scheme: str, category: str) -> Iterator[str]:
    """The rule that ``category`` breaks when it is none of the ``scheme``'s."""
    choices = next((c for s, c in SCHEMES.items() if s.partition("|")[0] == scheme), ())
    zh = [c.partition("|")[0] for c in choices]
    en = [c.partition("|")[2] for c in choices]
    if choices and category not in zh:
        yield f"该办法的类别有{'、'.join(zh)}|its categories are {', '.join(en)}"


class OfMember(Shared):
    """The field of all that is said of a member who is in the ledger."""

    member: Member = field("党员|Member")


class MemberDetails(Shared):
    """Details of a member: given at registration, shown in the table, corrected from a day on."""

    phone: Phone | None = field("电话|Phone", default=None)
    id_number: IdNumber | None = field("身份号码|ID number", default=None)
    joined: PartialDate | None = field("入党日期|Joined the Party", default=None)


class MemberSaid(MemberDetails, first=("name",)):
    """A member apart from where and how the member stands."""

    name: PersonName = field("姓名|Name")
    stage: Choice = field("党员类型|Stage", choices=STAGES)


class Registration(MemberSaid, first=("name", "organisation", "joined", "stage")):
    """A member as registered, with the branch where the formal relation sits."""

    organisation: Organisation = field("支部|Branch")
    stage: Choice = field(default="正式党员")


class Category(OfMember):
    """The member's category within one scheme."""

    scheme: Choice = field("分类办法|Scheme", choices=tuple(SCHEMES))
    category: Choice = field("类别|Category", choices=CATEGORIES)


class Attachment(OfMember):
    """An organisation where a member takes part without belonging to it."""

    organisation: Organisation = field("挂靠组织|Attached to")
    kind: Choice = field("方式|Kind", choices=ATTACHMENTS)


class MemberRow(MemberSaid, Row):
    """A member as known on a day; the branch is in ``memberships``."""

    status: Choice = field("状态|Status", choices=STATUSES)


class StatusChangeRow(OfMember, Row):
    """A decision on a member's standing."""

    status: Choice = field("状态|Status", choices=STATUSES)


class MembershipRow(OfMember, Row):
    """The formal relation (组织关系): the branch, or outside organisation, that a member is in."""

    organisation: Organisation = field("支部|Branch")
    how: Choice = field("来由|How", choices=ENTRIES, default="转接")


class GroupMembershipRow(OfMember, Row):
    """The group (党小组) of the branch that a member is in."""

    organisation: Organisation = field("党小组|Group")


class CategoryRow(Category, Row):
    """A member's category within one classification."""


class AttachmentRow(Attachment, Row):
    """An organisation where a member takes part without belonging to it."""


class DepartureRow(Row):
    """Membership of the Party ended on this day."""

    member: Member = field("党员|Member", ended=True)
    how: Choice = field("方式|How", choices=LEAVING)


members = programme.folds(
    "members",
    "党员|Members",
    MemberRow,
    entity="member",
    prefix="m",
    search=("name",),
    indexes=(("id_number",),),
)
status_changes = programme.records(
    "status_changes", "状态变更|Changes of standing", StatusChangeRow
)
memberships = programme.spans(
    "memberships",
    "组织关系|Memberships",
    MembershipRow,
    key=("member",),
    within=("organisation", "member"),
)
group_memberships = programme.spans(
    "group_memberships",
    "党小组编组|Group memberships",
    GroupMembershipRow,
    key=("member",),
    within=("organisation", "member"),
)
categories = programme.spans(
    "categories",
    "党员类别|Categories",
    CategoryRow,
    key=("member", "scheme"),
    ends_with=("member",),
    indexes=(("scheme", "category"),),
)
attachments = programme.spans(
    "attachments",
    "双重管理与挂靠|Attachments",
    AttachmentRow,
    key=("member", "kind"),
    within=("organisation",),
    ends_with=("member",),
)
departures = programme.records("departures", "出党|Departures", DepartureRow)

programme.belongs("memberships", to="organisation")
programme.belongs("group_memberships", to="organisation")
programme.belongs("attachments", to="organisation")
