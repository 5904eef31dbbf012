"""What the system refuses is told as one cause, and a good log is never called damaged for it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import Command

PROGRAM = "from taizhang.cli import main; main()"
READING = (
    ("overview",),
    ("--read-only", "overview"),
    ("events",),
    ("verify",),
    ("prove", "1"),
    ("doctor",),
)


def checks(office: Command, store: Path) -> dict[str, str]:
    """What `doctor` says, check by check."""
    return {c["check"]: c["state"] for c in office("doctor", "--json", store=store).json["checks"]}


def test_a_path_that_is_too_long_for_sqlite_is_that(office: Command, tmp_path: Path) -> None:
    deep = tmp_path.joinpath("甲" * 60, "乙" * 60, "丙" * 60)
    deep.mkdir(parents=True)
    shutil.copytree(tmp_path / "store", deep / "store")
    for words in (*READING, ("seal",), ("backup", tmp_path / "b"), ("rebuild",)):
        said = office(*words, store=deep / "store")
        assert "路径太长" in said.err + said.out, words
        assert said.code == 1
        assert "✗ 损坏" not in said.out
    assert office("init", store=deep / "new").code == 1
    assert os.listdir(deep / "new") == []


def test_a_read_only_medium_is_that(
    office: Command, tmp_path: Path, disk: Callable[[str], Path]
) -> None:
    place = disk("16m")
    store = Path(shutil.copytree(tmp_path / "store", place / "store"))
    subprocess.run(["mount", "-o", "remount,ro", str(place)], check=True)
    for words in (("seal",), ("record", "organisation.found", "--name", "丙", "--kind", "支部")):
        said = office(*words, store=store)
        assert said.code == 1
        assert "介质是只读的" in said.err
        assert "权限" not in said.err
    assert "damaged" not in checks(office, store).values()


@pytest.mark.parametrize("name", ["events.db", "keys.db", "ledger.db"])
def test_what_is_no_file_is_that(office: Command, tmp_path: Path, name: str) -> None:
    store = tmp_path / "store"
    (store / name).unlink()
    (store / name).mkdir()
    said = office("overview")
    # Without a ledger one is computed elsewhere, and that is said.
    assert said.code == (0 if name == "ledger.db" else 1)
    assert f"{store / name} 不是文件" in said.err
    assert "damaged" not in checks(office, store).values()


def test_what_is_no_database_is_that(office: Command, tmp_path: Path) -> None:
    (tmp_path / "store" / "events.db").write_bytes(b"plain text, no database at all\n" * 500)
    said = office("overview")
    assert said.code == 3
    assert "不是数据库文件" in said.err
    assert checks(office, tmp_path / "store")["log"] == "damaged"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no /dev/full")
@pytest.mark.parametrize("words", [["overview"], ["events", "--json"], ["doctor"], ["--help"]])
def test_an_output_that_is_full_is_that(office: Command, tmp_path: Path, words: list[str]) -> None:
    command = [sys.executable, "-c", PROGRAM, "--store", str(tmp_path / "store"), *words]
    with Path("/dev/full").open("w") as full:
        said = subprocess.run(command, check=False, stdout=full, stderr=subprocess.PIPE, text=True)
    assert said.returncode == 1
    assert said.stderr == "错误：结果输出不了：那里已满；命令已做的不受影响\n"
