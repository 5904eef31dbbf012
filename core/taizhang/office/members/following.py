"""What becomes of members when their organisation is merged, dissolved or moved."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from taizhang.api import Dated, Event, Ledger, Refused, later
from taizhang.office.members.belonging import (
    MemberAttached,
    MemberDetached,
    MemberGroupJoined,
    MemberMoved,
)
from taizhang.office.members.tables import programme

WHOLE = "整建制"


@programme.follows("organisation.merged", "党员随整建制转入|Members go over as a whole")
def go_over(ledger: Ledger, merged: Any) -> Iterator[Dated]:
    """Whoever belonged to the organisation that was merged belongs to the other one."""
    for row in ledger.rows("memberships", organisation=merged.organisation):
        moved = MemberMoved(member=row["member"], organisation=merged.to, how=WHOLE)
        yield Dated(moved, ledger.on, WHOLE, (row["src"],))
    for row in ledger.rows("group_memberships", organisation=merged.organisation):
        joined = MemberGroupJoined(member=row["member"], organisation=merged.to)
        yield Dated(joined, ledger.on, WHOLE, (row["src"],))


@programme.follows("organisation.merged", "挂靠随之转入|Attachments go over")
def attach_there(ledger: Ledger, merged: Any) -> Iterator[Event | Dated]:
    """Attached members too; who belongs to the other one need not be attached there."""
    own = {row["member"] for row in ledger.rows("memberships", organisation=merged.to)}
    for row in ledger.rows("attachments", organisation=merged.organisation):
        member, kind = row["member"], row["kind"]
        if member in own:
            yield MemberDetached(member=member, kind=kind)
        else:
            attached = MemberAttached(member=member, organisation=merged.to, kind=kind)
            yield Dated(attached, ledger.on, WHOLE, (row["src"],))


@programme.follows("organisation.dissolved", "撤销前应无党员|Nobody belongs to it any more")
def be_empty(ledger: Ledger, dissolved: Any) -> Iterator[Event]:
    """Refused while members belong to it, now or later."""
    for table, zh, en in (
        ("memberships", "名党员", "members"),
        ("group_memberships", "名党员", "members"),
        ("attachments", "名挂靠党员", "attached members"),
    ):
        left = later(ledger, ledger.spans(table, organisation=dissolved.organisation))
        if left:
            raise Refused(
                f"还有 {{n}} {zh}，不能撤销|it still has {{n}} {en} and cannot be dissolved",
                n=len({row["member"] for row in left}),
            )
    return iter(())


@programme.follows("transfer.directed", "编入基层组织|Placed with an organisation")
def place_here(ledger: Ledger, directed: Any) -> Iterator[Event]:
    """Whoever has arrived without a steady occupation and a fixed home takes part here, attached (D2.09)."""
    if directed.way == "编入基层组织":
        yield MemberAttached(member=directed.member, organisation=directed.to, kind="流动党员")
