"""How often bodies have to meet (G.cadence), by the calendar, and figures of meetings and attendance.

The cadence is asked for since the regulations on branches of 2018. Monthly meetings of branch committees (支委会) are
asked of branches that have a committee, and stand with the bodies. There is no duty for lectures (党课), for which no
number holds everywhere.
"""

from __future__ import annotations

from datetime import date
from typing import Literal, NamedTuple

from taizhang.api import Counting, Selection
from taizhang.office.meetings.kinds import (
    APPRAISAL,
    BRANCHES,
    GENERAL,
    GROUP,
    GROUPS,
    LIFE,
    THEME,
)
from taizhang.office.meetings.tables import CAME, programme

SINCE = date(2018, 10, 28)
"""The day of the regulations on branches (支部工作条例)."""


class Cadence(NamedTuple):
    """A cadence: a kind of meeting is held once in every stretch of the calendar, by each of the kinds of
    organisation.
    """

    name: str
    label: str
    kind: str
    holders: tuple[str, ...]
    per: Literal["month", "quarter", "year"]


CADENCES = (
    Cadence("general", "每季度支部党员大会|General meeting every quarter", GENERAL, BRANCHES, "quarter"),
    Cadence("group", "每月党小组会|Group meeting every month", GROUP, GROUPS, "month"),
    Cadence("theme", "每月主题党日|Theme day every month", THEME, BRANCHES, "month"),
    Cadence("life", "每年组织生活会|Organisational life every year", LIFE, BRANCHES, "year"),
    Cadence("appraisal", "每年民主评议|Appraisal every year", APPRAISAL, BRANCHES, "year"),
)  # fmt: skip

for _one in CADENCES:
    programme.duty(
        f"meeting.{_one.name}",
        _one.label,
        who=Selection("organisations", where={"kind": _one.holders}),
        counts=Counting("meeting_kinds", "organisation", where={"kind": _one.kind}),
        at_least=1,
        per=_one.per,
        since=SINCE,
        source="G.cadence",
    )

programme.duty(
    "resolution.follow_up",
    "落实决议|Carry out what was resolved",
    who=Selection("resolutions", where={"state": "待落实"}, due="due"),
    counts=None,
    per="standing",
    since=date(1990, 1, 1),
    source="G.vote",
)

programme.figure(
    "meeting.count",
    "会议次数|Meetings",
    select=Selection("meeting_kinds", "organisation"),
    measure="distinct:meeting",
    by="kind",
    unit="次|times",
    over="month",
    source="G.cadence",
)
programme.figure(
    "meeting.presence",
    "到会情况|Attendance",
    select=Selection("attendance", "member"),
    by="presence",
    unit="人次|times",
    over="year",
    source="G.cadence",
)
programme.figure(
    "meeting.attended",
    "党员到会次数|Meetings that a member attended",
    select=Selection("attendance", "member", where={"presence": CAME}),
    by="member",
    unit="次|times",
    over="year",
    source="G.cadence",
)
