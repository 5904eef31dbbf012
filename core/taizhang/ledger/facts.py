"""Facts: what the log's events amount to once corrections and voids are taken in.

A *fact* is a root event and all its amendments. The newest living correction gives its content, a
living void of the root ends it, voiding a correction restores what was before, voiding a void revives
(design.md 4). :func:`living` is that rule, alone and pure; :class:`FactSource` finds the events it needs
in the log and among those that are being applied but are not in the log yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

import msgspec

from taizhang.declare import Event
from taizhang.ledger.texts import personal_fields, tokenised
from taizhang.registry import VOIDED, Registry
from taizhang_eventstore.log import Log
from taizhang_eventstore.recorded import Recorded

Order = tuple[str, int, int]


class Fact(msgspec.Struct, frozen=True, gc=False):
    """A living fact: content and day of its newest living version, identity of its root.

    ``day`` is ``on`` as the ledger stores it.
    """

    src: int
    on: date
    day: str
    rank: int
    event: Event

    @property
    def order(self) -> Order:
        """Facts of one entity are folded in this order."""
        return (self.day, self.rank, self.src)


def living(family: Sequence[Recorded]) -> Recorded | None:
    """The version of a fact that counts, or None when it is void.

    ``family`` is the root followed by its amendments in the order of recording. A correction that
    this program cannot read is passed over.
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
        if (
            recorded.envelope.voids is None
            and recorded.position not in dead
            and recorded.event is not None
        ):
            return recorded
    return root


class FactSource:
    """Facts by root or by entity, from the log up to ``base`` and from ``overlay`` after it.

    The overlay holds the events that are being applied: a page of a rebuild, or the events of a dry
    run that the log has never seen. Of these, the ones up to ``upto`` count: units run over the same
    page one after the other, each from its beginning.
    """

    def __init__(self, log: Log, registry: Registry) -> None:
        self.log = log
        self.registry = registry
        self.base = 0
        self.upto = 0
        self._overlay: dict[int, Recorded] = {}
        self._unindexed: list[Recorded] = []
        self._by_tag: dict[str, list[Recorded]] = {}
        self._last = 0
        # What the log says up to the base does not change while it is the base.
        self._roots: dict[int, Recorded | None] = {}
        self._families: dict[int, list[Recorded]] = {}

    def begin(self, base: int) -> None:
        """Forgets the overlay; the log counts up to position ``base``."""
        self.base = self.upto = self._last = base
        self._overlay = {}
        self._unindexed = []
        self._by_tag = {}
        self._roots = {}
        self._families = {}

    def load(self, events: Iterable[Recorded]) -> None:
        """Events that are going to be applied; those that are here already are passed over."""
        for recorded in events:
            if recorded.position > self._last:
                self._last = recorded.position
                self._overlay[recorded.position] = recorded
                self._unindexed.append(recorded)

    def cut(self, position: int) -> None:
        """Forgets overlay events after ``position``: what tried them was refused."""
        self._index()
        for late in [p for p in self._overlay if p > position]:
            for tag in self._overlay.pop(late).tags:
                self._by_tag[tag] = [r for r in self._by_tag[tag] if r.position != late]
        self._last = max(self._overlay, default=self.base)
        self.upto = min(self.upto, position)

    def _index(self) -> None:
        for recorded in self._unindexed:
            for tag in recorded.tags:
                self._by_tag.setdefault(tag, []).append(recorded)
        self._unindexed = []

    def event(self, position: int) -> Recorded | None:
        """The event at ``position``."""
        found = self._overlay.get(position)
        if found is not None:
            return found
        if position not in self._roots:
            self._roots[position] = self.log.get(position)
        return self._roots[position]

    def tagged(self, tag: str, types: Sequence[str] = ()) -> list[Recorded]:
        """Events with the tag (and one of the type names), in order."""
        found: list[Recorded] = []
        if self.base:
            found.extend(self.log.read(until=self.base, types=types, tags=[tag]))
        return found + self._fresh(tag, types)

    def _fresh(self, tag: str, types: Sequence[str] = ()) -> list[Recorded]:
        if self._unindexed:
            self._index()
        return [
            r
            for r in self._by_tag.get(tag, ())
            if r.position <= self.upto and (not types or r.name in types)
        ]

    def family(self, root: int) -> list[Recorded]:
        """The root event and its amendments so far."""
        first = self.event(root)
        if first is None:
            return []
        tag = f"fact:{root}"
        if root > self.base:
            return [first, *self._fresh(tag)]
        before = self._families.get(root)
        if before is None:
            before = self._families[root] = list(self.log.read(until=self.base, tags=[tag]))
        return [first, *before, *self._fresh(tag)]

    def resolve(self, root: int) -> Fact | None:
        """The fact with this root as it now stands, or None when it is void or unknown."""
        family = self.family(root)
        return self.fact(living(family), root) if family else None

    def fact(self, recorded: Recorded | None, root: int) -> Fact | None:
        """A fact of the version ``recorded``; None when its type is not loaded."""
        event = None if recorded is None else tokenised(recorded)
        if recorded is None or event is None:
            return None
        on = recorded.envelope.on
        return Fact(root, on, on.isoformat(), self.registry.event_of[type(event)].rank, event)

    def of_entity(self, tag: str, types: Sequence[str]) -> list[Fact]:
        """The living facts that concern an entity, in folding order.

        Every amendment carries the tags of its whole family, so that one read by tag finds all
        families that ever concerned the entity; whole, if their root did.
        """
        families: dict[int, list[Recorded]] = {}
        for recorded in self.tagged(tag, [*types, VOIDED]):
            root = recorded.envelope.root
            families.setdefault(recorded.position if root is None else root, []).append(recorded)
        found = []
        for root, family in families.items():
            whole = family if family[0].position == root else self.family(root)
            fact = self.fact(living(whole), root) if whole else None
            if fact is not None:
                found.append(fact)
        return sorted(found, key=lambda f: f.order)


__all__ = ["Fact", "FactSource", "Order", "living", "personal_fields", "tokenised"]
