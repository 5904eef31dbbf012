"""The event log, newest first: positions from an index, events by page."""

from __future__ import annotations

import heapq
import threading
from array import array
from bisect import bisect_left
from collections.abc import Sequence

from taizhang.declarations.registry import Registry
from taizhang.readmodels.listing import DIM, Column, Row
from taizhang.words.labels import narrow
from taizhang_eventstore.recorded import Recorded
from taizhang_tui.data.desk import Desk
from taizhang_tui.data.eventpage import when
from taizhang_tui.data.events import label, state, summary
from taizhang_tui.words import say


def types_called(registry: Registry, text: str) -> list[str]:
    """The event types that people mean by ``text``: part of a label, in either language."""
    typed = text.lower()
    return [
        name
        for name, declared in registry.events.items()
        if typed in declared.label.zh.lower() or typed in declared.label.en.lower()
    ]


class LogSource:
    """Events up to the known clock.

    ``text`` is what kind of event it is (``登记党员``), the beginning of a type (``member.``), with a
    colon a tag (``member:m-…``), or a position (``#123``).
    """

    def __init__(self, desk: Desk, text: str, language: str) -> None:
        self.desk = desk
        self.language = language
        text = narrow(text.strip())
        number = text.removeprefix("#")
        self.position = int(number) if number.isdecimal() and len(number) < 18 else None
        self.tag = text if ":" in text else None
        called = types_called(desk.ws.registry, text) if text and self.tag is None else []
        self.prefixes = [f"{name}@" for name in called] or ["" if self.tag else text]
        head = desk.ws.log.head()
        known = desk.moment.known
        self._last = head if known is None else min(known, head)
        """What is recorded after this is another source's."""
        self._numbers: Sequence[int] | None = None
        self._once = threading.Lock()
        self.columns: Sequence[Column] = tuple(
            Column(key, say(words, language), least, most, "number" if key == "seq" else "text")
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
        log = self.desk.ws.log
        if self.position is not None:
            there = self.position <= self._last and log.get(self.position) is not None
            return range(self.position, self.position + 1) if there else range(0)
        if self.tag is None and self.prefixes == [""] and sum(log.counts().values()) == log.head():
            return range(1, self._last + 1)
        found = [log.positions(until=self._last, prefix=p, tag=self.tag) for p in self.prefixes]
        return found[0] if len(found) == 1 else array("q", heapq.merge(*found))

    def _newest(self, count: int) -> list[Recorded]:
        """The last so many, before all have been found."""
        found: list[Recorded] = []
        for prefix in self.prefixes:
            found += self.desk.ws.log.backwards(
                before=self._last + 1, limit=count, prefix=prefix, tag=self.tag
            )
        return sorted(found, key=lambda event: -event.position)[:count]

    def count(self) -> int:
        """How many events there are."""
        return len(self.numbers())

    def page(self, start: int, stop: int) -> Sequence[Row]:
        """Events numbered from the newest; the first page does not wait for all to be found."""
        if self._numbers is None and start == 0 and self.position is None:
            found = self._newest(stop)
        else:
            numbers = self.numbers()
            end = len(numbers) - start
            wanted = numbers[max(0, end - (stop - start)) : max(0, end)]
            found = self.desk.ws.log.at(wanted)[::-1]
        return [self._row(event) for event in found]

    def _row(self, event: Recorded) -> Row:
        view = self.desk.view
        code, words = state(view, event, self.language)
        mark = DIM if code in ("void", "corrected") else None
        return Row(
            str(event.position),
            (
                f"#{event.position}",
                event.envelope.on.isoformat(),
                label(view, event, self.language),
                words,
                summary(view, event, self.language),
                event.envelope.actor,
                when(event),
            ),
            (mark,) * 7,
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
