"""Tables that are made from the first fact on, a part of their keys at a time.

In a first pass over the log a *noter* says what is to be put aside of a fact, in plain values; in a
second one :meth:`made` makes rows and history of one part out of its notes. Everything that a timeline
needs is among its notes, so nothing is loaded.

Most timelines were never amended. There a new fact changes its predecessor and nothing else, so the
versions need no comparing: such *plain* timelines are made in one go, all others by
:class:`~.timeline.Timelines`.
"""

from __future__ import annotations

from bisect import bisect
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from datetime import date
from typing import Any

import msgspec

from taizhang.declarations.fields import Event
from taizhang.declarations.programme import Table
from taizhang.declarations.registry import Registry
from taizhang.ledger.entries import Entry, LoadedTimeline, Stored
from taizhang.ledger.facts import Fact, Order
from taizhang.ledger.record_writer import Records
from taizhang.ledger.rows import Values
from taizhang.ledger.spill import Item
from taizhang.ledger.texts import Texts
from taizhang.ledger.timeline import Timelines, stepped

Note = tuple[int, int, int, str | None, Any]
"""End of the action, source, kind, day, content: what a new fact says in a table, or what a fact says
from then on.

The kind is the number of the event's type among those that feed the table, or :data:`GONE`; one below
that is of an amendment (:func:`amending`). The content is of plain values, by the shape of the table.
"""

GONE = -1
"""The fact is void, or stands in another part from now on."""

Noter = Callable[[int, Any], tuple[Values, Any] | None]
"""The key and the content of an event, given its source; None when it makes no row."""

Made = tuple[list[Stored], list[Stored]]
"""Rows, and history rows."""


def amending(kind: int) -> int:
    """The kind of a note that says what a fact says from then on, or back from it to the type."""
    return GONE - 1 - kind


class _WholeTimelines(Timelines):
    at: int | None = None
    """The fact whose step has raised."""

    def __init__(self, table: Table[Any], texts: Texts, registry: Registry) -> None:
        super().__init__(table, texts)
        self.kinds = {event: kind for kind, event in enumerate(table.feeds)}
        self._ranks = [registry.event_of[event].rank for event in table.feeds]

    def key_of(self, src: int, event: Event) -> Values:
        """The key of a fact that says ``event``."""
        return self.shape.key_of_event(event)

    def _line(self, key: Values, day: str | None) -> LoadedTimeline:
        line = self._lines.get(key)
        if line is None:
            line = self._lines[key] = LoadedTimeline(())
        return line

    def _find(self, src: int) -> Entry | None:
        entry = self._entries.get(src)
        return entry if entry is not None and entry.live else None

    def _made(self, notes: Sequence[Item], key_of: Callable[[Any], Values]) -> Made:
        """Rows and history of notes with the given keys."""
        amended = {note[1] for note in notes if note[2] < 0}
        timelines: defaultdict[Values, list[Item]] = defaultdict(list)
        other: list[Item] = []
        for note in notes:
            if note[2] == GONE:
                other.append(note)
            else:
                timelines[key_of(note[4])].append(note)
        made: Made = [], []
        for some in timelines.values():
            # What has never been amended is plain, also where another timeline's fact came to.
            if (amended and any(n[1] in amended for n in some)) or not self._plain(some, *made):
                other += some
        if other:
            chosen = set(map(id, other))
            self._apply([note for note in notes if id(note) in chosen])
            made[0].extend(e.saved for e in self._entries.values() if e.saved is not None)
            made[1].extend(self._gone)
        self.forget()
        return made

    def _apply(self, notes: Sequence[Item]) -> None:
        end = notes[0][0]
        for note in notes:
            if note[0] != end:
                self.end_action(end)
                end = note[0]
            try:
                self._take(note)
            except BaseException:
                self.at = note[1]
                raise
        self.end_action(end)

    def _plain(self, notes: Sequence[Item], rows: list[Stored], gone: list[Stored]) -> bool:
        """A timeline without amendments; False, and nothing done, when it is not that simple."""
        raise NotImplementedError

    def _take(self, note: Item) -> None:
        raise NotImplementedError


class WholeSpans(_WholeTimelines):
    """A table of spans; a note's content is the values."""

    def __init__(self, table: Table[Any], texts: Texts, registry: Registry) -> None:
        super().__init__(table, texts, registry)
        self._gaps = [int(feed.make is None) for feed in table.feeds.values()]

    def noter(self, event: type[Event]) -> Noter:
        """Makes the function that says what to put aside of facts of one type."""
        key_of, make, when = (
            self.shape.key_of_event,
            self._makers[self.table.feeds[event].content],
            self.table.feeds[event].when,
        )

        def content(src: int, event: Any) -> tuple[Values, Values] | None:
            if when is not None and not when(event):
                return None
            values = make(event)
            return None if values is None else (key_of(event), values)

        return content

    def made(self, notes: Sequence[Item]) -> Made:
        """Rows and history of a part, from its notes in the order of their actions."""
        return self._made(notes, self.shape.key_of_values)

    def _plain(self, notes: Sequence[Item], rows: list[Stored], gone: list[Stored]) -> bool:
        ranks, gaps = self._ranks, self._gaps
        if len(notes) == 1:
            end, src, kind, day, values = notes[0]
            rows.append((src, end, *values, day, None, ranks[kind], gaps[kind], None))
            return True
        if len({note[0] for note in notes}) < len(notes):
            return False
        made: list[Stored] = []
        orders: list[Order] = []
        for end, src, kind, day, values in notes:
            rank = ranks[kind]
            order = day, rank, src
            place = bisect(orders, order)
            if place:
                before = made[place - 1]
                if before[-4] != day:
                    gone.append((*before, end))
                    made[place - 1] = (before[0], end, *before[2:-4], day, *before[-3:])
            until = orders[place][0] if place < len(orders) else None
            orders.insert(place, order)
            made.insert(place, (src, end, *values, day, until, rank, gaps[kind], None))
        rows += made
        return True

    def _take(self, note: Item) -> None:
        _, src, kind, day, values = note
        if kind < 0:
            if (old := self._find(src)) is not None:
                self._remove(old)
            if kind == GONE:
                return
            kind = amending(kind)
        key = self.shape.key_of_values(values)
        self._set(src, key, day, self._ranks[kind], self._gaps[kind], values)

    def _facts(self, roots: Collection[int]) -> list[Fact]:
        raise AssertionError("only folds are folded again")


class WholeFolds(_WholeTimelines):
    """A table of folds; a note's content is the event."""

    def __init__(self, table: Table[Any], texts: Texts, registry: Registry) -> None:
        super().__init__(table, texts, registry)
        self._makes: list[Any] = [feed.make for feed in table.feeds.values()]
        self._decoders = [msgspec.json.Decoder(event).decode for event in table.contents]
        self._known: dict[int, Fact] = {}

    def noter(self, event: type[Event]) -> Noter:
        """Makes the function that says what to put aside of facts of one type."""
        key_of, encode = self.shape.key_of_event, msgspec.json.Encoder().encode
        return lambda src, event: (key_of(event), encode(event))

    def made(self, notes: Sequence[Item]) -> Made:
        """Rows and history of a part, from its notes in the order of their actions."""
        decoders = self._decoders
        decoded = [
            (end, src, kind, day, decoders[kind if kind >= 0 else amending(kind)](data))
            if kind != GONE
            else (end, src, kind, day, data)
            for end, src, kind, day, data in notes
        ]
        return self._made(decoded, self.shape.key_of_event)

    def _plain(self, notes: Sequence[Item], rows: list[Stored], gone: list[Stored]) -> bool:
        ranks = self._ranks
        if len(notes) > 1:
            orders = [(day, ranks[kind], src) for _, src, kind, day, _ in notes]
            # A late fact may change every state after it.
            if orders != sorted(orders) or len({note[0] for note in notes}) < len(notes):
                return False
        shape, makes = self.shape, self._makes
        key = shape.key_of_event(notes[0][4])
        state: Any = None
        before: Stored | None = None
        for end, src, kind, day, event in notes:
            try:
                state, problem = stepped(makes[kind], state, event, date.fromisoformat(day))
            except BaseException:
                self.at = src
                raise
            values = shape.blank(key) if state is None else shape.values(state, key)
            if before is not None:
                gone.append((*before, end))
                rows.append((before[0], end, *before[2:-4], day, *before[-3:]))
            before = (src, end, *values, day, None, ranks[kind], int(state is None), problem)
        if before is not None:
            rows.append(before)
        return True

    def _take(self, note: Item) -> None:
        _, src, kind, day, event = note
        if kind == GONE:
            self._known.pop(src, None)
            self.amend(src, None)
            return
        on = date.fromisoformat(day)
        rank = self._ranks[kind if kind >= 0 else amending(kind)]
        fact = self._known[src] = Fact(src, on, day, rank, event)
        if kind < 0:
            self.amend(src, fact)
        else:
            self.put(fact)

    def _facts(self, roots: Collection[int]) -> list[Fact]:
        known = self._known
        return sorted((known[r] for r in roots if r in known), key=lambda f: f.order)

    def forget(self) -> None:
        """Drops everything held in memory."""
        super().forget()
        self._known.clear()


class WholeRecords(Records):
    """A table of records; their key is the source, a note's content the values."""

    at: int | None = None
    """Nothing here raises: rows are made when notes are."""

    def __init__(self, table: Table[Any], texts: Texts) -> None:
        super().__init__(table, texts)
        self.kinds = {event: kind for kind, event in enumerate(table.feeds)}

    def key_of(self, src: int, event: Event) -> Values:
        """The key of a fact that says ``event``."""
        return (src,)

    def noter(self, event: type[Event]) -> Noter:
        """Makes the function that says what to put aside of facts of one type."""
        make = self._makers[self.table.feeds[event].content]

        def content(src: int, event: Any) -> tuple[Values, Values] | None:
            values = make(event)
            return None if values is None else ((src,), values)

        return content

    def made(self, notes: Sequence[Item]) -> Made:
        """Rows and history of a part, from its notes in the order of their actions."""
        amended = {note[1] for note in notes if note[2] < 0}
        rows: list[Stored] = [
            (src, end, *values, day) for end, src, _, day, values in notes if src not in amended
        ]
        end = 0
        for position, src, kind, day, values in notes:
            if src in amended:
                if position != end:
                    self.end_action(end)
                    end = position
                if kind >= 0:
                    self._new[src] = (*values, day)
                else:
                    self._new.pop(src, None)
                    self._amended[src] = None if kind == GONE else (*values, day)
        self.end_action(end)
        rows += [row for row in self._saved.values() if row is not None]
        gone = self._gone.copy()
        self.forget()
        return rows, gone

    def _before(self, src: int) -> Stored | None:
        return self._saved.get(src)


WholeTable = WholeSpans | WholeFolds | WholeRecords


def whole(table: Table[Any], texts: Texts, registry: Registry) -> WholeTable:
    """Chooses what makes ``table``, by its shape."""
    if table.shape == "record":
        return WholeRecords(table, texts)
    if table.shape == "fold":
        return WholeFolds(table, texts, registry)
    return WholeSpans(table, texts, registry)
