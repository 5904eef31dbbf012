"""The workspace: one open store, through which everything else reads and records.

``Workspace.open`` takes a store's directory; :meth:`Workspace.record` decides an action and appends its
events; :meth:`Workspace.at` reads the ledger at two clocks. Command line, importer and screens are all
clients of this class.
"""

from __future__ import annotations

import datetime as dt
import os
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from eventsourcing.dcb.api import DCBAppendCondition, DCBQuery, DCBQueryItem
from eventsourcing.persistence import IntegrityError

from taizhang import __version__
from taizhang.amend import plan_correction, plan_void
from taizhang.clocks import known_at
from taizhang.decision import Attempt, Done, Receipt, Request, run
from taizhang.errors import Finding, NotFound, Refused, TaizhangError, Usage
from taizhang.ledger import rebuild as rebuilding
from taizhang.ledger.file import damaged, discard, identity, open_file
from taizhang.ledger.findings import find
from taizhang.ledger.projector import Progress, Projector
from taizhang.ledger.schema import connect
from taizhang.ledger.view import Ledger
from taizhang.ledger.views import Views
from taizhang.loader import PluginState, load
from taizhang.parse import parse_date, parse_word
from taizhang.sealing import Sealing
from taizhang.store import (
    DEMONSTRATION,
    ORDINARY,
    StoreOpened,
    StorePaths,
    ambient_of,
    local_day,
)
from taizhang_eventstore.ambient import Ambient
from taizhang_eventstore.envelope import Envelope
from taizhang_eventstore.errors import translating
from taizhang_eventstore.log import open_log
from taizhang_eventstore.recorded import Recorded

if TYPE_CHECKING:
    from taizhang_eventstore.checkpoint import Seal


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
        disabled: Iterable[str] | None = None,
    ) -> None:
        self.paths = StorePaths(Path(path))
        self.actor = actor or os.environ.get("TAIZHANG_ACTOR") or os.environ.get("USER") or "staff"
        self.read_only = read_only
        self.correlation: str | None = None
        if not create and not self.paths.events.exists():
            raise NotFound(
                "{path} 不是台账账册；先用 taizhang init 建账"
                "|{path} is not a store; make one with taizhang init",
                path=self.paths.root,
            )
        off = self.paths.disabled() if disabled is None else set(disabled)
        off |= set(filter(None, os.environ.get("TAIZHANG_DISABLE", "").split(",")))
        loaded = load(off)
        self.registry, self.plugins = loaded.registry, loaded.states
        self.plugin_hooks = loaded.hooks
        self.log = open_log(self.paths.events, self.registry.codec, read_only, create=create)
        self.sealing = Sealing(self.paths, self.log)
        self.stamp, last = self._read_stamp()
        self.ambient = ambient or ambient_of(self.stamp, last)
        with translating(self.paths.ledger):
            self._reconnect()

    # Opening

    @classmethod
    def open(cls, path: str | os.PathLike[str], **options: Any) -> Self:
        """Opens the store at ``path`` and brings its ledger up to date.

        Raises :class:`NotFound` when there is none and a ``StoreError`` when it cannot be read.
        """
        progress = options.pop("progress", None)
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
        **options: Any,
    ) -> Self:
        """Makes a store. ``today`` makes it a demonstration whose clock starts on that day."""
        paths = StorePaths(Path(path))
        if paths.events.exists() and paths.events.stat().st_size:
            raise Refused("{path} 已经有账册|there is a store at {path} already", path=paths.root)
        paths.root.mkdir(parents=True, exist_ok=True)
        paths.root.chmod(0o700)
        stamp = StoreOpened(
            name=name or paths.root.name or "台账",
            purpose=ORDINARY if today is None else DEMONSTRATION,
            today=today,
        )
        ambient = ambient or ambient_of(stamp, None)
        ws = cls(path, create=True, ambient=ambient, **options)
        ws._stamp(stamp)
        ws.sealing.begin()
        ws.level()
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
            raise Refused(
                "{path} 已经有账册|there is a store at {path} already", path=self.paths.root
            ) from None
        self.stamp = stamp

    def _read_stamp(self) -> tuple[StoreOpened | None, dt.datetime | None]:
        first = next(iter(self.log.read(limit=1)), None)
        if first is None or not isinstance(first.event, StoreOpened):
            return None, None
        last = self.log.backwards(limit=1)
        return first.event, last[0].envelope.recorded_at if last else None

    def level(self, progress: Progress | None = None) -> int:
        """Prepares the ledger and catches up with the log; a damaged ledger is built anew."""
        with translating(self.paths.ledger):
            return self._level(progress)

    def _level(self, progress: Progress | None) -> int:
        if self.read_only:
            self.projector.read_tracking()
            return self.log.head()
        try:
            self.projector.prepare()
            if self.log.head() - self.projector.position() > rebuilding.WORTHWHILE:
                self.rebuild(progress)
            return self.projector.catch_up(progress)
        except sqlite3.DatabaseError as error:
            if not damaged(error):
                raise
        self.db.close()
        discard(self.paths.ledger)
        self._reconnect()
        self.projector.prepare()
        return self.projector.catch_up(progress)

    def _reconnect(self) -> None:
        self.db = open_file(self.paths.ledger, read_only=self.read_only)
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

    def known_at(self, text: str | int) -> int:
        """The position that ``text`` means (:func:`taizhang.clocks.known_at`)."""
        return known_at(self.db, text)

    # Reading

    def at(self, on: dt.date | str | None = None, known: int | str | None = None) -> Ledger:
        """The ledger on a day (today), as known at a position or time (now)."""
        day = self.today() if on is None else parse_date(on)
        position = None if known is None else self.known_at(known)
        return Ledger(self.db, self.registry, day, position, views=self.views)

    def reader(self, on: dt.date | None = None, known: int | None = None) -> Ledger:
        """The same as :meth:`at` on a connection of its own, for another thread."""
        db = connect(self.paths.ledger, read_only=True)
        return Ledger(db, self.registry, on or self.today(), known)

    def catch_up(self, progress: Progress | None = None) -> int:
        """Brings the ledger level with the log, which other processes write too."""
        if self.read_only:
            return self.log.head()
        self._follow(progress)
        return self.projector.catch_up(progress)

    def findings(self) -> list[Finding]:
        """Everything in the ledger that breaks a rule today."""
        return find(self.at())

    def event(self, seq: int) -> Recorded:
        """The event at a position, or :class:`NotFound`."""
        found = self.log.get(seq)
        if found is None:
            raise NotFound("没有第 {seq} 号事件|there is no event {seq}", seq=seq)
        return found

    # Recording

    def record(self, action: str, fields: Mapping[str, Any] | None = None, **words: Any) -> Receipt:
        """Decides and records one action. ``words``: ``on`` (today), ``reason``, ``document``,
        ``cause``; ``accept`` takes soft findings without a reason; ``action_id`` makes a retry of the
        same call a no-op. Raises :class:`TaizhangError`; then nothing is recorded.
        """
        accept, action_id = words.pop("accept", False), words.pop("action_id", None)
        return self._run([self._request(action, fields, words)], True, accept, action_id)

    def preview(
        self, action: str, fields: Mapping[str, Any] | None = None, **words: Any
    ) -> Receipt:
        """What :meth:`record` would do: the same attempt, undone. Soft findings are returned."""
        words.pop("accept", None)
        return self._run([self._request(action, fields, words)], False, True, None)

    def record_batch(
        self,
        requests: Sequence[Request],
        *,
        commit: bool = True,
        accept: bool = False,
        progress: Callable[[int, int], None] | None = None,
    ) -> Receipt:
        """Records all requests in one append, or none: one refused and nothing is written."""
        self.correlation = self.ambient.event_id()
        try:
            return self._run(requests, commit, accept, None, progress)
        finally:
            self.correlation = None

    def _request(
        self, action: str, fields: Mapping[str, Any] | None, words: Mapping[str, Any]
    ) -> Request:
        given = dict(words)
        on = given.pop("on", None) or self.today()
        return Request(action, dict(fields or {}), on, **given)

    def _run(
        self,
        requests: Sequence[Request],
        commit: bool,
        accept: bool,
        action_id: str | None,
        progress: Callable[[int, int], None] | None = None,
    ) -> Receipt:
        self._writable()

        def plan(attempt: Attempt) -> None:
            # Here, and not before: another process may be recording the very same.
            if action_id is not None and (done := self._done(action_id)) is not None:
                raise Done(done)
            for i, request in enumerate(requests, 1):
                decided = attempt.decide(request)
                decided.action_id = action_id
                attempt.add(decided, accept=accept)
                if progress is not None:
                    progress(i, len(requests))

        return run(self, plan, commit=commit)

    def _done(self, action_id: str) -> Receipt | None:
        events = list(self.log.read(tags=[f"action:{action_id}"]))
        if not events:
            return None
        return Receipt(tuple(e.position for e in events), {}, (), tuple(events), (action_id,))

    def correct(
        self,
        seq: int,
        fields: Mapping[str, Any] | None = None,
        *,
        reason: str,
        on: str | dt.date | None = None,
        commit: bool = True,
        accept: bool = True,
    ) -> Receipt:
        """Corrects the fact behind the event ``seq``; fields that are not given stay as they are."""
        self._reasoned(reason)
        if not fields and on is None:
            raise Usage("没有给出要更正的字段|no field to correct was given")
        return run(
            self,
            lambda a: plan_correction(a, seq, fields or {}, on, reason, accept=accept),
            commit=commit,
        )

    def void(self, seq: int, *, reason: str, cascade: bool = False, commit: bool = True) -> Receipt:
        """Takes back the event ``seq``: a fact, a correction, or a void (which revives)."""
        self._reasoned(reason)
        return run(self, lambda a: plan_void(a, seq, reason, cascade=cascade), commit=commit)

    def _reasoned(self, reason: str) -> None:
        self._writable()
        if not parse_word("reason", reason):
            raise Usage("更正和作废必须说明理由|corrections and voids need a reason")

    def _writable(self) -> None:
        if self.read_only:
            raise Refused("账册以只读方式打开|the store is open read-only")

    def rebuild(self, progress: Progress | None = None) -> int:
        """Builds the ledger anew from the log, aside, and swaps it in; returns the position."""
        self._writable()
        position = rebuilding.rebuild(self, progress)
        self.projector.read_tracking()
        return position


__all__ = ["PluginState", "Receipt", "Request", "TaizhangError", "Workspace"]
