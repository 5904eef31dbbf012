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


def test_installed_gone_and_back(installed: Path, tmp_path: Path, tz: Callable[..., Any]) -> None:
    wheel = build_wheel(PACKAGE, tmp_path)
    tz("init")
    on = ("--on", "2012-01-01")
    tz("record", "organisation.found", "--name", "第一支部", "--kind", "支部", *on)
    tz("record", "member.register", "--name", "王小明", "--organisation", "第一支部", *on)
    install(wheel, installed, tmp_path)
    try:
        for book, pages in (("平凡的世界", "1200"), ("乡土中国", "180")):
            words = ("--member", "王小明", "--book", book, "--pages", pages, "--on", "2012-03-01")
            tz("record", "shuxiang.book.read", *words)
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
    tz("record", "organisation.found", "--name", "第二支部", "--kind", "支部", *on)
    install(wheel, installed, tmp_path)
    try:
        assert tz("show", "shuxiang_readings") == rows
    finally:
        uninstall("taizhang-shuxiang", installed, tmp_path)
