"""Rebuilding a ledger, against plain sqlite3 writing the same rows; and how much memory all of its
processes take together.

Run as a script: ``python tests/benchmarks/bench_rebuild.py [--full]``; with ``--full`` also on
1,000,000 events. Each side runs in a process of its own, in turns, on a log of mixed events with
backdated ones, corrections and voids. The plain side writes the rows and history rows that the ledger
came to, in transactions of 1,000, and builds the same indexes at the end; it reads no log, resolves
nothing and has no finder. Ratios are of a round's two sides, one after the other; the clock of the
processor counts all processes. Memory is taken in a round of its own: the proportional set sizes of the
process and of those that it forks, each tenth of a second. Prints a table; a timing never fails anything.
"""

from __future__ import annotations

import json
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "core" / "kit"))

from ledgerkit.mixed import Office, log_of

from taizhang.ledger.rebuild import build
from taizhang.ledger.schema import connect
from taizhang.loading.loader import load
from taizhang.words.pinyin import pinyin
from taizhang_eventstore.log import open_log

ROUNDS = 3
AIM = 0.5
MEMORY = 400


def make(folder: Path, count: int) -> None:
    """The log."""
    registry = load().registry
    office = Office(registry, members=count // 10, organisations=count // 1_000)
    log_of(folder / "events.db", registry, office, count).close()


def ours(folder: Path) -> tuple[float, float]:
    """The ledger, built as a rebuild builds it; the seconds by the wall and of the processor."""
    registry = load().registry
    log = open_log(folder / "events.db", registry.codec)
    path = folder / "ours.db"
    path.unlink(missing_ok=True)
    pinyin("王小明")  # loads its dictionary
    wall, cpu = time.perf_counter(), sum(os.times()[:4])
    build(path, log, registry).close()
    return time.perf_counter() - wall, sum(os.times()[:4]) - cpu


def plain(folder: Path) -> None:
    """The same rows, as plain as can be."""
    source = sqlite3.connect(folder / "ours.db")
    path = folder / "plain.db"
    path.unlink(missing_ok=True)
    db = connect(path)
    for pragma in ("journal_mode", "synchronous", "secure_delete"):
        db.execute(f"PRAGMA {pragma} = OFF")
    names = ("_found", "_finder", "_ranks", "sqlite_", "_tracking", "_meta")
    schema = [
        row
        for row in source.execute("SELECT type, name, sql FROM sqlite_master WHERE sql NOT NULL")
        if not row[1].startswith(names)
    ]
    rows: list[tuple[str, list[tuple[object, ...]]]] = []
    for kind, name, sql in schema:
        if kind == "table":
            db.execute(sql)
            rows.append((name, source.execute(f'SELECT * FROM "{name}"').fetchall()))
    wall, cpu = time.perf_counter(), time.process_time()
    for name, listed in rows:
        marks = ", ".join("?" * len(listed[0])) if listed else ""
        for first in range(0, len(listed), 1_000):
            db.execute("BEGIN IMMEDIATE")
            db.executemany(f'INSERT INTO "{name}" VALUES ({marks})', listed[first : first + 1_000])
            db.execute("COMMIT")
    for kind, _, sql in schema:
        if kind == "index":
            db.execute(sql)
    db.close()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(json.dumps({"wall": wall, "cpu": cpu, "rows": sum(len(r) for _, r in rows)}))


def run(side: str, folder: Path) -> dict[str, float]:
    """One side in a process of its own."""
    done = subprocess.run(
        [sys.executable, __file__, side, str(folder)], check=True, capture_output=True, text=True
    )
    return dict(json.loads(done.stdout.splitlines()[-1]))


def memory(folder: Path) -> float:
    """The most that our side's processes take together, in MB."""
    most = 0
    command = [sys.executable, __file__, "ours", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        while process.poll() is None:
            most = max(most, sum(map(_taken, [process.pid, *_forked(process.pid)])))
            time.sleep(0.1)
    return most / 1024


def _forked(pid: int) -> list[int]:
    try:
        listed = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except OSError:
        return []
    return [int(child) for child in listed.split()]


def _taken(pid: int) -> int:
    """The proportional set size of a process in KB, 0 when it has ended."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def child(side: str, folder: Path) -> None:
    """What the process of one side does."""
    if side == "make":
        return make(folder, int(sys.argv[3]))
    if side == "plain":
        return plain(folder)
    wall, cpu = ours(folder)
    print(json.dumps({"wall": wall, "cpu": cpu}))
    return None


def main() -> None:
    """Prints one line for each size."""
    print("| events | rows | clock | plain sqlite3 | taizhang | ratio | aim | peak MB | aim |")
    print("|---:|---:|:--|---:|---:|---:|---:|---:|---:|")
    for count in (200_000, 1_000_000) if "--full" in sys.argv else (200_000,):
        with tempfile.TemporaryDirectory() as directory:
            folder = Path(directory)
            subprocess.run([sys.executable, __file__, "make", directory, str(count)], check=True)
            own, other = [], []
            for _ in range(ROUNDS if count < 1_000_000 else 1):
                own.append(run("ours", folder))
                other.append(run("plain", folder))
            peak = memory(folder)
        for clock in ("wall", "cpu"):
            mine = statistics.median(r[clock] for r in own)
            base = statistics.median(r[clock] for r in other)
            pairs = zip(own, other, strict=True)
            ratio = statistics.median(o[clock] / m[clock] for m, o in pairs)
            print(
                f"| {count:,} | {other[0]['rows']:,} | {clock} | {base:.2f} s | {mine:.2f} s "
                f"| {ratio:.2f} | {AIM} | {peak:.0f} | {MEMORY} |",
                flush=True,
            )


if __name__ == "__main__":
    if len(sys.argv) > 2:
        child(sys.argv[1], Path(sys.argv[2]))
    else:
        main()
