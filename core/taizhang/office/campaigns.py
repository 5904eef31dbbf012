"""Campaigns and projects (主题活动与项目): what groups activities, who has which role, what was to be done, what was aimed at
(D0.08, D0.09, D1.14, D1.19, D3.11, D3.12).

A goal is a number with its unit of measure; what activities counted under the same words is how far it is reached.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated

from taizhang.api import (
    Action,
    Campaign,
    Choice,
    Date,
    Deed,
    Event,
    Impossible,
    Ledger,
    Member,
    Name,
    Not,
    Organisation,
    Programme,
    Quantity,
    QuantityKind,
    RefKind,
    Refused,
    Row,
    Selection,
    Shared,
    Text,
    computed,
    deed_of,
    ending,
    field,
    must,
    register,
)

programme = Programme("campaigns", "主题活动与项目|Campaigns", nouns=("campaign", "task"))

Task = Annotated[str, RefKind("task")]
KINDS = ("主题活动|Campaign", "项目|Project", "创建活动|Contest of places", "其他|Other")
PLANNED, DONE = "待做", "做完"


class CampaignRow(Row):
    """A campaign or project that runs."""

    name: Name = field("名称|Name")
    kind: Choice = field("类别|Kind", choices=KINDS, default="主题活动")
    organisation: Organisation | None = field("主办组织|Led by", default=None)
    ends: Date | None = field("计划结束|Planned until", default=None)
    theme: Text = field("主题|Theme", default="")


class RoleRow(Row):
    """A member has a role in a campaign (宣传员、战斗员、监督员)."""

    campaign: Campaign = field("活动|Campaign")
    role: Name = field("角色|Role")
    member: Member = field("党员|Member")


class GoalRow(Row):
    """A number that a campaign aims at."""

    campaign: Campaign = field("活动|Campaign")
    goal: Name = field("目标|Goal")
    target: Quantity = field("目标数|Target", low=1)
    measure: Name = field("计量单位|Unit of measure")


class TaskSaid(Shared):
    """A task as it is planned."""

    campaign: Campaign = field("活动|Campaign")
    name: Name = field("任务|Task")
    due: Date | None = field("期限|Due", default=None)


class TaskRow(TaskSaid, Row):
    """A task of a campaign; ``state`` says if it is done."""

    state: Choice = field("状态|State", choices=(f"{PLANNED}|To be done", f"{DONE}|Done"))
    done: Date | None = field("完成日期|Done on", default=None)


campaign = register(
    programme, "campaign", "活动|Campaign", CampaignRow, prefix="cp", same=("name", "organisation")
)
roles = programme.spans(
    "campaign_roles",
    "活动角色|Roles",
    RoleRow,
    key=("campaign", "role", "member"),
    ends_with=("campaign", "member"),
)
goals = programme.spans(
    "campaign_goals", "活动目标|Goals", GoalRow, key=("campaign", "goal"), ends_with=("campaign",)
)
goals.computed.update(
    computed(
        "reached",
        "完成数|Reached",
        "(SELECT coalesce(sum(c.number), 0) FROM activity_counts c JOIN activities a "
        "ON a.id = c.activity WHERE a.campaign = r.campaign AND c.what = r.goal "
        "AND c.measure = r.measure)",
        QuantityKind(),
    )
)
tasks = programme.folds(
    "campaign_tasks", "活动任务|Tasks", TaskRow, entity="task", prefix="tk", search=("name",)
)
deed_of(programme, roles, "campaign.assign", "任活动角色|Give a role", event="campaign.assigned")
ending(
    programme,
    "campaign.relieve",
    "免活动角色|Take a role",
    event="campaign.relieved",
    clears=[roles],
)
deed_of(programme, goals, "campaign.aim", "定活动目标|Set a goal", event="campaign.aimed")
ending(
    programme, "campaign.unaim", "撤活动目标|Drop a goal", event="campaign.unaimed", clears=[goals]
)


@programme.event("task.planned", "列活动任务|Task planned", rank=30)
class TaskPlanned(TaskSaid, Event, first=("task",)):
    """A task of a campaign is planned."""

    task: Task = field("任务|Task")


@programme.action("task.plan", "列活动任务|Plan a task")
class PlanTask(TaskSaid, Action):
    """Enter what is to be done in a campaign."""

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """As it stands."""
        yield self.becomes(TaskPlanned, task=ledger.new_id("task"))


@programme.deed("task.complete", "完成活动任务|Complete a task")
@programme.event("task.completed", "完成活动任务|Task completed", rank=50)
class TaskCompleted(Deed):
    """Enter that a task is done."""

    task: Task = field("任务|Task")

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """Refused for one that is done."""
        if must(ledger, "campaign_tasks", self.task)["state"] == DONE:
            raise Refused("该任务已经完成|this task is done already")
        yield self


tasks.begins(TaskPlanned, "该任务已经列入|this task is planned already", state=PLANNED)


@tasks.step(TaskCompleted)
def _completed(state: TaskRow | None, event: TaskCompleted, on: date) -> TaskRow:
    if state is None or state.state == DONE:
        raise Impossible("该任务当日不待完成|this task is not to be done on that day")
    return state.replace(state=DONE, done=on)


programme.belongs("campaigns", to="organisation")
programme.belongs("campaign_tasks", to="campaign")
programme.duty(
    "task.complete",
    "按期完成活动任务|Complete tasks in time",
    who=Selection("campaign_tasks", where={"state": PLANNED, "due": Not(None)}, due="due"),
    counts=None,
    per="standing",
    since=date(1949, 10, 1),
    source="D0.09",
)
