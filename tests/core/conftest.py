"""What several rooms' tests start from."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from ledgerkit import gather

from taizhang.loading.sources import candidates
from taizhang.loading.trust import trust
from taizhang.workspace import Workspace

CALLED = ("王小明", "张伟", "李秀英", "赵强")


def _opened(path: Path) -> None:
    with Workspace.init(path, today=dt.date(2012, 12, 31), actor="张三") as ws:
        branch = {"name": "第一支部", "kind": "支部"}
        ws.record("organisation.found", branch, on="2010-01-01")
        for name in CALLED:
            fields = {"name": name, "organisation": "第一支部"}
            ws.record("member.register", fields, on="2010-01-01")
    file = path / "plugins" / "gather.py"
    file.parent.mkdir(exist_ok=True)
    shutil.copy(gather.__file__, file)


@pytest.fixture
def hall(copied: Callable[..., Path]) -> Path:
    """A store with a branch of four members and a programme of gatherings, whose facts have lines."""
    path = copied(_opened)
    for candidate in candidates(path / "plugins"):
        if candidate.source == "store":
            trust(candidate.code, "gather")
    return path


@pytest.fixture
def meeting(hall: Path) -> Iterator[Workspace]:
    """The same, open."""
    with Workspace.open(hall, actor="张三") as ws:
        assert "gather" in ws.registry.programmes, [(p.name, p.state, p.reason) for p in ws.plugins]
        yield ws
