"""Elections (换届、补选): asked for, agreed to, candidates named, voted in rounds, reported, approved.

An election may be entered late and with steps missing: only the vote itself cannot be left out. Whoever is elected has
the seat from the day of the vote, a secretary and a deputy from the day of the approval. A new term begins with the
vote; a by-election leaves the term's end where it was.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from taizhang.api import (
    Action,
    Body,
    Choice,
    Count,
    Date,
    Deed,
    Election,
    Event,
    Impossible,
    Label,
    Ledger,
    Line,
    Lines,
    Member,
    Name,
    Row,
    Shared,
    Yes,
    field,
    must,
)
from taizhang.office.bodies.tables import OFFICES, programme
from taizhang.office.bodies.voting import OUTCOMES
from taizhang.office.meetings.resolving import deprived

ANEW, FILLING, CHIEFS, CHANGE = "换届选举", "补选", "书记选举", "委员调整"
KINDS = (
    f"{ANEW}|For a new term",
    f"{FILLING}|By-election",
    f"{CHIEFS}|Of the secretary",
    f"{CHANGE}|Change of members",
)
ASKED, AGREED, NAMED, VOTED, REPORTED, APPROVED, DROPPED = (
    "已请示", "已同意", "已提名", "已投票", "已报告", "已批准", "已终止",
)  # fmt: skip
STATES = (
    f"{ASKED}|Asked for",
    f"{AGREED}|Agreed to",
    f"{NAMED}|Candidates named",
    f"{VOTED}|Voted",
    f"{REPORTED}|Reported",
    f"{APPROVED}|Approved",
    f"{DROPPED}|Given up",
)
ORDER = tuple(state.partition("|")[0] for state in STATES)


class Places(Line):
    """The seats of an office that are to be filled."""

    office: Choice = field("职务|Office", choices=OFFICES)
    seats: Count = field("应选人数|Seats", low=1)


class Candidate(Line):
    """One who stands for an office."""

    member: Member = field("候选人|Candidate")
    office: Choice = field("职务|Office", choices=OFFICES, default="委员")
    incumbent: Yes = field("现任|Incumbent", default=False)


class Votes(Line):
    """The votes for one who stood, or was written in, for an office."""

    member: Member = field("候选人|Candidate")
    in_favour: Count = field("赞成|In favour", low=0)
    against: Count = field("反对|Against", low=0, default=0)
    abstained: Count = field("弃权|Abstained", low=0, default=0)
    office: Choice = field("职务|Office", choices=OFFICES, default="委员")


class VotesCounted(Votes):
    """The votes with what came of them."""

    outcome: Choice = field("结果|Outcome", choices=OUTCOMES)


class Call(Shared):
    """An election as it is asked for."""

    body: Body = field("机构|Body")
    kind: Choice = field("选举类别|Kind", choices=KINDS, default=ANEW)
    places: Lines[Places] = field("应选职务|Seats to fill", lines=Places)
    planned: Date | None = field("拟定日期|Planned for", default=None)


class OfElection(Shared):
    """The field of all that is said of an election that is in the ledger."""

    election: Election = field("选举|Election")


class Presence(Shared):
    """The number of those who came to a vote, and of those who are not counted among those entitled."""

    present: Count = field("到会|Present", low=0)
    excluded: Count = field(
        "不计入应到会|Not counted", low=0, default=0, help="经同意不计入的人数|With consent"
    )


class Slips(Presence):
    """The slips of a round, and of how many people."""

    entitled: Count = field("应到会|Entitled", low=1)
    issued: Count = field("发出票|Slips given out", low=0)
    collected: Count = field("收回票|Slips returned", low=0)
    valid: Count = field("有效票|Valid slips", low=0)

    def check(self) -> Iterator[str]:
        """Rules of arithmetic."""
        if self.present > self.entitled:
            yield "到会人数多于应到会|more are present than entitled"
        if self.issued > self.present:
            yield "发出票多于到会人数|more slips are given out than people are present"
        if self.valid > self.collected:
            yield "有效票多于收回票|more slips are valid than came back"


class ElectionRow(Row):
    """An election; ``elected`` counts those that were elected in all its rounds."""

    name: Name = field("名称|Name")
    body: Body = field("机构|Body", ended=True)
    kind: Choice = field("选举类别|Kind", choices=KINDS)
    seats: Count = field("应选人数|Seats")
    elected: Count = field("选出人数|Elected", default=0)
    rounds: Count = field("投票轮次|Rounds", default=0)
    requested: Date = field("请示日期|Asked for on")
    planned: Date | None = field("拟定日期|Planned for", default=None)
    consented: Date | None = field("同意日期|Agreed to on", default=None)
    nominated: Date | None = field("提名日期|Candidates named on", default=None)
    voted: Date | None = field("投票日期|Voted on", default=None)
    reported: Date | None = field("报告日期|Reported on", default=None)
    approved: Date | None = field("批准日期|Approved on", default=None)
    state: Choice = field("状态|State", choices=STATES)


class PlacesRow(Row):
    """The seats of an office that an election is to fill."""

    election: Election = field("选举|Election")
    office: Choice = field("职务|Office", choices=OFFICES)
    seats: Count = field("应选人数|Seats")


class CandidateRow(Row):
    """One who stood for an office."""

    election: Election = field("选举|Election")
    member: Member = field("候选人|Candidate")
    office: Choice = field("职务|Office", choices=OFFICES)
    incumbent: Yes = field("现任|Incumbent", default=False)


class RoundRow(Slips, Row):
    """A round of voting."""

    election: Election = field("选举|Election")
    round: Count = field("轮次|Round")


class VotesRow(Row):
    """The votes for one person and office in a round."""

    election: Election = field("选举|Election")
    round: Count = field("轮次|Round")
    member: Member = field("候选人|Candidate")
    office: Choice = field("职务|Office", choices=OFFICES)
    in_favour: Count = field("赞成|In favour")
    against: Count = field("反对|Against", default=0)
    abstained: Count = field("弃权|Abstained", default=0)
    outcome: Choice = field("结果|Outcome", choices=OUTCOMES)


elections = programme.folds(
    "elections",
    "选举|Elections",
    ElectionRow,
    entity="election",
    prefix="el",
    search=("name",),
    indexes=(("body",),),
)
places = programme.records("election_places", "应选职务|Seats to fill", PlacesRow)
candidates = programme.records("candidates", "候选人|Candidates", CandidateRow)
rounds = programme.records("election_rounds", "投票轮次|Rounds of voting", RoundRow)
ballots = programme.records("ballots", "得票|Votes", VotesRow)

programme.belongs("elections", to="body")
programme.screen("ballot", "选票|Ballot", "taizhang.office.bodies.screens:ballot")


@programme.event("election.requested", "请示选举|Election asked for", rank=20)
class ElectionRequested(Call, Event, first=("election", "name")):
    """A body is to be elected."""

    election: Election = field("选举|Election")
    name: Name = field("名称|Name")


@programme.action("election.request", "请示选举|Ask for an election")
class RequestElection(Call, Action):
    """Enter that an election was asked for (换届请示), and how many are to be elected."""

    name: Name | None = field(
        "名称|Name", default=None, help="不填则为机构和类别|Left out, the body's and the kind"
    )

    def check(self) -> Iterator[str]:
        """No office is listed twice."""
        offices = [line.office for line in self.places]
        if len(set(offices)) < len(offices):
            yield "同一职务列了两次|an office is listed twice"

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """As it stands."""
        body = must(ledger, "bodies", self.body)
        yield self.becomes(
            ElectionRequested,
            election=ledger.new_id("election"),
            name=self.name or f"{body['name']}{self.kind}",
        )


class _Step(OfElection, Deed):
    """A step that says no more than that it was taken; its document stands with the event."""

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """As it stands; a step that cannot follow is refused by the table."""
        must(ledger, "elections", self.election)
        yield self


@programme.deed("election.consent", "同意选举|Agree to an election")
@programme.event("election.consented", "同意选举|Election agreed to", rank=25)
class ElectionConsented(_Step):
    """Enter that the superior agreed to the election (批复)."""


@programme.deed("election.nominate", "提名候选人|Name the candidates")
@programme.event("election.nominated", "提名候选人|Candidates named", rank=30)
class CandidatesNamed(_Step):
    """Enter who stands for which office."""

    candidates: Lines[Candidate] = field("候选人|Candidates", lines=Candidate)

    def notices(self, ledger: Ledger) -> Iterator[Label]:
        """Somebody stands who has no right to be elected on that day."""
        without = deprived(ledger) & {line.member for line in self.candidates if line is not None}
        for name in ledger.names("member", sorted(without)).values():
            yield Label(
                f"“{name}”当日没有被选举权，请核对",
                f"{name} cannot be elected on that day: look again",
            )


@programme.event("election.balloted", "投票|Round of voting", rank=40)
class ElectionBalloted(OfElection, Slips, Event, first=("election", "round")):
    """A round of voting took place on this day."""

    round: Count = field("轮次|Round", low=1)
    votes: Lines[VotesCounted] = field("得票|Votes", lines=VotesCounted)


@programme.deed("election.report", "报告选举结果|Report the result")
@programme.event("election.reported", "报告选举结果|Result reported", rank=60)
class ElectionReported(_Step):
    """Enter that the result was reported to the superior."""


@programme.event("election.approved", "批准选举结果|Result approved", rank=70)
class ElectionApproved(OfElection, Event):
    """The superior approved the result."""


@programme.deed("election.abandon", "终止选举|Give up an election")
@programme.event("election.abandoned", "终止选举|Election given up", rank=80)
class ElectionAbandoned(_Step):
    """Enter that the election is not held, or that no more rounds are voted."""


def _on(state: ElectionRow | None) -> ElectionRow:
    if state is None:
        raise Impossible("该选举当日还没有请示|this election is not asked for by that day")
    if state.state in (APPROVED, DROPPED):
        raise Impossible(f"该选举{state.state}|this election is over")
    return state


def _further(state: ElectionRow, step: str) -> str:
    """The state after a step: one entered late does not take the election back."""
    return max(state.state, step, key=ORDER.index)


@elections.step(ElectionRequested)
def _requested(state: ElectionRow | None, event: ElectionRequested, on: date) -> ElectionRow:
    if state is not None:
        raise Impossible("该选举已经请示|this election is asked for already")
    seats = sum(line.seats for line in event.places)
    return event.becomes(ElectionRow, seats=seats, requested=on, state=ASKED)


def _dated(event: type[Any], column: str, step: str) -> None:
    """A step that sets its day."""

    @elections.step(event)
    def take(state: ElectionRow | None, happened: Any, on: date) -> ElectionRow:
        found = _on(state)
        return found.replace(**{column: on}, state=_further(found, step))


_dated(ElectionConsented, "consented", AGREED)
_dated(CandidatesNamed, "nominated", NAMED)
_dated(ElectionReported, "reported", REPORTED)
_dated(ElectionApproved, "approved", APPROVED)


@elections.step(ElectionBalloted)
def _balloted(state: ElectionRow | None, event: ElectionBalloted, on: date) -> ElectionRow:
    found = _on(state)
    return found.replace(
        voted=on,
        rounds=found.rounds + 1,
        elected=found.elected + sum(line.outcome == "当选" for line in event.votes),
        state=_further(found, VOTED),
    )


@elections.step(ElectionAbandoned)
def _abandoned(state: ElectionRow | None, event: ElectionAbandoned, on: date) -> ElectionRow:
    return _on(state).replace(state=DROPPED)


places.records(ElectionRequested, lines="places")
candidates.records(CandidatesNamed, lines="candidates")
rounds.records(ElectionBalloted)
ballots.records(ElectionBalloted, lines="votes")
