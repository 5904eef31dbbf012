"""The recorder on one SQLite file: the library's own tests, appending, conditions, pages."""

from __future__ import annotations

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

from taizhang_eventstore.errors import (
    StoreBusy,
)
from taizhang_eventstore.recorders.sqlite import SQLiteDCBFactory, SQLiteDCBRecorder

if TYPE_CHECKING:
    from pathlib import Path


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
        {"PERSISTENCE_MODULE": "taizhang_eventstore.recorders.sqlite", "SQLITE_DBNAME": str(path)}
    )
    assert type(factory) is SQLiteDCBFactory
    with factory.dcb_recorder() as recorder:
        assert recorder.append([event()]) == 1


@pytest.mark.parametrize("name", ["", ":memory:"])
def test_factory_wants_a_file(name: str) -> None:
    with pytest.raises(OSError, match="SQLITE_DBNAME"):
        SQLiteDCBFactory({"SQLITE_DBNAME": name}).dcb_recorder()


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


def test_many_items_and_many_new_events(recorder: SQLiteDCBRecorder) -> None:
    """Whichever of items and events are fewer, the answer is the same."""
    recorder.append([event(f"a@{k % 3}", f"t{k % 50}", "all") for k in range(500)])
    padding = [DCBQueryItem(tags=[f"absent{k}"]) for k in range(100)]
    for item, matches in (
        (DCBQueryItem(tags=["t49"]), True),
        (DCBQueryItem(types=["a@1", "b@1"]), True),
        (DCBQueryItem(types=["a@2", "b@1"], tags=["t7"]), True),
        (DCBQueryItem(types=["a@1"], tags=["all", "t7"]), True),
        (DCBQueryItem(types=["b@1"]), False),
        (DCBQueryItem(types=["b@1"], tags=["t7"]), False),
        (DCBQueryItem(tags=["t7", "t8"]), False),
    ):
        for items in ([item], [item, *padding]):
            condition = DCBAppendCondition(DCBQuery(items))
            if matches:
                with pytest.raises(IntegrityError):
                    recorder.append([event("c@1")], condition)
            else:
                recorder.append([event("c@1")], condition)


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
