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
from taizhang.office.organisations.facts import (
    COMMITTEES,
    KINDS,
    OrganisationDissolved,
    OrganisationFounded,
    OrganisationMerged,
    OrganisationMoved,
    may_stand,
    not_below,
    programme,
)


@programme.action("organisation.found", "成立组织|Found an organisation")
class Found(Action):
    """Found an organisation under a parent, or at the top."""

    name: Name = field("名称|Name")
    kind: Choice = field("类别|Kind", choices=KINDS)
    parent: Organisation | None = field("上级|Parent", default=None)
    code: Text = field("代码|Code", default="")

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """Refused where this kind may not stand."""
        may_stand(ledger, self.kind, self.parent)
        yield self.becomes(OrganisationFounded, organisation=ledger.new_id("organisation"))


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
        not_below(ledger, self.organisation, self.to)
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
