"""Personal texts: kept once in the table ``personal``, carried everywhere else as tokens.

A token is ``position.field`` of the event that said the text, with the text's mark behind it where the
text was sealed: ``24118.name.8f3k2q9x``. Projections carry tokens and cannot read what they stand for.
Whether a correction has changed anything is seen by the marks, so that a ledger comes out the same when
the texts are gone; only texts that were recorded in the clear are compared themselves.

A text that was erased has no row; one whose key is missing has a row that says so.
"""

from __future__ import annotations

import sqlite3
from typing import Any

import msgspec

from taizhang.declarations.fields import Event, specs
from taizhang.declarations.kinds import IdNumberKind, Kind
from taizhang.declarations.registry import Registry
from taizhang.declarations.subjects import subjects_of
from taizhang.words.pinyin import pinyin
from taizhang_eventstore.personal.cipher import ERASED, MISSING
from taizhang_eventstore.personal.keyring import Keyring
from taizhang_eventstore.recorded import Recorded

_PERSONAL: dict[type, tuple[str, ...]] = {}

Stored = tuple[str, str, str, str, str, str | None]


def personal_fields(cls: type[Any]) -> tuple[str, ...]:
    """Names of the personal fields of a declaration."""
    found = _PERSONAL.get(cls)
    if found is None:
        found = tuple(n for n, s in specs(cls).items() if s.kind.personal)
        _PERSONAL[cls] = found
    return found


def token(recorded: Recorded, name: str) -> str:
    """What stands for the text in a field of an event."""
    mark = recorded.marks.get(name)
    return f"{recorded.position}.{name}.{mark}" if mark else f"{recorded.position}.{name}"


def tokenised(recorded: Recorded) -> Event | None:
    """The event with each personal text replaced by its token."""
    event = recorded.event
    if event is None:
        return None
    names = personal_fields(type(event))
    if not names:
        return event  # type: ignore[return-value]
    changed = {n: token(recorded, n) for n in names if getattr(event, n)}
    return msgspec.structs.replace(event, **changed) if changed else event  # type: ignore[return-value]


class Texts:
    """The texts of one ledger file, and those on their way into it."""

    def __init__(self, db: sqlite3.Connection, registry: Registry) -> None:
        self.db = db
        self.registry = registry
        self._waiting: dict[str, Stored] = {}

    def take(self, recorded: Recorded) -> None:
        """Takes the texts that an event says."""
        event: Any = recorded.event
        for name, subject in subjects_of(event).items():
            text = getattr(event, name)
            if text == ERASED:
                continue
            made = token(recorded, name)
            kind = specs(type(event))[name].kind
            full, initials = pinyin(text) if kind.by_sound and text != MISSING else ("", "")
            number = self._number(kind, text)
            self._waiting[made] = (made, subject, text, full, initials, number)

    def _number(self, kind: Kind, text: str) -> str | None:
        """The keyed hash by which equal ID numbers are found, where there are keys."""
        if not isinstance(kind, IdNumberKind) or text == MISSING:
            return None
        ring = self.registry.codec.cipher
        if not isinstance(ring, Keyring) or ring.keys is None:
            return None
        return ring.keys.number(text)

    def same(self, one: Any, other: Any) -> bool:
        """Whether two tokens stand for equal texts."""
        if one == other or not one or not other:
            return bool(one == other)
        first, second = (str(t).split(".", 2)[2:] for t in (one, other))
        if first and second:
            return first == second
        return self._text(one) == self._text(other)

    def _text(self, token: str) -> str:
        waiting = self._waiting.get(token)
        if waiting is not None:
            return waiting[2]
        row = self.db.execute("SELECT text FROM personal WHERE token = ?", (token,)).fetchone()
        return token if row is None else row[0]

    def flush(self) -> bool:
        """Writes what was taken; whether there was anything."""
        if not self._waiting:
            return False
        self.db.executemany(
            "INSERT OR REPLACE INTO personal VALUES (?, ?, ?, ?, ?, ?)", self._waiting.values()
        )
        self._waiting.clear()
        return True

    def forget(self) -> None:
        """Drops what was taken since the last flush."""
        self._waiting.clear()
