"""Catching up with 50,000 facts onto 100,000: backdated ones against the same ones in order.

Run as a script: ``python tests/benchmarks/bench_late.py``. The two take turns, each on a copy of the
same ledger; a third column is backdated facts that all fall on twenty members with long timelines.
Prints a table, by the wall and of the processor, the better of two rounds, for other work on the machine
spoils both; a timing never fails anything.
"""

from __future__ import annotations

import datetime as dt
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "core" / "kit"))

from eventsourcing.dcb.api import DCBEvent
from ledgerkit.mixed import FIRST, Office

from taizhang.declarations.registry import Registry
from taizhang.ledger.projector import Projector
from taizhang.ledger.rebuild import build
from taizhang.ledger.schema import connect
from taizhang.loading.loader import load
from taizhang.testing.logs import append
from taizhang_eventstore.log import Log, open_log

THERE, MORE, ROUNDS, AIM = 100_000, 50_000, 2, 3.0
MEMBERS, BUSY = 4_000, 20
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


def there(folder: Path, registry: Registry, members: int) -> None:
    """A log of ``THERE`` facts in order, and its ledger."""
    folder.mkdir()
    office = Office(registry, members=0, organisations=0)
    days = (SPAN * k // THERE for k in range(THERE))
    with open_log(folder / "events.db", registry.codec) as log:
        append_all(log, moves(office, THERE, members, days))
        build(folder / "kept.db", log, registry).close()


def more(folder: Path, registry: Registry, members: int, late: bool) -> None:
    """``MORE`` facts onto the log, which the ledger has not seen."""
    office = Office(registry, members=0, organisations=0)
    office.position = THERE
    dice = random.Random(4)
    days = (dice.randrange(SPAN) if late else SPAN + SPAN * k // MORE for k in range(MORE))
    with open_log(folder / "events.db", registry.codec) as log:
        append_all(log, moves(office, MORE, members, days))


def append_all(log: Log, events: Iterator[DCBEvent]) -> None:
    """Appends in large transactions."""
    while batch := list(islice(events, 20_000)):
        append(log, batch)


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
    sides = {"in order": (MEMBERS, False), "backdated": (MEMBERS, True), "busy": (BUSY, True)}
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in sides}
    with tempfile.TemporaryDirectory() as directory:
        for members in (MEMBERS, BUSY):
            there(Path(directory, str(members)), registry, members)
        for name, (members, is_late) in sides.items():
            shutil.copytree(Path(directory, str(members)), Path(directory, name))
            more(Path(directory, name), registry, members, is_late)
        for _ in range(ROUNDS):
            for name in sides:
                taken[name].append(caught_up(Path(directory, name), registry))
    print("| seconds | in order | backdated | ratio | aim | on 20 members | ratio |")
    print("|:--|---:|---:|---:|---:|---:|---:|")
    for k, clock in enumerate(("by the wall", "of the processor")):
        order, late, busy = (min(t[k] for t in taken[name]) for name in sides)
        print(
            f"| {clock} | {order:.2f} | {late:.2f} | {late / order:.2f} | {AIM} "
            f"| {busy:.2f} | {busy / order:.2f} |"
        )


if __name__ == "__main__":
    main()
