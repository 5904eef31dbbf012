"""The one door: everything that a programme, bundled or from elsewhere, may import.

The core's own slices import nothing else of taizhang, and so prove that it is enough.
"""

from taizhang.declarations.actions import Action, Deed
from taizhang.declarations.boards import Board
from taizhang.declarations.computed import computed
from taizhang.declarations.declared import Impossible
from taizhang.declarations.duties import Counting, Not, Selection, flow_in, flow_out
from taizhang.declarations.fields import REQUIRED, Dated, Event, Row, Shared, field
from taizhang.declarations.kinds import (
    Bad,
    Choice,
    Count,
    Date,
    DateKind,
    IdNumber,
    Minutes,
    Money,
    MoneyKind,
    Month,
    Name,
    PartialDate,
    PersonalText,
    PersonName,
    Phone,
    Quantity,
    RefKind,
    Text,
    Yes,
    YesKind,
)
from taizhang.declarations.ledger import Ledger, in_clause
from taizhang.declarations.lines import Line, Lines, portions
from taizhang.declarations.programme import API, Programme, Table
from taizhang.declarations.settings import Setting
from taizhang.loading.hooks import Deal, Office, OpenStore, Ref, Scene, hookimpl
from taizhang.mechanisms.accounts import Accounts, accounts
from taizhang.mechanisms.deadlines import ByField, ByKind, Days, WorkingDays
from taizhang.mechanisms.deriving import deed_of, ending
from taizhang.mechanisms.posts import Posts
from taizhang.mechanisms.ratings import Ratings
from taizhang.mechanisms.register import Register, Verb, register
from taizhang.mechanisms.rules import (
    among,
    bearers,
    english,
    later,
    must,
    overlap,
    same_number,
    unique,
)
from taizhang.mechanisms.steps import Step, Steps, steps
from taizhang.mechanisms.workdays import (
    DayList,
    Year,
    days_of,
    published,
    published_years,
    working_day,
    working_years,
)
from taizhang.references import (
    Agreement,
    Body,
    Disclosure,
    Election,
    Facility,
    Member,
    Organisation,
    Place,
    Seat,
    Service,
    Team,
    Transfer,
    Unit,
    posts,
    ratings,
)
from taizhang.words.errors import NotFound, Refused
from taizhang.words.labels import Label
from taizhang_eventstore.personal.cipher import ERASED

__all__ = [
    "API",
    "ERASED",
    "REQUIRED",
    "Accounts",
    "Action",
    "Agreement",
    "Bad",
    "Board",
    "Body",
    "ByField",
    "ByKind",
    "Choice",
    "Count",
    "Counting",
    "Date",
    "DateKind",
    "Dated",
    "DayList",
    "Days",
    "Deal",
    "Deed",
    "Disclosure",
    "Election",
    "Event",
    "Facility",
    "IdNumber",
    "Impossible",
    "Label",
    "Ledger",
    "Line",
    "Lines",
    "Member",
    "Minutes",
    "Money",
    "MoneyKind",
    "Month",
    "Name",
    "Not",
    "NotFound",
    "Office",
    "OpenStore",
    "Organisation",
    "PartialDate",
    "PersonName",
    "PersonalText",
    "Phone",
    "Place",
    "Posts",
    "Programme",
    "Quantity",
    "Ratings",
    "Ref",
    "RefKind",
    "Refused",
    "Register",
    "Row",
    "Scene",
    "Seat",
    "Selection",
    "Service",
    "Setting",
    "Shared",
    "Step",
    "Steps",
    "Table",
    "Team",
    "Text",
    "Transfer",
    "Unit",
    "Verb",
    "WorkingDays",
    "Year",
    "Yes",
    "YesKind",
    "accounts",
    "among",
    "bearers",
    "computed",
    "days_of",
    "deed_of",
    "ending",
    "english",
    "field",
    "flow_in",
    "flow_out",
    "hookimpl",
    "in_clause",
    "later",
    "must",
    "overlap",
    "portions",
    "posts",
    "published",
    "published_years",
    "ratings",
    "register",
    "same_number",
    "steps",
    "unique",
    "working_day",
    "working_years",
]
