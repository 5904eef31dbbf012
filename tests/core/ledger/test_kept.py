"""The ledger of a store that is only looked at is computed once, and not again for each command."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from taizhang.cli import main
from taizhang.ledger.kept import LONGEST, NOTE, Kept, place
from taizhang.workspace import Workspace

PHRASE = "UPDATE _organisations SET kind = '党委'"
"""What no log says: whoever shows it has read a ledger that was kept."""


def _store(path: Path) -> None:
    with Workspace.init(path) as ws:
        ws.record("organisation.found", {"name": "甲支部", "kind": "支部"}, on="2010-01-01")


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's cache directory, as far as these tests go."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return place()


@pytest.fixture
def store(copied: Callable[..., Path], cache: Path) -> Path:
    """A store without a ledger."""
    path = copied(_store)
    (path / "ledger.db").unlink()
    return path


def kinds(store: Path, *, elsewhere: bool = True) -> list[str]:
    """What a command would show of it."""
    with Workspace.open(store, read_only=True, from_elsewhere=elsewhere) as ws:
        return [row["kind"] for row in ws.at("2012-01-01").rows("organisations")]


def doctored(cache: Path, sql: str = PHRASE) -> Path:
    """The only ledger that is kept, changed by hand."""
    (folder,) = cache.iterdir()
    with closing(sqlite3.connect(folder / "ledger.db")) as db:
        db.execute(sql)
        db.commit()
    return folder


@pytest.mark.parametrize("elsewhere", [False, True], ids=["own", "elsewhere"])
def test_it_is_computed_once_and_is_for_its_owner_only(
    store: Path, cache: Path, elsewhere: bool
) -> None:
    assert kinds(store, elsewhere=elsewhere) == ["支部"]
    folder = doctored(cache)
    assert kinds(store, elsewhere=elsewhere) == ["党委"]
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {f.stat().st_mode & 0o077 for f in folder.iterdir() if f.name != NOTE} == {0}
    # What came with the store is in one of them, and nothing but what the log says in the other.
    assert kinds(store, elsewhere=not elsewhere) == ["支部"]
    assert len(list(cache.iterdir())) == 2


def test_a_command_and_the_next(
    store: Path, cache: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for said in ("支部", "党委"):
        with pytest.raises(SystemExit) as leave:
            main(["--store", str(store), "--read-only", "show", "organisations", "--json"])
        assert leave.value.code == 0
        assert f'"kind": "{said}"' in capsys.readouterr().out
        doctored(cache)
    assert not (store / "ledger.db").exists()


def test_another_log_other_code_and_other_keys_are_computed_anew(store: Path, cache: Path) -> None:
    assert kinds(store) == ["支部"]
    doctored(cache)
    with Workspace.open(store) as ws:
        ws.record("organisation.found", {"name": "乙支部", "kind": "支部"}, on="2010-01-01")
    assert kinds(store) == ["支部", "支部"]
    doctored(cache, "UPDATE _tracking SET fingerprint = 'another'")
    doctored(cache)
    assert kinds(store) == ["支部", "支部"]
    # The same bytes, put there by somebody else.
    doctored(cache)
    log = store / "events.db"
    log.write_bytes(log.read_bytes())
    assert kinds(store) == ["支部", "支部"]


def test_what_serves_nobody_is_removed(store: Path, cache: Path, tmp_path: Path) -> None:
    other = Path(shutil.copytree(store, tmp_path / "other"))
    assert kinds(other) == kinds(store) == ["支部"]
    assert len(list(cache.iterdir())) == 2
    shutil.rmtree(other)
    assert kinds(store) == ["支部"]
    (folder,) = cache.iterdir()
    third = Path(shutil.copytree(store, tmp_path / "third"))
    past = time.time() - LONGEST - 1
    os.utime(folder / NOTE, (past, past))
    assert kinds(third) == ["支部"]
    assert not folder.exists()


def test_who_was_erased_stays_in_none(store: Path, cache: Path) -> None:
    with Workspace.open(store) as ws:
        fields = {"name": "王小明", "organisation": "甲支部"}
        member = ws.record("member.register", fields, on="2010-01-01").ids["member"]
    with Workspace.open(store, from_elsewhere=True) as ws:
        assert [row["name"] for row in ws.at().rows("members")] == ["王小明"]
    (folder,) = cache.iterdir()
    with pytest.raises(SystemExit) as leave:
        main(["--store", str(store), "erase", member, "--reason", "本人要求", "--yes"])
    assert leave.value.code == 0
    assert not folder.exists()


def test_beside_one_that_computes_and_after_one_that_was_killed(store: Path, cache: Path) -> None:
    code = (
        "import os, sys; from taizhang.ledger.projector import Projector;"
        "Projector.catch_up = lambda *_: os.kill(os.getpid(), 9);"
        "from taizhang.workspace import Workspace; Workspace.open(sys.argv[1], from_elsewhere=True)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(store)], check=False)
    assert done.returncode == -9
    assert (next(cache.iterdir()) / "ledger.db").exists()
    computing = Kept(store / "ledger.db", distrusted=True)
    assert computing.find() is None
    assert computing.begin() is not None
    with Workspace.open(store, from_elsewhere=True) as ws:
        assert not ws.ledger.path.is_relative_to(cache)
        assert len(ws.at("2012-01-01").rows("organisations")) == 1
    computing.close()
    assert kinds(store) == ["支部"]
    doctored(cache)
    assert kinds(store) == ["党委"]
