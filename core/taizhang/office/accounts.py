"""Accounts (收支账): funds and stocks of goods that organisations keep: 爱心超市, 互助金, 办公活动经费, use of dues (D3.16,
D3.55, D3.72, D2.25).
"""

from __future__ import annotations

from taizhang.api import Organisation, Programme, accounts

programme = Programme("accounts", "收支账|Accounts", nouns=("account",))

made = accounts(
    programme,
    "account",
    "账户|Account",
    prefix="ac",
    owner=Organisation,
    table="accounts",
    entries="entries",
    incoming=(
        "财政拨款|Public funds",
        "党费|Dues",
        "捐赠|Donated",
        "自筹|Raised",
        "购入|Bought",
        "归还|Returned",
        "其他收入|Other",
    ),
    outgoing=(
        "教育培训|Training",
        "书报资料设备|Papers and equipment",
        "表彰奖励|Awards",
        "补助困难党员|Help to members",
        "修缮场所|Repair of premises",
        "办公活动|Office and activities",
        "发放|Handed out",
        "出借|Lent",
        "其他支出|Other",
    ),
)
programme.belongs("accounts", to="organisation")
