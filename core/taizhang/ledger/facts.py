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
from typing import Any

import msgspec

from taizhang.declarations.registry import Registry
from taizhang.declarations.tables import Table
from taizhang.ledger.lines import Split, Told, position_of, statements, tell
from taizhang_eventstore.log import Log
from taizhang_eventstore.recorded import Recorded

Order = tuple[str, int, int]


class Fact(msgspec.Struct, frozen=True, gc=False):
    """A living fact: content and day of its newest living version, identity of its root.

    ``day`` is ``on`` as the ledger stores it. Of a line, ``event`` is what all lines share together with
    it (:func:`taizhang.declarations.lines.joined`).
    """

    src: int
    on: date
    day: str
    rank: int
    event: Any

    @property
    def order(self) -> Order:
        """Facts of one entity are folded in this order."""
        return (self.day, self.rank, self.src)


def living(family: Sequence[Recorded]) -> Recorded | None:
    """The version of a fact that counts, or None when it is void; of its lines see :mod:`~.lines`.

    ``family`` is the root followed by its amendments in the order of recording. A correction that
    this program cannot read is passed over.
    """
    whole = [r for r in statements(family) if r.envelope.line is None]
    return whole[-1] if whole else None


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
        # From the end, where they are: a batch may be long, and many of it refused.
        while self._overlay and next(reversed(self._overlay)) > position:
            _, recorded = self._overlay.popitem()
            if recorded.envelope.root is not None:
                self._amending[recorded.envelope.root].pop()
        self._last = next(reversed(self._overlay), self.base)
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

    def told(self, root: int) -> Told | None:
        """Tells the fact with this root as it now stands, or None when it is void or unknown."""
        return tell(statements(self.family(root)))

    def resolve(self, root: int) -> Fact | None:
        """The fact with this root as it now stands, or None when it is void or unknown."""
        told = self.told(root)
        return None if told is None else self.fact(root, told, told.whole)

    def fact(self, src: int, told: Told, content: Any) -> Fact:
        """A fact, or a line of one, of which the row at ``src`` is made.

        Args:
            src: What names the row: a position, or that of a line.
            told: The content of the whole fact.
            content: What the row is made of.
        """
        on = told.version.envelope.on
        rank = self.registry.event_of[type(told.event)].rank
        return Fact(src, on, on.isoformat(), rank, content)

    def of_lines(self, split: Split, root: int) -> dict[int, Fact]:
        """The living facts of the rows that a fact makes by a split, by their sources."""
        told = self.told(root)
        if told is None:
            return {}
        return {src: self.fact(src, told, content) for src, content in split.of(root, told.event)}

    def resolve_all(self, table: Table[Any], sources: Collection[int]) -> list[Fact]:
        """The living facts of those rows of a table, in folding order."""
        roots = {position_of(table, src) for src in sources}
        self._fetch(roots)
        if not table.lined:
            found = [self.resolve(root) for root in roots]
        else:
            wanted = set(sources)
            found = [f for root in roots for f in self._rows(table, root) if f.src in wanted]
        return sorted((f for f in found if f is not None), key=lambda f: f.order)

    def _rows(self, table: Table[Any], root: int) -> Iterable[Fact]:
        told = self.told(root)
        feed = None if told is None else table.feeds.get(type(told.event))
        if told is not None and feed is not None:
            for src, content in Split(feed).of(root, told.event):
                yield self.fact(src, told, content)


__all__ = ["Fact", "FactSource", "Order", "living"]
