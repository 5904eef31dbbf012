"""A branch's list of members: on a past day as known at a past position, against the list now.

Run as a script: ``python tests/benchmarks/bench_list.py``. Also on a log ten times as long with ten
times the branches. The queries take turns. Prints a table; a timing never fails anything.
"""

from __future__ import annotations

import datetime as dt
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "core" / "kit"))

from ledgerkit.mixed import FIRST, Office, log_of

from taizhang.ledger.rebuild import build
from taizhang.ledger.schema import connect
from taizhang.ledger.view import LedgerView
from taizhang.loading.loader import load

SIZES = (20_000, 200_000)
QUERIES, AIM, AIM_TENFOLD = 400, 2.0, 1.5
SQL = "SELECT member, since FROM memberships WHERE organisation = ?"


def measured(folder: Path, count: int) -> tuple[float, float, float, float]:
    """Rows in a list and microseconds for it, now and then."""
    registry = load().registry
    organisations = count // 1_000
    office = Office(registry, members=count // 25, organisations=organisations)
    log = log_of(folder / "events.db", registry, office, count)
    build(folder / "ledger.db", log, registry).close()
    log.close()
    today, past = FIRST + dt.timedelta(days=3_650), FIRST + dt.timedelta(days=2_200)
    # Each on a connection of its own: moving between now and then makes the views anew.
    now = LedgerView(connect(folder / "ledger.db"), registry, today)
    then = LedgerView(connect(folder / "ledger.db"), registry, past, known=count * 3 // 4)
    chance = random.Random(1)
    taken: dict[LedgerView, list[float]] = {now: [], then: []}
    rows: dict[LedgerView, list[int]] = {now: [], then: []}
    for turn in range(QUERIES):
        branch = f"o-{chance.randrange(organisations):07d}"
        for ledger in (now, then) if turn % 2 else (then, now):
            start = time.perf_counter()
            found = ledger.query(SQL, branch)
            taken[ledger].append((time.perf_counter() - start) * 1e6)
            rows[ledger].append(len(found))
    return (
        statistics.mean(rows[now]),
        statistics.median(taken[now]),
        statistics.mean(rows[then]),
        statistics.median(taken[then]),
    )


def main() -> None:
    """Prints one line for each size."""
    print("| events | rows now | now | rows then | then | ratio | aim | then, to the first | aim |")
    print("|---:|---:|---:|---:|---:|---:|---:|---:|---:|")
    first = 0.0
    for count in SIZES:
        with tempfile.TemporaryDirectory() as directory:
            here, now, there, then = measured(Path(directory), count)
        first = first or then
        print(
            f"| {count:,} | {here:.0f} | {now:.0f} µs | {there:.0f} | {then:.0f} µs "
            f"| {then / now:.2f} | {AIM} | {then / first:.2f} | {AIM_TENFOLD} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
