"""What the demonstration's members do: service, team by team, approved or not; and the office's slips."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from taizhang.office.demonstration.community import Community
from taizhang.office.demonstration.lives import Lives
from taizhang.office.demonstration.names import Names
from taizhang.office.demonstration.plan import TODAY, Operation, Ref, Script

SERVICES = 11_600
WHAT = (
    "清扫楼道",
    "清除小广告",
    "看望老人",
    "政策宣讲",
    "节日巡逻",
    "义务修理",
    "绿化养护",
    "便民登记",
)
DAY = dt.timedelta(days=1)


def join_teams(script: Script, community: Community, lives: Lives) -> None:
    """About a quarter of the members stand in a team, some in several, some no more."""
    formed = dict(zip(community.teams, (2006, 2007, 2008, 2006, 2007), strict=True))
    for life in lives.members:
        if life.until is not None or script.chance.random() > 0.25:
            continue
        team = script.chance.choice(community.teams)
        first = max(life.since, dt.date(formed[team], 3, 6)) + 20 * DAY
        if first > dt.date(2012, 9, 1):
            continue
        on = script.day(first, dt.date(2012, 10, 1))
        fields = {"team": Ref(team), "member": Ref(life.key)}
        script.add("team.join", on, fields, chain=(life.key + team,), after=(f"{life.key} made",))
        if script.chance.random() < 0.15:
            off = script.day(on + 5 * DAY, dt.date(2012, 12, 20))
            script.add("team.leave", off, fields, chain=(life.key + team,))


def serve(script: Script, lives: Lives) -> None:
    """Service time; a third of it approved at the end of its month."""
    people = [(m.key, m.since, m.until or TODAY) for m in lives.members]
    people += [(key, since, TODAY) for key, since in lives.in_service] * 4
    for i in range(SERVICES):
        key, since, until = script.chance.choice(people)
        first = max(since + 30 * DAY, dt.date(2006, 4, 1))
        # Letters keep people where they are until they are received; the last month stays quiet.
        last = until - 75 * DAY if until < TODAY else TODAY - 2 * DAY
        if first >= last:
            continue
        on = script.day(first, last)
        fields = {
            "member": Ref(key),
            "minutes": 15 * script.chance.randrange(2, 17),
            "what": script.chance.choice(WHAT),
        }
        service = f"service:{i}"
        script.add(
            "service.log", on, fields, key=service, after=(f"{key} made",), delay=script.delay()
        )
        month_end = min(on + 25 * DAY, TODAY)
        if script.chance.random() < 0.38 and month_end > on:
            script.add(
                "service.approve",
                month_end,
                {"service": Ref(service)},
                chain=(service,),
                delay=script.chance.randrange(3),
            )


def slips(script: Script, names: Names) -> None:
    """2% of what was recorded is corrected, some is void, a few corrections are themselves wrong."""
    # What is approved stays as it is: the office mends before it approves, or not at all.
    approved = {o.fields["service"].key for o in script.operations if o.action == "service.approve"}
    logged = [o for o in script.operations if o.action == "service.log" and o.key not in approved]
    named = [o for o in script.operations if o.action == "member.register"]
    chosen = script.chance.sample(logged, 430)
    for operation in chosen[:330]:
        wrong = int(operation.fields["minutes"])
        fields = {"minutes": wrong + script.chance.choice([-15, 15, 30])}
        _amend(script, operation, "correct", fields, "时间记错")
    for operation in script.chance.sample(named, 90):
        _amend(script, operation, "correct", {"name": names.person()}, "姓名写错")
    for operation in chosen[330:395]:
        _amend(script, operation, "correct", {"on": operation.on + DAY}, "日期记错")
    for operation in chosen[395:]:
        _amend(script, operation, "void", {}, "重复登记")


def _amend(
    script: Script, operation: Operation, how: str, fields: Mapping[str, object], reason: str
) -> None:
    """Puts something right some days later; now and then that was wrong as well, and is taken back."""
    day = min((operation.when + DAY * script.chance.randrange(1, 40)).date(), TODAY)
    key = f"amend:{operation.serial}"
    script.last.setdefault(key, operation.when)
    made = script.add(how, day, fields, key=key, target=operation.key, chain=(key,), reason=reason)
    if how == "correct" and script.chance.random() < 0.06 and made.when.date() < TODAY - 5 * DAY:
        script.add(
            "void",
            day + 3 * DAY,
            {},
            key=key + ":void",
            target=key,
            chain=(key,),
            reason="更正有误",
        )
