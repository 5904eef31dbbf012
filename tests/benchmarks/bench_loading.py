"""What programmes cost: all of them at a start, and one that raises in its projection to the others.

Run as a script: ``python tests/benchmarks/bench_loading.py``. Loading: ``taizhang tables`` as whole processes,
with all bundled programmes and with all disabled, in turns. Raising: a ledger catches up with a log of the
core's and four programmes' events and a fifth's, or is built anew from it. The fifth's projection is sound,
raises at its first event, raises halfway, or it is not there; each in a process of its own, in turns. All rows of all the others, history
too, are held against each other byte for byte. Prints two tables; a timing never fails anything.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "core" / "kit"))

from eventsourcing.dcb.api import DCBEvent
from ledgerkit.mixed import Office, log_of

from taizhang.ledger.projector import Projector
from taizhang.ledger.rebuild import build
from taizhang.ledger.schema import connect
from taizhang.loading.loader import load
from taizhang.loading.sources import candidates
from taizhang.words.pinyin import pinyin
from taizhang.workspace import Workspace
from taizhang_eventstore.log import open_log

STARTS, AIM = 21, 60
EVENTS, ROUNDS, COST = 60_000, 3, 1.10

PROGRAMME = '''"""A programme on trial, whose projection raises at the note numbered STOP."""
from taizhang.api import Count, Deed, Member, Programme, Row, field

programme = Programme("trial", "试验|Trial", api=1, needs=("members",))
STOP = {stop}


class NoteRow(Row):
    """A note."""

    member: Member = field("党员|Member")
    number: Count = field("编号|Number")


notes = programme.records("notes", "便条|Notes", NoteRow)


@programme.deed("note.take", "记便条|Take a note", event="note_taken")
class TakeNote(Deed):
    """A note."""

    member: Member = field("党员|Member")
    number: Count = field("编号|Number")


def _row(happened):
    if happened.number == STOP:
        raise ArithmeticError(STOP)
    return NoteRow(member=happened.member, number=happened.number)


notes.records(TakeNote, _row)
'''

CAUGHT_UP, BUILT = "caught up", "built anew"
SOUND, FIRST, HALFWAY, ABSENT = "sound", "raises at its first event", "raises halfway", "not there"


class Busy(Office):
    """An office with five programmes: six in ten events are theirs, a tenth the one's on trial."""

    notes = 0

    def _deed(self, on: dt.date) -> DCBEvent:
        chance = self.chance
        member = f"m-{chance.randrange(max(1, self.registered)):07d}"
        organisation = f"o-{chance.randrange(self.organisations):07d}"
        draw = chance.randrange(10)
        if draw == 0:
            self.notes += 1
            made = self.made("trial.note_taken", member=member, number=self.notes)
        elif draw == 1:
            made = self.made("liudai.one_done", member=member, item="做一件好事")
        elif draw == 2:
            made = self.made("sanguan.contact_made", member=member, kind="传达精神")
        elif draw == 3:
            made = self.made("liunuo.item_done", member=member, item="贡献一技")
        elif draw == 4:
            pledge = {"pledge": f"ln-{self.position:07d}", "kind": "实事承诺", "what": "义诊"}
            made = self.made("liunuo.pledge_applied", member=member, promised=on, **pledge)
        elif draw == 5:
            matter = {"matter": f"wm-{self.position:07d}", "number": str(self.position)}
            matter |= {"kind": "急办件", "what": "漏水"}
            made = self.made("wujian.matter_accepted", organisation=organisation, **matter)
        else:
            return super()._deed(on)
        stored = self.stored(made, on)
        self.recent.append((self.position, made, on))
        return stored


def started(store: Path, disabled: str) -> tuple[float, float]:
    """Milliseconds that ``taizhang actions`` takes from its process's start to its end: wall and cpu."""
    program = [sys.executable, "-c", "from taizhang.cli import main; main()", "--store", str(store)]
    wall, cpu = time.perf_counter(), children()
    subprocess.run(
        [*program, "actions"],
        env=os.environ | {"TAIZHANG_DISABLE": disabled},
        stdout=subprocess.DEVNULL,
        check=True,
    )
    return (time.perf_counter() - wall) * 1000, (children() - cpu) * 1000


def children() -> float:
    """Seconds of the processor that processes started here have taken."""
    taken = resource.getrusage(resource.RUSAGE_CHILDREN)
    return taken.ru_utime + taken.ru_stime


def loading(folder: Path) -> None:
    """Prints what loading all bundled programmes adds to a command."""
    bundled = ",".join(c.name for c in candidates(None) if c.source == "bundled")
    store = folder / "store"
    Workspace.init(store, name="县").close()
    turns = [(started(store, ""), started(store, bundled)) for _ in range(1 + STARTS)][1:]
    print("| clock | `taizhang tables`, all disabled | all loaded | programmes | added | aim |")
    print("|:--|--:|--:|--:|--:|--:|")
    for i, clock in enumerate(("wall", "cpu")):
        loaded, bare = (
            statistics.median(one[i] for one in side) for side in zip(*turns, strict=True)
        )
        added = statistics.median(one[i] - other[i] for one, other in turns)
        print(
            f"| {clock} | {bare:.0f} ms | {loaded:.0f} ms | {bundled.count(',') + 1} "
            f"| {added:.0f} ms | ≤ {AIM} ms |"
        )


def child(way: str, log: Path) -> None:
    """In a process of its own: a new ledger catches up, or is built; the times, and the others' rows."""
    registry = load().registry
    pinyin("王小明")  # loads its dictionary
    with tempfile.TemporaryDirectory() as folder, open_log(log, registry.codec) as opened:
        path = Path(folder) / "ledger.db"
        if way == CAUGHT_UP:
            db = connect(path)
            projector = Projector(db, opened, registry)
            projector.prepare()
        wall, cpu = time.perf_counter(), time.process_time()
        if way == CAUGHT_UP:
            projector.catch_up()
        else:
            db = build(path, opened, registry)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        faults = db.execute("SELECT unit FROM _tracking WHERE fault NOT NULL").fetchall()
        names = db.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        hashed, rows = hashlib.sha256(), 0
        for (name,) in names.fetchall():
            # Left out: the finder's own pages, what the ledger says of itself, the one on trial.
            if name.startswith(("sqlite_", "_finder", "_tracking", "_meta", "_trial")):
                continue
            for row in sorted(map(repr, db.execute(f'SELECT * FROM "{name}"'))):
                hashed.update(f"{name} {row}\n".encode())
                rows += 1
        db.close()
    said = {
        "wall": wall,
        "cpu": cpu,
        "rows": rows,
        "hash": hashed.hexdigest(),
        "faults": [name for (name,) in faults],
    }
    print(json.dumps(said))


def raising(folder: Path) -> None:
    """Prints what a programme that raises costs the others."""
    site = folder / "site"
    (site / "taizhang_trial-1.dist-info").mkdir(parents=True)
    (site / "taizhang_trial-1.dist-info" / "METADATA").write_text(
        "Name: taizhang-trial\nVersion: 1\n"
    )
    (site / "taizhang_trial-1.dist-info" / "entry_points.txt").write_text(
        "[taizhang.plugins]\ntrial = taizhang_trial\n"
    )
    file = site / "taizhang_trial.py"
    file.write_text(PROGRAMME.format(stop=None), "utf-8")
    sys.path.insert(0, str(site))
    registry = load().registry
    office = Busy(registry, members=EVENTS // 20, organisations=EVENTS // 1_000)
    log_of(folder / "events.db", registry, office, EVENTS).close()
    stops = {SOUND: None, FIRST: 1, HALFWAY: office.notes // 2, ABSENT: None}
    turns = [(way, name) for way in (CAUGHT_UP, BUILT) for name in stops]
    found: dict[tuple[str, str], list[dict[str, Any]]] = {turn: [] for turn in turns}
    for _ in range(ROUNDS):
        for way, name in turns:
            stop = stops[name]
            file.write_text(PROGRAMME.format(stop=stop), "utf-8")
            said = subprocess.run(
                [sys.executable, __file__, "--of", way, str(folder / "events.db")],
                env=os.environ
                | {"PYTHONPATH": os.pathsep.join(sys.path), "PYTHONDONTWRITEBYTECODE": "1"}
                | {"TAIZHANG_DISABLE": "trial" if name == ABSENT else ""},
                check=True,
                capture_output=True,
                text=True,
            ).stdout
            found[way, name].append(json.loads(said))
    print(
        f"\n| ledger | the one on trial, of {EVENTS:,} events {office.notes:,} its own | wall | cpu "
        "| of sound, wall | cpu | aim | faults | rows of the others | the same |"
    )
    print("|:--|:--|--:|--:|--:|--:|--:|:--|--:|:--|")
    for (way, name), runs in found.items():
        sound = found[way, SOUND]
        base = {clock: middle(sound, clock) for clock in ("wall", "cpu")}
        hashes = {said["hash"] for said in sound}
        wall, cpu = middle(runs, "wall"), middle(runs, "cpu")
        same = {said["hash"] for said in runs} == hashes and len(hashes) == 1
        faults = " ".join(runs[0]["faults"])
        print(
            f"| {way} | {name} | {wall:.2f} s | {cpu:.2f} s | {wall / base['wall']:.2f} "
            f"| {cpu / base['cpu']:.2f} | {f'< {COST:.2f}' if faults else ''} | {faults} "
            f"| {runs[0]['rows']:,} | {'yes' if same else 'NO'} |"
        )


def middle(runs: list[dict[str, Any]], clock: str) -> float:
    """The median of a clock."""
    return statistics.median(float(said[clock]) for said in runs)


def main() -> None:
    """Measures, prints."""
    if sys.argv[1:2] == ["--of"]:
        child(sys.argv[2], Path(sys.argv[3]))
        return
    with tempfile.TemporaryDirectory() as directory:
        folder = Path(directory)
        # As installed: compiled once, by the first round, which does not count.
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.environ["PYTHONPYCACHEPREFIX"] = str(folder / "compiled")
        loading(folder)
        raising(folder)


if __name__ == "__main__":
    main()
