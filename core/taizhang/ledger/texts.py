"""Personal texts: kept once in the table ``personal``, carried everywhere else as tokens.

A token is ``position.field`` of the event that said the text, with the text's mark behind it where the
text was sealed: ``24118.name.8f3k2q9x``, in a line ``24118.guests/3/name.8f3k2q9x``. Projections carry tokens and cannot read what they stand for.
Whether a correction has changed anything is seen by the marks, so that a ledger comes out the same when
the texts are gone; only texts that were recorded in the clear are compared themselves.

A text that was erased has no row; one whose key is missing has a row that says so.
"""

from __future__ import annotations

import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

from taizhang.declarations.fields import Event, specs
from taizhang.declarations.kinds import IdNumberKind
from taizhang.declarations.lines import line_fields, spec_at, text_at, with_texts
from taizhang.declarations.registry import Registry
from taizhang.declarations.subjects import personal_names, subjects_of
from taizhang.words.pinyin import pinyin
from taizhang_eventstore.log import Log
from taizhang_eventstore.personal.cipher import ERASED, MISSING
from taizhang_eventstore.personal.keyring import Keyring
from taizhang_eventstore.recorded import Recorded

_PERSONAL: dict[type, bool] = {}

Stored = tuple[str, str, str, str, str, str | None]


def personal_fields(cls: type[Any]) -> bool:
    """Whether a declaration, or a line of it, has personal fields."""
    found = _PERSONAL.get(cls)
    if found is None:
        kinds = [s.kind for one in (cls, *line_fields(cls).values()) for s in specs(one).values()]
        found = _PERSONAL[cls] = any(kind.personal for kind in kinds)
    return found


def token(recorded: Recorded, name: str) -> str:
    """What stands for the text in a field of an event."""
    mark = recorded.marks.get(name)
    return f"{recorded.position}.{name}.{mark}" if mark else f"{recorded.position}.{name}"


def tokenised(recorded: Recorded) -> Event | None:
    """The event with each personal text replaced by its token."""
    event: Any = recorded.event
    if event is None or not personal_fields(type(event)):
        return event  # type: ignore[no-any-return]
    return with_texts(event, {name: token(recorded, name) for name in personal_names(event)})


class Texts(ABC):
    """Texts on their way into a ledger."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self._waiting: dict[str, Stored] = {}

    def take(self, recorded: Recorded) -> None:
        """Takes the texts that an event says."""
        event = recorded.event
        for name, subject in subjects_of(event).items():
            text = text_at(event, name)
            if text == ERASED:
                continue
            made = token(recorded, name)
            named = name.rpartition("/")[2] == "name"
            full, initials = pinyin(text) if named and text != MISSING else ("", "")
            number = self._number(event, name, text)
            self._waiting[made] = (made, subject, text, full, initials, number)

    def _number(self, event: Any, name: str, text: str) -> str | None:
        """The keyed hash by which equal ID numbers are found, where there are keys."""
        if not isinstance(spec_at(type(event), name).kind, IdNumberKind) or text == MISSING:
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

    @abstractmethod
    def _text(self, token: str) -> str:
        """The text that a token stands for, or the token where there is none."""

    def taken(self) -> list[Stored]:
        """What was taken since the last time; it is the caller's to :func:`keep`."""
        waiting = list(self._waiting.values())
        self._waiting.clear()
        return waiting

    def forget(self) -> None:
        """Drops what was taken since the last time."""
        self._waiting.clear()


class StoredTexts(Texts):
    """The texts of one ledger file, and those on their way into it."""

    def __init__(self, db: sqlite3.Connection, registry: Registry) -> None:
        super().__init__(registry)
        self.db = db

    def _text(self, token: str) -> str:
        waiting = self._waiting.get(token)
        if waiting is not None:
            return waiting[2]
        row = self.db.execute("SELECT text FROM personal WHERE token = ?", (token,)).fetchone()
        return token if row is None else row[0]

    def flush(self) -> None:
        """Writes what was taken."""
        keep(self.db, self.taken())


class LoggedTexts(Texts):
    """The texts of a ledger that is built, for processes that have no connection to it: of the few that
    have to be compared, the log is asked what was said.
    """

    def __init__(self, log: Log, registry: Registry) -> None:
        super().__init__(registry)
        self.log = log

    def _text(self, token: str) -> str:
        position, name = token.split(".", 2)[:2]
        found = self.log.at([int(position)])
        event = found[0].event if found else None
        said = None if event is None else text_at(event, name)
        return token if not said or said == ERASED else str(said)


def keep(db: sqlite3.Connection, texts: Sequence[Stored]) -> None:
    """Writes texts."""
    if texts:
        db.executemany("INSERT OR REPLACE INTO personal VALUES (?, ?, ?, ?, ?, ?)", texts)
