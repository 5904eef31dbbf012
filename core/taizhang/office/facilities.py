"""Facilities (阵地): rooms and centres, their functions and equipment, opening hours and what was opened (D2.17, D2.28,
D3.15, D3.45, D3.73, D3.74, D4.18, D4.21).

A facility is a place where something is offered; who comes is counted and never named.
"""

from __future__ import annotations

from taizhang.api import (
    Choice,
    Count,
    Facility,
    Minutes,
    Name,
    Organisation,
    Place,
    Programme,
    Quantity,
    Row,
    Selection,
    Text,
    Unit,
    Yes,
    deed_of,
    ending,
    field,
    register,
)

programme = Programme("facilities", "阵地设施|Facilities", nouns=("facility",))

KINDS = (
    "服务中心|Service centre",
    "活动室|Activity room",
    "服务站|Station",
    "办公用房|Offices",
    "派驻机构|Dispatched body",
    "活动场地|Ground",
    "其他|Other",
)
FUNCTIONS = (
    "代办大厅|Service hall",
    "市民学校|School for citizens",
    "电教室|Media room",
    "阅览室|Reading room",
    "活动室|Activity room",
    "警务室|Police room",
    "在职党员联络站|Station of in-service members",
    "流动党员活动站|Station of mobile members",
    "在册党员服务站|Station of members on the roll",
    "远程教育接收站|Remote learning",
    "议事室|Meeting room",
    "便民服务|Services",
    "其他|Other",
)


class FacilityRow(Row):
    """A facility as it stands."""

    name: Name = field("名称|Name")
    kind: Choice = field("类别|Kind", choices=KINDS)
    organisation: Organisation | None = field("管理组织|Kept by", default=None)
    unit: Unit | None = field("所属单位|Of unit", default=None)
    place: Place | None = field("所在场所|Place", default=None)
    area: Quantity | None = field("面积（平方米）|Area in square metres", low=0, default=None)
    owned: Yes | None = field("自有|Owned", default=None)
    hours: Text = field("开放时间|Opening hours", default="")


class FunctionRow(Row):
    """A function that a facility has."""

    facility: Facility = field("阵地|Facility")
    function: Choice = field("功能|Function", choices=FUNCTIONS)


class ItemRow(Row):
    """Equipment of a facility, by kind and number."""

    facility: Facility = field("阵地|Facility")
    item: Name = field("设备|Item")
    number: Count = field("数量|Number", low=0)


class OpeningRow(Row):
    """A facility was open: for how long, and how many came."""

    facility: Facility = field("阵地|Facility")
    minutes: Minutes = field("开放时长|Open for", low=1, high=1440)
    visitors: Count | None = field("到访人次|Visitors", low=0, default=None)


facility = register(
    programme,
    "facility",
    "阵地|Facility",
    FacilityRow,
    prefix="fa",
    table="facilities",
    same=("name", "organisation"),
)
functions = programme.spans(
    "facility_functions",
    "阵地功能|Functions",
    FunctionRow,
    key=("facility", "function"),
    ends_with=("facility",),
)
items = programme.spans(
    "facility_items",
    "阵地设备|Equipment",
    ItemRow,
    key=("facility", "item"),
    ends_with=("facility",),
)
openings = programme.records("openings", "开放记录|Openings", OpeningRow)
deed_of(
    programme, functions, "facility.give", "设功能|Give a function", event="facility.function_given"
)
ending(
    programme,
    "facility.take",
    "撤功能|Take a function away",
    event="facility.function_taken",
    clears=[functions],
)
deed_of(programme, items, "facility.equip", "配设备|Equip", event="facility.equipped")
ending(
    programme,
    "facility.strip",
    "撤设备|Take equipment away",
    event="facility.stripped",
    clears=[items],
)
deed_of(programme, openings, "facility.log", "记开放|Log an opening", event="facility.logged")

programme.belongs("facilities", to="organisation")
programme.figure(
    "facility.area",
    "阵地面积|Area of facilities",
    select=Selection("facilities"),
    measure="sum:area",
    by="kind",
    source="D3.73",
)
programme.figure(
    "facility.openings",
    "开放次数|Openings",
    select=Selection("openings", "facility"),
    unit="次|times",
    over="year",
    source="D2.17",
)
