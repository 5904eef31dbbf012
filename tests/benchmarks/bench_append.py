"""Appending: our recorder against plain sqlite3 with the same tables, pragmas and transactions.

Run as a script: ``python tests/benchmarks/bench_append.py [DIRECTORY]``. Both sides take turns
within one run, on files in DIRECTORY (the system's temporary one by default), so that what else
the machine does hits both. Prints a table; a timing never fails anything.
"""

from __future__ import annotations

import json
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from eventsourcing.dcb.api import DCBAppendCondition, DCBEvent, DCBQuery, DCBQueryItem

from taizhang_eventstore.recorders.sqlite import SQLiteDCBRecorder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    Append = Callable[[str, Sequence[DCBEvent]], None]

ROUNDS = 9
SHAPES = [(1, 300, 0.7), (1_000, 10, 0.5)]
"""Events in a transaction, transactions in a round, and the ratio aimed at."""


def baseline(path: Path) -> Append:
    """The least that keeps events, their tags and the condition in SQLite."""
    db = sqlite3.connect(path, isolation_level=None, timeout=30)
    db.executescript(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;"
        "PRAGMA cache_size=-16384; PRAGMA journal_size_limit=67108864;"
        "CREATE TABLE events (seq INTEGER PRIMARY KEY AUTOINCREMENT, type TEXT NOT NULL,"
        " data BLOB NOT NULL, tags TEXT NOT NULL);"
        "CREATE TABLE event_tags (tag TEXT NOT NULL, seq INTEGER NOT NULL,"
        " PRIMARY KEY (tag, seq)) WITHOUT ROWID;"
        "CREATE INDEX events_type ON events (type);"
    )

    def append(action: str, events: Sequence[DCBEvent]) -> None:
        db.execute("BEGIN IMMEDIATE")
        if db.execute("SELECT 1 FROM event_tags WHERE tag = ?", (action,)).fetchone():
            db.execute("ROLLBACK")
            raise LookupError(action)
        last = db.execute("SELECT coalesce(max(seq), 0) FROM events").fetchone()[0]
        rows = [(e.type, e.data, json.dumps(e.tags)) for e in events]
        tags = [(t, s) for s, e in enumerate(events, last + 1) for t in e.tags]
        db.executemany("INSERT INTO events (type, data, tags) VALUES (?, ?, ?)", rows)
        db.executemany("INSERT INTO event_tags (tag, seq) VALUES (?, ?)", tags)
        db.execute("COMMIT")

    return append


def ours(path: Path) -> Append:
    """The recorder, with a condition on the action's tag."""
    recorder = SQLiteDCBRecorder(path)

    def append(action: str, events: Sequence[DCBEvent]) -> None:
        query = DCBQuery([DCBQueryItem(tags=[action])])
        recorder.append(events, DCBAppendCondition(query))

    return append


def batches(size: int, count: int, chance: random.Random) -> Iterator[tuple[str, list[DCBEvent]]]:
    """`count` actions of `size` events: 4 tags and about 400 bytes of JSON each."""
    for _ in range(count):
        action = f"action:{chance.getrandbits(50):010x}"
        events = []
        for i in range(size):
            member = f"member:m-{chance.randrange(200_000):010d}"
            body = {"id": f"{chance.getrandbits(128):032x}", "i": i, "n": size, "text": "志愿" * 50}
            data = json.dumps(body, ensure_ascii=False).encode()
            tags = [action, "owner:core", member, f"org:o-{chance.randrange(500):05d}"]
            events.append(DCBEvent(f"noun.deed_{chance.randrange(20)}@1", data, tags))
        yield action, events


def seconds(append: Append, work: list[tuple[str, list[DCBEvent]]]) -> float:
    """How long `append` takes for `work`."""
    start = time.perf_counter()
    for action, events in work:
        append(action, events)
    return time.perf_counter() - start


def main() -> None:
    """Runs all shapes and prints one line for each."""
    print("| events/transaction | plain sqlite3, events/s | taizhang, events/s | ratio | aim |")
    print("|---:|---:|---:|---:|---:|")
    for size, count, aim in SHAPES:
        where = sys.argv[1] if len(sys.argv) > 1 else None
        with tempfile.TemporaryDirectory(dir=where) as directory:
            sides = {s.__name__: s(Path(directory, s.__name__)) for s in (baseline, ours)}
            chance = random.Random(20260701)
            taken: dict[str, list[float]] = {name: [] for name in sides}
            for turn in range(ROUNDS):
                work = list(batches(size, count, chance))
                for name in sorted(sides, reverse=bool(turn % 2)):
                    taken[name].append(seconds(sides[name], work))
        plain, own = (statistics.median(taken[n]) for n in ("baseline", "ours"))
        n = size * count
        print(f"| {size:,} | {n / plain:,.0f} | {n / own:,.0f} | {plain / own:.2f} | {aim} |")


if __name__ == "__main__":
    main()
