"""The wheel: what is in it, and whether it runs where nothing but its requirements is installed."""

import zipfile
from pathlib import Path

import pytest

from .conftest import ROOT, run

SOURCE_ROOTS = ("core", "eventstore", "plugins", "tui")

# One worker builds once, however many run.
pytestmark = pytest.mark.xdist_group("wheel")


def test_only_our_packages_are_in_it(names: list[str]) -> None:
    tops = {name.split("/")[0] for name in names}
    packages = {top for top in tops if not top.endswith(".dist-info")}
    expected = {
        path.parent.name for room in SOURCE_ROOTS for path in ROOT.glob(f"{room}/*/py.typed")
    }
    assert packages == expected


def test_every_package_is_typed(names: list[str]) -> None:
    packages = {name.split("/")[0] for name in names if ".dist-info/" not in name}
    assert {f"{package}/py.typed" for package in packages} <= set(names)


def test_no_guides_no_tests_no_leavings(names: list[str]) -> None:
    for name in names:
        path = Path(name)
        assert path.name not in {"README.md", "conftest.py"}, name
        assert not path.name.startswith("test_"), name
        assert not {"tests", "__pycache__"} & set(path.parts), name


def test_every_module_of_the_checkout_is_in_it(names: list[str]) -> None:
    modules = {
        path.relative_to(ROOT / room).as_posix()
        for room in SOURCE_ROOTS
        for path in ROOT.glob(f"{room}/*/**/*.py")
    }
    assert modules <= set(names)


def test_it_names_its_licence_and_its_readme(wheel: Path, names: list[str]) -> None:
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)
    (name,) = (name for name in names if name.endswith(".dist-info/METADATA"))
    with zipfile.ZipFile(wheel) as archive:
        text = archive.read(name).decode()
    assert "License-Expression: Apache-2.0" in text
    assert (ROOT / "README.md").read_text(encoding="utf-8").strip()[:200] in text


def test_it_is_imported_from_where_it_was_installed(installed: Path, tmp_path: Path) -> None:
    script = "import taizhang, taizhang_eventstore; print(taizhang.__file__)"
    shown = run(installed / "bin" / "python", "-c", script, cwd=tmp_path, home=tmp_path)
    assert Path(shown.stdout.strip()).is_relative_to(installed)


def test_the_command_runs_outside_the_checkout(installed: Path, tmp_path: Path) -> None:
    shown = run(installed / "bin" / "taizhang", "--help", cwd=tmp_path, home=tmp_path)
    assert "--store" in shown.stdout
    assert list(tmp_path.iterdir()) == [], "asking for help wrote something"
