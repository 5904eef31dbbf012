"""An older events.db under newer seals, or under a newer ledger: said by every command, nothing recorded."""

import shutil
from pathlib import Path

import pytest

from taizhang.store.continuity import OlderLog
from taizhang.store.paths import StoreContinued
from taizhang.testing.ledgers import dump
from taizhang.workspace import Workspace
from taizhang_eventstore.errors import StoreReplaced
from taizhang_eventstore.verifying.verifying import verify

from .conftest import Command

FOUND = ("record", "organisation.found", "--kind", "外部组织", "--on", "2005-01-01", "--name")
SAYING = ("show organisations", "events", "findings", "overview", "figures", "due", "tables", "actions", "verify")  # fmt: skip


def found(tz: Command, name: str) -> None:
    made = tz(*FOUND, name)
    assert made.code == 0, made.err


def put_back(store: Path, old: bytes) -> None:
    """As a synchronised folder or a disk that was restored does it: another file of that name."""
    (store / "events.new").write_bytes(old)
    (store / "events.new").replace(store / "events.db")


def names(store: Path) -> list[object]:
    with Workspace.open(store) as ws:
        return [r["name"] for r in ws.at("2012-01-01").rows("organisations")]


def test_a_log_older_than_its_ledger_records_nothing_until_somebody_decides(
    office: Command, tmp_path: Path
) -> None:
    store = tmp_path / "store"
    before = names(store)
    old = (store / "events.db").read_bytes()
    seals = shutil.copytree(store / "seals", tmp_path / "seals")
    found(office, "后来的")
    office("tables")
    put_back(store, old)
    # The seals are as old as the log: nobody but the ledger has seen more.
    shutil.rmtree(store / "seals")
    shutil.copytree(seals, store / "seals")
    refused = office(*FOUND, "又一个")
    assert refused.code == 3
    assert "第 6 号" in refused.err
    assert "taizhang continue" in refused.err
    # The ledger has been built anew by now; what it had seen is remembered.
    for _ in range(2):
        assert office(*FOUND, "又一个").code == 3
    for words in SAYING:
        assert "旧" in office(*words.split()).err, words
    assert office("seal").code == 3
    assert names(store) == before
    assert office("doctor").code == 3
    with Workspace.open(store) as ws:
        assert ws.log.head() == 5


def test_the_newer_log_put_back_is_gone_on_with(office: Command, tmp_path: Path) -> None:
    store = tmp_path / "store"
    old = (store / "events.db").read_bytes()
    found(office, "后来的")
    new = (store / "events.db").read_bytes()
    put_back(store, old)
    assert office(*FOUND, "又一个").code == 3
    put_back(store, new)
    assert office("events").err == ""
    found(office, "又一个")
    assert names(store)[-2:] == ["后来的", "又一个"]


def test_a_log_older_than_its_seals_is_told_without_a_ledger(
    office: Command, tmp_path: Path
) -> None:
    store = tmp_path / "store"
    old = (store / "events.db").read_bytes()
    found(office, "后来的")
    assert office("seal").code == 0
    put_back(store, old)
    (store / "ledger.db").unlink()
    for name in ("leaves.bin", "range"):
        refused = office(*FOUND, "又一个")
        assert refused.code == 3, refused.err
        assert "封存过 6 条" in refused.err
        # Whatever of the notes is missing, the seal itself speaks.
        (store / "seals" / name).unlink()
    assert office(*FOUND, "又一个").code == 3
    assert office("seal").code == 3


@pytest.mark.parametrize("gone", ["000000000006.seal", "range", "leaves.bin"])
def test_a_shorter_log_is_not_sealed_whatever_is_missing(
    office: Command, tmp_path: Path, gone: str
) -> None:
    store = tmp_path / "store"
    old = (store / "events.db").read_bytes()
    found(office, "后来的")
    assert office("seal").code == 0
    put_back(store, old)
    (store / "ledger.db").unlink()
    (store / "seals" / gone).unlink()
    assert office("seal").code == 3


def test_whoever_decides_goes_on_and_it_stands_in_the_log(office: Command, tmp_path: Path) -> None:
    store = tmp_path / "store"
    assert office("continue", "--reason", "无").code == 1
    old = (store / "events.db").read_bytes()
    found(office, "后来的")
    assert office("seal").code == 0
    put_back(store, old)
    assert office("continue").code == 2
    decided = office("continue", "--reason", "硬盘坏了，只剩上周的副本", "--json")
    assert decided.code == 0, decided.err
    assert decided.json["seq"] == [6]
    [kept] = [p for p in decided.json["set_aside"] if ".seal." in p]
    found(office, "又一个")
    assert office("events").err == ""
    assert office("seal").code == 0
    assert verify(store).verified
    # What was put away still speaks.
    copy = tmp_path / "kept.seal"
    shutil.copy(kept, copy)
    assert office("verify", "--seal", copy).code == 3
    with Workspace.open(store) as ws:
        event = ws.event(6).event
    assert isinstance(event, StoreContinued)
    assert "第 6 号" in event.newer


def test_events_deleted_at_the_end_are_told(office: Command, tmp_path: Path) -> None:
    import sqlite3

    store = tmp_path / "store"
    (store / "ledger.db").unlink()
    with sqlite3.connect(store / "events.db") as db:
        db.execute("DELETE FROM events WHERE seq = 5")
        db.execute("DELETE FROM event_tags WHERE seq = 5")
    db.close()
    refused = office(*FOUND, "又一个")
    assert refused.code == 3
    assert "曾编到第 5 号" in refused.err


@pytest.mark.parametrize("over", [False, True], ids=["replaced", "written over"])
def test_an_older_log_under_an_open_program_takes_no_event(
    office: Command, tmp_path: Path, over: bool
) -> None:
    store = tmp_path / "store"
    old = (store / "events.db").read_bytes()
    with Workspace.open(store) as ws:
        for n in range(3):
            ws.record("organisation.found", {"name": f"后{n}", "kind": "外部组织"}, on="2005-01-01")
        ws.log.recorder._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # type: ignore[attr-defined]
        if over:
            (store / "events.db").write_bytes(old)
        else:
            put_back(store, old)
        for _ in range(2):
            with pytest.raises((OlderLog, StoreReplaced)) as refused:
                ws.record(
                    "organisation.found", {"name": "又一个", "kind": "外部组织"}, on="2005-01-01"
                )
            assert refused.value.exit_code == 3
        assert ws.continuity.trouble is not None
        assert ws.warnings()[0] == ws.continuity.trouble
    assert office(*FOUND, "又一个").code == 3
    with Workspace.open(store) as ws:
        assert ws.log.head() == 5
        rebuilt = dump(ws.db, ws.registry)
        ws.rebuild()
        assert dump(ws.db, ws.registry) == rebuilt


def test_a_reader_of_an_older_log_is_told_and_nothing_is_written(
    office: Command, tmp_path: Path
) -> None:
    store = tmp_path / "store"
    old = (store / "events.db").read_bytes()
    found(office, "后来的")
    assert office("seal").code == 0
    put_back(store, old)
    before = {p: p.read_bytes() for p in store.rglob("*") if p.is_file()}
    shown = office("--read-only", "events")
    assert "旧" in shown.err
    assert {p: p.read_bytes() for p in store.rglob("*") if p.is_file()} == before
