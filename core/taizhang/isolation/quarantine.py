"""Quarantine (隔离): plugins that failed, by the hash of their code, across restarts.

A plugin whose code fails is not run again until it is released or its code changes. The list stands in
the store beside the ledger, not in it: a rebuild does not forget it. One that takes the process with it is
found by its mark (:mod:`taizhang.isolation.marks`).
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict

from taizhang_eventstore.errors import StoreError
from taizhang_eventstore.files import read

FILE = "quarantine.json"

SUSPECTED = "suspected.json"
"""Programmes in whose code a process ended once, for whatever reason."""

NEVER = "没有回来（程序卡住或被中止）/ it never came back (it hung, or the program was killed)"
"""The reason of one whose process has gone."""


class Fault(Struct, frozen=True):
    """A fault of a plugin: ``doing`` what, at which event if any, and the reason in words."""

    plugin: str
    code: str
    doing: str
    reason: str
    at: str
    seq: int | None = None

    def said(self) -> str:
        """The fault as ``中文|English``."""
        reason = self.reason.replace("|", "/")
        zh = f"，第 {self.seq} 号事件" if self.seq is not None else ""
        en = f" at event {self.seq}" if self.seq is not None else ""
        return (
            f"{self.doing.partition('|')[0]}时出错{zh}：{reason}"
            f"|failed in {self.doing.partition('|')[2]}{en}: {reason}"
        )


class Quarantine:
    """The faults of one store's plugins. ``folder`` None keeps them for this process only, and so does
    ``read_only``, which heeds those that stand in the folder.
    """

    def __init__(self, folder: Path | None, *, read_only: bool = False) -> None:
        self._file = None if folder is None else folder / FILE
        self._read_only = read_only
        self._faults: dict[str, Fault] = {}
        if self._file is not None:
            self._faults = _read(self._file)

    def of(self, plugin: str, code: str) -> Fault | None:
        """Why the plugin, with this very code, is not to be run; None when it may."""
        fault = self._faults.get(plugin)
        return fault if fault is not None and fault.code == code else None

    def all(self) -> list[Fault]:
        """Every fault, by plugin."""
        return [self._faults[name] for name in sorted(self._faults)]

    def put(self, plugin: str, code: str, doing: str, reason: str, seq: int | None = None) -> Fault:
        """Quarantines a plugin. Never fails: where it cannot be written it holds for this process.

        Args:
            plugin: Whose fault it is.
            code: The hash of its source: other code is tried again.
            doing: What it did, for people.
            reason: What went wrong, for people.
            seq: The event at which it did.
        """
        at = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        fault = Fault(plugin, code, doing, reason, at, seq)
        self._faults[plugin] = fault
        with contextlib.suppress(OSError):
            self._write({**self._listed(), plugin: fault})
        return fault

    def left(self, marks: Iterable[tuple[str, str, str, bool]]) -> None:
        """Processes have gone in the midst of a programme's call: ``(plugin, code, doing, hung)`` of each. Whoever
        ends a program does not ask what it is doing: the first time that accuses nobody, unless the call had
        lasted long. Several that are found together ended together.
        """
        found: dict[str, tuple[str, str, bool]] = {}
        for plugin, code, doing, hung in marks:
            before = found.get(plugin)
            if before is None or not before[2]:
                found[plugin] = code, doing, hung
        if not found:
            return
        said = self._suspected()
        for plugin, (code, doing, hung) in found.items():
            if hung or said.get(plugin) == [code, doing]:
                said.pop(plugin, None)
                self.put(plugin, code, doing, NEVER)
            else:
                said[plugin] = [code, doing]
        with contextlib.suppress(OSError):
            self._keep(SUSPECTED, said)

    def came_back(self, ran: Callable[[str, str], bool]) -> None:
        """Forgets suspicions of calls that ``ran(code, doing)`` knows to have come back."""
        said = self._suspected()
        kept = {name: one for name, one in said.items() if not ran(*one)}
        if kept != said:
            with contextlib.suppress(OSError):
                self._keep(SUSPECTED, kept)

    def _suspected(self) -> dict[str, list[str]]:
        if self._file is None:
            return {}
        try:
            found: Any = json.loads(self._file.with_name(SUSPECTED).read_text("utf-8"))
            return {str(name): [str(code), str(doing)] for name, (code, doing) in found.items()}
        except (OSError, ValueError, TypeError, AttributeError):
            return {}

    def release(self, plugin: str) -> bool:
        """Lets a plugin be tried again; whether it was quarantined."""
        if self._faults.pop(plugin, None) is None:
            return False
        listed = self._listed()
        listed.pop(plugin, None)
        self._write(listed)
        return True

    def _listed(self) -> dict[str, Fault]:
        """Reads what stands in the file now: another process may have put or released one meanwhile."""
        return {} if self._file is None else _read(self._file)

    def _write(self, faults: dict[str, Fault]) -> None:
        self._keep(FILE, {name: asdict(fault) for name, fault in sorted(faults.items())})

    def _keep(self, name: str, listed: Mapping[str, object]) -> None:
        if self._file is None or self._read_only:
            return
        made = self._file.with_name(f"{name}.{os.getpid()}.new")
        made.write_text(json.dumps(listed, ensure_ascii=False, indent=1), "utf-8")
        made.replace(self._file.with_name(name))


def _read(file: Path) -> dict[str, Fault]:
    try:
        found: Any = json.loads(read(file) or b"{}")
        return {str(name): Fault(**said) for name, said in found.items()}
    except (StoreError, ValueError, TypeError, AttributeError, RecursionError):
        return {}  # A list that cannot be read holds nobody back.
