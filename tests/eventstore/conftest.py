"""What the tests of the event store share: a log's path, a codec, envelopes, worker processes."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from taizhang_eventstore.ambient import SeededAmbient
from taizhang_eventstore.codec import Codec
from taizhang_eventstore.envelope import Envelope

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

START = dt.datetime(2026, 7, 1, 8, 30, tzinfo=dt.UTC)
WORKER = Path(__file__).with_name("worker.py")


class Registered(msgspec.Struct, frozen=True):
    """A member registered, as a slice of the core would declare it."""

    member: str
    name: str
    joined: dt.date
    kind: str = "在职"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "events.db"


@pytest.fixture
def registered() -> type[Registered]:
    return Registered


@pytest.fixture
def codec() -> Codec:
    codec = Codec()
    codec.register("member.registered", 1, Registered, owner="member")
    return codec


@pytest.fixture
def ambient() -> SeededAmbient:
    return SeededAmbient(7, START)


@pytest.fixture
def envelope(ambient: SeededAmbient) -> Callable[..., Envelope]:
    """Makes envelopes: ``envelope(i=1, n=2)``."""

    def make(**changes: Any) -> Envelope:
        fields: dict[str, Any] = {
            "id": ambient.event_id(),
            "action": ambient.event_id(),
            "i": 1,
            "n": 1,
            "recorded_at": ambient.now(),
            "on": dt.date(2026, 7, 1),
            "actor": "李秀英",
            "plugin": "member",
            "plugin_version": "0.1.0",
        }
        return Envelope(**(fields | changes))

    return make


@pytest.fixture
def worker() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts a process that waits for a line on its standard input; ends all of them after."""
    started: list[subprocess.Popen[str]] = []

    def start(*arguments: object) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, str(WORKER), *map(str, arguments)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()
