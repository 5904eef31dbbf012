"""Purity (纯): what a projection must not ask, for then the same log gives another ledger.

Clock, chance, files, the network, the environment: a step that asks one of them is told from one that
does not by watching what it calls, itself or through a library.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any

IMPURE = frozenset(
    {"random", "_random", "secrets", "uuid", "time", "os", "posix", "socket", "_socket", "subprocess",
     "_posixsubprocess", "sqlite3", "_sqlite3", "io", "_io", "tempfile", "locale", "getpass", "threading"}
)  # fmt: skip
"""Modules whose functions a projection does not call."""

CLOCKS = frozenset({"today", "now", "utcnow"})
ASKING = frozenset({"open", "input", "id", "hash"})
"""Built-in functions that give another answer another time."""

FREE = frozenset(
    {"taizhang", "taizhang_eventstore", "importlib", "logging", "warnings", "linecache", "_strptime", "_pytest"}
)  # fmt: skip
"""Packages that may ask for themselves: nothing of it gets into what they answer."""


@contextmanager
def watched(module: ModuleType) -> Iterator[list[str]]:
    """Lists what the module's code (its package's, too) calls meanwhile that it must not, or has a library call."""
    found: list[str] = []
    file = Path(str(module.__file__))
    place = str(file.parent) + "/" if file.name == "__init__.py" else str(file)

    def look(frame: FrameType, event: str, argument: Any) -> None:
        if event == "c_call":
            caller: FrameType | None = frame
            called = impure(argument)
        elif event == "call":
            caller = frame.f_back
            home = str(frame.f_globals.get("__name__", ""))
            called = f"{home}.{frame.f_code.co_name}" if home in IMPURE else ""
        else:
            return
        if called and _asked_by(caller, place):
            found.append(called)

    before = sys.getprofile()
    sys.setprofile(look)
    try:
        yield found
    finally:
        sys.setprofile(before)


def _asked_by(frame: FrameType | None, place: str) -> bool:
    """Tells if code in a place is at work in a frame, or behind it with nothing but libraries between."""
    while frame is not None and not frame.f_code.co_filename.startswith(place):
        if str(frame.f_globals.get("__name__", "")).partition(".")[0] in FREE:
            return False
        frame = frame.f_back
    return frame is not None


def impure(function: Any) -> str:
    """The name of a function written in C when it is one that must not be called, or nothing."""
    name = str(getattr(function, "__name__", ""))
    owner = getattr(function, "__self__", None)
    if isinstance(owner, ModuleType):
        home = owner.__name__
    elif isinstance(owner, type):
        home = owner.__module__
        if home == "datetime":
            return f"{owner.__name__}.{name}" if name in CLOCKS else ""
    else:
        home = type(owner).__module__
    if home == "builtins":
        return name if name in ASKING else ""
    return f"{home}.{name}" if home in IMPURE else ""
