"""What is recorded of units (驻区单位) and co-building, under which rules, and the rows that follow from it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from taizhang.api import (
    Action,
    Agreement,
    Choice,
    Commitment,
    Count,
    Date,
    Deed,
    Event,
    Impossible,
    Ledger,
    Minutes,
    Name,
    Organisation,
    PersonalText,
    PersonName,
    Programme,
    Refused,
    Row,
    Selection,
    Shared,
    Unit,
    field,
    later,
    must,
    unique,
)

programme = Programme(
    "units",
    "单位与共建|Units and co-building",
    nouns=(
        "unit",
        "agreement",
        "act",
        "committee",
        "commitment",
        "instructor",
        "pairing",
        "resource",
        "donation",
    ),
)

KINDS = (
    "机关|Government office",
    "事业单位|Public institution",
    "国有企业|State-owned enterprise",
    "两新组织|New economic or social organisation",
    "其他|Other",
)
ACTS = (
    "经济共建|Economy",
    "文化共建|Culture",
    "治安共建|Public order",
    "环境共建|Environment",
    "其他|Other",
)
"""Kinds of co-building: four in D2.19."""

TITLE = "共驻共建协议"


class OfUnit(Shared):
    """The field of all that is said of a unit that is in the ledger."""

    unit: Unit = field("单位|Unit")


class UnitDetails(Shared):
    """A unit as it is entered; ``organisation`` is its own Party organisation."""

    name: Name = field("名称|Name")
    kind: Choice = field("类别|Kind", choices=KINDS)
    organisation: Organisation | None = field("单位党组织|Party body", default=None)


class Terms(Shared):
    """An agreement as it is signed; ``ends`` is its last day, if it names one."""

    name: Name = field("标题|Title", default=TITLE)
    unit: Unit = field("单位|Unit")
    organisation: Organisation | None = field("签约组织|Organisation", default=None)
    ends: Date | None = field("有效期至|Runs until", default=None)


class Deeds(OfUnit):
    """Something a unit did together with the community."""

    organisation: Organisation | None = field("共建组织|Organisation", default=None)
    kind: Choice = field("共建类别|Kind", choices=ACTS)
    minutes: Minutes | None = field("时长|Time", default=None)
    count: Count | None = field("人次|Participants", default=None)
    what: PersonalText = field("内容|What", default="", about="unit")
    commitment: Commitment | None = field(
        "兑现的承诺|Commitment", default=None, help="这次活动兑现的承诺事项|Which one it fulfils"
    )


class Seat(OfUnit):
    """The head of a unit and the committee on which that person sits."""

    organisation: Organisation = field("任职组织|Committee")
    name: PersonName = field("姓名|Name")


class UnitRow(UnitDetails, Row):
    """A unit that sits in the area; ``organisation`` is its own Party organisation."""

    organisation: Organisation | None = field(default=None, ended=True)


class AgreementRow(Terms, Row):
    """An agreement in force; ``ends`` is its last day, if it names one."""

    name: Name = field()
    organisation: Organisation | None = field(default=None, ended=True)


class ActRow(Deeds, Row):
    """Something a unit did together with the community."""

    commitment: Commitment | None = field(default=None, ended=True)


class CommitteeMemberRow(Seat, Row):
    """The head of a unit sits on a committee (兼职委员)."""


units = programme.folds(
    "units", "驻区单位|Units", UnitRow, entity="unit", prefix="u", search=("name",)
)
agreements = programme.folds(
    "agreements",
    "共建协议|Agreements",
    AgreementRow,
    entity="agreement",
    prefix="g",
    search=("name",),
    within=("unit",),
)
agreements.runs_out("ends")
acts = programme.records("acts", "共建活动|Acts", ActRow)
committee_members = programme.spans(
    "committee_members",
    "兼职委员|Part-time committee members",
    CommitteeMemberRow,
    key=("unit",),
    within=("organisation",),
    ends_with=("unit",),
)


@programme.event("unit.registered", "登记单位|Unit registered", rank=10)
class UnitRegistered(OfUnit, UnitDetails, Event):
    """A unit is entered."""


@programme.action("unit.register", "登记单位|Register a unit")
class RegisterUnit(UnitDetails, Action):
    """Enter a unit that sits in the area."""

    kind: Choice = field(default="其他")

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """As it stands; names are kept apart by a check."""
        yield self.becomes(UnitRegistered, unit=ledger.new_id("unit"))


@programme.deed("unit.change", "变更单位|Change a unit")
@programme.event("unit.changed", "变更单位|Unit changed", rank=30)
class UnitChanged(OfUnit, Deed):
    """Enter what is other of a unit than before; what is left out stays."""

    name: Name | None = field("名称|Name", default=None)
    kind: Choice | None = field("类别|Kind", choices=KINDS, default=None)
    organisation: Organisation | None = field("单位党组织|Party body", default=None)

    def said(self) -> dict[str, str]:
        """The fields that are said, by name."""
        given = {"name": self.name, "kind": self.kind, "organisation": self.organisation}
        return {name: value for name, value in given.items() if value is not None}

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """Refused where nothing is other."""
        row = must(ledger, "units", self.unit)
        if not any(row[name] != value for name, value in self.said().items()):
            raise Refused("没有变化|nothing is other than before")
        yield self


@programme.deed("unit.close", "注销单位|Close a unit")
@programme.event("unit.closed", "注销单位|Unit closed", rank=90, ends="unit")
class UnitClosed(OfUnit, Deed):
    """Record that a unit is gone; its seat on a committee ends with it."""

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """Refused while an agreement is in force."""
        day = ledger.on.isoformat()
        lasting = later(ledger, ledger.spans("agreements", unit=self.unit))
        # One that has run out is over, though nobody has ended it.
        count = sum(row["ends"] is None or row["ends"] >= day for row in lasting)
        if count:
            raise Refused(
                "还有 {n} 份协议未终止|{n} agreements with this unit are in force", n=count
            )
        yield self


@programme.event("agreement.signed", "签订协议|Agreement signed", rank=20)
class AgreementSigned(Terms, Event, first=("agreement",)):
    """An agreement comes into force."""

    agreement: Agreement = field("协议|Agreement")


@programme.action("agreement.sign", "签订协议|Sign an agreement")
class SignAgreement(Terms, Action, first=("unit", "organisation")):
    """Sign a co-building agreement (共驻共建协议) with a unit."""

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """Refused when it would end before it begins."""
        if self.ends is not None and self.ends < ledger.on:
            raise Refused(
                "有效期至 {ends}，早于签订日期|it runs until {ends}, before the day of signing",
                ends=self.ends.isoformat(),
            )
        yield self.becomes(AgreementSigned, agreement=ledger.new_id("agreement"))


@programme.deed("agreement.renew", "续签协议|Renew an agreement")
@programme.event("agreement.renewed", "续签协议|Agreement renewed", rank=30)
class AgreementRenewed(Deed):
    """Enter that an agreement runs on, also one that had run out."""

    agreement: Agreement = field("协议|Agreement")
    ends: Date | None = field("有效期至|Runs until", default=None)

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """Refused where it would not run longer than before."""
        before = must(ledger, "agreements", self.agreement)["ends"]
        if self.ends is not None and (
            self.ends < ledger.on or (before is not None and self.ends.isoformat() <= before)
        ):
            raise Refused(
                "续签后的有效期应晚于 {before}|it has to run longer than until {before}",
                before=before or ledger.on.isoformat(),
            )
        yield self


@programme.deed("agreement.end", "终止协议|End an agreement")
@programme.event("agreement.ended", "终止协议|Agreement ended", rank=80, ends="agreement")
class AgreementEnded(Deed):
    """End an agreement, run out or given up."""

    agreement: Agreement = field("协议|Agreement")


@programme.deed("committee.appoint", "聘任兼职委员|Appoint a committee member")
@programme.event("committee.appointed", "聘任兼职委员|Committee member appointed", rank=50)
class CommitteeAppointed(Seat, Deed):
    """Give the head of a unit a seat on a committee (兼职委员, D1.07); replaces the former head."""

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """Refused where no committee sits."""
        kind = must(ledger, "organisations", self.organisation)["kind"]
        if kind not in ("党工委", "党委", "总支"):
            raise Refused("{kind}不设兼职委员|part-time members sit on committees only", kind=kind)
        yield self


@programme.deed("committee.release", "免去兼职委员|Release a committee member")
@programme.event("committee.released", "免去兼职委员|Committee member released", rank=80)
class CommitteeReleased(OfUnit, Deed):
    """End a unit's seat."""

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """Refused when it has none."""
        if not ledger.rows("committee_members", unit=self.unit):
            raise Refused("该单位没有兼职委员|this unit has no seat on a committee")
        yield self


@programme.deed("act.record", "记共建活动|Record an act", event="act.recorded")
class Act(Deeds, Deed, first=("unit", "kind")):
    """Record what a unit did together with the community: counts only, nobody's names."""

    kind: Choice = field(default="其他")
    minutes: Minutes | None = field(low=1, default=None)
    count: Count | None = field(low=1, default=None)

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """Refused where the commitment is another unit's."""
        if self.commitment is not None:
            agreement = must(ledger, "commitments", self.commitment)["agreement"]
            if must(ledger, "agreements", agreement)["unit"] != self.unit:
                raise Refused("这项承诺不是该单位的|this commitment is another unit's")
        yield self


units.begins(UnitRegistered, "该单位已经登记|this unit is registered already")


units.ends(UnitClosed, "该单位当日不存在|this unit does not exist on that day")


@units.step(UnitChanged)
def _changed(state: UnitRow | None, event: UnitChanged, on: date) -> UnitRow:
    if state is None:
        raise Impossible("该单位当日不存在|this unit does not exist on that day")
    return state.replace(**event.said())


@agreements.step(AgreementRenewed)
def _renewed(state: AgreementRow | None, event: AgreementRenewed, on: date) -> AgreementRow:
    if state is None:
        raise Impossible("该协议当日不在有效期|this agreement is not in force on that day")
    return state.replace(ends=event.ends)


agreements.begins(AgreementSigned, "该协议已经签订|this agreement is signed already")


agreements.ends(AgreementEnded, "该协议当日不在有效期|this agreement is not in force on that day")


acts.records(Act)
committee_members.sets(CommitteeAppointed)
committee_members.clears(CommitteeReleased)

programme.figure(
    "act.count",
    "共建活动|Acts",
    select=Selection("acts", "unit"),
    by="kind",
    unit="次|times",
    over="year",
    source="D2.19",
)
programme.belongs("units", to="organisation")
programme.belongs("agreements", "unit", to="organisation")
programme.belongs("committee_members", to="organisation")
programme.belongs("agreements", to="organisation")

programme.check(
    "name", "已有同名同类单位|A unit of this kind bears this name", entity="unit", reads=("units",)
)(unique("units", "name", "kind"))
