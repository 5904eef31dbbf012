"""A programme from elsewhere, by pip: installed it works, gone it leaves its events, back it is the same."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .conftest import build_wheel, install, run, uninstall

# Shares the environment that the wheel's own tests have built.
pytestmark = pytest.mark.xdist_group("wheel")

PACKAGE = Path(__file__).parent / "shuxiang"


@pytest.fixture
def tz(installed: Path, tmp_path: Path) -> Callable[..., Any]:
    def call(*words: str) -> Any:
        command = (installed / "bin" / "taizhang", "--store", tmp_path / "store", *words, "--json")
        return json.loads(run(*command, cwd=tmp_path, home=tmp_path).stdout)

    return call


@pytest.mark.slow
def test_installed_gone_and_back(installed: Path, tmp_path: Path, tz: Callable[..., Any]) -> None:
    def record(*lines: dict[str, object]) -> None:
        """Several actions by one process: starting one takes longer than what it does."""
        file = tmp_path / "lines"
        file.write_text("".join(json.dumps({"on": "2012-01-01"} | li) + "\n" for li in lines))
        tz("record", "--from-json", str(file))

    wheel = build_wheel(PACKAGE, tmp_path)
    tz("init")
    branch = {"action": "organisation.found", "name": "第一支部", "kind": "支部"}
    record(branch, {"action": "member.register", "name": "王小明", "organisation": "第一支部"})
    install(wheel, installed, tmp_path)
    try:
        read = {"action": "shuxiang.book.read", "member": "王小明", "on": "2012-03-01"}
        record(
            *(read | {"book": b, "pages": n} for b, n in (("平凡的世界", 1200), ("乡土中国", 180)))
        )
        rows = tz("show", "shuxiang_readings")
        assert [(r["book"], r["pages"], r["member_name"]) for r in rows] == [
            ("平凡的世界", 1200, "王小明"),
            ("乡土中国", 180, "王小明"),
        ]
        listed = tz("plugins", "list")
        assert {"name": "shuxiang", "version": "0.3", "state": "loaded"}.items() <= next(
            p for p in listed if p["name"] == "shuxiang"
        ).items()
    finally:
        uninstall("taizhang-shuxiang", installed, tmp_path)
    assert "shuxiang_readings" not in {t["name"] for t in tz("tables")}
    assert [e["payload"]["book"] for e in tz("events") if e["type"] == "shuxiang.book_read@1"] == [
        "平凡的世界",
        "乡土中国",
    ]
    tz("rebuild")
    record(branch | {"name": "第二支部"})
    install(wheel, installed, tmp_path)
    try:
        assert tz("show", "shuxiang_readings") == rows
    finally:
        uninstall("taizhang-shuxiang", installed, tmp_path)
