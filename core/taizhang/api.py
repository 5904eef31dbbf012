"""The one door: everything that a programme, bundled or from elsewhere, may import.

The core's own slices import nothing else of taizhang, and so prove that it is enough.
"""

from taizhang.declare import REQUIRED, Action, Deed, Event, Row, field
from taizhang.hooks import Deal, Scene, hookimpl
from taizhang.errors import NotFound, Refused
from taizhang.kinds import (
    Agreement,
    Bad,
    Choice,
    Count,
    Date,
    IdNumber,
    Member,
    Minutes,
    Money,
    Name,
    Organisation,
    PartialDate,
    PersonalText,
    PersonName,
    Phone,
    Place,
    RefKind,
    Service,
    Team,
    Text,
    Transfer,
    Unit,
    Yes,
)
from taizhang.ledger.view import Dated, Ledger, in_clause
from taizhang.programme import API, Impossible, Programme, Table
from taizhang.rules import among, later, must, onward, overlap, successor, unique
from taizhang.text import Label

__all__ = [
    "API",
    "REQUIRED",
    "Action",
    "Agreement",
    "Bad",
    "Choice",
    "Count",
    "Date",
    "Deal",
    "Dated",
    "Deed",
    "Event",
    "IdNumber",
    "Impossible",
    "Label",
    "Ledger",
    "Member",
    "Minutes",
    "Money",
    "Name",
    "NotFound",
    "Organisation",
    "PartialDate",
    "PersonName",
    "PersonalText",
    "Phone",
    "Place",
    "Programme",
    "RefKind",
    "Refused",
    "Row",
    "Scene",
    "Service",
    "Table",
    "Team",
    "Text",
    "Transfer",
    "Unit",
    "Yes",
    "among",
    "field",
    "hookimpl",
    "in_clause",
    "later",
    "must",
    "onward",
    "overlap",
    "successor",
    "unique",
]
