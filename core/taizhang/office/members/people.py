"""Everybody whom the books know as one person (人员): members, those who left, and those who are none.

One person has one id for a whole life in the books: a volunteer, a community worker or a unit's head who is no
member is entered with a name (个人信息保护法第六条: no more than is needed), and is the same one as an applicant and as a
member. A row bears name, telephone and number only while its person is no member; those of a member are in
``members``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from taizhang.api import (
    Action,
    Choice,
    Deed,
    Event,
    IdNumber,
    Ledger,
    Person,
    PersonName,
    Phone,
    Refused,
    Row,
    Shared,
    field,
)
from taizhang.office.members.facts import MemberLeft, MemberRegistered
from taizhang.office.members.returning import MemberRestored
from taizhang.office.members.tables import DEAD, programme

MEMBER, LEFT, DIED = "党员", "已出党", "已故"
APPLICANT = "入党申请人"
CAPACITIES = (
    "志愿者|Volunteer",
    "社区工作者|Community worker",
    "干部|Cadre",
    "单位负责人|Head of a unit",
    "居民代表|Residents' representative",
    f"{APPLICANT}|Applicant",
    "其他|Other",
)
STANDINGS = (f"{MEMBER}|Member", f"{LEFT}|Left the Party", f"{DIED}|Died", *CAPACITIES)


class Known(Shared):
    """Data kept of a person who is no member: few, by name."""

    name: PersonName = field("姓名|Name")
    capacity: Choice = field("身份|Capacity", choices=CAPACITIES, default="其他")
    phone: Phone | None = field("电话|Phone", default=None)
    id_number: IdNumber | None = field("身份号码|ID number", default=None)


class PersonRow(Row):
    """A person, and as what the books know this one."""

    member: Person = field("人员|Person", ended=True)
    standing: Choice = field("身份|Standing", choices=STANDINGS)
    name: PersonName | None = field("登记姓名|Name as entered", default=None)
    phone: Phone | None = field("电话|Phone", default=None)
    id_number: IdNumber | None = field("身份号码|ID number", default=None)


people = programme.spans(
    "people",
    "人员|People",
    PersonRow,
    key=("member",),
    stands_in="member",
    indexes=(("id_number",), ("standing",)),
)


@programme.event("person.entered", "登记人员|Person entered", rank=10)
class PersonEntered(Known, Event, first=("member",)):
    """Somebody who is no member is entered, or what is kept of this one is said anew."""

    member: Person = field("人员|Person")


@programme.action("person.enter", "登记人员|Enter a person")
class EnterPerson(Known, Action):
    """Enter somebody who is no member: a name, and what the work needs besides."""

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """As it stands; one number is one person by a check."""
        yield self.becomes(PersonEntered, member=ledger.new_id("member"))


def no_member(ledger: Ledger, person: str) -> dict[str, Any]:
    """The row of a person. Refuses for one who is a member on the ledger's day."""
    rows = ledger.rows("people", member=person)
    if not rows or ledger.get("members", person) is not None:
        raise Refused(
            "该人员当日是党员，用党员的操作|this person is a member on that day: use the actions for members"
        )
    return rows[0]


@programme.action("person.change", "更正人员资料|Change what is kept of a person")
class ChangePerson(Action):
    """Change from a day on what is kept of somebody who is no member, or is none any more."""

    member: Person = field("人员|Person", ended=True)
    name: PersonName | None = field("姓名|Name", default=None)
    capacity: Choice | None = field("身份|Capacity", choices=CAPACITIES, default=None)
    phone: Phone | None = field("电话|Phone", default=None)
    id_number: IdNumber | None = field("身份号码|ID number", default=None)

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """Values that are left out stay as they are. Refused for members, and for the dead."""
        was = no_member(ledger, self.member)
        if was["standing"] == DIED:
            raise Refused("该人员已故|this person has died")
        if was["name"] is None:
            was = {**was, **ledger.spans("members", id=self.member)[-1]}
        standing = str(was.get("standing"))
        capacity = self.capacity or (standing if standing not in (MEMBER, LEFT) else "其他")
        yield PersonEntered(
            member=self.member,
            name=self.name or was["name"],
            capacity=capacity,
            phone=self.phone or was["phone"],
            id_number=self.id_number or was["id_number"],
        )


@programme.deed("person.close", "注销人员|Close a person")
@programme.event("person.closed", "注销人员|Person closed", rank=90)
class PersonClosed(Deed):
    """End what is kept of somebody who is no member."""

    member: Person = field("人员|Person")

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """Refused for members."""
        no_member(ledger, self.member)
        yield self


def _entered(event: PersonEntered) -> PersonRow:
    return event.becomes(PersonRow, standing=event.capacity)


people.sets(PersonEntered, _entered)
people.sets(MemberRegistered, lambda e: PersonRow(member=e.member, standing=MEMBER))
people.sets(MemberRestored, lambda e: PersonRow(member=e.member, standing=MEMBER))
people.sets(
    MemberLeft, lambda e: PersonRow(member=e.member, standing=DIED if e.how == DEAD else LEFT)
)
people.clears(PersonClosed)
