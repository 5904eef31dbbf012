"""The demonstration's members: how each one came, moved, served, and whether they left.

The 971 of the last day are fixed, group by group; each gets a way by which they came. Those who left
are extra. In 2012 the year's table is the one of H.3: 958 + 9 developed + 21 in - 13 out - 4 died.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from taizhang.office.demonstration.community import Community, Group
from taizhang.office.demonstration.names import Names
from taizhang.office.demonstration.plan import START, TODAY, Ref, Script

THREE = ("在册党员",) * 7 + ("流动党员",) * 2 + ("在职党员",)
DAY = dt.timedelta(days=1)


@dataclass(slots=True)
class Life:
    """A member of the plan: ``since`` in the community, ``until`` when they left it, if they did."""

    key: str
    group: Group
    since: dt.date
    until: dt.date | None = None
    mobile: bool = False


class Lives:
    """Plans members one by one and keeps them for the deeds that are dealt out afterwards."""

    def __init__(self, script: Script, community: Community, names: Names) -> None:
        self.script = script
        self.community = community
        self.names = names
        self.members: list[Life] = []
        self.in_service: list[tuple[str, dt.date]] = []
        self.letters = 0

    def details(self, on: dt.date) -> dict[str, object]:
        """Draws what the office knows of a newcomer."""
        chance = self.script.chance
        born = chance.randrange(1930, on.year - 24)
        joined = chance.randrange(born + 20, on.year + 1)
        made: dict[str, object] = {"name": self.names.person()}
        if joined < on.year:
            month, day = chance.randrange(1, 13), chance.randrange(1, 29)
            made["joined"] = chance.choice(
                [f"{joined}-{month:02d}-{day:02d}", f"{joined}-{month:02d}", f"{joined}-07-01"]
            )
        if chance.random() < 0.8:
            made["phone"] = self.names.phone()
        if chance.random() < 0.5:
            made["id_number"] = self.names.id_number(born)
        return made

    def come(self, group: Group, how: str, on: dt.date) -> Life:
        """A member of ``group`` from ``on``: registered, transferred in, or developed here."""
        key = f"member:{len(self.members)}"
        life = Life(key, group, on)
        self.members.append(life)
        details = self.details(on)
        if how == "transferred":
            outside = Ref(self.script.chance.choice(self.community.outside))
            arrived = on - DAY * self.script.chance.randrange(3, 25)
            self.script.add(
                "member.register",
                arrived,
                {**details, "organisation": outside},
                key=key,
                after=(outside.key,),
                delay=self.settling(arrived),
            )
            self.letter(key, group.branch, arrived, on)
        else:
            fields = {**details, "organisation": Ref(group.branch)}
            if how == "developed":
                fields.pop("joined", None)
                fields["stage"] = "预备党员"
            self.script.add(
                "member.register",
                on,
                fields,
                key=key,
                after=(group.branch,),
                delay=self.settling(on),
            )
            full = on + dt.timedelta(days=366)
            if how == "developed" and full < TODAY:
                self.script.add(
                    "member.set_stage",
                    full,
                    {"member": Ref(key), "stage": "正式党员"},
                    chain=(key,),
                    delay=2,
                )
        self.script.add(
            "member.join_group",
            on,
            {"member": Ref(key), "organisation": Ref(group.key)},
            chain=(key,),
            after=(group.key,),
        )
        if how != "developed" and self.script.chance.random() < 0.8:
            category = self.script.chance.choice(THREE)
            life.mobile = category == "流动党员"
            self.script.add(
                "member.set_category",
                on + DAY,
                {"member": Ref(key), "scheme": "三种党员", "category": category},
                chain=(key,),
                delay=self.script.delay(),
            )
        return life

    def settling(self, on: dt.date) -> int:
        """The books of the first day took the office a week to enter."""
        return self.script.chance.randrange(1, 6) if on == START else 0

    def letter(self, member: str, branch: str, issued: dt.date, received: dt.date) -> None:
        """A letter of transfer, received; most return slips come back."""
        self.letters += 1
        key, days = f"letter:{self.letters}", self.script.chance.choice([30, 30, 60, 90])
        fields = {
            "member": Ref(member),
            "to": Ref(branch),
            "number": f"{issued.year}-{self.letters:04d}",
            "valid_days": days,
        }
        self.script.add("transfer.issue", issued, fields, key=key, chain=(member,), after=(branch,))
        self.script.add("transfer.receive", received, {"transfer": Ref(key)}, chain=(member,))
        back = received + DAY * self.script.chance.randrange(1, 28)
        if back < TODAY and self.script.chance.random() < 0.9:
            self.script.add("transfer.return_slip", back, {"transfer": Ref(key)}, chain=(member,))

    def go(self, life: Life, how: str, on: dt.date) -> None:
        """The member leaves the community: transferred out, died, or withdrew."""
        life.until = on
        if how == "transferred":
            issued = on - DAY * self.script.chance.randrange(3, 25)
            self.letter(life.key, self.script.chance.choice(self.community.outside), issued, on)
        else:
            self.script.add(
                "member.leave",
                on,
                {"member": Ref(life.key), "how": how},
                chain=(life.key,),
                delay=self.script.delay(),
            )

    def move(self, life: Life, to: Group, on: dt.date) -> None:
        """The member moves to another branch of the community."""
        self.letter(life.key, to.branch, on - DAY * self.script.chance.randrange(2, 20), on)
        self.script.add(
            "member.join_group",
            on,
            {"member": Ref(life.key), "organisation": Ref(to.key)},
            chain=(life.key,),
        )
        life.group = to

    # The whole community

    def settle(self) -> None:
        """All members: those of the last day by group, those who left, and letters still under way."""
        chance = self.script.chance
        places = [group for group in self.community.groups for _ in range(group.size)]
        chance.shuffle(places)
        ways = ["developed"] * 9 + ["transferred"] * 21
        for group, how in zip(places[:30], ways, strict=True):
            self.come(group, how, self.script.day(dt.date(2012, 2, 1), dt.date(2012, 11, 20)))
        for group in places[30:]:
            roll = chance.random()
            earliest = max(group.founded, START)
            if roll < 0.72:
                self.come(group, "registered", earliest)
            else:
                way = "transferred" if roll < 0.93 else "developed"
                first = max(earliest + 40 * DAY, dt.date(2005, 1, 10))
                life = self.come(group, way, self.script.day(first, dt.date(2011, 11, 1)))
                if way == "transferred" and chance.random() < 0.12:
                    self.wander(life)
        self.leavers()
        self.overdue()

    def wander(self, life: Life) -> None:
        """Moved within the community some time before the end: the plan's group is the last one."""
        last = life.group
        other = self.script.chance.choice(
            [g for g in self.community.groups if g.founded == START and g.branch != last.branch]
        )
        on = life.since + DAY * 120
        if on < dt.date(2011, 6, 1):
            self.move(life, other, on)
            back = self.script.day(on + 60 * DAY, dt.date(2011, 12, 1))
            self.move(life, last, back)

    def leavers(self) -> None:
        """Draws those who were there and are no more; 13 transferred out and 4 died in 2012."""
        early = [g for g in self.community.groups if g.founded == START]
        ends = [("transferred", 2012)] * 13 + [("死亡", 2012)] * 4
        for _ in range(150):
            ends.append(
                (
                    self.script.chance.choice(
                        ["transferred"] * 3 + ["死亡"] * 4 + ["退党", "除名"]
                    ),
                    self.script.chance.randrange(2005, 2012),
                )
            )
        for how, year in ends:
            life = self.come(self.script.chance.choice(early), "registered", START)
            self.go(life, how, self.script.day(dt.date(year, 2, 1), dt.date(year, 11, 30)))

    def overdue(self) -> None:
        """Letters without a receipt at the end, and one that was reissued."""
        staying = [m for m in self.members if m.until is None and m.since < dt.date(2012, 1, 1)]
        for i, life in enumerate(self.script.chance.sample(staying, 6)):
            key = f"letter:open:{i}"
            issued = dt.date(2012, 10, 8) + DAY * 11 * i
            fields = {
                "member": Ref(life.key),
                "to": Ref(self.script.chance.choice(self.community.outside)),
                "number": f"2012-9{i:03d}",
                "valid_days": 30,
            }
            self.script.add("transfer.issue", issued, fields, key=key, chain=(life.key,))
            if i == 0:
                again = {"transfer": Ref(key), "number": "2012-9900"}
                self.script.add("transfer.reissue", dt.date(2012, 11, 12), again, chain=(life.key,))

    def employed(self) -> None:
        """142 in-service members who belong to their units' bodies and take part here (D1.09)."""
        for i in range(152):
            key, unit = f"inservice:{i}", i % len(self.community.units)
            on = self.script.day(dt.date(2010, 10, 1), dt.date(2012, 10, 20))
            fields = {
                **self.details(on),
                "organisation": Ref(f"body:{unit}"),
                "category": "在职党员",
            }
            self.script.add("member.register", on, fields, key=key, after=(f"body:{unit}",))
            attach = {"member": Ref(key), "organisation": Ref("committee"), "kind": "双重管理"}
            self.script.add("member.attach", on, attach, chain=(key,))
            if i >= 142:
                off = self.script.day(on + 10 * DAY, dt.date(2012, 12, 10))
                end = {"member": Ref(key), "kind": "双重管理"}
                self.script.add("member.detach", off, end, chain=(key,))
            else:
                self.in_service.append((key, on))
