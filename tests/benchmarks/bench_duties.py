"""A duty of 20,000 members over 200,000 deeds, beside the plain SQL aggregate that one would write by hand.

Run as a script: ``python tests/benchmarks/bench_duties.py [MEMBERS]``. The plain query joins the same two
tables of the same file, as known now, without clocks, versions and states; the ratio is what those cost.
Prints a table; a timing never fails anything.
"""

from __future__ import annotations

import datetime as dt
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "core" / "kit"))

from dutykit.probe import Do, registry

from taizhang.declarations.duties import Duty
from taizhang.duties.board import numbers, people, states_of
from taizhang.duties.standing import Compiler
from taizhang.duties.windows import Window, containing
from taizhang.ledger.rebuild import build
from taizhang.ledger.schema import connect
from taizhang.ledger.view import LedgerView
from taizhang.testing.logs import Said, append, encoded
from taizhang_eventstore.log import open_log

MEMBERS = 20_000
DEEDS = 10
FIRST, LAST = dt.date(2012, 1, 2), dt.date(2012, 12, 31)
TIMES = 7

WHO = """FROM _categories c
LEFT JOIN ({deeds}) d ON d.member = c.member
WHERE c.gap = 0 AND c.since <= '{end}' AND (c.until IS NULL OR c.until > '{end}')
  AND c.category IN ('在职党员', '流动党员')
"""
DEEDS_OF = "FROM _probe_deeds WHERE on_date BETWEEN '{begin}' AND '{end}'"
PLAIN = {
    # Everybody, joined first and then counted; and counted first.
    "some": (
        f"SELECT c.member, count(d.src) {WHO.format(deeds='SELECT member, src ' + DEEDS_OF, end='{end}')}"
        "GROUP BY c.member",
        f"SELECT c.member, d.n {WHO.format(deeds=f'SELECT member, count(*) AS n {DEEDS_OF} GROUP BY member', end='{end}')}",
    ),
    "time": (
        f"SELECT c.member, sum(d.minutes) {WHO.format(deeds='SELECT member, minutes ' + DEEDS_OF, end='{end}')}"
        "GROUP BY c.member",
        f"SELECT c.member, d.n {WHO.format(deeds=f'SELECT member, sum(minutes) AS n {DEEDS_OF} GROUP BY member', end='{end}')}",
    ),
    "every": (
        f"SELECT c.member, count(DISTINCT d.kind) {WHO.format(deeds='SELECT member, kind ' + DEEDS_OF, end='{end}')}"
        "GROUP BY c.member",
        f"SELECT c.member, d.n {WHO.format(deeds=f'SELECT member, count(*) AS n FROM (SELECT DISTINCT member, kind {DEEDS_OF}) GROUP BY member', end='{end}')}",
    ),
}
"""The same question by hand, in the two ways in which one would write it."""


def history(members: int) -> list[Said]:
    """A tree of branches, the members in them, one category each, ten deeds each."""
    r = registry()
    chance = random.Random(5)
    said: list[Said] = []

    def say(event: Any, on: dt.date) -> None:
        said.append(Said(len(said) + 1, event, on, len(said) + 1))

    branches = max(10, members // 50)
    for i in range(branches + 1):
        kind, parent = ("支部", "o-0") if i else ("党工委", None)
        fields = {"organisation": f"o-{i}", "name": f"组织{i}", "kind": kind, "parent": parent}
        say(r.make_event("organisation.founded", fields), FIRST)
    for i in range(members):
        member = f"m-{i}"
        fields = {"member": member, "name": f"党员{i}", "organisation": f"o-{1 + i % branches}"}
        say(r.make_event("member.registered", fields), FIRST)
        fields = {"member": member, "scheme": "三种党员", "category": "在职党员"}
        say(r.make_event("member.category_set", fields), FIRST)
    days = (LAST - FIRST).days
    for _ in range(members * DEEDS):
        event = Do(
            member=f"m-{chance.randrange(members)}", kind=chance.choice("甲乙丙"), minutes=30
        )
        say(event, FIRST + dt.timedelta(days=chance.randrange(days)))
    return said


def timed(work: Callable[[], Any]) -> float:
    """Milliseconds, the median of some."""
    taken = []
    for _ in range(TIMES):
        start = time.perf_counter()
        work()
        taken.append((time.perf_counter() - start) * 1e3)
    return statistics.median(taken)


def main(members: int) -> None:
    """Builds the ledger and measures."""
    r = registry()
    with (
        tempfile.TemporaryDirectory() as folder,
        open_log(Path(folder, "events.db"), r.codec) as log,
    ):
        said = history(members)
        for start in range(0, len(said), 20_000):
            append(log, encoded(said[start : start + 20_000], r))
        build(Path(folder, "ledger.db"), log, r).close()
        db = connect(Path(folder, "ledger.db"))
        late = LedgerView(db, r, LAST)
        rows = late.value('SELECT count(*) FROM "_probe_deeds"')
        print(f"{members:,} obliged, {rows:,} deeds")
        print(
            f"{'':42}{'plain':>10}{'in steps':>10}{'now':>10}{'ratio':>7}{'as known':>10}{'ratio':>7}"
        )
        for name, on in (
            ("some", LAST),
            ("some", dt.date(2012, 5, 15)),
            ("time", LAST),
            ("every", LAST),
        ):
            compare(db, r.duties[f"probe.{name}"], on, log.head())
        window = containing(r.duties["probe.some"], LAST)
        assert window is not None
        others(late, window, members)
        db.close()


def compare(db: Any, duty: Duty, on: dt.date, head: int) -> None:
    """One duty in the window of a day, beside the plain aggregates."""
    r = registry()
    window = containing(duty, on)
    assert window is not None
    days = {"begin": window.begin.isoformat(), "end": on.isoformat()}
    joined, counted = (sql.format(**days) for sql in PLAIN[duty.name.partition(".")[2]])
    plain = timed(lambda: db.execute(joined).fetchall())
    steps = timed(lambda: db.execute(counted).fetchall())
    base = min(plain, steps)
    line = f"{duty.name} {window.label.en:<24}"
    taken = []
    for known in (None, head - 1):
        ledger = LedgerView(db, r, on, known)
        sql = Compiler(r.tables, window, on).sql()
        ledger.query(f"SELECT count(*) FROM ({sql})")
        taken.append(timed(lambda q=ledger, s=sql: q.db.execute(s).fetchall()))
    print(
        f"{line:42}{plain:7.0f} ms{steps:7.0f} ms{taken[0]:7.0f} ms{taken[0] / base:7.2f}"
        f"{taken[1]:7.0f} ms{taken[1] / base:7.2f}"
    )


def others(ledger: LedgerView, window: Window, members: int) -> None:
    """What screens ask for."""
    ids = [f"m-{i}" for i in range(50)]
    for words, work in (
        ("numbers of every branch", lambda: numbers(ledger, window, "o-0")),
        ("names of one branch", lambda: people(ledger, window, "o-1")),
        ("all duties of 50 members", lambda: states_of(ledger, "member", ids)),
    ):
        print(f"{words:42}{timed(work):7.0f} ms")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else MEMBERS)
