"""Registers: an entity of one's own in one call, opened, changed and closed.

A regulation is adopted, amended and repealed; an asset is got, mended in the books and scrapped; a room is opened and
given up. :func:`register` declares such an entity for a programme or a slice: its table, one event and one action for each
of the three, and what has to hold of names and dates.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import Annotated, Any

from msgspec import Struct

from taizhang.declarations.actions import Action, Deed
from taizhang.declarations.declared import Impossible
from taizhang.declarations.fields import REQUIRED, Event, Row, field, specs
from taizhang.declarations.kinds import RefKind
from taizhang.declarations.ledger import Ledger
from taizhang.declarations.programme import Programme, Table
from taizhang.mechanisms.deriving import Fields, asked, code_of, declared, one_of, stored_name
from taizhang.mechanisms.rules import must, unique
from taizhang.words.errors import Refused
from taizhang.words.labels import Label

OPENING, CHANGING, CLOSING = 20, 30, 90
"""Ranks among the facts of one day."""

Check = Callable[[Any], Iterable[str]]
Notice = Callable[[Any, Ledger], Iterable[str | Label]]


class Verb(Struct, frozen=True):
    """One of the three: ``name`` is the verb of the action, ``done`` the participle in the event's name, ``label`` what
    is done, as a pair of verbs: ``"新增|Enter"``.
    """

    name: str
    done: str
    label: str


OPEN = Verb("open", "opened", "新增|Enter")
CHANGE = Verb("change", "changed", "变更|Change")
CLOSE = Verb("close", "closed", "注销|Close")


class Register(Struct, frozen=True):
    """The declarations of a register: its table, the kind of entity, and the three types of event."""

    table: Table[Any]
    entity: str
    reference: Any
    opened: type[Event]
    changed: type[Event]
    closed: type[Event]
    noun: str

    def ends(self, id: str) -> Event:
        """The event that closes one, for what else makes it end."""
        made: Any = self.closed
        closing: Event = made(**{self.noun: id})
        return closing


def register(
    programme: Programme,
    noun: str,
    label: str,
    row: type[Row],
    *,
    prefix: str,
    table: str = "",
    title: str = "name",
    search: Sequence[str] = ("name",),
    within: Sequence[str] = (),
    same: Sequence[str] = (),
    fixed: Sequence[str] = (),
    opens: Verb = OPEN,
    changes: Verb = CHANGE,
    closes: Verb = CLOSE,
    reads: Sequence[str] = (),
    opening: Check | None = None,
    check: Check | None = None,
    notices: Notice | None = None,
) -> Register:
    """Declares an entity that is opened, changed and closed. Its fields are those of ``row``; a change says those that
    are other than before, and leaves out the rest.

    Args:
        programme: whose entity it is.
        noun: what events and actions call it; the kind of entity of a slice, to which a programme's id is put in front.
        label: what people call one, ``中文|English``.
        row: its fields.
        prefix: what ids begin with.
        table: the table's name, unless it is the noun with an s.
        title: the column that people know one by.
        search: the columns to find it by.
        within: reference columns whose entity has to live as long.
        same: columns in which no two may agree on one day, the name first; none where they may.
        fixed: fields that a change cannot say.
        opens: what the beginning is called.
        changes: what a change is called.
        closes: what the end is called.
        reads: the tables that computed columns of it look at.
        opening: rules among the fields of what is opened.
        check: rules among the fields, of what is opened and of what is changed: there a field may be None.
        notices: where people should look again at what is opened, though it is taken.

    Raises:
        TypeError: ``fixed`` names a field that is not in the row.
    """
    unknown = [name for name in fixed if name not in specs(row)]
    if unknown:
        raise TypeError(f"{row.__name__} has no field {unknown[0]}, which {noun} keeps fixed")
    kind = noun if programme.nouns else programme.id + noun
    made = programme.folds(
        table or f"{noun}s",
        label,
        row,
        entity=kind,
        prefix=prefix,
        title=title,
        search=tuple(search),
        within=tuple(within),
    )
    made.key = (noun,)  # what events call it
    made.code = code_of(__file__)
    named = _Named(programme, noun, Label.of(label), Annotated[str, RefKind(kind)], made)
    opened = _open(named, row, opens, _both(opening, check), notices)
    changed = _change(named, row, changes, tuple(fixed), check)
    closed = _close(named, closes)
    if same:
        programme.check(
            f"{noun}-name",
            f"已有同名的{named.label.zh}|{one_of(named.label.en).capitalize()} of this name is there already",
            entity=kind,
            reads=(made.name, *reads),
        )(unique(made.name, *same))
    return Register(made, kind, named.reference, opened, changed, closed, noun)


def _both(*checks: Check | None) -> Check | None:
    """Rules of several functions as those of one."""
    given = [check for check in checks if check is not None]

    def both(said: Any) -> Iterator[str]:
        for check in given:
            yield from check(said)

    return both if given else None


class _Named(Struct, frozen=True):
    """The names of a register's declarations."""

    programme: Programme
    noun: str
    label: Label
    reference: Any
    table: Table[Any]

    def field(self) -> Fields:
        """The field that names one."""
        said = field(f"{self.label.zh}|{self.label.en}", default=REQUIRED)
        return {self.noun: (self.reference, said)}

    def stored(self, verb: Verb) -> str:
        """The name of an event."""
        return stored_name(self.programme, self.noun, verb.done)

    def said(self, verb: Verb) -> str:
        """The label of an action: ``新增制度|Enter a regulation``."""
        label = Label.of(verb.label)
        return f"{label.zh}{self.label.zh}|{label.en} {one_of(self.label.en.lower())}"

    def called(self, verb: Verb) -> str:
        """The name of a class."""
        return "".join(part.capitalize() for part in (*self.noun.split("_"), verb.done))


def _open(
    named: _Named, row: type[Row], verb: Verb, check: Check | None, notices: Notice | None
) -> type[Event]:
    fields = asked(row, {name: spec.required for name, spec in specs(row).items()})
    doc = f"{named.said(verb).replace('|', ': ')}."
    methods = {} if check is None else {"check": check}
    said = methods if notices is None else {**methods, "notices": notices}
    event = declared(Event, named.called(verb), doc, {**named.field(), **fields}, **said)
    named.programme.event(named.stored(verb), named.said(verb), rank=OPENING)(event)
    zh, en = named.label.zh, named.label.en.lower()
    named.table.begins(event, f"这项{zh}已有|this {en} is entered already")

    def decide(action: Any, ledger: Ledger) -> Iterator[Event]:
        """As it stands, under an id of its own."""
        id = ledger.new_id(named.table.entity or named.noun)
        yield action.becomes(event, **{named.noun: id})

    made = declared(Action, f"{named.called(verb)}Action", doc, fields, decide=decide, **methods)
    named.programme.action(f"{named.noun}.{verb.name}", named.said(verb))(made)
    return event


def _change(
    named: _Named, row: type[Row], verb: Verb, fixed: tuple[str, ...], check: Check | None
) -> type[Event]:
    names = [name for name in specs(row) if name not in fixed]
    fields = asked(row, dict.fromkeys(names, False), changed=True)
    zh, en = named.label.zh, named.label.en.lower()

    def rules(said: Any) -> Iterator[str]:
        if all(getattr(said, name) is None for name in names):
            yield "没有要变更的内容|nothing is to be changed"
        if check is not None:
            yield from check(said)

    def decide(deed: Any, ledger: Ledger) -> Iterator[Event]:
        """Refused where nothing would be other than before."""
        before = must(ledger, named.table.name, getattr(deed, named.noun))
        given = {name: getattr(deed, name) for name in names if getattr(deed, name) is not None}
        if all(specs(row)[n].kind.column(v) == before[n] for n, v in given.items()):
            raise Refused(f"{zh}没有变化|the {en} is the same as before")
        yield deed

    doc = f"{named.said(verb).replace('|', ': ')}."
    made = declared(
        Deed, named.called(verb), doc, {**named.field(), **fields}, check=rules, decide=decide
    )
    named.programme.event(named.stored(verb), named.said(verb), rank=CHANGING)(made)
    named.programme.deed(f"{named.noun}.{verb.name}", named.said(verb))(made)

    @named.table.step(made)
    def step(state: Any, happened: Any, on: date) -> Any:
        if state is None:
            raise Impossible(f"这项{zh}当日不存在|this {en} does not exist on that day")
        return state.updated(happened)

    return made


def _close(named: _Named, verb: Verb) -> type[Event]:
    zh, en = named.label.zh, named.label.en.lower()

    def decide(deed: Any, ledger: Ledger) -> Iterator[Event]:
        """Refused where it does not exist on that day."""
        must(ledger, named.table.name, getattr(deed, named.noun))
        yield deed

    doc = f"{named.said(verb).replace('|', ': ')}."
    made = declared(Deed, named.called(verb), doc, named.field(), decide=decide)
    named.programme.event(named.stored(verb), named.said(verb), rank=CLOSING, ends=named.noun)(made)
    named.programme.deed(f"{named.noun}.{verb.name}", named.said(verb))(made)
    named.table.ends(made, f"这项{zh}当日不存在|this {en} does not exist on that day")
    return made


__all__ = ["CHANGE", "CLOSE", "OPEN", "Register", "Verb", "register"]
