"""Leaving the real program: what came is sealed, drafts stay, and no dead terminal holds it up."""

import contextlib
import fcntl
import os
import pty
import select
import signal
import sqlite3
import struct
import sys
import termios
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from taizhang.ledger.vault import vault_of
from taizhang.workspace import Workspace
from taizhang_eventstore.seals.seals import Seals
from taizhang_eventstore.verifying.verifying import verify
from taizhang_tui.desk.drafts import Drafts

PROGRAM = """
import taizhang_tui.app.application
taizhang_tui.app.application.GRACE = 0.5
from taizhang.cli import main
main()
"""
RESTORED = b"\x1b[?1049l"
"""What puts the terminal's own screen back."""


class Terminal:
    """The program on a pseudo-terminal of 80 by 24, which can be closed or left unread."""

    def __init__(self, store: Path) -> None:
        self.pid, self.end = pty.fork()
        if self.pid == 0:
            os.environ.update(TERM="xterm-256color", LC_ALL="C.UTF-8", TAIZHANG_LANG="zh")
            words = ["--store", str(store), "--actor", "测试员"]
            os.execv(sys.executable, [sys.executable, "-c", PROGRAM, *words])
        self.resize(24, 80)

    def resize(self, lines: int, columns: int) -> None:
        """Another size: the program paints all anew."""
        fcntl.ioctl(self.end, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def shows(self, word: str, seconds: float = 20) -> None:
        """Reads until a word has been written."""
        seen, end = b"", time.monotonic() + seconds
        while word.encode() not in seen:
            assert time.monotonic() < end, f"{word} did not come: {seen[-2000:]!r}"
            if select.select([self.end], [], [], 0.1)[0]:
                seen += os.read(self.end, 65536)

    def press(self, text: str) -> None:
        """Types."""
        os.write(self.end, text.encode())

    def ends(self, seconds: float = 20) -> int | None:
        """The exit code, None when the program is still there."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.pid = 0
                return os.waitstatus_to_exitcode(status)
            time.sleep(0.02)
        return None

    def rest(self) -> bytes:
        """What is still written until the program ends."""
        seen = b""
        try:
            while more := os.read(self.end, 65536):
                seen += more
        except OSError:  # how a pseudo-terminal says that the other side has closed
            return seen
        return seen

    def close(self) -> None:
        """The terminal goes."""
        if self.end >= 0:
            os.close(self.end)
            self.end = -1


Opened = Callable[[Path], Terminal]


@pytest.fixture
def opened() -> Iterator[Opened]:
    """Opens the program on a store; what is left of it is ended."""
    made: list[Terminal] = []

    def start(store: Path) -> Terminal:
        terminal = Terminal(store)
        made.append(terminal)
        terminal.shows("拼音序")
        return terminal

    yield start
    for terminal in made:
        terminal.close()
        if terminal.pid:
            os.kill(terminal.pid, signal.SIGKILL)
            os.waitpid(terminal.pid, 0)


def drafting(terminal: Terminal) -> None:
    """A form half filled."""
    terminal.press("n")
    terminal.shows("登记党员")
    terminal.press("\r")
    terminal.shows("三种党员")
    terminal.press("诸葛春")
    terminal.shows("诸葛春")
    time.sleep(0.1)  # the last key has been painted; its draft was written before that


def draft(store: Path) -> list[str]:
    """The answers that are kept of it; the file itself is encrypted."""
    with Workspace.open(store, read_only=True, actor="测试员") as ws:
        kept = Drafts(ws.paths.drafts, ws.actor, vault_of(ws.registry)).of("member.register")
    return [answer for one in kept for answer in one.values.values()]


def head(store: Path) -> int:
    """The last position of the log."""
    with Workspace.open(store) as ws:
        return ws.log.head()


def test_leaving_seals_what_came(opened: Opened, community: Path) -> None:
    seals = Seals(community)
    assert seals.position() < head(community), "events came since the store was made"
    terminal = opened(community)
    terminal.shows("未封")
    terminal.press("\x11")
    said = terminal.rest()
    assert terminal.ends() == 0
    assert "封存" not in said.split(RESTORED)[-1].decode()
    assert seals.position() == head(community)


def test_leaving_says_after_the_screens_why_nothing_was_sealed(
    opened: Opened, community: Path
) -> None:
    (community / "seal.key").unlink()
    terminal = opened(community)
    terminal.press("\x11")
    said = terminal.rest().split(RESTORED)
    assert terminal.ends() == 0
    assert len(said) > 1, "the terminal was put back"
    lines = [line for line in said[-1].decode().splitlines() if "封存" in line]
    assert len(lines) == 1
    assert "没有封存" in lines[0]
    assert "seal.key" in lines[0]
    assert "登记的都在" in lines[0]


def test_leaving_a_log_that_is_not_the_one_sealed_exits_with_3(
    opened: Opened, community: Path
) -> None:
    with Workspace.open(community) as ws:
        ws.close_seal()
        ws.record("organisation.found", {"name": "新支部", "kind": "支部"}, on="2012-12-01")
    with contextlib.closing(sqlite3.connect(community / "events.db")) as log:
        changed = log.execute(
            "UPDATE events SET data = CAST(replace(data, '东湖支部', '西湖支部') AS BLOB)"
            " WHERE instr(CAST(data AS TEXT), '东湖支部')"
        )
        assert changed.rowcount
        log.commit()
    for kept in ("leaves.bin", "range"):  # so that the leaves are made anew, from the log
        (community / "seals" / kept).unlink()
    terminal = opened(community)
    terminal.press("\x11")
    said = terminal.rest()
    assert terminal.ends() == 3
    assert "没有封存" in said.split(RESTORED)[-1].decode()


def test_leaving_mends_a_kept_leaf_that_a_loss_of_power_has_torn(
    opened: Opened, community: Path
) -> None:
    with Workspace.open(community) as ws:
        ws.close_seal()
        ws.record("organisation.found", {"name": "新支部", "kind": "支部"}, on="2012-12-01")
        head = ws.log.head()
    leaves = community / "seals" / "leaves.bin"
    leaves.write_bytes(leaves.read_bytes()[:-1] + b"x")
    terminal = opened(community)
    terminal.press("\x11")
    terminal.rest()
    assert terminal.ends() == 0
    assert Seals(community).position() == head
    report = verify(community)
    assert (report.verified, report.sealed) == (True, head)


@pytest.mark.parametrize("how", ["the terminal is closed", "told to end"])
def test_a_draft_survives_and_what_came_is_sealed(
    opened: Opened, community: Path, how: str
) -> None:
    terminal = opened(community)
    drafting(terminal)
    if how == "told to end":
        os.kill(terminal.pid, signal.SIGTERM)
        terminal.rest()
        assert terminal.ends() == 128 + signal.SIGTERM
    else:
        terminal.close()
        assert terminal.ends() == 128 + signal.SIGHUP
    assert "诸葛春" in draft(community)
    assert Seals(community).position() == head(community)


def test_a_terminal_that_nobody_reads_does_not_hold_the_program(
    opened: Opened, community: Path
) -> None:
    terminal = opened(community)
    drafting(terminal)
    # Far more than a terminal buffers: the program's writer, and the loop behind it, stand still.
    for n in range(150):
        terminal.resize(40 + n % 2, 220)
        os.kill(terminal.pid, signal.SIGWINCH)
        time.sleep(0.01)
    os.kill(terminal.pid, signal.SIGHUP)
    assert terminal.ends(8) == 128 + signal.SIGHUP
    assert "诸葛春" in draft(community)
    assert Seals(community).position() == head(community)
