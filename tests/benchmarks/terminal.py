"""What the benchmarks of the screens share: a program started on a terminal of its own."""

from __future__ import annotations

import os
import pty
import signal
import sys
import time
from typing import NamedTuple


class Start(NamedTuple):
    """Seconds from a process's start until something stood on its terminal."""

    clock: float
    processor: float


def started(mark: str, *command: str) -> Start:
    """A process's start until ``mark`` stands on its terminal of 80x24."""
    start = time.perf_counter()
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ.update(COLUMNS="80", LINES="24", TERM="xterm-256color", LC_ALL="C.UTF-8")
        os.execv(sys.executable, [sys.executable, *command])
    seen = b""
    while mark.encode() not in seen:
        seen += os.read(terminal, 65536)
    seconds = time.perf_counter() - start
    os.kill(pid, signal.SIGKILL)
    _, _, used = os.wait4(pid, 0)
    os.close(terminal)
    return Start(seconds, used.ru_utime + used.ru_stime)
