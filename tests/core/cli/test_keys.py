"""What unlocks a store: changed and killed at it, put back, named wrongly, harmed, too easy to guess."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

import pytest

from taizhang.cli import main
from taizhang_eventstore.personal import keys as module
from taizhang_eventstore.personal import wrapping
from taizhang_eventstore.personal.keys import settings_of

from .conftest import Command, register

NAME = "欧阳修远"
KILLED = (
    "import os, signal, sys\n"
    "from taizhang.store import unlocking\n"
    "unlocking.remember = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
    "from taizhang.cli import main\n"
    "main(sys.argv[1:])\n"
)
"""Dies when `keys.db` has been written, and the settings have not."""


@pytest.fixture
def store(office: Command, tmp_path: Path) -> Path:
    """A store with one member."""
    assert register(office, NAME, "第一支部").code == 0
    return tmp_path / "store"


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passphrases that are stretched less."""
    monkeypatch.setattr(wrapping, "COST", {"n": 1 << 10, "r": 8, "p": 1})


def opens(office: Command, store: Path | None = None) -> None:
    shown = office("show", "members", store=store)
    assert (shown.code, shown.err) == (0, "")
    assert NAME in shown.out


def killed(store: Path, *words: str | Path) -> None:
    """Changes what unlocks the keys, and dies at it."""
    command = [sys.executable, "-c", KILLED, "--store", store, "keys", "change", *words]
    assert subprocess.run(command, check=False).returncode == -signal.SIGKILL


def test_a_change_that_was_killed_leaves_a_store_that_opens(
    office: Command, store: Path, tmp_path: Path
) -> None:
    killed(store, "--key-file", tmp_path / "usb.key")
    opens(office)
    killed(store)
    opens(office)
    assert office("keys", "change", "--key-file", store / "own.key").code == 0
    killed(store, "--key-file", tmp_path / "other.key")
    opens(office)
    killed(store, "--key-file", store / "again.key")
    opens(office)
    # One that stands in the store is found where the store goes.
    opens(office, Path(shutil.move(store, tmp_path / "moved")))


def test_where_no_file_has_the_id_all_are_named(
    office: Command, store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = tmp_path / "first.key", tmp_path / "second.key"
    assert office("keys", "change", "--key-file", first).code == 0
    assert office("keys", "change", "--key-file", second).code == 0
    wanted = settings_of(store / "keys.db")["file"]
    monkeypatch.setenv("TAIZHANG_KEY_FILE", str(first))
    refused = office("overview")
    assert refused.code == 1
    assert f"{second} 是它" in refused.err
    assert wanted in refused.err
    monkeypatch.delenv("TAIZHANG_KEY_FILE")
    shutil.copy(first, second)
    refused = office("overview")
    assert refused.code == 1
    assert len(refused.err.splitlines()) == 1
    for said in (wanted, str(second), first.read_text().split()[1], f"{wanted}.key（没有）"):
        assert said in refused.err


@pytest.mark.parametrize("where", ["usb", "own", "usual"])
def test_a_backup_of_before_a_change_is_restored(
    office: Command, store: Path, tmp_path: Path, where: str
) -> None:
    assert office("keys", "change", "--key-file", tmp_path / "before.key").code == 0
    assert office("backup", tmp_path / "b").code == 0
    chosen = {"usb": tmp_path / "usb.key", "own": store / "own.key", "usual": None}[where]
    more = () if chosen is None else ("--key-file", chosen)
    assert office("keys", "change", *more).code == 0
    (tmp_path / "before.key").unlink()
    # As earlier versions wrote it, keys do not say where the file stands.
    with closing(sqlite3.connect(store / "keys.db")) as db:
        db.execute("DELETE FROM settings WHERE name = 'place'")
        db.commit()
    made = office("restore", tmp_path / "b", "--over")
    assert made.code == 0, made.err
    opens(office)


def test_keys_that_are_locked_or_damaged_are_two_sentences(
    office: Command, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0.1)
    with closing(sqlite3.connect(store / "keys.db", isolation_level=None)) as db:
        db.execute("BEGIN EXCLUSIVE")
        locked = office("show", "members")
    assert locked.code == 1
    assert "keys.db 正被另一个程序占用" in locked.err
    opens(office)
    with (store / "keys.db").open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 4096)
    for words in (("show", "members"), ("keys", "status")):
        damaged = office(*words)
        assert damaged.code == 3
        assert "keys.db 已损坏" in damaged.err
    (check,) = (c for c in office("doctor", "--json").json["checks"] if c["check"] == "keys")
    assert check["state"] == "damaged"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody who may not")
def test_keys_that_may_not_be_read_are_that(store: Path) -> None:
    for path in (store, *store.parents[:-1]):
        os.chmod(path, 0o755)
    for path in store.rglob("*"):
        os.chmod(path, 0o600 if path.name == "keys.db" else 0o755)

    (elsewhere := store.parent / "tmp").mkdir()
    os.chmod(elsewhere, 0o777)

    def said(*words: str) -> str:
        with (store.parent / "said").open("w+") as out:
            if not (child := os.fork()):
                os.dup2(out.fileno(), 1)
                os.dup2(out.fileno(), 2)
                os.setuid(65534)
                tempfile.tempdir = str(elsewhere)
                sys.stdout, sys.stderr = os.fdopen(1, "w"), os.fdopen(2, "w")
                try:
                    main(["--store", str(store), *words])
                finally:
                    sys.stdout.flush()
                    sys.stderr.flush()
                    os._exit(0)
            os.waitpid(child, 0)
            out.seek(0)
            return out.read()

    assert "没有权限读密钥库" in said("--read-only", "show", "members")
    assert "! 问题 个人资料密钥：没有权限读密钥库" in said("doctor")


def test_keys_that_stay_locked_are_not_called_lost(
    office: Command, store: Path, tmp_path: Path
) -> None:
    """What a store from elsewhere names as its key file is not opened."""
    assert office("keys", "change", "--key-file", tmp_path / "usb.key").code == 0
    wanted = settings_of(store / "keys.db")["file"]
    shown = office("--read-only", "show", "members")
    assert shown.code == 0
    assert NAME not in shown.out
    assert "不见了" not in shown.err
    assert wanted in shown.err


@pytest.mark.parametrize("harm", ["zeroblob(92)", "x'00'", "wrapped || x'00'", "'text'"])
def test_a_key_that_does_not_unwrap_is_found(office: Command, store: Path, harm: str) -> None:
    (check,) = (c for c in office("doctor", "--json").json["checks"] if c["check"] == "keys")
    assert check["state"] == "ok"
    with closing(sqlite3.connect(store / "keys.db")) as db:
        (subject,) = db.execute("SELECT max(subject) FROM keys").fetchone()
        db.execute(f"UPDATE keys SET wrapped = {harm} WHERE subject = ?", (subject,))
        db.commit()
    examined = office("doctor", "--json")
    assert examined.code == 3
    (check,) = (c for c in examined.json["checks"] if c["check"] == "keys")
    assert (check["state"], subject in check["zh"]) == ("damaged", True)


WEAK = (
    "新口令",
    "123456789012345678",
    "aaaaaaaaaaaaaaaaaaaaaa",
    "Password2026!",
    "abcabcabcabcabcabc",
)


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("text", WEAK)
def test_a_passphrase_that_is_easily_guessed_is_refused(
    office: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    before = (tmp_path / "store" / "keys.db").read_bytes()
    monkeypatch.setenv("TAIZHANG_PASSPHRASE", text)
    for words, store in ((("keys", "change", "--passphrase"), None), (("init",), tmp_path / "new")):
        refused = office(*words, store=store)
        assert refused.code == 1
        assert "太容易猜" in refused.err
    assert (tmp_path / "store" / "keys.db").read_bytes() == before
    for strong in ("湖上春风又一年", "k7#Qz!w9x", "correct horse"):
        monkeypatch.setenv("TAIZHANG_PASSPHRASE", strong)
        assert office("init", store=tmp_path / strong).code == 0


def test_an_older_cost_opens_and_is_raised_by_a_change(
    office: Command, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TAIZHANG_PASSPHRASE", "湖上春风又一年")
    with monkeypatch.context() as older:
        older.setattr(wrapping, "COST", {"n": 1 << 10, "r": 8, "p": 1})
        assert office("keys", "change", "--passphrase").code == 0
    opens(office)
    (check,) = (c for c in office("doctor", "--json").json["checks"] if c["check"] == "keys")
    assert (check["state"], "keys change" in check["zh"]) == ("notice", True)
    changed = office("keys", "change", "--passphrase")
    assert changed.code == 0
    assert "半秒" in changed.out
    assert int(settings_of(store / "keys.db")["n"]) >= 1 << 17
    opens(office)
