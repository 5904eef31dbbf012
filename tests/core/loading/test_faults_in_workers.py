"""A plugin's code in the processes that share a rebuild: what raises, hangs or ends one there is named as
it is where one process does it all. By the real program, made to fork for any log.
"""

from __future__ import annotations

import os
import shutil
import signal
import time
from pathlib import Path

import pytest
from officekit.notes import HEAD

from taizhang.isolation.marks import alive

from .conftest import Office
from .test_faults_everywhere import EVERYWHERE, noted

pytestmark = pytest.mark.hostile

__all__ = ["noted"]

PLACES = {"row": ("推算台账", 5), "step": ("推算台账", 6), "lift": ("升级旧版本的事件", 6)}
"""Read in the first processes, made in the second ones, decoded: what is said of it, and the event."""

ENDING = [
    ("EXIT", "row", 9),
    ("KILL", "lift", -signal.SIGKILL),
    ("CRASH", "step", -signal.SIGSEGV),
    ("EXIT", "step", 9),
]

FORKING = (
    "from taizhang.ledger import parallel; parallel.processes = lambda *_: 2; "
    "from taizhang.cli import main; main()"
)


class Forking(Office):
    """The program builds in two processes besides its own."""

    def command(self, words: tuple[str, ...]) -> tuple[list[str], dict[str, str]]:
        command, environment = super().command(words)
        return [*command[:2], FORKING, *command[3:]], environment


@pytest.fixture
def forking(noted: Office, tmp_path: Path) -> Office:
    """The store of ``test_faults_everywhere``, with its plugin."""
    made = Forking(tmp_path)
    shutil.copytree(noted.store, made.store)
    made.install("demo1", HEAD.format(name="demo1") + EVERYWHERE)
    return made


@pytest.mark.parametrize("place", PLACES)
def test_what_raises_is_named_with_its_event(
    forking: Office, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    before = forking.rows()
    monkeypatch.setenv("RAISE", place)
    done = forking.run("rebuild")
    assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stderr
    monkeypatch.delenv("RAISE")
    told = forking.state("demo1")
    doing, event = PLACES[place]
    assert told["state"] == "quarantined"
    assert f"{doing}时出错，第 {event} 号事件：ZeroDivisionError: {place}" in told["reason"]
    assert [row for row in forking.rows() if row in before] == before
    assert not list(forking.store.glob(".running-*"))


@pytest.mark.parametrize("place", PLACES)
def test_what_hangs_is_named_at_the_next_start(
    forking: Office, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    """Nobody ends it but who ends the program, and with the program it ends."""
    monkeypatch.setenv("HANG", place)
    process = forking.start("rebuild")
    monkeypatch.delenv("HANG")
    try:
        pid = forking.hanging(PLACES[place][0])
    finally:
        process.kill()
        process.wait()
    if place != "lift":  # which the program itself meets where it looks for the ends of actions
        assert pid != process.pid, "it hangs in a process that was forked"
    end = time.monotonic() + 10
    while alive(pid) and time.monotonic() < end:
        time.sleep(0.01)
    assert not alive(pid)
    told = forking.state("demo1")
    assert told["state"] == "quarantined"
    assert "没有回来" in told["reason"]
    assert PLACES[place][0] in told["reason"]


@pytest.mark.parametrize(("how", "place", "code"), ENDING)
def test_what_ends_a_process_is_named_at_the_next_start(
    forking: Office, monkeypatch: pytest.MonkeyPatch, how: str, place: str, code: int
) -> None:
    before = forking.rows()
    monkeypatch.setenv(how, place)
    assert forking.run("rebuild").returncode == code
    assert forking.run("rebuild").returncode == code  # the first time might have been anything
    done = forking.run("events")  # the plugin would still do it
    assert done.returncode == 0
    assert "插件 demo1 没有载入" in done.stderr
    assert f"{PLACES[place][0]}时出错" in done.stderr
    assert "没有回来" in done.stderr
    assert forking.rows() == before
    assert not list(forking.store.glob(".running-*"))


def test_one_that_was_ended_by_somebody_else_is_nobody_s_fault(
    forking: Office, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The program goes on alone, and comes through: the plugin is not named."""
    gate = tmp_path / "gate"
    source = HEAD.format(name="demo1") + EVERYWHERE.replace(
        "    while os.environ", f"    while not os.path.exists({str(gate)!r}) and os.environ"
    )
    forking.install("demo1", source)
    assert forking.run("tables").returncode == 0
    monkeypatch.setenv("HANG", "row")
    process = forking.start("rebuild")
    try:
        pid = forking.hanging("推算台账")
        gate.touch()
        os.kill(pid, signal.SIGKILL)
        assert process.wait(60) == 0
    finally:
        process.kill()
        process.wait()
    assert not list(forking.store.glob(".running-*"))
    assert forking.state("demo1")["state"] == "loaded"
