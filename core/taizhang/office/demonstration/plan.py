"""What the demonstration is made of: operations with a day, a time of recording and references."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from taizhang.loading.hooks import Ref

START = dt.date(2004, 7, 1)
TODAY = dt.date(2012, 12, 31)


@dataclass(slots=True)
class Operation:
    """One thing the office does: ``action`` with its fields, or an amendment of what ``target`` did.

    ``key`` names what it makes; ``when`` is the moment of recording, ``on`` the day it is true.
    """

    when: dt.datetime
    serial: int
    action: str
    fields: Mapping[str, Any]
    on: dt.date
    key: str = ""
    target: str = ""
    reason: str | None = None
    document: str | None = None


@dataclass(slots=True)
class Script:
    """The operations so far, and the one source of chance."""

    chance: random.Random
    operations: list[Operation] = field(default_factory=list)
    last: dict[str, dt.datetime] = field(default_factory=dict)

    def moment(self, on: dt.date, delay: int = 0) -> dt.datetime:
        """A moment of office hours, ``delay`` days after ``on`` but not after today."""
        day = min(on + dt.timedelta(days=delay), TODAY)
        return dt.datetime.combine(day, dt.time(1), dt.UTC) + dt.timedelta(
            seconds=self.chance.randrange(8 * 3600)
        )

    def add(
        self,
        action: str,
        on: dt.date,
        fields: Mapping[str, Any],
        *,
        key: str = "",
        target: str = "",
        chain: tuple[str, ...] = (),
        after: tuple[str, ...] = (),
        delay: int = 0,
        reason: str | None = None,
        document: str | None = None,
    ) -> Operation:
        """Adds an operation recorded ``delay`` days late, and after what ``chain`` and ``after`` name.

        Operations of one chain are recorded in the order in which they are added: a letter is received
        after it was issued. What makes something (``key``) begins a chain of that name; the moment of
        its making alone is ``"key made"``.
        """
        when = self.moment(on, delay)
        chain = (*chain, key) if key else chain
        for link in (*chain, *after):
            if link in self.last and when <= self.last[link]:
                when = self.last[link] + dt.timedelta(seconds=1 + self.chance.randrange(40))
        for link in chain:
            self.last[link] = when
        if key:
            self.last[f"{key} made"] = when
        operation = Operation(
            when, len(self.operations), action, fields, on, key, target, reason, document
        )
        self.operations.append(operation)
        return operation

    def delay(self) -> int:
        """Days between a fact and its recording: mostly a few, for one in twenty weeks."""
        if self.chance.random() < 0.055:
            return self.chance.randrange(8, 60)
        return self.chance.randrange(0, 4)

    def day(self, first: dt.date, last: dt.date) -> dt.date:
        """A day between two, both included."""
        return first + dt.timedelta(days=self.chance.randrange((last - first).days + 1))

    def ordered(self) -> list[Operation]:
        """All operations in the order of recording."""
        return sorted(self.operations, key=lambda o: (o.when, o.serial))


__all__ = ["START", "TODAY", "Operation", "Ref", "Script"]
