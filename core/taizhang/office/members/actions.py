"""Registering members (党员登记) and putting them into categories: actions of more fields than one event has."""

from __future__ import annotations

from collections.abc import Iterator

from taizhang.api import (
    Action,
    Choice,
    Dated,
    Event,
    Label,
    Ledger,
    Organisation,
    Person,
    Refused,
    field,
)
from taizhang.office.fits import MEMBERS
from taizhang.office.members.facts import (
    MemberCategorySet,
    MemberRegistered,
    joined_by,
)
from taizhang.office.members.identity import advice, namesakes, standing_of
from taizhang.office.members.tables import (
    CATEGORIES,
    SCHEMES,
    THREE,
    OfMember,
    Registration,
    of_scheme,
    programme,
)
from taizhang.office.succession import onward


@programme.action("member.register", "登记党员|Register a member")
class Register(Registration, Action):
    """Enter a member, with the branch (or outside organisation) of the formal relation."""

    organisation: Organisation = field(**MEMBERS)
    category: Choice | None = field(
        "三种党员|Three kinds", choices=SCHEMES["三种党员|Three kinds"], default=None
    )
    person: Person | None = field(
        "人员|Person",
        default=None,
        help="已作为非党员登记的，填其本人|who it is, if entered as no member before",
    )

    def decide(self, ledger: Ledger) -> Iterator[Event | Dated]:
        """One registered late into a branch that was merged since moves on with it."""
        joined_by(self.joined, ledger)
        member, number = self.person or ledger.new_id("member"), self.id_number
        phone = self.phone
        if self.person is not None:
            if ledger.spans("members", id=member):
                who, todo = standing_of(ledger, member), advice(ledger, member)
                raise Refused(
                    f"{who.zh}已登记过；{todo.zh}|{who.en} is registered already: {todo.en}"
                )
            known = next(iter(ledger.rows("people", member=member)), {})
            number, phone = number or known.get("id_number"), phone or known.get("phone")
        yield self.becomes(MemberRegistered, member=member, id_number=number, phone=phone)
        if self.category:
            yield MemberCategorySet(member=member, scheme=THREE, category=self.category)
        yield from onward(ledger, member, self.organisation)

    def notices(self, ledger: Ledger) -> Iterator[Label]:
        """Two of one name in one branch are mostly the same person, also where one has left."""
        for known in namesakes(ledger, self.name, self.organisation)[:1]:
            facts, todo = standing_of(ledger, known), advice(ledger, known)
            yield Label(
                f"该支部已有同名党员{facts.zh}，请核对是否重复登记；是同一人的，{todo.zh}",
                f"this branch has a member of that name, {facts.en}: look whether it is the same one; if so, {todo.en}",
            )


@programme.action("member.set_category", "类别变更|Set a category")
class SetCategory(OfMember, Action):
    """Put a member into a category of one scheme; the other schemes stay."""

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
