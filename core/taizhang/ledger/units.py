"""Units: what is projected together. The core's slices are one, every programme is its own."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any

from msgspec import Struct

from taizhang import __version__
from taizhang.declarations.fields import Event
from taizhang.declarations.programme import Table
from taizhang.declarations.registry import CORE, Registry
from taizhang.ledger.facts import Fact, FactSource
from taizhang.ledger.lines import Split
from taizhang.ledger.record_writer import RecordWriter
from taizhang.ledger.schema import LEDGER_VERSION, stored_columns
from taizhang.ledger.table_writer import TableWriter
from taizhang.ledger.texts import StoredTexts, says_personal
from taizhang_eventstore.recorded import Recorded

Writer = TableWriter | RecordWriter

WORTH_FETCHING = 20
"""From so many events on, timelines are loaded in one go instead of one by one."""


class Served(Struct, frozen=True):
    """The service of a unit to one type of event: whether it says personal texts, which tables it feeds."""

    rank: int
    personal: bool
    tables: tuple[Table[Any], ...]


def served(
    name: str, tables: Sequence[Table[Any]], registry: Registry
) -> dict[type[Event], Served]:
    """The types of event that the unit ``name`` has to look at."""
    found: dict[type[Event], Served] = {}
    for event, declared in registry.event_of.items():
        fed = tuple(t for t in tables if event in t.feeds)
        own = registry.unit_of(declared.owner) == name
        if fed or own:
            found[event] = Served(declared.rank, own and says_personal(event), fed)
    return found


def fingerprint(name: str, tables: Sequence[Table[Any]], registry: Registry) -> str:
    """Changes when the rows of the unit ``name`` could come out differently: code, versions or columns."""
    cipher = registry.codec.cipher
    # Made with other keys, or without, it says other texts.
    keys = "" if cipher is None else cipher.identity
    said = [__version__ if name == CORE else "", str(LEDGER_VERSION), keys]
    for programme in registry.programmes.values():
        if registry.unit_of(programme.id) == name:
            said += [programme.id, programme.version, programme.code]
            # What an older program passes over, it passes over anew.
            said += [f"{e.name}@{e.version}" for e in programme.events.values()]
    said += [f"{t.name}:{t.code}:{','.join(stored_columns(t))}" for t in tables]
    return hashlib.sha256("\n".join(said).encode()).hexdigest()[:16]


class WritingPlan(Struct, frozen=True):
    """A :class:`Served` together with the writers of its tables: those of whole facts, and those of lines."""

    rank: int
    personal: bool
    writers: tuple[Writer, ...]
    splits: tuple[tuple[Split, Writer], ...]

    @property
    def all(self) -> tuple[Writer, ...]:
        """The writers of all tables that the event feeds."""
        return (*self.writers, *(writer for _, writer in self.splits))

    @classmethod
    def of(cls, event: type[Event], how: Served, writers: Sequence[Writer]) -> WritingPlan:
        """The plan for a type of event, whose tables these writers write."""
        return cls(
            how.rank,
            how.personal,
            tuple(w for w in writers if not w.table.lined),
            tuple((Split(w.table.feeds[event]), w) for w in writers if w.table.lined),
        )


def _lines(split: Split, fact: Fact) -> Iterator[Fact]:
    """The facts that a new fact is in a table of lines."""
    for src, content in split.of(fact.src, fact.event):
        yield Fact(src, fact.on, fact.day, fact.rank, content)


class Unit:
    """One unit's writers, and how far it has come."""

    def __init__(
        self,
        name: str,
        db: sqlite3.Connection,
        tables: Sequence[Table[Any]],
        source: FactSource,
    ) -> None:
        self.name = name
        self.db = db
        self.source = source
        self.texts = StoredTexts(db, source.registry)
        self.tables = list(tables)
        self.position = 0
        self.fault: str | None = None
        self.writers: list[Writer] = [
            (RecordWriter if t.shape == "record" else TableWriter)(db, t, source, self.texts)
            for t in tables
        ]
        writers = {w.table.name: w for w in self.writers}
        self.plans: dict[type, WritingPlan] = {
            event: WritingPlan.of(event, how, [writers[t.name] for t in how.tables])
            for event, how in served(name, tables, source.registry).items()
        }

    def fingerprint(self, registry: Registry) -> str:
        """See :func:`fingerprint`."""
        return fingerprint(self.name, self.tables, registry)

    def run(self, events: Sequence[Recorded]) -> None:
        """Applies events, which the source has; rows are written by :meth:`flush`.

        An action that did not come with its end, for that is another unit's, ends where the ledger's
        list of actions says.
        """
        facts = self._facts(events)
        source, plans = self.source, self.plans
        active: dict[Writer, None] = {}
        last = len(events) - 1
        for i, (recorded, fact) in enumerate(zip(events, facts, strict=True)):
            position = source.upto = recorded.position
            envelope = recorded.envelope
            if fact is not None:
                plan = plans[type(fact.event)]
                for writer in plan.writers:
                    writer.put(fact)
                for split, writer in plan.splits:
                    for some in _lines(split, fact):
                        writer.put(some)
                if envelope.n == 1:
                    for writer in plan.all:
                        writer.end_action(position)
                    continue
                active.update(dict.fromkeys(plan.all))
            elif envelope.root is not None:
                active.update(dict.fromkeys(self._amend(recorded, envelope.root)))
            if not active:
                continue
            if envelope.i == envelope.n:
                end = position
            elif i == last or events[i + 1].envelope.action != envelope.action:
                end = self._end_of_action(position)
            else:
                continue
            for writer in active:
                writer.end_action(end)
            active.clear()

    def _facts(self, events: Sequence[Recorded]) -> list[Fact | None]:
        """The new fact that each event is, if any; the timelines that they reach are loaded."""
        plans = self.plans
        facts: list[Fact | None] = []
        fed: dict[type, list[Fact]] = {}
        for recorded in events:
            event = recorded.event
            kind = type(event)
            plan = plans.get(kind)
            fact = None
            if plan is not None:
                if plan.personal:
                    event = self.texts.take(recorded)
                if recorded.envelope.root is None and (plan.writers or plan.splits):
                    on = recorded.envelope.on
                    fact = Fact(recorded.position, on, on.isoformat(), plan.rank, event)
                    fed.setdefault(kind, []).append(fact)
            facts.append(fact)
        for kind, some in fed.items():
            if len(events) >= WORTH_FETCHING:
                for writer in plans[kind].writers:
                    writer.prefetch(some)
            for split, writer in plans[kind].splits:
                lines = [line for fact in some for line in _lines(split, fact)]
                if len(lines) >= WORTH_FETCHING:
                    writer.prefetch(lines)
        return facts

    def _amend(self, recorded: Recorded, root: int) -> tuple[Writer, ...]:
        """Applies a correction or void; returns the tables that it may have changed."""
        envelope = recorded.envelope
        first = recorded if envelope.voids is None else self.source.event(root)
        plan = None if first is None else self.plans.get(type(first.event))
        if plan is None:
            return ()
        if plan.writers:
            fact = self.source.resolve(root)
            for writer in plan.writers:
                writer.amend(root, fact)
        for split, writer in plan.splits:
            now = self.source.of_lines(split, root)
            for src in split.sources(root, self.source.family(root), envelope.line):
                writer.amend(src, now.get(src))
        return plan.all

    def _end_of_action(self, position: int) -> int:
        row = self.db.execute(
            "SELECT min(seq) FROM _actions WHERE seq >= ?", (position,)
        ).fetchone()
        return position if row[0] is None else row[0]

    def forget(self) -> None:
        """Drops everything held in memory."""
        self.texts.forget()
        for writer in self.writers:
            writer.forget()
            writer.written.clear()
            writer.shrunk.clear()
