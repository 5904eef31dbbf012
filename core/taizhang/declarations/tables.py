"""Tables of the ledger as they are declared: their shape, and which events, or lines of events, feed them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from operator import attrgetter
from typing import Any, Generic, Literal, TypeVar, overload

from msgspec import Struct, field

from taizhang.declarations.computed import Computed, last_day
from taizhang.declarations.conforming import held_row, held_word, wanted
from taizhang.declarations.declared import Impossible
from taizhang.declarations.fields import Event, FieldSpec, Row, specs
from taizhang.declarations.kinds import CountKind, DateKind, Kind
from taizhang.declarations.lines import joined, joined_fields, line_fields
from taizhang.words.labels import Label

R = TypeVar("R", bound=Row)
E = TypeVar("E", bound=Event)

_Step = Callable[[R | None, E, date], R | None]
_LineStep = Callable[[R | None, E, Any, date], R | None]
Shape = Literal["record", "span", "fold"]


class Feed(Struct, frozen=True):
    """The way in which one event type reaches one table: ``make`` gives the row, None clears (spans).

    An event of which ``when`` is not true leaves the table alone. ``copied``: the row is made of the
    event's fields with the same names. With ``lines`` each line of that field is a fact by itself, and what
    ``make`` and ``when`` get is the event's shared part together with the line (``content``).
    """

    event: type[Event]
    make: Callable[..., Row | None] | None
    when: Callable[..., bool] | None = None
    copied: bool = False
    lines: str | None = None

    @property
    def content(self) -> type[Any]:
        """The type of what a fact says here: the event's own, or that of one of its lines."""
        return self.event if self.lines is None else joined(self.event, self.lines)

    @property
    def fields(self) -> Mapping[str, str]:
        """The names that a fact has, each with the attribute of its content."""
        return joined_fields(self.event, self.lines)


class Table(Struct, Generic[R], eq=False):
    """A table of the ledger: *records* (one fact, one row), *spans* (a state with since and until,
    set whole by a fact) or *folds* (a short life whose state depends on its past).
    """

    name: str
    label: Label
    shape: Shape
    row: type[R]
    owner: str
    key: tuple[str, ...]
    entity: str | None = None
    prefix: str = ""
    title: str | None = None
    search: tuple[str, ...] = ()
    within: tuple[str, ...] = ()
    ends_with: tuple[str, ...] = ()
    stands_in: str | None = None
    """The kind of entity whose own table this one stands in for, for those that have a name here."""
    indexes: tuple[tuple[str, ...], ...] = ()
    feeds: dict[type[Event], Feed] = field(default_factory=dict)
    computed: dict[str, Computed] = field(default_factory=dict)
    validity: str | None = None
    """The column with the last day on which a row is valid, if rows run out (:meth:`runs_out`)."""
    foreign: bool = False
    """Whether a programme declared it, whose functions are held to what they promise, and not a slice."""
    code: str = ""
    """Hash of the mechanism that declared it, if one did."""

    @property
    def fields(self) -> Mapping[str, FieldSpec]:
        """The declared columns, without the ledger's own."""
        return specs(self.row)

    @property
    def shown_fields(self) -> Mapping[str, FieldSpec]:
        """The columns as readers see them: declared and computed ones."""
        return {**self.fields, **{name: column.spec for name, column in self.computed.items()}}

    @property
    def key_columns(self) -> tuple[str, ...]:
        """Columns that say which timeline a row belongs to; none for records."""
        return ("id",) if self.entity else self.key

    @property
    def lined(self) -> bool:
        """Tells if some of its rows are made of lines; each row then knows the number of its line."""
        return any(feed.lines is not None for feed in self.feeds.values())

    @property
    def contents(self) -> dict[type[Any], Feed]:
        """The feeds of the table, by the type of what a fact says."""
        return {feed.content: feed for feed in self.feeds.values()}

    @property
    def clearing(self) -> type[Event] | None:
        """The event that clears a span and needs no more than its key, if there is one."""
        for feed in self.feeds.values():
            needed = {name for name, spec in specs(feed.event).items() if spec.required}
            if feed.make is None and needed <= set(self.key):
                return feed.event
        return None

    @overload
    def records(self, event: type[E], make: Callable[[E], R | None] | None = None) -> None: ...
    @overload
    def records(
        self, event: type[E], make: Callable[[E, Any], R | None] | None = None, *, lines: str
    ) -> None: ...
    def records(
        self,
        event: type[E],
        make: Callable[..., R | None] | None = None,
        *,
        lines: str | None = None,
    ) -> None:
        """Takes in a row for each event, or for each of its lines. Of a table of spans it is called ``sets``:
        the row is the state from the event's day on, on the timeline that its key names.

        Args:
            event: The type of event.
            make: Makes the row of an event, or of the event and one line; None makes none, and leaves a state
                alone. Without it the fields with the same names are copied, a line's before the event's.
            lines: The field of the event whose lines give the rows. ``make`` sees the event without them:
                a row depends on its own line and on what all lines share.
        """
        self._feed(event, make or self._same_names(event, lines), lines, copied=make is None)

    sets = records

    @overload
    def clears(self, event: type[E], when: Callable[[E], bool] | None = None) -> None: ...
    @overload
    def clears(
        self, event: type[E], when: Callable[[E, Any], bool] | None = None, *, lines: str
    ) -> None: ...
    def clears(
        self,
        event: type[E],
        when: Callable[..., bool] | None = None,
        *,
        lines: str | None = None,
    ) -> None:
        """Ends the state on the event's day, on the timeline of the event or of each line.

        Args:
            event: The type of event.
            when: Says of an event, or of the event and one line, whether it ends the state.
            lines: The field of the event whose lines end states.
        """
        self._feed(event, None, lines, when)

    @overload
    def step(self, event: type[E]) -> Callable[[_Step[R, E]], _Step[R, E]]: ...
    @overload
    def step(
        self, event: type[E], *, lines: str
    ) -> Callable[[_LineStep[R, E]], _LineStep[R, E]]: ...
    def step(
        self, event: type[E], *, lines: str | None = None
    ) -> Callable[[Callable[..., R | None]], Callable[..., R | None]]:
        """Decorates the step that ``event`` takes: ``step(state, event, on)`` gives the new state,
        None once the life has ended, and raises :class:`Impossible` when it cannot follow. With ``lines``
        each line of that field takes it: ``step(state, event, line, on)``.
        """

        def register(function: Callable[..., R | None]) -> Callable[..., R | None]:
            self._feed(event, function, lines)
            return function

        return register

    def begins(self, event: type[E], rule: str, **more: Any) -> None:
        """Has a life begin with ``event``: the row is its fields of the same names.

        Args:
            event: The type of event.
            rule: What is told where the life has begun already, a pair.
            more: Further fields of the row.
        """
        row = self.row

        def begin(state: R | None, happened: E, on: date) -> R:
            if state is not None:
                raise Impossible(rule)
            return happened.becomes(row, **more)

        self._feed(event, begin)

    def ends(self, event: type[E], rule: str) -> None:
        """Has a life end with ``event``; ``rule`` is told where there is none, a pair."""

        def end(state: R | None, happened: E, on: date) -> None:
            if state is None:
                raise Impossible(rule)

        self._feed(event, end)

    def runs_out(
        self,
        column: str,
        label: str = "",
        *,
        months: str | int | None = None,
        days: str | int | None = None,
    ) -> None:
        """Says how long a state is valid, of a table of spans or folds: after that day it stands on in the table,
        and neither duties nor figures count it. Months and days are counted from the day after it began; a month
        that has no such day ends the term with its last one (民法典 201, 202).

        Args:
            column: The column of the last valid day: a date of the row's own, or the name of one that is computed.
            label: ``中文|English`` of a computed one.
            months: How many months a state is valid, or the column that says how many.
            days: How many days, or the column that says how many.

        Raises:
            ValueError: For records, and where it is not said, or said twice, how long.
        """
        terms = [(unit, n) for unit, n in (("months", months), ("days", days)) if n is not None]
        if self.shape == "record" or self.validity is not None or len(terms) != bool(label):
            raise ValueError(
                f"{self.name}: spans and folds run out, by a date or a number with a label"
            )
        for unit, number in terms:
            self.computed.update(last_day(column, label, number, unit))
        asked: dict[str, type[Kind]] = {n: CountKind for _, n in terms if isinstance(n, str)}
        for name, kind in {**asked, column: DateKind}.items():
            spec = self.shown_fields.get(name)
            if spec is None or not isinstance(spec.kind, kind):
                raise ValueError(f"{self.name} cannot run out by {name}: no such date or number")
        self.validity = column

    def _feed(
        self,
        event: type[Event],
        make: Callable[..., Row | None] | None,
        lines: str | None = None,
        when: Callable[..., bool] | None = None,
        *,
        copied: bool = False,
    ) -> None:
        if event in self.feeds:
            raise ValueError(f"{self.name} is already fed by {event.__name__}")
        have = self._fields(event, lines)
        missing = [k for k in self.key if k not in have]
        if missing:
            raise TypeError(f"{event.__name__} feeds {self.name} but has no field {missing[0]}")
        if lines is not None and not copied:
            make, when = _of_lines(make, self.shape == "fold"), _of_lines(when, False)
        if self.foreign:
            make = held_row(make, self.row) if make is not None and not copied else make
            when = when and held_word(when)
        self.feeds[event] = Feed(event, make, when, copied, lines)

    def _fields(self, event: type[Event], lines: str | None) -> Mapping[str, str]:
        if lines is not None and (lines not in specs(event) or specs(event)[lines].line is None):
            raise TypeError(f"{event.__name__} feeds {self.name} but has no lines {lines}")
        return joined_fields(event, lines)

    def _same_names(self, event: type[Event], lines: str | None) -> Callable[[Any], R]:
        have = self._fields(event, lines)
        names = {n: attrgetter(have[n]) for n in self.fields if n in have}
        absent = [n for n, s in self.fields.items() if n not in have and s.required]
        if absent:
            raise TypeError(f"{event.__name__} feeds {self.name} but has no field {absent[0]}")
        said = {**specs(event), **(specs(line_fields(event)[lines]) if lines else {})}
        for name in names:
            ours, theirs = wanted(self.fields[name]), wanted(said[name])
            if ours != theirs and not {ours, theirs} <= {(int,), (bool,)}:
                raise TypeError(
                    f"{self.row.__name__}.{name} is a {ours[0].__name__}, "
                    f"and a {theirs[0].__name__} in {event.__name__}"
                )
        row = self.row

        def make(happened: Any) -> R:
            return row(**{n: get(happened) for n, get in names.items()})

        return make


def _of_lines(function: Callable[..., Any] | None, step: bool) -> Callable[..., Any] | None:
    """A function of an event and a line, or a step, as one of the two joined."""
    if function is None:
        return None
    if step:
        return lambda state, both, on: function(state, both.event, both.line, on)
    return lambda both: function(both.event, both.line)


__all__ = ["Feed", "Shape", "Table"]
