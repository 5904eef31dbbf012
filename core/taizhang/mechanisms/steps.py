"""Steps: entities whose life is a number of steps in order, each with its due date.

A pledge is applied for, discussed, examined, shown, kept and assessed (六诺); a case is accepted, handled,
made known and followed up (五件式). :func:`steps` declares such an entity for a programme: one event and one
action for each step, a table that says which step was taken last, which one is awaited and until when,
and findings. A step out of order is refused when it is decided and impossible when it is folded, so
that whoever voids a step is told which later ones stand on it.

A due date is a number of days, or of working days, after the step before, or a date that a field says. It
is a column computed at both clocks: when a year is arranged otherwise it moves, as known from then on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Annotated, Any

from msgspec import Struct

from taizhang.declarations.actions import Action
from taizhang.declarations.computed import computed
from taizhang.declarations.declared import Impossible
from taizhang.declarations.duties import Not, Selection
from taizhang.declarations.fields import REQUIRED, Event, Row, field, specs
from taizhang.declarations.kinds import Choice, Count, Date, DateKind, RefKind
from taizhang.declarations.ledger import Ledger
from taizhang.declarations.programme import Programme, Table
from taizhang.mechanisms.deadlines import (
    NONE,
    Deadline,
    WorkingDays,
    due_after,
    field_needed,
    fields_of,
    rules_of,
)
from taizhang.mechanisms.deriving import Fields, asked, code_of, declared, one_of
from taizhang.mechanisms.late import late_steps
from taizhang.mechanisms.rules import must
from taizhang.mechanisms.workdays import working_day
from taizhang.words.errors import Refused
from taizhang.words.labels import Label

ALWAYS = date(1949, 10, 1)
"""Since when a duty holds of which nobody says since when."""

OPENING, FIRST_RANK, STOPPING, REVOKING = 20, 30, 80, 85
"""Ranks: an opening, the first step after it, the end before the time, and what takes a whole life back."""


class OwnColumns(Row):
    """The columns that steps add to a row; ``due`` is computed beside them."""

    step: Choice = field("步骤|Step")
    taken: Date = field("办理日期|Taken on")
    awaits: Choice | None = field("下一步|Awaits", default=None)
    due_on: Date | None = field("规定日期|Fixed date", default=None)
    working: Count | None = field("限工作日|Working days", default=None)


class Step(Struct, frozen=True):
    """One step: ``name`` is the verb of its action, ``done`` the participle in its event's name. ``label`` says
    what was done; ``does`` what the action is called in English, unless that is the verb and the noun.

    ``asks`` are the row's fields that have to be given with it, ``may`` those that may be; fields that no
    later step names belong to the first. ``due`` is counted from the day of the step before.
    """

    name: str
    label: str
    done: str = ""
    asks: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    due: Deadline | None = None
    does: str = ""

    @property
    def term(self) -> str:
        """The Chinese side of the label, which rows hold."""
        return Label.of(self.label).zh

    @property
    def participle(self) -> str:
        """``done``, or what is regular."""
        return self.done or self.name + ("d" if self.name.endswith("e") else "ed")


class Steps(Struct, frozen=True):
    """The declarations of steps: the table, the kind of entity, the events and actions by the step's name."""

    table: Table[Any]
    entity: str
    noun: str
    steps: tuple[Step, ...]
    events: Mapping[str, type[Event]]
    actions: Mapping[str, type[Action]]


def steps(
    programme: Programme,
    noun: str,
    label: str,
    row: type[Row],
    steps: Sequence[Step],
    *,
    prefix: str,
    title: str | None = None,
    search: Sequence[str] = (),
    stop: Step | None = None,
    revoke: Step | None = None,
    since: date = ALWAYS,
    soon: int = 3,
    source: str = "",
) -> Steps:
    """Declares an entity whose life is a number of steps in order. Its table is ``noun`` with an s, of ``row`` and the
    columns ``step``, ``taken``, ``awaits`` and ``due``. Where a step has a due date there is also a duty ``noun_steps``:
    what is awaited is taken by then.

    Args:
        programme: whose entity it is.
        noun: what events and actions call it.
        label: ``中文|English``.
        row: its own fields.
        steps: in their order.
        prefix: what ids begin with.
        title: the column that people know one by.
        search: the columns to find it by.
        stop: ends it before the time, whichever step is awaited.
        revoke: takes it back after the last step. The row then keeps the day of every step, in columns of their
            participles: ``issued_on``, ``revoked_on``.
        since: the first day on which the duty holds.
        soon: days before a due date from which on it is due soon.
        source: a code of the list of sources.

    Raises:
        TypeError: a step names a field that is not in the row, or the row has a column of a step's day.
    """
    named = (prefix, title, tuple(search))
    made = _Declaring(programme, noun, label, row, tuple(steps), stop, revoke, *named)
    declared = made.declare()
    if any(step.due is not None for step in steps):
        programme.duty(
            f"{noun}_steps",
            f"{made.label.zh}按期办理|{made.label.en}: the next step in time",
            who=Selection(made.table.name, where={"awaits": Not(None)}, due="due"),
            counts=None,
            per="standing",
            since=since,
            soon=soon,
            source=source,
        )
    return declared


class _Declaring:
    """The declarations of one call, made one after the other."""

    def __init__(
        self,
        programme: Programme,
        noun: str,
        label: str,
        row: type[Row],
        steps: tuple[Step, ...],
        stop: Step | None,
        revoke: Step | None,
        prefix: str,
        title: str | None,
        search: tuple[str, ...],
    ) -> None:
        self.programme, self.noun, self.label = programme, noun, Label.of(label)
        self.row, self.steps, self.stop, self.revoke = row, steps, stop, revoke
        self.entity = programme.id + noun
        self.ref = Annotated[str, RefKind(self.entity)]
        self.all = (*steps, *(end for end in (stop, revoke) if end))
        self.days = [_day_of(step) for step in self.all] if revoke else []
        named = [n for s in self.all for n in (*s.asks, *s.may)]
        later = [n for s in self.all[1:] for n in (*s.asks, *s.may)]
        needed = [*named, *(n for s in self.all for n in fields_of(s.due))]
        for name in needed:
            if name not in specs(row):
                raise TypeError(f"{row.__name__} has no field {name}, which a step of {noun} names")
        if kept := [name for name in self.days if name in specs(row)]:
            raise TypeError(f"{row.__name__}.{kept[0]} is the day of a step, which the row keeps")
        for name in later:
            if specs(row)[name].required:
                raise TypeError(
                    f"{row.__name__}.{name} is given with a later step: it needs a default"
                )
        self.first = {n: s.required for n, s in specs(row).items() if n not in later}
        self.table = self._table(prefix, title, search)
        self.events: dict[str, type[Event]] = {}
        self.actions: dict[str, type[Action]] = {}

    def declare(self) -> Steps:
        self._open()
        for i in range(1, len(self.steps)):
            self._later(self.steps[i], FIRST_RANK + i)
        if self.stop is not None:
            self._later(self.stop, STOPPING)
        if self.revoke is not None:
            self._later(self.revoke, REVOKING)
        late_steps(self.programme, self.table, self.noun, self.label, self._counts_working_days())
        return Steps(self.table, self.entity, self.noun, self.steps, self.events, self.actions)

    # Rows

    def _table(self, prefix: str, title: str | None, search: tuple[str, ...]) -> Table[Any]:
        terms = [s.label for s in self.all]
        own = asked(OwnColumns, {n: s.required for n, s in specs(OwnColumns).items()})
        own["step"] = (own["step"][0], field("步骤|Step", choices=terms))
        for step in self.all if self.days else ():
            zh, en = Label.of(step.label).zh, Label.of(step.label).en
            own[_day_of(step)] = (own["due_on"][0], field(f"{zh}日期|{en} on", default=None))
        own["awaits"] = (own["awaits"][0], field("下一步|Awaits", choices=terms, default=None))
        row = declared(self.row, self.row.__name__, self.row.__doc__ or "", own)
        table: Table[Any] = self.programme.folds(
            f"{self.noun}s",
            f"{self.label.zh}|{self.label.en}",
            row,
            entity=self.entity,
            prefix=prefix,
            title=title,
            search=search,
            indexes=(("awaits",),),
        )
        table.key = (self.noun,)  # what events call it
        table.code = code_of(__file__)
        counted = working_day("r.taken", "r.working") if self._counts_working_days() else "NULL"
        due = f"CASE WHEN r.working IS NULL THEN r.due_on ELSE {counted} END"
        table.computed.update(computed("due", "期限|Due", due, DateKind()))
        return table

    def _counts_working_days(self) -> bool:
        return any(isinstance(rule, WorkingDays) for s in self.steps for rule in rules_of(s.due))

    def _state(self, row: Any, done: Step, awaited: Step | None, on: date) -> Any:
        due = NONE if awaited is None else due_after(awaited.due, row, on)
        kept = {_day_of(done): on} if self.days else {}
        return row.replace(
            **kept,
            step=done.term,
            taken=on,
            awaits=None if awaited is None else awaited.term,
            due_on=due.on,
            working=due.working,
        )

    def _after(self, step: Step) -> Step | None:
        place = self.steps.index(step) + 1
        return self.steps[place] if place < len(self.steps) else None

    # The first step

    def _open(self) -> None:
        opening, columns = self.steps[0], tuple(self.first)
        fields = asked(self.row, self.first)
        rule = self._rule()
        event = self._event(opening, fields, OPENING, check=rule)

        @self.table.step(event)
        def opened(state: Any, happened: Any, on: date) -> Any:
            if state is not None:
                raise Impossible(
                    f"这项{self.label.zh}已经{opening.term}|this one of {self.label.en} is begun already"
                )
            given = {n: getattr(happened, n) for n in columns}
            blank = self.table.row(**given, step=opening.term, taken=on)
            return self._state(blank, opening, self._after(opening), on)

        def decide(action: Any, ledger: Ledger) -> Iterator[Event]:
            given = {n: getattr(action, n) for n in columns}
            yield event(**{self.noun: ledger.new_id(self.entity)}, **given)

        self._action(opening, asked(self.row, self.first), decide, check=rule)

    def _rule(self) -> Any:
        """Requires what the kind's due date needs: the number of days, the date that was promised."""
        due = [s.due for s in self.steps if s.due is not None]
        steps = self

        def check(said: Any) -> Iterator[str]:
            for deadline in due:
                name = field_needed(deadline, said)
                if name in steps.first and getattr(said, name) is None:
                    label = specs(steps.row)[name].label
                    yield f"须填写“{label.zh}”才有期限|“{label.en}” is needed for the due date"

        return check

    # Later steps

    def _follows(self, step: Step, taken: Any, awaits: Any) -> bool:
        """Tells if a step may be taken after the one that was taken, where another is awaited, or none."""
        if step is self.stop:
            return awaits is not None
        if step is self.revoke:
            return bool(taken == self.steps[-1].term)
        return bool(awaits == step.term)

    def _later(self, step: Step, rank: int) -> None:
        """A step after the first, or what ends a life before the time or takes it back."""
        columns = (*step.asks, *step.may)
        fields = asked(
            self.row, {**dict.fromkeys(step.asks, True), **dict.fromkeys(step.may, False)}
        )
        event = self._event(step, fields, rank)
        ends = step in (self.stop, self.revoke)
        zh, en = self.label.zh, self.label.en

        @self.table.step(event)
        def stepped(state: Any, happened: Any, on: date) -> Any:
            if state is None:
                raise Impossible(f"这项{zh}当日尚未开始|this one of {en} has not begun by that day")
            if not self._follows(step, state.step, state.awaits):
                raise Impossible(
                    f"“{step.term}”不合次序|“{Label.of(step.label).en}” is out of order"
                )
            said = {n: getattr(happened, n) for n in columns}
            given = {n: v for n, v in said.items() if v is not None}
            return self._state(
                state.replace(**given), step, None if ends else self._after(step), on
            )

        def decide(action: Any, ledger: Ledger) -> Iterator[Event]:
            id = getattr(action, self.noun)
            now = must(ledger, self.table.name, id)
            if not self._follows(step, now["step"], now["awaits"]):
                self._refuse(now, step)
            yield event(**{self.noun: id}, **{n: getattr(action, n) for n in columns})

        self._action(step, {**self._reference(), **fields}, decide)

    def _refuse(self, now: Mapping[str, Any], step: Step) -> None:
        english = {s.term: Label.of(s.label).en for s in self.all}
        if now["awaits"] is None:
            raise Refused(
                "已于 {on} {done}，不能再{step}"
                "|it came to its end on {on} ({done_en}); no “{step_en}” can follow",
                on=now["taken"],
                done=now["step"],
                step=step.term,
                done_en=english.get(now["step"], now["step"]),
                step_en=english[step.term],
            )
        raise Refused(
            "当日的下一步是“{next}”，不能“{step}”|the next step on that day is “{next_en}”, not “{step_en}”",
            next=now["awaits"],
            step=step.term,
            next_en=english.get(now["awaits"], now["awaits"]),
            step_en=english[step.term],
        )

    # Events, actions, checks

    def _reference(self) -> Fields:
        said = field(f"{self.label.zh}|{self.label.en}", default=REQUIRED)
        return {self.noun: (self.ref, said)}

    def _event(self, step: Step, fields: Fields, rank: int, **methods: Any) -> type[Event]:
        name = f"{self.noun}_{step.participle}"
        doc = f"{step.label.replace('|', ': ')}."
        made = declared(Event, _camel(name), doc, {**self._reference(), **fields}, **methods)
        self.events[step.name] = made
        return self.programme.event(name, step.label, rank=rank)(made)

    def _action(self, step: Step, fields: Fields, decide: Any, **methods: Any) -> None:
        name = f"{self.noun}.{step.name}"
        doc = f"{step.label.replace('|', ': ')}."
        made = declared(Action, _camel(name), doc, fields, decide=decide, **methods)
        does = step.does or f"{step.name.capitalize()} {one_of(self.noun)}"
        self.actions[step.name] = self.programme.action(name, f"{step.term}|{does}")(made)


def _day_of(step: Step) -> str:
    """The column of the day of a step."""
    return f"{step.participle}_on"


def _camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.replace(".", "_").split("_"))


__all__ = ["Step", "Steps", "steps"]
