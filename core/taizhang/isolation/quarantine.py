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
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict

from taizhang_eventstore.errors import StoreError
from taizhang_eventstore.files import read

FILE = "quarantine.json"

NEVER = "没有回来（程序卡住或被中止）/ it never came back (it hung, or the program was killed)"
"""The reason of one whose process has gone."""


class Fault(Struct, frozen=True):
    """What a plugin did: ``doing`` what, at which event if any, and the reason in words."""

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
        """Quarantines a plugin. Never fails: where it cannot be written it holds for this process."""
        at = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        fault = Fault(plugin, code, doing, reason, at, seq)
        self._faults[plugin] = fault
        with contextlib.suppress(OSError):
            self._write({**self._listed(), plugin: fault})
        return fault

    def release(self, plugin: str) -> bool:
        """Lets a plugin be tried again; whether it was quarantined."""
        if self._faults.pop(plugin, None) is None:
            return False
        listed = self._listed()
        listed.pop(plugin, None)
        self._write(listed)
        return True

    def _listed(self) -> dict[str, Fault]:
        """What stands in the file now: another process may have put or released one meanwhile."""
        return {} if self._file is None else _read(self._file)

    def _write(self, faults: dict[str, Fault]) -> None:
        if self._file is None or self._read_only:
            return
        listed = {name: asdict(fault) for name, fault in sorted(faults.items())}
        made = self._file.with_name(f"{self._file.name}.{os.getpid()}.new")
        made.write_text(json.dumps(listed, ensure_ascii=False, indent=1), "utf-8")
        made.replace(self._file)


def _read(file: Path) -> dict[str, Fault]:
    try:
        found: Any = json.loads(read(file) or b"{}")
        return {str(name): Fault(**said) for name, said in found.items()}
    except (StoreError, ValueError, TypeError, AttributeError, RecursionError):
        return {}  # A list that cannot be read holds nobody back.
