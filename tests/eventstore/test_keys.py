"""`keys.db` and sealed values: written, unlocked, destroyed, and read by nobody else."""

from __future__ import annotations

import base64
import datetime as dt
import os
import sqlite3
import stat
import threading
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from eventsourcing.dcb.api import DCBEvent, DCBSequencedEvent

from taizhang_eventstore import wrapping
from taizhang_eventstore.cipher import ERASED, MISSING, REASON
from taizhang_eventstore.codec import Codec, NoKeys
from taizhang_eventstore.erasures import Erasure, Erasures
from taizhang_eventstore.errors import StoreDamaged, StoreError, StoreTooNew
from taizhang_eventstore.keyring import Keyring
from taizhang_eventstore.keys import Keys, settings_of
from taizhang_eventstore.wrapping import KeyFile, Locked, Passphrase

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from taizhang_eventstore.ambient import SeededAmbient
    from taizhang_eventstore.envelope import Envelope
    from taizhang_eventstore.recorded import Recorded

DAY = dt.date(2003, 7, 1)
SUBJECT = "member:m-1"


@pytest.fixture
def file(tmp_path: Path) -> KeyFile:
    return KeyFile(tmp_path / "elsewhere.key")


@pytest.fixture
def keys(tmp_path: Path, file: KeyFile, ambient: SeededAmbient) -> Iterator[Keys]:
    made = Keys.create(tmp_path / "keys.db", file, ambient)
    yield made
    made.close()


@pytest.fixture
def sealing(codec: Codec, keys: Keys, ambient: SeededAmbient) -> Codec:
    """The codec with a key for one subject."""
    ring = Keyring(keys)
    codec.cipher = ring
    ring.make(SUBJECT, ambient)
    assert ring.keep(ambient)
    return codec


@pytest.fixture
def written(
    sealing: Codec,
    ambient: SeededAmbient,
    envelope: Callable[..., Envelope],
    registered: Callable[..., msgspec.Struct],
) -> DCBEvent:
    """One event with its name and its reason sealed."""
    event = registered(member="m-1", name="王小明", joined=DAY)
    subjects = {"name": SUBJECT, REASON: SUBJECT}
    return sealing.encode(envelope(reason="补录旧账"), event, ["member:m-1"], subjects, ambient)


def back(codec: Codec, event: DCBEvent) -> Recorded:
    return codec.decode(DCBSequencedEvent(event, 1))


def test_what_is_sealed_stands_nowhere_and_comes_back(sealing: Codec, written: DCBEvent) -> None:
    for text in ("王小明", "补录旧账"):
        assert text.encode() not in written.data
        assert base64.b64encode(text.encode())[:-4] not in written.data
    stored = msgspec.json.decode(written.data)
    assert stored["payload"] == {"member": "m-1", "joined": "2003-07-01", "kind": "在职"}
    assert stored["reason"] is None
    assert set(stored["sealed"]) == {"name", REASON}
    found = back(sealing, written)
    assert found.event is not None
    assert found.event.name == "王小明"  # type: ignore[attr-defined]
    assert found.envelope.reason == "补录旧账"
    assert found.payload["name"] == "王小明"
    assert REASON not in found.payload


def test_a_reader_after_the_page_on_the_format(
    written: DCBEvent, keys: Keys, file: KeyFile
) -> None:
    """As eventstore/README.md describes it, with nothing of ours but the files."""
    keys.close()
    _, id, kek = file.path.read_text().split()
    db = sqlite3.connect(keys.path)
    said = dict(db.execute("SELECT name, value FROM settings"))
    ((wrapped,),) = db.execute("SELECT wrapped FROM keys WHERE subject = ?", (SUBJECT,))
    db.close()
    assert said["file"] == id

    def unwrapped(key: bytes, data: bytes, bound: str) -> bytes:
        return AESGCM(key).decrypt(data[:12], data[12:], bound.encode())

    master = unwrapped(
        base64.b64decode(kek),
        base64.b64decode(said["master"]),
        f"taizhang.master\n{said['id']}",
    )
    key = unwrapped(master, wrapped, f"taizhang.key\n{SUBJECT}")
    event = msgspec.json.decode(written.data)
    subject, _, body = event["sealed"]["name"].split(" ")
    assert subject == SUBJECT
    place = f"taizhang.sealed\n{event['id']}\n{written.type}\nname"
    assert unwrapped(key[:32], base64.b64decode(body), place).rstrip(b"\0").decode() == "王小明"


def test_a_sealed_value_opens_in_its_own_place_only(sealing: Codec, written: DCBEvent) -> None:
    stored = msgspec.json.decode(written.data)
    sealed = stored["sealed"]
    for change in (
        {**stored, "id": "0" * 26},
        {**stored, "sealed": {"name": sealed[REASON], REASON: sealed["name"]}},
        {**stored, "sealed": {**sealed, "name": sealed["name"][:-8] + "AAAAAAA="}},
        {**stored, "sealed": {**sealed, "name": "member:m-2" + sealed["name"][10:]}},
        {**stored, "sealed": {**sealed, "name": "王小明"}},
    ):
        found = back(sealing, DCBEvent(written.type, msgspec.json.encode(change), []))
        assert found.event is not None
        assert found.event.name == MISSING  # type: ignore[attr-defined]


def test_equal_texts_of_one_subject_bear_one_mark(
    sealing: Codec,
    ambient: SeededAmbient,
    envelope: Callable[..., Envelope],
    registered: Any,
) -> None:
    ring = sealing.cipher
    assert isinstance(ring, Keyring)
    ring.make("member:m-2", ambient)

    def mark(name: str, subject: str = SUBJECT) -> str:
        event = registered(member="m", name=name, joined=DAY)
        stored = sealing.encode(envelope(), event, [], {"name": subject}, ambient)
        return back(sealing, stored).marks["name"]

    assert mark("王小明") == mark("王小明") != mark("王晓明")
    assert mark("王小明") != mark("王小明", "member:m-2")


def test_upcasters_carry_texts_that_they_cannot_read(
    keys: Keys, ambient: SeededAmbient, envelope: Callable[..., Envelope]
) -> None:
    class First(msgspec.Struct, frozen=True):
        name: str
        note: str

    class Second(msgspec.Struct, frozen=True):
        called: str
        line: str
        nested: dict[str, list[str]]

    seen: list[Any] = []

    def lift(payload: dict[str, Any]) -> dict[str, Any]:
        seen.append(dict(payload))
        name, note = payload["name"], payload["note"]
        return {"called": name, "line": f"{name}：{note}", "nested": {"all": [name, note]}}

    ring = Keyring(keys)
    ring.make(SUBJECT, ambient)
    old, new = Codec(), Codec()
    old.register("thing.said", 1, First, owner="thing")
    new.register("thing.said", 2, Second, owner="thing", upcasters={1: lift})
    old.cipher = new.cipher = ring
    stored = old.encode(
        envelope(), First("王小明", "旧名"), [], dict.fromkeys(("name", "note"), SUBJECT), ambient
    )
    found = back(new, stored)
    assert found.event == Second("王小明", "王小明：旧名", {"all": ["王小明", "旧名"]})
    assert found.marks == {"called": back(old, stored).marks["name"]}
    assert "王小明" not in str(seen)
    assert back(old, stored).payload == {"name": "王小明", "note": "旧名"}


def test_plain_events_of_before_still_decode(
    codec: Codec, sealing: Codec, envelope: Callable[..., Envelope], registered: Any
) -> None:
    event = registered(member="m-1", name="王小明", joined=DAY)
    found = back(sealing, Codec.encode(codec, envelope(reason="x"), event, []))
    assert found.event == event
    assert found.marks == {}


def test_erased_and_missing_are_told_apart(
    sealing: Codec, written: DCBEvent, keys: Keys, file: KeyFile
) -> None:
    ring = sealing.cipher
    assert isinstance(ring, Keyring)
    ring.destroy([SUBJECT])
    found = back(sealing, written)
    assert found.event is not None
    assert found.event.name == ERASED  # type: ignore[attr-defined]
    assert found.envelope.reason == ERASED
    for cipher in (None, Keyring(None), Keyring(Keys(keys.path, file))):
        sealing.cipher = cipher
        assert back(sealing, written).payload["name"] == MISSING
    sealing.cipher = Keyring(None, [SUBJECT])
    assert back(sealing, written).payload["name"] == ERASED


def test_nothing_is_sealed_without_a_key(
    codec: Codec, ambient: SeededAmbient, envelope: Callable[..., Envelope], registered: Any
) -> None:
    event = registered(member="m-1", name="王小明", joined=DAY)
    for cipher in (None, Keyring(None)):
        codec.cipher = cipher
        with pytest.raises(NoKeys):
            codec.encode(envelope(), event, [], {"name": SUBJECT}, ambient)


# The file


def test_files_are_their_owners_alone(keys: Keys, file: KeyFile) -> None:
    for path in (keys.path, file.path):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_passphrase_unlocks_and_another_does_not(
    tmp_path: Path, ambient: SeededAmbient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wrapping, "_COST", {"n": 1 << 10, "r": 8, "p": 1})
    path = tmp_path / "keys.db"
    made = Keys.create(path, Passphrase("天井湖 2012"), ambient)
    assert made.keep({SUBJECT: bytes(64)}, ambient)
    made.close()
    before = path.read_bytes()
    again = Keys(path, Passphrase("天井湖 2012"), read_only=True)
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
    monkeypatch.setattr(wrapping, "_COST", {"n": 1 << 10, "r": 8, "p": 1})
    assert keys.keep({SUBJECT: bytes(range(64))}, ambient)
    number = keys.number("110101199003070000")
    keys.change(Passphrase("新口令"), ambient)
    with pytest.raises(Locked):
        Keys(keys.path, file)
    now = Keys(keys.path, Passphrase("新口令"))
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


def test_the_list_survives_a_line_cut_short(tmp_path: Path) -> None:
    erasures = Erasures(tmp_path)
    assert erasures.load() == []
    first, second = (Erasure(f"member:m-{i}", i, "2026-07-01T08:30:00Z") for i in (1, 2))
    before = erasures.state()
    erasures.add([first])
    assert erasures.state() != before
    with erasures.path.open("ab") as file:
        file.write(b'{"subject":"member:m-9","pos')
    assert erasures.load() == [first]
    erasures.add([second])
    assert erasures.load() == [first, second]
    os.truncate(erasures.path, 0)
    erasures.add([])
    assert erasures.load() == []
