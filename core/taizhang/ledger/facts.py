"""Facts: what the log's events amount to once corrections and voids are taken in.

A *fact* is a root event and all its amendments. The newest living correction gives its content, a
living void of the root ends it, voiding a correction restores what was before, voiding a void revives.
:func:`living` is that rule, alone and pure; :class:`FactSource` finds the events it needs
in the log and among those that are being applied but are not in the log yet.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Sequence
from datetime import date

import msgspec

from taizhang.declarations.fields import Event
from taizhang.declarations.registry import Registry
from taizhang.ledger.texts import tokenised
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
    """Facts by their root, from the log up to ``base`` and from the overlay after it.

    The overlay holds the events that are being applied: a page of a rebuild, or the events of a dry
    run that the log has never seen. Of these, the ones up to ``upto`` count: units run over the same
    page one after the other, each from its beginning. Which events amend a fact up to the base stands
    in the ledger's table ``amendments``.
    """

    def __init__(self, db: sqlite3.Connection, log: Log, registry: Registry) -> None:
        self.db = db
        self.log = log
        self.registry = registry
        self.base = 0
        self.upto = 0
        self._overlay: dict[int, Recorded] = {}
        self._amending: dict[int, list[Recorded]] = {}
        self._last = 0
        # What the log says up to the base does not change while it is the base.
        self._families: dict[int, list[Recorded]] = {}

    def begin(self, base: int) -> None:
        """Forgets the overlay; the log counts up to position ``base``."""
        self.base = self.upto = self._last = base
        self._overlay = {}
        self._amending = {}
        self._families = {}

    def load(self, events: Iterable[Recorded]) -> None:
        """Events that are going to be applied; those that are here already are passed over."""
        fresh = [r for r in events if r.position > self._last]
        if not fresh:
            return
        self._last = fresh[-1].position
        self._overlay.update((r.position, r) for r in fresh)
        roots = set()
        for recorded in [r for r in fresh if r.envelope.root is not None]:
            root: int = recorded.envelope.root  # type: ignore[assignment]
            roots.add(root)
            self._amending.setdefault(root, []).append(recorded)
        self._fetch(roots)

    def cut(self, position: int) -> None:
        """Forgets overlay events after ``position``: what tried them was refused."""
        self._overlay = {p: r for p, r in self._overlay.items() if p <= position}
        self._amending = {
            root: [r for r in family if r.position <= position]
            for root, family in self._amending.items()
        }
        self._last = max(self._overlay, default=self.base)
        self.upto = min(self.upto, position)

    def _fetch(self, roots: Iterable[int]) -> None:
        """Reads families that the log knows, all in one go."""
        wanted = [r for r in roots if r <= self.base and r not in self._families]
        if not wanted:
            return
        found = self.db.execute(
            "SELECT seq, root FROM amendments WHERE root IN (SELECT value FROM json_each(?)) "
            "AND seq <= ?",
            (json.dumps(wanted), self.base),
        )
        family_of = dict(found.fetchall()) | {root: root for root in wanted}
        self._families.update((root, []) for root in wanted)
        for recorded in self.log.at(family_of):
            self._families[family_of[recorded.position]].append(recorded)

    def event(self, position: int) -> Recorded | None:
        """The event at ``position``."""
        found = self._overlay.get(position)
        if found is None and (family := self._families.get(position)):
            return family[0]
        return self.log.get(position) if found is None else found

    def action(self, id: str) -> list[Recorded]:
        """The events of an action, in order."""
        found = list(self.log.read(until=self.base, tags=[f"action:{id}"]))
        return found + [r for r in self._overlay.values() if r.envelope.action == id]

    def family(self, root: int) -> list[Recorded]:
        """The root event and its amendments so far; empty when there is no such event."""
        if root <= self.base:
            self._fetch([root])
            before = self._families[root]
        else:
            before = [self._overlay[root]] if root in self._overlay else []
        late = [r for r in self._amending.get(root, ()) if r.position <= self.upto]
        return [*before, *late] if before and before[0].position == root else []

    def resolve(self, root: int) -> Fact | None:
        """The fact with this root as it now stands, or None when it is void or unknown."""
        family = self.family(root)
        recorded = living(family) if family else None
        event = None if recorded is None else tokenised(recorded)
        if recorded is None or event is None:
            return None
        on = recorded.envelope.on
        return Fact(root, on, on.isoformat(), self.registry.event_of[type(event)].rank, event)

    def resolve_all(self, roots: Collection[int]) -> list[Fact]:
        """The living ones among the facts with these roots, in folding order."""
        self._fetch(roots)
        found = (self.resolve(root) for root in roots)
        return sorted((f for f in found if f is not None), key=lambda f: f.order)


__all__ = ["Fact", "FactSource", "Order", "living"]
