"""No room to write: the append is refused whole, and the next one works once there is room."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest
from eventsourcing.dcb.api import DCBEvent

from taizhang_eventstore.errors import StoreFull
from taizhang_eventstore.recorders.sqlite import SQLiteDCBRecorder

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

EVENT = DCBEvent("large@1", b"x" * 4_000, ["large"])


@pytest.fixture
def small_disk(disk: Callable[[str], Path]) -> Path:
    """A real file system of 2 MiB."""
    return disk("2m")


def fill(recorder: SQLiteDCBRecorder) -> int:
    """Appends until refused; the last position acknowledged."""
    acknowledged = [0]

    def append_for_ever() -> None:
        while True:
            acknowledged.append(recorder.append([EVENT] * 3))

    with pytest.raises(StoreFull, match="磁盘已满") as refused:
        append_for_ever()
    assert refused.value.exit_code == 1
    return acknowledged[-1]


def test_full_disk(small_disk: Path) -> None:
    ballast = small_disk / "ballast"
    ballast.write_bytes(b"x" * 700_000)
    with SQLiteDCBRecorder(small_disk / "events.db") as recorder:
        last = fill(recorder)
        assert last > 0
        assert recorder.head() == last
        with pytest.raises(StoreFull):
            recorder.append([EVENT] * 3)
        assert len(list(recorder.read())) == last, "what is there stays readable"
        ballast.unlink()
        assert recorder.append([EVENT] * 3) == last + 3, "no position was used up"
        last = fill(recorder)
    # Even closing and opening again need no room.
    with SQLiteDCBRecorder(small_disk / "events.db", read_only=True) as recorder:
        assert recorder.head() == last


def test_no_room_for_a_new_log(small_disk: Path) -> None:
    (small_disk / "ballast").write_bytes(b"x" * (2 * 1024 * 1024))
    with pytest.raises(StoreFull):
        SQLiteDCBRecorder(small_disk / "events.db")


def test_file_size_limit(path: Path, worker: Callable[..., subprocess.Popen[str]]) -> None:
    """The same without a mount: a limit on file sizes, which looks like a quota."""
    out, err = worker("limit", path, 400_000).communicate("\n", timeout=30)
    assert err == ""
    _, full, again = out.splitlines()
    word, last, head = full.split()
    assert word == "full"
    assert int(last) == int(head) > 0
    assert again == f"again {int(last) + 3}"
