"""Figures of members (党员统计): how many there are, of which kinds, and how many left."""

from __future__ import annotations

from taizhang.api import Not, Selection
from taizhang.office.kinds import OUTSIDE
from taizhang.office.members.tables import THREE, programme

programme.figure(
    "member.count",
    "党员数|Members",
    select=Selection("memberships", "member", where={"organisation.kind": Not(OUTSIDE)}),
    by="organisation",
    unit="人|members",
    over="year",
    source="G.statistics",
)
programme.figure(
    "member.category",
    "三种党员|Three kinds",
    select=Selection("categories", "member", where={"scheme": THREE}),
    by="category",
    unit="人|members",
    source="D2.18",
)
programme.figure(
    "member.departures",
    "出党人数|Departures",
    select=Selection("departures", "member"),
    by="how",
    unit="人|members",
    over="year",
    source="G.leaving",
)
