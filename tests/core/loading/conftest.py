"""Programmes that are installed for one test, and the real program that meets them."""

import contextlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from officekit.notes import install

from taizhang.loading.loader import load
from taizhang.loading.sources import candidates
from taizhang.loading.trust import trust
from taizhang.store.paths import StorePaths
from taizhang.workspace import Workspace


class Office:
    """A store, a folder of installed programmes, and the program that opens the one with the other."""

    def __init__(self, folder: Path) -> None:
        self.store = folder / "store"
        self.site = folder / "site"
        self.site.mkdir()
        self.home = folder / "home"
        self.home.mkdir()

    def install(self, name: str, source: str, version: str = "1.0") -> Path:
        """Installs the package ``taizhang_NAME`` as pip leaves it; returns its source file."""
        return install(self.site, name, source, version)

    def command(self, words: tuple[str, ...]) -> tuple[list[str], dict[str, str]]:
        path = os.pathsep.join([str(self.site), *sys.path])
        program = [sys.executable, "-c", "from taizhang.cli import main; main()"]
        own = {"PYTHONPATH": path, "HOME": str(self.home), "PYTHONDONTWRITEBYTECODE": "1"}
        return [*program, "--store", str(self.store), *words], os.environ | own

    def run(self, *words: str, seconds: float = 60) -> subprocess.CompletedProcess[str]:
        """Runs the real program on the store."""
        command, environment = self.command(words)
        return subprocess.run(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=seconds,
            check=False,
        )

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        """Starts the real program and does not wait for it."""
        command, environment = self.command(words)
        return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)

    def hanging(self, doing: str = "", seconds: float = 90) -> int:
        """The number of the process in which a programme hangs, once that is marked."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for mark in self.store.glob(".running-*"):
                with contextlib.suppress(OSError):
                    text = mark.read_text("utf-8")
                    if text.endswith("!") and doing in text.encode().decode("unicode_escape"):
                        return int(mark.name.rpartition("-")[2])
            time.sleep(0.1)
        raise AssertionError("nobody hangs")

    def read(self, *words: str) -> Any:
        """What a command answers in JSON; it has to succeed."""
        done = self.run(*words, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def state(self, name: str) -> dict[str, Any]:
        """What became of a programme."""
        (found,) = [p for p in self.read("plugins", "list") if p["name"] == name]
        return found

    def rows(self) -> list[tuple[Any, ...]]:
        """The stored rows of everything that is not on trial."""
        with closing(sqlite3.connect(self.store / "ledger.db")) as db:
            tables = [
                name
                for (name,) in db.execute(
                    "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%src%' "
                    "AND name NOT LIKE '%demo1%' ORDER BY name"
                )
            ]
            assert "_members" in tables
            assert "_liudai_leads" in tables
            return [(t, *row) for t in tables for row in db.execute(f'SELECT * FROM "{t}"')]


class Within(Office):
    """The same office met by :class:`Workspace` in this process, which takes a hundredth of the time: the
    programme is a file in the store's own ``plugins``, which its user trusts.
    """

    def put(self, source: str) -> None:
        """Puts the programme ``demo1`` into the store."""
        file = self.store / "plugins" / "demo1.py"
        file.parent.mkdir(exist_ok=True)
        file.write_text(source, "utf-8")
        (code,) = [c.code for c in candidates(file.parent) if c.name == "demo1"]
        trust(code, "demo1")

    def open(self) -> Workspace:
        """The store, with whatever programmes may be loaded."""
        return Workspace.open(self.store, disabled=())

    def became(self) -> tuple[str, str]:
        """State and reason of the programme."""
        (found,) = [s for s in load(paths=StorePaths(self.store)).states if s.name == "demo1"]
        return found.state, found.reason


@pytest.fixture
def within(_kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Within:
    """An office with one member and one deed of 六带, in this process."""
    made = Within(tmp_path)
    shutil.copytree(_kept, made.store)
    monkeypatch.setenv("TAIZHANG_CONFIG_DIR", str(made.home))
    return made


@pytest.fixture(scope="session")
def _kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("office") / "store"
    with Workspace.init(path, disabled=()) as ws:
        on = "2012-01-01"
        branch = ws.record("organisation.found", {"name": "第一支部", "kind": "支部"}, on=on)
        made = ws.record(
            "member.register",
            {"name": "王小明", "organisation": branch.ids["organisation"]},
            on=on,
        )
        lead = {"member": made.ids["member"], "kind": "协调邻里", "minutes": "30"}
        ws.record("liudai.lead.take", lead, on="2012-03-01", accept=True)
    return path


@pytest.fixture
def office(_kept: Path, tmp_path: Path) -> Office:
    """An office with one member and one deed of 六带."""
    made = Office(tmp_path)
    shutil.copytree(_kept, made.store)
    return made
