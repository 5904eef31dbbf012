"""Disclosures (公示): what is put up, for how long, how many objected, and with what result (D0.16, D1.28, G.disclosure).

A period runs to a day, or for so many working days. Sources differ in whether the first day is one of them: how it is counted
is said with each disclosure, and printed on it. Objections are counted and nobody is named. What waits for a
disclosure asks :func:`over`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from taizhang.api import (
    Action,
    Choice,
    Count,
    Date,
    DateKind,
    Deed,
    Disclosure,
    Event,
    Impossible,
    Ledger,
    Member,
    Name,
    Not,
    Organisation,
    Programme,
    Refused,
    Row,
    Selection,
    Shared,
    Text,
    computed,
    field,
    must,
    working_day,
)

programme = Programme("disclosures", "公示|Disclosures", nouns=("disclosure",))

KINDS = (
    "拟列发展对象|To be developed",
    "接收预备党员|Admission",
    "预备党员转正|Confirmation",
    "换届候选人|Candidates",
    "表彰评优|Honours",
    "党费收缴|Dues",
    "志愿服务证明|Certificate of service",
    "党务公开|Party affairs",
    "居务公开|Residents' affairs",
    "规划方案|Draft plan",
    "其他|Other",
)
CHANNELS = (
    "公示栏|Board",
    "网站|Web site",
    "微信|WeChat",
    "会议|Meeting",
    "媒体|Media",
    "其他|Other",
)
FIRST = "首日计入"
COUNTING = (f"{FIRST}|The first day counts", "次日起算|From the next day")
RESULTS = ("不影响|No effect", "影响|It stands against it", "暂缓|Put off", "撤回|Withdrawn")
POSTED, CONCLUDED = "公示中", "已有结果"
STATES = (f"{POSTED}|Put up", f"{CONCLUDED}|With a result")


class Posting(Shared):
    """A disclosure as it is put up."""

    name: Name = field("标题|Title")
    kind: Choice = field("类别|Kind", choices=KINDS, default="党务公开")
    organisation: Organisation = field("公示组织|Put up by", ended=True)
    member: Member | None = field("涉及党员|Member concerned", default=None, ended=True)
    channel: Choice = field("渠道|Channel", choices=CHANNELS, default="公示栏")
    audience: Text = field("范围|For whom", default="")
    basis: Text = field("依据|By", default="")
    ends: Date | None = field("公示至|Until", default=None)
    days: Count | None = field("工作日数|Working days", low=1, high=60, default=None)
    counting: Choice = field("起算办法|How days count", choices=COUNTING, default=FIRST)

    def check(self) -> Iterator[str]:
        """A period has one end."""
        if (self.ends is None) == (self.days is None):
            yield "公示至、工作日数须填一个且只填一个|say the last day, or the number of working days"


class OfDisclosure(Shared):
    """The field that names a disclosure."""

    disclosure: Disclosure = field("公示|Disclosure")


class DisclosureRow(Posting, Row):
    """A disclosure; ``last`` is the last day of its period, computed where working days are counted."""

    begins: Date = field("起始日期|From")
    objections: Count | None = field("异议数|Objections", default=None)
    result: Choice | None = field("结果|Result", choices=RESULTS, default=None)
    concluded: Date | None = field("结论日期|Concluded on", default=None)
    state: Choice = field("状态|State", choices=STATES)


disclosures = programme.folds(
    "disclosures",
    "公示|Disclosures",
    DisclosureRow,
    entity="disclosure",
    prefix="ds",
    search=("name",),
    indexes=(("state",), ("member",)),
)
_START = f"CASE r.counting WHEN '{FIRST}' THEN date(r.begins, '-1 day') ELSE r.begins END"
disclosures.computed.update(
    computed(
        "last",
        "期满日期|Last day",
        f"CASE WHEN r.days IS NULL THEN r.ends ELSE {working_day(_START, 'r.days')} END",
        DateKind(),
    )
)
programme.belongs("disclosures", to="organisation")


@programme.event("disclosure.posted", "张贴公示|Disclosure put up", rank=20)
class DisclosurePosted(Posting, Event, first=("disclosure",)):
    """A disclosure is put up on this day."""

    disclosure: Disclosure = field("公示|Disclosure")


@programme.action("disclosure.post", "张贴公示|Put up a disclosure")
class PostDisclosure(Posting, Action):
    """Put up a disclosure, on the day from which it is up."""

    organisation: Organisation = field()

    def check(self) -> Iterator[str]:
        """A period has one end."""
        yield from super().check()

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """Refused where it would end before it begins."""
        if self.ends is not None and self.ends < ledger.on:
            raise Refused(
                "公示至 {ends}，早于起始日期|it runs until {ends}, before it begins",
                ends=self.ends.isoformat(),
            )
        yield self.becomes(DisclosurePosted, disclosure=ledger.new_id("disclosure"))


@programme.deed("disclosure.conclude", "公示结果|Conclude a disclosure")
@programme.event("disclosure.concluded", "公示结果|Disclosure concluded", rank=60)
class DisclosureConcluded(OfDisclosure, Deed):
    """Enter how many objected and what came of it."""

    objections: Count = field("异议数|Objections", low=0, default=0)
    result: Choice = field("结果|Result", choices=RESULTS, default="不影响")

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """Refused before the last day, at whose end the office may conclude, unless it is withdrawn."""
        row = must(ledger, "disclosures", self.disclosure)
        if row["state"] != POSTED:
            raise Refused("该公示已有结果|this disclosure has a result already")
        last = row["last"]
        if self.result != "撤回" and last is not None and ledger.on.isoformat() < last:
            raise Refused("公示到 {last} 期满|the period runs until {last}", last=last)
        yield self


def _posted(state: DisclosureRow | None, event: DisclosurePosted, on: date) -> DisclosureRow:
    if state is not None:
        raise Impossible("该公示已经张贴|this disclosure is put up already")
    return event.becomes(DisclosureRow, begins=on, state=POSTED)


def _concluded(state: DisclosureRow | None, event: Any, on: date) -> DisclosureRow:
    if state is None or state.state != POSTED:
        raise Impossible("该公示当日不在公示中|this disclosure is not up on that day")
    return state.replace(
        objections=event.objections, result=event.result, concluded=on, state=CONCLUDED
    )


disclosures.step(DisclosurePosted)(_posted)
disclosures.step(DisclosureConcluded)(_concluded)


def over(ledger: Ledger, disclosure: str) -> bool:
    """Tells if a disclosure is over on the ledger's day and nothing stands against what was disclosed."""
    row = ledger.get("disclosures", disclosure)
    return row is not None and row["result"] == "不影响"


programme.duty(
    "disclosure.conclude",
    "公示期满登记结果|Conclude what was put up",
    who=Selection("disclosures", where={"state": POSTED, "last": Not(None)}, due="last"),
    counts=None,
    per="standing",
    since=date(1990, 1, 1),
    source="G.disclosure",
    soon=7,
)
programme.figure(
    "disclosure.count",
    "公示|Disclosures",
    select=Selection("disclosures", day="begins"),
    by="kind",
    unit="次|times",
    over="year",
    source="D0.16",
)
