"""Verification: what was done to a store is found, and the first event that does not fit is named."""

from __future__ import annotations

import os
import shutil
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from taizhang_eventstore.errors import StoreNotFound, StoreTooNew
from taizhang_eventstore.recorders import still
from taizhang_eventstore.recorders.sqlite import SQLiteDCBRecorder

if TYPE_CHECKING:
    from collections.abc import Callable

    from taizhang_eventstore.verifying.report import Report

Store = Any
"""The one of conftest.py: no test imports another file of tests."""

REVERSED = "UPDATE events SET {column} = {value} WHERE seq = {seq}"


def said(report: Report) -> str:
    return report.text("zh") + report.text("en")


def refused(report: Report, first: int | None, *codes: str) -> None:
    """The log does not verify, for these reasons, and that is the first event named."""
    assert not report.verified
    assert report.exit_code == 3
    assert report.first is not None or first is None, said(report)
    assert (report.first.position if report.first else None) == first, said(report)
    assert set(codes) <= {f.code for f in report.bad}, said(report)
    if first is not None:
        assert f"第 {first:,} 号" in report.text("zh")
        assert f"does not fit: {first:,}." in report.text("en")


def test_a_sealed_store_verifies(sealed: Store) -> None:
    report = sealed.verify()
    assert report.exit_code == 0, said(report)
    assert (report.events, report.sealed, report.seals) == (30, 30, 3)
    assert "取自这份账本身" in report.text("zh")
    assert "from inside the store" in report.text("en")
    key = sealed.seals.verifiers()[0]
    with_key = sealed.verify(keys=[key])
    assert with_key.verified
    assert "from inside the store" not in with_key.text("en")


def test_what_came_after_the_last_seal_is_told(sealed: Store) -> None:
    sealed.append(1, 1)
    report = sealed.verify()
    assert report.verified
    assert (report.events, report.sealed) == (32, 30)
    assert "last 2 events are not sealed" in report.text("en")


CHANGES = {
    "a byte of the content": "UPDATE events SET data = CAST(replace(CAST(data AS TEXT), '王小明', '王小朋') AS BLOB) WHERE seq = 7",
    "a byte, content now a text": "UPDATE events SET data = replace(CAST(data AS TEXT), '王小明', '王小朋') WHERE seq = 7",
    "content a text, no byte changed": "UPDATE events SET data = CAST(data AS TEXT) WHERE seq = 7",
    "a space in the content": "UPDATE events SET data = CAST(data || ' ' AS BLOB) WHERE seq = 7",
    "content is rubbish": "UPDATE events SET data = x'ff00' WHERE seq = 7",
    "the type": "UPDATE events SET type = 'member.left@1' WHERE seq = 7",
    "a tag": """UPDATE events SET tags = replace(tags, 'org:天桥', 'org:井湖') WHERE seq = 7""",
    "a tag taken away": """UPDATE events SET tags = replace(tags, ',"org:天桥"', '') WHERE seq = 7""",
    "tags in another order": """UPDATE events SET tags = '["org:天桥",' || substr(replace(tags, ',"org:天桥"', ''), 2) WHERE seq = 7""",
    "tags with a space": "UPDATE events SET tags = replace(tags, '\",\"', '\", \"') WHERE seq = 7",
    "tags are no JSON": "UPDATE events SET tags = '[' WHERE seq = 7",
    "tags are not UTF-8": "UPDATE events SET tags = CAST(x'5b22ff225d' AS TEXT) WHERE seq = 7",
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_changed_event_is_named(sealed: Store, change: str) -> None:
    sealed.sql(change)
    refused(sealed.verify(), 7)


def test_a_changed_event_is_named_among_others(sealed: Store) -> None:
    for seq in (15, 12, 28):
        sealed.sql("UPDATE events SET type = 'x@1' WHERE seq = :seq", seq=seq)
    report = sealed.verify()
    refused(report, 12, "changed")
    assert report.sealed == 10
    assert "000000000020.seal" in report.text("zh") or "000000000030.seal" in report.text("zh")


def test_a_deleted_row_is_named(sealed: Store) -> None:
    sealed.sql("DELETE FROM events WHERE seq = 13", "DELETE FROM event_tags WHERE seq = 13")
    report = sealed.verify()
    refused(report, 13, "gap", "changed")
    assert "deleted" in report.text("en")


def test_a_deleted_row_is_named_though_the_rest_moved_up(sealed: Store) -> None:
    sealed.sql(
        "DELETE FROM events WHERE seq = 13",
        "DELETE FROM event_tags WHERE seq = 13",
        "UPDATE events SET seq = seq - 1 WHERE seq > 13",
        "UPDATE event_tags SET seq = seq - 1 WHERE seq > 13",
        "UPDATE sqlite_sequence SET seq = 29",
    )
    report = sealed.verify()
    refused(report, 13, "changed")
    assert "sealed as event 14" in report.text("en")


@pytest.mark.parametrize(("one", "other"), [(11, 12), (3, 25), (13, 29)])
def test_two_swapped_rows_are_named(sealed: Store, one: int, other: int) -> None:
    for table in ("events", "event_tags"):
        sealed.sql(
            f"UPDATE {table} SET seq = -1 WHERE seq = {one}",
            f"UPDATE {table} SET seq = {one} WHERE seq = {other}",
            f"UPDATE {table} SET seq = {other} WHERE seq = -1",
        )
    report = sealed.verify()
    refused(report, one, "changed")
    assert f"sealed as event {other}" in report.text("en")
    assert "次序被换过" in report.text("zh")


def test_a_deleted_tail_is_named(sealed: Store) -> None:
    sealed.append(1, 1)
    sealed.sql("DELETE FROM events WHERE seq > 27", "DELETE FROM event_tags WHERE seq > 27")
    report = sealed.verify()
    refused(report, 28, "tail", "lost")
    assert "末尾" in report.text("zh")


def test_a_deleted_tail_that_nobody_sealed_is_named(sealed: Store) -> None:
    sealed.append(1, 1)
    sealed.sql("DELETE FROM events WHERE seq = 32", "DELETE FROM event_tags WHERE seq = 32")
    refused(sealed.verify(), 32, "tail")


def test_a_deleted_tail_with_more_appended_is_named(sealed: Store) -> None:
    sealed.append(1, 1)
    sealed.sql("DELETE FROM events WHERE seq > 30", "DELETE FROM event_tags WHERE seq > 30")
    sealed.append(1)
    refused(sealed.verify(), 31, "gap")


def test_an_event_put_in_is_named(sealed: Store) -> None:
    sealed.sql(
        "UPDATE sqlite_sequence SET seq = 30",
        "INSERT INTO events SELECT 31, type, data, tags FROM events WHERE seq = 30",
        "INSERT INTO event_tags SELECT tag, 31 FROM event_tags WHERE seq = 30",
    )
    report = sealed.verify()
    refused(report, 31, "id", "action")
    assert report.sealed == 30


def test_a_copy_without_its_wal_is_named(sealed: Store, tmp_path: Path) -> None:
    with SQLiteDCBRecorder(sealed.path) as held:
        assert held.head() == 30
        # While it is held open, what comes stays in the write-ahead log.
        sealed.append(1, 1, 1, 1)
        newest = sealed.seal()
        assert sealed.path.with_name("events.db-wal").stat().st_size
        target = tmp_path / "copy"
        shutil.copytree(sealed.root, target, ignore=shutil.ignore_patterns("*-wal", "*-shm"))
        with_wal = tmp_path / "whole"
        shutil.copytree(sealed.root, with_wal, ignore=shutil.ignore_patterns("*-shm"))
    assert newest.size == 34
    from taizhang_eventstore.verifying.verifying import verify

    report = verify(target)
    refused(report, 31, "lost")
    assert "events.db-wal" in report.text("zh")
    before = {p.name: (p.stat().st_mtime_ns, p.read_bytes()) for p in with_wal.glob("events*")}
    assert set(before) == {"events.db", "events.db-wal"}
    assert verify(with_wal).sealed == 34
    after = {p.name: (p.stat().st_mtime_ns, p.read_bytes()) for p in with_wal.glob("events*")}
    assert after == before


def test_a_rolled_back_store_is_named_by_a_newer_seal(sealed: Store, tmp_path: Path) -> None:
    older = sealed.copy("older")
    sealed.append(1, 1)
    sealed.seal()
    kept = tmp_path / "kept.seal"
    shutil.copy(sealed.seals.path(32), kept)
    assert older.verify().verified
    refused(older.verify(seals=[kept]), 31, "lost")
    # It goes on, seals itself, and is consistent in itself.
    older.append(1, 1, 1, 1)
    older.seal()
    assert older.verify().verified
    refused(older.verify(seals=[kept]), 31, "changed", "contradiction")


def test_a_tree_rebuilt_without_the_key_is_named(sealed: Store, tmp_path: Path) -> None:
    """Somebody changes an event, makes leaves, key and seals anew: sound, seen from inside."""
    key = sealed.seals.verifiers()[-1]
    kept = tmp_path / "kept.seal"
    shutil.copy(sealed.seals.path(20), kept)
    sealed.sql(CHANGES["the type"])
    shutil.rmtree(sealed.seals.directory)
    sealed.seals.key.unlink()
    sealed.create_key()
    sealed.seal()
    assert sealed.verify().verified
    report = sealed.verify(keys=[key])
    refused(report, None, "signature")
    assert "without the key" in report.text("en")
    report = sealed.verify(seals=[kept], keys=[key])
    # The leaves are no longer those of the seal: so the event lies among the first twenty.
    refused(report, 1, "changed", "signature")
    assert "events 1 to 20" in report.text("en")
    refused(sealed.verify(seals=[kept]), 1, "changed", "signature")


def test_a_tree_rebuilt_under_the_old_public_key_is_named(sealed: Store) -> None:
    public = sealed.seals.public.read_bytes()
    shutil.rmtree(sealed.seals.directory)
    sealed.seals.key.unlink()
    sealed.sql(CHANGES["the type"])
    sealed.create_key()
    sealed.seal()
    sealed.seals.public.write_bytes(public)
    refused(sealed.verify(), None, "signature")


def test_a_changed_seal_is_named(sealed: Store) -> None:
    path = sealed.seals.path(20)
    path.write_bytes(path.read_bytes().replace(b"\n20\n", b"\n19\n"))
    report = sealed.verify()
    refused(report, None, "signature")
    assert report.sealed == 30
    path.write_bytes(b"rubbish")
    refused(sealed.verify(), None, "seal")


def test_seals_and_keys_that_are_gone(sealed: Store) -> None:
    sealed.seals.public.unlink()
    refused(sealed.verify(), None, "key")
    shutil.rmtree(sealed.seals.directory)
    report = sealed.verify()
    refused(report, None, "unsealed")
    assert report.sealed == 0


def test_a_seal_of_another_store_is_called_so(
    sealed: Store, new_store: Callable[[str], Store]
) -> None:
    other = new_store("other")
    other.append(1, 1)
    other.create_key()
    other.seal()
    refused(sealed.verify(seals=[other.seals.path(2)]), None, "foreign")


def test_the_index_of_tags(sealed: Store) -> None:
    sealed.sql("UPDATE event_tags SET tag = 'org:井湖' WHERE tag = 'org:天桥' AND seq = 9")
    refused(sealed.verify(), 9, "tags")
    sealed.sql("UPDATE event_tags SET tag = 'org:天桥' WHERE tag = 'org:井湖' AND seq = 9")
    assert sealed.verify().verified
    sealed.sql("DELETE FROM event_tags WHERE seq = 22 AND tag = 'owner:member'")
    refused(sealed.verify(), 22, "tags")
    sealed.sql("INSERT INTO event_tags VALUES ('owner:member', 22), ('owner:member', 99)")
    refused(sealed.verify(), 99, "tags")


def test_an_index_that_lost_a_row(sealed: Store) -> None:
    sealed.sql(
        "PRAGMA writable_schema = ON",
        "UPDATE sqlite_master SET sql = 'CREATE INDEX events_type ON events (tags)'"
        " WHERE name = 'events_type'",
    )
    refused(sealed.verify(), None, "integrity", "layout")


def test_a_clock_set_back_is_told_and_no_fault(sealed: Store) -> None:
    sealed._ambient.advance(-86_400)
    sealed.append(1, 1)
    sealed.seal()
    report = sealed.verify()
    assert report.verified
    (finding,) = report.findings
    assert (finding.code, finding.position) == ("clock", 31)
    assert "拨回" in report.text("zh")


def test_leaves_that_are_wrong_are_told_and_no_fault(sealed: Store) -> None:
    sealed.seals.leaves.write_bytes(b"\0" * 960)
    report = sealed.verify()
    assert report.verified
    assert [f.code for f in report.findings] == ["leaves"]
    sealed.seals.leaves.unlink()
    assert sealed.verify().findings == []
    # Without them an event is known only to lie between two seals.
    sealed.sql(CHANGES["the type"].replace("= 7", "= 17"))
    report = sealed.verify()
    refused(report, 11, "changed")
    assert "events 11 to 20" in report.text("en")


def test_a_page_overwritten_in_the_middle(sealed: Store) -> None:
    sealed.append(*[1] * 500)
    sealed.seal()
    whole = bytearray(sealed.path.read_bytes())
    middle = len(whole) // 2 // 4096 * 4096
    whole[middle : middle + 8192] = b"\0" * 8192
    sealed.path.write_bytes(whole)
    report = sealed.verify()
    assert report.exit_code == 3
    assert {f.code for f in report.bad} & {"damaged", "integrity"}
    assert "Traceback" not in said(report)


def test_files_that_are_no_log(tmp_path: Path, sealed: Store) -> None:
    from taizhang_eventstore.verifying.verifying import verify

    with pytest.raises(StoreNotFound):
        verify(tmp_path / "nowhere")
    with pytest.raises(StoreNotFound):
        sealed.verify(seals=[tmp_path / "no.seal"])
    sealed.sql("PRAGMA user_version = 99")
    with pytest.raises(StoreTooNew):
        sealed.verify()
    sealed.path.write_bytes(b"rubbish" * 1000)
    refused(sealed.verify(), None, "damaged")


def test_nothing_is_written(sealed: Store) -> None:
    def look() -> dict[str, tuple[int, bytes]]:
        files = [p for p in sealed.root.rglob("*") if p.is_file()]
        return {str(p): (p.stat().st_mtime_ns, p.read_bytes()) for p in files}

    before = look()
    sealed.verify()
    sealed.sql("SELECT 1")
    assert look() == before


def test_a_store_in_use_verifies(sealed: Store) -> None:
    with SQLiteDCBRecorder(sealed.path):
        sealed.append(1)
        assert still.filled(sealed.path.with_name("events.db-wal"))
        assert sealed.verify().events == 31


def test_a_place_that_may_not_be_written(sealed: Store) -> None:
    if os.geteuid() == 0:
        pytest.skip("nothing is forbidden to root")
    sealed.root.chmod(0o500)
    try:
        assert sealed.verify().verified
    finally:
        sealed.root.chmod(0o700)


def test_an_older_sqlite_file_is_opened_as_it_is(sealed: Store) -> None:
    """Journal mode DELETE, as other tools leave it: no write-ahead log belongs to it."""
    db = sqlite3.connect(sealed.path)
    db.execute("PRAGMA journal_mode = DELETE")
    db.close()
    report = sealed.verify()
    assert report.verified
    assert "events.db-wal" not in report.text("en")


def test_each_authority_speaks_for_its_own_events(sealed: Store, tmp_path: Path) -> None:
    """A seal of before speaks for what it covers; what came since has the store's own key alone."""
    kept = tmp_path / "kept.seal"
    shutil.copy(sealed.seals.path(20), kept)
    sealed.append(1)
    report = sealed.verify(seals=[kept])
    assert (report.verified, report.sealed) == (True, 30)
    text = report.text("en")
    assert "Events 1 to 20 are" in text
    assert "(by the seal that you gave)" in text
    assert "Events 21 to 30 are those that were sealed, too, by the store's own key only" in text
    assert "The last 1 events are not sealed yet" in text
    assert "第 21 至 30 号事件也是封存时的那些，但只有本账自己的密钥作证" in report.text()
    # By a key from elsewhere all its seals are as good.
    text = sealed.verify(keys=sealed.seals.verifiers()).text("en")
    assert "Events 1 to 30 are" in text
    assert "(by the key that you gave)" in text
    assert "own key only" not in text
