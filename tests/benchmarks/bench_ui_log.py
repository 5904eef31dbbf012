"""The event log's screen over 1,000,000 events: opening, counting, and pages at its far end.

Run as a script: ``python tests/benchmarks/bench_ui_log.py [EVENTS]``. What is timed is the screen's
source alone, on the log whole, filtered by types that are nearly all of it, and by a tag that is.
The events are of a programme that is not loaded, so that building the ledger costs nothing here.
Prints a table; a timing never fails anything.
"""

from __future__ import annotations

import datetime as dt
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from bench_verify import events

from taizhang.readmodels.eventlog import EventLog, typed
from taizhang.workspace import Workspace
from taizhang_eventstore.ambient import SeededAmbient
from taizhang_tui.desk.desk import Desk

BATCH = 5_000
PAGE = 100
FILTERS = (("all", ""), ("by type", "noun."), ("by tag", "owner:core"))


def build(path: Path, count: int) -> None:
    """A store whose log has so many events."""
    chance = random.Random(20260701)
    ambient = SeededAmbient(7, dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
    with Workspace.init(path, name="县") as ws:
        for _ in range(0, count, BATCH):
            ws.log.recorder.append(list(events(BATCH, chance, ambient)))
        ws.ledger.level()


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Milliseconds, and what came out."""
    start = time.perf_counter()
    result = work()
    return (time.perf_counter() - start) * 1e3, result


def measured(desk: Desk, text: str) -> Iterator[float]:
    """First page, counting, the far end, anywhere."""
    source = EventLog(lambda: desk.view, typed(desk.ws.registry, text))
    yield timed(lambda: source.page(0, PAGE))[0]
    took, count = timed(source.count)
    yield took
    last = (count - 1) // PAGE * PAGE
    yield timed(lambda: source.page(last, last + PAGE))[0]
    middle = count // 2 // PAGE * PAGE
    yield timed(lambda: source.page(middle, middle + PAGE))[0]


def main() -> None:
    """Builds, measures, prints."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "store"
        build(store, count)
        desk = Desk(str(store))
        desk.open().result()
        print("| log | first page | counted | last page | middle page |")
        print("|---|--:|--:|--:|--:|")
        for name, text in FILTERS:
            times = " | ".join(f"{ms:,.0f} ms" for ms in measured(desk, text))
            print(f"| {name} | {times} |")
        desk.close()


if __name__ == "__main__":
    main()
