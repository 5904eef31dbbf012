"""Rows that belong to no table: where actions end and when they were recorded, amendments, batches."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import date, datetime

from taizhang_eventstore.recorded import Recorded

Ends = list[tuple[int, str]]
Amendments = list[tuple[int, int, int | None, str, str | None]]
Batches = list[tuple[str, str, int, int, int]]

Wrong = list[tuple[int, int]]

Kept = tuple[str, Ends, Amendments, Batches, Wrong]
"""Rows of some events, in plain values: the last event's position and id; where actions end, and when
they say that they were recorded; amendments, each with the line that it is about; of each batch and name of event the first and last position
and how many there are; the first and last position of stretches whose times were declared wrong.
"""

CLOCK = "store.clock_declared"
"""The event by which somebody declares the clock of a stretch of the log wrong."""

LAST = "last"
"""The row of ``_meta`` with position and id of the last event that the ledger has seen."""

_BATCHED = (
    "INSERT INTO _batches VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE "
    "SET last = excluded.last, events = events + excluded.events WHERE excluded.first > last"
)
"""More of a batch, unless it was counted before: what a page holds of it comes after what was there."""

_TWO = tuple(f"{i:02}" for i in range(60))


def kept(events: Sequence[Recorded]) -> Kept:
    """The rows of some events, in the log's order."""
    stamp = _Stamps()
    ends, amendments = [], []
    batches: dict[tuple[str, str], list[int]] = {}
    wrong: Wrong = []
    for recorded in events:
        envelope = recorded.envelope
        if envelope.i == envelope.n:
            ends.append((recorded.position, stamp(envelope.recorded_at)))
        if envelope.root is not None:
            kind = "void" if envelope.voids is not None else "correct"
            row = recorded.position, envelope.root, envelope.amends, kind, envelope.line
            amendments.append(row)
        if recorded.name == CLOCK:
            wrong.append((int(recorded.payload["first"]), int(recorded.payload["last"])))
        if envelope.correlation is not None:
            batches.setdefault((envelope.correlation, recorded.name), []).append(recorded.position)
    last = f"{events[-1].position} {events[-1].envelope.id}"
    rows = [(*key, seqs[0], seqs[-1], len(seqs)) for key, seqs in batches.items()]
    return last, ends, amendments, rows, wrong


class Actions:
    """Writes these rows; from one page to the next it knows the latest time of recording."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db
        row = db.execute("SELECT recorded_at FROM _actions ORDER BY seq DESC LIMIT 1").fetchone()
        self._latest: str = row[0] if row is not None else ""

    def take(self, events: Sequence[Recorded]) -> None:
        """Writes the rows of some more events."""
        self.write(*kept(events))

    def write(
        self, last: str, ends: Ends, amendments: Amendments, batches: Batches, wrong: Wrong
    ) -> None:
        """Writes :data:`Kept`, which follows what was written before."""
        latest, rising = self._latest, []
        for position, stamp in ends:
            # The writer's clock may have been set back: positions never are.
            if stamp > latest:
                latest = stamp
            rising.append((position, latest, None if stamp == latest else stamp))
        self.db.execute("INSERT OR REPLACE INTO _meta VALUES (?, ?)", (LAST, last))
        self.db.executemany("INSERT OR REPLACE INTO _actions VALUES (?, ?, ?)", rising)
        self.db.executemany("INSERT OR REPLACE INTO amendments VALUES (?, ?, ?, ?, ?)", amendments)
        self.db.executemany(_BATCHED, batches)
        self._latest = latest
        for first, until in wrong:
            self._declared(first, until)

    def _declared(self, first: int, last: int) -> None:
        """Tells the times from ``first`` on again without those up to ``last``, which a wrong clock wrote: what was
        recorded then counts as recorded when the action before it was.
        """
        row = self.db.execute(
            "SELECT recorded_at FROM _actions WHERE seq < ? ORDER BY seq DESC LIMIT 1", (first,)
        ).fetchone()
        latest = "" if row is None else row[0]
        told = self.db.execute(
            "SELECT seq, recorded_at, claimed FROM _actions WHERE seq >= ? ORDER BY seq", (first,)
        ).fetchall()
        again = []
        for seq, shown, claimed in told:
            stamp = claimed or shown
            if seq > last and stamp > latest:
                latest = stamp
            again.append((latest, None if stamp == latest else stamp, seq))
        self.db.executemany("UPDATE _actions SET recorded_at = ?, claimed = ? WHERE seq = ?", again)
        self._latest = latest


class _Stamps:
    """Moments in UTC as the ledger stores them; `isoformat` takes three times as long."""

    def __init__(self) -> None:
        self._date = date.min
        self._day = ""

    def __call__(self, moment: datetime) -> str:
        day = moment.date()
        if day != self._date:
            self._date, self._day = day, day.isoformat()
        hour, minute, second = _TWO[moment.hour], _TWO[moment.minute], _TWO[moment.second]
        micro = moment.microsecond
        return f"{self._day}T{hour}:{minute}:{second}.{f'{micro:06}' if micro else '000000'}Z"
