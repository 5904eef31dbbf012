"""What users decide about programmes: in the store's files, and against other processes."""

from pathlib import Path

import pytest
from officekit.notes import BODY, HEAD

from taizhang.errors import Refused
from taizhang.loading import control
from taizhang.loading.quarantine import Quarantine
from taizhang.store import StorePaths

from .conftest import Office


def test_one_that_is_kept_out_elsewhere_is_not_said_to_be_enabled(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    (office.store / "config.toml").write_text('plugins = ["demo1"]\n', "utf-8")
    done = office.run("plugins", "enable", "liudai")
    assert done.returncode == 1
    assert "config.toml" in done.stderr
    (office.store / "config.toml").write_text('disabled = ["liudai"]\n', "utf-8")
    monkeypatch.setenv("TAIZHANG_DISABLE", "liudai")
    assert office.run("plugins", "enable", "liudai").returncode == 1
    monkeypatch.delenv("TAIZHANG_DISABLE")
    assert office.state("liudai")["state"] == "disabled", "nothing was changed"
    assert office.run("plugins", "enable", "liudai").returncode == 0
    assert office.state("liudai")["state"] == "loaded"


def test_who_never_came_back_is_released_at_once(office: Office) -> None:
    office.install("demo1", HEAD.format(name="demo1") + "import os; os._exit(9)")
    assert office.run("tables").returncode == 9
    office.install("demo1", HEAD.format(name="demo1") + BODY)
    assert office.run("plugins", "release", "demo1").returncode == 0
    assert office.state("demo1")["state"] == "loaded"


def test_a_process_that_quarantines_one_does_not_take_back_another_s_release(
    tmp_path: Path,
) -> None:
    Quarantine(tmp_path).put("a", "1", "载入|loading", "…")
    there = Quarantine(tmp_path)
    control.release(StorePaths(tmp_path), "a")
    there.put("b", "2", "载入|loading", "…")
    assert [fault.plugin for fault in Quarantine(tmp_path).all()] == ["b"]
    assert there.of("a", "1") is not None, "what failed in a process is left alone there to its end"
    with pytest.raises(Refused):
        control.release(StorePaths(tmp_path), "a")
