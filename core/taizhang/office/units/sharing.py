"""Sharing with units (共享): pairings, resources that are lent, donations in money and in kind (D1.08, D2.19)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from taizhang.api import (
    Choice,
    Count,
    Minutes,
    Name,
    Organisation,
    Quantity,
    Resource,
    Row,
    Selection,
    Unit,
    Verb,
    deed_of,
    field,
    register,
)
from taizhang.office.units.facts import programme

PAIRS = (
    "机关结对|With an office",
    "企业结对|With an enterprise",
    "院校结对|With a school",
    "城乡结对|Town and country",
    "支部结对|Branch with branch",
    "其他|Other",
)
RESOURCES = (
    "场地|Venue",
    "设施|Equipment",
    "人才|People",
    "信息|Information",
    "其他|Other",
)
GIFTS = ("资金|Money", "物资|Goods", "其他|Other")


class PairingRow(Row):
    """An organisation is paired with a unit, or with another organisation."""

    name: Name = field("名称|Name")
    kind: Choice = field("结对类别|Kind", choices=PAIRS)
    organisation: Organisation = field("组织|Organisation", ended=True)
    unit: Unit | None = field("结对单位|Unit", default=None, ended=True)
    partner: Organisation | None = field("结对组织|Other organisation", default=None, ended=True)


class ResourceRow(Row):
    """Something of a unit that others may use."""

    name: Name = field("名称|Name")
    kind: Choice = field("类别|Kind", choices=RESOURCES)
    unit: Unit = field("提供单位|Lent by", ended=True)


class ResourceUseRow(Row):
    """A resource was used: by whom, for how long and by how many."""

    resource: Resource = field("资源|Resource")
    organisation: Organisation | None = field("使用组织|Used by", default=None)
    minutes: Minutes | None = field("时长|Time", low=1, default=None)
    people: Count | None = field("人次|People", low=0, default=None)


class DonationRow(Row):
    """A unit gave something: a sum, or goods by number."""

    unit: Unit = field("捐赠单位|Given by")
    organisation: Organisation | None = field("接收组织|Received by", default=None)
    kind: Choice = field("类别|Kind", choices=GIFTS, default="资金")
    what: Name = field("捐赠内容|What")
    amount: Quantity = field("数额|Amount", low=0)
    measure: Name = field("计量单位|Unit of measure", default="元")


def _one(said: Any) -> Iterator[str]:
    """A pairing has one other side."""
    if (said.unit is None) == (said.partner is None):
        yield "结对单位与结对组织须填一个且只填一个|say the unit, or the other organisation"
    if said.partner is not None and said.partner == said.organisation:
        yield "不能与自己结对|an organisation is not paired with itself"


pairings = register(
    programme,
    "pairing",
    "结对共建|Pairing",
    PairingRow,
    prefix="gp",
    fixed=("organisation", "unit", "partner"),
    same=("name", "organisation"),
    opens=Verb("form", "formed", "建立|Form"),
    closes=Verb("end", "ended", "结束|End"),
    opening=_one,
)
resources = register(
    programme,
    "resource",
    "共享资源|Resource",
    ResourceRow,
    prefix="gr",
    fixed=("unit",),
    same=("name", "unit"),
    opens=Verb("offer", "offered", "提供|Offer"),
    closes=Verb("withdraw", "withdrawn", "撤回|Withdraw"),
)
uses = programme.records("resource_uses", "共享资源使用|Uses of resources", ResourceUseRow)
deed_of(programme, uses, "resource.use", "记资源使用|Enter a use", event="resource.used")
donations = programme.records("donations", "捐赠|Donations", DonationRow)
deed_of(
    programme, donations, "donation.receive", "记捐赠|Enter a donation", event="donation.received"
)

programme.belongs("pairings", to="organisation")
programme.figure(
    "donation.amount",
    "捐赠|Donations",
    select=Selection("donations", "unit", where={"measure": "元"}),
    measure="sum:amount",
    by="kind",
    unit="元|yuan",
    over="year",
    source="D2.19",
)
programme.figure(
    "resource.uses",
    "共享资源使用次数|Uses of resources",
    select=Selection("resource_uses", "resource"),
    unit="次|times",
    over="year",
    source="D2.19",
)
