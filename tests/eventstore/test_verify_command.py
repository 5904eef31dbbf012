"""The verifying command: it needs nothing of the floors above, and ends with the right code."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from taizhang_eventstore.command import main

Store = Any
"""The one of conftest.py: no test imports another file of tests."""


def test_the_command_needs_nothing_of_the_floors_above(sealed: Store) -> None:
    unwanted = (
        "taizhang", "taizhang_liudai", "taizhang_tui", "textual", "sqlite_utils", "pluggy",
        "eventsourcing", "click",
    )  # fmt: skip
    code = (
        "import sys\nfrom taizhang_eventstore.command import main\n"
        f"code = main(['verify', {str(sealed.root)!r}])\n"
        f"print([m for m in {unwanted!r} if m in sys.modules])\nsys.exit(code)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.splitlines()[-1] == "[]"
    assert ran.stdout.startswith("核验通过")


def test_the_command_and_its_exit_codes(sealed: Store, tmp_path: Path) -> None:
    def call(*words: object, **env: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "taizhang_eventstore", *map(str, words)]
        return subprocess.run(command, capture_output=True, text=True, env=os.environ | env)

    key = sealed.seals.verifiers()[0].encode()
    good = call("verify", sealed.root, "--key", key, "--json")
    assert good.returncode == 0
    assert '"verified": true' in good.stdout
    assert call("verify", sealed.root, "--key", sealed.seals.public).returncode == 0
    assert call("verify", tmp_path / "nowhere").returncode == 1
    assert call("verify").returncode == 2
    assert call("verify", sealed.root, "--key", "x+y+z").returncode == 2
    sealed.sql("UPDATE events SET type = 'member.left@1' WHERE seq = 7")
    bad = call("verify", sealed.root, TAIZHANG_LANG="en")
    assert bad.returncode == 3
    assert "The first event that does not fit: 7." in bad.stdout
    assert bad.stderr == ""


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "缺少 COMMAND"),
        (("verify",), "缺少 DIR；见 taizhang-verify verify --help"),
        (("bogus",), "没有这个命令：bogus"),
        (("verify", "a", "b"), "多余的参数 b"),
        (("verify", "a", "--key"), "--key 缺少值"),
        (("verify", "a", "--json=1"), "--json 不带值"),
    ],
)
def test_wrong_words_are_one_chinese_sentence(
    words: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        main(words)
    (line,) = capsys.readouterr().err.splitlines()
    assert left.value.code == 2
    assert line.startswith("错误：" + said)
    assert "--help" in line


@pytest.mark.parametrize("command", [(), ("verify",), ("verify-proof",)])
def test_help_speaks_the_language_of_the_process(
    command: tuple[str, ...], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    english = ("usage", "positional", "options", "show this")
    with pytest.raises(SystemExit):
        main([*command, "--help"])
    page = capsys.readouterr().out
    assert page.startswith("用法：taizhang-verify")
    assert "\n选项：\n" in page
    assert not [word for word in english if word in page.lower()]
    monkeypatch.setenv("TAIZHANG_LANG", "en")
    with pytest.raises(SystemExit):
        main([*command, "--help"])
    page = capsys.readouterr().out
    assert page.isascii()
    assert page.startswith("Usage: taizhang-verify")
