"""The log as the core uses it, on SQLite and on the library's recorder in memory alike."""

from __future__ import annotations

import datetime as dt
import os
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from eventsourcing.dcb.api import DCBAppendCondition, DCBEvent, DCBQuery, DCBQueryItem, DCBRecorder
from eventsourcing.dcb.popo import InMemoryDCBRecorder
from eventsourcing.persistence import IntegrityError

from taizhang_eventstore.errors import StoreError, StoreNotFound, StoreReadOnly
from taizhang_eventstore.log import KNOWN, Log, Newer, open_log, recorder_from
from taizhang_eventstore.recorders.portable import PortableRecorder
from taizhang_eventstore.recorders.sqlite import SQLiteDCBRecorder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from taizhang_eventstore.codec import Codec
    from taizhang_eventstore.envelope import Envelope

    Append = Callable[..., int]

NOTHING = DCBAppendCondition(DCBQuery([DCBQueryItem(tags=["nobody has this tag"])]))


class Left(msgspec.Struct, frozen=True):
    """A second type of event, in its second version."""

    member: str


@pytest.fixture(params=["sqlite", "memory"])
def log(request: pytest.FixtureRequest, path: Path, codec: Codec) -> Iterator[Log]:
    codec.register("member.left", 2, Left, owner="member", upcasters={1: lambda p: p})
    recorder: DCBRecorder = (
        SQLiteDCBRecorder(path) if request.param == "sqlite" else InMemoryDCBRecorder()
    )
    with Log(recorder, codec) as log:
        yield log


@pytest.fixture
def six(log: Log, envelope: Callable[..., Envelope], registered: Any) -> Log:
    """A log of six events: registered, left@1, left@2, and again."""
    for member in ("m-1", "m-2"):
        tags = ["owner:member", f"member:{member}"]
        head = envelope()
        log.append(
            [
                log.codec.encode(head, registered(member, "王", dt.date(2003, 7, 1)), tags),
                log.codec.encode_raw("member.left@1", b'{"member": "m"}', head, tags),
                log.codec.encode(head, Left("m"), tags),
            ],
            NOTHING,
        )
    return log


def test_append_needs_a_condition(log: Log) -> None:
    with pytest.raises(TypeError):
        log.append([DCBEvent("a@1", b"{}")], None)  # type: ignore[arg-type]
    assert log.head() == 0


def test_a_process_that_was_forked_reads_on_beside_the_other(six: Log) -> None:
    if not isinstance(six.recorder, SQLiteDCBRecorder):
        assert not six.forks
        with pytest.raises(TypeError):
            six.forked()
        return
    assert six.forks
    heard, said = os.pipe()
    pid = os.fork()
    if not pid:
        os.write(said, bytes(r.position for r in six.forked().read()))
        os._exit(0)
    assert os.read(heard, 10) == bytes([1, 2, 3, 4, 5, 6])
    assert os.waitpid(pid, 0)[1] == 0
    os.close(heard)
    os.close(said)
    assert six.append([DCBEvent("a@1", b"{}")], NOTHING) == 7
    assert six.get(6) is not None


def test_failed_condition(six: Log) -> None:
    event = DCBEvent("a@1", b"{}")
    with pytest.raises(IntegrityError):
        six.append([event], DCBAppendCondition(after=5))
    assert six.append([event], DCBAppendCondition(after=6)) == 7


@pytest.mark.parametrize(
    ("asked", "positions"),
    [
        ({}, [1, 2, 3, 4, 5, 6]),
        ({"after": 2, "until": 4}, [3, 4]),
        ({"limit": 2}, [1, 2]),
        ({"types": ["member.left"]}, [2, 3, 5, 6]),
        ({"types": ["member.left@1"]}, [2, 5]),
        ({"types": ["member.left", "member.registered"], "limit": 4}, [1, 2, 3, 4]),
        ({"types": ["member.left"], "tags": ["member:m-2"], "until": 5}, [5]),
        ({"tags": ["owner:member", "member:m-1"]}, [1, 2, 3]),
        ({"types": ["absent.type"]}, []),
        ({"types": ["absent.type"], "tags": ["owner:member"]}, []),
        ({"types": ["absent.type", "member.registered"]}, [1, 4]),
        ({"items": []}, [1, 2, 3, 4, 5, 6]),
        ({"items": [DCBQueryItem(types=["absent.type"])]}, []),
        (
            {
                "items": [
                    DCBQueryItem(types=["member.left"], tags=["member:m-1"]),
                    DCBQueryItem(types=["member.registered"]),
                ]
            },
            [1, 2, 3, 4],
        ),
    ],
)
def test_read(six: Log, asked: dict[str, Any], positions: list[int]) -> None:
    assert [r.position for r in six.read(**asked)] == positions
    if "limit" not in asked:
        pages = list(six.pages(size=2, **asked))
        assert [r.position for page in pages for r in page] == positions
        assert all(len(page) == 2 for page in pages[:-1])


def test_items_exclude_types_and_tags(log: Log) -> None:
    with pytest.raises(ValueError, match="either"):
        log.read(items=[], types=["member.left"])


def test_get(six: Log) -> None:
    recorded = six.get(3)
    assert recorded is not None
    assert recorded.event == Left("m")
    assert six.get(0) is six.get(7) is six.get(-1) is None


def test_at(six: Log) -> None:
    assert six.at([]) == []
    found = six.at([5, 2, 99, 2])
    assert [r.position for r in found] == [2, 5]
    assert found == [six.get(2), six.get(5)]


def test_looking_at_the_log(six: Log) -> None:
    assert six.head() == 6
    assert six.counts() == {"member.registered@1": 2, "member.left@1": 2, "member.left@2": 2}
    assert [r.position for r in six.backwards(limit=2)] == [6, 5]
    assert [r.position for r in six.backwards(before=6, prefix="member.l")] == [5, 3, 2]
    assert [r.position for r in six.backwards(tag="member:m-1", prefix="member.r")] == [1]
    assert list(six.positions()) == [1, 2, 3, 4, 5, 6]
    assert list(six.positions(until=5, prefix="member.l")) == [2, 3, 5]
    assert list(six.positions(tag="member:m-1", prefix="member.r")) == [1]
    version = six.data_version()
    assert six.data_version() == version
    six.append([DCBEvent("a@1", b"{}")], NOTHING)
    assert six.data_version() != version


def test_events_of_newer_versions_are_counted_by_type(
    six: Log, envelope: Callable[..., Envelope]
) -> None:
    assert six.newer() == []
    for type_ in ("member.left@3", "member.left@10", "elsewhere.done@9", "odd", "member.left@3"):
        six.append(
            [DCBEvent(type_, six.codec.encode_raw("x@1", b"{}", envelope(), []).data)], NOTHING
        )
    assert six.types() == sorted(six.counts())
    assert six.newer() == [
        Newer("member.left@10", "member.left", 10, 2, 1, 8),
        Newer("member.left@3", "member.left", 3, 2, 2, 7),
    ]
    trouble = six.at([7])[0].trouble
    assert trouble is not None
    assert "@2" in trouble


# Opening


def test_open_log(path: Path, codec: Codec, envelope: Callable[..., Envelope]) -> None:
    with pytest.raises(StoreNotFound):
        open_log(path, codec, create=False)
    event = codec.encode_raw("x.y@1", b"{}", envelope(), [])
    with open_log(path, codec) as log:
        assert log.append([event], NOTHING) == 1
    with open_log(path, codec, read_only=True) as log:
        assert [r.type for r in log.read()] == ["x.y@1"]
        with pytest.raises(StoreReadOnly):
            log.append([event], NOTHING)


@pytest.mark.parametrize(
    "env",
    [
        {},
        {"PERSISTENCE_MODULE": "os"},
        {"PERSISTENCE_MODULE": "eventsourcing.dcb.popo"},
        {"PERSISTENCE_MODULE": "", "INFRASTRUCTURE_FACTORY": "antigravity"},
        {"PERSISTENCE_MODULE": "taizhang_eventstore.recorders.sqlite:SQLiteDCBFactory"},
    ],
)
def test_only_known_backends(env: dict[str, str]) -> None:
    with pytest.raises(StoreError) as refused:
        recorder_from(env)
    assert all(module in refused.value.text("en") for module in KNOWN)


class Own(PortableRecorder, InMemoryDCBRecorder):
    """A recorder that is none of ours and answers by itself what the log asks beyond the library's port."""

    def __init__(self) -> None:
        InMemoryDCBRecorder.__init__(self)
        PortableRecorder.__init__(self, InMemoryDCBRecorder())

    def counts(self) -> dict[str, int]:
        return {"said.by_itself@1": 7}

    @property
    def replaced(self) -> bool:
        return True


def test_a_recorder_that_is_able_is_asked_whichever_database_it_has(codec: Codec) -> None:
    log = Log(Own(), codec)
    assert (log.counts(), log.types(), log.replaced) == (
        {"said.by_itself@1": 7},
        ["said.by_itself@1"],
        True,
    )
