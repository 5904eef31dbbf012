"""A ledger that another program has written: noticed, named, built anew; it never acts on what is shown."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from taizhang.testing.ledgers import dump
from taizhang.workspace import Workspace
from taizhang_eventstore.errors import StoreDamaged

OFF = {"liudai"}

SWALLOWS = "CREATE TRIGGER t BEFORE INSERT ON _organisations BEGIN SELECT RAISE(IGNORE); END"
CHANGES = {
    "a trigger": [SWALLOWS],
    "another view": [
        "DROP VIEW organisations",
        "CREATE VIEW organisations AS SELECT *, '假' AS more FROM _organisations",
    ],
    "a table": ["CREATE TABLE more (x)"],
    "a column": ["ALTER TABLE _organisations ADD COLUMN more TEXT"],
    "an index gone": ["DROP INDEX _organisations_line"],
}


def change(path: Path, statements: list[str]) -> None:
    db = sqlite3.connect(path)
    for statement in statements:
        db.execute(statement)
    db.commit()
    db.close()


def names(ws: Workspace) -> list[object]:
    return [r["name"] for r in ws.at("2012-01-01").rows("organisations")]


@pytest.mark.parametrize("statements", CHANGES.values(), ids=CHANGES)
def test_a_changed_layout_is_told_and_built_anew(store: Path, statements: list[str]) -> None:
    with Workspace.open(store, disabled=OFF) as ws:
        before, shown = dump(ws.db, ws.registry), names(ws)
        assert ws.warnings() == []
    change(store / "ledger.db", statements)
    with Workspace.open(store, disabled=OFF, read_only=True) as ws:
        assert names(ws) == shown
    with Workspace.open(store, disabled=OFF) as ws:
        assert "被别的程序改过" in str(ws.warnings()[0])
        assert dump(ws.db, ws.registry) == before
        assert not ws.db.execute("SELECT 1 FROM sqlite_master WHERE type = 'trigger'").fetchone()
    with Workspace.open(store, disabled=OFF) as ws:
        assert ws.warnings() == []


def test_a_trigger_put_in_under_an_open_program_swallows_nothing(store: Path) -> None:
    with Workspace.open(store, disabled=OFF) as ws:
        shown = names(ws)
        change(store / "ledger.db", [SWALLOWS])
        ws.record("organisation.found", {"name": "丙支部", "kind": "支部"}, on="2010-01-01")
        assert names(ws) == [*shown, "丙支部"]
        assert "被别的程序改过" in str(ws.warnings()[0])


def test_keys_with_a_trigger_are_refused(store: Path) -> None:
    change(
        store / "keys.db",
        ["CREATE TRIGGER t BEFORE INSERT ON keys BEGIN SELECT RAISE(IGNORE); END"],
    )
    with pytest.raises(StoreDamaged, match="trigger t"):
        Workspace.open(store, disabled=OFF)


def test_opening_again_finds_nothing_foreign(store: Path, copied: Callable[..., Path]) -> None:
    """Programmes that come and go change the layout too, by our own hand."""
    for off in ({"liudai"}, set(), {"liudai", "sanguan"}, set()):
        with Workspace.open(store, disabled=off) as ws:
            assert ws.ledger.foreign is None
            ws.rebuild()
    with Workspace.open(store, disabled=OFF) as ws:
        assert ws.ledger.foreign is None
