"""What is due of development files, and how many there are."""

from __future__ import annotations

from datetime import date

from taizhang.api import Not, Selection
from taizhang.office.development.tables import PROBATION, programme

programme.duty(
    "development.next",
    "发展党员按期办理下一步（development.record）|The next step of a file in time (development.record)",
    who=Selection("development", where={"by": Not(None)}, due="by"),
    counts=None,
    per="standing",
    since=date(1990, 1, 1),
    source="G.lifecycle",
    soon=30,
)
programme.duty(
    "development.review",
    "半年考察积极分子（development.record）|An activist is observed every half-year (development.record)",
    who=Selection("development", where={"review": Not(None)}, due="review"),
    counts=None,
    per="standing",
    since=date(1990, 1, 1),
    source="G.lifecycle",
    soon=30,
)
programme.duty(
    "development.confirm",
    "预备期满讨论转正（development.record）|Confirmation at the end of the probation (development.record)",
    who=Selection("development", where={"state": PROBATION}, due="probation_ends"),
    counts=None,
    per="standing",
    since=date(1990, 1, 1),
    source="G.lifecycle",
    soon=60,
)
programme.figure(
    "development.stages",
    "发展党员各阶段|Files by stage",
    select=Selection("development"),
    by="stage",
    unit="人|people",
    source="G.lifecycle",
)
programme.screen(
    "guide", "发展党员指引|Guide to development files", "taizhang.office.development.screens:guide"
)
