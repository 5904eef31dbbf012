"""``doctor``: what it finds, what it calls it, and that it writes nothing."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from taizhang.maintenance import surroundings, within
from taizhang.maintenance.backup import backup
from taizhang.maintenance.doctor import examine
from taizhang.workspace import Workspace
from taizhang_eventstore.recorders import still
from taizhang_eventstore.verifying.verifying import verify

from .conftest import Command, files, found


def state(office: Command, name: str, store: Path | None = None) -> str:
    """What doctor says of one thing."""
    checks = office("doctor", "--json", store=store).json["checks"]
    return next(c["state"] for c in checks if c["check"] == name)


def test_a_store_in_order(office: Command, tmp_path: Path) -> None:
    assert office("backup", tmp_path / "b").code == 0
    before = files(tmp_path)
    result = office("doctor", "--full")
    assert result.code == 0, result.out
    assert len(result.out.splitlines()) == 14
    assert files(tmp_path) == before
    states = {c["check"]: c["state"] for c in office("doctor", "--json").json["checks"]}
    assert {n for n, s in states.items() if s != "ok"} <= {"sqlite"}


def test_what_doctor_finds(
    office: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = tmp_path / "store"

    def sql(name: str, statement: str) -> None:
        with sqlite3.connect(store / name) as db:
            db.execute(statement)
        db.close()

    assert state(office, "backup") == "problem", "never backed up"
    assert office("backup", tmp_path / "b").code == 0
    assert state(office, "backup") == "ok"
    found(office, "第三支部")
    with monkeypatch.context() as patch:
        late = dt.datetime.now(dt.UTC) + dt.timedelta(days=8)
        patch.setattr(within.Look, "now", late)
        assert state(office, "backup") == "notice"
        assert state(office, "seals") == "problem"
        patch.setattr(within.Look, "now", late + dt.timedelta(days=30))
        assert state(office, "backup") == "problem"
        patch.setattr(within.Look, "now", late - dt.timedelta(days=30))
        assert state(office, "clock") == "problem"
    store.chmod(0o755)
    assert state(office, "permissions") == "problem"
    store.chmod(0o700)
    (store / "seal.key").chmod(0o644)
    assert state(office, "permissions") == "problem"
    (store / "seal.key").chmod(0o600)
    gone = subprocess.Popen(["true"])
    gone.wait()
    for number, expected in ((os.getpid(), "ok"), (gone.pid, "notice")):
        left = [
            store / name.format(number)
            for name in ("ledger.rebuild-{}.db", ".running-liudai-{}", "seals/leaves.bin.{}-1.part")
        ]
        for path in left:
            path.write_bytes(b"")
            assert state(office, "strays") == expected, path
            path.unlink()
    (store / "notes.txt").write_text("x")
    assert state(office, "strays") == "notice"
    (store / "notes.txt").unlink()
    (store / "keys.db").write_bytes(b"not a database")
    assert state(office, "keys") == "damaged"
    (store / "keys.db").unlink()
    sql("ledger.db", "UPDATE _tracking SET fault = 'ValueError: x' WHERE unit = 'liudai'")
    assert state(office, "ledger") == "problem"
    sql("ledger.db", "UPDATE _tracking SET fault = NULL, position = 2")
    assert state(office, "ledger") == "notice"
    monkeypatch.setattr(surroundings, "LEAST", 1 << 60)
    assert state(office, "room") == "problem"
    (store / "seal.key").unlink()
    assert state(office, "seals") == "problem"
    sql("events.db", "PRAGMA journal_mode = DELETE")
    assert state(office, "log") == "problem"
    assert office("doctor").code == 1


def test_doctor_ends_with_three_when_the_store_is_damaged(office: Command, tmp_path: Path) -> None:
    store = tmp_path / "store"
    assert office("seal").code == 0
    cut, torn = (shutil.copytree(store, tmp_path / name) for name in ("cut", "torn"))
    with sqlite3.connect(cut / "events.db") as db:
        db.execute("DELETE FROM events WHERE seq = 5")
        db.execute("DELETE FROM event_tags WHERE seq = 5")
    db.close()
    assert office("doctor", store=cut).code == 3
    with sqlite3.connect(cut / "events.db") as db:
        db.execute("UPDATE sqlite_sequence SET seq = 4")
    db.close()
    assert state(office, "log", cut) == "ok"
    assert state(office, "seals", cut) == "damaged", "only the seal remembers the fifth"
    with (torn / "events.db").open("r+b") as file:
        file.seek(4_096)
        file.write(b"\xff" * 8_192)
    before = files(torn)
    assert office("doctor", store=torn).code == 3
    assert files(torn) == before
    assert office("doctor", store=tmp_path / "nowhere").code == 1


SEIZE = (
    "import sqlite3, sys\n"
    "db = sqlite3.connect(sys.argv[1], timeout=0.2)\n"
    "try:\n    print(db.execute('PRAGMA journal_mode = DELETE').fetchone()[0])\n"
    "except sqlite3.OperationalError as error:\n    print(error)\n"
)
"""Takes a database out of WAL mode, which nobody may do while another has it open."""


def test_looking_at_a_store_that_this_process_has_open_leaves_it_its_locks(
    office: Command, tmp_path: Path
) -> None:
    store = tmp_path / "store"

    def seized(name: str) -> bool:
        command = [sys.executable, "-c", SEIZE, str(store / name)]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        return said == "delete\n"

    databases = ("events.db", "ledger.db")
    for look in (
        lambda: verify(store).exit_code,
        lambda: examine(store).exit_code,
        lambda: backup(store, tmp_path / "b").manifest.events,
    ):
        with Workspace.open(store) as ws:
            for written in (False, True):
                look()
                assert [seized(name) for name in databases] == [False, False], written
                found(office, f"第{ws.log.head()}支部")
        assert not still.beside(store / "events.db", "-wal").exists()
    with Workspace.open(store):
        (store / "events.db").read_bytes()  # what the test would have found
        assert seized("events.db")


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ((3, 40, 1), "notice"), ((3, 44, 5), "notice"), ((3, 44, 6), "ok"), ((3, 45, 0), "notice"),
        ((3, 50, 7), "ok"), ((3, 51, 2), "notice"), ((3, 51, 3), "ok"), ((4, 0, 0), "ok"),
    ],
)  # fmt: skip
def test_versions_of_sqlite(
    version: tuple[int, int, int], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", version)
    assert surroundings.sqlite().state == expected
