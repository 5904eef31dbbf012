"""The wheel: what is in it, and whether it runs where nothing but its requirements is installed."""

import importlib.metadata as metadata
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
SOURCE_ROOTS = ("core", "eventstore", "plugins", "tui")

# One worker builds once, however many run.
pytestmark = pytest.mark.xdist_group("wheel")


def run(*command: str | Path, cwd: Path, home: Path) -> subprocess.CompletedProcess[str]:
    """Run a command with nothing of this checkout in its surroundings."""
    inherited = ("PATH", "SYSTEMROOT", "LD_LIBRARY_PATH")
    environment = {name: os.environ[name] for name in inherited if name in os.environ}
    environment |= {"HOME": str(home), "PYTHONUTF8": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, f"{command}: {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = (sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT)
    run(*build, cwd=folder, home=folder)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def names(wheel: Path) -> list[str]:
    with zipfile.ZipFile(wheel) as archive:
        return archive.namelist()


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel and the requirements it declares; it needs no network.

    Requirements are linked from the environment that runs the tests, so that one which the wheel
    forgot to declare is missing there as it would be for a user.
    """
    place = tmp_path_factory.mktemp("installed")
    venv = place / "venv"
    run(sys.executable, "-m", "venv", "--without-pip", venv, cwd=place, home=place)
    python = venv / "bin" / "python"
    install = (
        sys.executable,
        "-m",
        "pip",
        "--python",
        python,
        "install",
        "--no-deps",
        "--no-index",
    )
    run(*install, wheel, cwd=place, home=place)
    ask = "import sysconfig; print(sysconfig.get_path('purelib'))"
    site = Path(run(python, "-c", ask, cwd=place, home=place).stdout.strip())
    (dist_info,) = site.glob("taizhang-*.dist-info")
    for name in closure(metadata.Distribution.at(dist_info)):
        link(metadata.distribution(name), site)
    return venv


def closure(root: metadata.Distribution) -> set[str]:
    """Names of all that a distribution requires, directly or not, in this environment."""
    found: set[str] = set()
    open_ends = [(root, frozenset[str]())]
    while open_ends:
        distribution, extras = open_ends.pop()
        for line in distribution.requires or ():
            wanted = Requirement(line)
            if wanted.marker and not any(
                wanted.marker.evaluate({"extra": extra}) for extra in extras | {""}
            ):
                continue
            key = f"{wanted.name.lower()}[{','.join(sorted(wanted.extras))}]"
            if key not in found:
                found.add(key)
                open_ends.append((metadata.distribution(wanted.name), frozenset(wanted.extras)))
    return {key.partition("[")[0] for key in found}


def link(distribution: metadata.Distribution, site: Path) -> None:
    """Let what a distribution has installed be found in another site-packages."""
    tops = {path.parts[0] for path in distribution.files or ()} - {"..", "__pycache__"}
    for top in tops:
        target = Path(str(distribution.locate_file(top))).resolve()
        if not (site / top).exists():
            (site / top).symlink_to(target)


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
