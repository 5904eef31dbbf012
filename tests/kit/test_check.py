"""``plugins check``: the static part of the contract, by the real program, on what an author has before him."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]

PROGRAM = (sys.executable, "-c", "from taizhang.cli import main; main()")


def check(*words: str | Path, **more: str) -> subprocess.CompletedProcess[str]:
    """``taizhang plugins check``."""
    command = [*PROGRAM, "plugins", "check", *map(str, words)]
    return subprocess.run(
        command,
        capture_output=True,
        encoding="utf-8",
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"} | more,
        check=False,
    )


def told(path: Path) -> list[dict[str, Any]]:
    """What it says in JSON of the only programme at a path."""
    done = check(path, "--json")
    (one,) = json.loads(done.stdout)
    assert done.returncode == (1 if one["troubles"] else 0), done.stderr
    found = one["troubles"]
    assert isinstance(found, list)
    return found


def test_all_that_are_installed_are_sound() -> None:
    done = check()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "liudai：没有问题" in done.stdout


def test_what_is_wrong_is_listed_with_exit_code_1() -> None:
    done = check(HERE / "broken" / "labels.py")
    assert done.returncode == 1
    assert done.stdout == "[labels] labels labels.post_taken.post：“民事调解岗”没有英文\n"
    said = check(HERE / "broken" / "labels.py", TAIZHANG_LANG="en").stdout
    assert said == "[labels] labels labels.post_taken.post: '民事调解岗' has no English\n"


@pytest.mark.parametrize("name", ["heading", "forbidden", "hooks", "names"])
def test_each_static_defect_is_found(name: str) -> None:
    assert {t["check"] for t in told(HERE / "broken" / f"{name}.py")} == {name}


def test_a_project_and_a_package_are_found() -> None:
    assert told(ROOT / "tests" / "distribution" / "shuxiang") == []
    assert told(ROOT / "plugins" / "taizhang_liudai") == []


def test_what_asks_for_what_is_not_here_is_not_run(tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    file = tmp_path / "demo1.py"
    for heading in (
        'programme = Programme("demo1", "试验|Trial", api=9)',
        'programme = Programme("demo1", "试验|Trial", needs=("nobody",))',
        "programme = Programme(id)",
    ):
        file.write_text(
            f"open({str(ran)!r}, 'w')\nfrom taizhang.api import *\n{heading}\n", "utf-8"
        )
        assert [t["check"] for t in told(file)] == ["heading"]
        assert not ran.exists()


@pytest.mark.parametrize("code", ["raise SystemExit(3)", "1 / 0", "def again(): again()\nagain()"])
def test_one_that_cannot_be_loaded_is_told_in_one_sentence(tmp_path: Path, code: str) -> None:
    file = tmp_path / "demo1.py"
    head = 'from taizhang.api import *\nprogramme = Programme("demo1", "试验|Trial")\n'
    file.write_text(head + code, "utf-8")
    (found,) = told(file)
    assert found["what"].startswith("不能载入：")


def test_where_there_is_none_it_says_so(tmp_path: Path) -> None:
    done = check(tmp_path)
    assert done.returncode == 2
    assert "没有插件" in done.stderr
    assert "Traceback" not in done.stderr
