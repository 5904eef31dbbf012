"""Sealed values: they stand nowhere in the clear, open in their own place, and with their own key."""

from __future__ import annotations

import base64
import datetime as dt
import sqlite3
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from eventsourcing.dcb.api import DCBEvent, DCBSequencedEvent

from taizhang_eventstore.codec import Codec, NoKeys
from taizhang_eventstore.personal.cipher import ERASED, MISSING, REASON
from taizhang_eventstore.personal.keyring import Keyring
from taizhang_eventstore.personal.keys import Keys
from taizhang_eventstore.personal.wrapping import KeyFile

if TYPE_CHECKING:
    from collections.abc import Callable

    from taizhang_eventstore.ambient import SeededAmbient
    from taizhang_eventstore.envelope import Envelope
    from taizhang_eventstore.recorded import Recorded

DAY = dt.date(2003, 7, 1)
SUBJECT = "member:m-1"


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
