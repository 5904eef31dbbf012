"""Verifying against reading and hashing each row once, on the same log, in turns.

Run as a script: ``python tests/benchmarks/bench_verify.py [EVENTS] [DIRECTORY]``, a million
events in the system's temporary directory by default. Both sides take turns within one run, so
that what else the machine does hits both. Prints a table; a timing never fails anything.

The first baseline hashes the bytes of each row as they are, the second what the README calls
the leaf. Neither builds a tree, nor looks at anything.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from taizhang_eventstore.ambient import SeededAmbient
from taizhang_eventstore.codec import Codec
from taizhang_eventstore.envelope import Envelope
from taizhang_eventstore.recorders.sqlite import SQLiteDCBRecorder
from taizhang_eventstore.seals.sealing import create_key, seal
from taizhang_eventstore.seals.seals import Seals
from taizhang_eventstore.verifying.proving import prove_event
from taizhang_eventstore.verifying.verifying import verify

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from eventsourcing.dcb.api import DCBEvent

ROUNDS = 3
BATCH = 5_000
AIM = 1.4


def processor() -> float:
    """Seconds of the processor so far, those of processes that were started here with them."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def bytes_once(path: Path) -> int:
    """Reads each row and hashes its bytes."""
    db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    count = 0
    for type_, data, tags in db.execute("SELECT type, data, tags FROM events ORDER BY seq"):
        hashlib.sha256(type_.encode() + tags.encode() + data).digest()
        count += 1
    db.close()
    return count


def leaves_once(path: Path) -> int:
    """Reads each row and hashes its leaf, as the README has it."""
    db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    count = 0
    for type_, data, tags in db.execute("SELECT type, data, tags FROM events ORDER BY seq"):
        parts = [tag.encode() for tag in json.loads(tags)]
        name = type_.encode()
        leaf = b"\0taizhang.event.leaf\n\1" + len(name).to_bytes(8, "big") + name
        leaf += len(parts).to_bytes(8, "big")
        for part in parts:
            leaf += len(part).to_bytes(8, "big") + part
        leaf += len(data).to_bytes(8, "big") + data
        hashlib.sha256(leaf).digest()
        count += 1
    db.close()
    return count


def whole(path: Path) -> int:
    """Verifies the store."""
    report = verify(path.parent)
    assert report.verified, report.text("en")
    return report.sealed


def events(count: int, chance: random.Random, ambient: SeededAmbient) -> Iterator[DCBEvent]:
    """Deeds of one event an action: 4 tags and about 500 bytes."""
    codec = Codec()
    for k in range(count):
        ambient.advance(30)
        action, member = ambient.event_id(), f"member:m-{chance.randrange(200_000):010d}"
        payload = {
            "member": member,
            "minutes": k % 480,
            "place": "天井湖社区",
            "note": "志愿服务" * 8,
        }
        envelope = Envelope(
            id=ambient.event_id(), action=action, i=1, n=1, recorded_at=ambient.now(),
            on=dt.date(2026, 7, 1), actor="李秀英", plugin="member", plugin_version="0.1.0",
        )  # fmt: skip
        tags = [f"action:{action}", "owner:core", member, f"org:o-{chance.randrange(500):05d}"]
        name = f"noun.deed_{chance.randrange(20)}@1"
        yield codec.encode_raw(name, msgspec.json.encode(payload), envelope, tags)


def build(root: Path, count: int) -> None:
    """Makes the log with the recorder, and seals it: once from nothing, then 1,000 events more."""
    chance = random.Random(20260701)
    ambient = SeededAmbient(7, dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
    seals = Seals(root)
    with SQLiteDCBRecorder(root / "events.db") as recorder:
        for _ in range(0, count - 1_000, BATCH):
            recorder.append(list(events(BATCH, chance, ambient)))
        create_key(seals, recorder)
        start = time.perf_counter()
        first = seal(seals, recorder).size
        middle = time.perf_counter()
        recorder.append(list(events(1_000, chance, ambient)))
        again = time.perf_counter()
        seal(seals, recorder)
        end = time.perf_counter()
    print(
        f"sealing {first:,} events from nothing: {middle - start:.1f} s; 1,000 more: {(end - again) * 1e3:.0f} ms"
    )


def main() -> None:
    """Prints one line for each side: elapsed and processor time, and verifying as a multiple."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    where = sys.argv[2] if len(sys.argv) > 2 else None
    with tempfile.TemporaryDirectory(dir=where) as directory:
        root = Path(directory)
        build(root, count)
        path = root / "events.db"
        sides: dict[str, Callable[[Path], int]] = {
            "bytes, once": bytes_once,
            "leaves, once": leaves_once,
            "verify": whole,
        }
        taken: dict[str, list[tuple[float, float]]] = {name: [] for name in sides}
        for turn in range(ROUNDS):
            for name in sorted(sides, reverse=bool(turn % 2)):
                start, cpu = time.perf_counter(), processor()
                sides[name](path)
                taken[name].append((time.perf_counter() - start, processor() - cpu))
        start = time.perf_counter()
        prove_event(Seals(root), count // 2)
        print(f"proving one event: {time.perf_counter() - start:.1f} s\n")
    medians = {
        name: (statistics.median(a for a, _ in some), statistics.median(b for _, b in some))
        for name, some in taken.items()
    }
    print("| side | elapsed, s | processor, s | verify / side, elapsed | processor | aim |")
    print("|---|---:|---:|---:|---:|---:|")
    ours = medians["verify"]
    for name, (a, b) in medians.items():
        print(f"| {name} | {a:.2f} | {b:.2f} | {ours[0] / a:.2f} | {ours[1] / b:.2f} | {AIM} |")


if __name__ == "__main__":
    main()
