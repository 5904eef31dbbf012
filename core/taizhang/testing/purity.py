"""Purity (纯): what a projection must not ask, for then the same log gives another ledger.

Clock, chance, files, the network, the environment: a step that asks one of them is told from one that
does not by watching what it calls.
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


@contextmanager
def watched(module: ModuleType) -> Iterator[list[str]]:
    """Lists what the module's code (its package's, too) calls meanwhile that it must not."""
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
        if called and caller is not None and caller.f_code.co_filename.startswith(place):
            found.append(called)

    before = sys.getprofile()
    sys.setprofile(look)
    try:
        yield found
    finally:
        sys.setprofile(before)


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
