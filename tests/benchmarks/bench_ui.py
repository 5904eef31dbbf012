"""The whole app over 1,000,000 members: first paint, a page, memory; beside a bare Textual app.

Run as a script: ``python tests/benchmarks/bench_ui.py [MEMBERS]``. The store's organisations are
recorded; its members are written straight into the ledger's tables, for recording a million would
measure something else. Both programs take turns on a pseudo-terminal of 80x24, from the start of
the process to the first member's name; the store was opened before, so its card is there. Prints a table; a timing never fails anything.
"""

from __future__ import annotations

import asyncio
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from terminal import Start, started

import taizhang_tui  # noqa: F401  (sets up Textual's environment)
from taizhang.ledger.schema import physical, quoted, stored_columns
from taizhang.ledger.vault import vault_of
from taizhang.workspace import Workspace

ROUNDS = 5
PAGES = 200
BRANCHES = 500
FIRST = 1_000_000
"""Position of the first member's row: beyond the log's own."""
MARK = "甲"
"""Begins every member's name, and stands in the bare app."""

BARE = f"""
import taizhang_tui
from textual.app import App
from textual.widgets import Static
class Bare(App):
    def compose(self):
        yield Static({MARK!r})
Bare().run()
"""
LEFT = """
import sys
from taizhang.workspace import Workspace, card
with Workspace.open(sys.argv[1]) as ws:
    card.leave(ws)
"""
"""What the terminal does once it is open. In a process like the measured ones: where a program stands is part of
what decides which programmes are found.
"""
APP = "import sys; from taizhang_tui.start import run; run(sys.argv[1])"


def build(path: Path, members: int) -> None:
    """A store of so many members in 500 branches."""
    with Workspace.init(path, name="县") as ws:
        top = ws.record("organisation.found", {"name": "县委", "kind": "党委"}, on="2000-01-01")
        parent = top.ids["organisation"]
        branches = [
            ws.record(
                "organisation.found",
                {"name": f"支部{n:03}", "kind": "支部", "parent": parent},
                on="2000-01-01",
            ).ids["organisation"]
            for n in range(BRANCHES)
        ]
        vault = vault_of(ws.registry)

        def rows(kind: str) -> object:
            timed = {"since": "2001-01-01", "until": None, "rank": 10, "gap": 0, "problem": None}
            columns = stored_columns(ws.registry.tables[kind])
            for n in range(members):
                row = {"src": FIRST + n, "seq": 1, "id": f"m-{n:010}", "name": f"{FIRST + n}.name"}
                row |= {"stage": "正式党员", "status": "正常", "joined": f"{1950 + n % 60}"}
                row |= {"member": f"m-{n:010}", "organisation": branches[n % BRANCHES]}
                row |= {"how": "登记", **timed}
                yield tuple(row.get(c) for c in columns)

        def names() -> object:
            for n in range(members):
                token = f"{FIRST + n}.name"
                yield token, f"member:m-{n:010}", vault.keep(token, f"{MARK}{n}")

        ws.db.execute("BEGIN")
        for kind in ("members", "memberships"):
            table = ws.registry.tables[kind]
            marks = ", ".join("?" * len(stored_columns(table)))
            ws.db.executemany(f"INSERT INTO {quoted(physical(table))} VALUES ({marks})", rows(kind))
        ws.db.executemany(
            "INSERT INTO personal (token, subject, text) VALUES (?, ?, ?)",
            names(),
        )
        ws.db.execute("COMMIT")


def resident(name: str = "VmRSS") -> float:
    """This process's memory in MB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name)) / 1024


async def used(path: str) -> str:
    """In a process of its own: opens, counts, pages; gives the numbers as words."""
    from taizhang_tui.app.application import TaizhangApp
    from taizhang_tui.desk.desk import Desk
    from taizhang_tui.widgets.virtual_table import VirtualTable

    desk = Desk(path)
    app = TaizhangApp(desk, desk.open())
    async with app.run_test(size=(80, 24)):
        start = time.perf_counter()
        while not app.screen.query("#members"):
            await asyncio.sleep(0.01)
        table = app.screen.query_one("#members", VirtualTable)
        while table.row_count is None or table.row_count < 1000:
            await asyncio.sleep(0.01)
        counted = time.perf_counter() - start
        times: list[float] = []
        dice = random.Random(1)
        for n in range(PAGES):
            start = time.perf_counter()
            if n % 2:
                table.action_page(1)
            else:
                table.move_to(dice.randrange(table.row_count))
            while table.cursor_key is None:
                await asyncio.sleep(0)
            app.screen._compositor.render_strips()
            times.append(time.perf_counter() - start)
            await asyncio.sleep(0)
        middle = statistics.median(times) * 1000
        worst = sorted(times)[int(PAGES * 0.95)] * 1000
        rows, now, most = table.row_count, resident(), resident("VmHWM")
    desk.close()
    return f"{rows} {counted:.2f} {middle:.1f} {worst:.1f} {now:.0f} {most:.0f}"


def main() -> None:
    """Builds, measures, prints."""
    if sys.argv[1:2] == ["--used"]:
        print(asyncio.run(used(sys.argv[2])))
        return
    members = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "store"
        build(store, members)
        # As installed: compiled once, by the first round, which does not count.
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.environ["PYTHONPYCACHEPREFIX"] = str(Path(folder) / "compiled")
        subprocess.run([sys.executable, "-c", LEFT, str(store)], check=True)
        ours: list[Start] = []
        bare: list[Start] = []
        for _ in range(1 + ROUNDS):
            bare.append(started(MARK, "-c", BARE))
            ours.append(started(MARK, "-c", APP, str(store)))
        words = subprocess.run(
            [sys.executable, __file__, "--used", str(store)],
            check=True,
            capture_output=True,
            text=True,
        ).stdout.split()
    rows, counted, middle, worst, now, most = map(float, words)
    pairs = list(zip(ours, bare, strict=True))[1:]
    first, plain = (statistics.median(s.clock for s in some[1:]) for some in (ours, bare))
    ratio = statistics.median(o.clock / b.clock for o, b in pairs)
    spent = statistics.median(o.processor / b.processor for o, b in pairs)
    print(
        "| members | first paint | bare app | ratio | of the processor | all counted | page, jump | 95 % | RSS | peak |"
    )
    print("|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|")
    print(
        f"| {rows:,.0f} | {first:.2f} s | {plain:.2f} s | {ratio:.2f} | {spent:.2f} | {counted:.1f} s "
        f"| {middle:.1f} ms | {worst:.1f} ms | {now:.0f} MB | {most:.0f} MB |"
    )


if __name__ == "__main__":
    main()
