"""Events to stored bytes and back: round trips, old and new versions, payloads that do not fit."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from eventsourcing.dcb.api import DCBEvent, DCBSequencedEvent
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from taizhang_eventstore.codec import Codec
from taizhang_eventstore.envelope import Envelope
from taizhang_eventstore.errors import StoreDamaged

if TYPE_CHECKING:
    from collections.abc import Callable

    Make = Callable[..., Envelope]

DAY = dt.date(2003, 7, 1)


class Lead(msgspec.Struct, frozen=True):
    """The third shape of an event whose first had `name`, the second `title`."""

    label: str
    hours: int = 0


def stored(event: DCBEvent, position: int = 1) -> DCBSequencedEvent:
    return DCBSequencedEvent(event, position)


def test_round_trip(codec: Codec, envelope: Make, registered: Any) -> None:
    head = envelope(reason="补录", corrects=4, root=2, n=2)
    event = registered(member="m-1", name="王小明", joined=DAY)
    recorded = codec.decode(stored(codec.encode(head, event, ["a", "b", "a"]), 9))
    assert recorded.event == event
    assert recorded.envelope == head
    assert (recorded.position, recorded.tags, recorded.trouble) == (9, ["a", "b", "a"], None)
    assert (recorded.type, recorded.name, recorded.version) == (
        "member.registered@1",
        "member.registered",
        1,
    )
    assert recorded.payload == {
        "member": "m-1",
        "name": "王小明",
        "joined": "2003-07-01",
        "kind": "在职",
    }
    assert (recorded.envelope.closes, recorded.envelope.amends) == (False, 4)


def test_stored_form_is_one_object_with_all_defaults(
    codec: Codec, envelope: Make, registered: Any
) -> None:
    event = codec.encode(envelope(), registered("m-1", "王", DAY), [])
    content = json.loads(event.data)
    assert list(content) == [*Envelope.__struct_fields__, "payload"]
    assert content["recorded_at"] == "2026-07-01T08:30:00Z"
    assert content["reason"] is None
    assert content["payload"]["kind"] == "在职"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(name=st.text(), reason=st.none() | st.text(), tags=st.lists(st.text(), max_size=3))
def test_any_text(
    codec: Codec, envelope: Make, registered: Any, name: str, reason: str | None, tags: list[str]
) -> None:
    event = registered(member="m", name=name, joined=DAY)
    recorded = codec.decode(stored(codec.encode(envelope(reason=reason), event, tags)))
    assert (recorded.event, recorded.envelope.reason, recorded.tags) == (event, reason, tags)


def test_local_time_is_stored_in_utc(codec: Codec, envelope: Make, registered: Any) -> None:
    china = dt.timezone(dt.timedelta(hours=8))
    head = envelope(recorded_at=dt.datetime(2026, 7, 1, 0, 30, tzinfo=china))
    recorded = codec.decode(stored(codec.encode(head, registered("m", "王", DAY), [])))
    assert recorded.envelope.recorded_at.isoformat() == "2026-06-30T16:30:00+00:00"


@pytest.mark.parametrize(
    "bad", [{"i": 0}, {"i": 3, "n": 2}, {"recorded_at": dt.datetime(2026, 7, 1)}]
)
def test_unsound_envelope(codec: Codec, envelope: Make, registered: Any, bad: Any) -> None:
    with pytest.raises(ValueError, match="envelope"):
        codec.encode(envelope(**bad), registered("m", "王", DAY), [])


def test_lone_surrogate_is_refused(codec: Codec, envelope: Make, registered: Any) -> None:
    with pytest.raises(ValueError, match="surrogates"):
        codec.encode(envelope(), registered("m", "\ud800", DAY), [])


def test_class_that_nobody_registered(codec: Codec, envelope: Make) -> None:
    with pytest.raises(LookupError, match="Lead"):
        codec.encode(envelope(), Lead("x"), [])


# Without a class


def test_raw_event(codec: Codec, envelope: Make) -> None:
    event = codec.encode_raw("liudai.void@2", b'{"of": 3}', envelope(voids=3), ["fact:3"])
    recorded = codec.decode(stored(event))
    assert (recorded.event, recorded.payload) == (None, {"of": 3})
    assert (recorded.name, recorded.version) == ("liudai.void", 2)
    assert recorded.envelope.amends == 3


@pytest.mark.parametrize("type_", ["x", "x@", "x@0", "x@-1", "@1", "x y@1", "x@1@2", "x@１"])
def test_raw_event_needs_a_version(codec: Codec, envelope: Make, type_: str) -> None:
    with pytest.raises(ValueError, match="with version"):
        codec.encode_raw(type_, b"{}", envelope(), [])


@pytest.mark.parametrize("payload", [b"", b"[]", b"{", b'{},"id":1', b"{}{}", b"\xff"])
def test_raw_payload_must_be_an_object(codec: Codec, envelope: Make, payload: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the decoder's own words
        codec.encode_raw("x@1", payload, envelope(), [])


# What does not fit


def test_unknown_newer_and_nonsense_types(codec: Codec, envelope: Make) -> None:
    for type_, version, word in (
        ("other.thing@1", 1, "plugin"),
        ("member.registered@2", 2, "newer"),
        ("member.registered", 0, "unknown"),
        ("member.registered@01", 0, "unknown"),
        ("", 0, "unknown"),
    ):
        data = codec.encode_raw("x@1", b'{"member": "m"}', envelope(), []).data
        recorded = codec.decode(stored(DCBEvent(type_, data)))
        assert recorded.event is None
        assert recorded.version == version
        assert recorded.trouble is not None
        chinese, english = recorded.trouble.split("|")
        assert word in english
        assert chinese
        assert recorded.payload == {"member": "m"}


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        (b'{"member": "m"}', {"member": "m"}),
        (b'{"member": 1, "name": "x", "joined": "2003-07-01"}', None),
        (b'{"member": "m", "name": "x", "joined": "2003-02-30"}', None),
        (b"{}", {}),
    ],
)
def test_payload_that_does_not_decode(
    codec: Codec, envelope: Make, payload: bytes, expected: Any
) -> None:
    event = codec.encode_raw("member.registered@1", payload, envelope(), [])
    recorded = codec.decode(stored(event))
    assert recorded.event is None
    assert recorded.trouble is not None
    assert recorded.payload == (json.loads(payload) if expected is None else expected)


def test_payload_that_is_no_object(codec: Codec, envelope: Make) -> None:
    data = codec.encode_raw("x@1", b"{}", envelope(), []).data
    for end in (b"[1]}", b"null}"):
        recorded = codec.decode(stored(DCBEvent("member.registered@1", data[:-3] + end)))
        assert (recorded.event, recorded.payload) == (None, {})


def test_added_and_absent_fields_are_no_trouble(
    codec: Codec, envelope: Make, registered: Any
) -> None:
    payload = b'{"member": "m", "name": "n", "joined": "2003-07-01", "later": [1]}'
    recorded = codec.decode(
        stored(codec.encode_raw("member.registered@1", payload, envelope(), []))
    )
    assert recorded.event == registered("m", "n", DAY)
    assert recorded.payload["later"] == [1]


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"not json", b"\xff\xfe"])
def test_envelope_that_does_not_decode(codec: Codec, data: bytes) -> None:
    with pytest.raises(StoreDamaged, match="第 12 号事件"):
        codec.decode(stored(DCBEvent("member.registered@1", data), 12))


# Versions


def upcasters() -> dict[int, Callable[[dict[str, Any]], dict[str, Any]]]:
    def first(payload: dict[str, Any]) -> dict[str, Any]:
        payload["title"] = payload.pop("name")
        return payload

    return {1: first, 2: lambda p: {"label": p["title"], "hours": p.get("hours", 0) * 2}}


def test_old_versions_are_lifted(envelope: Make) -> None:
    codec = Codec()
    codec.register("liudai.lead_taken", 3, Lead, owner="liudai", upcasters=upcasters())
    assert codec.versions("liudai.lead_taken") == [f"liudai.lead_taken@{k}" for k in (1, 2, 3)]
    for version, payload, event in (
        (1, {"name": "带头学习"}, Lead("带头学习")),
        (2, {"title": "带头学习", "hours": 2}, Lead("带头学习", 4)),
        (3, {"label": "带头学习", "hours": 2}, Lead("带头学习", 2)),
    ):
        raw = msgspec.json.encode(payload)
        recorded = codec.decode(
            stored(codec.encode_raw(f"liudai.lead_taken@{version}", raw, envelope(), []))
        )
        assert (recorded.event, recorded.version, recorded.trouble) == (event, version, None)
        assert recorded.payload == payload, "as stored, not lifted"


def test_upcaster_that_fails_is_only_trouble(envelope: Make) -> None:
    codec = Codec()
    codec.register("liudai.lead_taken", 3, Lead, owner="liudai", upcasters=upcasters())
    recorded = codec.decode(stored(codec.encode_raw("liudai.lead_taken@1", b"{}", envelope(), [])))
    assert recorded.event is None
    assert recorded.trouble is not None
    assert len(recorded.trouble.split("|")) == 2


# The register


def test_names_and_classes_are_registered_once(codec: Codec, registered: Any) -> None:
    with pytest.raises(ValueError, match=r"stranger .* member "):
        codec.register("member.registered", 1, Lead, owner="stranger")
    with pytest.raises(ValueError, match=r"stranger .* member "):
        codec.register("stranger.registered", 1, registered, owner="stranger")


@pytest.mark.parametrize(
    ("name", "version"), [("", 1), ("a b", 1), ("a@1", 1), ("a|b", 1), ("a.b", 0)]
)
def test_bad_names_and_versions(codec: Codec, name: str, version: int) -> None:
    with pytest.raises(ValueError, match="not a name"):
        codec.register(name, version, Lead, owner="liudai")


def test_every_old_version_needs_an_upcaster(codec: Codec) -> None:
    steps = upcasters()
    del steps[1]
    with pytest.raises(ValueError, match=r"versions \[1\]"):
        codec.register("liudai.lead_taken", 3, Lead, owner="liudai", upcasters=steps)


def test_unregistered_types_are_passed_over(codec: Codec, envelope: Make, registered: Any) -> None:
    event = stored(codec.encode(envelope(), registered("m", "王", DAY), []))
    assert codec.decode(event).event is not None
    assert codec.owner("member.registered") == "member"
    codec.unregister("member")
    assert codec.decode(event).event is None
    assert codec.versions("member.registered") == []
    codec.register("member.registered", 1, registered, owner="member")
    assert codec.decode(event).event is not None
