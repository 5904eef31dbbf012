"""Calls that take long, named while they run (久未返回): which programme, what it does, for how long.

Once a second a signal looks at the marks of this process. A thread would do it too, but a rebuild forks.
"""

from __future__ import annotations

import atexit
import signal
import threading
from collections.abc import Callable
from types import FrameType

from taizhang.isolation.marks import hanging
from taizhang.words.labels import Label

SECOND = 1.0


def watch(tell: Callable[[Label], None]) -> None:
    """Looks from now on, and tells of a call when it has lasted some seconds, and each time twice as long. Does
    nothing outside the main thread, or where the alarm is somebody else's.
    """
    told: dict[tuple[str, str], float] = {}

    def looked(number: int, frame: FrameType | None) -> None:
        there = hanging()
        for plugin, doing, seconds in there:
            if seconds >= told.get((plugin, doing), 0.0):
                told[plugin, doing] = seconds * 2
                tell(_sentence(plugin, Label.of(doing), int(seconds)))
        for gone in told.keys() - {(plugin, doing) for plugin, doing, _ in there}:
            del told[gone]

    main = threading.current_thread() is threading.main_thread()
    if main and signal.getsignal(signal.SIGALRM) is signal.SIG_DFL:
        signal.signal(signal.SIGALRM, looked)
        signal.setitimer(signal.ITIMER_REAL, SECOND, SECOND)
        # At its end the interpreter lets go of signals, and this one would then end the process.
        atexit.register(stop)


def forked() -> None:
    """For a process that was forked, which has the handler and not the timer."""
    if callable(signal.getsignal(signal.SIGALRM)):
        signal.setitimer(signal.ITIMER_REAL, SECOND, SECOND)


def stop() -> None:
    """Ends :func:`watch`."""
    if callable(signal.getsignal(signal.SIGALRM)):
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)


def _sentence(plugin: str, doing: Label, seconds: int) -> Label:
    return Label(
        f"插件 {plugin} 正在{doing.zh}，已 {seconds} 秒；Ctrl-C 中断",
        f"the plugin {plugin} has been {doing.en} for {seconds} s; Ctrl-C breaks it off",
    )


__all__ = ["forked", "stop", "watch"]
