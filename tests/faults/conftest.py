"""The tests of faults: their kit on the path, stores to harm, and the table at the end."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / "kit"))

from faultkit.outcome import Row  # noqa: E402

from taizhang.workspace import Workspace  # noqa: E402

PROPERTY = "fault"


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with two branches and three members, sealed. Not to be written."""
    path = tmp_path_factory.mktemp("template") / "store"
    with Workspace.init(path) as ws:
        for name in ("甲支部", "乙支部"):
            ws.record("organisation.found", {"name": name, "kind": "支部"}, on="2010-01-01")
        for name in ("王小明", "李秀英", "张伟"):
            fields = {"name": name, "organisation": "甲支部"}
            ws.record("member.register", fields, on="2010-02-01")
        ws.sealing.seal()
    return path


@pytest.fixture
def new_store(template: Path, tmp_path: Path) -> Callable[[str], Path]:
    """A copy of that store under a name."""
    return lambda name: Path(shutil.copytree(template, tmp_path / name))


@pytest.fixture
def store(new_store: Callable[[str], Path]) -> Path:
    """One such copy."""
    return new_store("store")


@pytest.fixture
def row(
    request: pytest.FixtureRequest, record_property: Callable[[str, object], None]
) -> Iterator[Row]:
    """The test's line of the table; it fails when anything was lost or wrong, or nothing was tried.

    What it is called stands in the first line of the test's docstring.
    """
    said = str(getattr(request.function, "__doc__", "") or request.node.name)
    made = Row(said.splitlines()[0].rstrip("."))
    yield made
    record_property(PROPERTY, (made.fault, made.tries, len(made.lost), len(made.wrong)))
    assert made.tries > 0, "nothing was tried"
    assert (made.lost, made.wrong) == ([], [])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Prints the table: fault, tries, lost, wrong."""
    rows = [
        value
        for outcome in ("", "passed", "failed", "error")
        for report in terminalreporter.getreports(outcome)
        for name, value in report.user_properties
        if name == PROPERTY and report.when == "teardown"
    ]
    if not rows:
        return
    width = max(len(fault) for fault, *_ in rows)
    terminalreporter.section("faults")
    terminalreporter.line(f"{'fault':<{width}}  tries  lost  wrong")
    for fault, tries, lost, wrong in sorted(rows):
        terminalreporter.line(f"{fault:<{width}}  {tries:>5}  {lost:>4}  {wrong:>5}")
    totals = [sum(row[i] for row in rows) for i in (1, 2, 3)]
    terminalreporter.line(f"{'in all':<{width}}  {totals[0]:>5}  {totals[1]:>4}  {totals[2]:>5}")
