"""What is recorded of organisations (组织) while they live, under which rules, and the rows that follow from it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from taizhang.api import (
    Action,
    Choice,
    Deed,
    Event,
    Impossible,
    Ledger,
    Name,
    Organisation,
    Programme,
    Refused,
    Row,
    Shared,
    Text,
    Yes,
    english,
    field,
    must,
)
from taizhang.office.fits import ABOVE
from taizhang.office.kinds import OUTSIDE
from taizhang.office.succession import upward

programme = Programme("organisations", "组织|Organisations", nouns=("organisation",))

KINDS = (
    "党工委|Party working committee",
    "党委|Party committee",
    "总支|General branch",
    "支部|Branch",
    "联合支部|Joint branch",
    "功能型支部|Functional branch",
    "党小组|Group",
    "外部组织|Outside organisation",
)
HOW = ("合并|Merged", "撤销|Dissolved", "分出|Split off")

HOLDING = ("支部", "联合支部", OUTSIDE)
COMMITTEES = ("党工委", "党委", "总支")
UNDER: dict[str, tuple[str | None, ...]] = {
    "党工委": (None, "党工委", "党委"),
    "党委": (None, "党工委", "党委"),
    "总支": (None, "党工委", "党委"),
    "支部": (None, *COMMITTEES),
    "联合支部": (None, *COMMITTEES),
    "功能型支部": (None, *COMMITTEES),
    "党小组": ("支部", "联合支部"),
    OUTSIDE: (None, OUTSIDE),
}
"""Which kind may stand under which; None is the top."""


class OrganisationDetails(Shared):
    """An organisation as it is founded."""

    name: Name = field("名称|Name")
    kind: Choice = field("类别|Kind", choices=KINDS)
    parent: Organisation | None = field("上级|Parent", default=None)
    code: Text = field("代码|Code", default="")


class OrganisationRow(OrganisationDetails, Row):
    """An organisation as it stands; ``holds_members`` follows from its kind."""

    holds_members: Yes = field("可编入党员|Holds members", default=False)


class WholeMove(Shared):
    """An organisation that goes over as a whole, and to whom."""

    organisation: Organisation = field("组织|Organisation")
    to: Organisation | None = field("接收上级|New superior", default=None)


class WholeMoveRow(WholeMove, Row):
    """An organisation goes over as a whole (整建制) at present."""

    to: Organisation | None = field(default=None, ended=True)


class LineageRow(Row):
    """``successor`` took over from ``organisation``; read either way."""

    organisation: Organisation = field("原组织|Organisation", ended=True)
    successor: Organisation = field("承接组织|Successor", ended=True)
    how: Choice = field("方式|How", choices=HOW)


organisations = programme.folds(
    "organisations",
    "组织|Organisations",
    OrganisationRow,
    entity="organisation",
    prefix="o",
    search=("name", "code"),
    within=("parent",),
)
programme.hierarchy(
    "organisations",
    parent="parent",
    outside={"kind": OUTSIDE},
    community={"kind": ("党工委", "党委")},
)
whole_moves = programme.spans(
    "whole_moves", "整建制转移|Going over as a whole", WholeMoveRow, key=("organisation",)
)
lineage = programme.records("lineage", "沿革|Lineage", LineageRow)


@programme.event("organisation.founded", "成立组织|Organisation founded", rank=10)
class OrganisationFounded(OrganisationDetails, Event, first=("organisation",)):
    """An organisation begins."""

    organisation: Organisation = field("组织|Organisation")


@programme.action("organisation.found", "成立组织|Found an organisation")
class Found(OrganisationDetails, Action):
    """Found an organisation under a parent, or at the top."""

    parent: Organisation | None = field(default=None, **ABOVE)

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """Refused where this kind may not stand."""
        may_stand(ledger, self.kind, self.parent)
        yield self.becomes(OrganisationFounded, organisation=ledger.new_id("organisation"))


@programme.deed("organisation.rename", "组织更名|Rename an organisation")
@programme.event("organisation.renamed", "组织更名|Organisation renamed", rank=30)
class OrganisationRenamed(Deed):
    """Give an organisation another name; what was recorded under the old one stays."""

    organisation: Organisation = field("组织|Organisation")
    name: Name = field("新名称|New name")

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """Refused when the name is the same."""
        if must(ledger, "organisations", self.organisation)["name"] == self.name:
            raise Refused("名称没有变化|the name is the same as before")
        yield self


def may_stand(ledger: Ledger, kind: str, parent: str | None) -> None:
    """Refuses a kind that does not go under ``parent``, which is none at the top."""
    above = must(ledger, "organisations", parent)["kind"] if parent else None
    if above in UNDER.get(kind, (above,)):
        return
    if above is None:
        raise Refused("{kind}必须设在支部之下|a group has to stand under a branch", kind=kind)
    raise Refused(
        "{kind}不能设在{above}之下|“{kind_en}” may not stand under “{above_en}”",
        kind=kind,
        above=above,
        kind_en=english(KINDS, kind),
        above_en=english(KINDS, above),
    )


def not_below(ledger: Ledger, organisation: str, target: str | None) -> None:
    """Refuses when ``target`` is ``organisation`` or stands somewhere below it on the day."""
    if organisation in upward(ledger, target):
        raise Refused(
            "不能归入自己或自己的下级|an organisation may not stand under itself or those below it"
        )


@programme.deed("organisation.move", "调整隶属|Move an organisation")
@programme.event("organisation.moved", "调整隶属|Organisation moved", rank=40)
class OrganisationMoved(Deed):
    """Put an organisation, with all below it, under another parent; members stay where they are."""

    organisation: Organisation = field("组织|Organisation")
    parent: Organisation | None = field("新上级|New parent", default=None, **ABOVE)

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """Refused for cycles, wrong kinds, and for a group that still has members."""
        moved = must(ledger, "organisations", self.organisation)
        if moved["parent"] == self.parent:
            raise Refused("隶属没有变化|the parent is the same as before")
        not_below(ledger, self.organisation, self.parent)
        may_stand(ledger, moved["kind"], self.parent)
        count = len(ledger.rows("group_memberships", organisation=self.organisation))
        if count:
            raise Refused(
                "党小组还有 {n} 名党员，不能调到别的支部"
                "|the group still has {n} members and cannot move to another branch",
                n=count,
            )
        yield self


@programme.deed("organisation.convert", "组织改建|Convert an organisation")
@programme.event("organisation.converted", "组织改建|Organisation converted", rank=40)
class OrganisationConverted(Deed):
    """Make an organisation one of another kind: a branch that has grown becomes a general branch (D0.02)."""

    organisation: Organisation = field("组织|Organisation")
    kind: Choice = field("新类别|New kind", choices=KINDS)

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """Refused where the new kind may not stand, or may not hold what the organisation holds."""
        was = must(ledger, "organisations", self.organisation)
        if was["kind"] == self.kind:
            raise Refused("类别没有变化|the kind is the same as before")
        if OUTSIDE in (was["kind"], self.kind):
            raise Refused("外部组织不能改建|an outside organisation is not converted")
        may_stand(ledger, self.kind, was["parent"])
        for below in ledger.rows("organisations", parent=self.organisation):
            if self.kind not in UNDER[below["kind"]]:
                raise Refused(
                    "{name}不能设在{kind}之下，请先调整它的隶属|{name} may not stand under “{kind_en}”: move it first",
                    name=below["name"],
                    kind=self.kind,
                    kind_en=english(KINDS, self.kind),
                )
        count = len(ledger.rows("memberships", organisation=self.organisation))
        if count and self.kind not in HOLDING:
            raise Refused(
                "还编有 {n} 名党员，请先调整他们的支部|{n} members are in it: move them to a branch first",
                n=count,
            )
        yield self


@programme.deed("organisation.begin_move", "开始整建制转移|Begin to go over as a whole")
@programme.event("organisation.move_begun", "开始整建制转移|Going over as a whole begun", rank=30)
class WholeMoveBegun(WholeMove, Deed):
    """An organisation goes over with all its members, by one paper of both superiors: no letters meanwhile."""

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """Refused where it does so already."""
        if ledger.rows("whole_moves", organisation=self.organisation):
            raise Refused("该组织已在整建制转移|this organisation goes over already")
        yield self


@programme.deed("organisation.end_move", "完成整建制转移|End going over as a whole")
@programme.event("organisation.move_ended", "完成整建制转移|Going over as a whole ended", rank=80)
class WholeMoveEnded(Deed):
    """The organisation has gone over, or does not: letters are issued again."""

    organisation: Organisation = field("组织|Organisation")

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """Refused where it does not go over."""
        if not ledger.rows("whole_moves", organisation=self.organisation):
            raise Refused("该组织没有在整建制转移|this organisation does not go over")
        yield self


whole_moves.sets(WholeMoveBegun)
whole_moves.clears(WholeMoveEnded)


@organisations.step(OrganisationFounded)
def _founded(
    state: OrganisationRow | None, event: OrganisationFounded, on: date
) -> OrganisationRow:
    if state is not None:
        raise Impossible("该组织已经成立|this organisation exists already")
    return event.becomes(OrganisationRow, holds_members=event.kind in HOLDING)


def lives(state: OrganisationRow | None) -> OrganisationRow:
    """The state, which has to be there for a step to follow."""
    if state is None:
        raise Impossible(
            "该组织当日尚未成立或已经结束|this organisation does not exist on that day"
        )
    return state


@organisations.step(OrganisationRenamed)
def _renamed(
    state: OrganisationRow | None, event: OrganisationRenamed, on: date
) -> OrganisationRow:
    return lives(state).replace(name=event.name)


@organisations.step(OrganisationMoved)
def _moved(state: OrganisationRow | None, event: OrganisationMoved, on: date) -> OrganisationRow:
    return lives(state).replace(parent=event.parent)


@organisations.step(OrganisationConverted)
def _converted(
    state: OrganisationRow | None, event: OrganisationConverted, on: date
) -> OrganisationRow:
    return lives(state).replace(kind=event.kind, holds_members=event.kind in HOLDING)
