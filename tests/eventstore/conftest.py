"""What the tests of the event store share: a log's path, a codec, envelopes, worker processes."""

from __future__ import annotations

import datetime as dt
import shutil
import sqlite3
import subprocess
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from taizhang_eventstore.ambient import SeededAmbient
from taizhang_eventstore.codec import Codec
from taizhang_eventstore.envelope import Envelope
from taizhang_eventstore.personal.keys import Keys
from taizhang_eventstore.personal.wrapping import KeyFile
from taizhang_eventstore.recorders.sqlite import SQLiteDCBRecorder
from taizhang_eventstore.seals.sealing import create_key, seal
from taizhang_eventstore.seals.seals import Seals
from taizhang_eventstore.verifying.verifying import verify

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from eventsourcing.dcb.api import DCBEvent

    from taizhang_eventstore.seals.checkpoint import Seal
    from taizhang_eventstore.seals.note import Verifier
    from taizhang_eventstore.verifying.report import Report

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
def recorder(path: Path) -> Iterator[SQLiteDCBRecorder]:
    with SQLiteDCBRecorder(path) as recorder:
        yield recorder


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
def worker(start: Callable[..., subprocess.Popen[str]]) -> Callable[..., subprocess.Popen[str]]:
    """Starts a process of ``worker.py``."""
    return partial(start, WORKER)


class Store:
    """A small store with a key, to be tampered with as a stranger would: by plain sqlite3."""

    def __init__(self, root: Path, ambient: SeededAmbient, codec: Codec) -> None:
        self.root = root
        self._ambient, self._codec = ambient, codec
        root.mkdir(parents=True, exist_ok=True)
        self.path = root / "events.db"
        self.seals = Seals(root)

    def append(self, *sizes: int) -> None:
        """Appends actions of so many events each."""
        with SQLiteDCBRecorder(self.path) as recorder:
            recorder.append([event for size in sizes for event in self._events(size)])

    def _events(self, size: int) -> Iterator[DCBEvent]:
        action = self._ambient.event_id()
        for i in range(1, size + 1):
            self._ambient.advance(1)
            envelope = Envelope(
                id=self._ambient.event_id(), action=action, i=i, n=size,
                recorded_at=self._ambient.now(), on=dt.date(2026, 7, 1), actor="李秀英",
                plugin="member", plugin_version="0.1.0",
            )  # fmt: skip
            member = self._ambient.new_id("m")
            event = Registered(member, "王小明", dt.date(2012, 2, 3))
            tags = ["owner:member", f"action:{action}", f"member:{member}", "org:天桥"]
            yield self._codec.encode(envelope, event, tags)

    def create_key(self, *, anew: bool = False) -> Verifier:
        with SQLiteDCBRecorder(self.path) as recorder:
            return create_key(self.seals, recorder, anew=anew)

    def seal(self) -> Seal:
        with SQLiteDCBRecorder(self.path) as recorder:
            return seal(self.seals, recorder)

    def sql(self, *statements: str, **values: object) -> list[Any]:
        """Runs statements on the log as another tool would; the rows of the last."""
        db = sqlite3.connect(self.path)
        rows: list[Any] = []
        for statement in statements:
            rows = db.execute(statement, values).fetchall()
        db.commit()
        db.close()
        return rows

    def verify(self, **given: Any) -> Report:
        return verify(self.root, **given)

    def copy(self, name: str) -> Store:
        """A copy of the whole directory."""
        target = self.root.with_name(name)
        shutil.copytree(self.root, target)
        return Store(target, self._ambient, self._codec)


@pytest.fixture
def new_store(tmp_path: Path, ambient: SeededAmbient, codec: Codec) -> Callable[[str], Store]:
    """Makes an empty store in a directory of that name."""
    return lambda name: Store(tmp_path / name, ambient, codec)


@pytest.fixture
def sealed(new_store: Callable[[str], Store]) -> Store:
    """Thirty events, sealed at 10, 20 and 30."""
    store = new_store("store")
    store.append(1, 3, 1, 5)
    store.create_key()
    store.seal()
    store.append(*[1] * 10)
    store.seal()
    store.append(2, 2, 2, 4)
    store.seal()
    return store


@pytest.fixture
def file(tmp_path: Path) -> KeyFile:
    return KeyFile(tmp_path / "elsewhere.key")


@pytest.fixture
def keys(tmp_path: Path, file: KeyFile, ambient: SeededAmbient) -> Iterator[Keys]:
    made = Keys.create(tmp_path / "keys.db", file, ambient)
    yield made
    made.close()
