"""What follows from the events of an action (随之而来), by the policies of whoever has to follow.

Policies read the ledger of the event's day as it was before the action, and what they give stands before the
event that they follow from: what ends with a member ends before the member does. What follows from that in
turn is found likewise. A programme that fails is left out and named; what it would have closed then shows as a
finding, if it declares one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date

from taizhang.decisions.given import events_of
from taizhang.declarations.declared import MOST_EVENTS, EventDeclaration
from taizhang.declarations.fields import Dated, specs
from taizhang.declarations.ledger import Ledger
from taizhang.declarations.policies import Policy
from taizhang.declarations.registry import Registry
from taizhang.isolation.guard import PluginFault
from taizhang.words.errors import Problem
from taizhang.words.labels import Label

FOLLOWING = "随之而来|following another event"

DEEPEST = 10
"""So many times one event may follow from another."""


class Following:
    """Finds what follows from the events of one action."""

    def __init__(self, registry: Registry, at: Callable[[date], Ledger], last: int) -> None:
        """Nothing is read yet.

        Args:
            registry: the policies.
            at: the ledger of a day, which remembers what is read of it.
            last: the position of the last event that there is.
        """
        self._registry = registry
        self._at = at
        self._last = last
        self._seen: set[tuple[type, str, date]] = set()
        self.faults: list[Problem] = []
        """Programmes that failed, as notices."""

    def of(self, events: Iterable[Dated]) -> Iterator[tuple[Dated, Label | None]]:
        """The events of an action, each after what follows from it, with whose policy that is."""
        for dated in events:
            self._seen.add(_key(dated))
            yield from self._with_consequences(dated, None, DEEPEST)

    def _with_consequences(
        self, dated: Dated, source: Label | None, depth: int
    ) -> Iterator[tuple[Dated, Label | None]]:
        if depth:
            for made, label in self._consequences(dated):
                if (key := _key(made)) not in self._seen:
                    self._seen.add(key)
                    yield from self._with_consequences(made, label, depth - 1)
        yield dated, source

    def _consequences(self, dated: Dated) -> Iterator[tuple[Dated, Label]]:
        declared = self._registry.event_of[type(dated.event)]
        for policy in self._registry.policies.get(declared.name, ()):
            label = self._label(policy.owner, policy.label)
            for made in self._followed(policy, dated):
                yield made, label
        if declared.ends:
            yield from self._endings(declared, dated)

    def _followed(self, policy: Policy, dated: Dated) -> list[Dated]:
        guard = self._registry.guard
        if guard.faulty(policy.owner):
            return []
        try:
            with guard.calling(policy.owner, FOLLOWING):
                given = policy.follow(self._at(dated.on), dated.event)
                return events_of(given, self._registry, dated.on, MOST_EVENTS, self._last)
        except PluginFault as error:
            self.faults.append(Problem("", policy.label, Label(*error.pair)))
            return []

    def _endings(self, declared: EventDeclaration, dated: Dated) -> Iterator[tuple[Dated, Label]]:
        """The events that clear the spans which end with an entity."""
        kind = specs(declared.type)[declared.ends].entity
        id = getattr(dated.event, declared.ends)
        for table in self._registry.tables.values():
            for column in table.ends_with:
                if specs(table.row)[column].entity == kind:
                    label = self._label(table.owner, table.label)
                    clears = table.clearing
                    assert clears is not None  # or it had not been taken in
                    for row in self._at(dated.on).rows(table.name, **{column: id}):
                        cleared = clears(**{key: row[key] for key in table.key})
                        yield Dated(cleared, dated.on), label

    def _label(self, owner: str, label: Label) -> Label:
        whose = self._registry.programmes[owner].label
        return Label(f"{whose.zh}：{label.zh}", f"{whose.en}: {label.en}")


def _key(dated: Dated) -> tuple[type, str, date]:
    return type(dated.event), repr(dated.event), dated.on


__all__ = ["Following"]
