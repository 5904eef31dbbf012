"""Volunteering (志愿服务): teams, their members, and service time.

Sources: 志愿服务条例 (G.volunteering) and D0.06, D1.12, D2.21. Service is voluntary and
unpaid; what counts is the actual service time without travel, in whole minutes. An entry stands as
待核 until it is approved. Logging asks nothing of the ledger, so that many may log at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from taizhang.api import (
    Action,
    Choice,
    Date,
    Deed,
    Event,
    Impossible,
    Label,
    Ledger,
    Minutes,
    Name,
    Organisation,
    Person,
    PersonalText,
    Programme,
    Refused,
    Row,
    Selection,
    Service,
    Shared,
    Team,
    Text,
    field,
    must,
    unique,
)

programme = Programme("volunteering", "志愿服务|Volunteering", nouns=("team", "service"))

STATES = ("待核|To be approved", "已核|Approved")
DAY = 1440
"""Minutes of a day: more cannot be served on one."""


class OfTeam(Shared):
    """The field of all that is said of a team that is in the ledger."""

    team: Team = field("队伍|Team")


class TeamDetails(Shared):
    """A team as it is formed."""

    name: Name = field("队名|Name")
    organisation: Organisation | None = field("所属组织|Organisation", default=None)
    skill: Text = field("特长|Skill", default="")


class TeamPlace(OfTeam):
    """A member's place in a team."""

    member: Person = field("人员|Person")


class ServiceEntry(Shared):
    """The service of a member: how long, and at what."""

    member: Person = field("人员|Person")
    minutes: Minutes = field("服务时间|Service time", low=1, high=DAY)
    team: Team | None = field("队伍|Team", default=None)
    what: PersonalText = field("内容|What", default="")


class TeamRow(TeamDetails, Row):
    """A standing team (志愿者队伍)."""

    organisation: Organisation | None = field(default=None, ended=True)


class TeamMemberRow(TeamPlace, Row):
    """A member stands in a team."""


class ServiceRow(Row):
    """One piece of service."""

    member: Person = field("人员|Person", ended=True)
    team: Team | None = field("队伍|Team", default=None, ended=True)
    minutes: Minutes = field("服务时间|Service time")
    what: PersonalText = field("内容|What", default="")
    day: Date = field("服务日期|Day")
    state: Choice = field("状态|State", choices=STATES)


teams = programme.folds(
    "teams", "志愿者队伍|Teams", TeamRow, entity="team", prefix="v", search=("name",)
)
team_members = programme.spans(
    "team_members",
    "队员|Team members",
    TeamMemberRow,
    key=("team", "member"),
    ends_with=("team", "member"),
)
services = programme.folds(
    "services",
    "志愿服务时间|Services",
    ServiceRow,
    entity="service",
    prefix="s",
    title=None,
    indexes=(("day",),),
)


@programme.event("team.formed", "组建队伍|Team formed", rank=10)
class TeamFormed(OfTeam, TeamDetails, Event):
    """A team begins."""


@programme.deed("team.join", "入队|Join a team")
@programme.event("team.joined", "入队|Team joined", rank=50)
class TeamJoined(TeamPlace, Deed):
    """Put a member into a team."""

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """Refused for one who is in it already."""
        if ledger.rows("team_members", team=self.team, member=self.member):
            raise Refused("该党员已在队中|this member is in the team already")
        yield self


@programme.deed("team.leave", "离队|Leave a team")
@programme.event("team.left", "离队|Team left", rank=80)
class TeamLeft(TeamPlace, Deed):
    """Take a member out of a team."""

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """Refused for one who is not in it."""
        if not ledger.rows("team_members", team=self.team, member=self.member):
            raise Refused("该党员不在队中|this member is not in the team")
        yield self


@programme.deed("team.disband", "解散队伍|Disband a team")
@programme.event("team.disbanded", "解散队伍|Team disbanded", rank=90, ends="team")
class TeamDisbanded(OfTeam, Deed):
    """End a team; its members leave it on that day, their service time stays."""


@programme.event("service.logged", "记服务时间|Service logged", rank=50)
class ServiceLogged(ServiceEntry, Event, first=("service",)):
    """A member served on this day."""

    service: Service = field("服务|Service")
    what: PersonalText = field(default="", about="member")

    def notices(self, ledger: Ledger) -> Iterator[Label]:
        """Nobody serves more than the hours of a day."""
        found = ledger.query(
            "SELECT src, minutes FROM services WHERE member = ? AND day = ? AND id <> ? ORDER BY src",
            self.member,
            ledger.on.isoformat(),
            self.service,
        )
        before = sum(row["minutes"] for row in found)
        if found and before + self.minutes > DAY:
            listed = " ".join(f"#{row['src']}" for row in found[:8])
            was, whole = (f"{n // 60}:{n % 60:02d}" for n in (before, before + self.minutes))
            yield Label(
                f"该党员当日已记 {was}（{listed}），合计 {whole}，超过一天的 24 小时，请核对",
                f"{was} of that day stand already ({listed}), which makes {whole}, more than its 24 hours: look again",
            )


@programme.deed("service.approve", "核定服务时间|Approve service")
@programme.event("service.approved", "核定服务时间|Service approved", rank=60)
class ServiceApproved(Deed):
    """Confirm an entry of service time."""

    service: Service = field("服务|Service")

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """Refused for one that is approved already."""
        if must(ledger, "services", self.service)["state"] != "待核":
            raise Refused("这条服务已经核定|this service is approved already")
        yield self


teams.begins(TeamFormed, "该队伍已经组建|this team exists already")


teams.ends(TeamDisbanded, "该队伍当日不存在|this team does not exist on that day")


team_members.sets(TeamJoined)
team_members.clears(TeamLeft)


@services.step(ServiceLogged)
def _logged(state: ServiceRow | None, event: ServiceLogged, on: date) -> ServiceRow:
    if state is not None:
        raise Impossible("这条服务已经记过|this service was logged already")
    return event.becomes(ServiceRow, day=on, state="待核")


@services.step(ServiceApproved)
def _approved(state: ServiceRow | None, event: ServiceApproved, on: date) -> ServiceRow:
    if state is None or state.state != "待核":
        raise Impossible("这条服务当日不待核|this service is not to be approved on that day")
    return state.replace(state="已核")


@programme.action("team.form", "组建队伍|Form a team")
class FormTeam(TeamDetails, Action):
    """Form a volunteer team, of an organisation or on its own."""

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """As it stands; names are kept apart by a check."""
        yield self.becomes(TeamFormed, team=ledger.new_id("team"))


@programme.action("service.log", "记服务时间|Log service")
class LogService(ServiceEntry, Action):
    """Enter the service time of a member on a day."""

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """As it stands."""
        yield self.becomes(ServiceLogged, service=ledger.new_id("service"))


programme.check(
    "name", "该组织已有同名队伍|A team there bears this name", entity="team", reads=("teams",)
)(unique("teams", "name", "organisation"))

programme.figure(
    "service.time",
    "志愿服务时间|Service time",
    select=Selection("services", "member", day="day"),
    measure="sum:minutes",
    by="organisation",
    over="year",
    source="G.volunteering",
)
programme.figure(
    "service.people",
    "参加志愿服务人数|Members who served",
    select=Selection("services", "member", day="day"),
    measure="distinct:member",
    by="organisation",
    unit="人|members",
    over="year",
    source="G.volunteering",
)
