"""How a development file is begun and a step is entered."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from taizhang.api import Action, Choice, Dated, Event, Ledger, Organisation, Refused, field, must
from taizhang.office.development.course import (
    ADMISSION,
    ADMITTED,
    BY_TERM,
    CONFIRMATION,
    DISCUSSED,
)
from taizhang.office.development.facts import (
    DevelopmentApplied,
    DevelopmentStepTaken,
    counts,
)
from taizhang.office.development.guiding import OPEN
from taizhang.office.development.tables import (
    CANCELLED,
    EXTENDED,
    PASSED,
    TERMS,
    Applicant,
    StepSaid,
    programme,
)
from taizhang.office.disclosures import over
from taizhang.office.fits import MEMBERS
from taizhang.office.succession import onward

NEXT = "不填为下一步|the next one when empty"


@programme.action("development.apply", "递交入党申请书|Hand in an application")
class Apply(Applicant, Action):
    """Begin the file of somebody who applies for membership; one who was known before says who that is."""

    organisation: Organisation = field(**MEMBERS)

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """As it stands, under an id of its own; one who is not known yet is entered as a person."""
        file, member = ledger.new_id("development"), self.member
        if member is None:
            member = ledger.new_id("member")
            yield ledger.event(
                "person.entered", member=member, name=self.name, capacity="入党申请人"
            )
        yield self.becomes(DevelopmentApplied, development=file, member=member)


def open_file(ledger: Ledger, file: str) -> dict[str, Any]:
    """The row of a file that is open on the ledger's day. Refuses one that is not."""
    row = must(ledger, "development", file)
    if row["state"] not in OPEN:
        raise Refused("该档案{state}|nothing can follow in this file ({state})", state=row["state"])
    return row


@programme.action("development.record", "记发展步骤|Enter a step")
class RecordStep(StepSaid, Action, first=("development", "step")):
    """Enter a step on the day on which it was taken; what follows for membership is recorded with it."""

    step: Choice | None = field("步骤|Step", choices=TERMS, default=None, help=NEXT)

    def check(self) -> Iterator[str]:
        """Months and the result belong together."""
        if (self.result == EXTENDED) != (self.months is not None):
            yield "延长须填延长月数|an extension says its months, and nothing else does"

    def decide(self, ledger: Ledger) -> Iterator[Event | Dated]:
        """Refused while what was put up is not over, for a second extension, and where the result is none of the step."""
        row = open_file(ledger, self.development)
        term = self.step or row["next"]
        if term is None:
            raise Refused("没有下一步，请填写步骤|there is no next step: say which one it is")
        step = BY_TERM[term]
        if self.result in (EXTENDED, CANCELLED) and not counts(term, self.result):
            raise Refused("“{step}”没有这种结果|“{step}” has no such result", step=term)
        if self.result == EXTENDED and row["extended"]:
            raise Refused("预备期只能延长一次|the probation is extended once at most")
        _nothing_up(ledger, row)
        dates = self._dates(ledger, row, step.place)
        member = row["member"]
        if step.place == ADMISSION and self.result == PASSED:
            member = member or ledger.new_id("member")
        yield from _membership(ledger, row, member, step.place, self.result, dates)
        yield self.becomes(
            DevelopmentStepTaken,
            step=term,
            organisation=row["organisation"],
            member=member if step.place == ADMISSION else None,
            **dates,
        )

    def _dates(self, ledger: Ledger, row: dict[str, Any], place: int) -> dict[str, date | None]:
        """The three dates; those of a decision or an approval that are not given are its own."""
        decided, approved, effective = self.decided, self.approved, self.effective
        if place in (ADMITTED, DISCUSSED):
            decided = decided or ledger.on
        if place in (ADMISSION, CONFIRMATION) and self.result in (PASSED, EXTENDED, CANCELLED):
            decided = decided or _day(row["decided"])
            approved = approved or ledger.on
            if effective is None and self.result == CANCELLED:
                effective = approved
            elif effective is None:
                effective = decided if place == ADMISSION else _day(row["probation_ends"])
            effective = effective or approved
        return {"decided": decided, "approved": approved, "effective": effective}


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _nothing_up(ledger: Ledger, row: dict[str, Any]) -> None:
    """Refuses while what was put up for a file has no result."""
    if row["disclosure"] is None or over(ledger, row["disclosure"]):
        return
    shown = ledger.get("disclosures", row["disclosure"])
    if shown is not None and shown["result"] is None:
        raise Refused(
            "“{name}”公示到 {last}，尚无结果，不能办下一步"
            "|“{name}” is put up until {last} and has no result yet: no step can follow",
            name=shown["name"],
            last=shown["last"] or "？",
        )


def _membership(
    ledger: Ledger,
    row: dict[str, Any],
    member: str | None,
    place: int,
    result: str,
    dates: dict[str, date | None],
) -> Iterator[Dated]:
    """Yields what an approval means for the membership, on the day on which it takes effect.

    Args:
        ledger: on the day of the approval.
        row: the file.
        member: who that is, or will be, in the ledger.
        place: the step.
        result: what came of it.
        dates: its three dates.
    """
    effective = dates["effective"]
    if effective is None or member is None or place not in (ADMISSION, CONFIRMATION):
        return
    there = ledger.at(effective)
    known = there.get("members", member)
    if place == ADMISSION:
        if result == PASSED and known is None:
            yield from _admitted(there, row, member)
    elif known is not None:
        if result == CANCELLED:
            left = ledger.event("member.left", member=member, how="取消预备党员资格")
            yield Dated(left, effective)
        elif result == PASSED and known["stage"] != "正式党员":
            stage = ledger.event("member.stage_set", member=member, stage="正式党员")
            yield Dated(stage, effective)


def _admitted(ledger: Ledger, row: dict[str, Any], member: str) -> Iterator[Dated]:
    """Somebody becomes a probationary member on the ledger's day; one who had left is the same member again."""
    said: dict[str, Any] = {
        "member": member,
        "name": row["name"],
        "organisation": row["organisation"],
        "joined": ledger.on.isoformat(),
        "stage": "预备党员",
    }
    if row["member"] is None or not ledger.spans("members", id=member):
        event = ledger.event("member.registered", **said)
    else:
        event = ledger.event("member.restored", how="重新入党", **said)
    yield Dated(event, ledger.on)
    yield from onward(ledger, member, row["organisation"])


__all__ = ["Apply", "RecordStep", "open_file"]
