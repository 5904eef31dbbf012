"""How files are put off, stop, go on elsewhere, and follow the member."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from taizhang.api import Action, Choice, Date, Event, Ledger, Organisation, Refused, field, must
from taizhang.office.development.facts import (
    DevelopmentMoved,
    DevelopmentPutOff,
    DevelopmentResumed,
    DevelopmentStopped,
    OfFile,
)
from taizhang.office.development.guiding import OPEN
from taizhang.office.development.tables import RESTING, STOPS, programme
from taizhang.office.development.taking import open_file
from taizhang.office.fits import MEMBERS


@programme.action("development.put_off", "推迟讨论转正|Put the confirmation off")
class PutOff(OfFile, Action):
    """Put the discussion on the confirmation off; the probation ends when it would have."""

    through: Date = field("推迟至|Until")

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """Refused for one who is not on probation, and to a day before its end."""
        row = open_file(ledger, self.development)
        ends = row["probation_ends"]
        if ends is None or row["confirmed"] is not None:
            raise Refused("该档案不在预备期|nobody is on probation in this file")
        if self.through.isoformat() <= ends:
            raise Refused("推迟至 {ends} 之后|it is put off beyond {ends}", ends=ends)
        yield self.becomes(DevelopmentPutOff)


@programme.action("development.move", "接续培养|Go on in another branch")
class MoveFile(OfFile, Action):
    """Let another branch go on with a file, on the day on which it has the papers."""

    organisation: Organisation = field("新支部|New branch", **MEMBERS)

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """Refused for the branch that has it."""
        row = open_file(ledger, self.development)
        if row["organisation"] == self.organisation:
            raise Refused("档案已在这个支部|this branch has the file already")
        yield self.becomes(DevelopmentMoved)


@programme.action("development.stop", "停止培养|Stop a file")
class StopFile(OfFile, Action):
    """Let a file rest (中止: one left) or end it (终止: refused)."""

    how: Choice = field("方式|How", choices=STOPS, default=RESTING)

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """Refused for one that is not open."""
        open_file(ledger, self.development)
        yield self.becomes(DevelopmentStopped)


@programme.action("development.resume", "恢复培养|Take a file up again")
class ResumeFile(OfFile, Action):
    """Go on with a file that rested; the time before counts, the days of rest do not."""

    organisation: Organisation | None = field(
        "支部|Branch", default=None, help="不填为原支部|as before when empty", **MEMBERS
    )

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """Refused for one that does not rest."""
        row = must(ledger, "development", self.development)
        if row["state"] != RESTING:
            raise Refused("该档案不在中止状态|this file does not rest")
        yield DevelopmentResumed(
            development=self.development, organisation=self.organisation or row["organisation"]
        )


def _files(ledger: Ledger, member: str) -> list[dict[str, Any]]:
    """The open files of a member."""
    return [r for r in ledger.rows("development", member=member) if r["state"] in OPEN]


def _along(ledger: Ledger, event: Any) -> Iterator[Event]:
    for row in _files(ledger, event.member):
        if row["organisation"] != event.organisation:
            yield DevelopmentMoved(development=row["id"], organisation=event.organisation)


programme.follows("member.moved", "档案随党员转入|The file goes with the member")(_along)
programme.follows("transfer.received", "档案随党员转入|The file goes with the member")(_along)


@programme.follows("member.left", "停止培养|The file stops")
def _left(ledger: Ledger, event: Any) -> Iterator[Event]:
    """Whoever leaves the Party, or dies, is not confirmed; the file rests."""
    if event.how == "取消预备党员资格":
        return
    for row in _files(ledger, event.member):
        yield DevelopmentStopped(development=row["id"], how=RESTING)
