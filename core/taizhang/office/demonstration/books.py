"""What the demonstration's office keeps besides people: its committees and their terms, facts and honours, rules, dues of
the last quarter, a fund and a stock of goods, a campaign with its activities.
"""

from __future__ import annotations

import datetime as dt

from taizhang.office.demonstration.community import NUMERALS, Community
from taizhang.office.demonstration.lives import Life, Lives
from taizhang.office.demonstration.plan import Ref, Script

QUARTER = ("2012-10", "2012-11", "2012-12")
FACTS = (
    ("面积", "7.7", "平方公里", "恰为"),
    ("户数", "4900", "户", "以上"),
    ("人口", "15000", "人", "以上"),
    ("楼栋", "245", "栋", "恰为"),
)
"""Published of D1: area, households and residents (more than), buildings."""

HONOURS = (
    ("全国群众文化先进社区", "国家级", 2008),
    ("全省文明社区", "省级", 2009),
    ("全省和谐示范社区", "省级", 2010),
    ("全国创先争优先进基层党组织", "国家级", 2012),
)
RULES = (
    ("居民公约", "公约"),
    ("居民代表大会制度", "制度"),
    ("居民和党员代表议事制度", "制度"),
    ("议事协商委员会议事规则", "议事规则"),
)
SITTING = ("书记", "组织委员", "宣传委员")


def keep(script: Script, community: Community, lives: Lives) -> None:
    """Everything that this module tells of, drawn after all others so that they stay as they were."""
    _community(script)
    members: dict[str, list[Life]] = {}
    for life in lives.members:
        if life.until is None:
            members.setdefault(life.group.branch, []).append(life)
    for number, (branch, there) in enumerate(sorted(members.items())):
        _committee(script, number, branch, there)
        _dues(script, branch, there)
    _campaign(script, members)


def _community(script: Script) -> None:
    for key, value, unit, bound in FACTS:
        fields = {
            "organisation": Ref("committee"),
            "key": key,
            "value": value,
            "unit": unit,
            "bound": bound,
            "source": "社区概况 2012",
        }
        script.add("fact.state", dt.date(2012, 1, 4), fields, after=("committee",))
    for name, level, year in HONOURS:
        fields = {"name": name, "level": level, "organisation": Ref("committee")}
        day = dt.date(year, 7, 1) if year < 2012 else dt.date(2012, 6, 28)
        script.add("honour.award", day, fields, after=("committee",), delay=script.delay())
    for name, kind in RULES:
        fields = {"name": name, "kind": kind, "organisation": Ref("committee")}
        script.add(
            "regulation.adopt",
            dt.date(2007, 4, 2),
            fields,
            key=f"rule:{name}",
            after=("committee",),
        )
    amended = {"regulation": Ref("rule:居民公约"), "version": 2}
    script.add("regulation.amend", dt.date(2011, 4, 6), amended, chain=("rule:居民公约",))
    _accounts(script)
    room = {
        "name": "党员活动室",
        "kind": "活动室",
        "organisation": Ref("committee"),
        "area": "180.5",
        "hours": "8:00-20:00",
    }
    script.add("facility.open", dt.date(2009, 9, 1), room, key="room", after=("committee",))
    for function in ("在职党员联络站", "流动党员活动站", "在册党员服务站"):
        given = {"facility": Ref("room"), "function": function}
        script.add("facility.give", dt.date(2009, 9, 1), given, chain=("room",))
    for month in range(1, 13):
        opened = {
            "facility": Ref("room"),
            "minutes": 180,
            "visitors": script.chance.randrange(8, 60),
        }
        script.add("facility.log", dt.date(2012, month, 15), opened, after=("room made",), delay=1)


def _accounts(script: Script) -> None:
    for key, name, book, unit in (
        ("fund", "互助金", "党员互助金", "元"),
        ("rice", "大米", "爱心超市", "袋"),
    ):
        fields = {"name": name, "book": book, "measure": unit, "organisation": Ref("committee")}
        script.add("account.open", dt.date(2011, 1, 5), fields, key=key, after=("committee",))
        for quarter in range(1, 9):
            day = dt.date(2011 + (quarter - 1) // 4, (quarter - 1) % 4 * 3 + 2, 8)
            came = {
                "account": Ref(key),
                "kind": "捐赠",
                "amount": str(40 + script.chance.randrange(60)),
            }
            script.add("account.receive", day, came, chain=(key,))
            went = {
                "account": Ref(key),
                "kind": "发放" if key == "rice" else "补助困难党员",
                "amount": str(5 + script.chance.randrange(30)),
                "reference": f"案{day.year}-{quarter}",
            }
            script.add("account.spend", day + dt.timedelta(days=20), went, chain=(key,))


def _committee(script: Script, number: int, branch: str, there: list[Life]) -> None:
    """A committee with a secretary and two members; it was elected twice since 2006, the last time in 2012."""
    old = [life for life in there if life.since < dt.date(2009, 1, 1)][: len(SITTING)]
    body = f"committee:{branch}"
    founded = dt.date(2009, 6, 1) + dt.timedelta(days=number)
    _, short, place = branch.split(":")
    name = f"{short}第{NUMERALS[int(place) + 1]}支部委员会"
    fields = {"name": name, "kind": "支部委员会", "organisation": Ref(branch), "size": 3}
    script.add("body.found", founded, fields, key=body, after=(branch,))
    script.add("term.begin", founded, {"body": Ref(body)}, chain=(body,))
    for office, life in zip(SITTING, old, strict=False):
        seat = {"body": Ref(body), "office": office, "member": Ref(life.key)}
        script.add("seat.take", founded, seat, chain=(body,), after=(f"{life.key} made",))
    if number % 3:  # the others are overdue: they serve on
        day = dt.date(2012, 6, 1) + dt.timedelta(days=number)
        script.add("term.begin", day, {"body": Ref(body)}, chain=(body,), delay=script.delay())


def _dues(script: Script, branch: str, there: list[Life]) -> None:
    """The dues of the last quarter: fixed for everybody who was there by then, charged, and paid by most."""
    paying = [life for life in there if life.since < dt.date(2009, 1, 1)]
    fixed, chain = dt.date(2012, 9, 20), (f"dues:{branch}",)
    amounts = {}
    for life in paying:
        retired = script.chance.random() < 0.5
        yuan = script.chance.randrange(8, 45 if retired else 90)
        amounts[life.key] = f"{yuan}.{script.chance.randrange(10)}0"
        fields = {
            "member": Ref(life.key),
            "base": "离退休" if retired else "在职工薪",
            "monthly": amounts[life.key],
        }
        script.add("dues.fix", fixed, fields, chain=chain, after=(f"{life.key} made",))
    for month in QUARTER:
        charged = {"organisation": Ref(branch), "month": month}
        script.add("dues.charge", dt.date.fromisoformat(f"{month}-08"), charged, chain=chain)
        lines = [
            {"member": Ref(key), "amount": amount}
            for key, amount in amounts.items()
            if script.chance.random() < 0.95
        ]
        paid = {**charged, "payments": lines}
        script.add("dues.collect", dt.date.fromisoformat(f"{month}-15"), paid, chain=chain, delay=1)


def _campaign(script: Script, members: dict[str, list[Life]]) -> None:
    """创建文明城市、卫生城市 of 2012 (D1.14): a campaign with a clean-up of each village's branches."""
    fields = {"name": "2012“双创”环境治理", "organisation": Ref("committee"), "theme": "环境治理"}
    script.add("campaign.open", dt.date(2012, 3, 1), fields, key="campaign", after=("committee",))
    for branch, there in sorted(members.items()):
        day = script.day(dt.date(2012, 3, 10), dt.date(2012, 11, 30))
        came = [life for life in there if life.since < dt.date(2011, 12, 1)][:6]
        held = {
            "name": "环境清洁日",
            "kind": "环境整治",
            "organisation": Ref(branch),
            "campaign": Ref("campaign"),
            "minutes": 120,
            "participants": len(came) + script.chance.randrange(20),
            "people": [{"member": Ref(life.key), "minutes": 120} for life in came],
        }
        after = (branch, *(f"{life.key} made" for life in came))
        script.add("activity.hold", day, held, chain=("campaign",), after=after)
