"""The event log, newest first, read backwards page by page."""

from __future__ import annotations

from collections.abc import Sequence

from taizhang_eventstore.recorded import Recorded
from taizhang_tui.data.desk import Desk
from taizhang_tui.data.eventpage import when
from taizhang_tui.data.events import label, state, summary
from taizhang_tui.source import DIM, Column, Row
from taizhang_tui.words import say

STRIDE = 500
"""Events read at once where a page lies further back than was read so far."""


class LogSource:
    """Events up to the known clock; ``text`` begins a type, or with a colon is a tag."""

    def __init__(self, desk: Desk, text: str, language: str) -> None:
        self.desk = desk
        self.language = language
        text = text.strip()
        self.tag = text if ":" in text else None
        self.prefix = "" if self.tag else text
        known = desk.moment.known
        self._end = None if known is None else known + 1
        self._starts: list[int | None] = [self._end]
        """Before which position each page of a hundred begins, as far as it is known."""
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

    def _plain(self) -> bool:
        return self.tag is None and not self.prefix

    def _whole(self) -> int | None:
        """The last position, if the log is all in view and has no gaps; else None."""
        log = self.desk.ws.log
        if not self._plain():
            return None
        head = log.head()
        return head if sum(log.counts().values()) == head else None

    def count(self) -> int:
        """How many events there are."""
        whole = self._whole()
        if whole is not None:
            return whole if self._end is None else min(whole, self._end - 1)
        if self.tag is None and self._end is None:
            counts = self.desk.ws.log.counts()
            return sum(n for stored, n in counts.items() if stored.startswith(self.prefix))
        total, before = 0, self._end
        while found := self._back(before, STRIDE):
            total, before = total + len(found), found[-1].position
        return total

    def _back(self, before: int | None, limit: int) -> list[Recorded]:
        return self.desk.ws.log.backwards(
            before=before, limit=limit, prefix=self.prefix, tag=self.tag
        )

    def page(self, start: int, stop: int) -> Sequence[Row]:
        """Events numbered from the newest."""
        whole = self._whole()
        if whole is not None:
            last = whole if self._end is None else min(whole, self._end - 1)
            before: int | None = last - start + 1
            if last - start < 1:
                return []
            found = self._back(before, stop - start)
        else:
            found = self._walk(start, stop - start)
        return [self._row(event) for event in found]

    def _walk(self, start: int, size: int) -> list[Recorded]:
        """Goes back from the nearest known page; pages are of one size."""
        page = start // size
        at = min(page, len(self._starts) - 1)
        found: list[Recorded] = []
        while True:
            found = self._back(self._starts[at], size)
            if len(found) == size and at + 1 == len(self._starts):
                self._starts.append(found[-1].position)
            if at == page:
                return found
            if len(found) < size:
                return []
            at += 1

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
        """Where an event stands, counted where the log has no gaps."""
        whole = self._whole()
        if whole is None or not key.isdigit():
            return None
        last = whole if self._end is None else min(whole, self._end - 1)
        return last - int(key) if 0 < int(key) <= last else None
