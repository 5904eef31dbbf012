"""One check of a store (体检项目), and what the checks look at."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from taizhang_eventstore.ambient import SystemAmbient
from taizhang_eventstore.personal.cipher import parts
from taizhang_eventstore.personal.erasures import EVENT, Erasure, Erasures
from taizhang_eventstore.recorders.examining import Examined

OK = "ok"
NOTICE = "notice"
PROBLEM = "problem"
DAMAGED = "damaged"

KEYING = ("store.opened", "store.resealed", "store.keyed")
"""Events that say with which keys the store goes on."""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The result of one check: a state, and one sentence in Chinese and English."""

    name: str
    label: str
    state: str
    zh: str
    en: str


class Look:
    """The store that is examined, with its log."""

    def __init__(self, store: Path, log: Examined, *, full: bool) -> None:
        self.store = store
        self.log = log
        self.full = full

    @cached_property
    def now(self) -> dt.datetime:
        """The computer's clock."""
        return SystemAmbient().now()

    @cached_property
    def head(self) -> int:
        """The position of the last event."""
        return self.log.head()

    @cached_property
    def count(self) -> int:
        """Tells how many events there are."""
        return self.log.count()

    @cached_property
    def subjects(self) -> set[str]:
        """Every subject under whose key something in the log is encrypted, and who was not erased."""
        found = {parts(value)[0] for value in self.log.encrypted()}
        return found - self.erased - {e.subject for e in self.listed}

    @cached_property
    def listed(self) -> list[Erasure]:
        """The list of erasures, beside the seals."""
        return Erasures(self.store).load()

    @cached_property
    def erased(self) -> set[str]:
        """The subjects that the log has erased."""
        return {str(_payload(e, "subject")) for e in self.log.every(EVENT)}

    @cached_property
    def keys(self) -> str:
        """The id of the store's keys, as its log says; empty in one of before there were any."""
        return str(_payload(self.log.last_of(*KEYING), "keys") or "")

    @cached_property
    def demonstration(self) -> bool:
        """Tells if the first event stamps the store as a demonstration, whose clock is its own."""
        return bool(_payload(self.log.first(), "today"))


def _payload(event: dict[str, Any], name: str) -> Any:
    found = event.get("payload")
    return found.get(name) if isinstance(found, dict) else None


def days(age: dt.timedelta) -> int:
    """Whole days, none when the clock was set back."""
    return max(0, age.days)


def sized(size: int) -> str:
    """A number of bytes as people say it: ``12 MB``."""
    for unit, factor in (("GB", 1 << 30), ("MB", 1 << 20)):
        if size >= factor:
            return f"{size / factor:.1f} {unit}"
    return f"{size // 1024} KB"
