"""The demonstration's community: organisations, grids, buildings, units, agreements and teams.

Splits of the published totals (domain D): grids 11x2 + 8x1 branches, branches 21x3 + 9x2 groups,
groups 80x12 + 1x11 members, buildings 79x3 + 2x4 a group.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from taizhang.office.demonstration.names import Names
from taizhang.office.demonstration.plan import START, Ref, Script

COMMITTEE = "天井湖社区党工委"
VILLAGES: tuple[tuple[str, str, int, int], ...] = (
    ("天桥新村", "天桥", 6, 2),
    ("五松西村", "五松", 4, 4),
    ("井湖村", "井湖", 5, 2),
    ("车站新村", "车站", 6, 1),
)
"""Name, short name, branches of three groups, branches of two."""

NUMERALS = "零一二三四五六七八九十"
UNITS: tuple[tuple[str, str], ...] = (
    ("铜山供电所", "国有企业"), ("湖滨中学", "事业单位"), ("井湖小学", "事业单位"),
    ("滨湖医院", "事业单位"), ("湖东粮油公司", "国有企业"), ("天桥税务所", "机关"),
    ("五松派出所", "机关"), ("湖畔书店", "两新组织"), ("同心社工服务社", "两新组织"),
    ("铜都物业公司", "两新组织"), ("车站邮政支局", "国有企业"), ("有色设计院", "国有企业"),
    ("湖滨幼儿园", "事业单位"), ("金口岭街道机关", "机关"), ("江南商贸公司", "两新组织"),
    ("长江水文站", "事业单位"), ("安运客车公司", "国有企业"),
)  # fmt: skip
OUTSIDE = ("江北街道党工委转接处", "和平社区党总支", "外地党组织")
TEAMS = (("献爱心志愿者队", "帮扶"), ("创平安志愿者队", "巡逻"), ("党员义务巡逻队", "巡逻"),
         ("健康教育服务队", "义诊"), ("便民修理服务队", "修理"))  # fmt: skip


@dataclass(slots=True)
class Group:
    """A group of the plan: its keys, its branch and how many members it has at the end."""

    key: str
    branch: str
    size: int
    founded: dt.date


@dataclass(slots=True)
class Community:
    """Keys of what has been planned, for the lives that are led in it."""

    groups: list[Group] = field(default_factory=list)
    units: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)
    teams: list[str] = field(default_factory=list)


def organisations(script: Script, community: Community) -> None:
    """The tree: committee, villages, 30 branches, 81 groups; part of it founded later."""
    script.add("organisation.found", START, {"name": COMMITTEE, "kind": "党工委"}, key="committee")
    # The books of the first day are entered from the top down, in the order of the list.
    number, first_day = 0, ("committee", "tree")
    for village, short, threes, twos in VILLAGES:
        at = f"village:{short}"
        fields = {"name": village, "kind": "总支", "parent": Ref("committee")}
        script.add("organisation.found", START, fields, key=at, after=first_day, chain=("tree",))
        for i in range(threes + twos):
            branch = f"branch:{short}:{i}"
            late = i >= (threes + twos) - 2
            year = 2006 if i == threes + twos - 2 else 2008
            founded = script.day(dt.date(year, 3, 1), dt.date(year + 1, 6, 1)) if late else START
            tree = () if late else ("tree",)
            fields = {
                "name": f"{short}第{NUMERALS[i + 1]}支部",
                "kind": "支部",
                "parent": Ref(at),
            }
            script.add("organisation.found", founded, fields, key=branch, after=(at,), chain=tree)
            for j in range(3 if i < threes else 2):
                number += 1
                group = f"group:{short}:{i}:{j}"
                fields = {
                    "name": f"第{NUMERALS[j + 1]}党小组",
                    "kind": "党小组",
                    "parent": Ref(branch),
                }
                script.add(
                    "organisation.found",
                    founded,
                    fields,
                    key=group,
                    after=(branch,),
                    chain=tree or (branch,),
                )
                community.groups.append(Group(group, branch, 11 if number == 81 else 12, founded))
    # One village's name was written otherwise at first, and one branch was led from elsewhere for a time.
    script.add(
        "organisation.rename",
        dt.date(2007, 5, 8),
        {"organisation": Ref("village:井湖"), "name": "井湖新村"},
        chain=("village:井湖",),
    )
    script.add(
        "organisation.rename",
        dt.date(2010, 1, 1),
        {"organisation": Ref("village:井湖"), "name": "井湖村"},
        chain=("village:井湖",),
    )
    for name in OUTSIDE:
        key = f"outside:{name}"
        script.add("organisation.found", START, {"name": name, "kind": "外部组织"}, key=key)
        community.outside.append(key)


def units(script: Script, community: Community, names: Names) -> None:
    """Units with their own Party bodies, 11 agreements in force at the end, 5 part-time members."""
    fields: dict[str, object]
    for i, (name, kind) in enumerate(UNITS):
        body, unit = f"body:{i}", f"unit:{i}"
        day = script.day(dt.date(2004, 9, 1), dt.date(2010, 9, 1))
        script.add(
            "organisation.found", START, {"name": f"{name}党支部", "kind": "外部组织"}, key=body
        )
        script.add(
            "unit.register",
            day,
            {"name": name, "kind": kind, "organisation": Ref(body)},
            key=unit,
            after=(body,),
        )
        community.units.append(unit)
        signed = max(day, script.day(dt.date(2008, 3, 1), dt.date(2012, 10, 1)))
        if i < 14:
            fields = {"unit": Ref(unit), "organisation": Ref("committee")}
            script.add(
                "agreement.sign",
                signed,
                fields,
                key=f"agreement:{i}",
                chain=(unit,),
                after=("committee",),
                document=f"天党工〔{signed.year}〕{i + 3}号",
            )
        if i >= 11 and i < 14:
            ended = script.day(signed + dt.timedelta(days=20), dt.date(2012, 12, 1))
            script.add("agreement.end", ended, {"agreement": Ref(f"agreement:{i}")}, chain=(unit,))
        if i < 6:
            appointed = script.day(dt.date(2010, 9, 10), dt.date(2011, 9, 1))
            fields = {"unit": Ref(unit), "organisation": Ref("committee"), "name": names.person()}
            script.add("committee.appoint", appointed, fields, chain=(unit,))
        if i == 5:
            script.add("committee.release", dt.date(2012, 4, 9), {"unit": Ref(unit)}, chain=(unit,))
        for _ in range(18):
            on = script.day(day, dt.date(2012, 12, 28))
            fields = {
                "unit": Ref(unit),
                "organisation": Ref("committee"),
                "kind": script.chance.choice(["经济共建", "文化共建", "治安共建", "环境共建"]),
                "minutes": 30 * script.chance.randrange(1, 12),
            }
            script.add(
                "act.record", on, fields, after=(f"{unit} made",), delay=max(script.delay(), 1)
            )


def places(script: Script, community: Community) -> None:
    """19 grids for 30 branches, 245 buildings for 81 groups; the network was drawn in 2010."""
    branches = list(dict.fromkeys(g.branch for g in community.groups))
    drawn = dt.date(2010, 3, 15)
    grid_of: dict[str, str] = {}
    taken = 0
    for i in range(19):
        key = f"grid:{i}"
        script.add("place.register", drawn, {"name": f"第{i + 1:02d}网格", "kind": "网格"}, key=key)
        for branch in branches[taken : taken + (2 if i < 11 else 1)]:
            script.add(
                "place.link",
                drawn,
                {"place": Ref(key), "organisation": Ref(branch)},
                chain=(key,),
                after=(branch,),
            )
            grid_of[branch] = key
        taken += 2 if i < 11 else 1
    number = 0
    for i, group in enumerate(community.groups):
        for _ in range(4 if i < 2 else 3):
            number += 1
            key = f"building:{number}"
            fields = {"name": f"{number}号楼", "kind": "楼栋", "parent": Ref(grid_of[group.branch])}
            script.add("place.register", drawn, fields, key=key, after=(grid_of[group.branch],))
            link = {"place": Ref(key), "organisation": Ref(group.key)}
            script.add(
                "place.link",
                script.day(drawn, dt.date(2010, 6, 30)),
                link,
                chain=(key,),
                after=(group.key,),
            )


def teams(script: Script, community: Community) -> None:
    """Standing teams of volunteers (D1.12, D1.13)."""
    for i, (name, skill) in enumerate(TEAMS):
        fields = {"name": name, "skill": skill, "organisation": Ref("committee")}
        script.add("team.form", dt.date(2006 + i % 3, 3, 5), fields, key=f"team:{i}")
        community.teams.append(f"team:{i}")
