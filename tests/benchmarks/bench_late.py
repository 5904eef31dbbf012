"""Catching up with 50,000 facts onto 100,000: backdated ones against the same ones in order.

Run as a script: ``python tests/benchmarks/bench_late.py``. The two take turns, each on a copy of the
same ledger; a third column is backdated facts that all fall on twenty members with long timelines.
Prints a
table, by the wall and of the processor, for other work on the machine spoils the former; a timing
never fails anything.
"""

from __future__ import annotations

import datetime as dt
import random
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "core" / "kit"))

from eventsourcing.dcb.api import DCBEvent
from ledgerkit.logs import append
from ledgerkit.mixed import FIRST, Office

from taizhang.ledger.projector import Projector
from taizhang.ledger.rebuild import build
from taizhang.ledger.schema import connect
from taizhang.loading.loader import load
from taizhang.registry import Registry
from taizhang_eventstore.log import open_log

THERE, MORE, ROUNDS, AIM = 100_000, 50_000, 3, 3.0
SPAN = 3_000
"""Days over which the facts that are there are spread."""


def moves(office: Office, count: int, members: int, days: Iterator[int]) -> Iterator[DCBEvent]:
    """``count`` moves of members between branches on the given days."""
    chance = office.chance
    for day in islice(days, count):
        event = office.made(
            "member.moved",
            member=f"m-{chance.randrange(members):07d}",
            organisation=f"o-{chance.randrange(100):07d}",
            how="调整",
        )
        yield office.stored(event, FIRST + dt.timedelta(days=day))


def prepared(folder: Path, registry: Registry, members: int, late: bool) -> None:
    """A ledger of ``THERE`` facts, and a log that has ``MORE``."""
    chance = random.Random(4)
    office = Office(registry, members=0, organisations=0)
    there = (SPAN * k // THERE for k in range(THERE))
    more = (chance.randrange(SPAN) if late else SPAN + SPAN * k // MORE for k in range(MORE))
    with open_log(folder / "events.db", registry.codec) as log:
        for count, days in ((THERE, there), (MORE, more)):
            events = moves(office, count, members, days)
            while batch := list(islice(events, 20_000)):
                append(log, batch)
            if count == THERE:
                build(folder / "kept.db", log, registry).close()


def caught_up(folder: Path, registry: Registry) -> tuple[float, float]:
    """The seconds in which a copy of the ledger catches up, by the wall and of the processor."""
    shutil.copy(folder / "kept.db", folder / "ledger.db")
    db = connect(folder / "ledger.db")
    with open_log(folder / "events.db", registry.codec) as log:
        projector = Projector(db, log, registry)
        projector.prepare()
        wall, cpu = time.perf_counter(), time.process_time()
        projector.catch_up()
        seconds = time.perf_counter() - wall, time.process_time() - cpu
    db.close()
    return seconds


def main() -> None:
    """Runs the three in turns and prints one line."""
    registry = load().registry
    sides = {"in order": (4_000, False), "backdated": (4_000, True), "busy": (20, True)}
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in sides}
    with tempfile.TemporaryDirectory() as directory:
        for name, (members, late) in sides.items():
            Path(directory, name).mkdir()
            prepared(Path(directory, name), registry, members, late)
        for _ in range(ROUNDS):
            for name in sides:
                taken[name].append(caught_up(Path(directory, name), registry))
    print("| seconds | in order | backdated | ratio | aim | on 20 members | ratio |")
    print("|:--|---:|---:|---:|---:|---:|---:|")
    for k, clock in enumerate(("by the wall", "of the processor")):
        order, late, busy = (statistics.median(t[k] for t in taken[name]) for name in sides)
        print(
            f"| {clock} | {order:.2f} | {late:.2f} | {late / order:.2f} | {AIM} "
            f"| {busy:.2f} | {busy / order:.2f} |"
        )


if __name__ == "__main__":
    main()
