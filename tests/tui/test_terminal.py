"""The real program in a real terminal (tmux): an afternoon of office work, and a draft after kill -9."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.cells import cell_len

from taizhang.workspace import Workspace

pytestmark = pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")

PROGRAM = "from taizhang.cli import main; main()"


class Terminal:
    """One window of 80 by 24, in a tmux server of its own for each start.

    A server whose only window was killed is on its way out: one that starts on the same socket just then would join it,
    and end with it.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.starts = 0

    @property
    def socket(self) -> Path:
        """The socket of the newest server."""
        return self.folder / f"tmux{self.starts}"

    def tmux(self, *words: str) -> str:
        """Runs a tmux command."""
        environment = {k: v for k, v in os.environ.items() if k != "TMUX"}
        done = subprocess.run(
            ["tmux", "-S", str(self.socket), "-f", "/dev/null", *words],
            env={**environment, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"},
            capture_output=True,
            text=True,
            timeout=20,
            check=False,
        )
        return done.stdout

    def start(self, store: Path) -> None:
        """Opens the program on a store; what it last said stays on the screen when it ends by itself."""
        self.tmux("kill-server")
        self.starts += 1
        self.tmux(
            *("set-option", "-g", "remain-on-exit", "on", ";"),
            *("new-session", "-d", "-x", "80", "-y", "24"),
            *(sys.executable, "-c", PROGRAM, "--store", str(store), "--actor", "测试员"),
        )

    def screen(self) -> str:
        """What the window shows."""
        return self.tmux("capture-pane", "-p")

    def shows(self, *words: str, seconds: float = 20) -> None:
        """Waits until all the words are on the screen."""
        end = time.monotonic() + seconds
        while not all(word in (screen := self.screen()) for word in words):
            assert time.monotonic() < end, f"{words} did not come:\n{screen}"
            time.sleep(0.05)

    def press(self, *keys: str) -> None:
        """Presses keys by tmux's names; one that begins with a quote is typed."""
        for key in keys:
            self.tmux("send-keys", *(["-l", key[1:]] if key.startswith("'") else [key]))

    def process(self) -> int:
        """The process of the program."""
        return int(self.tmux("display-message", "-p", "#{pane_pid}"))


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    """A terminal, closed at the end."""
    made = Terminal(tmp_path)
    yield made
    made.tmux("kill-server")


def test_an_afternoon_of_office_work(terminal: Terminal, community: Path, tmp_path: Path) -> None:
    (tmp_path / "roster.csv").write_text(
        "姓名,支部,入党时间,日期\n何春生,东湖支部,1990-5,2011-03-01\n林夏秋,西湖支部,1991,2011-03-01\n",
        "utf-8",
    )
    terminal.start(community)
    terminal.shows("湖滨社区党委", "拼音序  28")
    assert {cell_len(line) for line in terminal.screen().splitlines()} <= set(range(81))

    # A roster comes in.
    terminal.press("i", f"'{tmp_path}/roster.csv", "Enter")
    terminal.shows("2 行可以登记，0 行有问题")
    terminal.press("C-s")
    terminal.shows("已登记 #73", "30")

    # A member is found by initials, and transferred by letter.
    terminal.press("/", "'hcs")
    terminal.shows("1 / 30", "何春生")
    terminal.press("Enter")
    terminal.shows("党员类型", "湖滨社区党委 › 东湖支部")
    terminal.press("n", "'kcjsx")
    terminal.shows("开出介绍信")
    terminal.press("Enter")
    terminal.shows("接收组织", "有效天数")
    terminal.press("'xhz")
    terminal.shows("西湖支部")
    terminal.press("Enter")
    terminal.shows("将登记 1 条事件")
    terminal.press("C-s")
    terminal.shows("已登记 #75", "在途")
    terminal.press("n", "'jszzgx")
    terminal.shows("接收组织关系")
    terminal.press("Enter")
    terminal.shows("将登记 1 条事件")
    terminal.press("C-s")
    terminal.shows("已登记 #76", "湖滨社区党委 › 西湖支部")

    # The branch a year ago.
    terminal.press("{")
    terminal.shows("只读", "2011-12-31", "湖滨社区党委 › 东湖支部")
    terminal.press("n")
    terminal.shows("只读；按 0 ", "再登记")
    terminal.press("0")
    terminal.shows("湖滨社区党委 › 西湖支部")

    # A mistake is corrected, and the correction taken back.
    terminal.press("e")
    terminal.shows("更正 #73", "1990-05")
    terminal.press("'照片为准", "Up", "Up", "Up", "Up", "Up")
    terminal.press(*["BSpace"] * 7, "'1988")
    terminal.shows("将登记 1 条事件", "1988")
    terminal.press("C-s")
    terminal.shows("已登记 #77", "1988")
    terminal.press("u")
    terminal.shows("作废 #77")
    terminal.press("'看错了")
    terminal.shows("将登记 1 条事件")
    terminal.press("C-s")
    terminal.shows("已登记 #78", "1990-05")
    terminal.press("C-q")
    with Workspace.open(community) as ws:
        ledger = ws.at()
        member = ledger.called("member", "何春生")[0]
        row = ledger.get("members", member)
        assert row is not None
        assert row["joined"] == "1990-05"
        assert ws.log.head() == 78
        assert not [f for f in ws.findings() if f.hard]


def test_a_draft_survives_kill_9(terminal: Terminal, community: Path) -> None:
    terminal.start(community)
    terminal.shows("拼音序  28")
    terminal.press("n")
    terminal.shows("登记党员")
    terminal.press("Enter")
    terminal.shows("三种党员")
    terminal.press("'诸葛春生", "Down", "Down", "'1990-05")
    terminal.shows("诸葛春生", "1990-05")
    time.sleep(0.1)  # the last key has been painted; its draft was written before that
    os.kill(terminal.process(), signal.SIGKILL)
    terminal.start(community)
    terminal.shows("拼音序  28")
    terminal.press("n", "Enter")
    terminal.shows("已恢复", "诸葛春生", "1990-05")
    terminal.press("C-q")
