"""What every test may rely on: settings of its own, one way to run hypothesis, stores, disks, processes."""

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from taizhang.office.demonstration import build

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE / "shared"), str(HERE / "core" / "kit")]

from officekit import commands, coverage  # noqa: E402  (found by the line above)

# Textual reads this when it is imported, so it cannot wait for a fixture. Without it, a line of
# Chinese committed by an input method arrives as garbage.
os.environ["TEXTUAL_DISABLE_KITTY_KEY"] = "1"

# Deadlines measure the machine, not the code. The rest stays as hypothesis chose it: in CI it
# derives its examples from the test itself, so that a red run can be had again.
settings.register_profile("house", settings(), deadline=None)
settings.load_profile("house")


@pytest.fixture(scope="session", autouse=True)
def own_settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Keep trust and settings, which live outside a store, out of the home of whoever runs this."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("CONFIG", "DATA", "STATE", "CACHE"):
            patch.setenv(f"XDG_{name}_HOME", str(home / name.lower()))
        yield home


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--write-coverage`` writes the lines of the marked tests instead of comparing them."""
    parser.addoption("--write-coverage", action="store_true")


@pytest.fixture(autouse=True)
def covered(request: pytest.FixtureRequest) -> Iterator[None]:
    """Holds a test that is marked ``covers`` to its line of the coverage."""
    commands.ran.clear()
    failed = request.session.testsfailed
    yield
    if request.session.testsfailed > failed:
        return
    for mark in request.node.iter_markers("covers"):
        home = mark.kwargs.get("home", "core")
        test = request.node.nodeid
        for code in mark.args:
            line = str(coverage.line(code, home, test, commands.ran))
            lines = coverage.written()
            if request.config.getoption("--write-coverage"):
                coverage.write({**lines, code: line})
            else:
                assert lines.get(code) == line, "plugins/COVERAGE.md: `make coverage` writes it"


@pytest.fixture(scope="session")
def demo_template(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The demonstration store, built once for the whole run, all workers together. Not to be written."""
    root = tmp_path_factory.getbasetemp()
    if worker_id != "master":
        root = root.parent
    store, lock = root / "demonstration", root / "demonstration.lock"
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        if not store.exists():
            build(store)
            shutil.copytree(store, _unopened(store))
    return store


def _unopened(store: Path) -> Path:
    """What the demonstration is copied from: nobody opens it, so no file comes or goes meanwhile."""
    return store.with_name("unopened")


Made = Callable[[Callable[[Path], None]], Path]


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """``made(build)``: the store that ``build(path)`` makes, once for each worker. Not to be written:
    making one takes much longer than copying it.
    """
    known: dict[Callable[[Path], None], Path] = {}

    def look(build: Callable[[Path], None]) -> Path:
        if build not in known:
            path = tmp_path_factory.mktemp("made") / "store"
            build(path)
            known[build] = path
        return known[build]

    return look


@pytest.fixture
def copied(made: Made, tmp_path: Path) -> Made:
    """``copied(build)``: a copy of that store in ``tmp_path / "store"``, to do with as the test likes."""
    return lambda build: Path(shutil.copytree(made(build), tmp_path / "store"))


@pytest.fixture
def demo(demo_template: Path, tmp_path: Path) -> Path:
    """A copy of the demonstration store, to do with as the test likes."""
    return Path(shutil.copytree(_unopened(demo_template), tmp_path / "demo"))


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """Mounts a file system of its own, of the size given; skips where that is not permitted."""
    mounted: list[Path] = []

    def mount(size: str) -> Path:
        place = tmp_path / f"disk{len(mounted)}"
        place.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)]
        try:
            made = subprocess.run(command, capture_output=True, text=True, check=False)
        except FileNotFoundError:
            pytest.skip("there is no mount command")
        if made.returncode:
            pytest.skip(f"mounting is not permitted here: {made.stderr.strip()}")
        mounted.append(place)
        return place

    yield mount
    for place in mounted:
        # Lazily: another process, such as one that indexes files, may be looking at it.
        subprocess.run(["umount", "--lazy", str(place)], check=True)


Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start() -> Iterator[Start]:
    """``start(script, ...)``: a process that waits for a line on its standard input; all of them end
    with the test.
    """
    started: list[subprocess.Popen[str]] = []

    def run(*command: object) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, *map(str, command)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        process.communicate()
