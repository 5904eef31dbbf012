"""The first pass of building: the log is read, and what it means to the tables is put aside by parts.

What stands in a ledger as it was said (ends of actions, amendments, personal texts) is handed on page by
page; of the rest, each part of each table gets its notes.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from itertools import islice

from taizhang.ledger.actions import Actions
from taizhang.ledger.facts import FactSource
from taizhang.ledger.plans import Plans
from taizhang.ledger.rows import Days
from taizhang.ledger.spill import Spill
from taizhang.ledger.texts import tokenised
from taizhang.ledger.whole import GONE, amending
from taizhang_eventstore.recorded import Recorded


class Noting:
    """Reads events from ``source``'s log, ``page`` at a time, and puts aside what ``plans`` say."""

    def __init__(
        self, db: sqlite3.Connection, plans: Plans, source: FactSource, notes: Spill, page: int
    ) -> None:
        self.db = db
        self.plans = plans
        self.source = source
        self.notes = notes
        self.page = page
        self._held: list[tuple[int, int, int, str | None, object]] = []
        self._days = Days()

    def read(self, until: int, told: Callable[[int], None]) -> None:
        """Reads up to position ``until``; tells how far it has come."""
        start, actions = 0, Actions(self.db)
        events = self.source.log.read(until=until)
        while page := list(islice(events, self.page)):
            self.plans.leave_unlifted()
            self.source.begin(start)
            # Only corrections and voids ask for other events.
            roots = {r.envelope.root for r in page}
            self.source.load(
                [r for r in page if r.envelope.root is not None or r.position in roots]
            )
            actions.take(page)
            self._note(page)
            for unit in self.plans.units:
                unit.texts.flush()
            start = page[-1].position
            told(start)
        self._close(start)

    def _note(self, page: Sequence[Recorded]) -> None:
        """Puts aside what events mean to the tables, once their action is whole."""
        plans, parts, held, day_of = self.plans, self.plans.parts, self._held, self._days
        waiting = self.notes.waiting
        count = 0
        for recorded in page:
            position, envelope, event = recorded.position, recorded.envelope, recorded.event
            alone = envelope.n == 1
            for plan in plans.by_event.get(type(event), ()):
                try:
                    if plan.personal:
                        plan.unit.texts.take(recorded)
                        event = tokenised(recorded)
                    if plan.feeds and envelope.root is None:
                        day = day_of[envelope.on]
                        for feed in plan.feeds:
                            found = feed.content(position, event)
                            if found is None:
                                continue
                            key, content = found
                            part = feed.first + hash(key) % parts
                            if alone:
                                waiting[part].append((position, position, feed.kind, day, content))
                                count += 1
                            else:
                                held.append((part, position, feed.kind, day, content))
                except BaseException as error:
                    plans.failed(plan.unit, error, position)
            if envelope.root is not None:
                self._amend(recorded, envelope.root)
            if held and envelope.i == envelope.n:
                self._close(position)
        self.notes.added(count)

    def _amend(self, recorded: Recorded, root: int) -> None:
        """A correction or void: told to every part in which the fact has ever stood."""
        self.source.upto = recorded.position
        first = recorded if recorded.envelope.voids is None else self.source.event(root)
        plans = [] if first is None else self.plans.by_event.get(type(first.event), [])
        if not any(plan.feeds for plan in plans):
            return
        fact = self.source.resolve(root)
        family = [r for r in self.source.family(root) if r.envelope.voids is None]
        events = [event for r in family if (event := tokenised(r)) is not None]
        parts = self.plans.parts
        for plan in plans:
            try:
                for feed in plan.feeds:
                    found = None if fact is None else feed.content(root, fact.event)
                    here = None if found is None else hash(found[0]) % parts
                    for part in {hash(feed.table.key_of(root, e)) % parts for e in events}:
                        place = feed.first + part
                        if fact is not None and found is not None and part == here:
                            kind = amending(feed.kind)
                            self._held.append((place, root, kind, fact.day, found[1]))
                        else:
                            self._held.append((place, root, GONE, None, None))
            except BaseException as error:
                self.plans.failed(plan.unit, error, recorded.position)

    def _close(self, position: int) -> None:
        """An action ends at ``position``."""
        waiting, held = self.notes.waiting, self._held
        for part, *note in held:
            waiting[part].append((position, *note))
        self.notes.added(len(held))
        held.clear()
