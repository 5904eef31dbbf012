"""What a programme declares of events and actions, as data; :class:`~.programme.Programme` collects it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct

from taizhang.declarations.actions import Action, Deed
from taizhang.declarations.fields import Event, FieldSpec, specs
from taizhang.words.labels import Label

Upcaster = Callable[[dict[str, Any]], dict[str, Any]]


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


__all__ = ["MOST_EVENTS", "ActionDeclaration", "EventDeclaration", "Impossible", "Upcaster"]
