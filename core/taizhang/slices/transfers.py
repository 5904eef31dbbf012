"""Transfers of the formal relation (组织关系转接) by letter (介绍信), in and out of the store as well.

Sources: domain rule G Transfer. A letter names sender and receiver and is valid for some days, a
parameter of each letter (10, 30, at most 90). The sender stays responsible until the receiver
confirms: the membership changes on the day of receipt, by the same fact that closes the letter. The
receiver returns a slip (回执). A letter that ran out is reissued, which closes it and opens another.
Where the other side is not ours it is an ordinary organisation of kind 外部组织.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from taizhang.api import (
    Action,
    Choice,
    Count,
    Date,
    Dated,
    Event,
    Impossible,
    Ledger,
    Member,
    Organisation,
    Programme,
    Refused,
    Row,
    Text,
    Transfer,
    among,
    field,
    must,
    onward,
    overlap,
    successor,
)

programme = Programme("transfers", "组织关系转接|Transfers", nouns=("transfer",))

STATES = (
    "在途|Under way",
    "已接收|Received",
    "已回执|Slip returned",
    "已取消|Cancelled",
    "已重开|Reissued",
)
VALID = 30
LONGEST = 90


class TransferRow(Row):
    """A letter; ``due`` is the last day on which it is valid."""

    number: Text = field("介绍信号|Letter number", default="")
    member: Member = field("党员|Member", ended=True)
    sender: Organisation = field("转出组织|Sender", ended=True)
    to: Organisation = field("接收组织|Receiver", ended=True)
    state: Choice = field("状态|State", choices=STATES)
    valid_days: Count = field("有效天数|Days valid")
    issued: Date = field("开出日期|Issued")
    due: Date = field("有效期至|Valid until")
    received: Date | None = field("接收日期|Received", default=None)
    previous: Transfer | None = field("原介绍信|Replaces", default=None, ended=True)


transfers = programme.folds(
    "transfers",
    "组织关系转接|Transfers",
    TransferRow,
    entity="transfer",
    prefix="t",
    title="number",
    search=("number",),
    indexes=(("state", "due"),),
)


@programme.event("transfer.issued", "开出介绍信|Letter issued", rank=20)
class TransferIssued(Event):
    """A letter sets out; the member still belongs to the sender."""

    transfer: Transfer = field("介绍信|Letter")
    member: Member = field("党员|Member")
    sender: Organisation = field("转出组织|Sender")
    to: Organisation = field("接收组织|Receiver")
    number: Text = field("介绍信号|Letter number", default="")
    valid_days: Count = field("有效天数|Days valid", low=1, high=LONGEST, default=VALID)
    previous: Transfer | None = field("原介绍信|Replaces", default=None)


@programme.event("transfer.received", "接收组织关系|Transfer received", rank=50)
class TransferReceived(Event):
    """The receiver confirms: from this day the member belongs to ``organisation``."""

    transfer: Transfer = field("介绍信|Letter")
    member: Member = field("党员|Member")
    organisation: Organisation = field("接收支部|Receiving branch")


@programme.event("transfer.slip_returned", "退回回执|Slip returned", rank=60)
class TransferSlipReturned(Event):
    """The return slip (回执) is back at the sender."""

    transfer: Transfer = field("介绍信|Letter")


@programme.event("transfer.cancelled", "取消介绍信|Letter cancelled", rank=70)
class TransferCancelled(Event):
    """The letter is taken back; the member stays."""

    transfer: Transfer = field("介绍信|Letter")
    member: Member = field("党员|Member")


@programme.event("transfer.reissued", "重开介绍信|Letter reissued", rank=10)
class TransferReissued(Event):
    """Another letter takes this one's place."""

    transfer: Transfer = field("介绍信|Letter")
    member: Member = field("党员|Member")


programme.feed("memberships", TransferReceived)
programme.feed("group_memberships", TransferReceived, clear=True)


@transfers.step(TransferIssued)
def _issued(state: TransferRow | None, event: TransferIssued, on: date) -> TransferRow:
    if state is not None:
        raise Impossible("这封介绍信已经开出|this letter was issued already")
    return TransferRow(
        number=event.number,
        member=event.member,
        sender=event.sender,
        to=event.to,
        state="在途",
        valid_days=event.valid_days,
        issued=on,
        due=on + timedelta(days=event.valid_days),
        previous=event.previous,
    )


def _in(state: TransferRow | None, wanted: str) -> TransferRow:
    if state is None:
        raise Impossible("介绍信当日尚未开出|the letter was not issued by that day")
    if state.state != wanted:
        raise Impossible(
            "介绍信不在途，不能再办理|the letter is no longer under way"
            if wanted == "在途"
            else "介绍信尚未接收或已回执|the letter is not received, or its slip is back already"
        )
    return state


@transfers.step(TransferReceived)
def _received(state: TransferRow | None, event: TransferReceived, on: date) -> TransferRow:
    return _in(state, "在途").replace(state="已接收", received=on)


@transfers.step(TransferSlipReturned)
def _slip(state: TransferRow | None, event: TransferSlipReturned, on: date) -> TransferRow:
    return _in(state, "已接收").replace(state="已回执")


@transfers.step(TransferCancelled)
def _cancelled(state: TransferRow | None, event: TransferCancelled, on: date) -> TransferRow:
    return _in(state, "在途").replace(state="已取消")


@transfers.step(TransferReissued)
def _reissued(state: TransferRow | None, event: TransferReissued, on: date) -> TransferRow:
    return _in(state, "在途").replace(state="已重开")


# Actions


def _letter(ledger: Ledger, transfer: str, state: str = "在途") -> dict[str, Any]:
    row = must(ledger, "transfers", transfer)
    if row["state"] != state:
        raise Refused(
            "这封介绍信{now}，须为{wanted}才能办理"
            "|this letter is {now}; it has to be {wanted} for that",
            now=row["state"],
            wanted=state,
        )
    return row


@programme.action("transfer.issue", "开出介绍信|Issue a letter")
class Issue(Action):
    """Issue a letter for a member from the present branch to another."""

    member: Member = field("党员|Member")
    to: Organisation = field("接收组织|Receiver")
    number: Text = field("介绍信号|Letter number", default="")
    valid_days: Count = field("有效天数|Days valid", low=1, high=LONGEST, default=VALID)

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """Refused while another letter is under way, and to where members cannot belong."""
        here = ledger.rows("memberships", member=self.member)
        if not here:
            raise Refused("该党员当日不在任何支部|this member is in no branch on that day")
        to = must(ledger, "organisations", self.to)
        if not to["holds_members"]:
            raise Refused(
                "“{name}”是{kind}，不接收组织关系|“{name}” is a {kind}; members belong to branches",
                name=to["name"],
                kind=to["kind"],
            )
        if here[0]["organisation"] == self.to:
            raise Refused("该党员已在接收组织|this member belongs to the receiver already")
        under_way = ledger.rows("transfers", member=self.member, state="在途")
        if under_way:
            raise Refused(
                "该党员已有在途的介绍信，{on} 开出|a letter issued on {on} is under way for this member",
                on=under_way[0]["issued"],
            )
        yield TransferIssued(
            transfer=ledger.new_id("transfer"),
            member=self.member,
            sender=here[0]["organisation"],
            to=self.to,
            number=self.number,
            valid_days=self.valid_days,
        )


@programme.action("transfer.receive", "接收组织关系|Receive a transfer")
class Receive(Action):
    """Confirm that the member has arrived: the membership changes on this day."""

    transfer: Transfer = field("介绍信|Letter")

    def decide(self, ledger: Ledger) -> Iterator[Event | Dated]:
        """A receiver that was merged meanwhile passes the member on to its successor."""
        letter = _letter(ledger, self.transfer)
        to: str | None = letter["to"]
        while to is not None and ledger.get("organisations", to) is None:
            to = successor(ledger, to)[0]
        if to is None:
            raise Refused(
                "接收组织已经结束，没有唯一的承接组织"
                "|the receiver has ended without a single successor"
            )
        yield TransferReceived(transfer=self.transfer, member=letter["member"], organisation=to)
        yield from onward(ledger, letter["member"], to)


@programme.action("transfer.return_slip", "退回回执|Return the slip")
class ReturnSlip(Action):
    """The return slip (回执) came back."""

    transfer: Transfer = field("介绍信|Letter")

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """Refused before the member is received."""
        _letter(ledger, self.transfer, "已接收")
        yield TransferSlipReturned(transfer=self.transfer)


@programme.action("transfer.cancel", "取消介绍信|Cancel a letter")
class Cancel(Action):
    """Take a letter back."""

    transfer: Transfer = field("介绍信|Letter")

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """Refused once it is received."""
        letter = _letter(ledger, self.transfer)
        yield TransferCancelled(transfer=self.transfer, member=letter["member"])


@programme.action("transfer.reissue", "重开介绍信|Reissue a letter")
class Reissue(Action):
    """Replace a letter, run out or not, by a new one to the same receiver."""

    transfer: Transfer = field("介绍信|Letter")
    number: Text = field("新介绍信号|New letter number", default="")
    valid_days: Count | None = field(
        "有效天数|Days valid",
        low=1,
        high=LONGEST,
        default=None,
        help="不填同原信|as before when empty",
    )

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """One fact closes the old letter, one opens the new."""
        letter = _letter(ledger, self.transfer)
        here = ledger.rows("memberships", member=letter["member"])
        yield TransferReissued(transfer=self.transfer, member=letter["member"])
        yield TransferIssued(
            transfer=ledger.new_id("transfer"),
            member=letter["member"],
            sender=here[0]["organisation"] if here else letter["sender"],
            to=letter["to"],
            number=self.number,
            valid_days=self.valid_days or letter["valid_days"],
            previous=self.transfer,
        )


# Rules that hold on every day, and lists


@programme.check(
    "two-letters", "同一党员同时有两封在途介绍信|Two letters under way at once", entity="member"
)
def _two_letters(ledger: Ledger, ids: Sequence[str] | None) -> Iterator[tuple[str, int]]:
    for row in ledger.query(
        "SELECT DISTINCT a.member AS id, a.src AS src FROM transfers_all a JOIN transfers_all b "
        f"ON b.member = a.member AND b.id > a.id AND {overlap('a', 'b')} "
        f"WHERE a.state = '在途' AND b.state = '在途' AND {among('a.member', ids)}",
        *(ids or ()),
    ):
        yield row["id"], row["src"]


@programme.check(
    "late",
    "接收时介绍信已过有效期|The letter had run out when received",
    entity="transfer",
    hard=False,
)
def _late(ledger: Ledger, ids: Sequence[str] | None) -> Iterator[tuple[str, int]]:
    """Soft, since sources differ on validity and a superior may approve exceptions."""
    for row in ledger.query(
        f"SELECT id, src FROM transfers_all WHERE state = '已接收' AND received > due "
        f"AND {among('id', ids)}",
        *(ids or ()),
    ):
        yield row["id"], row["src"]


def overdue(ledger: Ledger) -> list[dict[str, Any]]:
    """Letters under way that are no longer valid on the ledger's day, the oldest first."""
    return ledger.query(
        "SELECT * FROM transfers WHERE state = '在途' AND due < ? ORDER BY due, id",
        ledger.on.isoformat(),
    )
