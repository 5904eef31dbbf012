"""Looking after a store (体检): a list of checks, each with one sentence; nothing is ever written.

``verify`` proves that the log is the one that was sealed; this looks at everything around it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from taizhang.maintenance import surroundings, within
from taizhang.maintenance.checks import DAMAGED, OK, PROBLEM, CheckResult, Look
from taizhang.words.errors import NotFound
from taizhang_eventstore.errors import BilingualError, StoreDamaged, StoreError, translated
from taizhang_eventstore.files import there
from taizhang_eventstore.recorders.examining import Examined, examined

EXIT = {DAMAGED: 3, PROBLEM: 1}


@dataclass(frozen=True, slots=True)
class Examination:
    """All checks of one store, in the order in which people should read them."""

    store: Path
    checks: tuple[CheckResult, ...]

    @property
    def worst(self) -> str:
        """``ok``, ``notice``, ``problem`` or ``damaged``."""
        order = (DAMAGED, PROBLEM, "notice", OK)
        return next(s for s in order if s == OK or any(c.state == s for c in self.checks))

    @property
    def exit_code(self) -> int:
        """0 nothing is wrong (there may be notices), 1 something is, 3 the store is damaged."""
        return EXIT.get(self.worst, 0)


def examine(store: Path, *, full: bool = False) -> Examination:
    """Examines the store; ``full`` has SQLite check every index too, which takes longer.

    The store may be open, in this process too. Raises :class:`NotFound` when there is none.
    """
    if not there(store / "events.db"):
        raise NotFound("{path} 不是台账账册|{path} is not a store", path=store)
    return Examination(store, tuple(_checks(store, full)))


def _checks(store: Path, full: bool) -> Iterator[CheckResult]:
    yield from surroundings.checks(store)

    def looked(log: Examined) -> list[CheckResult]:
        look = Look(store, log, full=full)
        return [found for check in within.CHECKS for found in _guarded(check, look)]

    try:
        yield from examined(store / "events.db", looked)
    except StoreError as error:
        state = DAMAGED if isinstance(error, StoreDamaged) else PROBLEM
        yield CheckResult("log", "日志|Log", state, *error.pair)


def _guarded(check: Callable[[Look], Iterable[CheckResult]], look: Look) -> list[CheckResult]:
    """Runs a check and returns what it says; one that itself fails over a damaged file has found something
    too.
    """
    try:
        return list(check(look))
    except Exception as error:
        name, label = within.NAMES[check]
        if isinstance(error, sqlite3.Error):
            error = translated(error, look.store / "events.db")
        state = DAMAGED if isinstance(error, StoreDamaged) else PROBLEM
        zh, en = error.pair if isinstance(error, BilingualError) else (str(error), str(error))
        return [CheckResult(name, label, state, f"查不下去：{zh}", f"cannot be looked into: {en}")]
