"""What is recorded of development files, and how the file follows from it."""

from __future__ import annotations

from datetime import date

from taizhang.api import (
    Choice,
    Date,
    Event,
    Impossible,
    Member,
    Organisation,
    Person,
    Shared,
    deed_of,
    field,
    months_after,
)
from taizhang.office.development.course import (
    ACTIVIST,
    ADMISSION,
    ADMITTED,
    APPLIED,
    ARCHIVED,
    ASKED,
    BY_PLACE,
    BY_TERM,
    CANDIDATE,
    CONFIRMATION,
    DISCUSSED,
    edition_of,
)
from taizhang.office.development.guiding import OPEN
from taizhang.office.development.tables import (
    CANCELLED,
    CONFIRMED,
    DONE,
    EXTENDED,
    PASSED,
    PROBATION,
    RESTING,
    STOPS,
    STRUCK,
    TRAINING,
    Applicant,
    Development,
    DevelopmentRow,
    StepRow,
    StepTaken,
    development,
    plans,
    programme,
    steps_taken,
)


class OfFile(Shared):
    """The field that names a file."""

    development: Development = field("发展对象档案|Development file")


@programme.event("development.applied", "递交入党申请书|Application handed in", rank=20)
class DevelopmentApplied(Applicant, Event, first=("development",)):
    """Somebody applies for membership on this day."""

    development: Development = field("发展对象档案|Development file")
    member: Person = field("人员|Person", ended=True)


@programme.event("development.step_taken", "发展步骤|Step taken", rank=50)
class DevelopmentStepTaken(StepTaken, Event, first=("development", "step")):
    """A step was taken on this day; of an admission that was approved ``member`` says who that is in the ledger."""

    organisation: Organisation = field("支部|Branch")
    member: Member | None = field("党员|Member", default=None)


@programme.event("development.put_off", "推迟讨论转正|Confirmation put off", rank=55)
class DevelopmentPutOff(OfFile, Event):
    """The discussion on the confirmation is put off; the probation ends as before."""

    through: Date = field("推迟至|Until")


@programme.event("development.moved", "接续培养|File goes on elsewhere", rank=40)
class DevelopmentMoved(OfFile, Event):
    """Another branch goes on with the file: what was done counts, and periods add up."""

    organisation: Organisation = field("新支部|New branch")


@programme.event("development.stopped", "停止培养|File stopped", rank=80)
class DevelopmentStopped(OfFile, Event):
    """A file rests or ends."""

    how: Choice = field("方式|How", choices=STOPS)


@programme.event("development.resumed", "恢复培养|File taken up again", rank=30)
class DevelopmentResumed(OfFile, Event):
    """A file that rested goes on; the days of rest do not count."""

    organisation: Organisation = field("支部|Branch")


@development.step(DevelopmentApplied)
def _applied(state: DevelopmentRow | None, event: DevelopmentApplied, on: date) -> DevelopmentRow:
    if state is not None:
        raise Impossible("该档案已经建立|this file is there already")
    return event.becomes(
        DevelopmentRow, applied=on, step=BY_PLACE[APPLIED].term, taken=on, reached=APPLIED
    )


def _open(state: DevelopmentRow | None) -> DevelopmentRow:
    if state is None or state.state not in OPEN:
        raise Impossible("该档案当日没有建立或已经停止|this file is not open on that day")
    return state


def counts(step: str, result: str) -> bool:
    """Tells if a step was taken by this result; a decision to extend or to cancel is one, too."""
    place = BY_TERM[step].place
    return result == PASSED or (
        result in (EXTENDED, CANCELLED) and place in (DISCUSSED, CONFIRMATION)
    )


STAGE = {ACTIVIST: "入党积极分子", CANDIDATE: "发展对象"}


@development.step(DevelopmentStepTaken)
def _taken(state: DevelopmentRow | None, event: DevelopmentStepTaken, on: date) -> DevelopmentRow:
    row = _open(state)
    if event.disclosure is not None:
        row = row.replace(disclosure=event.disclosure)
    if not counts(event.step, event.result):
        return row
    place = BY_TERM[event.step].place
    further = place >= row.reached
    row = row.replace(
        decided=event.decided or row.decided,
        approved=event.approved or row.approved,
        effective=event.effective or row.effective,
        stage=STAGE.get(place, row.stage) if further else row.stage,
        step=event.step if further else row.step,
        taken=on if further else row.taken,
        reached=max(place, row.reached),
    )
    if place in (ADMITTED, DISCUSSED):
        return row.replace(decided=event.decided or on, approved=None, effective=None)
    if place == ADMISSION:
        since = event.effective or on
        return row.replace(
            member=event.member or row.member,
            stage="预备党员",
            state=PROBATION,
            probation_ends=months_after(since, edition_of(since).probation),
        )
    if place == CONFIRMATION:
        return _confirmed(row, event, on)
    return row.replace(state=DONE) if place == ARCHIVED else row


def _confirmed(row: DevelopmentRow, event: DevelopmentStepTaken, on: date) -> DevelopmentRow:
    """The superior has confirmed, extended or cancelled."""
    if event.result == CANCELLED:
        return row.replace(state=STRUCK)
    if event.result == PASSED:
        return row.replace(state=CONFIRMED, stage="正式党员", confirmed=event.effective or on)
    months = event.months or 0
    ends = row.probation_ends and months_after(row.probation_ends, months)
    return row.replace(
        probation_ends=ends, extended=months, postponed=None, reached=ASKED - 1, effective=ends
    )


@development.step(DevelopmentPutOff)
def _put_off(state: DevelopmentRow | None, event: DevelopmentPutOff, on: date) -> DevelopmentRow:
    return _open(state).replace(postponed=event.through)


@development.step(DevelopmentMoved)
def _moved(state: DevelopmentRow | None, event: DevelopmentMoved, on: date) -> DevelopmentRow:
    return _open(state).replace(organisation=event.organisation)


@development.step(DevelopmentStopped)
def _stopped(state: DevelopmentRow | None, event: DevelopmentStopped, on: date) -> DevelopmentRow:
    return _open(state).replace(state=event.how, stopped=on)


@development.step(DevelopmentResumed)
def _resumed(state: DevelopmentRow | None, event: DevelopmentResumed, on: date) -> DevelopmentRow:
    if state is None or state.state != RESTING or state.stopped is None:
        raise Impossible("该档案当日不在中止状态|this file does not rest on that day")
    return state.replace(
        state=PROBATION if state.stage == "预备党员" else TRAINING,
        organisation=event.organisation,
        paused=state.paused + (on - state.stopped).days,
        stopped=None,
    )


def _row(event: DevelopmentStepTaken) -> StepRow:
    return event.becomes(
        StepRow,
        place=BY_TERM[event.step].place,
        passed=int(counts(event.step, event.result)),
    )


steps_taken.records(DevelopmentStepTaken, _row)
steps_taken.records(
    DevelopmentApplied,
    lambda e: StepRow(
        development=e.development,
        organisation=e.organisation,
        step=BY_PLACE[APPLIED].term,
        place=APPLIED,
        passed=1,
    ),
)
deed_of(
    programme, plans, "development.plan", "下达发展计划|Set a plan", event="development.planned"
)

__all__ = [
    "DevelopmentApplied",
    "DevelopmentMoved",
    "DevelopmentPutOff",
    "DevelopmentResumed",
    "DevelopmentStepTaken",
    "DevelopmentStopped",
    "OfFile",
    "counts",
]
