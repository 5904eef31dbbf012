"""Stores written by earlier versions: they open, replay to what they said then, and verify."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from taizhang.words.errors import Refused
from taizhang.workspace import Workspace
from taizhang_eventstore.personal.cipher import ERASED, MISSING
from taizhang_eventstore.seals.seals import keys_of
from taizhang_eventstore.verifying.verifying import verify

HERE = Path(__file__).parent
KEPT = sorted(path.name for path in HERE.glob("v*") if path.is_dir())


@pytest.fixture(scope="module")
def script() -> ModuleType:
    """The script that writes such a store."""
    spec = importlib.util.spec_from_file_location("golden_make", HERE / "make.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def expected_of(name: str) -> Any:
    return json.loads((HERE / name / "expected.json").read_text("utf-8"))


def test_they_are_kept_byte_for_byte() -> None:
    """``SHA256SUMS`` gains the lines of a new store; none of its lines ever changes."""
    listed = dict(
        reversed(line.split("  ")) for line in (HERE / "SHA256SUMS").read_text().splitlines()
    )
    found = {
        str(path.relative_to(HERE)): hashlib.sha256(path.read_bytes()).hexdigest()
        for name in KEPT
        for path in (HERE / name).rglob("*")
        if path.is_file()
    }
    assert found == listed
    assert {"v0", "v1", "v2", "v3"} <= set(KEPT)


def test_what_is_kept_of_one() -> None:
    held = {path.name for path in (HERE / "v1").iterdir()}
    assert not held & {"seal.key", "ledger.db"}
    assert "keys.db" in held
    assert {"events.db", "seals", "expected.json"} <= held


@pytest.mark.parametrize("name", KEPT)
def test_it_verifies(name: str) -> None:
    expected = expected_of(name)
    keys = [key for text in expected["keys"] for key in keys_of(text)]
    report = verify(HERE / name, keys=keys)
    assert report.verified, report.text()
    assert report.sealed == report.events == expected["events"]


def _writable(store: Path) -> Workspace:
    return Workspace.open(store)


def _read_only(store: Path) -> Workspace:
    return Workspace.open(store, read_only=True)


@pytest.mark.parametrize("opened", [_writable, _read_only], ids=["writable", "read-only"])
@pytest.mark.parametrize("name", KEPT)
def test_it_says_what_it_said(
    name: str, opened: Callable[[Path], Workspace], script: ModuleType, tmp_path: Path
) -> None:
    expected = expected_of(name)
    store = Path(shutil.copytree(HERE / name, tmp_path / "store"))
    with opened(store) as ws:
        assert ws.log.counts() == expected["types"]
        for then in expected["clocks"]:
            now = script.totals(ws, then["on"], then["known"])
            for what, said in then.items():
                if what in now:
                    # Tables that a later version adds are not in what was said then.
                    kept = {k: now[what][k] for k in said} if isinstance(said, dict) else now[what]
                    assert kept == said, (then["on"], then["known"], what)
        assert sorted(f"{f.code} #{f.src}" for f in ws.findings()) == expected["findings"]


WITH_AN_ERASURE = [name for name in KEPT if "erased" in expected_of(name)]


def _members(ws: Workspace, member: str, day: str) -> list[str]:
    return [str(row["name"]) for row in ws.at(day).rows("members", id=member)]


@pytest.mark.parametrize("keys", ["its own", "older", "none"])
@pytest.mark.parametrize("opened", [_writable, _read_only], ids=["writable", "read-only"])
@pytest.mark.parametrize("name", WITH_AN_ERASURE)
def test_who_was_erased_stays_so(
    name: str, opened: Callable[[Path], Workspace], keys: str, script: ModuleType, tmp_path: Path
) -> None:
    erased = expected_of(name)["erased"]
    member, before = erased["member"], erased["before"]
    store = Path(shutil.copytree(HERE / name, tmp_path / "store"))
    older = (store / script.OLDER_KEYS).rename(tmp_path / "older.db")
    (store / "expected.json").unlink()
    if keys == "older":
        shutil.copyfile(older, store / "keys.db")
    elif keys == "none":
        (store / "keys.db").unlink()
    others = MISSING if keys == "none" else "张伟"
    with opened(store) as ws:
        for day in ("2006-12-31", "2010-12-31"):
            assert _members(ws, member, day) == [ERASED]
        named = {r["id"] for r in ws.at("2010-12-31").rows("members") if r["name"] == others}
        assert named
        assert member not in named
        for then in before["clocks"]:
            # Positions counted from the end are others, for the erasure is an event itself.
            if then["known"] is None or then["known"] < before["events"] // 2 + 1:
                now = script.totals(ws, then["on"], then["known"])
                for what in ("rows", "minutes", "branches"):
                    was = then[what]
                    assert ({k: now[what][k] for k in was} if what == "rows" else now[what]) == was
        assert bool(ws.warnings()) == (keys == "none")
    report = verify(store)
    assert report.verified, report.text()
    for path in store.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            assert not [t for t in erased["texts"] if t.encode() in data], path
    if keys == "older" and opened is _writable:
        with closing(sqlite3.connect(store / "keys.db")) as db:
            kept = {subject for (subject,) in db.execute("SELECT subject FROM keys")}
        assert f"member:{member}" not in kept
        assert kept


def test_one_of_before_sealing_takes_no_more_personal_data(tmp_path: Path) -> None:
    store = Path(shutil.copytree(HERE / "v0", tmp_path / "store"))
    with Workspace.open(store) as ws:
        ws.record("organisation.found", {"name": "新支部", "kind": "支部"}, on="2012-12-31")
        head = ws.log.head()
        with pytest.raises(Refused, match="reseal"):
            ws.void(head, reason="试")
        assert ws.log.head() == head


@pytest.mark.parametrize("name", [k for k in KEPT if k != "v0"])
def test_it_can_be_worked_with(name: str, tmp_path: Path) -> None:
    store = Path(shutil.copytree(HERE / name, tmp_path / "store"))
    with Workspace.open(store) as ws:
        ws.record("organisation.found", {"name": "新支部", "kind": "支部"}, on="2012-12-31")
        head = ws.log.head()
        ws.void(head, reason="试")
    report = verify(store)
    assert report.verified, report.text()
    assert report.events == head + 1


def test_the_script_records_everything_that_there_is(script: ModuleType, tmp_path: Path) -> None:
    expected = script.make(tmp_path / "made")
    with Workspace.open(tmp_path / "made") as ws:
        declared = ws.registry.event_of.values()
        assert "liudai" in {e.owner for e in declared}
        # What a store's own commands record has stories of its own.
        wanted = {t for e in declared if e.owner != "store" for t in ws.log.stored_types(e.name)}
    assert wanted - set(expected["types"]) == set()
    assert {"store.opened@1", "event.voided@1"} <= set(expected["types"])
