"""The first pass of building: the log is read, and what it means to the tables is put aside by parts.

What stands in a ledger as it was said (ends of actions, amendments, personal texts) is handed on page by
page; of the rest, each part of each table gets its notes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from typing import Any
from zlib import crc32

from taizhang.ledger.actions import Kept, kept
from taizhang.ledger.facts import FactSource
from taizhang.ledger.lines import Split, Told
from taizhang.ledger.plans import Feed, Plans
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
    text: Any = key[0] if len(key) == 1 else key
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
                            split = feed.split
                            facts = (
                                ((position, event),) if split is None else split.of(position, event)
                            )
                            for src, said in facts:
                                found = feed.content(src, said)
                                if found is None:
                                    continue
                                key, content = found
                                part = feed.first + part_of(key, parts)
                                if alone:
                                    waiting[part].append((position, src, feed.kind, day, content))
                                    count += 1
                                else:
                                    held.append((part, src, feed.kind, day, content))
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
        told = self.source.told(root)
        family = self.source.family(root)
        for plan in plans:
            try:
                for feed in plan.feeds:
                    if feed.split is None:
                        now = {} if told is None else {root: told.whole}
                        self._amend_in(feed, [root], now, self._ever(family, root, None), told)
                    else:
                        some = feed.split.sources(root, family, recorded.envelope.line)
                        now = {} if told is None else dict(feed.split.of(root, told.event))
                        self._amend_in(feed, some, now, self._ever(family, root, feed.split), told)
            except BaseException as error:
                self.plans.failed(plan.unit, error, recorded.position)

    def _ever(
        self, family: Sequence[Recorded], root: int, split: Split | None
    ) -> dict[int, list[Any]]:
        """All that the rows of a fact have ever been made of, by their sources."""
        found: dict[int, list[Any]] = {}
        for recorded in family:
            event = tokenised(recorded)
            if recorded.envelope.voids is not None or event is None:
                continue
            if split is None:
                found.setdefault(root, []).append(event)
            else:
                for src, said in split.told(root, recorded.envelope.line, event):
                    found.setdefault(src, []).append(said)
        return found

    def _amend_in(
        self,
        feed: Feed,
        sources: Sequence[int],
        now: Mapping[int, Any],
        ever: Mapping[int, Sequence[Any]],
        told: Told | None,
    ) -> None:
        """Tells one table of an amended fact's rows.

        Args:
            feed: The table.
            sources: The rows that may have changed.
            now: What they are made of from now on, by their sources.
            ever: All that they have ever been made of.
            told: The fact as it now stands.
        """
        parts, held = self.plans.parts, self._held
        for src in sources:
            said = now.get(src)
            found = None if said is None else feed.content(src, said)
            here = None if found is None else part_of(found[0], parts)
            for part in {part_of(feed.table.key_of(src, e), parts) for e in ever.get(src, ())}:
                place = feed.first + part
                if told is not None and found is not None and part == here:
                    day = self._days[told.version.envelope.on]
                    held.append((place, src, amending(feed.kind), day, found[1]))
                else:
                    held.append((place, src, GONE, None, None))

    def _close(self, position: int) -> None:
        """An action ends at ``position``."""
        waiting, held = self.notes.waiting, self._held
        for part, *note in held:
            waiting[part].append((position, *note))
        self.notes.added(len(held))
        held.clear()
