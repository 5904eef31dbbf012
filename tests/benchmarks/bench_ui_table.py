"""The table over 1,000,000 rows of SQLite: first paint, a page, memory; beside a bare app.

Run as a script: ``python tests/benchmarks/bench_ui_table.py [ROWS]``. Both apps take turns within
one run, so that what else the machine does hits both; memory is measured in a process of its own.
Prints one row of a table; a timing never fails anything.
"""

from __future__ import annotations

import asyncio
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from terminal import started

import taizhang_tui  # noqa: F401  (sets up Textual's environment)
from taizhang_tui.widgets.virtual_table import VirtualTable

sys.path.insert(0, str(Path(__file__).parents[1] / "shared"))

from officekit import demo_app

ROUNDS = 11
PAGES = 300
SIZE = (80, 24)
MARK = "第"
"""Stands in every row, and in the bare app that the table is compared with."""


async def painted(app: Any) -> float:
    """Seconds from an app's start, all imported and no terminal, until MARK has been painted."""
    start = time.perf_counter()
    async with app.run_test(size=SIZE):
        while MARK not in "".join(line.text for line in app.screen._compositor.render_strips()):
            await asyncio.sleep(0)
        return time.perf_counter() - start


async def paging(app: Any) -> dict[str, list[float]]:
    """Seconds for a page down and for a jump anywhere, each with the painting of all its lines."""
    times: dict[str, list[float]] = {"page": [], "jump": []}
    dice = random.Random(1)
    async with app.run_test(size=SIZE) as pilot:
        table = app.query_one(VirtualTable)
        while table.row_count is None:
            await pilot.pause()
        for _ in range(PAGES):
            for name in times:
                start = time.perf_counter()
                if name == "page":
                    table.action_page(1)
                else:
                    table.move_to(dice.randrange(table.row_count))
                shown = table.render_lines(table.size.region)[-1].text
                times[name].append(time.perf_counter() - start)
                assert MARK in shown
            await pilot.pause()
    return times


def peak_memory(path: Path) -> int:
    """The most memory in MB of a process that opens the file and pages through it."""
    out = subprocess.run(
        [sys.executable, __file__, "--memory", str(path)],
        capture_output=True,
        text=True,
        check=True,
    )
    return int(out.stdout)


def bare() -> Any:
    """A Textual app with one word in it."""
    from textual.app import App, ComposeResult
    from textual.widgets import Static

    class Bare(App[None]):
        def compose(self) -> ComposeResult:
            yield Static(MARK)

    return Bare()


def milliseconds(times: list[float]) -> str:
    """Median and worst."""
    return f"{statistics.median(times) * 1e3:.1f} / {max(times) * 1e3:.1f} ms"


def main() -> None:
    """Measure, print."""
    match sys.argv[1:]:
        case ["--bare"]:
            bare().run()
            return
        case ["--table", file]:
            demo_app.DemoApp(Path(file)).run()
            return
        case ["--memory", file]:
            asyncio.run(paging(demo_app.DemoApp(Path(file))))
            print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
            return
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    app = demo_app
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "members.db"
        app.make(path, rows)
        starts: dict[str, list[float]] = {"bare": [], "table": []}
        paints: dict[str, list[float]] = {"bare": [], "table": []}
        for _ in range(ROUNDS):
            starts["bare"].append(started(MARK, __file__, "--bare").clock)
            starts["table"].append(started(MARK, __file__, "--table", str(path)).clock)
            paints["bare"].append(asyncio.run(painted(bare())))
            paints["table"].append(asyncio.run(painted(app.DemoApp(path))))
        times = asyncio.run(paging(app.DemoApp(path)))
        memory = peak_memory(path)
    start, paint = (
        {name: statistics.median(seconds) for name, seconds in measured.items()}
        for measured in (starts, paints)
    )
    print(
        "| rows | process to first rows, bare app | table | ratio (<= 2) | in process, bare"
        " | table | ratio | page: median / worst (< 50 ms) | jump | peak (< 100 MB) |"
    )
    print("|---" * 10 + "|")
    print(
        f"| {rows:,} | {start['bare'] * 1e3:.0f} ms | {start['table'] * 1e3:.0f} ms"
        f" | {start['table'] / start['bare']:.2f} | {paint['bare'] * 1e3:.0f} ms"
        f" | {paint['table'] * 1e3:.0f} ms | {paint['table'] / paint['bare']:.2f}"
        f" | {milliseconds(times['page'])} | {milliseconds(times['jump'])} | {memory} MB |"
    )


if __name__ == "__main__":
    main()
