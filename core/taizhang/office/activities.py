"""Activities (活动): trainings, service days, visits as counts, contests, patrols, study; who took part and what was counted
(D0.03, D0.04, D0.07, D0.18, D1.13, D2.02, D3.13, D3.53, D4.22).

One event has all of it: people as lines with their role and minutes, units that helped, and counts by kind and unit of measure.
Whoever is served is counted and never named. A programme that has a kind of its own yields ``activity.held`` with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated

from taizhang.api import (
    Action,
    Campaign,
    Choice,
    Count,
    Event,
    Impossible,
    Ledger,
    Line,
    Lines,
    Member,
    Minutes,
    Name,
    Organisation,
    Place,
    Programme,
    Quantity,
    RefKind,
    Row,
    Selection,
    Shared,
    Team,
    Text,
    Unit,
    field,
)

programme = Programme("activities", "活动|Activities", nouns=("activity",))

Activity = Annotated[str, RefKind("activity")]

KINDS = (
    "培训|Training",
    "学习|Study",
    "远程教育|Remote lesson",
    "服务日|Service day",
    "志愿服务|Voluntary work",
    "走访|Visits",
    "巡逻值守|Patrol",
    "文体活动|Sports and culture",
    "评选竞赛|Contest",
    "研讨交流|Seminar",
    "环境整治|Clean-up",
    "其他|Other",
)
ROLES = (
    "参加|Took part",
    "组织|Organised",
    "主讲|Lectured",
    "带队|Led",
    "宣传|Publicity",
    "值班|On duty",
    "其他|Other",
)


class Person(Line):
    """A member who took part."""

    member: Member = field("党员|Member")
    minutes: Minutes | None = field("时长|Time", low=1, high=1440, default=None)
    role: Choice = field("角色|Role", choices=ROLES, default="参加")


class Helper(Line):
    """A unit that organised or helped."""

    unit: Unit = field("单位|Unit")


class Tally(Line):
    """A number that was counted: vacancies, leaflets, people served."""

    what: Name = field("事项|What")
    number: Quantity = field("数|Number", low=0)
    measure: Name = field("计量单位|Unit of measure", default="人次")


class Happening(Shared):
    """An activity as it is entered."""

    name: Name = field("名称|Name")
    kind: Choice = field("类别|Kind", choices=KINDS)
    organisation: Organisation = field("组织者|Organised by", ended=True)
    campaign: Campaign | None = field("所属活动|Campaign", default=None, ended=True)
    team: Team | None = field("队伍|Team", default=None, ended=True)
    place: Place | None = field("场所|Place", default=None, ended=True)
    audience: Text = field("对象|For whom", default="")
    minutes: Minutes | None = field("时长|Duration", default=None)
    participants: Count | None = field("参加人数|Participants", low=0, default=None)


class ActivityRow(Happening, Row):
    """An activity; ``named`` counts the members that are listed."""

    named: Count = field("列名人数|Listed", default=0)


class PersonRow(Row):
    """A member took part in an activity."""

    activity: Activity = field("活动|Activity")
    member: Member = field("党员|Member", ended=True)
    minutes: Minutes | None = field("时长|Time", default=None)
    role: Choice = field("角色|Role", choices=ROLES)


class HelperRow(Row):
    """A unit helped in an activity."""

    activity: Activity = field("活动|Activity")
    unit: Unit = field("单位|Unit", ended=True)


class TallyRow(Row):
    """A number that was counted in an activity."""

    activity: Activity = field("活动|Activity")
    what: Name = field("事项|What")
    number: Quantity = field("数|Number")
    measure: Name = field("计量单位|Unit of measure")


activities = programme.folds(
    "activities",
    "活动|Activities",
    ActivityRow,
    entity="activity",
    prefix="at",
    search=("name",),
    indexes=(("campaign",), ("kind",)),
)
people = programme.records(
    "activity_people", "活动人员|People of activities", PersonRow, indexes=(("member",),)
)
helpers = programme.records("activity_units", "活动单位|Units of activities", HelperRow)
counts = programme.records("activity_counts", "活动计数|Counts of activities", TallyRow)


@programme.event("activity.held", "开展活动|Activity held", rank=40)
class ActivityHeld(Happening, Event, first=("activity",)):
    """An activity took place on this day."""

    activity: Activity = field("活动|Activity")
    people: Lines[Person] = field("人员|People", lines=Person, default=())
    units: Lines[Helper] = field("单位|Units", lines=Helper, default=())
    counts: Lines[Tally] = field("计数|Counts", lines=Tally, default=())


@programme.action("activity.hold", "开展活动|Hold an activity")
class HoldActivity(Happening, Action, first=("organisation", "kind", "name")):
    """Enter an activity with who took part, which units helped and what was counted."""

    people: Lines[Person] = field("人员|People", lines=Person, default=())
    units: Lines[Helper] = field("单位|Units", lines=Helper, default=())
    counts: Lines[Tally] = field("计数|Counts", lines=Tally, default=())

    def check(self) -> Iterator[str]:
        """Nobody is listed twice in one role, and more did not take part than were listed."""
        listed = [(line.member, line.role) for line in self.people]
        if len(set(listed)) < len(listed):
            yield "同一名党员同一角色列了两次|a member is listed twice in one role"
        members = {line.member for line in self.people}
        if self.participants is not None and self.participants < len(members):
            yield "参加人数少于列名人数|fewer took part than are listed"

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """As it stands."""
        yield self.becomes(ActivityHeld, activity=ledger.new_id("activity"))


@activities.step(ActivityHeld)
def _held(state: ActivityRow | None, event: ActivityHeld, on: date) -> ActivityRow:
    if state is not None:
        raise Impossible("该活动已经记过|this activity is recorded already")
    members = {line.member for line in event.people}
    return event.becomes(ActivityRow, named=len(members))


people.records(ActivityHeld, lines="people")
helpers.records(ActivityHeld, lines="units")
counts.records(ActivityHeld, lines="counts")

programme.belongs("activities", to="organisation")
programme.figure(
    "activity.count",
    "活动次数|Activities",
    select=Selection("activities", day="since"),
    by="kind",
    unit="次|times",
    over="year",
    source="D3.13",
)
programme.figure(
    "activity.members",
    "参加活动的党员|Members who took part",
    select=Selection("activity_people", "member"),
    measure="distinct:member",
    by="organisation",
    unit="人|members",
    over="year",
    source="D0.07",
)
programme.figure(
    "activity.minutes",
    "活动时长|Time of activities",
    select=Selection("activity_people", "member"),
    measure="sum:minutes",
    by="organisation",
    over="year",
    source="D1.13",
)
