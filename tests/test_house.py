"""The house: what CONTRIBUTING.md asks of every file, as far as a machine can tell."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
SOURCE_ROOTS = ("core", "eventstore", "plugins", "tui")
LONGEST = 400

# Spelled so that this file does not find itself.
MARKS = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")
HOMES = re.compile(r"(?<![\w.])/(?:home|root|Users)/\w")
SCRATCH = re.compile(r"(?<![\w.])/(?:tmp|work|mnt|opt)/\w")
REGISTRIES = re.compile(
    r"(?:https?|file)://\S*(?:pypi|pythonhosted|npmjs|npmmirror|devpi|artifactory|/simple\b)"
    r"|--(?:index-url|extra-index-url|find-links|trusted-host)\b"
)
DOCUMENTS = {".md", ".toml", ".txt", ".cfg", ".yml", ".yaml", ""}


def ours() -> list[Path]:
    """Every file that is tracked, or would be if it were added now."""
    command = ("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    try:
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return []
    paths = (ROOT / name for name in listed.decode().split("\0") if name)
    return sorted(path for path in paths if path.is_file())


def text_of(path: Path) -> str:
    """The text of a file; nothing for one that is not text."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def found(pattern: re.Pattern[str], paths: list[Path]) -> list[str]:
    """Where a pattern occurs, as an editor would want to be told."""
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in paths
        for number, line in enumerate(text_of(path).splitlines(), 1)
        if pattern.search(line)
    ]


@pytest.fixture(scope="module")
def files() -> list[Path]:
    paths = ours()
    if not paths:
        pytest.skip("not a git checkout, or no git here")
    return paths


@pytest.fixture(scope="module")
def modules(files: list[Path]) -> list[Path]:
    return [path for path in files if path.suffix == ".py"]


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def test_every_module_says_what_lives_there(modules: list[Path]) -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in modules
        if path.relative_to(ROOT).parts[0] in SOURCE_ROOTS
        and not ast.get_docstring(ast.parse(text_of(path)))
    ]
    assert silent == []


def test_every_module_is_read_in_one_sitting(modules: list[Path]) -> None:
    lengths = {str(path.relative_to(ROOT)): len(text_of(path).splitlines()) for path in modules}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST} == {}


def test_nothing_is_left_for_later(files: list[Path]) -> None:
    assert found(MARKS, files) == []


def test_every_room_has_a_guide(files: list[Path]) -> None:
    rooms = {path.relative_to(ROOT).parts[0] for path in files if path.parent != ROOT}
    visible = {room for room in rooms if not room.startswith(".")}
    assert {room for room in visible if not (ROOT / room / "README.md").is_file()} == set()


def test_no_path_of_anyones_machine(files: list[Path]) -> None:
    assert found(HOMES, files) == []
    assert found(SCRATCH, [path for path in files if path.suffix in DOCUMENTS]) == []


def test_no_address_of_a_package_registry(files: list[Path]) -> None:
    assert found(REGISTRIES, files) == []


def test_every_requirement_gives_its_reason(project: dict[str, Any]) -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    entry = re.compile(r'^  "([^"]+)",\s+# \S+ \S+', re.MULTILINE)
    explained = set(entry.findall(text))
    extras = project["project"]["optional-dependencies"].values()
    wanted = [*project["project"]["dependencies"], *(line for lines in extras for line in lines)]
    assert [line for line in wanted if line not in explained] == []


def test_every_requirement_is_pinned(project: dict[str, Any]) -> None:
    def plain(requirement: str) -> str:
        return re.sub(r"[-_.]+", "-", re.split(r"[^\w.-]", requirement)[0]).lower()

    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    assert [pin for pin in pins if not re.fullmatch(r"[\w.-]+==[\w.!+]+", pin)] == []
    extras = project["project"]["optional-dependencies"].values()
    wanted = [*project["project"]["dependencies"], *(line for lines in extras for line in lines)]
    own = {plain(project["project"]["name"])}
    assert {plain(line) for line in wanted} - {plain(pin) for pin in pins} == own


def test_every_package_is_known_to_every_tool(project: dict[str, Any]) -> None:
    """A new programme is entered in five places of pyproject.toml; this finds the forgotten one."""
    packages = {path.parent for room in SOURCE_ROOTS for path in ROOT.glob(f"{room}/*/__init__.py")}
    names = {path.name for path in packages}
    programmes = {path.name for path in packages if path.parent.name == "plugins"}
    tools = project["tool"]
    wheel = tools["hatch"]["build"]["targets"]["wheel"]["only-include"]
    assert set(wheel) == {path.relative_to(ROOT).as_posix() for path in packages}
    assert set(tools["mypy"]["packages"]) == names
    assert set(tools["importlinter"]["root_packages"]) == names
    assert set(project["project"]["entry-points"]["taizhang.plugins"].values()) == programmes
    for contract in tools["importlinter"]["contracts"]:
        for key in ("layers", "modules", "source_modules", "forbidden_modules"):
            named = set(re.findall(r"\w+", " ".join(contract.get(key, ()))))
            assert not named & programmes or programmes <= named, f"{contract['name']}: {key}"


@pytest.mark.parametrize(
    "bench", sorted(p.stem for p in (ROOT / "tests/benchmarks").glob("bench_*.py"))
)
def test_every_benchmark_can_be_imported(bench: str) -> None:
    """They run by hand only: what moves must not leave them behind; and the table has each."""
    folder = ROOT / "tests" / "benchmarks"
    ran = subprocess.run(
        [sys.executable, "-c", f"import {bench}"], cwd=folder, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr
    assert f"`{bench}.py" in (folder / "README.md").read_text("utf-8")


CODE = re.compile(r"\b(?:D\d\.\d\d|R\d\d|G\.[a-z]+|H\.\d)\b")
"""Codes of sources, as ``source=`` and docstrings give them."""


def test_every_code_of_a_source_is_listed(files: list[Path]) -> None:
    listed = set(re.findall(r"(?m)^\| (\S+) \|", text_of(ROOT / "core" / "SOURCES.md")))
    unknown = [
        f"{path.relative_to(ROOT)}: {code}"
        for path in files
        if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in SOURCE_ROOTS
        for code in CODE.findall(text_of(path))
        if code not in listed
    ]
    assert unknown == []


def test_what_gives_a_source_gives_a_code() -> None:
    from taizhang.loading.loader import load

    registry = load().registry
    said = {v.source for duty in registry.duties.values() for v in duty.versions}
    said |= {f.source for f in (*registry.figures.values(), *registry.balances.values())}
    assert said - {""}
    assert [source for source in sorted(said - {""}) if not CODE.match(source)] == []


def test_no_file_points_to_a_page_that_the_repository_does_not_have(files: list[Path]) -> None:
    pages = {path.name for path in files if path.suffix == ".md"}
    named = found(
        re.compile(r"\b[\w-]+\.md\b(?!\.)"), [f for f in files if f.suffix in (".py", ".md")]
    )
    lost = [
        line
        for line in named
        if not {m.group() for m in re.finditer(r"[\w-]+\.md\b(?!\.)", line)} <= pages
    ]
    assert lost == []


TABLES_OF_THE_LOG = re.compile(
    r"\b(?:FROM|INTO|JOIN|UPDATE)\s+events\b|\bevent_tags\b|\bsqlite_sequence\b", re.I
)


def test_only_the_event_store_asks_the_log_s_database(files: list[Path]) -> None:
    """So that another database is another recorder, and nothing else."""
    above = [
        path
        for path in files
        if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in ("core", "plugins", "tui")
    ]
    assert found(TABLES_OF_THE_LOG, above) == []


def _modules() -> dict[str, ast.Module]:
    """Every module of ours by its name."""
    made = {}
    for root in SOURCE_ROOTS:
        for path in (ROOT / root).rglob("*.py"):
            parts = path.relative_to(ROOT / root).with_suffix("").parts
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            made[name] = ast.parse(path.read_text("utf-8"))
    return made


def _imported(tree: ast.Module, known: set[str]) -> set[str]:
    """The modules that one names, wherever it does, for its types too."""
    named = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            named += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            named += [f"{node.module}.{alias.name}" for alias in node.names]
    found = set()
    for name in named:
        while name and name not in known:
            name = name.rpartition(".")[0]
        found.add(name)
    return found - {""}


def _circle(arrows: dict[str, set[str]]) -> list[str]:
    """Modules that lead back to themselves, if there are any."""
    left = {name: set(to) - {name} for name, to in arrows.items()}
    while free := [name for name, to in left.items() if not to & left.keys()]:
        for name in free:
            del left[name]
    return sorted(left)


def test_no_files_import_one_another_in_a_circle() -> None:
    trees = _modules()
    arrows = {name: _imported(tree, set(trees)) for name, tree in trees.items()}
    assert len(arrows) > 300
    assert _circle(arrows) == []


def test_a_circle_would_be_found() -> None:
    assert _circle({"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": set()}) == ["a", "b", "c"]
