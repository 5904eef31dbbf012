"""How organisations (组织) end: merged into another, dissolved, succeeded by one or several (沿革)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from taizhang.api import (
    Deed,
    Event,
    Ledger,
    Organisation,
    Refused,
    english,
    field,
    later,
    must,
)
from taizhang.office.organisations.facts import (
    COMMITTEES,
    KINDS,
    LineageRow,
    OrganisationMoved,
    OrganisationRow,
    lineage,
    lives,
    not_below,
    organisations,
    programme,
)


def _family(kind: str) -> str:
    if kind in COMMITTEES:
        return "committee"
    return "branch" if kind in ("支部", "联合支部") else kind


@programme.deed("organisation.merge", "合并组织|Merge an organisation")
@programme.event(
    "organisation.merged", "组织合并|Organisation merged", rank=90, ends="organisation"
)
class OrganisationMerged(Deed):
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
        yield self

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


@programme.deed("organisation.dissolve", "撤销组织|Dissolve an organisation")
@programme.event(
    "organisation.dissolved", "撤销组织|Organisation dissolved", rank=90, ends="organisation"
)
class OrganisationDissolved(Deed):
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
        yield self


@programme.deed("organisation.name_successor", "登记承接组织|Name a successor")
@programme.event("organisation.succeeded", "登记承接组织|Successor named", rank=95)
class OrganisationSucceeded(Deed):
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
        yield self


@organisations.step(OrganisationMerged)
def _merged(state: OrganisationRow | None, event: OrganisationMerged, on: date) -> None:
    lives(state)


@organisations.step(OrganisationDissolved)
def _dissolved(state: OrganisationRow | None, event: OrganisationDissolved, on: date) -> None:
    lives(state)


lineage.records(
    OrganisationMerged,
    lambda e: LineageRow(organisation=e.organisation, successor=e.to, how="合并"),
)
lineage.records(
    OrganisationDissolved,
    lambda e: (
        LineageRow(organisation=e.organisation, successor=e.successor, how="撤销")
        if e.successor
        else None
    ),
)
lineage.records(
    OrganisationSucceeded,
    lambda e: LineageRow(organisation=e.organisation, successor=e.successor, how="分出"),
)
