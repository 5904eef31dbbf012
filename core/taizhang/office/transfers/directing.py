"""The two ways of one who arrives (转入分流, D2.09): a steady occupation and a fixed home bring the formal relation over; without
both the member is placed with an organisation here, and the relation stays where it is."""

from __future__ import annotations

from collections.abc import Iterator

from taizhang.api import (
    Action,
    Choice,
    Event,
    Ledger,
    Member,
    Organisation,
    Row,
    Shared,
    Yes,
    field,
)
from taizhang.office.transfers.facts import programme

OVER, PLACED = "转接组织关系", "编入基层组织"
WAYS = (f"{OVER}|The relation comes over", f"{PLACED}|Placed with an organisation")


class Arrival(Shared):
    """One who has arrived."""

    member: Member = field("党员|Member")
    to: Organisation = field("接收组织|Receiver")
    occupied: Yes = field("有稳定职业|Steady occupation")
    settled: Yes = field("有固定住所|Fixed home")


class ArrivalRow(Arrival, Row):
    """An arrival, and the way that was taken."""

    member: Member = field(ended=True)
    to: Organisation = field(ended=True)
    way: Choice = field("分流|Way", choices=WAYS)


arrivals = programme.records("arrivals", "转入分流|Arrivals", ArrivalRow)


@programme.event("transfer.directed", "转入分流|Arrival directed", rank=15)
class TransferDirected(Arrival, Event):
    """A member arrived; the way follows from occupation and home."""

    way: Choice = field("分流|Way", choices=WAYS)


@programme.action("transfer.direct", "转入分流|Direct an arrival")
class DirectArrival(Arrival, Action):
    """Enter that a member has arrived; who is to be placed is attached in the same action, a letter is asked for otherwise."""

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """As it stands."""
        yield self.becomes(TransferDirected, way=OVER if self.occupied and self.settled else PLACED)


arrivals.records(TransferDirected)
