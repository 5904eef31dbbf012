"""The workspace: one open store, through which everything else reads and records.

``Workspace.open`` takes a store's directory; :meth:`Workspace.record` decides an action and appends its
events; :meth:`Workspace.at` reads the ledger at two clocks. Command line, importer and screens are all
clients of this class.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from taizhang.decisions.amendments import plan_correction, plan_void
from taizhang.decisions.batches import Reverted, Reverting, plan_revert, together
from taizhang.decisions.decision import Attempt, Done, Receipt, Request, run
from taizhang.decisions.encryption import lost, some_lost
from taizhang.decisions.many import plan_many, subject_field
from taizhang.decisions.parsing import parse_date, parse_word
from taizhang.ledger.findings import find
from taizhang.ledger.keyed import without_key
from taizhang.ledger.unread import Unread, unread
from taizhang.ledger.view import LedgerView
from taizhang.loading.loader import PluginState
from taizhang.store.sealing import unsealed
from taizhang.store.viewings import How
from taizhang.words.errors import Finding, NotFound, Problem, TaizhangError, Usage
from taizhang.words.labels import Label, clean
from taizhang.workspace.books import Books
from taizhang.workspace.clocks import known_at
from taizhang_eventstore.recorded import Recorded


class Workspace(Books):
    """One open store. Not shared between threads; readers on other threads use :meth:`reader`."""

    # Reading

    def at(self, on: dt.date | str | None = None, known: int | str | None = None) -> LedgerView:
        """The ledger on a day (today), as known at a position or time (now)."""
        day = self.today() if on is None else parse_date(on)
        position = None if known is None else self.known_at(known)
        return LedgerView(self.db, self.registry, day, position, views=self.views)

    def reader(self, on: dt.date | None = None, known: int | None = None) -> LedgerView:
        """The same as :meth:`at` on a connection of its own, for another thread."""
        return LedgerView(self.connection(), self.registry, on or self.today(), known)

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
        """What whoever uses the store has to know, though nothing is refused for it: one sentence
        each, of keys that are lost, all or some, plugins that could not be loaded, settings of theirs that do
        not do, events that the ledger lacks and a seal that could not be made.
        """
        said = [lost(self)] if self.keys_missing else some_lost(without_key(self.db))
        said += [label for p in self.plugins if (label := p.warning) is not None]
        said += [wrong.label for wrong in self.registry.misconfigured]
        said += [u.label for u in self.unread()]
        if self.sealing.trouble is not None:
            said.append(unsealed(self.sealing.trouble))
        return said

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
        with together(self):
            return self._run(requests, commit, accept, None, progress)

    def record_many(
        self,
        action: str,
        subjects: Iterable[str],
        fields: Mapping[str, Any] | None = None,
        *,
        field: str | None = None,
        partial: bool = False,
        commit: bool = True,
        accept: bool = False,
        progress: Callable[[int, int], None] | None = None,
        **words: Any,
    ) -> Receipt:
        """Records one action for each of many subjects, in one append, as one batch.

        Args:
            action: the action's name.
            subjects: ids or names, in the order in which they are recorded.
            fields: the other fields, the same for all.
            field: the reference field that names the subject; the first required one if not given.
            partial: records those that stand; the receipt lists the others in ``refused``.
            commit: False tries only.
            accept: takes soft findings without a reason.
            progress: called with subjects done and subjects in all.
            words: ``on`` (today), ``reason``, ``document``, ``cause``.

        Raises:
            Invalid: with the problems of all subjects, each with whose it is; nothing is recorded.
            Usage: for an action or field that there is not, or no subject.
        """
        self.writable()
        name = subject_field(self.registry.action(action), field)
        given = [clean(s) for s in subjects]
        if not any(given):
            raise Usage("没有给出任何一个对象|no subject was given")
        requests = [
            self._request(action, {**(fields or {}), name: one}, words) for one in given if one
        ]
        refused: tuple[Problem, ...] = ()

        def plan(attempt: Attempt) -> None:
            nonlocal refused
            refused = plan_many(
                attempt, requests, name, partial=partial, accept=accept, progress=progress
            )

        with together(self):
            receipt = run(self, plan, commit=commit)
        return replace(receipt, refused=refused)

    def revert(
        self,
        batch: str,
        *,
        reason: str,
        commit: bool = True,
        progress: Callable[[int, int], None] | None = None,
    ) -> Reverted:
        """Takes back every event of a batch on which nothing recorded since stands, in one append.

        Args:
            batch: the id that the batch's receipt names.
            reason: why.
            commit: False tries only.
            progress: called with events done and events in all.

        Returns:
            The positions that were reverted, those that were kept and why, and those void before. The
            receipt's batch reverts the revert.

        Raises:
            NotFound: when there is no such batch.
        """
        self._reasoned(reason)
        lists = Reverting()

        def plan(attempt: Attempt) -> None:
            nonlocal lists
            lists = plan_revert(attempt, batch, reason, progress)

        with together(self):
            receipt = run(self, plan, commit=commit)
        return lists.done(receipt)

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
        self.writable()

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
        line: str | int | None = None,
        commit: bool = True,
        accept: bool = True,
    ) -> Receipt:
        """Corrects the fact behind the event ``seq``, or one line of it; fields not given stay as they are.

        Args:
            seq: The position of the fact or of an amendment of it.
            fields: What is given anew; of a line, by the names of its fields.
            reason: Why.
            on: The right day, if another.
            line: The line, ``3`` or ``guests/3``: the fact's other lines stay out of it.
            commit: Whether it is recorded, or only tried.
            accept: Whether soft findings are taken without a reason.
        """
        self._reasoned(reason)
        if not fields and on is None:
            raise Usage("没有给出要更正的字段|no field to correct was given")
        return run(
            self,
            lambda a: plan_correction(a, seq, fields or {}, on, reason, line=line, accept=accept),
            commit=commit,
        )

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
        """Takes back the event ``seq``: a fact, a correction, or a void (which revives); ``whole`` with
        the other events of its action, ``cascade`` with all that depends on it; or one ``line`` of it
        (``3``, ``guests/3``), and its other lines stay.
        """
        self._reasoned(reason)
        return run(
            self,
            lambda a: plan_void(a, seq, reason, cascade=cascade, whole=whole, line=line),
            commit=commit,
        )

    def _reasoned(self, reason: str) -> None:
        self.writable()
        if not parse_word("reason", reason):
            raise Usage("更正和作废必须说明理由|corrections and voids need a reason")


__all__ = ["PluginState", "Receipt", "Request", "Reverted", "TaizhangError", "Workspace"]
