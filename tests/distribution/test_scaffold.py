"""A package that ``plugins new`` wrote, as its author goes on: built, installed, tested, listed, gone."""

import json
from pathlib import Path

import pytest

from .conftest import build_wheel, install, run, uninstall

# Shares the environment that the wheel's own tests have built.
pytestmark = pytest.mark.xdist_group("wheel")

TEST = "import sys; sys.path.append(sys.argv[1]); import pytest; sys.exit(pytest.main(['-q']))"


def test_it_passes_its_own_tests_at_once(installed: Path, tmp_path: Path, tools: Path) -> None:
    taizhang = installed / "bin" / "taizhang"
    run(taizhang, "plugins", "new", "huixiang", cwd=tmp_path, home=tmp_path)
    package = tmp_path / "taizhang-huixiang"
    wheel = build_wheel(package, tmp_path)
    install(wheel, installed, tmp_path)
    try:
        checked = run(taizhang, "plugins", "check", cwd=tmp_path, home=tmp_path)
        assert "huixiang：没有问题" in checked.stdout
        tests = run(installed / "bin" / "python", "-c", TEST, tools, cwd=package, home=tmp_path)
        assert "14 passed" in tests.stdout
        listed = run(taizhang, "plugins", "list", "--json", cwd=tmp_path, home=tmp_path)
        found = {p["name"]: p for p in json.loads(listed.stdout)}["huixiang"]
        assert (found["version"], found["source"], found["state"]) == ("0.1", "installed", "loaded")
    finally:
        uninstall("taizhang-huixiang", installed, tmp_path)
