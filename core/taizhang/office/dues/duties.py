"""Duties, findings and figures of dues: who is behind by three months and five, and how much came in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from taizhang.api import Ledger, Selection, among
from taizhang.office.dues.rates import WARNED
from taizhang.office.dues.tables import programme

programme.duty(
    "dues.paid",
    "三个月内缴清党费|Dues paid within three months",
    who=Selection("dues", "member", where={"open": True}, due="by"),
    counts=None,
    per="standing",
    since=date(2008, 4, 1),
    source="G.dues",
    soon=31,
)


def _behind(months: int) -> None:
    """A finding of those who owe for so many months that are over; nobody is dropped by it."""

    @programme.check(
        f"behind-{months}",
        f"欠缴党费满 {months} 个月，请提醒|{months} months of dues are open: remind the member",
        entity="member",
        hard=False,
        asks=False,
        reads=("dues", "dues_payments"),
    )
    def find(ledger: Ledger, ids: Sequence[str] | None) -> Iterator[tuple[str, int]]:
        for row in ledger.query(
            "SELECT member AS id, max(src) AS src FROM dues WHERE open AND month < ? "
            f"AND {among('member', ids)} GROUP BY member HAVING count(*) >= {months}",
            ledger.on.isoformat()[:7],
            *(ids or ()),
        ):
            yield row["id"], row["src"]


for _months in WARNED:
    _behind(_months)

programme.figure(
    "dues.collected",
    "实缴党费|Dues collected",
    select=Selection("dues_payments", "member"),
    measure="sum:amount",
    by="organisation",
    over="month",
    source="G.dues",
)
programme.figure(
    "dues.remitted",
    "上缴党费|Dues handed up",
    select=Selection("dues_remittances", "organisation"),
    measure="sum:amount",
    by="organisation",
    over="year",
    source="G.dues",
)
