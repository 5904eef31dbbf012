"""The command line as its users call it: a process of its own, or the same entry point in this one."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from taizhang.cli import main
from taizhang.workspace import Workspace


class Result:
    """What a command printed and how it ended."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Command = Callable[..., Result]


@pytest.fixture
def tz(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Command:
    """``tz("show", "members")`` on a store of this test."""

    def call(*words: str | Path, store: Path | None = None) -> Result:
        capsys.readouterr()
        try:
            main(["--store", str(store or tmp_path / "store"), *map(str, words)])
        except SystemExit as leave:
            code = leave.code if isinstance(leave.code, int) else 0
        said = capsys.readouterr()
        return Result(code, said.out, said.err)

    return call


def _office(path: Path) -> None:
    with Workspace.init(path) as ws:
        for name, kind, parent in (
            ("天井湖社区党工委", "党工委", None),
            ("第一支部", "支部", "天井湖社区党工委"),
            ("第二支部", "支部", "天井湖社区党工委"),
            ("外地党组织", "外部组织", None),
        ):
            fields = {"name": name, "kind": kind, "parent": parent}
            ws.record("organisation.found", fields, on="2005-01-01")


@pytest.fixture
def office(tz: Command, copied: Callable[..., Path]) -> Command:
    """A store with a committee, two branches and an outside one."""
    copied(_office)
    return tz


def found(office: Command, name: str) -> None:
    """Founds one more branch."""
    result = office(
        "record", "organisation.found", "--name", name, "--kind", "支部", "--on", "2010-01-01"
    )
    assert result.code == 0, result.err


def files(root: Path) -> dict[str, tuple[bytes, int, int]]:
    """Everything in a directory: bytes, time of change, permissions."""
    return {
        str(p.relative_to(root)): (
            p.read_bytes() if p.is_file() else b"", p.stat().st_mtime_ns, p.stat().st_mode,
        )
        for p in [root, *sorted(root.rglob("*"))]
    }  # fmt: skip


def register(office: Command, name: str, branch: str, *more: str) -> Result:
    """Registers a member of a branch."""
    named = ("--name", name, "--organisation", branch)
    return office("record", "member.register", *named, "--on", "2006-01-01", *more)
