"""Drafts (草稿): half-filled forms on disk, written at every change, so that no stop loses one.

One file a form in the store's ``drafts`` directory, readable by its owner alone: drafts may hold
people's data. A file is written beside and renamed, so that it is always whole.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import re
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Draft:
    """What was typed, and when."""

    values: dict[str, str]
    saved: dt.datetime


class Drafts:
    """The drafts of one store."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def _file(self, form: str) -> Path:
        return self.root / (re.sub(r"[^\w.-]", "_", form) + ".json")

    def load(self, form: str) -> Draft | None:
        """The draft of a form; a file that cannot be read counts as none."""
        try:
            said = json.loads(self._file(form).read_text("utf-8"))
            values = {str(k): str(v) for k, v in said["values"].items()}
            return Draft(values, dt.datetime.fromisoformat(said["saved"])) if values else None
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None

    def save(self, form: str, values: dict[str, str]) -> None:
        """Keeps what was typed; raises OSError when it cannot."""
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = self._file(form)
        part = file.with_suffix(f".{os.getpid()}.part")
        saved = dt.datetime.now().astimezone().isoformat(timespec="seconds")
        text = json.dumps(
            {"form": form, "saved": saved, "values": values}, ensure_ascii=False, indent=1
        )
        with open(part, "w", encoding="utf-8", opener=_private) as out:
            out.write(text)
            out.flush()
        os.replace(part, file)

    def drop(self, form: str) -> None:
        """Forgets a draft."""
        with contextlib.suppress(OSError):
            self._file(form).unlink()

    def forms(self) -> list[str]:
        """The forms that have a draft."""
        return sorted(file.stem for file in self.root.glob("*.json")) if self.root.exists() else []


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
