"""Looking back on a ledger with 200,000 members: what differs between two moments, and why a cell is so.

Run as a script: ``python tests/benchmarks/bench_looking.py [MEMBERS]``. Beside each difference stands
the plain way: reading the table at both moments and comparing the rows in Python. Prints a table; a
timing never fails anything.
"""

from __future__ import annotations

import datetime as dt
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "core" / "kit"))

from ledgerkit.mixed import FIRST, Office, log_of

from taizhang.ledger.rebuild import build
from taizhang.ledger.schema import connect
from taizhang.ledger.view import LedgerView
from taizhang.loading.loader import load
from taizhang.readmodels.difference import Difference
from taizhang.readmodels.locating import Place
from taizhang.readmodels.points import Point
from taizhang.readmodels.scope import scope_of
from taizhang.readmodels.why import Story
from taizhang_eventstore.log import Log

MEMBERS = 200_000
CELLS = 400
LAST = FIRST + dt.timedelta(days=3_650)


def plain(ledger: LedgerView, table: str, before: Point, after: Point) -> int:
    """How many rows differ, found by reading everything."""
    seen: list[dict[str, Any]] = []
    for point in (before, after):
        at = LedgerView(ledger.db, ledger.registry, point.on, point.known, views=ledger.views)
        keys = ledger.registry.tables[table].key_columns
        rows = at.query(f'SELECT * FROM "{table}"')
        for row in rows:
            del row["seq"], row["src"]
        seen.append({tuple(r[k] for k in keys): r for r in rows})
    return sum(seen[0].get(k) != seen[1].get(k) for k in {**seen[0], **seen[1]})


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    """What it gives, and milliseconds."""
    start = time.perf_counter()
    given = work()
    return given, (time.perf_counter() - start) * 1e3


def differences(ledger: LedgerView, log: Log, head: int, members: int) -> None:
    """A month, a year, everything; a stretch of the log; one branch in all tables."""
    registry = ledger.registry
    memberships = registry.tables["memberships"]
    month, year = LAST - dt.timedelta(days=30), LAST - dt.timedelta(days=365)
    print(f"{'':34}{'differ':>9}{'all found':>12}{'first 200':>12}{'plain':>12}")
    for words, before, after in (
        ("memberships, a month apart", Point(month, head), Point(LAST, head)),
        ("memberships, a year apart", Point(year, head), Point(LAST, head)),
        ("memberships, from nothing", Point(FIRST, 0), Point(LAST, head)),
        ("memberships, 1,000 events apart", Point(LAST, head - 1_000), Point(LAST, head)),
        ("memberships, half the log apart", Point(LAST, head // 2), Point(LAST, head)),
    ):
        found = Difference(ledger, log, before, after, [memberships])
        marks, all_ms = timed(lambda d=found: list(d.marks()))
        _, page_ms = timed(lambda d=found, m=marks: d.lines(islice(m, 200)))
        count, plain_ms = timed(lambda b=before, a=after: plain(ledger, "memberships", b, a))
        assert count == len(marks)
        print(f"{words:34}{len(marks):9,}{all_ms:9,.0f} ms{page_ms:9,.0f} ms{plain_ms:9,.0f} ms")
    before, after = Point(year, head), Point(LAST, head)

    def branch() -> list[Any]:
        scope = scope_of(ledger, "organisation", "o-0000001", before, after)
        tables = scope.tables(registry)
        return list(Difference(ledger, log, before, after, tables, scope).marks())

    marks, all_ms = timed(branch)
    print(f"{'a branch, all tables, a year':34}{len(marks):9,}{all_ms:9,.0f} ms")


def cells(ledger: LedgerView, log: Log, members: int) -> None:
    """Random cells with and without their pasts."""
    chance = random.Random(1)
    registry = ledger.registry
    taken: dict[tuple[str, bool], list[float]] = {}
    for _ in range(CELLS):
        member = f"m-{chance.randrange(members):07d}"
        for name, column in (("members", "stage"), ("memberships", "organisation")):
            for past in (False, True):
                place = Place(registry.tables[name], (member,), LAST.isoformat())
                story = Story(ledger, log, place)
                _, ms = timed(lambda s=story, c=column, p=past: s.cell(c, past=p))
                taken.setdefault((f"{name}.{column}", past), []).append(ms)
    for (words, past), some in taken.items():
        label = f"why {words}{', with both pasts' if past else ''}"
        print(f"{label:55}{statistics.median(some):8.2f} ms")


def main(members: int) -> None:
    """Builds the ledger and measures."""
    registry = load().registry
    count = members * 5 // 2
    with tempfile.TemporaryDirectory() as folder:
        office = Office(registry, members=members, organisations=max(10, members // 500))
        log = log_of(Path(folder, "events.db"), registry, office, count)
        build(Path(folder, "ledger.db"), log, registry).close()
        ledger = LedgerView(connect(Path(folder, "ledger.db")), registry, LAST)
        head = log.head()
        rows = ledger.value('SELECT count(*) FROM "_memberships"')
        print(f"{head:,} events, {office.registered:,} members, {rows:,} rows of memberships")
        differences(ledger, log, head, office.registered)
        cells(ledger, log, office.registered)
        ledger.db.close()
        log.close()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else MEMBERS)
