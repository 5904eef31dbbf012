"""Whether work may be shared with forked processes (分头办理): asked by whoever would fork, answered once."""

from __future__ import annotations

import os
import sys


def shared_by() -> int:
    """Tells how many processes may share some work, this one counted; 1 where none may be forked.

    Only on Linux, where somebody has tried it; and beside no other thread, whose locks would never be released
    in the other process: those that Python knows nothing of are counted too.
    """
    if sys.platform != "linux" or threads() > 1:
        return 1
    return len(os.sched_getaffinity(0))


def threads() -> int:
    """Returns the number of threads of this process."""
    return len(os.listdir("/proc/self/task"))


__all__ = ["shared_by", "threads"]
