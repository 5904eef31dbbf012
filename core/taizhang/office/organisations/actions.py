"""What people do with organisations (组织): found, rename, move, merge, dissolve."""

from __future__ import annotations

from collections.abc import Iterator

from taizhang.api import (
    Action,
    Choice,
    Dated,
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

    def decide(self, ledger: Ledger) -> Iterator[Event | Dated]:
        """One fact per member moved, one per child, and the end of the source."""
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
        yield from self._members(ledger)
        yield from self._links(ledger)
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

    def _members(self, ledger: Ledger) -> Iterator[Dated]:
        for table, event, more in (
            ("memberships", "member.moved", {"how": "整建制"}),
            ("group_memberships", "member.group_joined", {}),
        ):
            for row in ledger.rows(table, organisation=self.organisation):
                moved = ledger.event(event, member=row["member"], organisation=self.to, **more)
                yield Dated(moved, ledger.on, "整建制", (row["src"],))

    def _links(self, ledger: Ledger) -> Iterator[Event | Dated]:
        """Attached members and places; who belongs to ``to``, or is linked to it, needs no other."""
        own = {r["member"] for r in ledger.rows("memberships", organisation=self.to)}
        for row in ledger.rows("attachments", organisation=self.organisation):
            member, kind = row["member"], row["kind"]
            if member in own:
                yield ledger.event("member.detached", member=member, kind=kind)
            else:
                attached = ledger.event(
                    "member.attached", member=member, organisation=self.to, kind=kind
                )
                yield Dated(attached, ledger.on, "整建制", (row["src"],))
        linked = {r["place"] for r in ledger.rows("place_links", organisation=self.to)}
        for row in ledger.rows("place_links", organisation=self.organisation):
            place = row["place"]
            yield ledger.event("place.unlinked", place=place, organisation=self.organisation)
            if place not in linked:
                linked_to = ledger.event("place.linked", place=place, organisation=self.to)
                yield Dated(linked_to, ledger.on, "整建制", (row["src"],))


@programme.action("organisation.dissolve", "撤销组织|Dissolve an organisation")
class Dissolve(Action):
    """End an organisation that nobody belongs to any more."""

    organisation: Organisation = field("组织|Organisation")
    successor: Organisation | None = field("承接组织|Successor", default=None)

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """Refused while members or organisations below belong to it, now or later."""
        for table, column, zh, en in (
            ("memberships", "organisation", "名党员", "members"),
            ("group_memberships", "organisation", "名党员", "members"),
            ("organisations", "parent", "个下级组织", "organisations below it"),
            ("attachments", "organisation", "名挂靠党员", "attached members"),
        ):
            left = later(ledger, ledger.spans(table, **{column: self.organisation}))
            if left:
                what = "id" if table == "organisations" else "member"
                raise Refused(
                    f"还有 {{n}} {zh}，不能撤销|it still has {{n}} {en} and cannot be dissolved",
                    n=len({row[what] for row in left}),
                )
        if self.successor == self.organisation:
            raise Refused("不能由自己承接|an organisation cannot succeed itself")
        yield OrganisationDissolved(organisation=self.organisation, successor=self.successor)
