"""The recorder on one SQLite file: the library's own tests, files that are not logs, pages."""

from __future__ import annotations

import os
import sqlite3
import threading
from typing import TYPE_CHECKING

import pytest
from eventsourcing.dcb.api import (
    DCBAppendCondition,
    DCBEvent,
    DCBQuery,
    DCBQueryItem,
    DCBSequencedEvent,
)
from eventsourcing.dcb.persistence import DCBInfrastructureFactory
from eventsourcing.dcb.tests import DCBRecorderTestCase
from eventsourcing.persistence import IntegrityError, ProgrammingError

from taizhang_eventstore import schema
from taizhang_eventstore.errors import (
    StoreBusy,
    StoreDamaged,
    StoreError,
    StoreNotFound,
    StoreReadOnly,
    StoreTooNew,
)
from taizhang_eventstore.sqlite import SQLiteDCBFactory, SQLiteDCBRecorder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def recorder(path: Path) -> Iterator[SQLiteDCBRecorder]:
    with SQLiteDCBRecorder(path) as recorder:
        yield recorder


def event(type_: str = "a@1", *tags: str) -> DCBEvent:
    return DCBEvent(type_, b"{}", list(tags))


def tagged(*tags: str) -> DCBQuery:
    return DCBQuery([DCBQueryItem(tags=[tag]) for tag in tags])


class TestLibrary(DCBRecorderTestCase):
    """The test cases that the library ships for every recorder."""

    @pytest.fixture(autouse=True)
    def _given(self, recorder: SQLiteDCBRecorder) -> None:
        self.recorder = recorder

    def test_append_read(self) -> None:
        self._test_append_read(self.recorder)

    def test_append_subscribe(self) -> None:
        self._test_append_subscribe(self.recorder)


def test_library_finds_the_factory(path: Path) -> None:
    factory = DCBInfrastructureFactory.construct(
        {"PERSISTENCE_MODULE": "taizhang_eventstore.sqlite", "SQLITE_DBNAME": str(path)}
    )
    assert type(factory) is SQLiteDCBFactory
    with factory.dcb_recorder() as recorder:
        assert recorder.append([event()]) == 1


@pytest.mark.parametrize("name", ["", ":memory:"])
def test_factory_wants_a_file(name: str) -> None:
    with pytest.raises(OSError, match="SQLITE_DBNAME"):
        SQLiteDCBFactory({"SQLITE_DBNAME": name}).dcb_recorder()


# The file


def test_settings_of_the_file(recorder: SQLiteDCBRecorder, path: Path) -> None:
    recorder.append([event("a@1", "x", "y", "x")])
    db = sqlite3.connect(path)
    assert db.execute("SELECT seq, type, data, tags FROM events").fetchall() == [
        (1, "a@1", b"{}", '["x","y"]')
    ]
    for pragma, value in {
        "journal_mode": "wal",
        "application_id": schema.APPLICATION_ID,
        "user_version": schema.FORMAT,
    }.items():
        assert db.execute(f"PRAGMA {pragma}").fetchone() == (value,)
    writer = recorder._writer
    assert writer is not None
    assert writer.execute("PRAGMA synchronous").fetchone() == (2,)
    assert writer.execute("PRAGMA secure_delete").fetchone() == (1,)
    assert writer.execute("PRAGMA busy_timeout").fetchone() == (30_000,)
    db.close()


def test_strange_path(tmp_path: Path) -> None:
    path = tmp_path / "台账 #1?mode=memory&x=%41.db"
    with SQLiteDCBRecorder(path) as recorder:
        recorder.append([event()])
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def test_closing_twice_leaves_one_file(path: Path) -> None:
    recorder = SQLiteDCBRecorder(path)
    recorder.append([event()])
    recorder.close()
    recorder.close()
    assert os.listdir(path.parent) == [path.name]
    with pytest.raises(StoreError):
        recorder.head()


@pytest.mark.parametrize("read_only", [False, True])
@pytest.mark.parametrize("content", [b"not a database" * 100, b"SQLite format 3\0", b"xy"])
def test_not_a_database(path: Path, content: bytes, read_only: bool) -> None:
    path.write_bytes(content)
    with pytest.raises(StoreDamaged) as refused:
        SQLiteDCBRecorder(path, read_only=read_only)
    assert refused.value.exit_code == 3
    assert path.read_bytes() == content


@pytest.mark.parametrize("stamp", [0, 99])
def test_database_of_another_program(path: Path, stamp: int) -> None:
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE moz_places (id)")
    db.execute(f"PRAGMA application_id = {stamp}")
    db.close()
    before = path.read_bytes()
    with pytest.raises(StoreDamaged, match="别的程序"):
        SQLiteDCBRecorder(path)
    assert path.read_bytes() == before


def test_later_format(path: Path) -> None:
    SQLiteDCBRecorder(path).close()
    db = sqlite3.connect(path)
    db.execute(f"PRAGMA user_version = {schema.FORMAT + 1}")
    db.close()
    for read_only in (False, True):
        with pytest.raises(StoreTooNew) as refused:
            SQLiteDCBRecorder(path, read_only=read_only)
        assert refused.value.exit_code == 3
        assert "upgrade" in refused.value.text("en")


def test_log_without_its_tables(path: Path) -> None:
    SQLiteDCBRecorder(path).close()
    db = sqlite3.connect(path)
    db.execute("DROP TABLE event_tags")
    db.close()
    with pytest.raises(StoreDamaged, match="event_tags"):
        SQLiteDCBRecorder(path)


@pytest.mark.parametrize("read_only", [False, True])
@pytest.mark.parametrize("part", [0.25, 0.5, 0.9])
def test_half_written_file(path: Path, part: float, read_only: bool) -> None:
    with SQLiteDCBRecorder(path) as recorder:
        recorder.append([event("a@1", f"t{k}") for k in range(2_000)])
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * part)])
    with pytest.raises(StoreDamaged):
        SQLiteDCBRecorder(path, read_only=read_only)


def test_page_overwritten_in_the_middle(path: Path) -> None:
    with SQLiteDCBRecorder(path) as recorder:
        recorder.append([event("a@1", f"t{k}") for k in range(2_000)])
    whole = bytearray(path.read_bytes())
    whole[8_192:-4_096] = b"\xff" * (len(whole) - 12_288)
    path.write_bytes(whole)
    with pytest.raises(StoreDamaged), SQLiteDCBRecorder(path) as recorder:
        list(recorder.read())


def test_missing_and_emptied_log_are_not_created(path: Path) -> None:
    with pytest.raises(StoreNotFound):
        SQLiteDCBRecorder(path, create=False)
    with pytest.raises(StoreNotFound):
        SQLiteDCBRecorder(path, read_only=True)
    assert not path.exists()
    path.touch()
    for read_only in (False, True):
        with pytest.raises(StoreNotFound):
            SQLiteDCBRecorder(path, read_only=read_only, create=False)
    assert path.read_bytes() == b""
    with pytest.raises(StoreNotFound):
        SQLiteDCBRecorder(path.parent / "absent" / "events.db")
    with pytest.raises(StoreReadOnly):
        SQLiteDCBRecorder(path.parent)


def test_crash_before_the_tables_were_made(path: Path) -> None:
    db = sqlite3.connect(path)
    db.execute("PRAGMA journal_mode = WAL")
    db.close()
    with SQLiteDCBRecorder(path) as recorder:
        assert recorder.append([event()]) == 1


# Reading only


def test_read_only_touches_nothing(path: Path) -> None:
    with SQLiteDCBRecorder(path) as recorder:
        recorder.append([event("a@1", "x")] * 3)
    before = (path.read_bytes(), path.stat().st_mtime_ns)
    with SQLiteDCBRecorder(path, read_only=True) as recorder:
        assert recorder.head() == 3
        assert len(list(recorder.read(tagged("x")))) == 3
        assert recorder.counts() == {"a@1": 3}
        with pytest.raises(StoreReadOnly):
            recorder.append([event()])
        assert os.listdir(path.parent) == [path.name]
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before


def test_read_only_sees_a_writer_that_comes_later(path: Path) -> None:
    SQLiteDCBRecorder(path).close()
    with SQLiteDCBRecorder(path, read_only=True) as reader:
        versions = [reader.data_version()]
        for k in range(1, 4):
            with SQLiteDCBRecorder(path) as writer:
                writer.append([event()])
                assert reader.head() == k
                versions.append(reader.data_version())
            assert [s.position for s in reader.read()] == list(range(1, k + 1))
    assert len(set(versions)) == 4


def test_read_only_beside_a_writer(recorder: SQLiteDCBRecorder, path: Path) -> None:
    recorder.append([event()])
    with SQLiteDCBRecorder(path, read_only=True) as reader:
        assert reader.head() == 1
        recorder.append([event()])
        assert reader.head() == 2


# Appending


def test_nothing_to_append(recorder: SQLiteDCBRecorder) -> None:
    with pytest.raises(ProgrammingError):
        recorder.append([])


@pytest.mark.parametrize(
    "bad",
    [
        DCBEvent("a\0b", b""),
        DCBEvent("a@1", b"", ["x\0y"]),
        DCBEvent("a@1", b"", ["x\ud800"]),
        DCBEvent("a\udfff", b""),
        DCBEvent("a@1", "text"),  # type: ignore[arg-type]
    ],
)
def test_what_cannot_be_stored(recorder: SQLiteDCBRecorder, bad: DCBEvent) -> None:
    with pytest.raises(ProgrammingError):
        recorder.append([event(), bad])
    assert recorder.head() == 0


HOSTILE = [
    "'; DROP TABLE events;--",
    '"',
    "\\u0000",
    "%_*?[",
    "李[/]",
    "\u202e\u200b",
    "😀",
    "\t",
    "",
]


def test_hostile_text(recorder: SQLiteDCBRecorder) -> None:
    for text in HOSTILE:
        recorder.append([DCBEvent(text, b"\x00\xff", [text, "all"])])
    for position, text in enumerate(HOSTILE, 1):
        stored = DCBSequencedEvent(DCBEvent(text, b"\x00\xff", [text, "all"]), position)
        for item in (
            DCBQueryItem(tags=[text]),
            DCBQueryItem(types=[text]),
            DCBQueryItem(types=[text], tags=["all", text]),
        ):
            assert list(recorder.read(DCBQuery([item]))) == [stored]
            with pytest.raises(IntegrityError):
                recorder.append([event()], DCBAppendCondition(DCBQuery([item])))
        assert recorder.backwards(tag=text) == [stored]


@pytest.mark.parametrize("bad", ["x\0y", "x\ud800"])
def test_query_for_what_cannot_be_stored_matches_nothing(
    recorder: SQLiteDCBRecorder, bad: str
) -> None:
    recorder.append([event("x", "x")])
    for item in (
        DCBQueryItem(tags=[bad]),
        DCBQueryItem(types=[bad]),
        DCBQueryItem(tags=["x", bad]),
        DCBQueryItem(types=[bad], tags=["x"]),
    ):
        assert list(recorder.read(DCBQuery([item]))) == []
        recorder.append([event()], DCBAppendCondition(DCBQuery([item])))
    assert recorder.backwards(tag=bad) == recorder.backwards(prefix=bad) == []


def test_positions_are_not_given_again(path: Path) -> None:
    with SQLiteDCBRecorder(path) as recorder:
        recorder.append([event()] * 3)
    db = sqlite3.connect(path)
    db.execute("DELETE FROM events WHERE seq = 3")
    db.commit()
    db.close()
    with SQLiteDCBRecorder(path) as recorder:
        assert recorder.head() == 2
        assert recorder.append([event()]) == 4


def test_busy_for_too_long(path: Path) -> None:
    with SQLiteDCBRecorder(path, timeout=0.05) as recorder:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreBusy):
            recorder.append([event()])
        assert recorder.head() == 0, "readers do not wait"
        other.execute("ROLLBACK")
        other.close()
        assert recorder.append([event()]) == 1


def test_threads_share_one_recorder(recorder: SQLiteDCBRecorder) -> None:
    failures: list[BaseException] = []

    def work(name: int) -> None:
        try:
            for k in range(50):
                recorder.append([event("a@1", f"{name}-{k}")])
                assert len(list(recorder.read(tagged(f"{name}-{k}")))) == 1
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=work, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert recorder.head() == 200


# Reading


@pytest.mark.parametrize(
    "query",
    [
        None,
        tagged("x"),
        tagged("x", "y"),
        DCBQuery([DCBQueryItem(types=["a@1", "b@1"])]),
        DCBQuery([DCBQueryItem(types=["a@1", "b@1"], tags=["y", "x"])]),
    ],
)
def test_reading_holds_no_lock_and_ends_where_it_began(
    path: Path, recorder: SQLiteDCBRecorder, query: DCBQuery | None
) -> None:
    recorder.append([event("a@1", "x", "y"), event("b@1", "x", "y")] * 1_500)
    response = recorder.read(query)
    positions = [next(response).position]
    # Another process could not restart the write-ahead log if any lock were held.
    other = sqlite3.connect(path, timeout=0)
    assert other.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone() == (0, 0, 0)
    other.close()
    for sequenced in response:
        positions.append(sequenced.position)
        if len(positions) % 500 == 0:
            recorder.append([event("a@1", "x", "y")])
    assert positions == list(range(1, 3_001))
    assert response.head == 3_000


def test_reading_until(recorder: SQLiteDCBRecorder) -> None:
    recorder.append([event("a@1", "x")] * 10)
    for query in (None, tagged("x"), tagged("x", "y")):
        assert [s.position for s in recorder.read(query, after=3, until=6)] == [4, 5, 6]
        assert [s.position for s in recorder.read(query, after=6, until=3)] == []
        assert [s.position for s in recorder.read(query, until=6, limit=2)] == [1, 2]


def test_thousands_of_items(recorder: SQLiteDCBRecorder) -> None:
    recorder.append([event("a@1", f"t{k}", "all") for k in range(5_000)])
    every = DCBQuery([DCBQueryItem(tags=[f"t{k}"]) for k in range(5_000)])
    assert len(list(recorder.read(every))) == 5_000
    absent = DCBQuery(
        [DCBQueryItem(tags=[f"u{k}"]) for k in range(5_000)]
        + [DCBQueryItem(types=["b@1"], tags=[f"t{k}"]) for k in range(5_000)]
    )
    recorder.append([event()], DCBAppendCondition(absent))
    with pytest.raises(IntegrityError):
        recorder.append([event()], DCBAppendCondition(every, after=4_999))


def test_backwards(recorder: SQLiteDCBRecorder) -> None:
    recorder.append([event("m.a@1", "x"), event("m.b@1"), event("n.a@1", "x")] * 4)

    def positions(**filters: object) -> list[int]:
        return [s.position for s in recorder.backwards(**filters)]  # type: ignore[arg-type]

    assert positions(limit=3) == [12, 11, 10]
    assert positions(before=4) == [3, 2, 1]
    assert positions(prefix="m.", limit=3) == [11, 10, 8]
    assert positions(prefix="m.", tag="x", before=10) == [7, 4, 1]
    assert positions(tag="x", limit=2) == [12, 10]
    assert positions(prefix="%") == positions(tag="z") == positions(limit=0) == []
    assert recorder.counts() == {"m.a@1": 4, "m.b@1": 4, "n.a@1": 4}


# Following


def test_subscription_sees_other_processes(recorder: SQLiteDCBRecorder, path: Path) -> None:
    """A recorder of its own stands for another process: it wakes nobody here."""
    with (
        SQLiteDCBRecorder(path) as other,
        recorder.subscribe(tagged("x"), after=0) as subscription,
    ):
        other.append([event("a@1", "y"), event("a@1", "x")])
        assert next(subscription).position == 2
        timer = threading.Timer(0.3, other.append, [[event("a@1", "x")]])
        timer.start()
        assert next(subscription).position == 3
        timer.join()


def test_subscription_misses_nothing(recorder: SQLiteDCBRecorder, path: Path) -> None:
    with SQLiteDCBRecorder(path) as other, recorder.subscribe() as subscription:

        def work() -> None:
            for k in range(300):
                (other if k % 2 else recorder).append([event()])

        thread = threading.Thread(target=work)
        thread.start()
        assert [next(subscription).position for _ in range(300)] == list(range(1, 301))
        thread.join()


def test_subscription_tells_of_a_closed_log(path: Path) -> None:
    recorder = SQLiteDCBRecorder(path)
    with recorder.subscribe() as subscription:
        recorder.close()
        with pytest.raises(StoreError):
            next(subscription)
