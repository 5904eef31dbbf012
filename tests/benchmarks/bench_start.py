"""How long a short command takes to start: ``taizhang tables`` beside ``python -c "import click"``.

Whole processes, one of each in turn; processor time, since the clock of a busy machine says little. With the card
(the second call and later ones) and without it (the first one after anything has changed).
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

RUNS = 15


def spent(*words: str) -> float:
    """Milliseconds of the processor that a process takes."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(words, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return 1000 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def main() -> None:
    """Prints a table of medians and ratios."""
    program = str(Path(sys.executable).with_name("taizhang"))
    with tempfile.TemporaryDirectory() as folder:
        store = os.path.join(folder, "store")
        subprocess.run(
            [program, "--store", store, "demo"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True
        )  # fmt: skip
        config = Path(store, "config.toml")
        told: dict[str, list[float]] = {"import click": [], "tables, no card": [], "tables": []}
        for run in range(RUNS):
            told["import click"].append(spent(sys.executable, "-c", "import click"))
            with config.open("a", encoding="utf-8") as file:
                file.write(f"# {run}\n")
            told["tables, no card"].append(spent(program, "--store", store, "tables"))
            told["tables"].append(spent(program, "--store", store, "tables"))
    base = sorted(told["import click"])[RUNS // 2]
    print(f"{'processor, median of ' + str(RUNS):30}{'ms':>8}{'ratio':>8}")
    for name, times in told.items():
        median = sorted(times)[RUNS // 2]
        print(f"{name:30}{median:8.0f}{median / base:8.2f}")


if __name__ == "__main__":
    main()
