"""Facts: what the log's events amount to once corrections and voids are taken in.

A *fact* is a root event and all its amendments. The newest living correction gives its content, a
living void of the root ends it, voiding a correction restores what was before, voiding a void revives
(design.md 4). :func:`living` is that rule, alone and pure; :class:`FactSource` finds the events it needs
in the log and among those that are being applied but are not in the log yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec

from taizhang.declare import Event, specs
from taizhang.registry import VOIDED, Registry
from taizhang_eventstore.log import Log
from taizhang_eventstore.recorded import Recorded


@dataclass(frozen=True, slots=True)
class Fact:
    """A living fact: content and day of its newest living version, identity of its root."""

    src: int
    on: date
    rank: int
    event: Event

    @property
    def order(self) -> tuple[str, int, int]:
        """Facts of one entity are folded in this order."""
        return (self.on.isoformat(), self.rank, self.src)


def living(family: Sequence[Recorded]) -> Recorded | None:
    """The version of a fact that counts, or None when it is void.

    ``family`` is the root followed by its amendments in the order of recording.
    """
    dead: set[int] = set()
    for recorded in reversed(family):
        target = recorded.envelope.voids
        if target is not None and recorded.position not in dead:
            dead.add(target)
    root = family[0]
    if root.position in dead:
        return None
    for recorded in reversed(family):
        if recorded.envelope.voids is None and recorded.position not in dead:
            return recorded
    return root


def tokenised(recorded: Recorded) -> Event | None:
    """The event with each personal text replaced by its token, ``position.field``.

    Projections see tokens only: they carry them, and cannot read what they stand for.
    """
    event = recorded.event
    if event is None:
        return None
    names = personal_fields(type(event))
    if not names:
        return event  # type: ignore[return-value]
    changed = {n: f"{recorded.position}.{n}" for n in names if getattr(event, n)}
    return msgspec.structs.replace(event, **changed) if changed else event  # type: ignore[return-value]


_PERSONAL: dict[type, tuple[str, ...]] = {}


def personal_fields(cls: type[Any]) -> tuple[str, ...]:
    """Names of the personal fields of a declaration."""
    found = _PERSONAL.get(cls)
    if found is None:
        found = tuple(n for n, s in specs(cls).items() if s.kind.personal)
        _PERSONAL[cls] = found
    return found


class FactSource:
    """Facts by root or by entity, from the log up to ``base`` and from ``overlay`` after it.

    The overlay holds the events that are being applied: a page of a rebuild, or the events of a dry
    run that the log has never seen.
    """

    def __init__(self, log: Log, registry: Registry) -> None:
        self.log = log
        self.registry = registry
        self.base = 0
        self.upto = 0
        self._overlay: list[Recorded] = []
        self._by_tag: dict[str, list[Recorded]] = {}
        self._by_position: dict[int, Recorded] = {}

    def begin(self, base: int) -> None:
        """Forgets the overlay; the log counts up to position ``base``."""
        self.base = base
        self.upto = base
        self._overlay = []
        self._by_tag = {}
        self._by_position = {}

    def add(self, recorded: Recorded) -> None:
        """The next event that is being applied; later ones that were added before are not seen.

        Units run over the same page one after the other, each from its beginning.
        """
        self.upto = recorded.position
        if not self._last or recorded.position > self._last:
            self._overlay.append(recorded)

    def cut(self, position: int) -> None:
        """Forgets overlay events after ``position``: what tried them was refused."""
        self._indexed()
        for late in [p for p in self._by_position if p > position]:
            for tag in self._by_position.pop(late).tags:
                self._by_tag[tag] = [r for r in self._by_tag[tag] if r.position != late]
        self.upto = min(self.upto, position)

    @property
    def _last(self) -> int:
        if self._overlay:
            return self._overlay[-1].position
        return next(reversed(self._by_position), 0)

    def _indexed(self) -> None:
        for recorded in self._overlay:
            self._by_position[recorded.position] = recorded
            for tag in recorded.tags:
                self._by_tag.setdefault(tag, []).append(recorded)
        self._overlay = []

    def event(self, position: int) -> Recorded | None:
        """The event at ``position``."""
        self._indexed()
        found = self._by_position.get(position)
        return found if found is not None else self.log.get(position)

    def tagged(self, tag: str, types: Sequence[str] = ()) -> Iterable[Recorded]:
        """Events with the tag (and one of the type names), in order."""
        self._indexed()
        found: list[Recorded] = []
        if self.base:
            found.extend(self.log.read(until=self.base, types=types, tags=[tag]))
        found.extend(
            r
            for r in self._by_tag.get(tag, ())
            if r.position <= self.upto and (not types or r.name in types)
        )
        return found

    def family(self, root: int) -> list[Recorded]:
        """The root event and its amendments so far."""
        first = self.event(root)
        if first is None:
            return []
        return [first, *self.tagged(f"fact:{root}")]

    def resolve(self, root: int) -> Fact | None:
        """The fact with this root as it now stands, or None when it is void or unknown."""
        family = self.family(root)
        return self.fact(living(family), root) if family else None

    def fact(self, recorded: Recorded | None, root: int) -> Fact | None:
        """A fact of the version ``recorded``; None when its type is not loaded."""
        if recorded is None or recorded.event is None:
            return None
        event = tokenised(recorded)
        assert event is not None
        rank = self.registry.event_of[type(event)].rank
        return Fact(root, recorded.envelope.on, rank, event)

    def of_entity(self, tag: str, types: Sequence[str]) -> list[Fact]:
        """The living facts that concern an entity, in folding order.

        Every amendment carries the tags of its whole family, so that one read by tag finds all.
        """
        found: dict[int, Fact | None] = {}
        for recorded in self.tagged(tag, [*types, VOIDED]):
            root = recorded.envelope.root
            if root is not None:
                found[root] = None
            elif recorded.name != VOIDED:
                found[recorded.position] = self.fact(recorded, recorded.position)
        for root, fact in found.items():
            if fact is None:
                found[root] = self.resolve(root)
        return sorted((f for f in found.values() if f is not None), key=lambda f: f.order)
