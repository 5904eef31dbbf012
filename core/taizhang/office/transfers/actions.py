"""What people do with letters (介绍信): issue, receive, cancel, reissue."""

from __future__ import annotations

from collections.abc import Iterator

from taizhang.api import (
    Action,
    Count,
    Dated,
    Event,
    Ledger,
    Organisation,
    PersonalText,
    Refused,
    Text,
    field,
)
from taizhang.office.fits import RECEIVERS
from taizhang.office.succession import not_overtaken, onward, standing, upward
from taizhang.office.transfers.facts import (
    LONGEST,
    Letter,
    OfLetter,
    TransferCancelled,
    TransferIssued,
    TransferLapsed,
    TransferReceived,
    TransferRefused,
    TransferReissued,
    letter_in,
    programme,
)


def _not_moved(ledger: Ledger, member: str) -> None:
    """Refuses a letter that is recorded late, under which the member was moved without it: while a
    letter is under way the sender stays responsible, and only mergers take the member along.
    """
    day = ledger.on.isoformat()
    for then in ledger.spans("memberships", member=member):
        if then["since"] > day and then["how"] != "整建制":
            raise Refused(
                "该党员 {on} 已转入“{name}”（#{src}），在此之前开出的介绍信不能再记为在途"
                "|on {on} this member went to “{name}” (#{src}); a letter from before that cannot be "
                "under way still",
                on=then["since"],
                src=then["src"],
                name=ledger.names("organisation", [then["organisation"]])[then["organisation"]],
            )


NEXT = ("自动", "auto")
"""Words by which the next number is asked for."""


def numbered(ledger: Ledger, sender: str, number: str) -> str:
    """The number of a letter as it is given; asked for by 自动, the next of the sender's letters in the year of the
    ledger's day: ``2012-0003``.
    """
    if number not in NEXT:
        return number
    year = f"{ledger.on.year:04d}-"
    # Also those of later days: what is recorded late takes no number that is borne.
    found = ledger.query(
        "SELECT DISTINCT number FROM transfers_all WHERE sender = ? AND number LIKE ?",
        sender,
        f"{year}%",
    )
    tails = [row["number"][len(year) :] for row in found]
    last = max((int(tail) for tail in tails if tail.isascii() and tail.isdigit()), default=0)
    return f"{year}{last + 1:04d}"


def _not_locked(ledger: Ledger, organisation: str) -> None:
    """Refuses while the organisation, or one above it, goes over as a whole (整建制)."""
    for here in upward(ledger, organisation):
        if ledger.rows("whole_moves", organisation=here):
            raise Refused(
                "“{name}”正在整建制转移，期间不开个人介绍信"
                "|“{name}” goes over as a whole: no letters are issued meanwhile",
                name=ledger.names("organisation", [here])[here],
            )


@programme.action("transfer.issue", "开出介绍信|Issue a letter")
class Issue(Letter, Action):
    """Issue a letter for a member from the present branch to another."""

    to: Organisation = field(**RECEIVERS)
    number: Text = field(
        default="",
        help="写“自动”则按转出组织和年份编号|With “auto”, the next of the sender and year",
    )

    def decide(self, ledger: Ledger) -> Iterator[Event | Dated]:
        """Refused while another letter is under way, and to where members cannot belong.

        One that is recorded late, for a member who has left the Party since, ended on that day.
        """
        here = ledger.rows("memberships", member=self.member)
        if not here:
            raise Refused("该党员当日不在任何支部|this member is in no branch on that day")
        if here[0]["organisation"] == self.to:
            raise Refused("该党员已在接收组织|this member belongs to the receiver already")
        under_way = ledger.rows("transfers", member=self.member, state="在途")
        if under_way:
            raise Refused(
                "该党员已有在途的介绍信，{on} 开出"
                "|a letter issued on {on} is under way for this member",
                on=under_way[0]["issued"],
            )
        _not_moved(ledger, self.member)
        sender = here[0]["organisation"]
        _not_locked(ledger, sender)
        transfer = ledger.new_id("transfer")
        number = numbered(ledger, sender, self.number)
        yield self.becomes(TransferIssued, transfer=transfer, sender=sender, number=number)
        if (left := ledger.ending("members", self.member)) is not None:
            cancelled = TransferCancelled(transfer=transfer, member=self.member)
            yield Dated(cancelled, left[0], "出党", (left[1],))


@programme.action("transfer.receive", "接收组织关系|Receive a transfer")
class Receive(OfLetter, Action):
    """Confirm that the member has arrived: the membership changes on this day."""

    def decide(self, ledger: Ledger) -> Iterator[Event | Dated]:
        """A receiver that was merged meanwhile passes the member on to its successor."""
        letter = letter_in(ledger, self.transfer)
        to, after = standing(ledger, letter["to"])
        if to is None:
            raise Refused(
                "接收组织已经结束，没有唯一的承接组织"
                "|the receiver has ended without a single successor"
            )
        not_overtaken(ledger, letter["member"], to)
        received = TransferReceived(
            transfer=self.transfer, member=letter["member"], organisation=to
        )
        yield Dated(received, ledger.on, after=after)
        yield from onward(ledger, letter["member"], to)


@programme.action("transfer.cancel", "取消介绍信|Cancel a letter")
class Cancel(OfLetter, Action):
    """Take a letter back."""

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """Refused once it is received."""
        letter = letter_in(ledger, self.transfer)
        yield TransferCancelled(transfer=self.transfer, member=letter["member"])


@programme.action("transfer.refuse", "拒绝接收|Refuse a transfer")
class Refuse(OfLetter, Action):
    """Enter that the receiver does not take the member, who stays with the sender."""

    refusal: PersonalText = field("理由|Why", default="", about="member")

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """Refused for a letter that is not under way."""
        letter = letter_in(ledger, self.transfer)
        yield self.becomes(TransferRefused, member=letter["member"])


@programme.action("transfer.lapse", "介绍信超期作废|Let a letter lapse")
class Lapse(OfLetter, Action):
    """Enter that a letter has run out without anybody having received the member."""

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """Refused while it is valid."""
        letter = letter_in(ledger, self.transfer)
        if ledger.on.isoformat() <= letter["due"]:
            raise Refused("介绍信有效至 {due}|the letter is valid until {due}", due=letter["due"])
        yield TransferLapsed(transfer=self.transfer, member=letter["member"])


@programme.action("transfer.reissue", "重开介绍信|Reissue a letter")
class Reissue(OfLetter, Action):
    """Replace a letter, run out or not, by a new one to the same receiver."""

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
        letter = letter_in(ledger, self.transfer)
        here = ledger.rows("memberships", member=letter["member"])
        sender = here[0]["organisation"] if here else letter["sender"]
        yield TransferReissued(transfer=self.transfer, member=letter["member"])
        yield TransferIssued(
            transfer=ledger.new_id("transfer"),
            member=letter["member"],
            sender=sender,
            to=letter["to"],
            number=numbered(ledger, sender, self.number),
            dues_until=letter["dues_until"],
            why=letter["why"],
            valid_days=self.valid_days or letter["valid_days"],
            previous=self.transfer,
        )
