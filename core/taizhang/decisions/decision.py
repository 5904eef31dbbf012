"""Deciding: from a request to events that are tried in the ledger and appended under a condition.

One attempt runs in one ledger transaction: catch up, parse, decide, apply, compare findings, append to
the log on condition that nothing that was read has changed, and keep the applied rows if the events got
the positions they were tried at; otherwise roll back and catch up from the log. A preview is the same
attempt without the append.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
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
from taizhang.decisions.encryption import Private
from taizhang.decisions.notices import of_action, of_clock, of_day, of_fields
from taizhang.decisions.parsing import parse_request, parse_word
from taizhang.decisions.requests import Decided, Draft, Receipt, Request
from taizhang.declarations.actions import Action, Deed
from taizhang.declarations.fields import MOST_LINES, Dated, Event, refs, specs, tags
from taizhang.declarations.lines import line_fields
from taizhang.declarations.programme import ActionDeclaration
from taizhang.declarations.registry import VOIDED
from taizhang.ledger.findings import Scope, find
from taizhang.ledger.keyed import keys_made
from taizhang.ledger.projector import Changes, Progress
from taizhang.ledger.transaction import Transaction
from taizhang.ledger.view import ANY, LedgerView, Notes
from taizhang.store.paths import LEDGER_FILE
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
from taizhang.workspace.books import Books
from taizhang_eventstore.envelope import Envelope
from taizhang_eventstore.errors import StoreError, translating
from taizhang_eventstore.recorded import Recorded

RETRIES = 10

DECIDING = "决定|deciding"

_ALWAYS = (VOIDED, "subject.erased")
"""What may change anything that was read."""

AFTER = "after:"
"""Begins the tag of an event that rests on the fact at the position that follows."""

Plan = Callable[["Attempt"], None]


class Attempt:
    """The state of one try: events with the positions they are expected to get."""

    def __init__(self, books: Books, base: int) -> None:
        self.books = books
        self.base = base
        self.notes = Notes()
        self.stored: list[DCBEvent] = []
        self.recorded: list[Recorded] = []
        self.findings: list[Finding] = []
        self.notices: list[Problem] = []
        self.actions: list[str] = []
        self.private = Private(books, self.notes)

    def ledger(self, on: date) -> LedgerView:
        """The ledger on a day, with everything tried so far, remembering what is read."""
        books = self.books
        return LedgerView(
            books.db, books.registry, on, views=books.views, ambient=books.ambient, notes=self.notes
        )

    def decide(self, request: Request) -> Decided:
        """Parses a request and lets its action decide."""
        books = self.books
        try:
            declaration = books.registry.action(request.action)
            with books.registry.guard.calling(declaration.owner, DECIDING):
                on, action = parse_request(declaration, request, self.ledger, books.today())
                ledger = self.ledger(on)
                if not isinstance(action, Deed):
                    for entity, id in refs(action):
                        self.notes.read(f"{entity}:{id}", _feeding(books, entity))
                drafts = list(self._drafts(declaration, action.decide(ledger), on))
                notices = self._noticed(declaration, action, on, request.line)
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
            notices=notices,
        )

    def _noticed(
        self, declaration: ActionDeclaration, action: Action | Deed, on: date, line: int | None
    ) -> tuple[Problem, ...]:
        """What people should look at again; reading for it is no part of the condition."""
        books = self.books
        ledger = LedgerView(books.db, books.registry, on, views=books.views)
        values = {name: getattr(action, name) for name in declaration.fields}
        found = [
            *of_fields(declaration.fields, values),
            *of_action(action, declaration.label, ledger),
            *of_day(on, books.today()),
        ]
        return tuple(msgspec.structs.replace(n, line=line) for n in found)

    def _drafts(
        self, declaration: ActionDeclaration, decided: Iterator[Event | Dated], on: date
    ) -> Iterator[Draft]:
        for made in decided:
            dated = made if isinstance(made, Dated) else Dated(made, on)
            _fits(dated.event)
            resting = [f"{AFTER}{position}" for position in dated.after]
            yield Draft(dated.event, dated.on, [*tags(dated.event), *resting], dated.cause)

    def add(self, decided: Decided, *, accept: bool = False) -> list[Finding]:
        """Tries an action's events in the ledger; refuses when they cause hard findings.

        Returns the soft findings that they cause, which need a reason unless ``accept``.
        """
        books = self.books
        kept = len(self.stored)
        books.db.execute("SAVEPOINT action")
        try:
            recorded = self._enveloped(decided)
            new = self._findings(recorded, decided, accept) if recorded else []
        except BaseException:
            # For want of room SQLite has undone all of it already.
            if books.db.in_transaction:
                books.db.execute("ROLLBACK TO action")
                books.db.execute("RELEASE action")
            del self.stored[kept:], self.actions[-1:]
            books.projector.source.cut(self.base + kept)
            books.projector.read_tracking()
            raise
        books.db.execute("RELEASE action")
        self.recorded += recorded
        self.findings += new
        self.notices += decided.notices
        return new

    def _findings(
        self, recorded: Sequence[Recorded], decided: Decided, accept: bool
    ) -> list[Finding]:
        """Applies the events; the findings that were not there before, unless they refuse."""
        books = self.books
        scope = self._try(recorded)
        ledger = self.ledger(recorded[-1].envelope.on)
        after = find(ledger, scope)
        if not after:
            return []
        books.db.execute("ROLLBACK TO action")
        books.projector.read_tracking()
        before = set(find(ledger, scope))
        self._try(recorded)
        new = [f for f in after if f not in before]
        self._judge(new, decided, accept)
        return new

    def _try(self, recorded: Sequence[Recorded]) -> Scope:
        books = self.books
        projector = books.projector
        projector.changes = Changes()
        projector.apply(recorded)
        named: dict[str, set[str]] = {}
        for one in recorded:
            for tag in one.tags:
                kind, _, id = tag.partition(":")
                if kind in books.registry.entities:
                    named.setdefault(kind, set()).add(id)
        return Scope(projector.changes, named)

    def _judge(self, new: Sequence[Finding], decided: Decided, accept: bool) -> None:
        hard = [f for f in new if f.hard]
        if hard:
            raise Dependents(
                "{at}不能这样记录：{zh}|{at_en}this cannot be recorded: {en}",
                hard,
                at="" if decided.line is None else f"第 {decided.line} 行：",
                at_en="" if decided.line is None else f"line {decided.line}: ",
                zh=sentence(hard, "zh", self.base),
                en=sentence(hard, "en", self.base),
            )
        if new and not accept and not decided.reason:
            raise NeedsReason(new)

    def _enveloped(self, decided: Decided) -> list[Recorded]:
        books = self.books
        ambient, codec = books.ambient, books.registry.codec
        action = decided.action_id or ambient.event_id()
        self.actions.append(action)
        words = {
            name: _word(name, text, decided.line)
            for name, text in (
                ("actor", books.actor),
                ("reason", decided.reason),
                ("document", decided.document),
                ("cause", decided.cause),
            )
        }
        recorded: list[Recorded] = []
        count = len(decided.drafts)
        sealed = self.private.sealed(decided.drafts, words["reason"])
        for i, (draft, private) in enumerate(zip(decided.drafts, sealed, strict=True), 1):
            declaration = books.registry.event_of[type(draft.event)]
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
                correlation=books.correlation,
                corrects=draft.corrects,
                voids=draft.voids,
                root=draft.root,
                line=draft.part,
                plugin=declaration.owner,
                plugin_version=books.registry.programmes[declaration.owner].version or __version__,
            )
            listed = [f"owner:{declaration.owner}", f"action:{action}", *draft.tags]
            stored = codec.encode(envelope, draft.event, listed, private.subjects, ambient)
            position = self.base + len(self.stored) + 1
            self.stored.append(stored)
            recorded.append(codec.decode(DCBSequencedEvent(stored, position)))
        return recorded

    def condition(self) -> DCBAppendCondition:
        """One item for each tag that was read, narrowed to the types that feed what was read."""
        codec = self.books.registry.codec
        items = [DCBQueryItem(tags=[f"action:{action}"]) for action in self.actions]
        for tag, names in sorted(self.notes.reads.items()):
            wanted = [] if ANY in names else sorted({*names, *_ALWAYS})
            types = [t for n in wanted for t in codec.versions(n)]
            items.append(DCBQueryItem(types=types, tags=[tag] if tag else []))
        return DCBAppendCondition(DCBQuery(items), after=self.base)


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


def _feeding(books: Books, entity: str) -> set[str]:
    table = books.registry.entity(entity).table
    return {books.registry.event_of[e].name for e in table.feeds}


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
    books: Books,
    plan: Plan,
    *,
    commit: bool,
    progress: Progress | None = None,
) -> Receipt:
    """Runs ``plan(attempt)`` in one attempt and, with ``commit``, appends; retried on conflicts.

    Raises :class:`Refused` when the same entities keep changing under ten attempts.
    """
    with translating(books.paths.ledger, LEDGER_FILE):
        receipt = _run(books, plan, commit, progress)
    if commit and receipt.seq:
        books.sealing.recorded(receipt.seq[-1])
        receipt = msgspec.structs.replace(receipt, batch=books.correlation)
    return receipt


def _run(books: Books, plan: Plan, commit: bool, progress: Progress | None) -> Receipt:
    for tried in range(RETRIES):
        attempt: Attempt | None = None
        appended = False
        books.catch_up(progress)
        # Views made inside the transaction would be undone with it, unnoticed.
        books.views.look(books.today(), None)
        try:
            with Transaction(books.db):
                head = books.projector.step()
                while books.projector.behind(head):
                    head = books.projector.step()
                books.projector.source.begin(head)
                attempt = Attempt(books, head)
                earlier = (
                    [] if books.demonstration else list(of_clock(books.db, books.ambient.now()))
                )
                plan(attempt)
                if attempt.stored:
                    attempt.notices += earlier
                if not commit or not attempt.stored:
                    raise _Undo(attempt)
                making = books.keyring.making
                if not books.keyring.keep(books.ambient):
                    raise IntegrityError("another process made a key of the same subject")
                last = books.log.append(attempt.stored, attempt.condition())
                appended = True
                if last != head + len(attempt.stored):
                    # Somebody appended in between without touching what was read: right, but the
                    # rows were tried at other positions.
                    raise _Undo(attempt, shift=last - len(attempt.stored) - head)
                if making:
                    keys_made(books.db, books.keyring)
            return _receipt(attempt, 0)
        except Done as done:
            books.projector.read_tracking()
            return done.receipt
        except _Undo as undo:
            books.projector.read_tracking()
            if undo.shift:
                # The events stand in the log; a ledger that cannot follow now does so later.
                with suppress(sqlite3.Error, StoreError):
                    books.catch_up()
            return _receipt(undo.attempt, undo.shift)
        except IntegrityError:
            books.projector.read_tracking()
            time.sleep(books.ambient.jitter() * 0.02 * (tried + 1))
        except sqlite3.Error:
            if attempt is None or not appended:
                raise
            # The events stand in the log; only the ledger could not keep its rows, and catches up.
            return _receipt(attempt, 0)
    raise Refused(
        "别处正在不断修改同一对象，请稍后再试|the same entities keep changing elsewhere, try again later"
    )


class Done(Exception):
    """Raised by a plan: what it would record has been recorded already."""

    def __init__(self, receipt: Receipt) -> None:
        self.receipt = receipt


class _Undo(Exception):
    """Leaves the transaction without keeping its rows."""

    def __init__(self, attempt: Attempt, shift: int = 0) -> None:
        self.attempt = attempt
        self.shift = shift


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
    )


__all__ = ["Attempt", "Decided", "Done", "Draft", "Receipt", "Request", "run"]
