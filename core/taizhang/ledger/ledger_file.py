"""The ledger's file of one open store: prepared, caught up, built anew, and tried in.

A ledger is a function of the log. :class:`LedgerFile` sees to it that the one that is open is level with
the log, whatever has become of the file: missing, damaged, of another layout, put back from a backup, or in
a store that may only be looked at.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from taizhang.declarations.registry import Registry
from taizhang.ledger import rebuild as rebuilding
from taizhang.ledger.aside import Aside, absent, usable
from taizhang.ledger.file import damaged, discard, identity, open_file
from taizhang.ledger.keyed import keys_came_back, keys_went, lingering
from taizhang.ledger.own import own_layout
from taizhang.ledger.projector import Progress, Projector
from taizhang.ledger.schema import LABEL, connect
from taizhang.ledger.trial import Trial
from taizhang.ledger.view import LedgerView, Notes
from taizhang.ledger.views import Views
from taizhang.words.labels import Label
from taizhang_eventstore.ambient import Ambient
from taizhang_eventstore.errors import StoreError, translating
from taizhang_eventstore.log import Log
from taizhang_eventstore.personal.keyring import Keyring
from taizhang_eventstore.recorders.schema import version

FOREIGN = Label(
    "台账 ledger.db 被别的程序改过，已由日志重建；里面的触发器、视图、改动都不再有效",
    "the ledger ledger.db was changed by another program and has been built anew from the log; triggers, views and changes in it are gone",
)


class Erasing(Protocol):
    """Settles what erasures leave to be done in a ledger."""

    def pending(self) -> bool:
        """Tells if somebody was erased since it was last settled."""
        ...

    def settle(self, db: sqlite3.Connection) -> bool:
        """Does what is left to do; False when bytes live on in another process's hands."""
        ...


class LedgerFile:
    """The ledger of one open store. Not shared between threads; see :meth:`connection`."""

    def __init__(
        self,
        path: Path,
        log: Log,
        registry: Registry,
        keyring: Keyring,
        erasing: Erasing,
        strayed: Callable[[int, str], None],
        *,
        read_only: bool,
        distrusted: bool,
    ) -> None:
        """Opens the file; :meth:`level` makes it fit to be read.

        Args:
            path: the file, there or not.
            log: what it is a function of.
            registry: the tables.
            keyring: what opens personal texts.
            erasing: what erasures leave to be done.
            strayed: told of an event that the ledger has seen and the log does not have, before it forgets it.
            read_only: nothing is written in the store.
            distrusted: the file came with somebody else's log, and is not believed.
        """
        self.log = log
        self.registry = registry
        self.keyring = keyring
        self.read_only = read_only
        self._original = path
        self._erasing = erasing
        self._strayed = strayed
        self._distrusted = distrusted
        self._aside = Aside(path, distrusted=distrusted)
        self.foreign: Label | None = None
        """What another program has done to the file, if anything."""
        with self.translating():
            self._reconnect()

    @property
    def path(self) -> Path:
        """The file that is read; not the store's own where that must not be written or believed."""
        return self._aside.path

    @property
    def writable(self) -> bool:
        """Tells if what is known of the ledger may be noted in it."""
        return not self.read_only or self._aside.private

    def connection(self) -> sqlite3.Connection:
        """A connection of its own that reads the ledger, for another thread; the caller closes it."""
        if self.read_only:
            return self._aside.connect()
        return connect(self._original, read_only=True)

    def reading(
        self,
        on: dt.date,
        known: int | None = None,
        *,
        ambient: Ambient | None = None,
        notes: Notes | None = None,
    ) -> LedgerView:
        """The ledger at two clocks.

        Args:
            on: the day.
            known: the position, None for now.
            ambient: where ids of new entities come from, while an action is decided.
            notes: where what is read is remembered, while an action is decided.
        """
        return LedgerView(
            self.db, self.registry, on, known, views=self.views, ambient=ambient, notes=notes
        )

    def trial(self, today: dt.date) -> Trial:
        """A place where events are tried before they stand in the log (see :class:`Trial`)."""
        # Views made inside its transaction would be undone with it, unnoticed.
        self.views.look(today, None)
        return Trial(self.db, self.registry, self.projector)

    # Level with the log

    def level(self, progress: Progress | None = None) -> int:
        """Prepares the ledger and catches up with the log; a damaged ledger is built anew.

        Returns the position that it has reached.
        """
        with self.translating():
            return self._level(progress)

    def _level(self, progress: Progress | None) -> int:
        reached = self._leveled(progress)
        if self._aside.private:
            self._aside.keep()
        self._layout = version(self.db)
        return reached

    def _leveled(self, progress: Progress | None) -> int:
        if self.read_only and not self._aside.private and not self._private():
            self.projector.read_tracking()
            return self.log.head()
        try:
            if self._own():
                self._erasing.settle(self.db)
                self.projector.prepare()
                if not self._astray():
                    return self._caught_up(progress)
        except sqlite3.DatabaseError as error:
            if not damaged(error):
                raise
        self.db.close()
        if self.read_only:
            self._aside.close()
            self._use(self._aside.begin())
        else:
            discard(self._original)
            self._reconnect()
        self.projector.prepare()
        return self.projector.catch_up(progress)

    def _astray(self) -> bool:
        """Tells if the ledger tells of events that the log does not have: the log was put back to an older
        copy, or has lost its end, and may have gone on since.
        """
        seen = self.projector.seen()
        if seen is None or self.log.has(*seen):
            return False
        self._strayed(*seen)
        return True

    def _caught_up(self, progress: Progress | None) -> int:
        """Catches up, or builds anew what that would take longer for, or what keys have changed."""
        head = self.log.head()
        if (
            rebuilding.worthwhile(head - self.projector.position(), head)
            or keys_came_back(self.db, self.keyring)
            or self._keys_went()
        ):
            self._rebuild(progress)
        return self.projector.catch_up(progress)

    def _own(self) -> bool:
        """Tells if the file's layout is of our own making; it is told where another program's is."""
        if own_layout(self.db, self.registry):
            return True
        if self.projector.agrees():  # otherwise it was made with other keys or programmes
            self.foreign = FOREIGN
        return False

    def _keys_went(self) -> bool:
        return keys_went(self.db, self.keyring, note=self.writable)

    def _private(self) -> bool:
        """Goes over to a ledger elsewhere, kept or computed now, if the store's own does not serve as it stands."""
        here = usable(self.db) and not self._distrusted
        here = here and self._own() and not self._astray()
        if here and self.projector.agrees():
            # What other programs have open, they keep level.
            level = self._aside.shared or self.projector.position() >= self.log.head()
            if level and not lingering(self.db, self.keyring) and not self._keys_went():
                return False
        if (found := self._aside.found()) is not None:
            self.db.close()
            self._use(found)
            return True
        try:
            made = self._aside.begin()
        except StoreError as error:
            if here:
                return False
            raise absent(error) from None
        self.db.close()
        if here:
            self._aside.copy_into(made)
        self._use(made)
        return True

    def _reconnect(self) -> None:
        if not self.read_only:
            self._use(open_file(self._original))
            return
        self._aside.reopen()
        try:
            self._use(self._aside.connect())
        except (StoreError, sqlite3.Error):
            # Missing or no database at all: to be computed, see `level`.
            self._use(sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False))

    def _use(self, db: sqlite3.Connection) -> None:
        self.db = db
        self._layout = -1
        """SQLite's number of the layout that was last found to be our own."""
        self._file = identity(self._original)
        self.views = Views(self.db, self.registry)
        self.projector = Projector(self.db, self.log, self.registry)

    def _follow(self, progress: Progress | None) -> None:
        """Leaves a ledger that somebody has thrown away since: other readers look at the new one."""
        if not self.read_only and identity(self._original) != self._file:
            self.db.close()
            self._reconnect()
            self._level(progress)

    def catch_up(self, progress: Progress | None = None) -> int:
        """Brings the ledger level with the log, which other processes write too."""
        with self.translating():
            return self._catch_up(progress)

    def _catch_up(self, progress: Progress | None) -> int:
        if self.read_only and not self._aside.private:
            if self._aside.changed():
                self.db.close()
                self._reconnect()
                return self._level(progress)
            return self.log.head()
        self._follow(progress)
        self.keyring.look()
        if self._erasing.pending():
            self._erasing.settle(self.db)
            if self._keys_went():
                self._rebuild(progress)
        # Under an open program too: another tool may have put a trigger into the file.
        if version(self.db) != self._layout or self._astray():
            return self._level(progress)
        return self.projector.catch_up(progress)

    def rebuild(self, progress: Progress | None = None) -> int:
        """Builds the ledger anew from the log, aside, and swaps it in; returns the position."""
        with self.translating():
            self._rebuild(progress)
            self._layout = version(self.db)
            # Somebody may have been erased while it was built.
            self._erasing.settle(self.db)
            return self.projector.catch_up()

    def _rebuild(self, progress: Progress | None) -> None:
        rebuilding.rebuild(self.db, self.path, self.log, self.registry, progress)

    def translating(self) -> AbstractContextManager[None]:
        """Errors of SQLite and the system are told as the ledger's file's."""
        return translating(self._original, LABEL)

    def close(self) -> None:
        """Closes the file, and removes what was made elsewhere and is not to be kept."""
        self.db.close()
        self._aside.close()


__all__ = ["Erasing", "LedgerFile"]
