"""The workspace: one open store, through which everything else reads and records.

``Workspace.open`` takes a store's directory; :meth:`Workspace.record` decides an action and appends its
events; :meth:`Workspace.at` reads the ledger at two clocks. Command line, importer and screens are all
clients of this class. It holds the log, the ledger's file, the keys and the seals, each of which can be used
alone.
"""

from __future__ import annotations

import datetime as dt
import os
import sqlite3
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from taizhang.decisions.amendments import plan_correction, plan_void
from taizhang.decisions.batches import Reverted, revert, together
from taizhang.decisions.decision import Receipt, Request, run
from taizhang.decisions.many import record_many
from taizhang.decisions.parsing import parse_date, parse_word
from taizhang.decisions.recording import record
from taizhang.decisions.requests import requested
from taizhang.ledger.findings import find
from taizhang.ledger.ledger_file import LedgerFile
from taizhang.ledger.projector import Progress
from taizhang.ledger.unread import Unread, unread
from taizhang.ledger.view import LedgerView
from taizhang.loading.loader import Loaded, PluginState, load
from taizhang.store.continuity import Continuity
from taizhang.store.paths import (
    DEMONSTRATION,
    StorePaths,
    ambient_of,
    keys_of,
    local_day,
    opening_day,
    stamp_of,
)
from taizhang.store.sealing import Sealing
from taizhang.store.unlocking import Ask
from taizhang.store.viewings import How, Viewings
from taizhang.words.errors import Finding, NotFound, Refused, TaizhangError, Usage
from taizhang.words.labels import Label
from taizhang.workspace.clocks import known_at
from taizhang.workspace.founding import found, no_store, store_of
from taizhang.workspace.settling import Settlement
from taizhang.workspace.unlocked import unlocked
from taizhang.workspace.warnings import warnings
from taizhang_eventstore.ambient import Ambient
from taizhang_eventstore.errors import translating
from taizhang_eventstore.files import there
from taizhang_eventstore.log import open_log
from taizhang_eventstore.personal.erasures import Erasures
from taizhang_eventstore.recorded import Recorded

if TYPE_CHECKING:
    from taizhang_eventstore.personal.wrapping import Secret
    from taizhang_eventstore.seals.checkpoint import Seal


class Workspace:
    """One open store. Not shared between threads; readers on other threads use :meth:`reader`."""

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        actor: str | None = None,
        read_only: bool = False,
        ambient: Ambient | None = None,
        create: bool = False,
        disabled: Collection[str] | None = None,
        secret: Secret | None = None,
        ask: Ask | None = None,
        from_elsewhere: bool = False,
        loaded: Loaded | None = None,
    ) -> None:
        """Opens the files; use :meth:`open` and :meth:`init`, which also bring the ledger up to date.

        Args:
            path: the directory of the store.
            actor: who records; from the environment if None.
            read_only: nothing in the store is written.
            ambient: clock and ids; the computer's, or a demonstration's own, if None.
            create: there need not be a log.
            disabled: the programmes not to load, in place of the store's own list.
            secret: what unlocks the keys.
            ask: asks a person for a passphrase.
            from_elsewhere: as ``read_only``, for a store of others: what they say was computed is not read.
            loaded: the programmes, where they have been loaded for this very store.
        """
        self.paths = paths = StorePaths(Path(path))
        self.actor = actor or os.environ.get("TAIZHANG_ACTOR") or os.environ.get("USER") or "staff"
        self.read_only = looking = read_only or from_elsewhere
        self.correlation: str | None = None
        if not create and not there(paths.events):
            raise no_store(paths)
        loaded = loaded or load(disabled, paths=paths, read_only=looking)
        self.registry, self.plugins, self.plugin_hooks = (
            loaded.registry,
            loaded.states,
            loaded.hooks,
        )
        codec = self.registry.codec
        self.log = log = open_log(paths.events, codec, looking, create=create)
        with ExitStack() as opened:  # closes what is open when a later step fails
            opened.callback(log.close)
            self.sealing = Sealing(paths, log)
            self.continuity = Continuity(paths, log, read_only=looking)
            self.erasures = Erasures(paths.root)
            self.viewings = Viewings(paths.root, read_only=looking)
            keys = unlocked(
                paths, log, self.erasures, secret, ask,
                read_only=looking, from_elsewhere=from_elsewhere,
            )  # fmt: skip
            self.keyring, self.secret, self.strange_keys = keys.keyring, keys.secret, keys.strange
            opened.callback(self.keyring.close)
            codec.cipher = self.keyring
            self.stamp, last = stamp_of(log)
            self.registry.opening = opening_day(log)
            if last is None and not create:
                # Somebody is making it at this moment, or was killed in making it.
                raise no_store(paths)
            self.ambient = ambient or ambient_of(self.stamp, last)
            self.settlement = Settlement(
                self.sealing, self.registry, self.keyring, self.erasures, read_only=looking
            )
            self.ledger = LedgerFile(
                paths.ledger, log, self.registry, self.keyring, self.settlement,
                self.continuity.strayed, read_only=looking, distrusted=from_elsewhere,
            )  # fmt: skip
            opened.pop_all()

    # Opening and closing

    @classmethod
    def open(cls, path: str | os.PathLike[str], **options: Any) -> Self:
        """Opens the store at ``path`` and brings its ledger up to date. Read-only, a ledger that is missing or behind
        is computed in a temporary place.

        Args:
            path: Its directory.
            options: Those of the class, and ``progress``.

        Raises:
            NotFound: There is no store.
            StoreError: It cannot be read.
        """
        progress = options.pop("progress", None)
        with translating(path):
            ws = cls(path, **options)
            try:
                ws.ledger.level(progress)
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
        since: dt.date | None = None,
        ambient: Ambient | None = None,
        secret: Secret | None = None,
        **options: Any,
    ) -> Self:
        """Makes a store.

        Args:
            path: its directory, which is made.
            name: how people call it; the directory's name if empty.
            today: makes it a demonstration whose clock starts on that day.
            since: the day on which its books begin, if not today.
            ambient: clock and ids.
            secret: what unlocks its keys, or else a key file that is made for it.
            options: further ones of the class.

        Raises:
            Usage: there is a store already, or its books would begin after today.
        """
        paths = StorePaths(Path(path))
        said = store_of(paths, name, today)
        ambient = ambient or ambient_of(said, None)
        opened = partial(cls, path, create=True, ambient=ambient, **options)
        return found(paths, said, ambient, secret, opened, since)

    def close_seal(self) -> Seal | None:
        """Seals what came since the last seal; for whoever closes a store that people worked in. Never fails:
        what kept it from sealing stands in ``sealing.trouble``.
        """
        return None if self.read_only else self.sealing.closing()

    def close(self) -> None:
        """Closes log and ledger. Seals nothing: see :meth:`close_seal`."""
        self.log.close()
        self.ledger.close()
        self.keyring.close()
        self.registry.guard.end()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # The store

    @property
    def db(self) -> sqlite3.Connection:
        """The connection to the ledger."""
        return self.ledger.db

    @property
    def encrypted(self) -> bool:
        """Tells if personal texts are encrypted in this store; not in one of before they were."""
        return bool(keys_of(self.log))

    @property
    def keys_missing(self) -> bool:
        """Tells if the keys are lost: names are not to be read, and none can be recorded."""
        return self.keyring.keys is None and self.encrypted

    @property
    def demonstration(self) -> bool:
        """Tells if the store is stamped as a demonstration (示例数据)."""
        return self.stamp is not None and self.stamp.purpose == DEMONSTRATION

    def today(self) -> dt.date:
        """The day on which the store stands: the computer's in China, or a demonstration's own."""
        return local_day(self.ambient.now())

    def writable(self) -> None:
        """Raises :class:`Refused` when the store was opened read-only."""
        if self.read_only:
            raise Refused("账册以只读方式打开|the store is open read-only")

    def catch_up(self, progress: Progress | None = None) -> int:
        """Brings the ledger level with the log, which other processes write too."""
        return self.ledger.catch_up(progress)

    def rebuild(self, progress: Progress | None = None) -> int:
        """Builds the ledger anew from the log, aside, and swaps it in; returns the position."""
        self.writable()
        return self.ledger.rebuild(progress)

    # Reading

    def at(self, on: dt.date | str | None = None, known: int | str | None = None) -> LedgerView:
        """The ledger on a day (today), as known at a position or time (now)."""
        day = self.today() if on is None else parse_date(on)
        position = None if known is None else self.known_at(known)
        return self.ledger.reading(day, position)

    def reader(self, on: dt.date | None = None, known: int | None = None) -> LedgerView:
        """Gives the ledger as :meth:`at`, on a connection of its own for another thread."""
        return LedgerView(self.ledger.connection(), self.registry, on or self.today(), known)

    def known_at(self, text: str | int) -> int:
        """The position that ``text`` means (:func:`taizhang.workspace.clocks.known_at`)."""
        return known_at(self.db, text)

    def setting(self, programme: str, name: str) -> Any:
        """The value of a programme's setting in this store."""
        return self.registry.setting(programme, name)

    def viewed(self, how: How, subjects: Iterable[str]) -> None:
        """Notes that whoever is here looked at persons (``member:m-...``). Raises ``StoreError``."""
        self.viewings.note(how, subjects, self.actor, self.ambient.now())

    def findings(self) -> list[Finding]:
        """Everything in the ledger that breaks a rule today, and what it lacks of the log."""
        return [*find(self.at()), *(u.finding for u in self.unread())]

    def unread(self) -> list[Unread]:
        """Events of newer versions than this program reads: the ledger goes without them."""
        return unread(self.log, self.registry)

    def warnings(self) -> list[Label]:
        """Tells users of the store what they have to know (:mod:`taizhang.workspace.warnings`), a sentence each."""
        return warnings(self)

    def event(self, seq: int) -> Recorded:
        """The event at a position, or :class:`NotFound`."""
        if (found := self.log.get(seq)) is None:
            raise NotFound("没有第 {seq} 号事件|there is no event {seq}", seq=seq)
        return found

    # Recording

    def record(self, action: str, fields: Mapping[str, Any] | None = None, **words: Any) -> Receipt:
        """Decides and records one action.

        Args:
            action: The action's name.
            fields: What was given for it, by field, as people write it.
            words: ``on`` (today), ``reason``, ``document``, ``cause``; ``accept`` takes soft findings without a
                reason; ``action_id`` makes a retry of the same call a no-op.

        Raises:
            TaizhangError: It is refused; then nothing is recorded.
        """
        accept, action_id = words.pop("accept", False), words.pop("action_id", None)
        self.writable()
        wanted = [requested(action, fields, words, self.today())]
        return record(self, wanted, accept=accept, action_id=action_id)

    def preview(
        self, action: str, fields: Mapping[str, Any] | None = None, **words: Any
    ) -> Receipt:
        """Tries what :meth:`record` would do, and undoes it. Soft findings are returned."""
        words.pop("accept", None)
        self.writable()
        wanted = [requested(action, fields, words, self.today())]
        return record(self, wanted, commit=False, accept=True)

    def record_batch(
        self,
        requests: Sequence[Request],
        *,
        commit: bool = True,
        accept: bool = False,
        progress: Callable[[int, int], None] | None = None,
    ) -> Receipt:
        """Records all requests as one batch, or none (:func:`taizhang.decisions.recording.record`)."""
        self.writable()
        with together(self):
            return record(self, requests, commit=commit, accept=accept, progress=progress)

    def record_many(
        self,
        action: str,
        subjects: Iterable[str],
        fields: Mapping[str, Any] | None = None,
        **options: Any,
    ) -> Receipt:
        """Records one action for each of many subjects: :func:`taizhang.decisions.many.record_many`."""
        self.writable()
        return record_many(self, action, subjects, fields, **options)

    def revert(self, batch: str, *, reason: str, **options: Any) -> Reverted:
        """Takes back what can be of a batch: :func:`taizhang.decisions.batches.revert`."""
        self._reasoned(reason)
        return revert(self, batch, reason, **options)

    def correct(
        self,
        seq: int,
        fields: Mapping[str, Any] | None = None,
        *,
        reason: str,
        on: str | dt.date | None = None,
        line: str | int | None = None,
        commit: bool = True,
        accept: bool = True,
    ) -> Receipt:
        """Corrects the fact behind an event, or one line of it (:func:`taizhang.decisions.amendments.plan_correction`).

        Args:
            commit: Appends it; otherwise it is a preview.
        """
        self._reasoned(reason)
        if not fields and on is None:
            raise Usage("没有给出要更正的字段|no field to correct was given")
        plan = partial(plan_correction, seq=seq, fields=fields or {}, on=on, reason=reason)
        return run(self, partial(plan, line=line, accept=accept), commit=commit)

    def void(
        self,
        seq: int,
        *,
        reason: str,
        cascade: bool = False,
        whole: bool = False,
        line: str | int | None = None,
        commit: bool = True,
    ) -> Receipt:
        """Takes back a fact, a correction, or a void, which revives (:func:`taizhang.decisions.amendments.plan_void`).

        Args:
            commit: Appends it; otherwise it is a preview.
        """
        self._reasoned(reason)
        plan = partial(plan_void, seq=seq, reason=reason, cascade=cascade, whole=whole, line=line)
        return run(self, plan, commit=commit)

    def _reasoned(self, reason: str) -> None:
        self.writable()
        if not parse_word("reason", reason):
            raise Usage("更正和作废必须说明理由|corrections and voids need a reason")


__all__ = ["PluginState", "Receipt", "Request", "Reverted", "TaizhangError", "Workspace"]
