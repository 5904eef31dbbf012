"""Commitments of agreements (承诺事项): what a unit promised, the acts that fulfil it, and agreements about to run out
(D1.08, D2.15)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from taizhang.api import (
    Agreement,
    Choice,
    Counting,
    CountKind,
    Date,
    Event,
    Ledger,
    Name,
    Not,
    Row,
    Selection,
    Verb,
    computed,
    field,
    register,
)
from taizhang.office.units.facts import ACTS, AgreementEnded, programme


class CommitmentRow(Row):
    """Something that a unit promised in an agreement."""

    agreement: Agreement = field("协议|Agreement")
    name: Name = field("承诺内容|Promised")
    kind: Choice = field("共建类别|Kind", choices=ACTS, default="其他")
    deadline: Date | None = field("兑现期限|By", default=None)


commitments = register(
    programme,
    "commitment",
    "承诺事项|Commitment",
    CommitmentRow,
    prefix="gc",
    search=("name",),
    within=("agreement",),
    same=("name", "agreement"),
    fixed=("agreement",),
    opens=Verb("make", "made", "列入|List"),
    closes=Verb("drop", "dropped", "撤销|Drop"),
    reads=("acts",),
)
commitments.table.computed.update(
    computed(
        "fulfilled",
        "兑现次数|Fulfilled",
        "(SELECT count(*) FROM acts a WHERE a.commitment = r.id)",
        CountKind(),
    )
)
programme.belongs("commitments", to="agreement")


@programme.follows("agreement.ended", "承诺随协议终止|Commitments end with it")
def _drop(ledger: Ledger, ended: Any) -> Iterator[Event]:
    """Nothing is promised any more."""
    for row in ledger.rows("commitments", agreement=ended.agreement):
        yield commitments.ends(row["id"])


@programme.follows("unit.closed", "到期的协议随之终止|Agreements that had run out end")
def _end(ledger: Ledger, closed: Any) -> Iterator[Event]:
    """Those that have run out; the unit is not closed while another is in force."""
    for row in ledger.rows("agreements", unit=closed.unit):
        yield AgreementEnded(agreement=row["id"])


programme.duty(
    "commitment.kept",
    "每年兑现承诺|Commitments kept each year",
    who=Selection("commitments"),
    counts=Counting("acts", "commitment"),
    at_least=1,
    per="year",
    since=dt.date(1990, 1, 1),
    source="D1.08",
)
programme.duty(
    "commitment.by",
    "按期兑现承诺|Commitments kept by their day",
    who=Selection("commitments", where={"deadline": Not(None), "fulfilled": 0}, due="deadline"),
    counts=None,
    per="standing",
    since=dt.date(1990, 1, 1),
    source="D1.08",
    soon=30,
)
programme.duty(
    "agreement.expiry",
    "协议到期续签或终止|Agreements renewed or ended",
    who=Selection("agreements", where={"ends": Not(None)}, due="ends"),
    counts=None,
    per="standing",
    since=dt.date(1990, 1, 1),
    source="D1.08",
    soon=60,
)
programme.figure(
    "agreement.count",
    "共建协议|Agreements",
    select=Selection("agreements"),
    unit="份|agreements",
    source="D1.08",
)
