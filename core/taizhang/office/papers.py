"""Papers that do not move the formal relation (党员证明信、流动党员活动证): who has one, what for, and until when it is valid.

A 证明信 is for a short stay, six months as a rule (a parameter of the office); a 活动证 for those who go out without a fixed place.
After its last day a paper counts no more, though nobody has given it back (G.mobile).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from taizhang.api import (
    Choice,
    Date,
    Label,
    Ledger,
    Member,
    Name,
    Organisation,
    PersonalText,
    Programme,
    Row,
    Selection,
    Verb,
    field,
    months_after,
    register,
)
from taizhang.office.parameters import PAPER_MONTHS

programme = Programme("papers", "证明信与活动证|Papers", nouns=("paper",))

KINDS = ("党员证明信|Certificate of membership", "流动党员活动证|Certificate of a mobile member")
PURPOSES = (
    "短期外出|A short stay",
    "参加会议|A meeting",
    "学习培训|Study",
    "外出务工|Work elsewhere",
    "其他|Other",
)


class PaperRow(Row):
    """A paper that a member carries."""

    number: Name = field("编号|Number")
    kind: Choice = field("类别|Kind", choices=KINDS)
    member: Member = field("党员|Member", ended=True)
    organisation: Organisation = field("签发组织|Issued by", ended=True)
    purpose: Choice = field("事由类别|Purpose", choices=PURPOSES, default="短期外出")
    place: PersonalText = field("前往地点|Where to", default="", about="paper")
    valid_until: Date = field("有效期至|Valid until")


def _long(said: Any, ledger: Ledger) -> Iterator[Label]:
    """A paper is valid for so many months as a rule."""
    months = PAPER_MONTHS.whole(ledger, said.kind)
    if months is not None and said.valid_until > months_after(ledger.on, months):
        yield Label(
            f"{said.kind}一般不超过 {months} 个月，请核对",
            f"such a paper is valid for {months} months as a rule: look again",
        )


papers = register(
    programme,
    "paper",
    "证明信与活动证|Paper",
    PaperRow,
    prefix="pp",
    title="number",
    search=("number",),
    same=("number", "organisation"),
    fixed=("member", "kind", "organisation"),
    opens=Verb("issue", "issued", "签发|Issue"),
    changes=Verb("change", "changed", "变更|Change"),
    closes=Verb("return", "returned", "收回|Take back"),
    notices=_long,
)
papers.table.runs_out("valid_until")

programme.belongs("papers", to="organisation")
programme.duty(
    "paper.ending",
    "到期的证明信与活动证|Papers that run out",
    who=Selection("papers", due="valid_until"),
    counts=None,
    per="standing",
    since=dt.date(1949, 10, 1),
    source="G.mobile",
    soon=14,
)
programme.figure(
    "paper.count",
    "有效的证明信与活动证|Valid papers",
    select=Selection("papers"),
    by="kind",
    unit="份|papers",
    source="G.mobile",
)
