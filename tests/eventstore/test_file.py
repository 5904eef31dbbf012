"""The file of a log: its stamps, files that are not logs, damaged ones, reading only."""

from __future__ import annotations

import os
import sqlite3
import threading
from typing import TYPE_CHECKING

import pytest
from eventsourcing.dcb.api import DCBEvent, DCBQuery, DCBQueryItem

from taizhang_eventstore.errors import (
    StoreDamaged,
    StoreError,
    StoreNotFound,
    StoreReadOnly,
    StoreTooNew,
)
from taizhang_eventstore.recorders import schema
from taizhang_eventstore.recorders.sqlite import SQLiteDCBRecorder

if TYPE_CHECKING:
    from pathlib import Path


def event(type_: str = "a@1", *tags: str) -> DCBEvent:
    return DCBEvent(type_, b"{}", list(tags))


def tagged(*tags: str) -> DCBQuery:
    return DCBQuery([DCBQueryItem(tags=[tag]) for tag in tags])


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


def test_a_log_that_is_created_while_it_is_looked_at_is_no_damaged_log(path: Path) -> None:
    """What there is and what it says of itself are read at one moment."""
    made = threading.Thread(target=lambda: SQLiteDCBRecorder(path).close())
    looking = sqlite3.connect(path, isolation_level=None)

    def meanwhile(statement: str) -> None:
        if "application_id" in statement and not made.ident:
            made.start()
            made.join(0.5)

    looking.set_trace_callback(meanwhile)
    assert schema.recognise(looking, path) is False
    made.join()
    assert schema.recognise(looking, path) is True
    looking.close()
