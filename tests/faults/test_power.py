"""Loss of power while members are registered and the log is sealed."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from faultkit import power, processes
from faultkit.outcome import Row, examine

pytestmark = pytest.mark.faults

TRIES = 60


def acknowledged(lines: list[str]) -> dict[str, tuple[int, ...]]:
    """What the process had said by a moment."""
    return processes.Said("".join(f"{line}\n" for line in lines), 0, "").acknowledged


def sealed(lines: list[str]) -> int:
    """The last seal that the process had spoken of."""
    return max((int(line.split()[1]) for line in lines if line.startswith("sealed")), default=0)


@pytest.fixture
def recorded(template: Path, tmp_path: Path) -> Callable[[int], tuple[Path, list[power.Call]]]:
    """A store as it was before, and every call of a process that then worked on it."""

    def record(count: int) -> tuple[Path, list[power.Call]]:
        import shutil

        before = Path(shutil.copytree(template, tmp_path / "before"))
        worked = Path(shutil.copytree(template, tmp_path / "worked"))
        trace = tmp_path / "trace"
        under = processes.strace()
        under = [under[0], *power.OPTIONS, "-o", str(trace)]
        said = processes.run("seals", worked, "p", count, under=under)
        assert len(said.acknowledged) == count, said.lines
        # The calls name the store that was worked on; the disk begins as the other, which is the same.
        shutil.rmtree(worked)
        shutil.copytree(before, worked)
        return worked, list(power.calls(trace))

    return record


def test_loss_of_power(
    row: Row, recorded: Callable[[int], tuple[Path, list[power.Call]]], tmp_path: Path
) -> None:
    """power lost, unsynced writes dropped at random"""
    chance = random.Random(1)
    root, trace = recorded(14)
    syncs = [i for i, call in enumerate(trace) if call.name in ("fsync", "fdatasync", "rename")]
    told = [i for i, call in enumerate(trace) if call.name == "write" and call.handle == 1]
    row.check(len(syncs) > 40, f"only {len(syncs)} syncs")
    # Where it hurts: right before and after a sync, right after an acknowledgement, anywhere.
    moments = {chance.choice(syncs) + chance.randint(-1, 1) for _ in range(TRIES)}
    moments |= {i + chance.randint(0, 3) for i in told}
    moments |= {chance.randrange(len(trace)) for _ in range(TRIES // 3)}
    disk = power.Disk(root)
    for number, lines in enumerate(power.replay(disk, trace)):
        if number not in moments:
            continue
        for share in (0.0, 1.0, 0.5):
            target = tmp_path / f"lost-{number}-{share}"
            disk.crash(target, chance, share)
            target.chmod(0o700)
            row.tried()
            sizes = [int(p.stem) for p in (target / "seals").glob("*.seal") if p.stat().st_size]
            row.check(max(sizes, default=0) >= sealed(lines), f"{target.name}: a seal is gone")
            examine(row, target, acknowledged(lines), ledger=number % 4 == 0)


def test_a_log_that_does_not_sync_is_caught(
    recorded: Callable[[int], tuple[Path, list[power.Call]]], tmp_path: Path
) -> None:
    """The simulation itself: without the syncs, what was acknowledged is lost."""
    root, trace = recorded(4)
    disk = power.Disk(root)
    lost = Row("")
    lines: list[str] = []
    for said in power.replay(disk, [c for c in trace if c.name not in ("fsync", "fdatasync")]):
        lines = said
    target = tmp_path / "lost"
    disk.crash(target, random.Random(0), 0.0)
    with closing(sqlite3.connect(target / "events.db")) as db:
        assert db.execute("SELECT count(*) FROM events").fetchone()[0] > 0
    examine(lost, target, acknowledged(lines), ledger=False)
    assert len(lost.lost) == 4
