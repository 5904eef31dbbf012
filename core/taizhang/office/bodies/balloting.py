"""What people do about a vote: enter a round, and the approval; and who takes which seat by it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from taizhang.api import Action, Count, Dated, Event, Label, Ledger, Lines, Refused, field, must
from taizhang.office.bodies.elections import (
    ANEW,
    ElectionApproved,
    ElectionBalloted,
    OfElection,
    Presence,
    Votes,
    VotesCounted,
)
from taizhang.office.bodies.facts import SeatLeft, SeatTaken, begun
from taizhang.office.bodies.tables import CHIEF, DEPUTY, programme
from taizhang.office.bodies.voting import ELECTED, Ballots, election_rule, winners
from taizhang.office.meetings.resolving import voters

BY_APPROVAL = (CHIEF, DEPUTY)
"""Offices that are taken up on the superior's approval; others on the day of the vote (G.vote)."""


def still_open(ledger: Ledger, election: str) -> dict[str, int]:
    """The seats of each office that an election has still to fill."""
    wanted: dict[str, int] = {}
    for row in ledger.rows("election_places", election=election):
        wanted[row["office"]] = wanted.get(row["office"], 0) + row["seats"]
    for row in ledger.rows("ballots", election=election):
        if row["outcome"] == ELECTED and row["office"] in wanted:
            wanted[row["office"]] -= 1
    return wanted


def _seated(
    ledger: Ledger, body: str, office: str, members: Iterable[str], *, alone: bool
) -> Iterator[Event]:
    """Members take seats of an office; whoever else has one of this office leaves it where ``alone`` says so."""
    members = list(members)
    there = ledger.rows("seats", body=body, office=office)
    for row in there if alone else ():
        if row["member"] not in members:
            yield SeatLeft(seat=row["id"])
    for member in members:
        if all(row["member"] != member for row in there):
            yield SeatTaken(seat=ledger.new_id("seat"), body=body, office=office, member=member)


@programme.action("election.ballot", "记录投票|Enter a round of voting")
class Ballot(OfElection, Presence, Action, first=("election", "votes")):
    """Enter a round of voting: the slips and the votes of each; who is elected follows from the rule of the day."""

    votes: Lines[Votes] = field("得票|Votes", lines=Votes)
    entitled: Count | None = field(
        "应到会|Entitled", low=1, default=None, help="不填则按台账计算|Left out, it is counted here"
    )
    issued: Count | None = field(
        "发出票|Slips given out", low=0, default=None, help="不填则同到会|Left out, one each"
    )
    collected: Count | None = field(
        "收回票|Slips returned", low=0, default=None, help="不填则同发出|Left out, all"
    )
    valid: Count | None = field(
        "有效票|Valid slips", low=0, default=None, help="不填则同收回|Left out, all"
    )

    def check(self) -> Iterator[str]:
        """Nobody is listed twice for one office."""
        listed = [(line.member, line.office) for line in self.votes]
        if len(set(listed)) < len(listed):
            yield "同一候选人同一职务列了两次|a candidate is listed twice for an office"

    def decide(self, ledger: Ledger) -> Iterator[Event | Dated]:
        """Refused where the numbers do not add up, and where nobody is to be elected to an office."""
        row = must(ledger, "elections", self.election)
        seats = still_open(ledger, self.election)
        slips = self._slips(ledger, row["body"])
        outcome = self._outcome(ledger.on, seats, slips)
        event = self.becomes(
            ElectionBalloted,
            round=row["rounds"] + 1,
            entitled=slips.entitled,
            issued=slips.issued,
            collected=slips.collected,
            valid=slips.valid,
            votes=tuple(
                VotesCounted(
                    member=line.member,
                    office=line.office,
                    in_favour=line.in_favour,
                    against=line.against,
                    abstained=line.abstained,
                    outcome=outcome[line.office][line.member],
                )
                for line in self.votes
            ),
        )
        for broken in event.check():
            raise Refused(broken)
        yield event
        yield from _follows(ledger, row, outcome)

    def _slips(self, ledger: Ledger, body: str) -> Ballots:
        """The slips; what is left out is taken from what is there."""
        entitled = self.entitled
        if entitled is None:
            organisation = must(ledger, "bodies", body)["organisation"]
            entitled = len(voters(ledger, organisation)) - self.excluded if organisation else 0
        if entitled < 1:
            raise Refused(
                "台账算不出应到会人数，请填写|how many are entitled cannot be counted here: say it"
            )
        issued = self.present if self.issued is None else self.issued
        collected = issued if self.collected is None else self.collected
        valid = collected if self.valid is None else self.valid
        return Ballots(entitled, self.present, issued, collected, valid)

    def _outcome(
        self, day: date, seats: dict[str, int], slips: Ballots
    ) -> dict[str, dict[str, str]]:
        """The outcome for each office and member."""
        found: dict[str, dict[str, str]] = {}
        for office in dict.fromkeys(line.office for line in self.votes):
            if office not in seats:
                raise Refused(
                    "本次选举不选{o}|this election elects nobody to that office", o=office
                )
            lines = [line for line in self.votes if line.office == office]
            for line in lines:
                if line.in_favour + line.against + line.abstained > slips.valid:
                    raise Refused(
                        "一人的得票 {n} 多于有效票 {valid}|the votes for one are more than the {valid} valid slips",
                        n=line.in_favour + line.against + line.abstained,
                        valid=slips.valid,
                    )
            if sum(line.in_favour for line in lines) > slips.valid * max(seats[office], 1):
                raise Refused(
                    "赞成票合计多于有效票可投的票数|more votes in favour than the valid slips can bear"
                )
            votes = {line.member: line.in_favour for line in lines}
            found[office] = winners(votes, seats[office], slips, election_rule(day))
        return found

    def notices(self, ledger: Ledger) -> Iterator[Label]:
        """Too few present, or seats that stay open."""
        row = ledger.get("elections", self.election)
        if row is None:
            return
        slips, seats = self._slips(ledger, row["body"]), still_open(ledger, self.election)
        rule = election_rule(ledger.on)
        if rule is not None and not rule.quorate(slips.entitled, slips.present):
            yield Label.of(rule.asks_presence())
        for office, outcome in self._outcome(ledger.on, seats, slips).items():
            tied = [member for member, how in outcome.items() if how == "票数相等"]
            left = seats[office] - sum(how == ELECTED for how in outcome.values())
            if tied:
                yield Label(
                    f"{office}还缺 {left} 人，{len(tied)} 人票数相等，须在他们中再次投票",
                    f"{left} seats are open and {len(tied)} are tied: these are voted on again",
                )
            elif left > 0:
                yield Label(
                    f"{office}还缺 {left} 人，可另行选举，或减少名额",
                    f"{left} seats are open: vote again, or leave them open",
                )


def _follows(
    ledger: Ledger, row: dict[str, Any], outcome: dict[str, dict[str, str]]
) -> Iterator[Event]:
    """A new term with its first vote that elects somebody, and the seats of those elected."""
    body = row["body"]
    elected = {
        office: [member for member, how in found.items() if how == ELECTED]
        for office, found in outcome.items()
    }
    first = row["kind"] == ANEW and not row["elected"]
    if first and any(elected.values()):
        yield begun(ledger, body, None, None)
        for seat in ledger.rows("seats", body=body):
            if seat["office"] not in (*BY_APPROVAL, *elected):
                yield SeatLeft(seat=seat["id"])
    for office, members in elected.items():
        if office not in BY_APPROVAL:
            yield from _seated(ledger, body, office, members, alone=first)


@programme.action("election.approve", "批准选举结果|Approve the result")
class ApproveElection(OfElection, Action):
    """Enter that the superior approved the result: a secretary and a deputy take up office on that day."""

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """Refused where nobody is elected."""
        row = must(ledger, "elections", self.election)
        if not row["elected"]:
            raise Refused("这次选举还没有选出人|nobody is elected yet")
        yield ElectionApproved(election=self.election)
        chosen = ledger.rows("ballots", election=self.election)
        for office in BY_APPROVAL:
            members = [
                b["member"] for b in chosen if b["office"] == office and b["outcome"] == ELECTED
            ]
            if members:
                yield from _seated(ledger, row["body"], office, members, alone=True)
