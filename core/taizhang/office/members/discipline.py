"""Discipline and suspension of rights (处分与中止): what was decided, by whom, on which paper, from when to when (D3.30).

Recorded only: nothing here is proposed, and nothing follows by itself but who is entitled to vote and to be elected.
Rights that were taken come back by a decision that restores them (党章第四十一条), not by a date that passes; the date
is a duty of whoever has to decide.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from taizhang.api import (
    Action,
    Choice,
    Date,
    Deed,
    Event,
    Label,
    Ledger,
    Refused,
    Row,
    Selection,
    Text,
    Yes,
    field,
    in_force,
)
from taizhang.office.members.tables import OfMember, programme

PROBATION, PAUSED = "留党察看", "中止党员权利"
DECISIONS = (
    "警告|Warning",
    "严重警告|Serious warning",
    "撤销党内职务|Removed from Party posts",
    f"{PROBATION}|Probation within the Party",
    "限期改正|To mend by a date",
    f"{PAUSED}|Rights suspended",
)


class RightsRule(NamedTuple):
    """Under which decisions nobody votes nor is elected, from a day on."""

    decisions: frozenset[str]
    since: date
    until: date | None
    edition: str
    source: str


RIGHTS = (
    RightsRule(
        frozenset({PROBATION, PAUSED}),
        date(1982, 9, 6),
        None,
        "党章 1982 及以后|Party constitution of 1982 and later",
        "党章第四十一条；党纪处分条例",
    ),
)


def rights_rule(day: date) -> RightsRule | None:
    """The rule that holds on a day, None before the first that is listed."""
    return next(iter(in_force(RIGHTS, day)), None)


class Decision(OfMember):
    """A decision on a member, as it was taken."""

    kind: Choice = field("决定|Decision", choices=DECISIONS)
    decided_by: Text = field("决定机关|Decided by", default="")
    paper: Text = field("文号|Document", default="")
    through: Date | None = field("期限至|Until", default=None)


class DisciplineRow(Decision, Row):
    """A decision that stands; it stands until it is lifted."""

    no_vote: Yes = field("无表决权、选举权和被选举权|Neither votes nor is elected", default=False)


disciplines = programme.spans(
    "disciplines",
    "处分与中止|Discipline and suspension",
    DisciplineRow,
    key=("member", "kind"),
    ends_with=("member",),
    indexes=(("no_vote",),),
)


@programme.event("member.disciplined", "处分或中止|Discipline decided", rank=45)
class MemberDisciplined(Decision, Event):
    """A decision takes effect on this day."""

    no_vote: Yes = field("无表决权、选举权和被选举权|Neither votes nor is elected", default=False)

    def check(self) -> Iterator[str]:
        """A mending by a date says the date."""
        if self.kind == "限期改正" and self.through is None:
            yield "限期改正须填期限|a mending by a date says the date"


@programme.action("member.discipline", "登记处分或中止|Enter a decision on a member")
class Discipline(Decision, Action):
    """Enter a decision of the organisation, on the day from which it holds; the ledger proposes none."""

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """Refused for a date that is past, and where the decision stands already."""
        if self.through is not None and self.through < ledger.on:
            raise Refused("期限早于决定生效日|the date is before the day from which it holds")
        if ledger.rows("disciplines", member=self.member, kind=self.kind):
            raise Refused("该决定当日已经有效|this decision stands on that day already")
        rule = rights_rule(ledger.on)
        event = self.becomes(
            MemberDisciplined, no_vote=rule is not None and self.kind in rule.decisions
        )
        for broken in event.check():
            raise Refused(broken)
        yield event

    def notices(self, ledger: Ledger) -> Iterator[Label]:
        """Says what a decision changes, and that the paper is missing."""
        rule = rights_rule(ledger.on)
        if rule is not None and self.kind in rule.decisions:
            edition = Label.of(rule.edition)
            yield Label(
                f"自当日起不计入有表决权、选举权和被选举权的人（{edition.zh}）",
                f"from that day on neither votes nor is elected ({edition.en})",
            )
        if not self.paper:
            yield Label("没有填文号，请核对", "no document is named: look again")


@programme.deed("member.lift_discipline", "恢复权利或解除|Lift a decision")
@programme.event("member.discipline_lifted", "恢复权利或解除|Decision lifted", rank=80)
class DisciplineLifted(OfMember, Deed):
    """Enter that a decision was lifted, or that the rights were restored."""

    kind: Choice = field("决定|Decision", choices=DECISIONS)

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """Refused where none stands."""
        if not ledger.rows("disciplines", member=self.member, kind=self.kind):
            raise Refused("该党员当日没有这项决定|no such decision stands on that day")
        yield self


disciplines.sets(MemberDisciplined)
disciplines.clears(DisciplineLifted)

programme.duty(
    "member.decision_due",
    "处分、中止到期须作决定|Decide when a decision's time is over",
    who=Selection("disciplines", "member", due="through"),
    counts=None,
    per="standing",
    since=date(1982, 9, 6),
    source="D3.30",
    soon=31,
)

__all__ = ["DECISIONS", "RIGHTS", "rights_rule"]
