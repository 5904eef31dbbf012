"""Assets (固定资产): got, moved, scrapped; how many there are is what was got less what is gone (D3.76)."""

from __future__ import annotations

from taizhang.api import (
    Choice,
    Count,
    Facility,
    Money,
    Name,
    Organisation,
    Programme,
    Row,
    Selection,
    Text,
    Verb,
    field,
    register,
)

programme = Programme("assets", "固定资产|Assets", nouns=("asset",))

KINDS = (
    "房屋|Building",
    "家具|Furniture",
    "电器设备|Equipment",
    "图书|Books",
    "文体器材|Sports and culture",
    "其他|Other",
)
WAYS = ("购置|Bought", "调拨|Allotted", "捐赠|Donated", "自建|Built", "其他|Other")


class AssetRow(Row):
    """An asset that is there."""

    name: Name = field("名称|Name")
    kind: Choice = field("类别|Kind", choices=KINDS)
    organisation: Organisation = field("使用组织|Kept by", ended=True)
    facility: Facility | None = field("存放阵地|In facility", default=None, ended=True)
    number: Count = field("数量|Number", low=1, default=1)
    value: Money | None = field("原值|Value", low=0, default=None)
    way: Choice = field("来源|How it came", choices=WAYS, default="购置")
    code: Text = field("资产编号|Code", default="")


asset = register(
    programme,
    "asset",
    "资产|Asset",
    AssetRow,
    prefix="as",
    search=("name", "code"),
    opens=Verb("get", "got", "取得|Get"),
    changes=Verb("move", "moved", "调整|Move"),
    closes=Verb("scrap", "scrapped", "报废|Scrap"),
)

programme.belongs("assets", to="organisation")
programme.figure(
    "asset.count",
    "资产件数|Assets",
    select=Selection("assets"),
    measure="sum:number",
    by="kind",
    unit="件|pieces",
    source="D3.76",
)
