"""Parameters (参数): values that rules are reckoned with, each with the days on which it holds and its source.

A rule of the office is dated data: what was published stands with its edition beside the programme, and what an office
decides otherwise is an event with the day from which it holds. So a value is read for a day at both clocks, and changing one
does not rewrite what was due before. A setting of ``config.toml`` is for what changes no result.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Protocol, TypeVar

from msgspec import Struct

from taizhang.declarations.actions import Deed
from taizhang.declarations.amounts import QuantityKind
from taizhang.declarations.fields import REQUIRED, Event, Row, field
from taizhang.declarations.kinds import Choice, Quantity, Text
from taizhang.declarations.ledger import Ledger
from taizhang.declarations.programme import Programme, Table
from taizhang.mechanisms.deriving import Fields, code_of, declared, stored_name
from taizhang.words.errors import Refused
from taizhang.words.labels import Label

EVERY = "全部"
"""The class of a parameter that has none: it holds for everything."""

_VALUE = QuantityKind()
"""The kind of a value."""


class InForce(Protocol):
    """Something that holds from a day on, until another (exclusive; None while it holds)."""

    @property
    def since(self) -> date:
        """The first day."""
        ...

    @property
    def until(self) -> date | None:
        """The day after the last."""
        ...


Held = TypeVar("Held", bound=InForce)


def in_force(rules: Sequence[Held], day: date) -> list[Held]:
    """The rules that hold on a day, in their order."""
    return [r for r in rules if r.since <= day and (r.until is None or day < r.until)]


class Value(Struct, frozen=True):
    """A value that was published: for a class, from ``since`` until ``until``, by an edition of a source."""

    value: Decimal
    since: date
    until: date | None = None
    edition: str = ""
    source: str = ""
    of: str = EVERY

    @property
    def whole(self) -> int:
        """The value as a whole number; what is beyond the point is cut off."""
        return int(self.value)


def as_published(
    value: str | int,
    since: date,
    until: date | None = None,
    *,
    edition: str = "",
    source: str = "",
    of: str = EVERY,
) -> Value:
    """A published value, written as a number or as a text with its decimals.

    Args:
        value: the value, with three decimals at most.
        since: the first day on which it holds.
        until: the day after the last; None while it holds.
        edition: which text says so, ``中文|English``.
        source: the code of the list of sources.
        of: the class that it is for.
    """
    return Value(Decimal(value), since, until, edition, source, of)


class Parameter:
    """A parameter: what it is called, for which classes there may be a value, and what was published."""

    def __init__(
        self,
        label: str,
        values: Sequence[Value] = (),
        *,
        measure: str = "",
        classes: Sequence[str] = (),
        low: int = 0,
        high: int | None = None,
    ) -> None:
        """Says a parameter; :func:`parameters` declares it.

        Args:
            label: how people call it, ``中文|English``; the Chinese term is what is stored, one of its owner's.
            values: what was published, in any order.
            measure: in what it is counted, ``月|months``.
            classes: what a value may be for; none where it holds for everything.
            low: the least value.
            high: the greatest; None for any.
        """
        self.label, self.values = Label.of(label), tuple(values)
        self.measure, self.low, self.high = measure, low, high
        self.classes = tuple(classes) or (EVERY,)
        self.table = ""
        """The table of what offices decided; set when it is declared."""

    def on(self, ledger: Ledger, of: str = EVERY, day: date | None = None) -> Value | None:
        """The value that holds: what an office decided, before what was published; None where neither says one.

        Args:
            ledger: at whose clocks it is read.
            of: the class that is asked for.
            day: the day of the act; the ledger's own unless it is given.
        """
        day = ledger.on if day is None else day
        found = ledger.query(
            f"SELECT value, since, until, edition, source FROM {self.table}_all WHERE name = ? AND of = ? "
            "AND since <= ? AND (until IS NULL OR until > ?)",
            *(self.label.zh, of, day.isoformat(), day.isoformat()),
        )
        for row in found:
            until = row["until"] and date.fromisoformat(row["until"])
            value = Decimal(row["value"]) / _VALUE.parts
            since = date.fromisoformat(row["since"])
            return Value(value, since, until, row["edition"], row["source"], of)
        return next((v for v in in_force(self.values, day) if v.of == of), None)

    def whole(self, ledger: Ledger, of: str = EVERY, day: date | None = None) -> int | None:
        """The value as a whole number: see :meth:`on`."""
        found = self.on(ledger, of, day)
        return None if found is None else found.whole


class _Named(Deed):
    """The parts of what is said of a parameter; its names are those of one owner."""

    def known(self, given: dict[str, Parameter]) -> Parameter:
        """The parameter that it names. Refuses a class that it has not."""
        said: Any = self
        parameter = given[said.name]
        if said.of not in parameter.classes:
            raise Refused(
                "{label}的适用范围应为 {classes} 之一|{label_en} is set for one of {classes}",
                label=parameter.label.zh,
                label_en=parameter.label.en,
                classes="、".join(parameter.classes),
            )
        return parameter


def parameters(programme: Programme, given: Sequence[Parameter]) -> Table[Any]:
    """Declares the parameters of an owner: the table of what was decided otherwise, and what sets and unsets a value.

    Args:
        programme: whose they are.
        given: all of them.

    Returns:
        The table: spans by parameter and class; published values are not in it.

    Raises:
        TypeError: two bear one name, or one has a value for a class that it does not name.
    """
    known: dict[str, Parameter] = {}
    for one in given:
        if one.label.zh in known:
            raise TypeError(f"{programme.id} declares the parameter {one.label.zh} twice")
        strange = [value.of for value in one.values if value.of not in one.classes]
        if strange:
            raise TypeError(
                f"the parameter {one.label.zh} has a value for {strange[0]}, which is no class of it"
            )
        known[one.label.zh] = one
    names = tuple(f"{one.label.zh}|{one.label.en}" for one in given)
    which: Fields = {
        "name": (
            Choice,
            field("参数|Parameter", choices=names, default=REQUIRED),
        ),
        "of": (Text, field("适用|For", default=EVERY)),
    }
    value: Fields = {
        "value": (Quantity, field("值|Value", default=REQUIRED)),
        "source": (Text, field("依据|Source", default=REQUIRED)),
        "edition": (Text, field("文本|Edition", default="")),
    }
    table = programme.spans(
        "parameters",
        "参数|Parameters",
        declared(Row, "ParameterRow", "A value that an office decided.", {**which, **value}),
        key=("name", "of"),
    )
    table.code = code_of(__file__)
    for one in given:
        one.table = table.name

    def set_(deed: Any, ledger: Ledger) -> Iterator[Event]:
        """Refused for a value out of bounds."""
        parameter = deed.known(known)
        low, high = parameter.low * _VALUE.parts, parameter.high and parameter.high * _VALUE.parts
        if deed.value < low or (high is not None and deed.value > high):
            raise Refused(
                "值应在 {low} 与 {high} 之间|the value lies between {low} and {high}",
                low=_VALUE.show(low),
                high="…" if high is None else _VALUE.show(high),
            )
        yield deed

    def unset(deed: Any, ledger: Ledger) -> Iterator[Event]:
        """Refused where nothing was decided."""
        deed.known(known)
        if not ledger.rows(table.name, name=deed.name, of=deed.of):
            raise Refused(
                "该参数当日没有另行规定|nothing was decided about this parameter on that day"
            )
        yield deed

    for verb, done, label, fields, decide in (
        ("set", "set", "设定参数|Set a parameter", {**which, **value}, set_),
        ("unset", "unset", "恢复公布的参数|Go back to the published value", which, unset),
    ):
        deed = declared(
            _Named,
            f"Parameter{done.capitalize()}",
            f"{label.replace('|', ': ')}.",
            fields,
            decide=decide,
        )
        programme.event(stored_name(programme, "parameter", done), label, rank=5)(deed)
        programme.deed(f"parameter.{verb}", label)(deed)
        table.sets(deed) if verb == "set" else table.clears(deed)
    return table


__all__ = ["EVERY", "InForce", "Parameter", "Value", "as_published", "in_force", "parameters"]
