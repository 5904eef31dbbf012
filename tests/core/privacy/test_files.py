"""Files of a store from before ledgers were encrypted: their owner's alone, and written over before they go."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from taizhang.maintenance.backup import backup
from taizhang.maintenance.restore import restore
from taizhang.workspace import Workspace

from .conftest import TEXTS, Office, left


def aged(root: Path) -> None:
    """Puts a ledger of an earlier layout in place, with the texts in clear, which anybody may read."""
    path = root / "ledger.db"
    path.unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE _meta (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID")
        db.execute("INSERT INTO _meta VALUES ('version', '5')")
        db.execute("CREATE TABLE personal (token TEXT PRIMARY KEY, text TEXT) WITHOUT ROWID")
        db.executemany("INSERT INTO personal VALUES (?, ?)", TEXTS.items())
        db.commit()
    path.chmod(0o644)
    assert left(root), "the names stand there"


def test_a_ledger_in_clear_is_written_over_when_the_store_is_opened(office: Office) -> None:
    office.ws.close()
    aged(office.root)
    # The same bytes of the disk under another name: what is only unlinked still stands there.
    disk = office.root.parent / "disk"
    disk.mkdir()
    os.link(office.root / "ledger.db", disk / "blocks")
    with Workspace.open(office.root) as ws:
        names = {row["name"] for row in ws.at("2012-01-01").rows("members")}
        assert TEXTS["name"] in names
        assert left(office.root) == []
        modes = {p.name: p.stat().st_mode & 0o077 for p in office.root.iterdir() if p.is_file()}
        assert "ledger.db-wal" in modes
        assert set(modes.values()) == {0}
    assert left(disk) == []
    assert (disk / "blocks").stat().st_size > 0


def test_a_store_that_made_way_has_no_text_in_clear_either(office: Office) -> None:
    copy = office.root.parent / "copy"
    office.ws.close()
    backup(office.root, copy)
    aged(office.root)
    kept = restore(copy, office.root, over=True).aside
    assert kept is not None
    assert left(kept) == left(office.root) == []
    assert not [p for p in kept.rglob("*") if p.is_file() and p.stat().st_mode & 0o077]
    with Workspace.open(kept) as ws:
        assert ws.at("2012-01-01").rows("members", id=office.person)[0]["name"] == TEXTS["name"]
