"""Service items (服务项目): what an organisation, a team or a unit offers to whom, free or paid, and how often it was given
(D1.19, D3.14, D3.43).

Whoever is served is counted and never named.
"""

from __future__ import annotations

from taizhang.api import (
    Choice,
    Count,
    Facility,
    Minutes,
    Name,
    Organisation,
    Programme,
    Row,
    Selection,
    ServiceItem,
    Team,
    Text,
    Unit,
    Verb,
    deed_of,
    field,
    register,
)

programme = Programme("offers", "服务项目|Service items", nouns=("service_item",))

FEES = ("无偿|Free", "低偿|At cost", "有偿|Paid")
AUDIENCES = (
    "居民|Residents",
    "弱势群体|Groups in need",
    "驻区单位|Units of the area",
    "党员|Members",
    "其他|Other",
)


class ServiceItemRow(Row):
    """A service that is offered: by whom, to whom, where and when."""

    name: Name = field("名称|Name")
    audience: Choice = field("对象|For whom", choices=AUDIENCES, default="居民")
    fee: Choice = field("收费|Fee", choices=FEES, default="无偿")
    organisation: Organisation = field("提供组织|Offered by", ended=True)
    team: Team | None = field("服务队|Team", default=None, ended=True)
    unit: Unit | None = field("服务单位|Unit", default=None, ended=True)
    facility: Facility | None = field("服务阵地|Facility", default=None, ended=True)
    measures: Text = field("措施|Measures", default="")
    hours: Text = field("服务时间|Hours", default="")


class GivenRow(Row):
    """A service was given: how often, and for how long."""

    service_item: ServiceItem = field("服务项目|Service item")
    times: Count = field("人次|People served", low=1)
    minutes: Minutes | None = field("时长|Time", low=1, high=1440, default=None)


item = register(
    programme,
    "service_item",
    "服务项目|Service item",
    ServiceItemRow,
    prefix="si",
    search=("name",),
    same=("name", "organisation"),
    fixed=("organisation",),
    opens=Verb("offer", "offered", "开设|Offer"),
    closes=Verb("withdraw", "withdrawn", "停办|Withdraw"),
)
given = programme.records("services_given", "服务记录|Services given", GivenRow)
deed_of(
    programme,
    given,
    "service_item.give",
    "记提供服务|Enter services given",
    event="service_item.given",
)

programme.belongs("service_items", to="organisation")
programme.figure(
    "service_item.count",
    "服务项目|Service items",
    select=Selection("service_items"),
    by="audience",
    unit="项|items",
    source="D3.43",
)
programme.figure(
    "service_item.served",
    "服务人次|People served",
    select=Selection("services_given", "service_item"),
    measure="sum:times",
    unit="人次|times",
    over="year",
    source="D3.14",
)
