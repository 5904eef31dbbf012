"""The tables of bodies: what each is, its terms, and who sits in it."""

from __future__ import annotations

from taizhang.api import (
    Body,
    Choice,
    Count,
    Date,
    Name,
    Organisation,
    Person,
    PersonName,
    Programme,
    Row,
    Seat,
    Shared,
    Text,
    Unit,
    field,
)
from taizhang.office.bodies.terms import COMMUNITY, KINDS, PLACES

programme = Programme("bodies", "班子与机构|Bodies", nouns=("body", "term", "seat", "election"))

CHIEF, DEPUTY = "书记", "副书记"
OFFICES = (
    f"{CHIEF}|Secretary",
    f"{DEPUTY}|Deputy secretary",
    "组织委员|Member for organisation",
    "宣传委员|Member for publicity",
    "纪检委员|Member for discipline",
    "青年委员|Member for youth",
    "委员|Member",
    "主任|Chair",
    "副主任|Deputy chair",
    "召集人|Convener",
    "代表|Representative",
    "其他|Other",
)
"""Offices; one person may hold two (G.terms)."""


class BodyDetails(Shared):
    """A body as it is set up: its kind, of which organisation it is, and how many seats it has."""

    name: Name = field("名称|Name")
    kind: Choice = field("类别|Kind", choices=KINDS)
    organisation: Organisation | None = field("所属组织|Organisation", default=None)
    place: Choice = field(
        "所在|Where", choices=PLACES, default=COMMUNITY, help="任期按此计算|Terms depend on it"
    )
    size: Count | None = field("应设席位|Seats", low=1, default=None)


class OfBody(Shared):
    """The field of all that is said of a body that is in the ledger."""

    body: Body = field("机构|Body")


class TermSaid(OfBody):
    """A term: which one it is, when it began, until when it runs, and by which rule."""

    ordinal: Count = field("届次|Term", low=1)
    began: Date = field("起任日期|Began")
    due: Date = field("届满日期|Due")
    edition: Text = field("依据|By", default="")


class Sitting(OfBody):
    """A seat in a body, and whose it is: a member, a unit by its head, or a number of people nobody names."""

    office: Choice = field("职务|Office", choices=OFFICES)
    member: Person | None = field("人员|Person", default=None)
    unit: Unit | None = field("单位|Unit", default=None)
    name: PersonName | None = field(
        "姓名|Name", default=None, about="seat", help="单位负责人的姓名|Of the unit's head"
    )
    count: Count = field("人数|How many", low=1, default=1)


class BodyRow(BodyDetails, Row):
    """A body as it stands."""

    organisation: Organisation | None = field(default=None, ended=True)


class TermRow(TermSaid, Row):
    """The term in which a body serves; one that is over serves on until the next begins."""


class SeatRow(Sitting, Row):
    """A seat that is held."""

    member: Person | None = field(default=None, ended=True)
    unit: Unit | None = field(default=None, ended=True)


bodies = programme.folds(
    "bodies",
    "班子与机构|Bodies",
    BodyRow,
    entity="body",
    prefix="bd",
    search=("name",),
)
terms = programme.spans("terms", "届次|Terms", TermRow, key=("body",), ends_with=("body",))
seats = programme.folds(
    "seats",
    "任职|Seats",
    SeatRow,
    entity="seat",
    prefix="st",
    title="office",
    within=("body",),
    indexes=(("body",), ("member",), ("unit",)),
)

programme.belongs("bodies", to="organisation")
programme.belongs("terms", to="body")
programme.belongs("seats", to="body")

__all__ = [
    "CHIEF",
    "DEPUTY",
    "OFFICES",
    "BodyDetails",
    "BodyRow",
    "OfBody",
    "Seat",
    "SeatRow",
    "Sitting",
    "TermRow",
    "TermSaid",
    "bodies",
    "programme",
    "seats",
    "terms",
]
