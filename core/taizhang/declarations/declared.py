"""What a programme declares of events, actions and checks, as data; :class:`~.programme.Programme` collects it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from taizhang.declarations.actions import Action, Deed
from taizhang.declarations.fields import Event, FieldSpec, specs
from taizhang.words.labels import Label

if TYPE_CHECKING:
    from taizhang.declarations.ledger import Ledger

Upcaster = Callable[[dict[str, Any]], dict[str, Any]]
Find = Callable[["Ledger", Sequence[str] | None], Iterable[tuple[str, int]]]
"""What a check runs: ``find(ledger, ids)`` yields ``(id, src)`` for every breach."""


MOST_EVENTS = 10_000
"""So many events one action may decide, unless it says that it needs more."""


class Impossible(Exception):
    """A fold's step cannot follow what was there; the state stays and the fact is marked."""

    def __init__(self, rule: str) -> None:
        self.rule = rule
        super().__init__(rule)


class EventDeclaration(Struct, frozen=True):
    """One event type: its stored name and version, and where it stands among facts of one day."""

    name: str
    version: int
    label: Label
    type: type[Event]
    owner: str
    rank: int
    upcasters: Mapping[int, Upcaster]
    ends: str = ""
    """The field that refers to an entity whose life ends with it, if there is one."""


class ActionDeclaration(Struct, frozen=True):
    """One action; ``event`` is set for a deed."""

    name: str
    label: Label
    type: type[Action] | type[Deed]
    owner: str
    event: EventDeclaration | None
    most: int = MOST_EVENTS
    """How many events it may decide at once."""

    @property
    def ends(self) -> bool:
        """Tells if it is a deed with which an entity's life ends."""
        return self.event is not None and bool(self.event.ends)

    @property
    def fields(self) -> Mapping[str, FieldSpec]:
        """The fields that a person fills in, in order."""
        return specs(self.type)


class Check(Struct, frozen=True):
    """A rule on the ledger: ``find`` yields ``(id, src)`` for every breach among ``ids`` (or all).

    Hard breaches refuse the action that would cause them; soft ones ask for a reason. ``reads`` names the
    tables that ``find`` looks at, None where it does not say: then it is run after every action.
    """

    code: str
    label: Label
    entity: str
    hard: bool
    owner: str
    find: Find
    reads: frozenset[str] | None = None


__all__ = [
    "MOST_EVENTS",
    "ActionDeclaration",
    "Check",
    "EventDeclaration",
    "Find",
    "Impossible",
    "Upcaster",
]
