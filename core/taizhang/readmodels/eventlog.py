"""The event log, newest first: positions from an index, events by page."""

from __future__ import annotations

import heapq
import threading
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from datetime import date

from msgspec import Struct

from taizhang.declarations.registry import Registry
from taizhang.readmodels.events import event_state, label, state_label, summary
from taizhang.readmodels.listing import DIM, Column, Row
from taizhang.readmodels.reader import Reader
from taizhang.store.paths import local_time
from taizhang.words.labels import Label, narrow
from taizhang_eventstore.recorded import Recorded

READ = 1_000
"""Events that are read at once to be looked through."""

ENDED = ("void", "corrected")
"""States of events that no longer say what holds."""


class Wanted(Struct, frozen=True):
    """A wish for events: of any of the ``prefixes`` of stored types, with the ``tag``, after one position and
    up to another, by the ``actor``, true ``on`` a day.
    """

    prefixes: Sequence[str] = ("",)
    tag: str | None = None
    after: int = 0
    until: int | None = None
    actor: str | None = None
    on: date | None = None

    @property
    def all(self) -> bool:
        """Tells if only positions leave events out."""
        return list(self.prefixes) == [""] and (self.tag, self.actor, self.on) == (None,) * 3

    @property
    def read(self) -> bool:
        """Tells if events have to be read for it: no index knows their actors and days."""
        return (self.actor, self.on) != (None, None)

    def has(self, event: Recorded) -> bool:
        """Tells if what has to be read of an event is as it is wanted."""
        return (self.actor in (None, event.envelope.actor)) and (
            self.on in (None, event.envelope.on)
        )


def types_called(registry: Registry, text: str) -> list[str]:
    """The event types that people mean by ``text``: part of a label, in either language."""
    typed = text.lower()
    return [
        name
        for name, declared in registry.events.items()
        if typed in declared.label.zh.lower() or typed in declared.label.en.lower()
    ]


def typed(registry: Registry, text: str) -> Wanted:
    """The events that people mean by ``text``: what kind of event it is (``登记党员``), the beginning of a type
    (``member.``), with a colon a tag (``member:m-…``), or a position (``#123``).
    """
    text = narrow(text.strip())
    number = text.removeprefix("#")
    if number.isdecimal() and len(number) < 18:
        return Wanted(after=int(number) - 1, until=int(number))
    if ":" in text:
        return Wanted(tag=text)
    called = types_called(registry, text) if text else []
    return Wanted([f"{name}@" for name in called] or [text])


class EventLog:
    """Events up to a known position as a listing.

    Args:
        reading: gives the place where the calling thread reads.
        wanted: which events.
        language: ``zh`` or ``en``.
        known: the last position; the log's head as it is now where it is None or beyond it.
    """

    def __init__(
        self,
        reading: Callable[[], Reader],
        wanted: Wanted,
        language: str = "zh",
        known: int | None = None,
    ) -> None:
        self._reading, self.wanted, self.language = reading, wanted, language
        head = reading().log.head()
        self._last = min(n for n in (head, known, wanted.until) if n is not None)
        """What is recorded after this is another listing's."""
        self._numbers: Sequence[int] | None = None
        self._once = threading.Lock()
        self.columns: Sequence[Column] = tuple(
            Column(
                key,
                Label.of(words).text(language),
                least,
                most,
                "number" if key == "seq" else "text",
            )
            for key, words, least, most in (
                ("seq", "序号|No.", 4, 9),
                ("on", "生效|True on", 10, 10),
                ("label", "事件|Event", 4, 18),
                ("state", "状态|State", 4, 12),
                ("summary", "内容|Content", 10, 60),
                ("actor", "经办|Actor", 4, 12),
                ("recorded", "登记|Recorded", 16, 25),
            )
        )

    def numbers(self) -> Sequence[int]:
        """The positions of all events shown, rising; where the log has no gaps, a mere range."""
        with self._once:
            if self._numbers is None:
                self._numbers = self._found()
        return self._numbers

    def _found(self) -> Sequence[int]:
        log, wanted = self._reading().log, self.wanted
        if wanted.all and sum(log.counts().values()) == log.head():
            return range(max(0, wanted.after) + 1, self._last + 1)
        found = [log.positions(until=self._last, prefix=p, tag=wanted.tag) for p in wanted.prefixes]
        numbers = found[0] if len(found) == 1 else array("q", heapq.merge(*found))
        numbers = numbers[bisect_right(numbers, wanted.after) :]
        if not wanted.read:
            return numbers
        pages = (numbers[i : i + READ] for i in range(0, len(numbers), READ))
        return array("q", (e.position for page in pages for e in log.at(page) if wanted.has(e)))

    def _newest(self, count: int) -> list[Recorded]:
        """The last so many, before all have been found."""
        found: list[Recorded] = []
        for prefix in self.wanted.prefixes:
            found += self._reading().log.backwards(
                before=self._last + 1, limit=count, prefix=prefix, tag=self.wanted.tag
            )
        kept = (event for event in found if event.position > self.wanted.after)
        return sorted(kept, key=lambda event: -event.position)[:count]

    def count(self) -> int:
        """Tells how many events there are."""
        return len(self.numbers())

    def events(self, start: int, stop: int) -> list[Recorded]:
        """Events numbered from the newest; the first page does not wait for all to be found."""
        if self._numbers is None and start == 0 and not self.wanted.read:
            return self._newest(stop)
        numbers = self.numbers()
        end = len(numbers) - start
        wanted = numbers[max(0, end - (stop - start)) : max(0, end)]
        return self._reading().log.at(wanted)[::-1]

    def page(self, start: int, stop: int) -> Sequence[Row]:
        """Reads a page of events as rows."""
        return [self._row(event) for event in self.events(start, stop)]

    def _row(self, event: Recorded) -> Row:
        reader = self._reading()
        code = event_state(reader, event)
        return Row(
            str(event.position),
            (
                f"#{event.position}",
                event.envelope.on.isoformat(),
                label(reader.registry, event, self.language),
                state_label(code, event, self.language),
                summary(reader, event, self.language),
                event.envelope.actor,
                when(event),
            ),
            (DIM if code in ENDED else None,) * 7,
        )

    def index_of(self, key: str) -> int | None:
        """Returns the number of the row of an event."""
        if not key.isdigit():
            return None
        numbers, wanted = self.numbers(), int(key)
        at = bisect_left(numbers, wanted)
        if at == len(numbers) or numbers[at] != wanted:
            return None
        return len(numbers) - 1 - at


def when(event: Recorded) -> str:
    """Says when it was recorded, in China's time."""
    return local_time(event.envelope.recorded_at, seconds=True)


__all__ = ["ENDED", "EventLog", "Wanted", "typed", "types_called", "when"]
