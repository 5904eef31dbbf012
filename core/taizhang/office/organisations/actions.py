"""What people do with organisations (组织): found, rename, move, merge, dissolve."""

from __future__ import annotations

from collections.abc import Iterator

from taizhang.api import (
    Action,
    Choice,
    Event,
    Ledger,
    Name,
    Organisation,
    Refused,
    Text,
    english,
    field,
    later,
    must,
)
from taizhang.office.fits import ABOVE
from taizhang.office.organisations.facts import (
    COMMITTEES,
    KINDS,
    UNDER,
    OrganisationDissolved,
    OrganisationFounded,
    OrganisationMerged,
    OrganisationMoved,
    OrganisationRenamed,
    OrganisationSucceeded,
    programme,
)


def _may_stand(ledger: Ledger, kind: str, parent: str | None) -> None:
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


def _not_below(ledger: Ledger, organisation: str, target: str | None) -> None:
    """Refuses when ``target`` is ``organisation`` or stands somewhere below it on the day."""
    seen: set[str] = set()
    while target and target not in seen:
        if target == organisation:
            raise Refused(
                "不能归入自己或自己的下级"
                "|an organisation may not stand under itself or those below it"
            )
        seen.add(target)
        target = (ledger.get("organisations", target) or {}).get("parent")


@programme.action("organisation.found", "成立组织|Found an organisation")
class Found(Action):
    """Found an organisation under a parent, or at the top."""

    name: Name = field("名称|Name")
    kind: Choice = field("类别|Kind", choices=KINDS)
    parent: Organisation | None = field("上级|Parent", default=None, **ABOVE)
    code: Text = field("代码|Code", default="")

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """Refused where this kind may not stand."""
        _may_stand(ledger, self.kind, self.parent)
        yield OrganisationFounded(
            organisation=ledger.new_id("organisation"),
            name=self.name,
            kind=self.kind,
            parent=self.parent,
            code=self.code,
        )


@programme.action("organisation.rename", "组织更名|Rename an organisation")
class Rename(Action):
    """Give an organisation another name; what was recorded under the old one stays."""

    organisation: Organisation = field("组织|Organisation")
    name: Name = field("新名称|New name")

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """Refused when the name is the same."""
        if must(ledger, "organisations", self.organisation)["name"] == self.name:
            raise Refused("名称没有变化|the name is the same as before")
        yield OrganisationRenamed(organisation=self.organisation, name=self.name)


@programme.action("organisation.move", "调整隶属|Move an organisation")
class Move(Action):
    """Put an organisation, with all below it, under another parent; members stay where they are."""

    organisation: Organisation = field("组织|Organisation")
    parent: Organisation | None = field("新上级|New parent", default=None, **ABOVE)

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """Refused for cycles, wrong kinds, and for a group that still has members."""
        moved = must(ledger, "organisations", self.organisation)
        if moved["parent"] == self.parent:
            raise Refused("隶属没有变化|the parent is the same as before")
        _not_below(ledger, self.organisation, self.parent)
        _may_stand(ledger, moved["kind"], self.parent)
        count = len(ledger.rows("group_memberships", organisation=self.organisation))
        if count:
            raise Refused(
                "党小组还有 {n} 名党员，不能调到别的支部"
                "|the group still has {n} members and cannot move to another branch",
                n=count,
            )
        yield OrganisationMoved(organisation=self.organisation, parent=self.parent)


def _family(kind: str) -> str:
    if kind in COMMITTEES:
        return "committee"
    return "branch" if kind in ("支部", "联合支部") else kind


@programme.action("organisation.merge", "合并组织|Merge an organisation")
class Merge(Action):
    """Merge an organisation into another; members, groups and links go over whole (整建制)."""

    organisation: Organisation = field("被并组织|Merged organisation")
    to: Organisation = field("并入|Into")

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """One fact per child, and the end of the source; what belonged to it follows."""
        if self.organisation == self.to:
            raise Refused("不能并入自己|an organisation cannot be merged into itself")
        source = must(ledger, "organisations", self.organisation)
        target = must(ledger, "organisations", self.to)
        if _family(source["kind"]) != _family(target["kind"]):
            raise Refused(
                "{a}不能并入{b}：类别不同|“{a_en}” cannot be merged into “{b_en}”: their kinds differ",
                a=source["kind"],
                b=target["kind"],
                a_en=english(KINDS, source["kind"]),
                b_en=english(KINDS, target["kind"]),
            )
        _not_below(ledger, self.organisation, self.to)
        yield from self._children(ledger)
        yield OrganisationMerged(organisation=self.organisation, to=self.to)

    def _children(self, ledger: Ledger) -> Iterator[Event]:
        taken = {c["name"] for c in ledger.rows("organisations", parent=self.to)}
        for child in ledger.rows("organisations", parent=self.organisation):
            if child["name"] in taken:
                raise Refused(
                    "两边都有“{name}”，请先把其中一个更名"
                    "|both have a “{name}”; rename one of them first",
                    name=child["name"],
                )
            yield OrganisationMoved(organisation=child["id"], parent=self.to)


@programme.action("organisation.dissolve", "撤销组织|Dissolve an organisation")
class Dissolve(Action):
    """End an organisation that nobody belongs to any more."""

    organisation: Organisation = field("组织|Organisation")
    successor: Organisation | None = field("承接组织|Successor", default=None)

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """Refused while organisations below belong to it, now or later."""
        left = later(ledger, ledger.spans("organisations", parent=self.organisation))
        if left:
            raise Refused(
                "还有 {n} 个下级组织，不能撤销"
                "|it still has {n} organisations below it and cannot be dissolved",
                n=len({row["id"] for row in left}),
            )
        if self.successor == self.organisation:
            raise Refused("不能由自己承接|an organisation cannot succeed itself")
        yield OrganisationDissolved(organisation=self.organisation, successor=self.successor)


@programme.action("organisation.name_successor", "登记承接组织|Name a successor")
class NameSuccessor(Action):
    """Name a further successor of an organisation that has ended (one became several)."""

    organisation: Organisation = field("原组织|Organisation", ended=True)
    successor: Organisation = field("承接组织|Successor")

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """Refused while the organisation lives, and for a successor named before."""
        if ledger.get("organisations", self.organisation) is not None:
            raise Refused("该组织仍然存在，没有承接组织|this organisation still exists")
        named = ledger.rows("lineage", organisation=self.organisation, successor=self.successor)
        if named or self.successor == self.organisation:
            raise Refused("已登记为承接组织|it is named as successor already")
        yield OrganisationSucceeded(organisation=self.organisation, successor=self.successor)
