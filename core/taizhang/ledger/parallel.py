"""Building a ledger in several processes, forked off this one, which alone writes.

Each of the first ones reads a stretch of the log that ends where an action ends, and puts what it means to
the tables into a spill of its own. When all have come to their end, as many others take these notes, each
some parts of every table, and make rows and history of them; this process writes a table, its indexes and
its share of the finder while they make the next ones. What they send through pipes is where in their files
everything is, so that a process never waits for another one's data to be taken.

The tables come out as one process makes them, row by row and in the same order of history. A process that
does not come to its end, for whatever reason, is not asked why: :class:`Fallen` is raised, and who asked for
the ledger has it built by one process, which meets a fault in its proper place and says so as always.

Only a process with a single thread forks: a lock that another thread holds would never be released in the
child. So the terminal, which opens a store on a thread beside its screens, rebuilds alone. Connections of
SQLite do not survive a fork; these processes open their own to the log and to its keys, and use none to the
ledger.
"""

from __future__ import annotations

import marshal
import multiprocessing
import os
import signal
import sqlite3
import sys
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from functools import partial
from itertools import pairwise
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkProcess
from typing import TYPE_CHECKING, Any, Self

from eventsourcing.dcb.api import DCBQueryItem

from taizhang.declarations.registry import Registry
from taizhang.isolation.guard import Guard
from taizhang.ledger.actions import Kept
from taizhang.ledger.entries import Stored
from taizhang.ledger.facts import FactSource
from taizhang.ledger.noting import Noting
from taizhang.ledger.schema import create_common
from taizhang.ledger.spill import Item, Spill
from taizhang.ledger.statements import Writing
from taizhang.ledger.texts import Stored as Text
from taizhang.ledger.texts import keep
from taizhang_eventstore.log import Log

if TYPE_CHECKING:
    from taizhang.ledger.building import Builder, Meter

SMALL = 20_000
"""Below so many events forking gains nothing that anybody would notice."""

MOST = 4
"""More processes than these gain nothing, for one writes."""

READING = 0.5
"""The share of reading the log in the whole of the work."""

_DEATH_SIGNAL = 1
"""``PR_SET_PDEATHSIG`` of Linux."""


class Fallen(Exception):
    """A process did not come to its end."""

    def __init__(self) -> None:
        super().__init__()
        self.pids: list[int] = []
        """Processes that ended by themselves, and may have left marks of plugins."""


def processes(log: Log, registry: Registry) -> int:
    """Tells how many processes are to build the ledger of a log: 1 where this one does it alone."""
    if sys.platform != "linux" or not log.forks or registry.unlifted or log.head() < SMALL:
        return 1
    if threads() > 1:
        return 1
    return min(len(os.sched_getaffinity(0)), MOST)


def threads() -> int:
    """Tells how many threads this process has, those that Python knows nothing of too: a fork takes one
    along.
    """
    return len(os.listdir("/proc/self/task"))


def fill(builder: Builder, told: Meter) -> None:
    """Fills and finishes the tables of a ledger, inside its transaction. Raises :class:`Fallen`."""
    plans, head = builder.plans, builder.head
    guard = builder.registry.guard
    cuts = _cuts(builder.log, head, builder.processes)
    with ExitStack() as ends:
        notes = [ends.enter_context(Spill(builder.folder, plans.count)) for _ in cuts]
        made = [ends.enter_context(Spill(builder.folder, 2 * plans.count)) for _ in cuts]
        readers = ends.enter_context(_Processes(guard))
        for spill, cut in zip(notes, cuts, strict=True):
            readers.start(partial(_read, builder, spill, *cut))
        waiting = _gathered(builder, readers, notes, cuts, told)
        makers = ends.enter_context(_Processes(guard))
        for number, spill in enumerate(made):
            makers.start(partial(_make, builder, notes, spill, number))
        for spill, where in waiting:
            builder.keep(marshal.loads(spill.read(*where)))
        builder.finish_common()
        for built in plans.tables():
            gone = [plans.count + part for part in built.parts]
            for number, spill in enumerate(made):
                spill.told([*built.parts, *gone], marshal.loads(makers.heard(number)))
            history = Writing(built.table).history
            for part in gone:
                if listed := _together(made, part):
                    builder.db.executemany(history, listed)
            builder.append(built, (_together(made, part) for part in built.parts))
            builder.finish(built)
            told(head * (READING + (1 - READING) * built.parts.stop / plans.count))


def _cuts(log: Log, head: int, count: int) -> list[tuple[int, int]]:
    """Stretches of about equal length, each after a position up to another, where actions end."""
    ends = [0]
    for wanted in (head * i // count for i in range(1, count)):
        for recorded in log.read(after=max(wanted - 1, ends[-1]), until=head):
            if recorded.envelope.closes:
                ends.append(recorded.position)
                break
    if ends[-1] < head or len(ends) == 1:
        ends.append(head)
    return list(pairwise(ends))


def _together(spills: Iterable[Spill], part: int) -> list[Item]:
    items: list[Item] = []
    for spill in spills:
        items += spill.take(part)
    return items


# What other processes do


def _read(builder: Builder, notes: Spill, after: int, until: int, send: Connection) -> None:
    """Reads a stretch of the log; sends where rows and texts are that are to be written, then where notes are."""
    builder.plans.forked = True
    log = builder.log.forked()
    db = sqlite3.connect("", isolation_level=None)
    create_common(db)
    source = _FactsFrom(db, log, builder.registry, after)

    def told(position: int, rows: Kept, texts: list[Text]) -> None:
        db.executemany("INSERT INTO amendments VALUES (?, ?, ?, ?, ?)", rows[2])
        places = (notes.put(marshal.dumps(rows)), notes.put(marshal.dumps(texts)))
        send.send_bytes(marshal.dumps((position, *places)))

    Noting(builder.plans, source, notes, builder.page).read(after, until, told)
    notes.settle()
    send.send_bytes(marshal.dumps(notes.places(range(builder.plans.count))))


class _FactsFrom(FactSource):
    """Facts for a stretch of the log: amendments before its beginning are found by their tags."""

    def __init__(self, db: sqlite3.Connection, log: Log, registry: Registry, start: int) -> None:
        super().__init__(db, log, registry)
        self._start = start
        self._asked: set[int] = set()

    def _fetch(self, roots: Iterable[int]) -> None:
        roots = list(roots)
        early = [r for r in roots if r <= self._start and r not in self._asked]
        if early:
            self._asked.update(early)
            items = [DCBQueryItem(tags=[f"fact:{root}"]) for root in early]
            rows = [
                (
                    recorded.position,
                    recorded.envelope.root,
                    recorded.envelope.amends,
                    "",
                    recorded.envelope.line,
                )
                for recorded in self.log.read(until=self._start, items=items)
                if recorded.envelope.root in self._asked
            ]
            self.db.executemany("INSERT OR IGNORE INTO amendments VALUES (?, ?, ?, ?, ?)", rows)
        super()._fetch(roots)


def _make(
    builder: Builder, notes: Sequence[Spill], rows: Spill, number: int, send: Connection
) -> None:
    """Makes every so many-th part of each table; sends where its rows and its history are."""
    plans = builder.plans
    plans.forked = True
    log = builder.log.forked()
    for unit in plans.units:
        unit.texts.log = log

    def gone(part: int, listed: list[Stored]) -> None:
        rows.waiting[plans.count + part].extend(listed)
        rows.added(len(listed))

    for built in plans.tables():
        builder.make(
            built, built.parts[number :: len(notes)], partial(_together, notes), rows, gone
        )
        rows.settle()
        written = [*built.parts, *(plans.count + part for part in built.parts)]
        send.send_bytes(marshal.dumps(rows.places(written)))


# What this process does


def _gathered(
    builder: Builder,
    readers: _Processes,
    notes: Sequence[Spill],
    cuts: Sequence[tuple[int, int]],
    told: Meter,
) -> deque[tuple[Spill, tuple[int, int]]]:
    """Hears the readers out, and writes the first one's pages meanwhile; those that are left to write."""
    pages: list[deque[tuple[Spill, tuple[int, int]]]] = [deque() for _ in notes]
    come = [0] * len(notes)
    reading = set(range(len(notes)))
    everything = range(builder.plans.count)
    while reading:
        for number in readers.ready(reading):
            said: Any = marshal.loads(readers.heard(number))
            if isinstance(said, list):
                notes[number].told(everything, said)
                reading.discard(number)
                continue
            position, rows, texts = said
            pages[number].append((notes[number], rows))
            # Texts are in no order; rows are.
            keep(builder.db, marshal.loads(notes[number].read(*texts)))
            come[number] = position - cuts[number][0]
            told(READING * sum(come))
        while pages[0]:
            spill, place = pages[0].popleft()
            builder.keep(marshal.loads(spill.read(*place)))
    return deque(page for some in pages for page in some)


class _Processes:
    """Processes that were forked off this one; none outlives the block, nor this process."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._started: list[tuple[ForkProcess, Connection]] = []

    def start(self, work: Callable[[Connection], None]) -> None:
        """Forks one off that does some work and is heard through a pipe."""
        context = multiprocessing.get_context("fork")
        heard, send = context.Pipe(duplex=False)
        process = context.Process(
            target=self._run, args=(work, heard, send, os.getpid()), daemon=True
        )
        # Ctrl-C is for this process, also before the other one could say so.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            process.start()
        except OSError:
            heard.close()
            raise Fallen from None
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
            # So that its end is heard when it is gone.
            send.close()
        self._started.append((process, heard))

    def _run(
        self, work: Callable[[Connection], None], heard: Connection, send: Connection, parent: int
    ) -> None:
        code = 1
        try:
            heard.close()
            for number in (signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
            _die_with(parent)
            self._guard.forked()
            work(send)
            code = 0
        finally:
            # Not the usual end of a process: what it would tidy away is its parent's.
            self._guard.end()
            os._exit(code)

    def ready(self, numbers: Iterable[int]) -> list[int]:
        """Waits until one of the processes has something to say, or has ended, and returns all of these."""
        of = {self._started[number][1]: number for number in numbers}
        return sorted(of[heard] for heard in wait(list(of)) if isinstance(heard, Connection))

    def heard(self, number: int) -> bytes:
        """The next thing that a process says. Raises :class:`Fallen` when it has ended instead."""
        try:
            return self._started[number][1].recv_bytes()
        except (EOFError, OSError):
            self._started[number][0].join()  # or it would count as one that is still at work
            raise Fallen from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _: object, error: BaseException | None, *__: object) -> None:
        for process, heard in self._started:
            ended = error is not None and process.is_alive()
            if ended:
                process.kill()
            process.join()
            heard.close()
            pid = process.pid or 0
            if ended:
                self._guard.cleared(pid)
            elif isinstance(error, Fallen):
                error.pids.append(pid)


def _die_with(parent: int) -> None:
    """Ends this process as soon as the one that it was forked off ends, whatever it is doing then."""
    import ctypes

    ctypes.CDLL(None).prctl(_DEATH_SIGNAL, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
