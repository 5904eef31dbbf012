"""What programmes cost: to a command's start, and to catching up where one of them raises.

Run as a script: ``python tests/benchmarks/bench_plugins.py``. The start of ``taizhang tables`` with all bundled programmes
against the same with none of them, whole processes in turns, the median of the differences. Catching up with 40,000
events of the core, and 2,000 of a programme that raises on the last of each page, against the same log without
that programme. Prints a table; a timing never fails anything.
"""

from __future__ import annotations

import datetime as dt
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "core" / "kit"))

from eventsourcing.dcb.api import DCBEvent
from ledgerkit.mixed import FIRST, Office

from taizhang.api import Deed, Member, Programme, Row, field
from taizhang.ledger.projector import Projector
from taizhang.ledger.schema import connect
from taizhang.loading.guard import Guard
from taizhang.loading.loader import core_registry
from taizhang.registry import Registry
from taizhang.testing.logs import append
from taizhang.workspace import Workspace
from taizhang_eventstore.log import Log, open_log

STARTS, ROUNDS = 15, 3
EVENTS, EVERY = 42_000, 21
MEMBERS = 4_000


def started(store: Path, **environment: str) -> float:
    """The seconds of the processor that ``taizhang tables`` takes: other work on the machine spoils the wall's."""
    command = [sys.executable, "-c", "from taizhang.cli import main; main()"]
    begun = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [*command, "--store", str(store), "tables"],
        env=os.environ | environment,
        stdout=subprocess.DEVNULL,
        check=True,
    )
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return ended.ru_utime + ended.ru_stime - begun.ru_utime - begun.ru_stime


def starts(folder: Path) -> tuple[float, float]:
    """Medians of the seconds without programmes, and of what they add."""
    with_all, without = folder / "with", folder / "without"
    Workspace.init(with_all).close()
    Workspace.init(without, disabled=()).close()
    bare, more = [], []
    for store, kept in ((with_all, {}), (without, {"TAIZHANG_PLUGINS": ""})):
        started(store, **kept)  # levelled once, and in the page cache
    for _ in range(STARTS):
        one = started(without, TAIZHANG_PLUGINS="")
        bare.append(one)
        more.append(started(with_all) - one)
    return statistics.median(bare), statistics.median(more)


def raising() -> Programme:
    """A programme that cannot make a row of one event in many."""
    programme = Programme("bad", "坏|Bad", needs=("members",))
    programme.code = "1"

    class NoteRow(Row):
        member: Member = field("党员|Member")

    notes = programme.records("notes", "便条|Notes", NoteRow)

    @programme.deed("note.take", "记便条|Take a note", event="note_taken")
    class Note(Deed):
        member: Member = field("党员|Member")

    seen = 0

    def row(note: Note) -> NoteRow:
        nonlocal seen
        seen += 1
        if seen % 200 == 0:
            raise ZeroDivisionError
        return NoteRow(member=note.member)

    notes.records(Note, row)
    return programme


def facts(office: Office) -> Iterator[DCBEvent]:
    """Moves of members, and a note after every so many."""
    for k in range(EVENTS):
        member = f"m-{office.chance.randrange(MEMBERS):07d}"
        if k % EVERY == 0:
            event = office.registry.make_event("bad.note_taken", {"member": member})
        else:
            organisation = f"o-{office.chance.randrange(100):07d}"
            event = office.made(
                "member.moved", member=member, organisation=organisation, how="调整"
            )
        yield office.stored(event, FIRST + dt.timedelta(days=k // 20))


def caught_up(log: Log, registry: Registry, path: Path) -> tuple[float, int]:
    """Seconds of the processor in which a new ledger is level, and the rows of the core's table."""
    db = connect(path)
    projector = Projector(db, log, registry)
    projector.prepare()
    begun = time.process_time()
    projector.catch_up()
    taken = time.process_time() - begun
    (rows,) = db.execute("SELECT count(*) FROM _memberships").fetchone()
    db.close()
    return taken, rows


def catching_up(folder: Path) -> tuple[float, float, bool]:
    """Seconds without the programme, with it, and whether the core's rows are as many."""
    whole = core_registry()
    whole.add(raising())
    with open_log(folder / "events.db", whole.codec) as log:
        made = facts(Office(whole, members=0, organisations=0))
        while batch := list(islice(made, 20_000)):
            append(log, batch)
    taken: dict[bool, list[float]] = {False: [], True: []}
    rows: dict[bool, int] = {}
    for turn in range(ROUNDS):
        for bad in (False, True):
            registry = core_registry()
            if bad:
                registry.guard = Guard()
                registry.guard.know("bad", "1")
                registry.add(raising())
            with open_log(folder / "events.db", registry.codec) as log:
                path = folder / f"{turn}-{bad}.db"
                seconds, rows[bad] = caught_up(log, registry, path)
                taken[bad].append(seconds)
    return min(taken[False]), min(taken[True]), rows[False] == rows[True]


def main() -> None:
    """Measures and prints."""
    with tempfile.TemporaryDirectory() as folder:
        bare, more = starts(Path(folder))
        print(f"taizhang tables without programmes  {bare * 1e3:6.0f} ms")
        print(f"all bundled programmes add          {more * 1e3:6.0f} ms, aim at most 60")
        without, with_bad, same = catching_up(Path(folder))
        print(f"catching up with {EVENTS:,} events      {without:6.2f} s")
        ratio = with_bad / without - 1
        print(f"one programme that raises costs     {ratio:6.1%}, aim less than 10%")
        print(f"rows of the core are as many        {'yes' if same else 'NO'}")


if __name__ == "__main__":
    main()
