"""What users decide about programmes: in the store's files, and against other processes."""

from pathlib import Path

import pytest
from officekit.notes import BODY, HEAD

from taizhang.isolation.quarantine import Quarantine
from taizhang.maintenance import control
from taizhang.store.paths import StorePaths
from taizhang.words.errors import Refused

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


def test_programmes_are_called_by_their_names_in_the_language_of_who_asks(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.install("demo1", HEAD.format(name="demo1"))
    assert office.run("plugins", "disable", "demo1").returncode == 0
    assert {office.state(n)["label"] for n in ("liudai", "demo1")} == {"六带", "试验"}
    monkeypatch.setenv("TAIZHANG_LANG", "en")
    assert {office.state(n)["label"] for n in ("liudai", "demo1")} == {"Six leads", "Trial"}
    listed = office.run("plugins", "list").stdout
    assert "Six leads" in listed
    assert "六带" not in listed


def test_what_is_not_there_of_one_that_is_not_loaded_is_said_to_be_its(office: Office) -> None:
    assert office.run("plugins", "disable", "wujian").returncode == 0
    (office.store / "plugins").mkdir()
    (office.store / "plugins" / "demo1.py").write_text(HEAD.format(name="demo1") + BODY, "utf-8")
    off = "以 wujian 开头的属于插件 wujian（五件式），它已停用，启用用 taizhang plugins enable wujian\n"
    loose = "以 demo1 开头的属于插件 demo1（试验），它未受信任，看过之后用 taizhang plugins trust demo1\n"
    for words, said in (
        (("show", "wujian_matters"), f"错误：没有名为 wujian_matters 的台账；{off}"),
        (("record", "wujian.matter.accept"), f"错误：没有名为 wujian.matter.accept 的操作；{off}"),
        (("why", "demo1_notes", "5"), f"错误：没有名为 demo1_notes 的台账；{loose}"),
        (
            ("show", "wujian"),
            "错误：没有名为 wujian 的台账；用 taizhang tables 查看全部\n",
        ),
    ):
        done = office.run(*words)
        assert (done.returncode, done.stderr) == (2, said)
