"""What is recorded of bodies (班子与机构), of their terms, and of those who sit in them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from taizhang.api import (
    Action,
    Body,
    Count,
    Date,
    Deed,
    Event,
    Label,
    Ledger,
    Refused,
    Seat,
    field,
    months_after,
    must,
)
from taizhang.office.bodies.tables import (
    BodyDetails,
    OfBody,
    Sitting,
    TermSaid,
    bodies,
    programme,
    seats,
    terms,
)
from taizhang.office.parameters import TERM_EXTENSION, TERM_MONTHS

NO_TERM = "该机构当日没有任期|this body serves no term on that day"


@programme.event("body.founded", "设立机构|Body set up", rank=10)
class BodyFounded(BodyDetails, Event, first=("body",)):
    """A body begins."""

    body: Body = field("机构|Body")


@programme.action("body.found", "设立机构|Set up a body")
class FoundBody(BodyDetails, Action):
    """Set up a committee, a congress, a council, a joint meeting."""

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """As it stands; names are kept apart by a check."""
        yield self.becomes(BodyFounded, body=ledger.new_id("body"))


@programme.deed("body.close", "撤销机构|Close a body")
@programme.event("body.closed", "撤销机构|Body closed", rank=90, ends="body")
class BodyClosed(OfBody, Deed):
    """End a body; its term and its seats end with it."""


@programme.event("term.begun", "起任|Term begun", rank=30)
class TermBegun(TermSaid, Event):
    """A body begins to serve a term."""


@programme.event("term.extended", "延期换届|Term extended", rank=35)
class TermExtended(TermSaid, Event):
    """The end of a running term is put off, or brought forward, with consent."""


@programme.event("term.ended", "任期结束|Term ended", rank=80)
class TermEnded(OfBody, Event):
    """A body serves no term any more."""


def begun(ledger: Ledger, body: str, ordinal: int | None, months: int | None) -> TermBegun:
    """A term that begins on the ledger's day, as long as the rule of that day says.

    Args:
        ledger: the ledger.
        body: the body.
        ordinal: which term it is; None for the one after the last.
        months: how long it is; None for what the rule says.

    Raises:
        Refused: no rule is listed for that day and no months are given.
    """
    row = must(ledger, "bodies", body)
    edition = ""
    if months is None:
        rule = TERM_MONTHS.on(ledger, f"{row['kind']}·{row['place']}")
        if rule is None:
            raise Refused(
                "没有该机构当日的任期规定，请填写任期月数"
                "|no rule for the term of this body is known for that day: say how many months it is"
            )
        months, edition = rule.whole, rule.edition.partition("|")[0]
    last = max((term["ordinal"] for term in ledger.rows("terms", body=body)), default=0)
    return TermBegun(
        body=body,
        ordinal=last + 1 if ordinal is None else ordinal,
        began=ledger.on,
        due=months_after(ledger.on, months),
        edition=edition,
    )


@programme.action("term.begin", "起任|Begin a term")
class BeginTerm(OfBody, Action):
    """Enter that a body begins a term; the one before ends on that day."""

    ordinal: Count | None = field(
        "届次|Term", low=1, default=None, help="不填则接上届|Left out, the one after the last"
    )
    months: Count | None = field(
        "任期（月）|Months",
        low=1,
        high=120,
        default=None,
        help="不填则按当日规定|Left out, by rule",
    )

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """By the rule of the day, unless it is said how long it is."""
        yield begun(ledger, self.body, self.ordinal, self.months)


@programme.action("term.extend", "延期或提前换届|Move the end of a term")
class ExtendTerm(OfBody, Action):
    """Enter the consent to hold the next election later, or earlier; the document stands with the event."""

    due: Date = field("届满日期|Due")

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """Refused where no term runs, and where it would end before it began."""
        found = ledger.rows("terms", body=self.body)
        if not found:
            raise Refused(NO_TERM)
        row = found[0]
        if self.due.isoformat() <= row["began"]:
            raise Refused(
                "届满日期不晚于起任日期 {began}|the term began on {began}, not before that day",
                began=row["began"],
            )
        yield TermExtended(
            body=self.body,
            ordinal=row["ordinal"],
            began=date.fromisoformat(row["began"]),
            due=self.due,
            edition=row["edition"],
        )

    def notices(self, ledger: Ledger) -> Iterator[Label]:
        """An election is put off by so many months at most."""
        most = TERM_EXTENSION.whole(ledger)
        if most is None:
            return
        for row in ledger.rows("terms", body=self.body):
            latest = months_after(date.fromisoformat(row["due"]), most)
            if self.due > latest:
                yield Label(
                    f"原届满 {row['due']}，延期一般不超过 {most} 个月（至 {latest}），请核对",
                    f"it was due on {row['due']}; an extension is of {most} months at most, until {latest}: look again",
                )


@programme.action("term.end", "结束任期|End a term")
class EndTerm(OfBody, Action):
    """Enter that a body stops serving before the next one is elected."""

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """Refused where no term runs."""
        if not ledger.rows("terms", body=self.body):
            raise Refused(NO_TERM)
        yield TermEnded(body=self.body)


@programme.event("seat.taken", "任职|Seat taken", rank=50)
class SeatTaken(Sitting, Event, first=("seat",)):
    """Somebody takes a seat."""

    seat: Seat = field("席位|Seat")


@programme.event("seat.left", "免职|Seat left", rank=80, ends="seat")
class SeatLeft(Event):
    """A seat is given up."""

    seat: Seat = field("席位|Seat")


@programme.action("seat.take", "任职|Take a seat")
class TakeSeat(Sitting, Action, first=("body", "office", "member", "unit")):
    """Give a seat to a member, to a unit by its head, or to a number of people whom nobody names."""

    def check(self) -> Iterator[str]:
        """A seat is one person's, or counts several."""
        if self.member is not None and self.unit is not None:
            yield "党员和单位只填一个|a seat is a member's or a unit's, not both"
        if self.name is not None and self.unit is None:
            yield "填了姓名，须填单位|a name is that of a unit's head: say the unit"
        if self.count > 1 and (self.member is not None or self.unit is not None):
            yield "记名的席位只有一人|a seat that names somebody is of one person"

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """Refused for one who holds it."""
        for row in ledger.rows("seats", body=self.body, office=self.office):
            if self.member is not None and row["member"] == self.member:
                raise Refused("该党员已任此职|this member holds this office already")
            if self.unit is not None and row["unit"] == self.unit:
                raise Refused("该单位已在此任职|this unit has this seat already")
        yield self.becomes(SeatTaken, seat=ledger.new_id("seat"))


@programme.action("seat.leave", "免职|Leave a seat")
class LeaveSeat(Action):
    """Enter that somebody left a seat."""

    seat: Seat = field("席位|Seat")

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """As it stands."""
        must(ledger, "seats", self.seat)
        yield SeatLeft(seat=self.seat)


bodies.begins(BodyFounded, "该机构已经设立|this body is set up already")
bodies.ends(BodyClosed, "该机构当日不存在|this body does not exist on that day")
terms.sets(TermBegun)
terms.sets(TermExtended)
terms.clears(TermEnded)
seats.begins(SeatTaken, "该席位已经有人|this seat is taken already")
seats.ends(SeatLeft, "该席位当日无人|this seat is not held on that day")


def _vacated(ledger: Ledger, **whose: str) -> Iterator[Event]:
    """The seats that an entity has on the ledger's day, each left on that day."""
    for row in ledger.rows("seats", **whose):
        yield SeatLeft(seat=row["id"])


@programme.follows("member.left", "离任|Leaves the seat")
def _member_left(ledger: Ledger, left: Any) -> Iterator[Event]:
    """Whoever leaves the Party, or dies, holds no seat any more."""
    yield from _vacated(ledger, member=left.member)


@programme.follows("unit.closed", "席位随单位撤销|The seat goes with the unit")
def _unit_closed(ledger: Ledger, closed: Any) -> Iterator[Event]:
    yield from _vacated(ledger, unit=closed.unit)


@programme.follows("body.closed", "席位随机构撤销|The seats go with the body")
def _body_closed(ledger: Ledger, closed: Any) -> Iterator[Event]:
    yield from _vacated(ledger, body=closed.body)
