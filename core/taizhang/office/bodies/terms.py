"""The length of the terms of bodies, as data with the days on which each rule holds (G.terms).

A term that runs when a rule changes ends under the rule of the day on which it began. Where a body is listed under no
rule for its day, whoever enters the term says how long it is.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

COMMUNITY, ELSEWHERE = "社区或村", "其他"
PLACES = (f"{COMMUNITY}|Community or village", f"{ELSEWHERE}|Elsewhere")
"""The places of bodies: those of communities and villages have terms of their own."""

PARTY, GENERAL, BRANCH = "党委委员会", "总支委员会", "支部委员会"
RESIDENTS = "居民委员会"
COMMITTEES = (PARTY, GENERAL, BRANCH)
"""Committees of Party organisations, elected by their members."""

KINDS = (
    f"{PARTY}|Party committee",
    f"{GENERAL}|General branch committee",
    f"{BRANCH}|Branch committee",
    f"{RESIDENTS}|Residents' committee",
    "居民代表大会|Residents' congress",
    "议事协商委员会|Consultative council",
    "协调委员会|Coordinating committee",
    "指导委员会|Guiding committee",
    "联席会议|Joint meeting",
    "其他|Other",
)
"""Kinds of bodies: committees of organisations, and free ones."""


class Rule(NamedTuple):
    """The length of the term of a body of one of these ``kinds``, if it begins from ``since`` until ``until`` (exclusive)."""

    kinds: tuple[str, ...]
    places: tuple[str, ...]
    months: int
    since: date
    until: date | None
    edition: str
    source: str = "G.terms"


EVERYWHERE = (COMMUNITY, ELSEWHERE)
_BEFORE, _SINCE = date(1990, 6, 27), date(2018, 7, 1)
_OLD = "选举工作暂行条例 1990|Provisional regulations on elections 1990"
_NEW = "任期的意见 2018|Opinion on terms 2018"
_LAW, _LAW_CHANGED = date(1990, 1, 1), date(2018, 12, 29)

RULES = (
    Rule((PARTY, GENERAL, BRANCH), EVERYWHERE, 36, _BEFORE, _SINCE, _OLD),
    Rule((PARTY,), EVERYWHERE, 60, _SINCE, None, _NEW),
    Rule((GENERAL, BRANCH), (COMMUNITY,), 60, _SINCE, None, _NEW),
    Rule((GENERAL, BRANCH), (ELSEWHERE,), 36, _SINCE, None, _NEW),
    Rule((RESIDENTS,), EVERYWHERE, 36, _LAW, _LAW_CHANGED, "居民委员会组织法 1989|Act of 1989"),
    Rule((RESIDENTS,), EVERYWHERE, 60, _LAW_CHANGED, None, "居民委员会组织法 2018|Act of 2018"),
)
"""Every rule. Before 2018 committees of the Party served three to five years, branches two or three; three is
taken here, and a term of another length is entered with its months."""

LONGEST_EXTENSION = 12
"""Months by which an election may come later than the end of a term, with consent (G.terms)."""


def rule_of(kind: str, place: str, day: date) -> Rule | None:
    """The rule for a body whose term begins on ``day``, or None where none is listed."""
    for rule in RULES:
        held = rule.since <= day and (rule.until is None or day < rule.until)
        if held and kind in rule.kinds and place in rule.places:
            return rule
    return None
