"""Deciding: from a request to events that are tried in the ledger and appended under a condition.

One attempt runs in one ledger transaction: catch up, parse, decide, apply, compare findings, append to
the log on condition that nothing that was read has changed, and keep the applied rows if the events got
the positions they were tried at; otherwise roll back and catch up from the log. A preview is the same
attempt without the append.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

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
from taizhang.declare import Deed, Event, refs, tags
from taizhang.errors import (
    Dependents,
    Finding,
    Invalid,
    NeedsReason,
    Problem,
    Refused,
    TaizhangError,
    sentence,
)
from taizhang.ledger.findings import Scope, find
from taizhang.ledger.projector import Changes, Progress, Transaction
from taizhang.ledger.view import Dated, Ledger, Notes
from taizhang.parse import parse_action, parse_date, parse_word
from taizhang.programme import ActionDeclaration
from taizhang_eventstore.envelope import Envelope
from taizhang_eventstore.errors import translating
from taizhang_eventstore.recorded import Recorded

if TYPE_CHECKING:
    from taizhang.workspace import Workspace

RETRIES = 10

Plan = Callable[["Attempt"], None]


@dataclass(frozen=True, slots=True)
class Request:
    """What someone wants recorded: an action with its fields, and the envelope's words."""

    action: str
    fields: Mapping[str, Any]
    on: str | date
    reason: str | None = None
    document: str | None = None
    cause: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was recorded: positions, new ids by entity kind, and findings accepted with a reason."""

    seq: tuple[int, ...]
    ids: Mapping[str, Any]
    findings: tuple[Finding, ...] = ()
    events: tuple[Recorded, ...] = ()
    actions: tuple[str, ...] = ()


@dataclass(slots=True)
class Draft:
    """One event on its way, before it has an envelope."""

    event: Event
    on: date
    tags: list[str]
    cause: str | None = None
    corrects: int | None = None
    voids: int | None = None
    root: int | None = None


@dataclass(slots=True)
class Decided:
    """One action's events and the words around them."""

    drafts: list[Draft]
    reason: str | None = None
    document: str | None = None
    cause: str | None = None
    action_id: str | None = None
    line: int | None = None


@dataclass(slots=True)
class Attempt:
    """The state of one try: events with the positions they are expected to get."""

    workspace: Workspace
    base: int
    notes: Notes = field(default_factory=Notes)
    stored: list[DCBEvent] = field(default_factory=list)
    recorded: list[Recorded] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    actions: list[str] = field(default_factory=list)

    def ledger(self, on: date) -> Ledger:
        """The ledger on a day, with everything tried so far, remembering what is read."""
        ws = self.workspace
        return Ledger(ws.db, ws.registry, on, views=ws.views, ambient=ws.ambient, notes=self.notes)

    def decide(self, request: Request) -> Decided:
        """Parses a request and lets its action decide."""
        ws = self.workspace
        try:
            on = parse_date(request.on)
            ledger = self.ledger(on)
            declaration = ws.registry.action(request.action)
            action = parse_action(declaration, request.fields, ledger)
            if not isinstance(action, Deed):
                for entity, id in refs(action):
                    self.notes.read(f"{entity}:{id}", _feeding(ws, entity))
            drafts = list(self._drafts(declaration, action.decide(ledger), on))
        except Invalid as error:
            raise _on_line(error, request.line) from None
        except TaizhangError as error:
            if request.line is None:
                raise
            zh, en = error.pair
            raise Refused(
                "第 {line} 行：{zh}|line {line}: {en}", line=request.line, zh=zh, en=en
            ) from None
        return Decided(drafts, request.reason, request.document, request.cause, line=request.line)

    def _drafts(
        self, declaration: ActionDeclaration, decided: Iterator[Event | Dated], on: date
    ) -> Iterator[Draft]:
        for made in decided:
            dated = made if isinstance(made, Dated) else Dated(made, on)
            yield Draft(dated.event, dated.on, tags(dated.event), dated.cause)

    def add(self, decided: Decided, *, accept: bool = False) -> list[Finding]:
        """Tries an action's events in the ledger; refuses when they cause hard findings.

        Returns the soft findings that they cause, which need a reason unless ``accept``.
        """
        ws = self.workspace
        kept = len(self.stored)
        ws.db.execute("SAVEPOINT action")
        try:
            recorded = self._enveloped(decided)
            new = self._findings(recorded, decided, accept) if recorded else []
        except BaseException:
            ws.db.execute("ROLLBACK TO action")
            ws.db.execute("RELEASE action")
            del self.stored[kept:], self.actions[-1:]
            ws.projector.source.cut(self.base + kept)
            ws.projector.read_tracking()
            raise
        ws.db.execute("RELEASE action")
        self.recorded += recorded
        self.findings += new
        return new

    def _findings(
        self, recorded: Sequence[Recorded], decided: Decided, accept: bool
    ) -> list[Finding]:
        """Applies the events; the findings that were not there before, unless they refuse."""
        ws = self.workspace
        scope = self._try(recorded)
        ledger = self.ledger(recorded[-1].envelope.on)
        after = find(ledger, scope)
        if not after:
            return []
        ws.db.execute("ROLLBACK TO action")
        ws.projector.read_tracking()
        before = set(find(ledger, scope))
        self._try(recorded)
        new = [f for f in after if f not in before]
        self._judge(new, decided, accept)
        return new

    def _try(self, recorded: Sequence[Recorded]) -> Scope:
        ws = self.workspace
        projector = ws.projector
        projector.changes = Changes()
        projector.apply(recorded)
        named: dict[str, set[str]] = {}
        for one in recorded:
            for tag in one.tags:
                kind, _, id = tag.partition(":")
                if kind in ws.registry.entities:
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
        ws = self.workspace
        ambient, codec = ws.ambient, ws.registry.codec
        action = decided.action_id or ambient.event_id()
        self.actions.append(action)
        words = {
            name: _word(name, text, decided.line)
            for name, text in (
                ("actor", ws.actor),
                ("reason", decided.reason),
                ("document", decided.document),
                ("cause", decided.cause),
            )
        }
        recorded: list[Recorded] = []
        count = len(decided.drafts)
        for i, draft in enumerate(decided.drafts, 1):
            declaration = ws.registry.event_of[type(draft.event)]
            envelope = Envelope(
                id=ambient.event_id(),
                action=action,
                i=i,
                n=count,
                recorded_at=ambient.now(),
                on=draft.on,
                actor=words["actor"] or "staff",
                reason=words["reason"],
                document=words["document"],
                cause=draft.cause or words["cause"],
                correlation=ws.correlation,
                corrects=draft.corrects,
                voids=draft.voids,
                root=draft.root,
                plugin=declaration.owner,
                plugin_version=ws.registry.programmes[declaration.owner].version or __version__,
            )
            listed = [f"owner:{declaration.owner}", f"action:{action}", *draft.tags]
            stored = codec.encode(envelope, draft.event, listed)
            position = self.base + len(self.stored) + 1
            self.stored.append(stored)
            recorded.append(codec.decode(DCBSequencedEvent(stored, position)))
        return recorded

    def condition(self) -> DCBAppendCondition:
        """One item for each tag that was read, narrowed to the types that feed what was read."""
        codec = self.workspace.registry.codec
        items = [DCBQueryItem(tags=[f"action:{action}"]) for action in self.actions]
        for tag, names in sorted(self.notes.reads.items()):
            types = [t for n in sorted({*names, "event.voided"}) for t in codec.versions(n)]
            items.append(DCBQueryItem(types=types, tags=[tag] if tag else []))
        return DCBAppendCondition(DCBQuery(items), after=self.base)


def _feeding(ws: Workspace, entity: str) -> set[str]:
    table = ws.registry.entity(entity).table
    return {ws.registry.event_of[e].name for e in table.feeds}


def _word(name: str, text: str | None, line: int | None) -> str | None:
    try:
        return parse_word(name, text)
    except Invalid as error:
        raise _on_line(error, line) from None


def _on_line(error: Invalid, line: int | None) -> Invalid:
    if line is None:
        return error
    return Invalid([Problem(p.field, p.label, p.rule, p.candidates, line) for p in error.problems])


def run(
    ws: Workspace,
    plan: Plan,
    *,
    commit: bool,
    progress: Progress | None = None,
) -> Receipt:
    """Runs ``plan(attempt)`` in one attempt and, with ``commit``, appends; retried on conflicts.

    Raises :class:`Refused` when the same entities keep changing under ten attempts.
    """
    with translating(ws.paths.ledger):
        receipt = _run(ws, plan, commit, progress)
    if commit and receipt.seq:
        ws.sealing.recorded(receipt.seq[-1])
    return receipt


def _run(ws: Workspace, plan: Plan, commit: bool, progress: Progress | None) -> Receipt:
    for tried in range(RETRIES):
        attempt: Attempt | None = None
        appended = False
        ws.catch_up(progress)
        # Views made inside the transaction would be undone with it, unnoticed.
        ws.views.look(ws.today(), None)
        try:
            with Transaction(ws.db):
                head = ws.projector.step()
                while ws.projector.behind(head):
                    head = ws.projector.step()
                ws.projector.source.begin(head)
                attempt = Attempt(ws, head)
                plan(attempt)
                if not commit or not attempt.stored:
                    raise _Undo(attempt)
                last = ws.log.append(attempt.stored, attempt.condition())
                appended = True
                if last != head + len(attempt.stored):
                    # Somebody appended in between without touching what was read: right, but the
                    # rows were tried at other positions.
                    raise _Undo(attempt, shift=last - len(attempt.stored) - head)
            return _receipt(attempt, 0)
        except Done as done:
            ws.projector.read_tracking()
            return done.receipt
        except _Undo as undo:
            ws.projector.read_tracking()
            if undo.shift:
                ws.catch_up()
            return _receipt(undo.attempt, undo.shift)
        except IntegrityError:
            ws.projector.read_tracking()
            time.sleep(ws.ambient.jitter() * 0.02 * (tried + 1))
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
    )


__all__ = ["Attempt", "Decided", "Done", "Draft", "Receipt", "Request", "run"]
