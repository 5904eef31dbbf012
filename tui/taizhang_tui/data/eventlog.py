"""The event log, newest first: positions from an index, events by page."""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections.abc import Sequence

from taizhang_eventstore.recorded import Recorded
from taizhang_tui.data.desk import Desk
from taizhang_tui.data.eventpage import when
from taizhang_tui.data.events import label, state, summary
from taizhang_tui.source import DIM, Column, Row
from taizhang_tui.words import say


class LogSource:
    """Events up to the known clock; ``text`` begins a type, or with a colon is a tag."""

    def __init__(self, desk: Desk, text: str, language: str) -> None:
        self.desk = desk
        self.language = language
        text = text.strip()
        self.tag = text if ":" in text else None
        self.prefix = "" if self.tag else text
        head = desk.ws.log.head()
        known = desk.moment.known
        self._last = head if known is None else min(known, head)
        """What is recorded after this is another source's."""
        self._numbers: Sequence[int] | None = None
        self._once = threading.Lock()
        self.columns: Sequence[Column] = tuple(
            Column(key, say(words, language), least, most, "right" if key == "seq" else "left")
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
                log = self.desk.ws.log
                whole = self.tag is None and not self.prefix
                if whole and sum(log.counts().values()) == log.head():
                    self._numbers = range(1, self._last + 1)
                else:
                    self._numbers = log.positions(
                        until=self._last, prefix=self.prefix, tag=self.tag
                    )
        return self._numbers

    def count(self) -> int:
        """How many events there are."""
        return len(self.numbers())

    def page(self, start: int, stop: int) -> Sequence[Row]:
        """Events numbered from the newest; the first page does not wait for all to be found."""
        log = self.desk.ws.log
        if self._numbers is None and start == 0:
            found = log.backwards(
                before=self._last + 1, limit=stop, prefix=self.prefix, tag=self.tag
            )
        else:
            numbers = self.numbers()
            end = len(numbers) - start
            found = log.at(numbers[max(0, end - (stop - start)) : max(0, end)])[::-1]
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
