"""Kinds of bodies (机构类别), and where they are: both decide how long a term is (`office.parameters`)."""

from __future__ import annotations

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
