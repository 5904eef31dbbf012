"""Deciding: from a request to events that are tried in the ledger and appended under a condition.

One attempt runs in one ledger transaction: catch up, parse, decide, apply, compare findings, append to
the log on condition that nothing that was read has changed, and keep the applied rows if the events got
the positions they were tried at; otherwise roll back and catch up from the log. A preview is the same
attempt without the append.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date
from typing import Any

import msgspec
from eventsourcing.dcb.api import (
    DCBAppendCondition,
    DCBEvent,
    DCBQuery,
    DCBQueryItem,
    DCBSequencedEvent,
)
from eventsourcing.persistence import IntegrityError

from taizhang import __version__
from taizhang.decisions.encryption import Encryption
from taizhang.decisions.following import Following
from taizhang.decisions.given import events_of
from taizhang.decisions.notices import of_clock, of_dating, of_request
from taizhang.decisions.opened import Opened
from taizhang.decisions.parsing import parse_request, parse_word
from taizhang.decisions.requests import Decided, Draft, Receipt, Request
from taizhang.declarations.actions import Deed
from taizhang.declarations.fields import MOST_LINES, Dated, Event, refs, specs, tags
from taizhang.declarations.lines import line_fields, shared_tags
from taizhang.declarations.registry import VOIDED
from taizhang.ledger.keyed import keys_made
from taizhang.ledger.projector import Progress
from taizhang.ledger.trial import Trial
from taizhang.ledger.view import ANY, LedgerView, Notes
from taizhang.words.errors import (
    Dependents,
    Finding,
    Invalid,
    NeedsReason,
    Problem,
    Refused,
    TaizhangError,
    sentence,
)
from taizhang.words.labels import Label
from taizhang_eventstore.envelope import Envelope
from taizhang_eventstore.errors import StoreError, StoreReplaced
from taizhang_eventstore.recorded import Recorded

RETRIES = 10

DECIDING = "决定|deciding"

_ALWAYS = (VOIDED, "subject.erased")
"""What may change anything that was read."""

AFTER = "after:"
"""Begins the tag of an event that rests on the fact at the position that follows."""

Plan = Callable[["Attempt"], "Receipt | None"]
"""Adds actions to an attempt; or returns what was recorded before, and nothing is recorded again."""


class Attempt:
    """The state of one try: events with the positions they are expected to get."""

    def __init__(self, store: Opened, trial: Trial) -> None:
        self.store = store
        self.trial = trial
        self.notes = Notes()
        self.stored: list[DCBEvent] = []
        self.recorded: list[Recorded] = []
        self.findings: list[Finding] = []
        self.notices: list[Problem] = []
        self.actions: list[str] = []
        self.sources: list[Label | None] = []
        self.encryption = Encryption(store, self.notes)

    def ledger(self, on: date) -> LedgerView:
        """The ledger on a day, with everything tried so far, remembering what is read."""
        return self.store.ledger.reading(on, ambient=self.store.ambient, notes=self.notes)

    @property
    def last(self) -> int:
        """The position of the last event that there is, or is being tried."""
        return self.trial.base + len(self.stored)

    def decide(self, request: Request) -> Decided:
        """Parses a request and lets its action decide."""
        store = self.store
        try:
            declaration = store.registry.action(request.action)
            with store.registry.guard.calling(declaration.owner, DECIDING):
                on, action = parse_request(declaration, request, self.ledger, store.today())
                ledger = self.ledger(on)
                if not isinstance(action, Deed) or action.guarded() or declaration.ends:
                    for entity, id in refs(action):
                        self.notes.read(f"{entity}:{id}", _feeding(store, entity))
                decided = events_of(
                    action.decide(ledger), store.registry, on, declaration.most, self.last
                )
                notices = of_request(store, declaration, action, on, decided, self.trial.facts)
                notices += of_dating(store, request, on, {kind for kind, _ in self.notes.made})
            following = Following(store.registry, self.ledger, self.last)
            drafts = [_draft(*each) for each in following.of(decided)]
        except Invalid as error:
            raise _on_line(error, request.line) from None
        except TaizhangError as error:
            if request.line is None:
                raise
            zh, en = error.pair
            raise Refused(
                "第 {line} 行：{zh}|line {line}: {en}", line=request.line, zh=zh, en=en
            ) from None
        return Decided(
            drafts,
            request.reason,
            request.document,
            request.cause,
            line=request.line,
            notices=(
                *(msgspec.structs.replace(n, line=request.line) for n in notices),
                *following.faults,
            ),
        )

    def add(self, decided: Decided, *, accept: bool = False) -> list[Finding]:
        """Tries an action's events in the ledger; refuses when they cause hard findings.

        Returns the soft findings that they cause, which need a reason unless ``accept``.
        """
        kept = len(self.stored)
        try:
            with self.trial.action():
                recorded = self._enveloped(decided)
                new = self._caused(recorded, decided, accept) if recorded else []
        except BaseException:
            del self.stored[kept:], self.actions[-1:]
            raise
        self.recorded += recorded
        self.sources += [draft.source for draft in decided.drafts]
        self.findings += new
        self.notices += decided.notices
        return new

    def _caused(
        self, recorded: Sequence[Recorded], decided: Decided, accept: bool
    ) -> list[Finding]:
        """Applies the events; the findings that they cause, unless they refuse."""
        new = self.trial.caused(recorded, self.ledger(recorded[-1].envelope.on))
        self._judge(new, decided, accept)
        return new

    def _judge(self, new: Sequence[Finding], decided: Decided, accept: bool) -> None:
        hard = [f for f in new if f.hard]
        if hard:
            raise Dependents(
                "{at}不能这样记录：{zh}|{at_en}this cannot be recorded: {en}",
                hard,
                at="" if decided.line is None else f"第 {decided.line} 行：",
                at_en="" if decided.line is None else f"line {decided.line}: ",
                zh=sentence(hard, "zh", self.trial.base),
                en=sentence(hard, "en", self.trial.base),
            )
        asking = [f for f in new if f.asks]
        if asking and not accept and not decided.reason:
            raise NeedsReason(asking)

    def _enveloped(self, decided: Decided) -> list[Recorded]:
        store = self.store
        ambient, codec = store.ambient, store.registry.codec
        action = decided.action_id or ambient.event_id()
        self.actions.append(action)
        words = {
            name: _word(name, text, decided.line)
            for name, text in (
                ("actor", store.actor),
                ("reason", decided.reason),
                ("document", decided.document),
                ("cause", decided.cause),
            )
        }
        recorded: list[Recorded] = []
        count = len(decided.drafts)
        sealed = self.encryption.encrypted(decided.drafts, words["reason"])
        for i, (draft, private) in enumerate(zip(decided.drafts, sealed, strict=True), 1):
            declaration = store.registry.event_of[type(draft.event)]
            envelope = Envelope(
                id=ambient.event_id(),
                action=action,
                i=i,
                n=count,
                recorded_at=ambient.now(),
                on=draft.on,
                actor=words["actor"] or "staff",
                reason=private.reason,
                document=words["document"],
                cause=draft.cause or words["cause"],
                correlation=store.correlation,
                corrects=draft.corrects,
                voids=draft.voids,
                root=draft.root,
                line=draft.part,
                plugin=declaration.owner,
                plugin_version=store.registry.programmes[declaration.owner].version or __version__,
            )
            if any(p > self.trial.base for p in _pointed_at(draft)):
                # It names an event of this very batch: nobody's may come in between and shift that one.
                self.notes.read("", set())
            listed = [f"owner:{declaration.owner}", f"action:{action}", *draft.tags]
            stored = codec.encode(envelope, draft.event, listed, private.subjects, ambient)
            position = self.last + 1
            self.stored.append(stored)
            recorded.append(codec.decode(DCBSequencedEvent(stored, position)))
        return recorded

    def condition(self) -> DCBAppendCondition:
        """One item for each tag that was read, narrowed to the types that feed what was read."""
        codec = self.store.registry.codec
        items = [DCBQueryItem(tags=[f"action:{action}"]) for action in self.actions]
        for tag, names in sorted(self.notes.reads.items()):
            wanted = [] if ANY in names else sorted({*names, *_ALWAYS})
            types = [t for n in wanted for t in codec.versions(n)]
            items.append(DCBQueryItem(types=types, tags=[tag] if tag else []))
        return DCBAppendCondition(DCBQuery(items), after=self.trial.base)


def _pointed_at(draft: Draft) -> list[int]:
    """The positions of other events that stand in an event for ever."""
    resting = [int(t.removeprefix(AFTER)) for t in draft.tags if t.startswith(AFTER)]
    return [*resting, *(p for p in (draft.corrects, draft.voids, draft.root) if p is not None)]


def _draft(dated: Dated, source: Label | None) -> Draft:
    _fits(dated.event)
    resting = [f"{AFTER}{position}" for position in dated.after]
    return Draft(
        dated.event,
        dated.on,
        [*tags(dated.event), *resting],
        dated.cause,
        concerns=shared_tags(dated.event),
        source=source,
    )


def _fits(event: Event) -> None:
    """Refuses an event with more lines than one holds."""
    for name in line_fields(type(event)):
        if len(getattr(event, name)) > MOST_LINES:
            label = specs(type(event))[name].label
            raise Refused(
                "“{zh}”超过 {most} 行，一次记不下|{en} has more than {most} lines, which one event does not hold",
                zh=label.zh,
                en=label.en,
                most=MOST_LINES,
            )


def _feeding(store: Opened, entity: str) -> set[str]:
    table = store.registry.entity(entity).table
    return {store.registry.event_of[e].name for e in table.feeds}


def _word(name: str, text: str | None, line: int | None) -> str | None:
    try:
        return parse_word(name, text)
    except Invalid as error:
        raise _on_line(error, line) from None


def _on_line(error: Invalid, line: int | None) -> Invalid:
    if line is None:
        return error
    return Invalid([msgspec.structs.replace(p, line=line) for p in error.problems])


def run(
    store: Opened,
    plan: Plan,
    *,
    commit: bool,
    progress: Progress | None = None,
) -> Receipt:
    """Runs ``plan(attempt)`` in one attempt and, with ``commit``, appends; retried on conflicts.

    Args:
        store: the open store.
        plan: adds actions to the attempt; a receipt that it returns is the answer, and nothing is recorded.
        commit: append what was tried; otherwise it is a preview.
        progress: told how far the ledger has caught up before.

    Returns:
        What was recorded, or would be.

    Raises:
        Refused: the same entities keep changing under ten attempts, or what ``plan`` raises.
    """
    with store.ledger.translating():
        for tried in range(RETRIES):
            try:
                receipt = _attempt(store, plan, commit, progress)
            except IntegrityError:
                time.sleep(store.ambient.jitter() * 0.02 * (tried + 1))
                continue
            except StoreReplaced:
                # The ledger finds out with which event, and the next command knows.
                with suppress(StoreError):
                    store.ledger.catch_up()
                store.continuity.require()
                raise
            if commit and receipt.seq:
                store.sealing.recorded(receipt.seq[-1])
                receipt = msgspec.structs.replace(receipt, batch=store.correlation)
            return receipt
    raise Refused(
        "别处正在不断修改同一对象，请稍后再试|the same entities keep changing elsewhere, try again later"
    )


def _attempt(store: Opened, plan: Plan, commit: bool, progress: Progress | None) -> Receipt:
    """One attempt. Raises :class:`IntegrityError` where what it read has changed meanwhile."""
    store.ledger.catch_up(progress)
    if commit:
        store.continuity.require()
    attempt: Attempt | None = None
    shift: int | None = None
    try:
        with store.ledger.trial(store.today()) as trial:
            attempt = Attempt(store, trial)
            earlier = (
                [] if store.demonstration else list(of_clock(store.ledger.db, store.ambient.now()))
            )
            if (done := plan(attempt)) is not None:
                return done
            if attempt.stored:
                attempt.notices += earlier
            if not commit or not attempt.stored:
                return _receipt(attempt, 0)
            making = store.keyring.making
            if not store.keyring.keep(store.ambient):
                raise IntegrityError("another process made a key of the same subject")
            last = store.log.append(attempt.stored, attempt.condition(), base=trial.base_id)
            shift = last - len(attempt.stored) - trial.base
            # Somebody may have appended in between without touching what was read: right, but the rows
            # were tried at other positions, and are made anew.
            if shift == 0:
                if making:
                    keys_made(store.ledger.db, store.keyring)
                trial.keep()
    except sqlite3.Error:
        if attempt is None or shift is None:
            raise
        # The events stand in the log; only the ledger could not keep its rows, and catches up.
    if shift:
        # A ledger that cannot follow now does so later.
        with suppress(sqlite3.Error, StoreError):
            store.ledger.catch_up()
    return _receipt(attempt, shift)


def _receipt(attempt: Attempt, shift: int) -> Receipt:
    made: dict[str, list[str]] = {}
    for kind, id in attempt.notes.made:
        made.setdefault(kind, []).append(id)
    ids: dict[str, Any] = {k: v[0] if len(v) == 1 else v for k, v in made.items()}
    events = attempt.recorded
    if shift:
        events = [msgspec.structs.replace(r, position=r.position + shift) for r in events]
    return Receipt(
        tuple(r.position for r in events),
        ids,
        tuple(attempt.findings),
        tuple(events),
        tuple(attempt.actions),
        tuple(attempt.notices),
        sources={
            event.position: label
            for event, label in zip(events, attempt.sources, strict=True)
            if label is not None
        },
    )


__all__ = ["Attempt", "Decided", "Draft", "Receipt", "Request", "run"]
