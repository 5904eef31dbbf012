"""A programme over the core's own slices that declares one duty of every sort, and some figures."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Annotated

from taizhang.api import (
    Choice,
    Count,
    Counting,
    Date,
    Deed,
    Event,
    Impossible,
    Member,
    Minutes,
    Name,
    Not,
    Organisation,
    Programme,
    RefKind,
    Row,
    Selection,
    deed_of,
    ending,
    field,
    flow_in,
    flow_out,
)
from taizhang.declarations.registry import Registry
from taizhang.loading.loader import load

Task = Annotated[str, RefKind("probe_task")]
KINDS = ("甲|A", "乙|B", "丙|C")
SINCE = dt.date(2012, 1, 1)
MID = dt.date(2012, 5, 16)

probe = Programme("probe", "试|Probe", version="1")


class DeedRow(Row):
    member: Member = field("党员|Member")
    helper: Member | None = field("帮手|Helper", default=None)
    kind: Choice = field("类别|Kind", choices=KINDS)
    minutes: Minutes | None = field("时长|Time", default=None)
    held: Date | None = field("举行|Held", default=None)


class LinkRow(Row):
    member: Member = field("党员|Member")
    kind: Choice = field("类别|Kind", choices=KINDS)
    organisation: Organisation = field("组织|Organisation")
    level: Count | None = field("级|Level", default=None)


class PaperRow(Row):
    member: Member = field("党员|Member")
    months: Count | None = field("月数|Months", default=None)


class PassRow(Row):
    member: Member = field("党员|Member")
    last: Date | None = field("至|Until", default=None)


class TaskRow(Row):
    name: Name = field("名称|Name")
    member: Member = field("党员|Member")
    state: Choice = field("状态|State", choices=("开|Open", "结|Closed"))
    due: Date | None = field("期限|Due", default=None)
    ended: Date | None = field("办结|Ended", default=None)


deeds = probe.records("deeds", "事|Deeds", DeedRow)
links = probe.spans("links", "结对|Links", LinkRow, key=("member", "kind"))
tasks = probe.folds("tasks", "任务|Tasks", TaskRow, entity="probe_task", prefix="k")


papers = probe.spans("papers", "证|Papers", PaperRow, key=("member",))
passes = probe.spans("passes", "卡|Passes", PassRow, key=("member",))
papers.runs_out("valid_until", "有效至|Valid until", months="months")
passes.runs_out("last")
deed_of(probe, papers, "paper.give", "发证|Give", event="paper_given")
deed_of(probe, passes, "pass.give", "发卡|Hand out", event="pass_given")
ending(probe, "pass.take", "收回|Take back", event="pass_taken", clears=(papers, passes))


@probe.deed("deed.do", "做|Do", event="deed_done")
class Do(Deed):
    member: Member = field("党员|Member")
    helper: Member | None = field("帮手|Helper", default=None)
    kind: Choice = field("类别|Kind", choices=KINDS)
    minutes: Minutes | None = field("时长|Time", default=None)
    held: Date | None = field("举行|Held", default=None)


@probe.deed("link.tie", "结对|Tie", event="link_tied")
class Tie(Deed):
    member: Member = field("党员|Member")
    kind: Choice = field("类别|Kind", choices=KINDS)
    organisation: Organisation = field("组织|Organisation")
    level: Count | None = field("级|Level", default=None)


@probe.deed("link.cut", "解除|Cut", event="link_cut", rank=80)
class Cut(Deed):
    member: Member = field("党员|Member")
    kind: Choice = field("类别|Kind", choices=KINDS)


@probe.event("task_opened", "开|Opened", rank=20)
class Opened(Event):
    probe_task: Task = field("任务|Task")
    name: Name = field("名称|Name")
    member: Member = field("党员|Member")
    due: Date | None = field("期限|Due", default=None)


@probe.event("task_closed", "结|Closed", rank=60)
class Closed(Event):
    probe_task: Task = field("任务|Task")


deeds.records(Do)
links.sets(Tie)
links.clears(Cut)


@tasks.step(Opened)
def _opened(state: TaskRow | None, event: Opened, on: dt.date) -> TaskRow:
    if state is not None:
        raise Impossible("已开|open already")
    return TaskRow(name=event.name, member=event.member, state="开", due=event.due)


@tasks.step(Closed)
def _closed(state: TaskRow | None, event: Closed, on: dt.date) -> TaskRow:
    if state is None or state.state != "开":
        raise Impossible("未开|not open")
    return state.replace(state="结", ended=on)


IN_SERVICE = Selection("categories", "member", where={"category": ("在职党员", "流动党员")})
ATTACHED = Selection("attachments", "member", where={"kind": "双重管理"})

probe.duty(
    "some",
    "有事|Some",
    who=IN_SERVICE,
    counts=Counting("probe_deeds", "member"),
    at_least=1,
    per="quarter",
    since=SINCE,
)
probe.duty(
    "few",
    "不多|Few",
    who=ATTACHED,
    counts=Counting("probe_deeds", "member", where={"kind": Not("丙")}),
    at_least=1,
    at_most=2,
    per="month",
    since=SINCE,
    until=MID,
)
probe.duty(
    "few",
    "不多|Few",
    who=ATTACHED,
    counts=Counting("probe_deeds", "member", where={"kind": ("甲", "乙")}),
    at_least=2,
    at_most=3,
    per="month",
    since=MID,
    soon=3,
)
probe.duty(
    "limit",
    "上限|Limit",
    who=IN_SERVICE,
    counts=Counting("probe_deeds", "member", where={"helper": None}),
    at_most=1,
    per="year",
    since=SINCE,
)
probe.duty(
    "every",
    "样样|Every",
    who=IN_SERVICE,
    counts=Counting("probe_deeds", "member"),
    at_least=1,
    at_most=2,
    each="kind",
    per="half-year",
    since=SINCE,
)
probe.duty(
    "twice",
    "两样两次|Two of them twice",
    who=IN_SERVICE,
    counts=Counting("probe_deeds", "member"),
    at_least=2,
    each="kind",
    enough=2,
    per="year",
    since=SINCE,
)
probe.duty(
    "lasting",
    "仍在|Still there",
    who=IN_SERVICE,
    counts=Counting("probe_links", "member", standing=True),
    at_most=1,
    per="year",
    since=SINCE,
)
MINUTES = {
    "time": ("时长|Time", {"at_least": 3}, False),
    "nought": ("时长|Nought", {"at_least": 3}, True),
    "cap": ("封顶|Cap", {"at_most": 3}, False),
}
for _name, (_label, _bounds, _zero) in MINUTES.items():
    probe.duty(
        _name,
        _label,
        who=IN_SERVICE,
        counts=Counting("probe_deeds", "member", sum="minutes", zero=_zero),
        per="quarter",
        since=SINCE,
        **_bounds,
    )
ONE_COUNTING = {
    "helpers": ("帮手|Helpers", {"distinct": "helper"}, 2, "half-year"),
    "held": ("举行|Held", {"day": "held"}, 1, "month"),
}
for _name, (_label, _how, _least, _per) in ONE_COUNTING.items():
    probe.duty(
        _name,
        _label,
        who=IN_SERVICE,
        counts=Counting("probe_deeds", "member", **_how),
        at_least=_least,
        per=_per,
        since=SINCE,
    )
probe.duty(
    "both",
    "两样|Both",
    who=IN_SERVICE,
    counts=(
        Counting("probe_deeds", "member", where={"kind": "甲"}),
        Counting("probe_links", "member", latest="level"),
    ),
    at_least=1,
    per="quarter",
    since=SINCE,
)
probe.duty(
    "tied",
    "结对|Tied",
    who=IN_SERVICE,
    counts=Counting("probe_links", "member"),
    at_least=1,
    per="standing",
    since=SINCE,
)
probe.duty(
    "single",
    "唯一|Single",
    who=ATTACHED,
    counts=Counting("probe_links", "member", where={"organisation.kind": "支部"}),
    at_least=1,
    at_most=1,
    per="standing",
    since=MID,
    soon=5,
)
probe.duty(
    "level",
    "级别|Level",
    who=IN_SERVICE,
    counts=Counting("probe_links", "member", latest="level"),
    at_least=2,
    per="standing",
    since=SINCE,
)
probe.duty(
    "once",
    "一次|Once",
    who=IN_SERVICE,
    counts=Counting("probe_deeds", "member"),
    at_least=1,
    per="standing",
    since=SINCE,
)
probe.duty(
    "inside",
    "在内|Inside",
    who=Selection("memberships", "member", where={"organisation.kind": Not("外部组织")}),
    counts=Counting("probe_links", "member"),
    at_least=1,
    per="quarter",
    since=SINCE,
)
probe.duty(
    "task",
    "任务|Task",
    who=Selection("probe_tasks", where={"state": "开"}, due="due"),
    counts=None,
    per="standing",
    since=SINCE,
    soon=5,
)
probe.duty(
    "closed",
    "办结|Closed",
    who=IN_SERVICE,
    counts=Counting("probe_tasks", "member", where={"state": "结"}, day="ended"),
    at_least=1,
    per="quarter",
    since=SINCE,
)
probe.duty(
    "papered",
    "有证|Papered",
    who=IN_SERVICE,
    counts=(Counting("probe_papers", "member"), Counting("probe_passes", "member")),
    at_least=1,
    per="standing",
    since=SINCE,
    soon=5,
)
probe.duty(
    "bearing",
    "持卡|Bearing",
    who=Selection("probe_passes", "member"),
    counts=Counting("probe_papers", "member"),
    at_least=1,
    per="standing",
    since=SINCE,
)
probe.duty(
    "opened",
    "承办|Opened",
    who=IN_SERVICE,
    counts=Counting("probe_tasks", "member"),
    at_least=1,
    per="month",
    since=SINCE,
)

probe.figure("deeds", "件数|Deeds", select=Selection("probe_deeds"), by="kind", over="quarter")
probe.figure(
    "minutes",
    "时长|Time",
    select=Selection("probe_deeds", where={"kind": ("甲", "乙")}),
    measure="sum:minutes",
    by="kind",
    over="month",
)
probe.figure(
    "doers",
    "人数|Doers",
    select=Selection("probe_deeds", "member"),
    measure="distinct:member",
    by="organisation",
)
probe.figure("held", "举行|Held", select=Selection("probe_deeds", day="held"), over="half-year")
probe.figure(
    "links", "结对|Links", select=Selection("probe_links", "member"), by="kind", over="month"
)
probe.figure(
    "ties", "新结对|New links", select=Selection("probe_links", "member", day="since"), over="month"
)
probe.figure(
    "open", "在办|Open", select=Selection("probe_tasks", where={"state": "开"}), by="organisation"
)
probe.figure(
    "papers", "有效证|Valid papers", select=Selection("probe_papers", "member"), over="month"
)
probe.figure("share", "完成率|Share", measure="share:some", by="organisation")
probe.balance(
    "linked", "结对|Linked", stock=Selection("probe_links", "member", where={"kind": "甲"}), per="quarter",
    flows=[flow_in("新结|Tied", Selection("probe_links", "member", where={"kind": "甲"}, day="since")), flow_out("另记|Done", Selection("probe_deeds", "member", where={"kind": "丙"}))],
)  # fmt: skip

probe.balance(
    "levels", "级数|Levels", stock=Selection("probe_links", "member"), sum="level", per="quarter",
    flows=[flow_in("新结|Tied", Selection("probe_links", "member", day="since"), sum="level"), flow_out("发证|Given", Selection("probe_papers", "member", day="since"), sum="months")],
)  # fmt: skip


@cache
def registry() -> Registry:
    """The core's slices and the programme."""
    made = Registry(load(["liudai"]).registry.programmes.values())
    made.add(probe)
    return made
