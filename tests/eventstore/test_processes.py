"""Several processes on one log, and processes that are killed in the middle of it."""

from __future__ import annotations

import random
import sqlite3
import time
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from taizhang_eventstore.recorders.sqlite import SQLiteDCBRecorder

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    Worker = Callable[..., subprocess.Popen[str]]


def go(process: subprocess.Popen[str]) -> None:
    """Lets a worker that said it is ready begin."""
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    process.stdin.write("\n")
    process.stdin.flush()


def finished(process: subprocess.Popen[str]) -> list[str]:
    """What a worker said, once it has ended without error."""
    assert process.stdout is not None
    assert process.stderr is not None
    out = process.stdout.read()
    assert (process.wait(timeout=60), process.stderr.read()) == (0, "")
    return out.splitlines()


def sound(path: Path) -> None:
    """Fails unless the file is whole and its tag index says what its events say."""
    db = sqlite3.connect(path)
    try:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        difference = db.execute(
            "SELECT j.value, e.seq FROM events e, json_each(e.tags) j"
            " EXCEPT SELECT tag, seq FROM event_tags"
        ).fetchall()
        assert difference == []
        counts = [
            db.execute(f"SELECT count(*) FROM {source}").fetchone()[0]
            for source in ("event_tags", "events e, json_each(e.tags)")
        ]
        assert counts[0] == counts[1]
    finally:
        db.close()


def test_two_processes_lose_nothing(path: Path, worker: Worker) -> None:
    workers = [worker("append", path, name, 2_000, 1) for name in ("a", "b")]
    for process in workers:
        go(process)
    acknowledged = [line for process in workers for line in finished(process)]
    with SQLiteDCBRecorder(path) as recorder:
        stored = [f"{s.event.tags[0]} {s.position}" for s in recorder.read()]
    assert sorted(stored) == sorted(acknowledged)
    assert len(stored) == 4_000
    sound(path)


def test_conditions_hold_between_processes(path: Path, worker: Worker) -> None:
    """Every event says which head its writer had seen: always the event right before it."""
    workers = [worker("shared", path, name, 150) for name in ("a", "b")]
    for process in workers:
        go(process)
    for process in workers:
        finished(process)
    with SQLiteDCBRecorder(path) as recorder:
        seen = [(s.position, int(s.event.data)) for s in recorder.read()]
    assert seen == [(k, k - 1) for k in range(1, 301)]


def test_four_processes_create_one_log(path: Path, worker: Worker) -> None:
    workers = [worker("open", path) for _ in range(4)]
    for process in workers:
        go(process)
    positions = sorted(int(line) for process in workers for line in finished(process))
    assert positions == [1, 2, 3, 4]
    sound(path)


def _killed_while_appending(path: Path, worker: Worker, rounds: int) -> None:
    chance = random.Random(50)
    acknowledged: set[str] = set()
    # Workers take their time to start: the next ones do so while this one appends.
    waiting = [worker("append", path, f"w{k}", 100_000, 1 + k % 7) for k in range(3)]
    for k in range(rounds):
        process = waiting.pop(0)
        waiting.append(worker("append", path, f"w{k + 3}", 100_000, 1 + (k + 3) % 7))
        go(process)
        assert process.stdout is not None
        acknowledged.add(process.stdout.readline().strip())
        time.sleep(chance.uniform(0, 0.05))
        process.kill()
        # Not communicate(): it would pass over what readline() has already buffered.
        rest = process.stdout.read()
        # A line cut short by the kill is no acknowledgement.
        acknowledged |= {line.strip() for line in rest.splitlines(True) if line.endswith("\n")}
    with SQLiteDCBRecorder(path) as recorder:
        events = list(recorder.read())
    last = {s.event.tags[0]: s.position for s in events}
    assert acknowledged <= {f"{tag} {position}" for tag, position in last.items()}
    assert len(acknowledged) >= rounds
    size = {s.event.tags[0]: int(s.event.data) for s in events}
    assert Counter(s.event.tags[0] for s in events) == size, "a batch is whole or absent"
    # At most the one batch under way when the process was killed is there unacknowledged.
    assert len(last) - len(acknowledged) <= rounds
    sound(path)


def test_killed_while_appending(path: Path, worker: Worker) -> None:
    _killed_while_appending(path, worker, 50)


@pytest.mark.slow
def test_killed_while_appending_for_long(path: Path, worker: Worker) -> None:
    _killed_while_appending(path, worker, 500)
