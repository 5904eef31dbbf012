"""keys.db lost, or older than the log: events, counts and minutes stand, names go only with their keys."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from faultkit import processes
from faultkit.outcome import Row, examine

from taizhang.ledger.schema import personal_columns
from taizhang.maintenance.erasing import erase
from taizhang.words.errors import Refused
from taizhang.workspace import Workspace
from taizhang_eventstore.personal.cipher import ERASED, MARKERS, MISSING
from taizhang_eventstore.verifying.verifying import verify

pytestmark = pytest.mark.faults

New = Callable[[str], Path]
DAY = "2012-06-01"


class Office:
    """A store in which people are registered, serve, and are written reasons about."""

    def __init__(self, store: Path) -> None:
        self.store = store
        self.names: dict[str, str] = {}
        """By member."""
        self.acknowledged: dict[str, tuple[int, ...]] = {}

    def work(self, name: str, count: int) -> None:
        """Registers so many people, each with minutes of service; a branch with a reason."""
        with Workspace.open(self.store) as ws:
            fields: dict[str, Any] = {"name": f"{name}支部", "kind": "支部"}
            self._note(ws.record("organisation.found", fields, on="2011-01-01", reason="新设"))
            for k in range(count):
                said = f"{name}某{k}"
                fields = {"name": said, "organisation": f"{name}支部", "phone": f"1380000{k:04}"}
                member = self._note(ws.record("member.register", fields, on="2012-01-01"))
                self.names[member] = said
                fields = {"member": member, "minutes": 30 + k, "what": f"与{said}同行"}
                self._note(ws.record("service.log", fields, on="2012-02-01"))

    def _note(self, receipt: Any) -> str:
        self.acknowledged[receipt.actions[0]] = receipt.seq
        return str(next(iter(receipt.ids.values()), ""))

    def keys(self) -> set[str]:
        """The subjects that have a key."""
        with closing(sqlite3.connect(self.store / "keys.db")) as db:
            return {subject for (subject,) in db.execute("SELECT subject FROM keys")}


def plain(ws: Workspace) -> dict[str, Any]:
    """What every table says but for people's texts: rows, counts, minutes."""
    ledger = ws.at(DAY)
    return {
        name: [
            {k: v for k, v in row.items() if k not in personal_columns(table)}
            for row in ledger.rows(name)
        ]
        for name, table in ws.registry.tables.items()
    }


def holds(row: Row, office: Office, before: dict[str, Any], there: set[str], told: str) -> None:
    """Names stand where there is a key and nowhere else, all else is as it was, and that is said."""
    store, what = office.store, office.store.name
    without = {m for m in office.names if f"member:{m}" not in there}
    erased = {m for m, name in office.names.items() if name == ERASED}
    for anew in (False, True):
        with Workspace.open(store) as ws:
            if anew:
                ws.rebuild()
            row.check(plain(ws) == before, f"{what}: counts or minutes differ")
            shown = ws.at(DAY).names("member", list(office.names))
            for member, name in office.names.items():
                wanted = ERASED if member in erased else MISSING if member in without else name
                row.check(shown[member] == wanted, f"{what}: {shown[member]} instead of {wanted}")
            texts = {
                t for (t,) in ws.db.execute("SELECT personal_text(token, text) FROM personal")
            } - MARKERS
            gone = [n for m in without - erased for n in texts if office.names[m] in n]
            row.check(not gone, f"{what}: the ledger still says {gone}")
            for member in sorted(without - erased)[:1]:
                try:
                    ws.record(
                        "member.correct_details", {"member": member, "phone": "13900000000"}, on=DAY
                    )
                    row.wrong.append(f"{what}: recorded without a key")
                except Refused as error:
                    row.check("keys.db" in error.text(), f"{what}: {error}")
    row.check(verify(store).verified, f"{what}: it does not verify")
    for words in (["overview"], ["show", "members"], ["--read-only", "show", "units"]):
        said = processes.run("command", store, *words)
        row.check(said.code == 0 and told in said.err, f"{what} {words}: {said.code} {said.err}")


def doctor(store: Path) -> processes.Said:
    """What it says."""
    return processes.run("command", store, "doctor")


def test_keys_lost(row: Row, new_store: New, tmp_path: Path) -> None:
    """keys.db lost"""
    for k in range(4):
        office = Office(new_store(f"lost-{k}"))
        office.work("丙", 2 + 3 * k)
        with Workspace.open(office.store) as ws:
            before = plain(ws)
            ws.sealing.seal()
        all_keys = office.keys()
        kept = Path(shutil.move(office.store / "keys.db", tmp_path / f"keys-{k}"))
        if k % 2:
            (office.store / "ledger.db").unlink()
        row.tried()
        holds(row, office, before, set(), "keys.db 不见了")
        said = doctor(office.store)
        row.check(
            said.code == 1 and f"{len(all_keys)} 个对象都没有密钥" in said.out,
            f"doctor: {said.code} {said.out}",
        )
        # What says nothing personal goes on.
        examine(row, office.store, office.acknowledged, ledger=k % 2 == 0, keys=False)
        shutil.copyfile(kept, office.store / "keys.db")
        with Workspace.open(office.store) as ws:
            row.check(ws.warnings() == [], f"{ws.warnings()}")
            shown = ws.at(DAY).names("member", list(office.names))
            row.check(shown == office.names, f"names did not come back: {shown}")


def test_older_keys(row: Row, new_store: New, tmp_path: Path) -> None:
    """keys.db older than the log: a backup of it put back"""
    for k in range(6):
        office = Office(new_store(f"old-{k}"))
        office.work("丙", 3)
        kept = Path(shutil.copyfile(office.store / "keys.db", tmp_path / f"old-{k}.db"))
        old = office.keys()
        office.work("丁", k)
        erased: set[str] = set()
        if k % 3 == 2:
            # One of whom the old keys can read, and who has been erased since.
            (gone,) = (m for m, name in office.names.items() if name == "丙某1")
            with Workspace.open(office.store) as ws:
                erase(ws, "member", gone, "本人要求")
            office.names[gone] = ERASED
            erased = {f"member:{gone}"}
        with Workspace.open(office.store) as ws:
            before = plain(ws)
            ws.sealing.seal()
        now = office.keys()
        newest = Path(shutil.copyfile(office.store / "keys.db", tmp_path / f"new-{k}.db"))
        shutil.copyfile(kept, office.store / "keys.db")
        if k % 2:
            (office.store / "ledger.db").unlink()
        row.tried()
        lacking = now - old
        members = len([s for s in lacking if s.startswith("member:")])
        told = f"{members} 个对象的密钥不在 keys.db 里" if members else ""
        holds(row, office, before, old - erased, told)
        row.check(not office.keys() & erased, "the key of one who was erased is back")
        said = doctor(office.store)
        row.check(
            said.code == 1 and f"{len(now)} 个对象中有 {len(lacking)} 个没有密钥" in said.out,
            f"doctor: {said.code} {said.out}",
        )
        examine(row, office.store, office.acknowledged, keys=False)
        shutil.copyfile(newest, office.store / "keys.db")
        with Workspace.open(office.store) as ws:
            row.check(ws.warnings() == [], f"{ws.warnings()}")
            shown = ws.at(DAY).names("member", list(office.names))
            row.check(shown == office.names, f"names did not come back: {shown}")


CHANGED = ("openat", "pwrite64", "write", "fsync", "rename", "ftruncate", "unlink")
"""Calls by which a change comes to the disk."""


def test_a_change_of_what_unlocks_that_is_killed(row: Row, new_store: New, tmp_path: Path) -> None:
    """keys change killed at every step"""
    office = Office(new_store("changed"))
    office.work("丙", 1)
    store = office.store
    keys, config = store / "keys.db", store / "config.toml"
    for k, call in enumerate(CHANGED):
        for when in range(1, 40):
            new = (tmp_path / f"usb-{k}-{when}.key", store / f"own-{k}-{when}.key")[when % 2]
            only = (keys, keys.with_name("keys.db-journal"), new, new.parent, config)
            under = processes.injected(call, "signal=KILL", when, *only)
            said = processes.run("command", store, "keys", "change", "--key-file", new, under=under)
            row.tried()
            row.check("Traceback" not in said.err, f"{call} {when}: {said.err}")
            shown = processes.run("command", store, "show", "members")
            row.check(
                shown.code == 0 and "丙某0" in shown.out and not shown.err,
                f"{call} {when}: {shown.code} {shown.err}",
            )
            if said.code == 0:
                break
    examine(row, store, office.acknowledged)


def test_an_erasure_that_is_only_claimed(row: Row, new_store: New) -> None:
    """a line written into the list of erasures"""
    office = Office(new_store("claimed"))
    office.work("丙", 2)
    subject = f"member:{next(iter(office.names))}"
    listed = office.store / "seals" / "erasures.jsonl"
    for proof in ("", "x", "c2sp.org/tlog-proof@v1\nindex 0\n\n"):
        said = {
            "subject": subject,
            "position": 99,
            "recorded_at": "2012-01-01T00:00:00Z",
            "proof": proof,
        }
        listed.write_text(json.dumps(said) + "\n")
        for words in (["overview"], ["show", "members"], ["rebuild"], ["doctor"], ["verify"]):
            shown = processes.run("command", office.store, *words)
            row.tried()
            row.check(subject in shown.err + shown.out, f"{words}: it is not said")
        keyed = office.keys()
        row.check(subject in keyed, f"the key was destroyed ({proof!r})")
    listed.unlink()
    shown = processes.run("command", office.store, "show", "members")
    row.check(all(name in shown.out for name in office.names.values()), "names did not come back")
    examine(row, office.store, office.acknowledged)
