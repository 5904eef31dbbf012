"""The event log, newest first: positions from an index, events by page."""

from __future__ import annotations

import heapq
import threading
from array import array
from bisect import bisect_left
from collections.abc import Callable, Sequence

from msgspec import Struct

from taizhang.declarations.registry import Registry
from taizhang.readmodels.events import event_state, label, state_label, summary
from taizhang.readmodels.listing import DIM, Column, Row
from taizhang.readmodels.reader import Reader
from taizhang.store.paths import CHINA
from taizhang.words.labels import Label, narrow
from taizhang_eventstore.recorded import Recorded

ENDED = ("void", "corrected")
"""States of events that no longer say what holds."""


class Wanted(Struct, frozen=True):
    """Which events are listed: of any of the ``prefixes`` of stored types, with the ``tag``, and only the one
    at ``position`` where that is given.
    """

    prefixes: Sequence[str] = ("",)
    tag: str | None = None
    position: int | None = None

    @property
    def all(self) -> bool:
        """Whether no event is left out."""
        return self.tag is None and self.position is None and list(self.prefixes) == [""]


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
        return Wanted(position=int(number))
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
        self._last = head if known is None else min(known, head)
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
                ("recorded", "登记|Recorded", 16, 19),
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
        if wanted.position is not None:
            there = wanted.position <= self._last and log.get(wanted.position) is not None
            return range(wanted.position, wanted.position + 1) if there else range(0)
        if wanted.all and sum(log.counts().values()) == log.head():
            return range(1, self._last + 1)
        found = [log.positions(until=self._last, prefix=p, tag=wanted.tag) for p in wanted.prefixes]
        return found[0] if len(found) == 1 else array("q", heapq.merge(*found))

    def _newest(self, count: int) -> list[Recorded]:
        """The last so many, before all have been found."""
        found: list[Recorded] = []
        for prefix in self.wanted.prefixes:
            found += self._reading().log.backwards(
                before=self._last + 1, limit=count, prefix=prefix, tag=self.wanted.tag
            )
        return sorted(found, key=lambda event: -event.position)[:count]

    def count(self) -> int:
        """How many events there are."""
        return len(self.numbers())

    def events(self, start: int, stop: int) -> list[Recorded]:
        """Events numbered from the newest; the first page does not wait for all to be found."""
        if self._numbers is None and start == 0 and self.wanted.position is None:
            return self._newest(stop)
        numbers = self.numbers()
        end = len(numbers) - start
        wanted = numbers[max(0, end - (stop - start)) : max(0, end)]
        return self._reading().log.at(wanted)[::-1]

    def page(self, start: int, stop: int) -> Sequence[Row]:
        """The same as rows."""
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
        """Where an event stands."""
        if not key.isdigit():
            return None
        numbers, wanted = self.numbers(), int(key)
        at = bisect_left(numbers, wanted)
        if at == len(numbers) or numbers[at] != wanted:
            return None
        return len(numbers) - 1 - at


def when(event: Recorded) -> str:
    """When it was recorded, in China."""
    return f"{event.envelope.recorded_at.astimezone(CHINA):%Y-%m-%d %H:%M:%S}"


__all__ = ["ENDED", "EventLog", "Wanted", "typed", "types_called", "when"]
