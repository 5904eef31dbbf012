"""The tables of development files: the file, its steps, and the yearly plan."""

from __future__ import annotations

from typing import Annotated

from taizhang.api import (
    Choice,
    Count,
    Date,
    DateKind,
    Disclosure,
    Member,
    Organisation,
    Person,
    PersonName,
    Programme,
    RefKind,
    Row,
    Shared,
    Text,
    TextKind,
    Year,
    computed,
    field,
)
from taizhang.office.development.course import CANDIDATE, STEPS
from taizhang.office.development.guiding import BY, EARLIEST, MISSING, NEXT, OPEN, REVIEW

programme = Programme("development", "发展党员|Development", nouns=("development",))

Development = Annotated[str, RefKind("development")]

TERMS = tuple(step.label for step in STEPS)
PASSED, EXTENDED, CANCELLED = "通过", "延长", "取消"
RESULTS = (
    f"{PASSED}|Passed",
    "退回|Sent back",
    "不通过|Not passed",
    f"{EXTENDED}|Probation extended",
    f"{CANCELLED}|Probation cancelled",
)
STAGES = (
    "入党申请人|Applicant",
    "入党积极分子|Activist",
    "发展对象|Candidate",
    "预备党员|Probationary member",
    "正式党员|Full member",
)
TRAINING, PROBATION, CONFIRMED = OPEN
DONE = "已归档"
RESTING, REFUSED, STRUCK = "中止", "终止", "取消资格"
STATES = (
    f"{TRAINING}|In training",
    f"{PROBATION}|On probation",
    f"{CONFIRMED}|Confirmed, papers open",
    f"{DONE}|Filed",
    f"{RESTING}|Resting",
    f"{REFUSED}|Ended",
    f"{STRUCK}|Cancelled",
)
STOPS = (f"{RESTING}|Rest", f"{REFUSED}|End")
SPECIAL = ("直接接收|Accepted directly", "追认|Posthumous", "其他特殊情况|Other special case")
"""Admissions by decision of a province: steps are missing in them, and nobody asks for these."""


class ThreeDates(Shared):
    """The days on which something was decided, approved, and takes effect (in lists, for the years in the Party)."""

    decided: Date | None = field("决定日期|Decided on", default=None)
    approved: Date | None = field("批准日期|Approved on", default=None)
    effective: Date | None = field("生效日期|Takes effect on", default=None)


class Applicant(Shared):
    """An applicant: the name, the branch, and who that is among the people in the books."""

    name: PersonName = field("姓名|Name", about="member")
    organisation: Organisation = field("支部|Branch")
    special: Choice | None = field("特殊情况|Special case", choices=SPECIAL, default=None)
    member: Person | None = field("人员|Person", default=None, ended=True)


class DevelopmentRow(ThreeDates, Applicant, Row, first=("name", "organisation", "stage", "step")):
    """A file as it stands; ``reached`` is the place of the step that it has come to."""

    organisation: Organisation = field(ended=True)
    applied: Date = field("申请日期|Applied on")
    stage: Choice = field("阶段|Stage", choices=STAGES, default="入党申请人")
    step: Choice = field("已办步骤|Step reached", choices=TERMS)
    taken: Date = field("办理日期|Done on")
    reached: Count = field("步骤序|Place", default=10)
    state: Choice = field("状态|State", choices=STATES, default=TRAINING)
    probation_ends: Date | None = field("预备期满|Probation ends", default=None)
    extended: Count = field("延长月数|Months extended", default=0)
    postponed: Date | None = field("推迟讨论至|Put off until", default=None)
    confirmed: Date | None = field("转正日期|Full member from", default=None)
    stopped: Date | None = field("停止日期|Stopped on", default=None)
    paused: Count = field("中断天数|Days of rest", default=0)
    disclosure: Disclosure | None = field("公示|Disclosure", default=None, ended=True)


class StepSaid(ThreeDates):
    """All that is said of a step but which one it is; the day is that of the act."""

    development: Development = field("发展对象档案|Development file")
    result: Choice = field("结果|Result", choices=RESULTS, default=PASSED)
    months: Count | None = field("延长月数|Months extended", low=1, default=None)
    disclosure: Disclosure | None = field("公示|Disclosure", default=None, ended=True)
    days: Count | None = field("培训天数|Days of training", low=0, default=None)
    hours: Count | None = field("培训学时|Hours of training", low=0, default=None)
    sponsor: Member | None = field("联系人或介绍人|Contact or sponsor", default=None)
    second: Member | None = field("第二人|The second", default=None)


class StepTaken(StepSaid, first=("development", "step")):
    """A step as it was taken."""

    step: Choice = field("步骤|Step", choices=TERMS)


class StepRow(StepTaken, Row):
    """A step that was taken, and the branch that had the file then."""

    development: Development = field("发展对象档案|Development file", ended=True)
    organisation: Organisation = field("支部|Branch", ended=True)
    place: Count = field("步骤序|Place")
    passed: Count = field("算已办|Counts as taken")
    sponsor: Member | None = field(default=None, ended=True)
    second: Member | None = field(default=None, ended=True)


class PlanRow(Row):
    """The number of candidates whom an organisation may make in a year; what is not used lapses."""

    organisation: Organisation = field("组织|Organisation", ended=True)
    year: Year = field("年份|Year")
    quota: Count = field("发展指标|Quota", low=0)
    activists: Count | None = field("积极分子目标|Activists aimed at", low=0, default=None)
    issued: Organisation | None = field("下达组织|Issued by", default=None, ended=True)
    paper: Text = field("文号|Document", default="")


development = programme.folds(
    "development",
    "发展党员|Development",
    DevelopmentRow,
    entity="development",
    prefix="dv",
    search=("name",),
    indexes=(("organisation",), ("member",), ("state",)),
)
steps_taken = programme.records(
    "development_steps",
    "发展步骤|Steps taken",
    StepRow,
    indexes=(("development", "place"),),
)
plans = programme.spans(
    "development_plans", "发展计划|Plans", PlanRow, key=("organisation", "year")
)
development.computed.update(
    {
        **computed("next", "下一步|Next", NEXT, TextKind()),
        **computed("earliest", "最早列为发展对象|Candidate at the earliest", EARLIEST, DateKind()),
        **computed("by", "期限|By", BY, DateKind()),
        **computed("review", "考察期限|Observed by", REVIEW, DateKind()),
        **computed("missing", "缺|Missing", MISSING, TextKind()),
    }
)

UNDER = (
    "WITH RECURSIVE under(id) AS (SELECT {top} UNION SELECT o.id FROM organisations o "
    "JOIN under u ON o.parent = u.id)"
)
"""SQL: an organisation and all below it."""

_USED = (
    f"({UNDER.format(top='r.organisation')} SELECT count(DISTINCT s.development) "
    f"FROM development_steps s WHERE s.place = {CANDIDATE} AND s.passed "
    "AND CAST(substr(s.on_date, 1, 4) AS INTEGER) = r.year "
    "AND s.organisation IN (SELECT id FROM under))"
)
plans.computed.update(
    {
        **computed("used", "已用|Used", _USED),
        **computed("left", "剩余|Left", f"r.quota - {_USED}"),
    }
)

programme.belongs("development", to="organisation")
programme.belongs("development_plans", to="organisation")
