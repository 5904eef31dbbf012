"""Files that were harmed or copied wrongly: what remains is right, or it is said that it is not."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from faultkit import processes
from faultkit.outcome import Row, examine, retried

from taizhang.cli import main
from taizhang.words.errors import TaizhangError
from taizhang.workspace import Workspace
from taizhang_eventstore.errors import BilingualError, StoreDamaged, StoreError
from taizhang_eventstore.verifying.verifying import verify

pytestmark = pytest.mark.faults

New = Callable[[str], Path]
PAGE = 4_096


def grown(store: Path, count: int = 40) -> dict[str, tuple[int, ...]]:
    """Registers so many members and seals them."""
    acknowledged = retried(store, "g", count)
    with Workspace.open(store) as ws:
        ws.sealing.seal()
    return acknowledged


def killed(store: Path, name: str, count: int) -> dict[str, tuple[int, ...]]:
    """The same by a process that dies, so that its write-ahead log stays."""
    place = store.with_name(f"{store.name}.said")
    said = processes.interrupted(place, count + 1, "record", store, name, count + 1)
    assert len(said.acknowledged) == count
    assert (store / "events.db-wal").stat().st_size > 0
    return said.acknowledged


def told(row: Row, store: Path, what: str) -> None:
    """The store must not be taken for a sound one: ``verify`` says so, and ends with 3."""
    try:
        report = verify(store)
    except BilingualError as error:
        row.check(getattr(error, "exit_code", 0) == 3, f"{what}: {error!r}")
    else:
        row.check(report.exit_code == 3, f"{what}: it verifies")


def opens_or_says(row: Row, store: Path, what: str) -> None:
    """Opening and reading a harmed store either works or says a sentence; it never does worse."""
    try:
        with Workspace.open(store) as ws:
            ws.at("2012-06-01").rows("members")
            list(ws.log.read())
    except (StoreError, TaizhangError) as error:
        row.check(len(error.text().splitlines()) == 1, f"{what}: {error}")
    except Exception as error:
        row.wrong.append(f"{what}: {error!r}")


def test_a_copy_without_its_wal(row: Row, new_store: New, tmp_path: Path) -> None:
    """a copy taken without its -wal"""
    for k in range(3):
        store = new_store(f"wal-{k}")
        first = grown(store, 4)
        acknowledged = first | killed(store, "late", k + 2)
        with_wal = Path(shutil.copytree(store, tmp_path / f"with-{k}"))
        seal = max((store / "seals").glob("*.seal"))
        without = Path(shutil.copytree(store, tmp_path / f"without-{k}"))
        for name in ("events.db-wal", "events.db-shm", "ledger.db-wal", "ledger.db-shm"):
            (without / name).unlink(missing_ok=True)
        row.tried(2)
        examine(row, with_wal, acknowledged)
        # What was in the -wal only is not there; what was taken in before is, and it is whole.
        report = verify(without)
        row.check(report.verified and "wal" in report.text("en"), "it does not speak of the -wal")
        row.check(verify(without, seals=[seal]).verified, "what was sealed is not whole")
        with Workspace.open(store) as ws:
            newest = ws.sealing.seal()
        kept = tmp_path / f"newest-{k}"
        kept.write_bytes(newest.encode())
        row.check(not verify(without, seals=[kept]).verified, "a newer seal does not tell")
        examine(row, without, first)


def test_a_torn_wal(row: Row, new_store: New) -> None:
    """a torn -wal: cut, or overwritten from some byte on"""
    chance = random.Random(3)
    for k in range(10):
        store = new_store(f"torn-{k}")
        first = grown(store, 3)
        late = killed(store, "late", 4)
        wal = store / "events.db-wal"
        size = wal.stat().st_size
        at = chance.randrange(size)
        if k % 2:
            os.truncate(wal, at)
        else:
            with wal.open("r+b") as file:
                file.seek(at)
                file.write(bytes(chance.randrange(256) for _ in range(min(PAGE, size - at))))
        row.tried()
        with Workspace.open(store) as ws:
            kept = {
                action: seqs
                for action, seqs in late.items()
                if list(ws.log.read(tags=[f"action:{action}"]))
            }
        # A beginning of what was written, whole actions only: nothing half, nothing out of order.
        row.check(list(kept) == list(late)[: len(kept)], f"{list(kept)} of {list(late)} are left")
        examine(row, store, first | kept)


def test_a_flipped_byte(row: Row, new_store: New) -> None:
    """a flipped byte of a payload"""
    chance = random.Random(4)
    whole = new_store("whole")
    grown(whole)
    for k in range(12):
        store = Path(shutil.copytree(whole, whole.with_name(f"flip-{k}")))
        content = bytearray((store / "events.db").read_bytes())
        # Inside a text of an event, where neither SQLite nor JSON would notice.
        places = [i for i in range(len(content)) if content.startswith(b'"actor":"', i)]
        at = chance.choice(places) + len(b'"actor":"')
        content[at] ^= 1
        (store / "events.db").write_bytes(content)
        row.tried()
        told(row, store, f"byte {at}")
        row.check(verify(store).first is not None, f"byte {at}: the event is not named")
        opens_or_says(row, store, f"byte {at}")


def test_zeroed_pages(row: Row, new_store: New) -> None:
    """a page of zeros, or of anything"""
    chance = random.Random(5)
    whole = new_store("whole")
    grown(whole)
    pages = (whole / "events.db").stat().st_size // PAGE
    for page in range(pages):
        for content in (bytes(PAGE), bytes(chance.randrange(256) for _ in range(PAGE))):
            store = Path(shutil.copytree(whole, whole.with_name(f"page-{page}-{content[0]}")))
            with (store / "events.db").open("r+b") as file:
                file.seek(page * PAGE)
                file.write(content)
            row.tried()
            told(row, store, f"page {page}")
            opens_or_says(row, store, f"page {page}")
            shutil.rmtree(store)


def test_a_deleted_tail(row: Row, new_store: New) -> None:
    """a deleted tail, then appended"""
    whole = new_store("whole")
    grown(whole)
    for count in (1, 2, 7, 40):
        for thorough in (False, True):
            store = Path(shutil.copytree(whole, whole.with_name(f"tail-{count}-{thorough}")))
            db = sqlite3.connect(store / "events.db")
            for table in ("events", "event_tags"):
                db.execute(
                    f"DELETE FROM {table} WHERE seq > (SELECT max(seq) FROM events) - {count}"
                )
                if table == "events":
                    last = db.execute("SELECT max(seq) FROM events").fetchone()[0]
            db.execute("DELETE FROM event_tags WHERE seq > ?", (last,))
            if thorough:
                db.execute("UPDATE sqlite_sequence SET seq = ?", (last,))
            db.commit()
            db.close()
            row.tried()
            told(row, store, f"{count} deleted")
            with Workspace.open(store) as ws:
                for n in range(count + 3):
                    fields = {"name": f"续{n}", "kind": "外部组织"}
                    ws.record("organisation.found", fields, on="2012-01-01")
                row.check(ws.close_seal() is None, f"{count}: it was sealed all the same")
            told(row, store, f"{count} deleted, then appended")


def test_dump_and_restore(row: Row, new_store: New) -> None:
    """dump and restore by sqlite3"""
    if shutil.which("sqlite3") is None:
        pytest.skip("the sqlite3 command is not installed")
    for k in range(2):
        store = new_store(f"dump-{k}")
        acknowledged = grown(store, 10 + k)
        dumped = subprocess.run(
            ["sqlite3", store / "events.db", ".dump"], capture_output=True, check=True
        ).stdout
        (store / "events.db").unlink()
        subprocess.run(["sqlite3", store / "events.db"], input=dumped, check=True)
        row.tried()
        # A dump leaves out the header's stamps: until they are back it is no log of ours.
        try:
            Workspace.open(store).close()
            row.wrong.append("a database without stamps was taken for a log")
        except StoreError as error:
            row.check(error.exit_code == 3, f"{error!r}")
        stamps = "PRAGMA application_id = 0x545A4556; PRAGMA user_version = 1;"
        subprocess.run(["sqlite3", store / "events.db", stamps], check=True)
        examine(row, store, acknowledged)


def test_lies_on_import(
    row: Row, store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """a hostile line on import"""
    lines = (
        "=cmd|'/c calc'!A1,甲支部", "'; DROP TABLE events; --,甲支部", "\x1b[2J王\u202e明,甲支部",
        "王" * 100_000 + ",甲支部", "[/]李[bold],甲支部", "王{0.__class__}明,甲支部", '"王\n明",甲支部',
        "\x00王明,甲支部", "王明,不存在", "../../etc/passwd,甲支部", ",甲支部", "王明,甲支部,多,出,来",
        '"王明,甲支部', "\ud7ff\uffff王,甲支部",
    )  # fmt: skip
    with Workspace.open(store) as ws:
        before = ws.log.head()
    for number, line in enumerate(lines):
        for encoding in ("utf-8", "gb18030", "utf-16"):
            file = tmp_path / f"roster-{number}-{encoding}.csv"
            file.write_bytes(f"姓名,所在支部\n周正,甲支部\n{line}\n".encode(encoding, "replace"))
            with pytest.raises(SystemExit) as leave:
                main(["--store", str(store), "import", "members", str(file), "--commit"])
            said = capsys.readouterr()
            row.tried()
            row.check(leave.value.code in (0, 1, 2), f"{line[:40]!r}: {leave.value.code}")
            row.check("程序内部出错" not in said.err, f"{line[:40]!r}, {encoding}: {said.err}")
            row.check("\x1b" not in said.out + said.err, f"{line[:40]!r} acts on the terminal")
            with Workspace.open(store) as ws:
                head = ws.log.head()
                names = [r["name"] for r in ws.at().rows("members")]
            # One batch or nothing: the good line is not let in without the bad one.
            row.check((head == before) == (leave.value.code != 0), f"{line[:40]!r}: half was done")
            row.check(
                not any(set("\x00\x1b\n\u202e") & set(n) for n in names), f"{line[:40]!r} is in"
            )
            before = head
    examine(row, store, {})


def test_a_layout_that_another_tool_has_changed(row: Row, new_store: New) -> None:
    """a trigger, view, table or column put into events.db, keys.db, ledger.db"""
    changes = {
        "events.db": ("events", "type"),
        "keys.db": ("keys", "subject"),
        "ledger.db": ("_organisations", "id"),
    }
    for name, (table, column) in changes.items():
        for k, statement in enumerate(
            (
                f"CREATE TRIGGER t BEFORE INSERT ON {table} BEGIN SELECT RAISE(IGNORE); END",
                f"CREATE VIEW strange AS SELECT {column} FROM {table}",
                "CREATE TABLE strange (x)",
                f"ALTER TABLE {table} ADD COLUMN strange TEXT",
            )
        ):
            store = new_store(f"{name}-{k}")
            with closing(sqlite3.connect(store / name)) as db:
                db.execute(statement)
                db.commit()
            row.tried()
            try:
                with Workspace.open(store) as ws:
                    before = ws.log.head()
                    fields = {"name": "新", "kind": "外部组织"}
                    ws.record("organisation.found", fields, on="2012-01-01")
                    row.check(name == "ledger.db", f"{name}: {statement} went unnoticed")
                    row.check(bool(ws.warnings()), f"{name}: {statement} is not told")
                    names = [r["name"] for r in ws.at("2012-01-02").rows("organisations")]
                    row.check("新" in names and ws.log.head() == before + 1, f"{statement}: lost")
            except StoreDamaged:
                row.check(name != "ledger.db", f"{name}: {statement} stops the store")
