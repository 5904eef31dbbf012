"""The course of a development file (发展党员流程) as data: editions, steps and limits, each with the days on which it holds.

The names of the 25 steps are those of the flow chart to the edition of 2014. The edition of 1990 lacked five of them. That
of 2026 has the superior consent and the plan put up before somebody is made a candidate; it is known from secondary
sources alone, which its name says wherever it is shown. A list of 29 or 51 steps is another ``STEPS``.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from taizhang.api import in_force


class Edition(NamedTuple):
    """A text of the rules, in force from ``since`` until the next; probation and its extension in months."""

    key: str
    label: str
    since: date
    until: date | None
    probation: int = 12
    extension: tuple[int, int] = (6, 12)
    source: str = "G.lifecycle"


_2014, _2026 = date(2014, 5, 28), date(2026, 5, 11)
EDITIONS = (
    Edition(
        "1990",
        "发展党员工作细则（试行）1990|Rules on admitting members, trial edition of 1990",
        date(1990, 1, 1),  # the sources name the year
        _2014,
    ),
    Edition("2014", "发展党员工作细则 2014|Rules on admitting members 2014", _2014, _2026),
    Edition(
        "2026",
        "发展党员工作细则 2026（据二手资料）|Rules on admitting members 2026, from secondary sources",
        _2026,
        None,
    ),
)
"""The editions, the oldest first."""


def edition_of(day: date) -> Edition:
    """The edition that holds on a day; before the first one, the first."""
    return next(iter(in_force(EDITIONS, day)), EDITIONS[0])


class CourseStep(NamedTuple):
    """A step: its place among all, its number in the flow chart, and when it is one (``until`` exclusive).

    A periodic one may be taken again and again.
    """

    place: int
    number: str
    label: str
    since: date = EDITIONS[0].since
    until: date | None = None
    periodic: bool = False

    @property
    def term(self) -> str:
        """The Chinese side of the label, which is stored."""
        return self.label.partition("|")[0]


STEPS = (
    CourseStep(10, "1", "递交入党申请书|Application handed in"),
    CourseStep(20, "2", "党组织派人谈话|Talk with the applicant", _2014),
    CourseStep(30, "3", "确定入党积极分子|Made an activist"),
    CourseStep(40, "4", "积极分子上级备案|Activist filed with the superior", _2014),
    CourseStep(50, "5", "指定培养联系人|Contact persons named"),
    CourseStep(60, "6", "培养教育考察|Training and observation", periodic=True),
    CourseStep(64, "7a", "支委会讨论拟列|Committee proposes a candidate", _2026),
    CourseStep(66, "7b", "上级党委同意|Consent of the superior", _2026),
    CourseStep(68, "7c", "拟列发展对象公示|Proposal put up", _2026),
    CourseStep(70, "7", "确定发展对象|Made a candidate"),
    CourseStep(80, "8", "发展对象上级备案|Candidate filed with the superior", _2014, _2026),
    CourseStep(90, "9", "确定入党介绍人|Sponsors named"),
    CourseStep(100, "10", "政治审查|Political review"),
    CourseStep(110, "11", "集中培训|Course of training"),
    CourseStep(120, "12", "支委会审查|Examined by the committee"),
    CourseStep(130, "13", "上级党委预审|Examined by the superior", _2014),
    CourseStep(140, "14", "填写入党志愿书|Form filled in"),
    CourseStep(150, "15", "支部大会讨论接收|Branch meeting on the admission"),
    CourseStep(160, "16", "上级党委派人谈话|Talk before the approval"),
    CourseStep(170, "17", "上级党委审批接收|Admission approved"),
    CourseStep(180, "18", "组织部门备案|Filed with the organisation department", _2014),
    CourseStep(190, "19", "编入党支部和党小组|Assigned to branch and group"),
    CourseStep(200, "20", "入党宣誓|Oath"),
    CourseStep(210, "21", "继续教育考察|Further observation", periodic=True),
    CourseStep(220, "22", "提出转正申请|Application for full membership"),
    CourseStep(230, "23", "支部大会讨论转正|Branch meeting on the confirmation"),
    CourseStep(240, "24", "上级党委审批转正|Confirmation approved"),
    CourseStep(250, "25", "材料归档|Papers filed"),
)
"""Every step of every edition in its order; those of one edition hold on its days."""

BY_TERM = {step.term: step for step in STEPS}
BY_PLACE = {step.place: step for step in STEPS}
APPLIED, ACTIVIST, OBSERVED, CANDIDATE = 10, 30, 60, 70
CONTACTS, SPONSORS, TRAINED, ADMITTED, ADMISSION = 50, 90, 110, 150, 170
WATCHED, ASKED, DISCUSSED, CONFIRMATION, ARCHIVED = 210, 220, 230, 240, 250


class Limit(NamedTuple):
    """A limit: ``place`` comes ``least`` months after ``after`` at the earliest, or within ``most`` months; ``since`` and
    ``until`` as everywhere.
    """

    place: int
    after: int
    least: int = 0
    most: int = 0
    since: date = EDITIONS[0].since
    until: date | None = None


LIMITS = (
    Limit(20, APPLIED, most=1, since=_2014),
    Limit(CANDIDATE, ACTIVIST, least=12),
    Limit(ADMITTED, 130, most=1, since=_2026),
    Limit(ADMISSION, ADMITTED, most=3),
    Limit(200, ADMISSION, most=1, since=_2026),
    Limit(CONFIRMATION, DISCUSSED, most=3),
)
"""The limits between two steps. An approval may come later, up to six months, in a special case: that is the reason."""


class LeastTraining(NamedTuple):
    """The least course of training: days or hours, from a day on."""

    days: int
    hours: int
    since: date


LEAST_TRAINING = LeastTraining(3, 24, _2014)
OBSERVED_EVERY = 6
"""Months after which an activist is observed again."""

PUT_OFF_AT_MOST = 6
"""Months by which the discussion on the confirmation may be put off."""

__all__ = [
    "ACTIVIST",
    "ADMISSION",
    "ADMITTED",
    "APPLIED",
    "ARCHIVED",
    "ASKED",
    "BY_PLACE",
    "BY_TERM",
    "CANDIDATE",
    "CONFIRMATION",
    "CONTACTS",
    "DISCUSSED",
    "EDITIONS",
    "LEAST_TRAINING",
    "LIMITS",
    "OBSERVED",
    "OBSERVED_EVERY",
    "PUT_OFF_AT_MOST",
    "SPONSORS",
    "STEPS",
    "TRAINED",
    "WATCHED",
    "CourseStep",
    "Edition",
    "LeastTraining",
    "Limit",
    "edition_of",
]
