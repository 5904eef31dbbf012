"""Stores and processes for the tests of the ledger."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from taizhang.workspace import Workspace

WORKER = Path(__file__).with_name("worker.py")
OFF = {"liudai"}


def _store(path: Path) -> None:
    with Workspace.init(path, disabled=OFF) as ws:
        for name in ("甲支部", "乙支部"):
            ws.record("organisation.found", {"name": name, "kind": "支部"}, on="2010-01-01")
        for name in ("王小明", "李秀英", "张伟"):
            fields = {"name": name, "organisation": "甲支部"}
            ws.record("member.register", fields, on="2010-02-01")


@pytest.fixture
def store(copied: Callable[..., Path]) -> Path:
    """A store with two branches, 甲支部 and 乙支部, and three members of the first."""
    return copied(_store)


@pytest.fixture
def opened(store: Path) -> Iterator[Workspace]:
    """The store, open."""
    with Workspace.open(store, disabled=OFF) as ws:
        yield ws


@pytest.fixture
def worker(start: Callable[..., subprocess.Popen[str]]) -> Callable[..., subprocess.Popen[str]]:
    """Starts a process of ``worker.py``."""
    return partial(start, WORKER)
