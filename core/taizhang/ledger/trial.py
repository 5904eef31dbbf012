"""Trials: events applied to the ledger before they stand in the log, judged, and kept or undone."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Self

from taizhang.declarations.registry import Registry
from taizhang.ledger.facts import FactSource
from taizhang.ledger.findings import CheckScope, find
from taizhang.ledger.projector import Changes, Projector
from taizhang.ledger.view import LedgerView
from taizhang.words.errors import Finding
from taizhang_eventstore.recorded import Recorded


class Trial:
    """One transaction of the ledger, level with the log at :attr:`base` when it begins.

    ``with file.trial(today) as trial:`` opens it. Unless :meth:`keep` was called it is undone at the end,
    whatever was applied: a preview is a trial that nobody keeps.
    """

    def __init__(self, db: sqlite3.Connection, registry: Registry, projector: Projector) -> None:
        self.base = 0
        """The position of the log that the ledger stood at."""
        self.base_id = ""
        """The id of the event there, as the ledger has seen it."""
        self._db = db
        self._registry = registry
        self._projector = projector
        self._upto = 0
        self._kept = False

    def __enter__(self) -> Self:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            head = self._projector.step()
            while self._projector.behind(head):
                head = self._projector.step()
        except BaseException:
            self._undo()
            raise
        self._projector.source.begin(head)
        self.base = self._upto = head
        seen = self._projector.seen()
        self.base_id = seen[1] if seen is not None and seen[0] == head else ""
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None or not self._kept:
            self._undo()
        elif self._db.in_transaction:
            try:
                self._db.execute("COMMIT")
            except sqlite3.Error:
                self._undo()
                raise

    def _undo(self) -> None:
        # For want of room SQLite may have undone all of it already.
        if self._db.in_transaction:
            self._db.execute("ROLLBACK")
        self._projector.read_tracking()

    def keep(self) -> None:
        """Keeps what was applied: its events stand in the log, at the positions that they were tried at."""
        self._kept = True

    @property
    def facts(self) -> FactSource:
        """The facts of the log and of what was applied, with what has amended them."""
        return self._projector.source

    @contextmanager
    def action(self) -> Iterator[None]:
        """One action: if it raises, what it applied is undone, and what others applied before it stays."""
        upto = self._upto
        self._db.execute("SAVEPOINT action")
        try:
            yield
        except BaseException:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK TO action")
                self._db.execute("RELEASE action")
            self._projector.source.cut(upto)
            self._upto = upto
            self._projector.read_tracking()
            raise
        self._db.execute("RELEASE action")

    def apply(self, events: Sequence[Recorded]) -> CheckScope:
        """Applies the events of an action, inside :meth:`action`; returns what to look at because of them."""
        self._projector.changes = Changes()
        self._projector.apply(events)
        self._upto = events[-1].position
        named: dict[str, set[str]] = {}
        for one in events:
            for tag in one.tags:
                kind, _, id = tag.partition(":")
                if kind in self._registry.entities:
                    named.setdefault(kind, set()).add(id)
        return CheckScope(self._projector.changes, named)

    def caused(self, events: Sequence[Recorded], ledger: LedgerView) -> list[Finding]:
        """Applies the events of an action, inside :meth:`action`.

        Returns the findings that were not there before, on the day of ``ledger``.
        """
        scope = self.apply(events)
        after = find(ledger, scope)
        if not after:
            return []
        self._db.execute("ROLLBACK TO action")
        self._projector.read_tracking()
        before = set(find(ledger, scope))
        self.apply(events)
        return [f for f in after if f not in before]


__all__ = ["Trial"]
