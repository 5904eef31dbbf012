"""What is recorded of letters (介绍信), and the rows that follow from it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from taizhang.api import (
    Choice,
    Count,
    Date,
    Deed,
    Event,
    Impossible,
    Ledger,
    Member,
    Month,
    Not,
    Organisation,
    PersonalText,
    Programme,
    Refused,
    Row,
    Selection,
    Shared,
    Text,
    Transfer,
    english,
    field,
    months_after,
    must,
)
from taizhang.office.kinds import OUTSIDE

programme = Programme("transfers", "组织关系转接|Transfers", nouns=("transfer",))

STATES = (
    "在途|Under way",
    "已接收|Received",
    "已回执|Slip returned",
    "已取消|Cancelled",
    "已重开|Reissued",
    "已拒绝|Refused",
    "已超期|Lapsed",
)
WHY = (
    "工作调动|Another post",
    "毕业|Graduated",
    "退休|Retired",
    "搬迁|Moved house",
    "其他|Other",
)
LIVING = ("在途", "已接收", "已回执")
"""The states of letters that count: a number is borne by one of these of a sender and year."""
VALID = 30
LONGEST = 90
FIRST = date(1949, 10, 1)
"""From when the duties hold: each letter has days of its own, and none here is older."""


class OfLetter(Shared):
    """The field of all that is said of a letter that was issued."""

    transfer: Transfer = field("介绍信|Letter")


class OfBearer(OfLetter):
    """The fields of a letter and of the member who carries it."""

    member: Member = field("党员|Member")


class Letter(Shared):
    """A letter as it is issued."""

    member: Member = field("党员|Member")
    to: Organisation = field("接收组织|Receiver")
    number: Text = field("介绍信号|Letter number", default="")
    valid_days: Count = field("有效天数|Days valid", low=1, high=LONGEST, default=VALID)
    dues_until: Month | None = field("党费交至|Dues paid until", default=None)
    why: Choice = field("转接原因|Why", choices=WHY, default="其他")


class TransferRow(Row):
    """A letter; ``due`` is the last day on which it is valid, ``slip_due`` that for its slip (回执), and
    ``receiver`` the branch that did receive it: a merged one's successor is not the one it is for.
    """

    number: Text = field("介绍信号|Letter number", default="")
    member: Member = field("党员|Member", ended=True)
    sender: Organisation = field("转出组织|Sender", ended=True)
    to: Organisation = field("接收组织|Receiver", ended=True)
    state: Choice = field("状态|State", choices=STATES)
    valid_days: Count = field("有效天数|Days valid")
    issued: Date = field("开出日期|Issued")
    due: Date = field("有效期至|Valid until")
    received: Date | None = field("接收日期|Received", default=None)
    receiver: Organisation | None = field("接收支部|Receiving branch", default=None, ended=True)
    slip_due: Date | None = field("回执期限|Slip due", default=None)
    previous: Transfer | None = field("原介绍信|Replaces", default=None, ended=True)
    dues_until: Month | None = field("党费交至|Dues paid until", default=None)
    why: Choice = field("转接原因|Why", choices=WHY, default="其他")
    prints: Count = field("打印次数|Printed", default=0)
    refusal: PersonalText = field("拒绝理由|Why refused", default="")


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


def letter_in(ledger: Ledger, transfer: str, state: str = "在途") -> dict[str, Any]:
    row = must(ledger, "transfers", transfer)
    if row["state"] != state:
        raise Refused(
            "这封介绍信的状态是“{now}”，须为“{wanted}”才能办理"
            "|the state of this letter is “{now_en}”; it has to be “{wanted_en}” for that",
            now=row["state"],
            wanted=state,
            now_en=english(STATES, row["state"]),
            wanted_en=english(STATES, state),
        )
    return row


@programme.event("transfer.issued", "开出介绍信|Letter issued", rank=20)
class TransferIssued(OfLetter, Letter, Event, first=("transfer", "member", "sender")):
    """A letter sets out; the member still belongs to the sender."""

    sender: Organisation = field("转出组织|Sender")
    previous: Transfer | None = field("原介绍信|Replaces", default=None)


@programme.event("transfer.received", "接收组织关系|Transfer received", rank=50)
class TransferReceived(OfBearer, Event):
    """The receiver confirms: from this day the member belongs to ``organisation``."""

    organisation: Organisation = field("接收支部|Receiving branch")


@programme.deed("transfer.return_slip", "退回回执|Return the slip")
@programme.event("transfer.slip_returned", "退回回执|Slip returned", rank=60)
class TransferSlipReturned(OfLetter, Deed):
    """The return slip (回执) came back."""

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """Refused before the member is received."""
        letter_in(ledger, self.transfer, "已接收")
        yield self


@programme.event("transfer.cancelled", "取消介绍信|Letter cancelled", rank=70)
class TransferCancelled(OfBearer, Event):
    """The letter is taken back; the member stays."""


@programme.event("transfer.refused", "拒绝接收|Transfer refused", rank=70)
class TransferRefused(OfBearer, Event):
    """The receiver does not take the member, who stays with the sender."""

    refusal: PersonalText = field("理由|Why", default="", about="member")


@programme.event("transfer.lapsed", "介绍信超期作废|Letter lapsed", rank=70)
class TransferLapsed(OfBearer, Event):
    """The letter ran out and nobody received the member, who stays with the sender."""


@programme.deed("transfer.print", "打印介绍信|Print a letter")
@programme.event("transfer.printed", "打印介绍信|Letter printed", rank=30)
class TransferPrinted(OfLetter, Deed):
    """Enter that a letter was printed; each time after the first is a copy (补开)."""

    because: Text = field("补开事由|Why again", default="")

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """Refused without a reason where it was printed before, and for a letter that is not under way."""
        row = letter_in(ledger, self.transfer)
        if row["prints"] and not self.because:
            raise Refused(
                "已打印过 {n} 次，补开须写事由|it was printed {n} times: say why again",
                n=row["prints"],
            )
        yield self


@programme.event("transfer.reissued", "重开介绍信|Letter reissued", rank=70)
class TransferReissued(OfBearer, Event):
    """Another letter takes this one's place."""


@programme.follows("member.left", "在途的介绍信随之取消|A letter under way is cancelled")
def _cancel(ledger: Ledger, left: Any) -> Iterator[Event]:
    for row in ledger.rows("transfers", member=left.member, state="在途"):
        yield TransferCancelled(transfer=row["id"], member=left.member)


programme.belongs("transfers", to="sender")
programme.duty(
    "transfer.letter",
    "介绍信在有效期内接收|Letter received in time",
    who=Selection("transfers", where={"state": "在途"}, due="due"),
    counts=None,
    per="standing",
    since=FIRST,
    source="G.transfer",
    soon=7,
)
# Who received sends the slip. One outside has no duties here: who sent the letter asks for the slip there.
programme.duty(
    "transfer.slip",
    "收到后一个月内寄回回执|Return slip within a month",
    who=Selection(
        "transfers",
        where={"state": "已接收", "receiver.kind": Not(OUTSIDE)},
        due="slip_due",
        organisation="receiver",
    ),
    counts=None,
    per="standing",
    since=FIRST,
    source="G.transfer",
    soon=7,
)
programme.duty(
    "transfer.slip_awaited",
    "转出后一个月内收到对方回执|Slip back from outside within a month",
    who=Selection("transfers", where={"state": "已接收", "receiver.kind": OUTSIDE}, due="slip_due"),
    counts=None,
    per="standing",
    since=FIRST,
    source="G.transfer",
    soon=7,
)
programme.feed("memberships", TransferReceived)
programme.feed("group_memberships", TransferReceived, clear=True)


@transfers.step(TransferIssued)
def _issued(state: TransferRow | None, event: TransferIssued, on: date) -> TransferRow:
    if state is not None:
        raise Impossible("这封介绍信已经开出|this letter was issued already")
    due = on + timedelta(days=min(event.valid_days, (date.max - on).days))
    return event.becomes(TransferRow, state="在途", issued=on, due=due)


def _in(state: TransferRow | None, wanted: str, member: str | None = None) -> TransferRow:
    if state is None:
        raise Impossible("介绍信当日尚未开出|the letter was not issued by that day")
    if member is not None and member != state.member:
        raise Impossible("介绍信上是另一名党员|the letter is for another member")
    if state.state != wanted:
        raise Impossible(
            "介绍信不在途，不能再办理|the letter is no longer under way"
            if wanted == "在途"
            else "介绍信尚未接收或已回执|the letter is not received, or its slip is back already"
        )
    return state


@transfers.step(TransferReceived)
def _received(state: TransferRow | None, event: TransferReceived, on: date) -> TransferRow:
    return _in(state, "在途", event.member).replace(
        state="已接收", received=on, receiver=event.organisation, slip_due=months_after(on, 1)
    )


@transfers.step(TransferSlipReturned)
def _slip(state: TransferRow | None, event: TransferSlipReturned, on: date) -> TransferRow:
    return _in(state, "已接收").replace(state="已回执")


@transfers.step(TransferCancelled)
def _cancelled(state: TransferRow | None, event: TransferCancelled, on: date) -> TransferRow:
    return _in(state, "在途", event.member).replace(state="已取消")


@transfers.step(TransferRefused)
def _refused(state: TransferRow | None, event: TransferRefused, on: date) -> TransferRow:
    return _in(state, "在途", event.member).replace(state="已拒绝", refusal=event.refusal)


@transfers.step(TransferLapsed)
def _lapsed(state: TransferRow | None, event: TransferLapsed, on: date) -> TransferRow:
    return _in(state, "在途", event.member).replace(state="已超期")


@transfers.step(TransferPrinted)
def _printed(state: TransferRow | None, event: TransferPrinted, on: date) -> TransferRow:
    known = _in(state, "在途")
    return known.replace(prints=known.prints + 1)


@transfers.step(TransferReissued)
def _reissued(state: TransferRow | None, event: TransferReissued, on: date) -> TransferRow:
    return _in(state, "在途", event.member).replace(state="已重开")
