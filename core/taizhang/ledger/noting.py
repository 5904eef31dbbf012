"""The first pass of building: the log is read, and what it means to the tables is put aside by parts.

What stands in a ledger as it was said (ends of actions, amendments, personal texts) is handed on page by
page; of the rest, each part of each table gets its notes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice
from zlib import crc32

from taizhang.ledger.actions import Kept, kept
from taizhang.ledger.facts import FactSource
from taizhang.ledger.plans import Plans
from taizhang.ledger.rows import Days, Values
from taizhang.ledger.spill import Spill
from taizhang.ledger.texts import Stored, tokenised
from taizhang.ledger.whole import GONE, amending
from taizhang_eventstore.recorded import Recorded

Keeping = Callable[[int, Kept, list[Stored]], None]
"""Told of each page of events what it says as it stands in the ledger, in plain values: the last position,
rows of :mod:`~.actions`, personal texts.
"""


def part_of(key: Values, parts: int) -> int:
    """The part of a table in which a key belongs.

    It is the same in every process, unlike ``hash()`` of a text, for the parts are in which order history
    is written.
    """
    text = key[0] if len(key) == 1 else key
    if text.__class__ is int:
        return int(text) % parts
    if text.__class__ is not str:
        text = repr(key)
    return crc32(text.encode("utf-8", "surrogatepass")) % parts


class Noting:
    """Reads events from ``source``'s log, ``page`` at a time, and puts aside what ``plans`` say."""

    def __init__(self, plans: Plans, source: FactSource, notes: Spill, page: int) -> None:
        self.plans = plans
        self.source = source
        self.notes = notes
        self.page = page
        self._held: list[tuple[int, int, int, str | None, object]] = []
        self._days = Days()

    def read(self, after: int, until: int, keep: Keeping) -> None:
        """Reads the events after one position up to another, between which actions are whole.

        Args:
            after: Where an action ends, or 0.
            until: Where an action, or the log, ends.
            keep: Told of each page; ``source`` has to know its amendments when it returns.
        """
        start = after
        events = self.source.log.read(after=after, until=until)
        while page := list(islice(events, self.page)):
            self.plans.leave_unlifted()
            self.source.begin(start)
            # Only corrections and voids ask for other events.
            roots = {r.envelope.root for r in page}
            self.source.load(
                [r for r in page if r.envelope.root is not None or r.position in roots]
            )
            self._note(page)
            start = page[-1].position
            texts = [text for unit in self.plans.units for text in unit.texts.taken()]
            keep(start, kept(page), texts)
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
                        event = plan.unit.texts.take(recorded)
                    if plan.feeds and envelope.root is None:
                        day = day_of[envelope.on]
                        for feed in plan.feeds:
                            found = feed.content(position, event)
                            if found is None:
                                continue
                            key, content = found
                            part = feed.first + part_of(key, parts)
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
                    here = None if found is None else part_of(found[0], parts)
                    for part in {part_of(feed.table.key_of(root, e), parts) for e in events}:
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
