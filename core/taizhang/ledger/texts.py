"""Personal texts: kept once in the table ``personal``, carried everywhere else as tokens.

A token is ``position.field`` of the event that said the text. Projections carry tokens and cannot read
what they stand for; texts are compared here alone, where a correction turns out to have changed nothing.
"""

from __future__ import annotations

import sqlite3
from typing import Any

import msgspec

from taizhang.declare import Event, refs, specs
from taizhang.pinyin import pinyin
from taizhang_eventstore.recorded import Recorded

_PERSONAL: dict[type, tuple[str, ...]] = {}


def personal_fields(cls: type[Any]) -> tuple[str, ...]:
    """Names of the personal fields of a declaration."""
    found = _PERSONAL.get(cls)
    if found is None:
        found = tuple(n for n, s in specs(cls).items() if s.kind.personal)
        _PERSONAL[cls] = found
    return found


def tokenised(recorded: Recorded) -> Event | None:
    """The event with each personal text replaced by its token."""
    event = recorded.event
    if event is None:
        return None
    names = personal_fields(type(event))
    if not names:
        return event  # type: ignore[return-value]
    changed = {n: f"{recorded.position}.{n}" for n in names if getattr(event, n)}
    return msgspec.structs.replace(event, **changed) if changed else event  # type: ignore[return-value]


class Texts:
    """The texts of one ledger file, and those on their way into it."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db
        self._waiting: dict[str, tuple[str, str, str, str, str]] = {}

    def take(self, recorded: Recorded) -> None:
        """Takes the texts that an event says."""
        event = recorded.event
        subject = None
        for name in personal_fields(type(event)):
            text = getattr(event, name)
            if text:
                if subject is None:
                    subject = next((f"{kind}:{id}" for kind, id in refs(event)), "")  # type: ignore[arg-type]
                token = f"{recorded.position}.{name}"
                full, initials = pinyin(text) if name == "name" else ("", "")
                self._waiting[token] = (token, subject, text, full, initials)

    def same(self, one: Any, other: Any) -> bool:
        """Whether two tokens stand for equal texts."""
        return one == other or (
            one is not None and other is not None and self._text(one) == self._text(other)
        )

    def _text(self, token: str) -> str:
        waiting = self._waiting.get(token)
        if waiting is not None:
            return waiting[2]
        row = self.db.execute("SELECT text FROM personal WHERE token = ?", (token,)).fetchone()
        return token if row is None else row[0]

    def flush(self) -> None:
        """Writes what was taken."""
        if self._waiting:
            self.db.executemany(
                "INSERT OR REPLACE INTO personal VALUES (?, ?, ?, ?, ?)", self._waiting.values()
            )
            self._waiting.clear()

    def forget(self) -> None:
        """Drops what was taken since the last flush."""
        self._waiting.clear()
