"""How a vote on a resolution (决议) is entered: who votes, how many came, and by which rule it is judged."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from taizhang.api import (
    Action,
    Choice,
    Count,
    Dated,
    Event,
    Ledger,
    Refused,
    field,
    must,
)
from taizhang.office.meetings.facts import (
    SUBJECT,
    VOTED,
    ResolutionAdopted,
    Vote,
    counted,
)
from taizhang.office.meetings.kinds import GROUPS
from taizhang.office.meetings.rules import COMMITTEE, rule_of
from taizhang.office.meetings.tables import (
    CAME,
    OUTCOMES,
    programme,
)

COUNTED = "不填则按台账计算|Left out, it is counted from the ledger"


def deprived(ledger: Ledger) -> set[str]:
    """Members who neither vote nor are elected on the ledger's day, by a decision that stands (留党察看, 中止)."""
    return {row["member"] for row in ledger.rows("disciplines", no_vote=True)}


def voters(ledger: Ledger, organisation: str) -> set[str]:
    """The full members of a branch or group on the ledger's day, whose membership and rights are not suspended."""
    kind = must(ledger, "organisations", organisation)["kind"]
    table = "group_memberships" if kind in GROUPS else "memberships"
    found, without = set(), deprived(ledger)
    for row in ledger.rows(table, organisation=organisation):
        member = ledger.get("members", row["member"])
        if (
            row["member"] not in without
            and member
            and member["stage"] == "正式党员"
            and member["status"] != "停止党籍"
        ):
            found.add(str(row["member"]))
    return found


def sitting(ledger: Ledger, organisation: str) -> set[str]:
    """The members who sit in the committee of a branch on the ledger's day; nobody where it has none."""
    found = set()
    for body in ledger.rows("bodies", organisation=organisation, kind="支部委员会"):
        found |= {row["member"] for row in ledger.rows("seats", body=body["id"]) if row["member"]}
    return found - deprived(ledger)


@programme.action("resolution.adopt", "表决决议|Put a resolution to the vote")
class AdoptResolution(
    Vote, Action, first=(*SUBJECT, *VOTED, "written", "entitled", "present", "outcome")
):
    """Enter what a meeting resolved, with the votes; it is recorded on the day of the meeting."""

    entitled: Count | None = field("应到会|Entitled", low=1, default=None, help=COUNTED)
    present: Count | None = field("到会|Present", low=0, default=None, help=COUNTED)
    outcome: Choice | None = field(
        "结果|Outcome",
        choices=OUTCOMES,
        default=None,
        help="不填则按当时的规定判断|Left out, it follows from the rule of the day",
    )

    def decide(self, ledger: Ledger) -> Iterator[Event | Dated]:
        """Refused where the numbers do not add up, and where one is left out that cannot be counted."""
        meeting = must(ledger, "meetings", self.meeting)
        day = date.fromisoformat(meeting["since"])
        if self.due is not None and self.due < day:
            raise Refused(
                "落实期限 {due} 早于会议日期|it is due on {due}, before the day of the meeting",
                due=self.due.isoformat(),
            )
        entitled, present = self._numbers(ledger.at(day), meeting["organisation"])
        votes = self.in_favour + self.against + self.abstained
        for rule in counted(entitled, present, self.written, votes):
            raise Refused(rule)
        event = self.becomes(
            ResolutionAdopted,
            resolution=ledger.new_id("resolution"),
            entitled=entitled,
            present=present,
            outcome=self.outcome or self._outcome(day, entitled, present),
        )
        yield Dated(event, day)

    def _numbers(self, ledger: Ledger, organisation: str) -> tuple[int, int]:
        """Tells how many were entitled and present; those not given are counted."""
        entitled, present = self.entitled, self.present
        if entitled is not None and present is not None:
            return entitled, present
        counted = sitting if self.vote == COMMITTEE else voters
        entitled_ones = counted(ledger, organisation)
        if entitled is None:
            entitled = len(entitled_ones)
        if not entitled:
            raise Refused(
                "台账算不出应到会人数，请填写|how many are entitled cannot be counted here: say it"
            )
        if present is None:
            came = {
                row["member"]
                for row in ledger.rows("attendance", meeting=self.meeting)
                if row["presence"] in CAME
            }
            present = len(came & entitled_ones if entitled_ones else came)
        return entitled, present

    def _outcome(self, day: date, entitled: int, present: int) -> str:
        rule = rule_of(self.vote, day)
        if rule is None:
            raise Refused(
                "没有当日的表决规定，请填写结果|no rule of voting is known for that day: say the outcome"
            )
        return "通过" if rule.carried(entitled, present, self.in_favour) else "未通过"
