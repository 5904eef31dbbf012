"""`keys.db` and the list of erasures: written, unlocked, changed, destroyed, and damaged."""

from __future__ import annotations

import base64
import datetime as dt
import os
import sqlite3
import stat
import subprocess
import sys
import threading
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from taizhang_eventstore.ambient import SystemAmbient
from taizhang_eventstore.copying import copy_database
from taizhang_eventstore.errors import StoreDamaged, StoreError, StoreFull, StoreTooNew
from taizhang_eventstore.personal import overwriting, wrapping
from taizhang_eventstore.personal.cipher import KEY, MISSING
from taizhang_eventstore.personal.erasures import Erasure, Erasures
from taizhang_eventstore.personal.keyring import Keyring
from taizhang_eventstore.personal.keys import Keys, settings_of
from taizhang_eventstore.personal.wrapping import KeyFile, Locked, Passphrase

if TYPE_CHECKING:
    from pathlib import Path

    from taizhang_eventstore.ambient import SeededAmbient

DAY = dt.date(2003, 7, 1)
SUBJECT = "member:m-1"


def test_files_are_their_owners_alone(keys: Keys, file: KeyFile) -> None:
    for path in (keys.path, file.path):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_process_that_was_forked_reads_keys_and_makes_none(
    keys: Keys, ambient: SeededAmbient
) -> None:
    ring = Keyring(keys)
    made = ring.make(SUBJECT, ambient)
    assert ring.keep(ambient)
    pid = os.fork()
    if not pid:
        code = 1
        try:
            other = Keyring(keys)
            other.forked()
            found = other.key(SUBJECT)
            assert found is not None
            assert found.raw == made.raw
            other.make("member:m-2", ambient)
            with pytest.raises(StoreError):
                other.keep(ambient)
            code = 0
        finally:
            os._exit(code)
    assert os.waitpid(pid, 0)[1] == 0
    assert keys.subjects() == {SUBJECT}


def test_a_passphrase_unlocks_and_another_does_not(
    tmp_path: Path, ambient: SeededAmbient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wrapping, "COST", {"n": 1 << 10, "r": 8, "p": 1})
    path = tmp_path / "keys.db"
    made = Keys.create(path, Passphrase("天井湖畔 2012"), ambient)
    assert made.keep({SUBJECT: bytes(64)}, ambient)
    made.close()
    before = path.read_bytes()
    again = Keys(path, Passphrase("天井湖畔 2012"), read_only=True)
    assert again.raw(SUBJECT) == bytes(64)
    again.close()
    for wrong in (Passphrase("天井湖 2013"), Passphrase(""), KeyFile(tmp_path / "none.key")):
        with pytest.raises(Locked):
            Keys(path, wrong)
    assert path.read_bytes() == before
    assert "天井湖".encode() not in before
    assert not (tmp_path / "none.key").exists()


def test_a_key_file_of_another_store_is_told(
    keys: Keys, tmp_path: Path, ambient: SeededAmbient
) -> None:
    other = KeyFile(tmp_path / "other.key")
    Keys.create(tmp_path / "other.db", other, ambient).close()
    with pytest.raises(Locked, match=r"other\.key"):
        Keys(keys.path, other)
    with pytest.raises(Locked, match=r"gone\.key"):
        Keys(keys.path, KeyFile(tmp_path / "gone.key"))
    with pytest.raises(Locked):
        Keys(keys.path, Passphrase("x"))
    # The right name, other bytes.
    forged = tmp_path / "forged.key"
    id = settings_of(keys.path)["file"]
    forged.write_text(f"taizhang-key-1 {id} {base64.b64encode(bytes(32)).decode()}\n")
    with pytest.raises(Locked, match=r"keys\.db"):
        Keys(keys.path, KeyFile(forged))
    for text in ("", "taizhang-key-1 x", "另一个文件", "taizhang-key-1 x AAAA"):
        forged.write_text(text)
        with pytest.raises(Locked, match=r"forged\.key"):
            Keys(keys.path, KeyFile(forged))


def test_the_wrapping_is_changed_and_the_keys_stay(
    keys: Keys, file: KeyFile, tmp_path: Path, ambient: SeededAmbient, monkeypatch: Any
) -> None:
    monkeypatch.setattr(wrapping, "COST", {"n": 1 << 10, "r": 8, "p": 1})
    assert keys.keep({SUBJECT: bytes(range(64))}, ambient)
    number = keys.number("110101199003070000")
    keys.change(Passphrase("另一个新口令"), ambient)
    with pytest.raises(Locked):
        Keys(keys.path, file)
    now = Keys(keys.path, Passphrase("另一个新口令"))
    assert (now.raw(SUBJECT), now.number("110101199003070000")) == (bytes(range(64)), number)
    second = KeyFile(tmp_path / "second.key")
    now.change(second, ambient)
    now.close()
    assert Keys(keys.path, second).raw(SUBJECT) == bytes(range(64))
    with pytest.raises(Locked):
        Keys(keys.path, file)


def test_keys_that_are_there_are_never_replaced(
    keys: Keys, file: KeyFile, ambient: SeededAmbient
) -> None:
    # An empty one is what an interrupted start leaves.
    Keys.create(keys.path, file, ambient).close()
    again = Keys(keys.path, file)
    assert again.keep({SUBJECT: bytes(64)}, ambient)
    with pytest.raises(StoreError, match="已经有密钥"):
        Keys.create(keys.path, file, ambient)
    assert again.raw(SUBJECT) == bytes(64)


def test_damaged_foreign_and_newer_files(
    keys: Keys, file: KeyFile, tmp_path: Path, ambient: SeededAmbient
) -> None:
    keys.close()
    whole = keys.path.read_bytes()
    for data in (b"rubbish" * 1000, b"", whole[: len(whole) // 2]):
        keys.path.write_bytes(data)
        with pytest.raises(StoreDamaged):
            Keys(keys.path, file)
    keys.path.write_bytes(whole)
    db = sqlite3.connect(keys.path)
    db.execute("UPDATE settings SET value = '2' WHERE name = 'format'")
    db.commit()
    with pytest.raises(StoreTooNew):
        Keys(keys.path, file)
    db.execute("UPDATE settings SET value = '1' WHERE name = 'format'")
    db.executemany(
        "INSERT OR REPLACE INTO settings VALUES (?, ?)",
        [("wrapping", "scrypt"), ("salt", "AAAA"), ("n", str(1 << 40)), ("r", "8"), ("p", "1")],
    )
    db.commit()
    db.close()
    with pytest.raises(Locked, match="参数"):
        Keys(keys.path, Passphrase("x"))


def test_of_two_who_make_one_subjects_key_the_first_wins(
    keys: Keys, file: KeyFile, ambient: SeededAmbient
) -> None:
    one, two = Keyring(keys), Keyring(Keys(keys.path, file))
    first = one.make(SUBJECT, ambient).raw
    two.make(SUBJECT, ambient)
    assert one.keep(ambient)
    assert not two.keep(ambient)
    found = two.key(SUBJECT)
    assert found is not None
    assert found.raw == first


def test_another_process_destroys_a_key(keys: Keys, file: KeyFile, ambient: SeededAmbient) -> None:
    one, two = Keyring(keys), Keyring(Keys(keys.path, file))
    one.make(SUBJECT, ambient)
    assert one.keep(ambient)
    two.look()
    assert two.key(SUBJECT) is not None
    one.destroy([SUBJECT])
    two.look()
    assert two.key(SUBJECT) is None
    assert two.marker(SUBJECT) == MISSING
    assert bytes(SUBJECT, "ascii") not in keys.path.read_bytes()


def test_many_threads_read_while_one_writes(keys: Keys, ambient: SeededAmbient) -> None:
    ring = Keyring(keys)
    wrong: list[object] = []

    def read() -> None:
        for i in range(200):
            found = keys.raw(f"member:{i % 20}")
            if found not in (None, bytes([i % 20]) * 64):
                wrong.append(found)

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for i in range(20):
        assert keys.keep({f"member:{i}": bytes([i]) * 64}, ambient)
    for thread in threads:
        thread.join()
    assert wrong == []
    assert keys.count() == 20
    ring.destroy([f"member:{i}" for i in range(10)])
    assert keys.count() == 10


# The list of erasures


def test_the_list_is_mended_whole(tmp_path: Path) -> None:
    erasures = Erasures(tmp_path)
    assert erasures.load() == []
    first, second = (Erasure(f"member:m-{i}", i, "2026-07-01T08:30:00Z") for i in (1, 2))
    before = erasures.state()
    erasures.mend([first])
    assert erasures.state() != before
    whole = erasures.path.read_bytes()
    # Of another log, with a word that this program does not know; cut short, by nothing at all.
    other = b'{"subject":"member:m-9","position":9,"recorded_at":"x","by":"y"}\n'
    for harmed in (
        other + whole[:-9],
        other + whole[:5] + b"\n" + whole,
        other + whole + b"\0" * 50,
    ):
        erasures.path.write_bytes(harmed)
        erasures.mend([first])
        assert sorted(erasures.path.read_bytes().splitlines()) == sorted(
            (other + whole).splitlines()
        )
        assert erasures.unreadable() == []
    # What speaks of somebody whom the log does not know cannot be completed, and is not dropped.
    erasures.path.write_bytes(other[:-20] + b"\n" + whole)
    erasures.mend([first, second])
    assert erasures.load() == [first, second]
    assert erasures.unreadable() == [1]
    erasures.path.write_bytes(b"")
    erasures.mend([])
    assert erasures.load() == []


def test_a_journal_left_by_a_killed_process_keeps_nobody_out(tmp_path: Path) -> None:
    path = tmp_path / "keys.db"
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL)")
        db.execute("CREATE TABLE keys (subject TEXT PRIMARY KEY, wrapped BLOB NOT NULL)")
        db.execute("INSERT INTO settings VALUES ('id', 'k')")
    db.close()
    killed = (
        "import os, sqlite3, sys\n"
        "db = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "db.execute('PRAGMA cache_size = 1'); db.execute('BEGIN IMMEDIATE')\n"
        "db.executemany('INSERT INTO keys VALUES (?, zeroblob(900))', [(str(i),) for i in range(99)])\n"
        "os._exit(9)\n"
    )
    assert subprocess.run([sys.executable, "-c", killed, path], check=False).returncode == 9
    assert (tmp_path / "keys.db-journal").stat().st_size > 0
    with (
        closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as reader,
        pytest.raises(sqlite3.OperationalError, match="readonly"),
    ):
        reader.execute("SELECT * FROM settings")
    assert settings_of(path) == {"id": "k"}
    # To look at it the journal is heeded, and nothing is written beside the file.
    before = {f.name: f.read_bytes() for f in tmp_path.iterdir()}
    copy_database(path, tmp_path / "copy.db")
    (tmp_path / "copy.db").rename(tmp_path.with_name("copy.db"))
    with closing(sqlite3.connect(tmp_path.with_name("copy.db"))) as copy:
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert copy.execute("SELECT count(*) FROM keys").fetchone() == (0,)
    tmp_path.with_name("copy.db").unlink()
    assert {f.name: f.read_bytes() for f in tmp_path.iterdir()} == before


def test_no_room_for_keys_is_that_and_they_can_be_kept_afterwards(
    keys: Keys, ambient: SeededAmbient
) -> None:
    made = {f"member:m-{k}": bytes(64) for k in range(500)}
    pages = keys._db.execute("PRAGMA page_count").fetchone()[0]
    keys._db.execute(f"PRAGMA max_page_count = {pages + 2}")
    for _ in range(2):
        with pytest.raises(StoreFull, match="磁盘已满"):
            keys.keep(made, ambient)
        assert keys.count() == 0
    keys._db.execute("PRAGMA max_page_count = 100000")
    assert keys.keep(made, ambient)
    assert keys.count() == 500


def test_a_destroyed_key_is_overwritten_in_the_journal_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What SQLite cuts off stays in free blocks of the disk: it has to be zeros by then."""
    ambient = SystemAmbient()
    path, seen = tmp_path / "keys.db", []
    keys = Keys.create(path, KeyFile(tmp_path / "a.key"), ambient)
    with closing(keys):
        keys.keep({"member:m-1": bytes(range(KEY)), "member:m-2": bytes(KEY)}, ambient)
        with closing(sqlite3.connect(path)) as db:
            asked = "SELECT wrapped FROM keys WHERE subject = 'member:m-1'"
            wrapped = db.execute(asked).fetchone()[0]
        assert wrapped in path.read_bytes()
        blanked = overwriting.blanked

        def watched(journal: Path) -> None:
            before, written, fsync = journal.read_bytes(), [], os.fsync

            def settled(file: int) -> None:
                fsync(file)
                written.append(journal.read_bytes())

            monkeypatch.setattr(os, "fsync", settled)
            blanked(journal)
            monkeypatch.setattr(os, "fsync", fsync)
            seen.append((wrapped in before, wrapped in path.read_bytes()))
            assert written == [bytes(len(before))]

        monkeypatch.setattr(overwriting, "blanked", watched)
        keys.destroy(["member:m-1"])
        assert seen == [(True, False)], "it stood in the journal, and nowhere any more"
        assert keys.raw("member:m-1") is None
        assert keys.raw("member:m-2") == bytes(KEY)
        assert not any(p.read_bytes() for p in tmp_path.glob("*-journal"))


def test_keys_of_before_ledgers_were_encrypted_get_a_key_for_theirs(tmp_path: Path) -> None:
    path, secret = tmp_path / "keys.db", KeyFile(tmp_path / "a.key")
    Keys.create(path, secret, SystemAmbient()).close()
    with closing(sqlite3.connect(path)) as db:
        db.execute("DELETE FROM settings WHERE name = 'ledger'")
        db.commit()
    before = path.read_bytes()
    with closing(Keys(path, secret, read_only=True)) as looked:
        assert len(looked.ledger) == KEY
    assert path.read_bytes() == before
    with closing(Keys(path, secret)) as one, closing(Keys(path, secret)) as other:
        assert one.ledger == other.ledger
