"""Duties of bodies: the next election before the term is over, and monthly meetings of branch committees."""

from __future__ import annotations

from datetime import date

from taizhang.api import Counting, Selection
from taizhang.office.bodies.tables import programme
from taizhang.office.bodies.terms import BRANCH

HALF_A_YEAR = 184
"""Days by which an election is due soon: six months, the longest that they are."""

programme.duty(
    "term.due",
    "换届选举|Hold the next election",
    who=Selection("terms", "body", due="due"),
    counts=None,
    per="standing",
    since=date(1990, 1, 1),
    source="G.terms",
    soon=HALF_A_YEAR,
)
programme.duty(
    "body.meeting",
    "每月支委会|Committee meeting every month",
    who=Selection("bodies", "organisation", where={"kind": BRANCH}),
    counts=Counting("meeting_kinds", "organisation", where={"kind": "支委会"}),
    at_least=1,
    per="month",
    since=date(2018, 10, 28),
    source="G.cadence",
)
programme.figure(
    "seat.held",
    "任职|Seats held",
    select=Selection("seats"),
    measure="sum:count",
    by="office",
    unit="人|people",
    source="D1.21",
)
