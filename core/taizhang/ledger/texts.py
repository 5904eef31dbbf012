"""Personal texts: kept once in the table ``personal``, carried everywhere else as tokens.

A token is ``position.field`` of the event that said the text, with the text's mark behind it where the
text was sealed: ``24118.name.8f3k2q9x``, in a line ``24118.guests/3/name.8f3k2q9x``. Projections carry tokens and cannot read what they stand for.
Whether a correction has changed anything is seen by the marks, so that a ledger comes out the same when
the texts are gone; only texts that were recorded in the clear are compared themselves.

A text that was erased has no row; one whose key is missing has a row that says so. The others are encrypted
before they leave this module (:mod:`taizhang.ledger.vault`), on their way to another process too.
"""

from __future__ import annotations

import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from taizhang.declarations.fields import Declared, Event, specs
from taizhang.declarations.kinds import IdNumberKind
from taizhang.declarations.lines import line_fields, spec_at, text_at, with_texts
from taizhang.declarations.registry import Registry
from taizhang.declarations.subjects import personal_names, subject_fields, subjects_of
from taizhang.ledger.vault import Kept, vault_of
from taizhang.words.spelling import spelled
from taizhang_eventstore.personal.cipher import ERASED, MISSING
from taizhang_eventstore.personal.keyring import Keyring
from taizhang_eventstore.recorded import Recorded

LONGEST_NAME = 200
"""Characters of the longest text by which something is called."""
if TYPE_CHECKING:
    from taizhang_eventstore.log import Log

_PERSONAL: dict[type, tuple[str, ...]] = {}

_LINED: dict[type, bool] = {}

_SAID: dict[type, tuple[tuple[str, str, str, bool], ...]] = {}

Stored = tuple[str, str, Kept, str | None, bytes | None]
"""A row of ``personal``: token, subject, text, the keyed hash of an ID number, the mark of how a name is spelled."""


def personal_fields(cls: type[Any]) -> tuple[str, ...]:
    """Names of the personal fields of a declaration."""
    found = _PERSONAL.get(cls)
    if found is None:
        found = tuple(n for n, s in specs(cls).items() if s.kind.personal)
        _PERSONAL[cls] = found
    return found


def says_personal(cls: type[Any]) -> bool:
    """Tells if a declaration, or a line of it, has personal fields."""
    return bool(personal_fields(cls)) or _in_lines(cls)


def _in_lines(cls: type[Any]) -> bool:
    found = _LINED.get(cls)
    if found is None:
        lines = line_fields(cls).values() if issubclass(cls, Declared) else ()
        found = _LINED[cls] = any(personal_fields(line) for line in lines)
    return found


def _said(cls: type[Any]) -> tuple[tuple[str, str, str, bool], ...]:
    """Of each personal field: its name, the reference that it is about and the kind of entity that this
    names, and whether it is an ID number. Looked up once for each type: most events say something.
    """
    found = _SAID.get(cls)
    if found is None:
        fields = specs(cls)
        found = _SAID[cls] = tuple(
            (
                name,
                about,
                f"{fields[about].entity}:",
                isinstance(fields[name].kind, IdNumberKind),
            )
            for name, about in subject_fields(cls).items()
        )
    return found


def token(recorded: Recorded, name: str) -> str:
    """Makes the token that stands for the text in a field of an event."""
    mark = recorded.marks.get(name)
    return f"{recorded.position}.{name}.{mark}" if mark else f"{recorded.position}.{name}"


def tokenised(recorded: Recorded) -> Event | None:
    """The event with each personal text replaced by its token."""
    event: Any = recorded.event
    if event is None:
        return None
    names: Sequence[str] = personal_fields(type(event))
    changed = {n: token(recorded, n) for n in names if getattr(event, n)}
    if changed:
        event = msgspec.structs.replace(event, **changed)
    if _in_lines(type(event)):
        names = [n for n in personal_names(event) if "/" in n]
        event = with_texts(event, {n: token(recorded, n) for n in names})
    return event  # type: ignore[no-any-return]


class Texts(ABC):
    """Texts on their way into a ledger."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self.vault = vault_of(registry)
        self._waiting: dict[str, Stored] = {}

    def take(self, recorded: Recorded) -> Any:
        """Takes the texts that an event says; returns it :func:`tokenised`."""
        event, changed = recorded.event, {}
        for name, about, kind, numbered in _said(type(event)):
            text = getattr(event, name)
            if not text:
                continue
            made = changed[name] = token(recorded, name)
            if text == ERASED:
                continue
            self._take(made, f"{kind}{getattr(event, about)}", text, numbered)
        if _in_lines(type(event)):
            return self._take_lines(recorded)
        return msgspec.structs.replace(event, **changed) if changed else event  # type: ignore[type-var]

    def _take_lines(self, recorded: Recorded) -> Any:
        """Takes the texts of an event's lines; returns the event :func:`tokenised`."""
        event: Any = recorded.event
        for name, subject in subjects_of(event).items():
            text = text_at(event, name)
            if "/" in name and text != ERASED:
                numbered = isinstance(spec_at(type(event), name).kind, IdNumberKind)
                self._take(token(recorded, name), subject, text, numbered)
        return tokenised(recorded)

    def _take(self, made: str, subject: str, text: str, numbered: bool) -> None:
        if text == MISSING:
            self._waiting[made] = (made, subject, text, None, None)
            return
        number = self._number(text) if numbered else None
        # A title may be any text; what is longer than a name is none.
        mark = None if len(text) > LONGEST_NAME else self.vault.mark(spelled(text))
        self._waiting[made] = (made, subject, self.vault.keep(made, text), number, mark)

    def _number(self, text: str) -> str | None:
        """The keyed hash by which equal ID numbers are found, where there are keys."""
        ring = self.registry.codec.cipher
        if not isinstance(ring, Keyring) or ring.keys is None:
            return None
        return ring.keys.number(text)

    def same(self, one: Any, other: Any) -> bool:
        """Tells if two tokens stand for equal texts."""
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
        """Returns the texts that were taken since the last time; it is the caller's to :func:`keep`."""
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
        kept = None if waiting is None else waiting[2]
        if kept is None:
            asked = "SELECT text FROM personal WHERE token = ?"
            row = self.db.execute(asked, (token,)).fetchone()
            kept = None if row is None else row[0]
        text = self.vault.text(token, kept)
        return token if text is None else text

    def flush(self) -> bool:
        """Writes what was taken; whether there was anything."""
        taken = self.taken()
        keep(self.db, taken)
        return bool(taken)


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
        db.executemany("INSERT OR REPLACE INTO personal VALUES (?, ?, ?, ?, ?)", texts)
