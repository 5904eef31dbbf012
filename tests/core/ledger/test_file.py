"""The ledger is disposable: behind, damaged, deleted or of another layout, it comes back right."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from taizhang.ledger.rebuild import clear
from taizhang.testing.ledgers import Rows, dump
from taizhang.workspace import Workspace
from taizhang_eventstore.errors import StoreError

OFF = {"liudai"}
SUFFIXES = ("", "-wal", "-shm")


def delete(store: Path) -> None:
    (store / "ledger.db").unlink()


def scribble(store: Path) -> None:
    (store / "ledger.db").write_bytes(b"this is no database" * 1_000)


def cut(store: Path) -> None:
    os.truncate(store / "ledger.db", 20_000)


def empty(store: Path) -> None:
    os.truncate(store / "ledger.db", 0)


def tear(store: Path) -> None:
    """Overwrites pages in the middle."""
    with (store / "ledger.db").open("r+b") as file:
        file.seek(4_096)
        file.write(b"\xff" * 100_000)


def age(store: Path) -> None:
    """The layout of another version."""
    db = sqlite3.connect(store / "ledger.db")
    db.execute("UPDATE _meta SET value = '0'")
    db.execute("ALTER TABLE _actions RENAME COLUMN recorded_at TO at")
    db.commit()
    db.close()


def contents(store: Path) -> dict[str, Rows]:
    with Workspace.open(store, disabled=OFF) as ws:
        return dump(ws.db, ws.registry)


@pytest.mark.parametrize(
    "harm", [delete, scribble, cut, empty, tear, age], ids=lambda h: h.__name__
)
def test_a_harmed_ledger_is_built_anew(store: Path, harm: Callable[[Path], None]) -> None:
    before = contents(store)
    harm(store)
    assert contents(store) == before


def test_a_ledger_that_is_behind_catches_up(store: Path) -> None:
    shutil.copy(store / "ledger.db", store / "old.db")
    with Workspace.open(store, disabled=OFF) as ws:
        fields = {"member": "王小明", "organisation": "乙支部"}
        ws.record("member.move", fields, on="2011-01-01")
    before = contents(store)
    shutil.copy(store / "old.db", store / "ledger.db")
    assert contents(store) == before


@pytest.mark.parametrize("more", [0, 1, 3], ids=["shorter", "equal", "longer"])
def test_a_ledger_of_another_past_is_built_anew(store: Path, more: int) -> None:
    """The log was put back to an older copy, and perhaps went on from there."""
    old = (store / "events.db").read_bytes()
    with Workspace.open(store, disabled=OFF) as ws:
        ws.record("organisation.found", {"name": "丙支部", "kind": "支部"}, on="2010-01-01")
    newer = (store / "ledger.db").read_bytes()
    (store / "events.db").write_bytes(old)
    (store / "ledger.db").unlink()
    expected = ["甲支部", "乙支部", *(f"后{k}支部" for k in range(more))]
    with Workspace.open(store, disabled=OFF) as ws:
        for name in expected[2:]:
            ws.record("organisation.found", {"name": name, "kind": "支部"}, on="2010-01-01")
    (store / "ledger.db").write_bytes(newer)
    for read_only in (True, False):
        with Workspace.open(store, disabled=OFF, read_only=read_only) as ws:
            assert [r["name"] for r in ws.at("2012-01-01").rows("organisations")] == expected


@pytest.mark.parametrize("gone", [("",), SUFFIXES], ids=["file", "all"])
def test_a_ledger_deleted_while_open(store: Path, gone: tuple[str, ...]) -> None:
    """Whoever has it open goes over to the new one; nobody sees an old or a torn ledger."""
    with Workspace.open(store, disabled=OFF) as one:
        for suffix in gone:
            (store / f"ledger.db{suffix}").unlink()
        with Workspace.open(store, disabled=OFF) as other:
            other.record("organisation.found", {"name": "丙支部", "kind": "支部"}, on="2010-01-01")
            one.record("organisation.found", {"name": "丁支部", "kind": "支部"}, on="2010-01-01")
            other.catch_up()
            for ws in (one, other):
                names = [r["name"] for r in ws.at("2012-01-01").rows("organisations")]
                assert names == ["甲支部", "乙支部", "丙支部", "丁支部"]
            assert dump(one.db, one.registry) == dump(other.db, other.registry)
            reader = one.reader()
            assert len(reader.rows("organisations")) == 4
            reader.db.close()


def test_what_another_process_is_building_is_left_alone(store: Path) -> None:
    mine = store / "ledger.rebuild-1.db"
    left = store / "ledger.rebuild-2.db"
    left.write_bytes(b"half a ledger")
    db = sqlite3.connect(mine, isolation_level=None)
    db.execute("PRAGMA locking_mode = EXCLUSIVE")
    db.execute("CREATE TABLE t (x)")
    clear(store / "ledger.db")
    assert mine.exists()
    assert not left.exists()
    db.close()
    clear(store / "ledger.db")
    assert not mine.exists()


def test_a_rebuild_while_another_workspace_records(store: Path) -> None:
    """The swap never takes the ledger back for good."""
    with (
        Workspace.open(store, disabled=OFF) as one,
        Workspace.open(store, disabled=OFF) as other,
    ):
        for k in range(5):
            fields = {"name": f"第{k}支部", "kind": "支部"}
            other.record("organisation.found", fields, on="2010-01-01")
            one.rebuild()
            assert len(other.at("2012-01-01").rows("organisations")) == 3 + k
        assert dump(one.db, one.registry) == dump(other.db, other.registry)


def test_what_cannot_be_opened_is_called_by_its_name(store: Path) -> None:
    for file, zh, en in (
        ("ledger.db", "不能用作台账", "ledger"),
        ("events.db", "不能用作事件日志", "log"),
    ):
        (store / file).unlink()
        (store / file).mkdir()
        with pytest.raises(StoreError) as raised:
            Workspace.open(store, disabled=OFF)
        said, english = raised.value.pair
        assert zh in said
        assert str(store / file) in said
        assert english.endswith(f"cannot be the {en}.")
