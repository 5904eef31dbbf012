"""Opening a store to look at it only: nothing is written in it, whatever it holds and lacks."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from taizhang.cli import main
from taizhang.words.errors import Refused
from taizhang.workspace import Workspace
from taizhang_eventstore.errors import StoreDamaged
from taizhang_eventstore.recorders.sqlite import SQLiteDCBRecorder

Files = dict[str, tuple[bytes, int, int]]


def files(root: Path) -> Files:
    """Everything in a directory: bytes, time of change, permissions."""
    return {
        str(path.relative_to(root)): (
            path.read_bytes() if path.is_file() else b"",
            path.stat().st_mtime_ns,
            path.stat().st_mode,
        )
        for path in [root, *sorted(root.rglob("*"))]
    }


def record(ws: Workspace, *names: str) -> None:
    for name in names:
        ws.record("organisation.found", {"name": name, "kind": "支部"}, on="2010-01-01")


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The system's temporary directory, as far as these tests go."""
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    monkeypatch.setenv("TMPDIR", str(place))
    return place


@pytest.fixture
def store(tmp_path: Path, temporary: Path) -> Path:
    path = tmp_path / "store"
    with Workspace.init(path) as ws:
        record(ws, "甲支部", "乙支部")
    return path


def as_closed(store: Path) -> None:
    """Nothing to do."""


def without_ledger(store: Path) -> None:
    (store / "ledger.db").unlink()


def with_a_ledger_behind(store: Path) -> None:
    kept = (store / "ledger.db").read_bytes()
    with Workspace.open(store) as ws:
        record(ws, "丙支部")
    (store / "ledger.db").write_bytes(kept)


def with_a_torn_ledger(store: Path) -> None:
    with (store / "ledger.db").open("r+b") as file:
        file.seek(4_096)
        file.write(b"\xff" * 60_000)


def with_something_else_as_ledger(store: Path) -> None:
    (store / "ledger.db").write_bytes(b"no database at all")


def with_a_ledger_of_other_code(store: Path) -> None:
    with sqlite3.connect(store / "ledger.db") as db:
        db.execute("UPDATE _tracking SET fingerprint = 'another'")
        db.execute("DELETE FROM _organisations")
    db.close()


def as_killed(store: Path) -> None:
    """-wal and -shm of both files stay behind, with events in them."""
    code = (
        "import os, sys; from taizhang.workspace import Workspace; ws = Workspace.open(sys.argv[1]);"
        "ws.record('organisation.found', {'name': '丙支部', 'kind': '支部'}, on='2010-01-01');"
        "os.kill(os.getpid(), 9)"
    )
    assert subprocess.run([sys.executable, "-c", code, str(store)], check=False).returncode == -9
    assert (store / "events.db-wal").stat().st_size
    assert (store / "events.db-shm").exists()


def as_copied_in_use(store: Path) -> None:
    as_killed(store)
    for name in ("events.db-shm", "ledger.db-shm"):
        (store / name).unlink()


STATES = (
    as_closed,
    without_ledger,
    with_a_ledger_behind,
    with_a_torn_ledger,
    with_something_else_as_ledger,
    with_a_ledger_of_other_code,
    as_killed,
    as_copied_in_use,
)


@pytest.mark.parametrize(
    "elsewhere",
    [False, pytest.param(True, marks=pytest.mark.slow)],
    ids=["own", "elsewhere"],
)
@pytest.mark.parametrize("state", STATES, ids=lambda s: s.__name__)
def test_nothing_is_written(
    store: Path, temporary: Path, state: Callable[[Path], None], elsewhere: bool
) -> None:
    state(store)
    before = files(store)
    with Workspace.open(store, read_only=True, from_elsewhere=elsewhere) as ws:
        names = [r["name"] for r in ws.at("2012-01-01").rows("organisations")]
        assert names == ["甲支部", "乙支部", "丙支部"][: ws.log.head() - 1]
        assert len(ws.reader().rows("organisations")) == len(names)
        assert ws.findings() == []
        with pytest.raises(Refused, match="只读"):
            record(ws, "丁支部")
        assert files(store) == before
    assert files(store) == before
    assert list(temporary.iterdir()) == []
    # And what was only looked at can still be worked with.
    with Workspace.open(store) as ws:
        record(ws, "丁支部")
        assert len(ws.at("2012-01-01").rows("organisations")) == len(names) + 1


def test_by_command(store: Path, temporary: Path, capsys: pytest.CaptureFixture[str]) -> None:
    without_ledger(store)
    before = files(store)

    def call(*words: str) -> tuple[int | str | None, str, str]:
        with pytest.raises(SystemExit) as leave:
            main(["--store", str(store), "--read-only", *words])
        said = capsys.readouterr()
        return leave.value.code, said.out, said.err

    code, out, _ = call("show", "organisations", "--json")
    assert code == 0
    assert "乙支部" in out
    for words in (("record", "organisation.found"), ("seal",), ("plugins", "disable", "liudai")):
        code, _, err = call(*words)
        assert code == 2
        assert "--read-only" in err
    assert files(store) == before
    assert list(temporary.iterdir()) == []


def test_a_doctored_ledger_is_not_believed(store: Path) -> None:
    with sqlite3.connect(store / "ledger.db") as db:
        db.execute("UPDATE _organisations SET kind = '党委'")
    db.close()
    with Workspace.open(store, from_elsewhere=True) as ws:
        assert {r["kind"] for r in ws.at("2012-01-01").rows("organisations")} == {"支部"}


def test_a_writer_that_comes_later_is_followed(store: Path) -> None:
    for options in ({"read_only": True}, {"from_elsewhere": True}):
        with Workspace.open(store, **options) as looking:
            before = len(looking.at("2012-01-01").rows("organisations"))
            with Workspace.open(store) as ws:
                record(ws, f"第{before}支部")
            looking.catch_up()
            assert len(looking.at("2012-01-01").rows("organisations")) == before + 1


def test_beside_a_writer(store: Path) -> None:
    with Workspace.open(store) as ws, Workspace.open(store, read_only=True) as looking:
        assert looking.ledger.path == store / "ledger.db"
        record(ws, "丙支部")
        looking.catch_up()
        assert len(looking.at("2012-01-01").rows("organisations")) == 3


def test_what_a_dead_process_left_is_removed(
    store: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nothing can be kept, a ledger stands in the temporary directory as long as it is open."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(store / "events.db"))
    code = (
        "import os, sys; from taizhang.workspace import Workspace;"
        "Workspace.open(sys.argv[1], from_elsewhere=True); os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", code, str(store)], check=False)
    left = list(temporary.iterdir())
    assert len(left) == 1
    assert left[0].stat().st_mode & 0o077 == 0, "nobody else may read the names in it"
    with Workspace.open(store, from_elsewhere=True), Workspace.open(store, from_elsewhere=True):
        assert not left[0].exists()
        assert len(list(temporary.iterdir())) == 2, "what is in use stays"
    assert list(temporary.iterdir()) == []


# A read-only medium


@pytest.fixture
def medium(disk: Callable[[str], Path]) -> Path:
    """A disk that is mounted read-only by the time it is used: ``write`` first, then ``freeze``."""
    return disk("16m")


@pytest.mark.parametrize("state", [as_closed, without_ledger, as_killed], ids=lambda s: s.__name__)
def test_on_a_read_only_medium(
    store: Path, medium: Path, state: Callable[[Path], None], capsys: pytest.CaptureFixture[str]
) -> None:
    state(store)
    there = Path(shutil.copytree(store, medium / "store"))
    subprocess.run(["mount", "-o", "remount,ro", str(medium)], check=True)
    for words in (["show", "organisations"], ["--read-only", "show", "organisations"], ["verify"]):
        with pytest.raises(SystemExit) as leave:
            main(["--store", str(there), *words])
        said = capsys.readouterr()
        assert leave.value.code == 0, said.err
    with pytest.raises(SystemExit) as leave:
        main(["--store", str(there), "rebuild"])
    assert leave.value.code == 1
    assert "不能写入" in capsys.readouterr().err


# What a store from elsewhere may hold

HOSTILE = """
PERSISTENCE_MODULE = "hostile"
SQLITE_DBNAME = "{elsewhere}"
disabled = ["../../../etc", "hostile"]
key_file = "{elsewhere}"
plugins = ["hostile", "liudai"]
templates = "{elsewhere}"
[store]
ledger = "{elsewhere}"
"""


def test_a_store_from_elsewhere_executes_nothing(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Code, templates, settings and SQL that came with a directory stay as they came."""
    mark = tmp_path / "executed"
    code = f"open({str(mark)!r}, 'w').write('x')\n"
    for folder in ("plugins", "templates", "files", "drafts"):
        (store / folder).mkdir(exist_ok=True)
    for name in ("hostile.py", "__init__.py", "conftest.py", "sitecustomize.py", "taizhang.py"):
        (store / "plugins" / name).write_text(code)
        (store / name).write_text(code)
    (store / "templates" / "report.html").write_text(
        "{{ ''.__class__.__mro__[1].__subclasses__() }}"
    )
    (store / "config.toml").write_text(HOSTILE.format(elsewhere=tmp_path / "elsewhere"))
    with SQLiteDCBRecorder(store / "events.db") as recorder:
        kept = recorder.head()
    for name in ("events.db", "ledger.db"):
        with sqlite3.connect(store / name) as db:
            table = "events" if name == "events.db" else "_meta"
            db.execute(f"CREATE VIEW hostile AS SELECT load_extension('{tmp_path}/hostile.so')")
            db.execute(
                f"CREATE TRIGGER hostile AFTER INSERT ON {table} BEGIN"
                f" SELECT writefile('{mark}', 'x'); END"
            )
        db.close()
    monkeypatch.chdir(store)
    for words in (["overview"], ["plugins", "list"], ["verify"], ["events"]):
        subprocess.run(
            [sys.executable, "-m", "taizhang.cli", "--store", str(store), "--read-only", *words],
            capture_output=True, check=False, env={**os.environ, "PYTHONSAFEPATH": "1"},
        )  # fmt: skip
        with pytest.raises(SystemExit):
            main(["--store", str(store), "--read-only", *words])
    with pytest.raises(StoreDamaged, match="表结构不是本程序写的"):
        Workspace.open(store, from_elsewhere=True)
    with sqlite3.connect(store / "events.db") as db:
        db.execute("DROP TRIGGER hostile")
        db.execute("DROP VIEW hostile")
    db.close()
    with Workspace.open(store, from_elsewhere=True) as ws:
        assert ws.log.head() == kept
        assert [p.name for p in ws.plugins if p.state == "loaded"] == ["liudai"]
        assert type(ws.log.recorder) is SQLiteDCBRecorder
    assert not mark.exists()
    assert not (tmp_path / "elsewhere").exists()
