"""Marks at the end of a process that ends in order, while a plugin is still at work on another thread."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from taizhang.isolation import marks
from taizhang.isolation.marks import Marks


@pytest.mark.parametrize("hangs", [False, True])
def test_who_is_at_work_when_the_store_is_closed_is_not_named_unless_it_hangs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hangs: bool
) -> None:
    monkeypatch.setattr(marks, "PATIENCE", -1 if hangs else 60)
    store = Marks(tmp_path)
    busy, idle = store.of("demo1", "code"), store.of("demo2", "code")
    idle.enter("载入|loading")
    idle.leave()
    busy.enter("推算台账|projecting")
    store.end()
    monkeypatch.setattr(marks, "_OWN", set())  # as the next process sees it
    monkeypatch.setattr(marks, "alive", lambda _: False)
    found = [("demo1", "code", "推算台账|projecting")] if hangs else []
    assert list(Marks(tmp_path).left()) == found
    assert not list(tmp_path.iterdir())


def test_a_process_that_has_ended_is_gone_also_while_nobody_has_waited_for_it() -> None:
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    assert marks.alive(process.pid)
    assert process.stdin is not None
    process.stdin.close()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    assert not marks.alive(process.pid)
    process.wait()
    assert not marks.alive(process.pid)


def test_where_nothing_can_be_written_nothing_is_marked_and_nothing_fails(tmp_path: Path) -> None:
    mark = Marks(tmp_path / "nowhere").of("demo1", "code")
    mark.enter("载入|loading")
    mark.leave()
    assert not list(tmp_path.iterdir())
