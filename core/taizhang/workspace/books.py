"""The books: one store's open files — log, ledger, seals, clock — kept level with each other.

Deciding, amending and rebuilding work on :class:`Books`; :class:`taizhang.workspace.Workspace` is what
command line, importer and screens call.
"""

from __future__ import annotations

import datetime as dt
import os
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import msgspec
from eventsourcing.dcb.api import DCBAppendCondition, DCBQuery, DCBQueryItem
from eventsourcing.persistence import IntegrityError

from taizhang import __version__
from taizhang.ledger import rebuild as rebuilding
from taizhang.ledger.aside import Aside, absent, usable
from taizhang.ledger.file import damaged, discard, identity, open_file
from taizhang.ledger.keyed import keys_came_back, keys_went
from taizhang.ledger.projector import Progress, Projector
from taizhang.ledger.schema import connect
from taizhang.ledger.views import Views
from taizhang.loading.loader import load
from taizhang.store.paths import (
    DEMONSTRATION,
    LEDGER_FILE,
    ORDINARY,
    StoreOpened,
    StorePaths,
    ambient_of,
    founding,
    keys_of,
    local_day,
    stamp_of,
    there_is_one,
)
from taizhang.store.sealing import Sealing
from taizhang.store.unlocking import Ask, create_keys, open_keys, secret_of
from taizhang.store.viewings import Viewings
from taizhang.words.errors import NotFound, Refused
from taizhang.workspace.settling import erased, lingering, settle
from taizhang_eventstore.ambient import Ambient
from taizhang_eventstore.envelope import Envelope
from taizhang_eventstore.errors import StoreError, translating
from taizhang_eventstore.files import there
from taizhang_eventstore.log import open_log
from taizhang_eventstore.personal.erasures import Erasures
from taizhang_eventstore.personal.keyring import Keyring

if TYPE_CHECKING:
    from taizhang_eventstore.personal.wrapping import Secret
    from taizhang_eventstore.seals.checkpoint import Seal


def _no_store(paths: StorePaths) -> NotFound:
    return NotFound(
        "{path} 不是台账账册；先用 taizhang init 建账"
        "|{path} is not a store; make one with taizhang init",
        path=paths.root,
    )


class Books:
    """The files of one open store. Not shared between threads."""

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        actor: str | None = None,
        read_only: bool = False,
        ambient: Ambient | None = None,
        create: bool = False,
        disabled: Iterable[str] | None = None,
        secret: Secret | None = None,
        ask: Ask | None = None,
        from_elsewhere: bool = False,
    ) -> None:
        self.paths = StorePaths(Path(path))
        self.actor = actor or os.environ.get("TAIZHANG_ACTOR") or os.environ.get("USER") or "staff"
        self.read_only = read_only or from_elsewhere
        # A ledger that came along with somebody else's log may say anything.
        self._distrusted = from_elsewhere
        self._aside = Aside(self.paths.ledger)
        self.correlation: str | None = None
        self.strange_keys = False
        """Whether the `keys.db` that is there is another store's, and was left alone."""
        self.listed: tuple[int, int] = (0, 0)
        """The state of the list of erasures that the ledger has followed."""
        if not create and not there(self.paths.events):
            raise _no_store(self.paths)
        off = None if disabled is None else set(disabled)
        loaded = load(off, paths=self.paths, read_only=self.read_only)
        self.registry, self.plugins = loaded.registry, loaded.states
        self.plugin_hooks = loaded.hooks
        self.keyring = Keyring(None)
        self.log = open_log(self.paths.events, self.registry.codec, self.read_only, create=create)
        try:
            self.sealing = Sealing(self.paths, self.log)
            self.erasures = Erasures(self.paths.root)
            self.viewings = Viewings(self.paths.root, read_only=self.read_only)
            self._unlock(secret, ask)
            self.stamp, last = stamp_of(self.log)
            if last is None and not create:
                # Somebody is making it at this moment, or was killed in making it.
                raise _no_store(self.paths)
            self._leave_strange_keys()
            self.ambient = ambient or ambient_of(self.stamp, last)
            with translating(self.paths.ledger, LEDGER_FILE):
                self._reconnect()
        except BaseException:
            self.log.close()
            self.keyring.close()
            raise

    @property
    def ledger_path(self) -> Path:
        """The ledger's file; not the store's own where that must not be written or believed."""
        return self._aside.path

    @property
    def writes_ledger(self) -> bool:
        """Whether what is known of the ledger may be noted in it."""
        return not self.read_only or self._aside.private

    def connection(self) -> sqlite3.Connection:
        """A connection of its own that reads the ledger, for another thread; the caller closes it."""
        if self.read_only:
            return self._aside.connect()
        return connect(self.paths.ledger, read_only=True)

    # Opening

    def _unlock(self, secret: Secret | None, ask: Ask | None) -> None:
        """Has personal texts opened, if the keys are there; they are read as missing otherwise."""
        keys = None
        self.secret = secret
        if there(self.paths.keys):
            try:
                self.secret = secret or secret_of(self.paths, ask, from_elsewhere=self._distrusted)
                keys = open_keys(self.paths, self.secret, read_only=self.read_only)
            except StoreError:
                # What came from elsewhere can be looked at without its names.
                if not self._distrusted:
                    raise
        self.keyring = Keyring(keys, erased(self.log, self.erasures))
        self.registry.codec.cipher = self.keyring

    def _leave_strange_keys(self) -> None:
        """Goes without a `keys.db` of another store: what was sealed with it nobody would open again."""
        keys, own = self.keyring.keys, keys_of(self.log)
        if keys is not None and own and keys.id not in own:
            keys.close()
            self.strange_keys = True
            self.keyring = self.registry.codec.cipher = Keyring(None, self.keyring.erased)

    @property
    def sealed(self) -> bool:
        """Whether personal texts are sealed in this store; not in one of before they were."""
        return bool(keys_of(self.log))

    @property
    def keys_missing(self) -> bool:
        """Whether the keys are lost: names are not to be read, and none can be recorded."""
        return self.keyring.keys is None and self.sealed

    @classmethod
    def open(cls, path: str | os.PathLike[str], **options: Any) -> Self:
        """Opens the store at ``path`` and brings its ledger up to date.

        ``read_only`` writes nothing in the store; a ledger that is missing or behind is computed in a
        temporary place. ``from_elsewhere`` is that for a store that others handed over: what they say
        was computed is not read at all.

        Raises :class:`NotFound` when there is none and a ``StoreError`` when it cannot be read.
        """
        progress = options.pop("progress", None)
        with translating(path):
            ws = cls(path, **options)
            try:
                ws.level(progress)
            except BaseException:
                ws.close()
                raise
            return ws

    @classmethod
    def init(
        cls,
        path: str | os.PathLike[str],
        *,
        name: str = "",
        today: dt.date | None = None,
        ambient: Ambient | None = None,
        secret: Secret | None = None,
        **options: Any,
    ) -> Self:
        """Makes a store. ``today`` makes it a demonstration whose clock starts on that day; ``secret``
        unlocks its keys, or else a key file that is made for it.
        """
        paths = StorePaths(Path(path))
        stamp = StoreOpened(
            name=name or paths.root.name or "台账",
            purpose=ORDINARY if today is None else DEMONSTRATION,
            today=today,
        )
        ambient = ambient or ambient_of(stamp, None)
        with translating(paths.root), founding(paths):
            keys, secret = create_keys(paths, secret, ambient, demonstration=today is not None)
            keys.close()
            ws = cls(path, create=True, ambient=ambient, secret=secret, **options)
            try:
                ws._stamp(msgspec.structs.replace(stamp, keys=keys.id))
                ws.sealing.begin()
                ws.level()
            except BaseException:
                ws.close()
                raise
            return ws

    def _stamp(self, stamp: StoreOpened) -> None:
        envelope = Envelope(
            id=self.ambient.event_id(),
            action=self.ambient.event_id(),
            i=1,
            n=1,
            recorded_at=self.ambient.now(),
            on=local_day(self.ambient.now()),
            actor=self.actor,
            plugin="store",
            plugin_version=__version__,
        )
        stored = self.registry.codec.encode(
            envelope, stamp, ["owner:store", f"action:{envelope.action}"]
        )
        try:
            # The stamp is the first event of all, or there is a store already.
            self.log.append([stored], DCBAppendCondition(DCBQuery([DCBQueryItem()]), after=None))
        except IntegrityError:
            raise there_is_one(self.paths) from None
        self.stamp = stamp

    def level(self, progress: Progress | None = None) -> int:
        """Prepares the ledger and catches up with the log; a damaged ledger is built anew."""
        with translating(self.paths.ledger, LEDGER_FILE):
            return self._level(progress)

    def _level(self, progress: Progress | None) -> int:
        if self.read_only and not self._aside.private and not self._private():
            self.projector.read_tracking()
            return self.log.head()
        try:
            settle(self)
            self.projector.prepare()
            if not self.projector.strayed():
                behind = self.log.head() - self.projector.position()
                if (
                    behind > rebuilding.WORTHWHILE
                    or keys_came_back(self.db, self.keyring)
                    or self._keys_went()
                ):
                    self._rebuild(progress)
                return self.projector.catch_up(progress)
        except sqlite3.DatabaseError as error:
            if not damaged(error):
                raise
        self.db.close()
        if self.read_only:
            self._aside.close()
            self._use(self._aside.begin())
        else:
            discard(self.paths.ledger)
            self._reconnect()
        self.projector.prepare()
        return self.projector.catch_up(progress)

    def _keys_went(self) -> bool:
        return keys_went(self.db, self.keyring, note=self.writes_ledger)

    def _private(self) -> bool:
        """Goes over to a ledger in a temporary place, if the store's own does not serve as it stands."""
        here = usable(self.db) and not self._distrusted
        here = here and not self.projector.strayed()
        if here and self.projector.agrees():
            # What other programs have open, they keep level.
            level = self._aside.shared or self.projector.position() >= self.log.head()
            if level and not lingering(self.db, self.keyring) and not self._keys_went():
                return False
        try:
            made = self._aside.begin()
        except StoreError:
            if here:
                return False
            raise absent() from None
        self.db.close()
        if here:
            self._aside.copy_into(made)
        self._use(made)
        return True

    def _reconnect(self) -> None:
        if not self.read_only:
            self._use(open_file(self.paths.ledger))
            return
        self._aside.reopen()
        try:
            self._use(self._aside.connect())
        except (StoreError, sqlite3.Error):
            # Missing or no database at all: to be computed, see `level`.
            self._use(sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False))

    def _use(self, db: sqlite3.Connection) -> None:
        self.db = db
        self._file = identity(self.paths.ledger)
        self.views = Views(self.db, self.registry)
        self.projector = Projector(self.db, self.log, self.registry)

    def _follow(self, progress: Progress | None) -> None:
        """Leaves a ledger that somebody has thrown away since: other readers look at the new one."""
        if not self.read_only and identity(self.paths.ledger) != self._file:
            self.db.close()
            self._reconnect()
            self._level(progress)

    def close_seal(self) -> Seal | None:
        """Seals what came since the last seal; for whoever closes a store that people worked in.

        Never fails: what kept it from sealing stands in ``sealing.trouble``.
        """
        return None if self.read_only else self.sealing.closing()

    def close(self) -> None:
        """Closes log and ledger. Seals nothing: see :meth:`close_seal`."""
        self.log.close()
        self.db.close()
        self.keyring.close()
        self._aside.close()
        self.registry.guard.end()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # Clocks

    @property
    def demonstration(self) -> bool:
        """Whether the store is stamped as a demonstration (示例数据)."""
        return self.stamp is not None and self.stamp.purpose == DEMONSTRATION

    def today(self) -> dt.date:
        """The day on which the store stands: the computer's in China, or a demonstration's own."""
        return local_day(self.ambient.now())

    def catch_up(self, progress: Progress | None = None) -> int:
        """Brings the ledger level with the log, which other processes write too."""
        with translating(self.paths.ledger, LEDGER_FILE):
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
        if self.erasures.state() != self.listed:
            settle(self)
        return self.projector.catch_up(progress)

    def writable(self) -> None:
        """Raises :class:`Refused` when the store was opened read-only."""
        if self.read_only:
            raise Refused("账册以只读方式打开|the store is open read-only")

    def rebuild(self, progress: Progress | None = None) -> int:
        """Builds the ledger anew from the log, aside, and swaps it in; returns the position."""
        self.writable()
        with translating(self.paths.ledger, LEDGER_FILE):
            self._rebuild(progress)
            # Somebody may have been erased while it was built.
            settle(self)
            return self.projector.catch_up()

    def _rebuild(self, progress: Progress | None) -> None:
        rebuilding.rebuild(self.db, self.ledger_path, self.log, self.registry, progress)
