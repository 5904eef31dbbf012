"""A process that appends to a log on its own, for tests of several processes and of faults.

``worker.py append PATH NAME BATCHES SIZE``: appends batches of SIZE events, each on condition
that its own tag is new, and acknowledges each with its last position once append has returned.
``worker.py shared PATH NAME BATCHES``: the same on condition that nobody else appended since it
looked, trying again when refused. ``worker.py open PATH``: opens and appends one event.
``worker.py busy PATH NAME TIMES``: records actions as taizhang writes them until it is killed, and opens the log
anew after every TIMES of them; every fifth opening is followed by a sealing.
``worker.py limit PATH BYTES``: appends under a file-size limit until refused, then without.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path

from eventsourcing.dcb.api import DCBAppendCondition, DCBEvent, DCBQuery, DCBQueryItem
from eventsourcing.persistence import IntegrityError

from taizhang_eventstore.ambient import SystemAmbient
from taizhang_eventstore.errors import StoreFull
from taizhang_eventstore.recorders.sqlite import SQLiteDCBRecorder
from taizhang_eventstore.seals.sealing import seal
from taizhang_eventstore.seals.seals import Seals


def say(text: object) -> None:
    """Writes one line that the test can read at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def tagged(tag: str, after: int | None = None) -> DCBAppendCondition:
    """A condition that nothing after `after` has `tag`."""
    return DCBAppendCondition(DCBQuery([DCBQueryItem(tags=[tag])]), after)


def append(path: str, name: str, batches: str, size: str) -> None:
    """See the module."""
    with SQLiteDCBRecorder(path) as recorder:
        for k in range(int(batches)):
            tag = f"batch:{name}-{k}"
            data = b"%d" % int(size) + b" " * 300
            events = [DCBEvent("batch.part@1", data, [tag, "all", f"by:{name}"])] * int(size)
            say(f"{tag} {recorder.append(events, tagged(tag))}")


def shared(path: str, name: str, batches: str) -> None:
    """See the module."""
    refused = 0
    with SQLiteDCBRecorder(path) as recorder:
        for k in range(int(batches)):
            while True:
                after = recorder.head()
                try:
                    recorder.append(
                        [DCBEvent("shared@1", b"%d" % after, ["shared", f"{name}-{k}"])],
                        tagged("shared", after),
                    )
                    break
                except IntegrityError:
                    refused += 1
    say(f"refused {refused}")


def open_(path: str) -> None:
    """See the module."""
    with SQLiteDCBRecorder(path) as recorder:
        say(recorder.append([DCBEvent("opened@1", b"{}", ["opened"])]))


def busy(path: str, name: str, times: str) -> None:
    """See the module."""
    ambient = SystemAmbient()
    for opened in count():
        with SQLiteDCBRecorder(path) as recorder:
            for _ in range(int(times)):
                action, size = ambient.event_id(), 1 + opened % 3
                recorder.append([_event(ambient, action, i, size, name) for i in range(size)])
                time.sleep(0.01)
            if opened % 5 == 4:
                seal(Seals(Path(path).parent), recorder)


def _event(ambient: SystemAmbient, action: str, i: int, size: int, name: str) -> DCBEvent:
    now = ambient.now().isoformat().replace("+00:00", "Z")
    head = {"id": ambient.event_id(), "action": action, "i": i + 1, "n": size, "recorded_at": now}
    data = json.dumps(head, separators=(",", ":")).encode()
    return DCBEvent("busy@1", data, [f"action:{action}", f"by:{name}"])


def limit(path: str, size: str) -> None:
    """See the module."""
    event = DCBEvent("large@1", b"x" * 4_000, ["large"])
    with SQLiteDCBRecorder(path) as recorder:
        _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(size), hard))
        last = 0
        try:
            while True:
                last = recorder.append([event] * 3)
        except StoreFull:
            say(f"full {last} {recorder.head()}")
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
        say(f"again {recorder.append([event] * 3)}")


if __name__ == "__main__":
    say("ready")
    sys.stdin.readline()
    jobs: dict[str, Callable[..., None]] = {
        "append": append,
        "shared": shared,
        "open": open_,
        "busy": busy,
        "limit": limit,
    }
    jobs[sys.argv[1]](*sys.argv[2:])
