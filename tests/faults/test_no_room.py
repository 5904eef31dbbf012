"""No room: a full disk, a limit on file sizes, an error made up by the system. All one error."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from faultkit import processes
from faultkit.outcome import Row, examine, retried
from faultkit.processes import Said

from taizhang.cli import main
from taizhang.workspace import Workspace
from taizhang_eventstore.errors import StoreFull

pytestmark = pytest.mark.faults

New = Callable[[str], Path]


def one_error(row: Row, said: Said) -> None:
    """Whatever was refused was refused for want of room, in words."""
    row.check(said.unread == [], f"no error for people: {said.unread}")
    others = {kind for kind in said.refused.values() if kind != "StoreFull"}
    row.check(not others, f"another error: {others}")


def test_a_full_disk(
    row: Row, disk: Callable[[str], Path], template: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """disk full (tmpfs)"""
    for free in (150_000, 260_000, 400_000):
        place = disk("4m")
        store = Path(shutil.copytree(template, place / "store"))
        acknowledged = {}
        with Workspace.open(store) as ws:
            usage = shutil.disk_usage(place)
            (place / "ballast").write_bytes(b"x" * (usage.free - free))
            refused = 0
            for k in range(600):
                fields = {"name": f"员{k}", "organisation": "甲支部"}
                action = f"full-{k}"
                try:
                    receipt = ws.record(
                        "member.register", fields, on="2012-01-01", action_id=action
                    )
                except StoreFull:
                    refused += 1
                    if refused == 5:
                        break
                else:
                    acknowledged[action] = receipt.seq
            row.tried(refused)
            row.check(refused == 5, f"the disk was never full: {len(acknowledged)} recorded")
        # Closing has made room, by taking the write-ahead logs in.
        with (place / "more").open("wb", buffering=0) as more, contextlib.suppress(OSError):
            while True:
                more.write(b"x" * 4_096)
        words = ["--store", str(store), "record", "organisation.found"]
        words += ["--name", "丙支部", "--kind", "支部", "--on", "2012-01-01"]
        with pytest.raises(SystemExit) as leave:
            main(words)
        said = capsys.readouterr().err
        row.check(leave.value.code == 1 and "磁盘已满" in said, f"{leave.value.code}: {said}")
        row.check(len(said.splitlines()) == 1, f"more than a sentence: {said}")
        (place / "ballast").unlink()
        (place / "more").unlink()
        again = retried(store, "after", 2)
        row.check(len(again) == 2, f"appending does not resume: {list(again)}")
        examine(row, store, acknowledged | again)


def test_a_limit_on_file_sizes(row: Row, new_store: New) -> None:
    """RLIMIT_FSIZE reached"""
    for size in (150_000, 300_000, 600_000):
        store = new_store(f"limit-{size}")
        said = processes.run("limit", store, "l", size)
        row.tried(len(said.refused))
        row.check(len(said.refused) > 0, "the limit was never reached")
        one_error(row, said)
        row.check("l-after" in said.acknowledged, "appending does not resume")
        examine(row, store, said.acknowledged)


@pytest.mark.parametrize(
    "what",
    ["events.db-wal", "events.db", "ledger.db-wal", "ledger.db", "keys.db", "keys.db-journal"],
)
def test_enospc(row: Row, new_store: New, what: str) -> None:
    """ENOSPC injected in writing a file"""
    row.fault += f", {what}"
    for when in ("1", "3", "5..9", "12", "20..40", "1+"):
        store = new_store(f"{what}-{when}")
        under = processes.injected("pwrite64", "error=ENOSPC", when, store / what)
        said = processes.run("record", store, "e", 4, under=under)
        row.tried()
        row.check(said.code == 0, f"it ended with {said.code}: {said.err}")
        one_error(row, said)
        again = retried(store, "e", 4)
        row.check(len(again) == 4, f"appending does not resume: {list(again)}")
        for action, seqs in said.acknowledged.items():
            row.check(again.get(action) == seqs, f"{action} was recorded again")
        examine(row, store, said.acknowledged | again)
