"""Rules of voting (表决规则) as data, each with the days on which it holds (G.vote).

A resolution is judged by the rule of its vote on the day of the meeting. How presence and majority are counted
changed between editions: an election needed more than four fifths present by the text of 1990, and not less than
four fifths by that of 2020, so that 16 of 20 are enough under one of them. Before the first edition listed
here nothing is found. Whether written opinions still count in an admission by the text of 2026 is a reading:
the edition before says so, and nothing has been seen that takes it back.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from taizhang.api import in_force

ORDINARY = "一般决议"
COMMITTEE = "支委会决议"

VOTES = (
    f"{ORDINARY}|Ordinary resolution",
    "接收预备党员|Admission as probationary member",
    "预备党员转正|Confirmation as full member",
    "选举|Election",
    f"{COMMITTEE}|Decision of a branch committee",
)
"""Kinds of vote, as the choices of a field."""

Share = tuple[int, int]
"""A fraction as numerator and denominator, so that it is compared in whole numbers."""

HALF, FOUR_FIFTHS = (1, 2), (4, 5)
CALLED = {HALF: ("半数", "half"), FOUR_FIFTHS: ("五分之四", "four fifths")}

ENTITLED, PRESENT = "应到会", "到会"
BASES = {ENTITLED: "those entitled", PRESENT: "those present"}
"""Of whom a majority is counted: those who are entitled to vote, or those of them who came."""


class VotingRule(NamedTuple):
    """A rule for a kind of vote, from ``since`` until ``until`` (exclusive; None while it holds).

    ``presence`` is the share of those entitled who have to be present, ``above`` says that it has to be
    exceeded. More than half of the ``base`` carries. ``written`` says that written opinions of those absent count.
    """

    key: str
    vote: str
    since: date
    until: date | None
    presence: Share
    above: bool
    base: str
    written: bool
    edition: str
    majority: Share = HALF
    source: str = "G.vote"

    def quorate(self, entitled: int, present: int) -> bool:
        """Enough of those entitled were present."""
        parts, whole = self.presence
        there, wanted = present * whole, entitled * parts
        return there > wanted if self.above else there >= wanted

    def carried(self, entitled: int, present: int, in_favour: int) -> bool:
        """Enough voted in favour."""
        parts, whole = self.majority
        return in_favour * whole > parts * (entitled if self.base == ENTITLED else present)

    def asks_presence(self) -> str:
        """Says, as a pair, that too few were present; nothing where enough were."""
        zh, en = CALLED[self.presence]
        edition_zh, _, edition_en = self.edition.partition("|")
        asked_zh = f"{'超过' if self.above else '不少于'}应到会的{zh}"
        asked_en = f"{'more than' if self.above else 'at least'} {en} of those entitled"
        return (
            f"到会人数不足，须{asked_zh}（{edition_zh}）"
            f"|Too few present: it takes {asked_en} ({edition_en})"
        )

    def asks_majority(self) -> str:
        """Says, as a pair, that it was not carried though the outcome says so; nothing otherwise."""
        zh, en = CALLED[self.majority]
        edition_zh, _, edition_en = self.edition.partition("|")
        return (
            f"赞成票不够，须超过{self.base}的{zh}（{edition_zh}）"
            f"|Too few in favour: it takes more than {en} of {BASES[self.base]} ({edition_en})"
        )

    def asks_no_written(self) -> str:
        """Says, as a pair, that written opinions were counted which do not count; nothing otherwise."""
        edition_zh, _, edition_en = self.edition.partition("|")
        return (
            f"票数多于到会人数，书面意见不计票（{edition_zh}）"
            f"|More votes than those present: written opinions do not count ({edition_en})"
        )


def _twice(vote: str, key: str) -> Iterator[VotingRule]:
    """Admission and confirmation are decided alike."""
    first, second = date(2014, 5, 28), date(2026, 5, 11)
    for since, until, year in ((first, second, 2014), (second, None, 2026)):
        edition = f"发展党员工作细则 {year}|Rules on admitting members {year}"
        yield VotingRule(f"{key}-{year}", vote, since, until, HALF, True, ENTITLED, True, edition)


_BRANCH = date(2018, 10, 28)
_BRANCH_RULES = "支部工作条例 2018|Regulations on branches 2018"
_ELECTION, _ELECTION_ANEW = date(1990, 6, 27), date(2020, 7, 13)

RULES = (
    VotingRule(
        "ordinary-2018", ORDINARY, _BRANCH, None, HALF, False, ENTITLED, False, _BRANCH_RULES
    ),
    VotingRule(
        "committee-2018", COMMITTEE, _BRANCH, None, HALF, True, ENTITLED, False, _BRANCH_RULES
    ),
    *_twice("接收预备党员", "admission"),
    *_twice("预备党员转正", "confirmation"),
    VotingRule(
        "election-1990",
        "选举",
        _ELECTION,
        _ELECTION_ANEW,
        FOUR_FIFTHS,
        True,
        PRESENT,
        False,
        "选举工作暂行条例 1990|Provisional regulations on elections 1990",
    ),
    VotingRule(
        "election-2020",
        "选举",
        _ELECTION_ANEW,
        None,
        FOUR_FIFTHS,
        False,
        ENTITLED,
        False,
        "基层组织选举工作条例 2020|Regulations on elections 2020",
    ),
)
"""Every rule, those of one vote one after the other."""


def rule_of(vote: str, day: date) -> VotingRule | None:
    """The rule that holds for a kind of vote on a day, or None where none is listed."""
    return next((rule for rule in in_force(RULES, day) if rule.vote == vote), None)
