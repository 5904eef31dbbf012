"""Facts with lines: appending and rebuilding, against plain sqlite3 writing the same rows.

Run as a script: ``python tests/benchmarks/bench_lines.py``. 200,000 lines stand in 2,000 events: who was at
a meeting. Appending is our recorder against plain sqlite3 that writes the same event rows and their tags in
transactions of one event; rebuilding against plain sqlite3 that writes the rows of the same ledger, as in
``bench_rebuild.py``, whose plain side reads no log and has no finder. Sides take turns, each in a process of
its own. Prints a table; a timing never fails anything.
"""

from __future__ import annotations

import datetime as dt
import json
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "core" / "kit"))
sys.path.insert(0, str(Path(__file__).parent))

import bench_append
import bench_rebuild
from eventsourcing.dcb.api import DCBEvent
from ledgerkit import gather

from taizhang.declarations.fields import tags
from taizhang.declarations.registry import Registry
from taizhang.ledger.rebuild import build
from taizhang.loading.loader import core_registry
from taizhang.testing.logs import append
from taizhang_eventstore.envelope import Envelope
from taizhang_eventstore.log import open_log

EVENTS, LINES, MEMBERS = 2_000, 100, 20_000
ROUNDS = 5
AIMS = {"append": 0.85, "rebuild": 0.35}
RECORDED = dt.datetime(2012, 1, 1, tzinfo=dt.UTC)


def registry() -> Registry:
    """The core and the programme of gatherings."""
    made = core_registry()
    made.add(gather.programme)
    return made


def meetings(known: Registry) -> Iterator[DCBEvent]:
    """The events in stored form: a hundred of 20,000 members at each, no texts."""
    chance = random.Random(20120630)
    for n in range(1, EVENTS + 1):
        called = chance.sample(range(MEMBERS), LINES)
        event = gather.Hold(
            organisation=f"o-{n % 200:07d}",
            topic=f"第{n}次会议",
            attendance=tuple(
                gather.Attendance(
                    member=f"m-{m:07d}", presence=chance.choice(("出席", "出席", "请假", "缺席"))
                )
                for m in called
            ),
        )
        envelope = Envelope(
            id=f"{n:026d}",
            action=f"{n:026d}",
            i=1,
            n=1,
            recorded_at=RECORDED + dt.timedelta(minutes=n),
            on=dt.date(2012, 1, 1) + dt.timedelta(days=n % 360),
            actor="李秀英",
            plugin="gather",
            plugin_version="0",
        )
        listed = ["owner:gather", f"action:{envelope.action}", *tags(event)]
        yield known.codec.encode(envelope, event, listed)


def appending(side: str, folder: Path) -> dict[str, float]:
    """Appends all events, each in a transaction of its own."""
    path = folder / f"{side}-append.db"
    for file in folder.glob(path.name + "*"):
        file.unlink()
    write = (bench_append.ours if side == "ours" else bench_append.baseline)(path)
    work = [(f"action:{n:026d}", [event]) for n, event in enumerate(meetings(registry()), 1)]
    wall, cpu = time.perf_counter(), time.process_time()
    for action, events in work:
        write(action, events)
    return {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}


def make(folder: Path) -> None:
    """The log that is rebuilt from."""
    known = registry()
    with open_log(folder / "events.db", known.codec) as log:
        append(log, list(meetings(known)))


def rebuilding(folder: Path) -> dict[str, float]:
    """Builds the ledger as a rebuild builds it."""
    known = registry()
    path = folder / "ours.db"
    path.unlink(missing_ok=True)
    with open_log(folder / "events.db", known.codec) as log:
        wall, cpu = time.perf_counter(), time.process_time()
        build(path, log, known).close()
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"wall": wall, "cpu": cpu, "peak": peak}


def run(what: str, side: str, folder: str) -> dict[str, float]:
    """One side in a process of its own."""
    command = [sys.executable, __file__, what, side, folder]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def child(what: str, side: str, folder: Path) -> None:
    """What the process of one side does."""
    if what == "append":
        print(json.dumps(appending(side, folder)))
    elif side == "ours":
        print(json.dumps(rebuilding(folder)))
    else:
        bench_rebuild.plain(folder)


def main() -> None:
    """Prints one line for each of both works and each clock."""
    print("| work | clock | plain sqlite3 | taizhang | ratio | aim | peak MB |")
    print("|:--|:--|---:|---:|---:|---:|---:|")
    with tempfile.TemporaryDirectory() as directory:
        make(Path(directory))
        for what, aim in AIMS.items():
            own, other = [], []
            for _ in range(ROUNDS):
                own.append(run(what, "ours", directory))
                other.append(run(what, "plain", directory))
            peak = max(one.get("peak", 0) for one in own)
            for clock in ("wall", "cpu"):
                mine = statistics.median(one[clock] for one in own)
                base = statistics.median(one[clock] for one in other)
                print(
                    f"| {what} | {clock} | {base:.2f} s | {mine:.2f} s | {base / mine:.2f} | {aim} "
                    f"| {peak:.0f} |",
                    flush=True,
                )


if __name__ == "__main__":
    if len(sys.argv) > 3:
        child(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
    else:
        main()
