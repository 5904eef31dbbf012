"""Marks at the end of a process that ends in order, while a plugin is still at work on another thread."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from taizhang.isolation import marks
from taizhang.isolation.marks import Marks
from taizhang.isolation.quarantine import Quarantine


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
    found = [("demo1", "code", "推算台账|projecting", True)] if hangs else []
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


def test_a_process_that_was_forked_marks_calls_in_files_of_its_own(tmp_path: Path) -> None:
    store = Marks(tmp_path)
    mark = store.of("demo1", "code")
    mark.enter("载入|loading")
    pid = os.fork()
    if not pid:
        store.forked()
        mark.enter("推算台账|projecting")
        os._exit(0)
    os.waitpid(pid, 0)
    mark.leave()
    found = list(Marks(tmp_path).left())
    assert found == [("demo1", "code", "推算台账|projecting", False)]
    assert len(list(tmp_path.iterdir())) == 1, "its own is still there"
    store.end()
    assert not list(tmp_path.iterdir())


def test_marks_of_a_process_that_was_ended_are_taken_away(tmp_path: Path) -> None:
    other, own = tmp_path / ".running-demo1-1-77", tmp_path / ".running-demo1-1-7"
    other.touch()
    own.touch()
    Marks(tmp_path, read_only=True).cleared(77)
    assert other.exists()
    Marks(tmp_path).cleared(77)
    assert list(tmp_path.iterdir()) == [own]


def test_where_nothing_can_be_written_nothing_is_marked_and_nothing_fails(tmp_path: Path) -> None:
    mark = Marks(tmp_path / "nowhere").of("demo1", "code")
    mark.enter("载入|loading")
    mark.leave()
    assert not list(tmp_path.iterdir())


def test_who_is_killed_at_work_is_suspected_first_and_named_when_it_happens_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(marks, "alive", lambda _: False)

    def killed(*calls: str) -> list[str]:
        """Who is in quarantine after a process was killed in these calls."""
        store = Marks(tmp_path)
        for doing in calls:
            store.of("demo1", "code").enter(doing)
        monkeypatch.setattr(marks, "_OWN", set())
        listed = Quarantine(tmp_path)
        listed.left(Marks(tmp_path).left())
        return [fault.plugin for fault in listed.all()]

    def came_back(doing: str) -> None:
        store = Marks(tmp_path)
        mark = store.of("demo1", "code")
        mark.enter(doing)
        mark.leave()
        Quarantine(tmp_path).came_back(store.ran)
        store.end()

    projecting, deciding = "推算台账|projecting", "决定|deciding"
    assert killed(projecting, projecting) == [], "two that ended together are one"
    assert killed(deciding) == [], "that was another call"
    came_back(deciding)
    assert killed(deciding) == [], "it came back meanwhile"
    assert killed(deciding) == ["demo1"]
