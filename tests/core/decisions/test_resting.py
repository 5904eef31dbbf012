"""Events that rest on one another within a batch say the right positions, whoever records meanwhile."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from pathlib import Path

import pytest

from taizhang.workspace import Workspace

RECORDER = """
import sys
from taizhang.workspace import Request, Workspace

store, member, branch = sys.argv[1:]
with Workspace.open(store, actor="张三") as ws:
    real = ws.log.append

    def append(*given, **more):
        print("ready", flush=True)
        sys.stdin.readline()
        return real(*given, **more)

    ws.log.append = append
    ws.record_batch([
        Request("member.leave", {"member": member, "how": "退党"}, "2011-05-01"),
        Request("transfer.issue", {"member": member, "to": branch}, "2011-04-01"),
    ])
"""

ANOTHER = """
import sys
from pathlib import Path
from eventsourcing.dcb.api import DCBAppendCondition, DCBEvent, DCBQuery, DCBQueryItem
from taizhang.workspace import Workspace

# A desk with a ledger of its own: what it records shifts the others' positions, and nobody's reading.
from taizhang.loading.loader import core_registry
from taizhang_eventstore.log import open_log
store = Path(sys.argv[1])
never = DCBAppendCondition(DCBQuery([DCBQueryItem(tags=["never"])]))
with open_log(store / "events.db", core_registry().codec) as log:
    founded = next(iter(log.read(types=["organisation.founded"])))
    tags = [t for t in founded.tags if t.startswith("owner:")] + ["organisation:o-another", "action:another"]
    log.append([DCBEvent(type=founded.type, tags=tags, data=founded.data)], never)
"""


def _process(script: str, *words: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", script, *map(str, words)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("between", [0, 1, 3])
def test_positions_within_a_batch_stay_right(tmp_path: Path, between: int) -> None:
    store = tmp_path / "store"
    with Workspace.init(store, today=dt.date(2012, 12, 31), actor="张三") as ws:
        for name in ("第一支部", "第二支部"):
            ws.record("organisation.found", {"name": name, "kind": "支部"}, on="2010-01-01")
        fields = {"name": "王小明", "organisation": "第一支部"}
        member = ws.record("member.register", fields, on="2010-01-01").ids["member"]
    with _process(RECORDER, store, member, "第二支部") as recorder:
        assert recorder.stdout is not None
        assert recorder.stdin is not None
        assert recorder.stdout.readline() == "ready\n"
        for _ in range(between):
            with _process(ANOTHER, store) as another:
                assert another.wait(60) == 0
        recorder.stdin.write("go\n" * 20)
        recorder.stdin.close()
        assert recorder.wait(60) == 0
    with Workspace.open(store, actor="张三") as ws:
        (left,) = ws.log.read(types=["member.left"])
        (cancelled,) = ws.log.read(types=["transfer.cancelled"])
        assert left.position > between
        assert [t for t in cancelled.tags if t.startswith("after:")] == [f"after:{left.position}"]
