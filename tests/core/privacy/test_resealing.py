"""A store of before personal data were sealed: read as ever, and copied into a sealed one."""

from __future__ import annotations

import shutil
from pathlib import Path

import msgspec
import pytest
from eventsourcing.dcb.api import DCBAppendCondition, DCBQuery, DCBQueryItem

from taizhang.maintenance.erasing import erase
from taizhang.maintenance.resealing import reseal
from taizhang.words.errors import Refused
from taizhang.workspace import Workspace
from taizhang_eventstore.log import open_log
from taizhang_eventstore.seals.sealing import create_key, seal
from taizhang_eventstore.seals.seals import Seals
from taizhang_eventstore.verifying.verifying import verify

from .conftest import TEXTS, Office, left


def before(office: Office, path: Path) -> Path:
    """The office's store as a program that seals nothing would have written it."""
    path.mkdir()
    codec = office.ws.registry.codec
    never = DCBAppendCondition(DCBQuery([DCBQueryItem(tags=["never"])]))
    with open_log(path / "events.db", codec) as log:
        for recorded in office.ws.log.read():
            assert recorded.event is not None
            event = recorded.event
            if recorded.position == 1:
                event = msgspec.structs.replace(event, keys="")  # type: ignore[call-arg]
            envelope = msgspec.structs.replace(recorded.envelope, sealed={})
            log.append([codec.encode(envelope, event, recorded.tags)], never)
        create_key(Seals(path), log.recorder)
        seal(Seals(path), log.recorder)
    return path


def test_an_old_store_opens_as_ever_and_takes_nothing_personal(
    office: Office, tmp_path: Path
) -> None:
    spans = office.spans()
    with Workspace.open(before(office, tmp_path / "old")) as ws:
        assert not ws.keys_missing
        assert {t: ws.at().spans(t) for t in ws.registry.tables} == spans
        assert ws.event(office.registered + 1).envelope.reason == TEXTS["why"]
        with pytest.raises(Refused, match="reseal"):
            ws.record("member.register", {"name": "赵六", "organisation": office.branch})
        with pytest.raises(Refused, match="reseal"):
            erase(ws, "member", office.person, "本人要求")
        ws.record("member.move", {"member": office.person, "organisation": office.other})


def test_resealed_everything_is_the_same_and_nothing_in_the_clear(
    office: Office, tmp_path: Path
) -> None:
    spans = office.spans()
    old, new = before(office, tmp_path / "old"), tmp_path / "new"
    (old / "files").mkdir()
    (old / "files" / "letter.txt").write_text("x")
    latest = Seals(old).latest()
    assert latest is not None
    with Workspace.open(old) as ws:
        made = reseal(ws, new, None)
        events = list(ws.log.read())
    assert (made["size"], made["root"]) == (latest.size, latest.checkpoint.root.hex())
    assert {line.partition(":")[0] for line in left(new)} <= {"ledger.db", "ledger.db-wal"}
    assert (new / "files" / "letter.txt").exists()
    assert verify(new).exit_code == 0
    with Workspace.open(new) as ws:
        assert {t: ws.at().spans(t) for t in ws.registry.tables} == spans
        *copied, last = ws.log.read()
        for was, now in zip(events, copied, strict=True):
            assert (now.position, now.type, now.tags, now.event) == (
                was.position,
                was.type,
                was.tags,
                was.event,
            )
            plain = msgspec.structs.replace(now.envelope, sealed={})
            assert plain == was.envelope
        assert last.name == "store.resealed"
        assert last.payload == {
            "size": made["size"],
            "tree": made["root"],
            "keys": ws.keyring.identity,
        }
        erase(ws, "member", office.person, "本人要求")
    assert left(new) == []


def test_what_is_sealed_is_not_sealed_again(office: Office, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="已经加密"):
        reseal(office.ws, tmp_path / "new", None)
    old = before(office, tmp_path / "old")
    full = tmp_path / "full"
    full.mkdir()
    (full / "something").touch()
    with Workspace.open(old) as ws:
        with pytest.raises(Refused, match="不是空目录"):
            reseal(ws, full, None)
        made = Path(reseal(ws, tmp_path / "once", None)["store"])
    with Workspace.open(made) as ws, pytest.raises(Refused, match="已经加密"):
        reseal(ws, tmp_path / "twice", None)
    assert not (tmp_path / "twice.taizhang-part").exists()


def test_an_event_that_cannot_be_read_stops_it(office: Office, tmp_path: Path) -> None:
    lead = {"member": office.person, "kind": "宣传政策"}
    office.ws.record("liudai.lead.take", lead, on="2011-06-01", accept=True)
    old = before(office, tmp_path / "old")
    with Workspace.open(old, disabled={"liudai"}) as ws, pytest.raises(Refused, match="插件"):
        reseal(ws, tmp_path / "new", None)
    assert not list(tmp_path.glob("new*"))
    shutil.rmtree(old)
