"""The keys of one open store in memory (钥匙串): what the codec seals and opens with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from taizhang_eventstore.personal.cipher import ERASED, KEY, MISSING, SubjectKey

if TYPE_CHECKING:
    from collections.abc import Iterable

    from taizhang_eventstore.ambient import Ambient
    from taizhang_eventstore.errors import BilingualError
    from taizhang_eventstore.personal.keys import Keys


_MOST = 20_000
"""Keys held ready at once: a county's would fill the memory."""


class Keyring:
    """Keys of subjects, those that are being made, and the subjects that were erased.

    `keys` is None where the store has none, or has lost them. A subject that was erased has no key
    any more, even where an older `keys.db` brings it back; the key of one of whom that is only
    claimed is not used, and stays.
    """

    def __init__(
        self, keys: Keys | None, erased: Iterable[str] = (), claimed: Iterable[str] = ()
    ) -> None:
        self.keys = keys
        self.erased: set[str] = set(erased)
        self.claimed: set[str] = set(claimed)
        self.locked: BilingualError | None = None
        """Why keys that are there were not opened, where the store is looked at without them."""
        self._known: dict[str, SubjectKey | None] = {}
        self._pending: dict[str, SubjectKey] = {}
        self._version = 0 if keys is None else keys.version()

    @property
    def identity(self) -> str:
        """Identifies the keys; empty where there are none."""
        return "" if self.keys is None else self.keys.id

    @property
    def ledger(self) -> bytes | None:
        """The key under which the ledger's file has its texts; None where there are no keys."""
        return None if self.keys is None else self.keys.ledger

    def key(self, subject: str) -> SubjectKey | None:
        """The key of a subject, None where there is none any more."""
        if subject in self.erased or subject in self.claimed:
            return None
        found = self._pending.get(subject)
        return self.kept(subject) if found is None else found

    def kept(self, subject: str) -> SubjectKey | None:
        """The key that is on the disk, of one who was erased too: for who is about to destroy it."""
        if self.keys is None:
            return None
        try:
            return self._known[subject]
        except KeyError:
            if len(self._known) >= _MOST:
                self._known.clear()
            raw = self.keys.raw(subject)
            found = None if raw is None or len(raw) != KEY else SubjectKey(raw)
            self._known[subject] = found
            return found

    def marker(self, subject: str) -> str:
        """Returns what stands in place of a text of `subject` that does not open."""
        return ERASED if subject in self.erased else MISSING

    # Making keys

    def begin(self) -> None:
        """Forgets keys that were made and not kept."""
        self._pending.clear()

    def make(self, subject: str, ambient: Ambient) -> SubjectKey:
        """A new key for a subject that has none, in memory until :meth:`keep`."""
        made = SubjectKey(ambient.secret_bytes(KEY))
        self._pending[subject] = made
        return made

    @property
    def made(self) -> int:
        """Tells how many keys were made that are not on the disk yet."""
        return len(self._pending)

    def unmake(self, made: int) -> None:
        """Forgets those made after the first ``made``: what they were for was refused."""
        for subject in list(self._pending)[made:]:
            del self._pending[subject]

    @property
    def making(self) -> bool:
        """Tells if keys were made that are not on the disk yet."""
        return bool(self._pending)

    def keep(self, ambient: Ambient) -> bool:
        """Puts what was made on the disk; False when another process made one of them meanwhile.

        Nothing may be appended before this: a text sealed under a key that is nowhere is lost.
        """
        if self.keys is None or not self._pending:
            return True
        kept = self.keys.keep({s: k.raw for s, k in self._pending.items()}, ambient)
        if kept:
            self._known.update(self._pending)
        else:
            for subject in self._pending:
                self._known.pop(subject, None)
        self._pending.clear()
        return kept

    # Others

    def destroy(self, subjects: Iterable[str]) -> None:
        """Erased for good: the keys are destroyed, on the disk and here."""
        gone = set(subjects)
        self.erased |= gone
        self.claimed -= gone
        for subject in gone:
            self._known.pop(subject, None)
            self._pending.pop(subject, None)
        if self.keys is not None and (there := self.keys.among(gone)):
            self.keys.destroy(there)

    def look(self) -> None:
        """Forgets what it knows when another process has changed the file."""
        if self.keys is not None and (version := self.keys.version()) != self._version:
            self._version = version
            self._known.clear()

    def forked(self) -> None:
        """For a process that was forked: goes on with a connection of its own, only to read."""
        if self.keys is not None:
            self.keys.forked()

    def close(self) -> None:
        """Closes the file."""
        if self.keys is not None:
            self.keys.close()
