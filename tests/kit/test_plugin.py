"""The pytest plugin: it costs nothing where it is not used, and gives real stores and screens."""

import datetime as dt
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import taizhang_liudai
from taizhang.declarations.programme import Programme
from taizhang.words.errors import Usage
from taizhang.workspace import Workspace

MOST = 0.010
"""Seconds that it may add to pytest wherever taizhang is installed."""

LOAD = """
import sys, time
import pytest
before, start = set(sys.modules), time.perf_counter()
import taizhang.testing.plugin
print(time.perf_counter() - start)
print(*{m.partition(".")[0] for m in set(sys.modules) - before})
"""


def test_loading_it_costs_next_to_nothing() -> None:
    taken = []
    for _ in range(3):
        done = subprocess.run([sys.executable, "-c", LOAD], capture_output=True, check=True)
        seconds, modules = done.stdout.decode().splitlines()
        assert modules.split() == ["taizhang"]
        taken.append(float(seconds))
    assert min(taken) < MOST


def test_a_store_has_the_programme_and_no_other(taizhang_store: Callable[..., Workspace]) -> None:
    bare = taizhang_store()
    assert [s.name for s in bare.plugins if s.state == "loaded"] == []
    ws = taizhang_store(taizhang_liudai.programme, people=True, actor="张三")
    assert ws.paths.root != bare.paths.root
    assert [s.name for s in ws.plugins if s.state == "loaded"] == ["liudai"]
    assert ws.registry.programmes["liudai"] is taizhang_liudai.programme
    assert (ws.today(), ws.actor) == (dt.date(2012, 12, 31), "张三")
    ws.record("liudai.lead.take", {"member": "王小明", "kind": "协调邻里"}, on="2012-05-01")
    assert len(ws.at().rows("liudai_leads")) == 1
    assert sorted(r["name"] for r in ws.at().rows("members")) == ["李立", "王小明", "赵工"]
    again = taizhang_store(taizhang_liudai.programme, people=True)
    assert again.at().rows("liudai_leads") == [], "what one test records another must not see"


def test_what_cannot_be_loaded_is_said(taizhang_store: Callable[..., Workspace]) -> None:
    with pytest.raises(Usage, match="找不到写有"):
        taizhang_store(Programme("nowhere", "没有|Nowhere"))


async def test_a_screen_shows_the_store(
    taizhang_store: Callable[..., Workspace], taizhang_ui: Callable[..., Any]
) -> None:
    ws = taizhang_store(taizhang_liudai.programme, people=True)
    ws.record("liudai.lead.take", {"member": "王小明", "kind": "协调邻里"}, on="2012-05-01")
    async with taizhang_ui(ws) as stage:
        await stage.shows("王小明", "李立", "赵工")
        await stage.table("liudai_leads")
        await stage.shows("协调邻里")


OWN = 'from hypothesis import settings\nsettings.register_profile("deep", max_examples=7)\n'


@pytest.mark.parametrize(
    ("words", "environment", "conftest", "examples"),
    [
        (("--hypothesis-profile", "deep"), {}, "", 1_000),
        ((), {"HYPOTHESIS_PROFILE": "deep"}, "", 1_000),
        (("--hypothesis-profile", "deep"), {}, OWN, 7),
    ],
)
def test_there_is_a_profile_that_draws_more(
    tmp_path: Path,
    words: tuple[str, ...],
    environment: dict[str, str],
    conftest: str,
    examples: int,
) -> None:
    (tmp_path / "conftest.py").write_text(conftest, "utf-8")
    (tmp_path / "test_it.py").write_text(
        "from hypothesis import settings\n"
        f"def test_it(): assert settings.default.max_examples == {examples}\n",
        "utf-8",
    )
    kept = {k: v for k, v in os.environ.items() if k not in ("CI", "HYPOTHESIS_PROFILE")}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *words]
    done = subprocess.run(
        command, cwd=tmp_path, env=kept | environment, capture_output=True, text=True, check=False
    )
    assert "1 passed" in done.stdout, done.stdout
