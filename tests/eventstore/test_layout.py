"""A log holds our tables and nothing else: what another tool has put in or changed is refused by name."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any

import pytest
from eventsourcing.dcb.api import DCBEvent

from taizhang_eventstore.errors import StoreDamaged
from taizhang_eventstore.recorders.sqlite import SQLiteDCBRecorder

if TYPE_CHECKING:
    from collections.abc import Callable

Store = Any

REBUILT = (
    "ALTER TABLE events RENAME TO old",
    "CREATE TABLE events (seq INTEGER PRIMARY KEY AUTOINCREMENT, type TEXT NOT NULL{}, data BLOB NOT NULL, tags TEXT NOT NULL{})",
    "INSERT INTO events SELECT * {} FROM old",
    "DROP TABLE old",
    "CREATE INDEX events_type ON events (type)",
)

CHANGES: dict[str, tuple[str, ...]] = {
    "a trigger that swallows": (
        "CREATE TRIGGER t BEFORE INSERT ON events BEGIN SELECT RAISE(IGNORE); END",
    ),
    "a trigger that deletes": (
        "CREATE TRIGGER t AFTER INSERT ON events BEGIN DELETE FROM events WHERE seq = new.seq; END",
    ),
    "a trigger on the index of tags": (
        "CREATE TRIGGER t BEFORE INSERT ON event_tags BEGIN SELECT RAISE(IGNORE); END",
    ),
    "a view": ("CREATE VIEW members AS SELECT * FROM events",),
    "a table": ("CREATE TABLE more (x)",),
    "an index": ("CREATE INDEX more ON events (tags)",),
    "an index over another column": (
        "DROP INDEX events_type",
        "CREATE INDEX events_type ON events (tags)",
    ),
    "a column": ("ALTER TABLE events ADD COLUMN more TEXT",),
    "a collation": tuple(
        s.format(*more) for s, more in zip(REBUILT, ((), (" COLLATE NOCASE", ""), ("",), (), ()), strict=True)
    ),
    "a default": tuple(
        s.format(*more) for s, more in zip(REBUILT, ((), ("", " DEFAULT '[]'"), ("",), (), ()), strict=True)
    ),
    "another version of the tables": ("PRAGMA user_version = 0",),
}  # fmt: skip


@pytest.mark.parametrize("changes", CHANGES.values(), ids=CHANGES)
def test_a_changed_layout_is_refused_at_opening(sealed: Store, changes: tuple[str, ...]) -> None:
    sealed.sql(*changes)
    for read_only in (False, True):
        with pytest.raises(StoreDamaged) as refused:
            SQLiteDCBRecorder(sealed.path, read_only=read_only)
        assert refused.value.exit_code == 3
        assert "表结构不是本程序写的" in str(refused.value)
    report = sealed.verify()
    assert report.exit_code == 3
    assert "表结构" in report.text()


@pytest.mark.parametrize("changes", [c for c in CHANGES.values() if c[0].startswith("CREATE")])
def test_what_is_put_in_under_an_open_program_takes_no_event(
    sealed: Store, changes: tuple[str, ...]
) -> None:
    event = DCBEvent("x@1", b"{}", ["a:1"])
    with SQLiteDCBRecorder(sealed.path) as recorder:
        recorder.append([event])
        sealed.sql(*changes)
        with pytest.raises(StoreDamaged, match="表结构不是本程序写的"):
            recorder.append([event])
        assert recorder.head() == 31


def test_what_does_not_keep_its_rows_is_noticed(
    sealed: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the reason: an append counts its rows and reads its last one back."""
    from taizhang_eventstore.recorders import appending

    monkeypatch.setattr(appending, "recognise", lambda *_: True)
    event = DCBEvent("x@1", b"{}", ["a:1"])
    with SQLiteDCBRecorder(sealed.path) as recorder:
        for name, changes in CHANGES.items():
            if not name.startswith("a trigger"):
                continue
            sealed.sql(*changes)
            with pytest.raises(StoreDamaged, match="没有留住"):
                recorder.append([event])
            sealed.sql("DROP TRIGGER t")
        assert recorder.append([event]) == 31


def test_what_analyze_leaves_is_no_change(sealed: Store, new_store: Callable[[str], Store]) -> None:
    sealed.sql("ANALYZE")
    sealed.append(1)
    assert sealed.verify().verified
    db = sqlite3.connect(sealed.path)
    assert db.execute("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_stat1'").fetchone()
    db.close()
