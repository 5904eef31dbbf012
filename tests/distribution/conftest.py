"""Building the wheel and installing it where nothing but its requirements is found."""

import importlib.metadata as metadata
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]


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
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, f"{command}: {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_wheel(ROOT, tmp_path_factory.mktemp("wheel"))


def build_wheel(source: Path, folder: Path) -> Path:
    """The wheel of the project in ``source``, built into ``folder``."""
    build = (sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, source)
    run(*build, cwd=folder, home=folder)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="session")
def names(wheel: Path) -> list[str]:
    with zipfile.ZipFile(wheel) as archive:
        return archive.namelist()


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel and the requirements it declares; it needs no network.

    Requirements are linked from the environment that runs the tests, so that one which the wheel
    forgot to declare is missing there as it would be for a user.
    """
    place = tmp_path_factory.mktemp("installed")
    venv = place / "venv"
    run(sys.executable, "-m", "venv", "--without-pip", venv, cwd=place, home=place)
    python = venv / "bin" / "python"
    install(wheel, venv, place)
    ask = "import sysconfig; print(sysconfig.get_path('purelib'))"
    site = Path(run(python, "-c", ask, cwd=place, home=place).stdout.strip())
    (dist_info,) = site.glob("taizhang-*.dist-info")
    for name in closure(metadata.Distribution.at(dist_info)):
        link(metadata.distribution(name), site)
    return venv


@pytest.fixture(scope="session")
def tools(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What an author has beside taizhang (``taizhang[testing]``, pip, build, hatchling): apart from the
    environment, where others must not find it.
    """
    folder = tmp_path_factory.mktemp("tools")
    (info,) = installed.glob("lib/python*/site-packages/taizhang-*.dist-info")
    wanted = closure(metadata.Distribution.at(info), frozenset({"testing"}))
    for name in ("pip", "build", "hatchling"):
        wanted |= {name} | closure(metadata.distribution(name))
    for name in wanted:
        link(metadata.distribution(name), folder)
    return folder


def install(wheel: Path, venv: Path, home: Path) -> None:
    """Installs a wheel by pip into an environment that has no pip of its own, without its requirements."""
    pip = (sys.executable, "-m", "pip", "--python", venv / "bin" / "python")
    run(*pip, "install", "--no-deps", "--no-index", wheel, cwd=home, home=home)


def uninstall(name: str, venv: Path, home: Path) -> None:
    """Takes a distribution out again."""
    pip = (sys.executable, "-m", "pip", "--python", venv / "bin" / "python")
    run(*pip, "uninstall", "--yes", name, cwd=home, home=home)


def closure(root: metadata.Distribution, extras: frozenset[str] = frozenset()) -> set[str]:
    """Names of all that a distribution (with some extras) requires, directly or not, in this environment."""
    found: set[str] = set()
    open_ends = [(root, extras)]
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
