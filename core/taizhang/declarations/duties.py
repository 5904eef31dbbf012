"""What a programme writes: selections, countings, duties, figures, balances. Data, and nothing else.

Tables and columns are named by text, so that a programme may speak of tables of others without
importing them; the registry holds all names and values against the tables when it takes the programme
in (:mod:`taizhang.loading.duty_checks`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from msgspec import Struct, field

from taizhang.words.labels import Label

Per = Literal["month", "quarter", "half-year", "year", "standing"]
"""How long a window is: stretches of the calendar, or ``standing`` for what has to hold every day."""

Over = Literal["month", "quarter", "half-year", "year"]

LONGEST = 366
"""Days before its end from which on something may be due soon."""

State = Literal["done", "due", "due_soon", "missed", "overdue", "exceeded", "no_data"]

Where = Mapping[str, Any]
"""Conditions on columns, all of which have to hold: ``{"kind": "在职党员"}``.

A value is equal, a tuple or list is any of its values, :class:`Not` is none of them, None is an empty
cell. ``"organisation.kind"`` asks for a column of what a reference names, as it stood on the day.
"""


class Not(Struct, frozen=True):
    """Any other value than this one, or these; an empty cell is another value."""

    values: Any


class Selection(Struct, frozen=True):
    """Entities that stand in a table on a day: who has a duty, what a figure counts.

    ``column`` refers to the entity (left out: the entity of an entity table, or the one reference of
    a table's key). ``due`` names a date column: the day by which this one is to be dealt with.
    ``day`` names the date column that says when a row happened, ``"since"`` when it began; records
    have theirs. ``organisation`` names the reference that says where the entity belongs, if that is
    to be another than usual.
    """

    table: str
    column: str = ""
    where: Where = field(default_factory=dict)
    due: str | None = None
    day: str | None = None
    organisation: str | None = None


class Counting(Struct, frozen=True):
    """The rows that count: rows of a table in which ``column`` names the one obliged.

    Counted are rows; of an entity table its entities; with ``distinct`` the different values of a
    column; with ``sum`` a number is added up; with ``latest`` the last value counts. For the last two
    somebody has to have said something: without any fact there is no data, unless ``zero`` says that
    no fact means nought (service time, say).

    ``day`` as in :class:`Selection`: records count on their day, rows of other tables when they began,
    or in a standing duty while they stand. With ``standing`` spans count that began in the window and have not
    ended since: one that was revoked (撤销) counts no more.
    """

    table: str
    column: str = ""
    where: Where = field(default_factory=dict)
    distinct: str | None = None
    sum: str | None = None
    latest: str | None = None
    day: str | None = None
    zero: bool = False
    standing: bool = False

    def __post_init__(self) -> None:
        if self.standing and self.day is not None:
            raise ValueError(
                f"counting {self.table}: standing= is of rows that begin, not of a day="
            )
        if sum(v is not None for v in (self.distinct, self.sum, self.latest)) > 1:
            raise ValueError(f"counting {self.table}: one of distinct, sum and latest, not several")

    @property
    def needs_fact(self) -> bool:
        """Tells if nothing can be said where there is no fact at all."""
        return not self.zero and (self.sum is not None or self.latest is not None)


class Version(Struct, frozen=True):
    """A duty as it holds from ``since`` until ``until`` (exclusive, as everywhere)."""

    label: Label
    who: Selection
    counts: tuple[Counting, ...]
    at_least: int | None
    at_most: int | None
    each: tuple[str, tuple[str, ...]] | None
    """A choice column and those of its choices for each of which the duty is to be done; no choices
    stand for all that are declared."""
    per: Per
    since: dt.date
    until: dt.date | None
    source: str
    soon: int
    enough: int | None = None
    """The number of choices that are enough, of a duty with ``each``; None for all of them."""

    def __post_init__(self) -> None:
        if self.enough is not None and (self.each is None or self.enough < 1):
            raise ValueError("enough= is a number of the choices of each=")
        if not self.counts and (self.who.due is None or self.per != "standing"):
            raise ValueError("without counts= a duty is standing, and its who= names a due= column")
        if self.who.due is not None and self.per != "standing":
            raise ValueError("a duty whose who= names a due= column is standing")
        if self.counts and self.at_least is None and self.at_most is None:
            raise ValueError("say at_least=, at_most= or both")
        if self.at_least is not None and self.at_least < 1:
            raise ValueError("at_least= is 1 or more")
        if self.at_most is not None and self.at_most < (self.at_least or 0):
            raise ValueError("at_most= is not less than at_least=, nor than 0")
        if self.each is not None and (len(self.counts) != 1 or self.at_least is None):
            raise ValueError("each= goes with one counting and at_least=")
        if len(self.counts) > 1 and self.at_least is None:
            raise ValueError("several countings go with at_least=")
        if self.until is not None and self.until <= self.since:
            raise ValueError("until= is after since=")
        if not 0 <= self.soon <= LONGEST:
            raise ValueError(f"soon= is a number of days, 0 to {LONGEST}")


class Duty(Struct):
    """A duty (职责) under its name, with the versions that hold one after the other."""

    name: str
    owner: str
    versions: list[Version] = field(default_factory=list)

    @property
    def label(self) -> Label:
        """The label of the last version."""
        return self.versions[-1].label

    def add(self, version: Version) -> None:
        """Adds a version. Raises ValueError when it overlaps another."""
        for other in self.versions:
            starts_before = version.until is None or other.since < version.until
            if starts_before and (other.until is None or version.since < other.until):
                raise ValueError(f"two versions of the duty {self.name} hold on one day")
        self.versions.append(version)
        self.versions.sort(key=lambda v: v.since)


class Measure(Struct, frozen=True):
    """The measure of a figure: ``count`` rows, ``sum`` or ``distinct`` values of ``column``, or the ``share``
    of those obliged who have done a duty (``column`` is its name).
    """

    how: Literal["count", "sum", "distinct", "share"]
    column: str = ""

    @classmethod
    def of(cls, written: str) -> Measure:
        """The measure written ``count``, ``sum:COLUMN``, ``distinct:COLUMN`` or ``share:DUTY``."""
        how, _, column = written.partition(":")
        if how == "count" and not column:
            return cls("count")
        if how in ("sum", "distinct", "share") and column:
            return cls(how, column)  # type: ignore[arg-type]
        raise ValueError(f"measure {written!r}: count, sum:COLUMN, distinct:COLUMN or share:DUTY")


class Figure(Struct, frozen=True):
    """A number with a label (统计数): a selection, a measure, and how it is divided."""

    name: str
    label: Label
    owner: str
    select: Selection | None
    measure: Measure
    by: str | None
    unit: Label | None
    over: Over | None
    source: str


class Flow(Struct, frozen=True):
    """Why the stock of a :class:`Balance` grew (``sign`` 1) or shrank (-1): one entity a row, and then an
    outflow is of one who stood in the stock the day before; or the amount in the column ``sum``.
    """

    label: Label
    sign: Literal[1, -1]
    of: Selection
    sum: str | None = None


class Balance(Struct, frozen=True):
    """A balance sheet (平衡表): the stock before, what came and went and why, the stock after.

    Counted are entities, or with ``sum`` the amounts in that column are added up. The residual is what the flows
    do not explain; it is told of which entities.
    """

    name: str
    label: Label
    owner: str
    stock: Selection
    flows: tuple[Flow, ...]
    per: Over
    source: str
    sum: str | None = None

    def __post_init__(self) -> None:
        if any((flow.sum is None) != (self.sum is None) for flow in self.flows):
            raise ValueError(
                f"the balance {self.name}: sum= of the stock and of every flow, or of none"
            )


class Belonging(Struct, frozen=True):
    """A table says where entities of a kind belong: ``column`` refers to the entity, ``to`` to an
    organisation, or to another entity which belongs somewhere in its turn.
    """

    table: str
    column: str
    to: str


def flow_in(label: str, of: Selection, sum: str | None = None) -> Flow:
    """Something by which a stock grows.

    Args:
        label: ``中文|English``.
        of: The rows.
        sum: The column with the amount, in a balance of amounts.
    """
    return Flow(Label.of(label), 1, of, sum)


def flow_out(label: str, of: Selection, sum: str | None = None) -> Flow:
    """Something by which a stock shrinks; its arguments are those of :func:`flow_in`."""
    return Flow(Label.of(label), -1, of, sum)


def each_of(
    each: str | Mapping[str, Sequence[str]] | None,
) -> tuple[str, tuple[str, ...]] | None:
    """``each=`` as it is kept: a column alone stands for all of its choices."""
    if each is None:
        return None
    if isinstance(each, str):
        return each, ()
    if len(each) != 1:
        raise ValueError("each= names one column")
    ((column, choices),) = each.items()
    return column, tuple(Label.of(c).zh for c in choices)
