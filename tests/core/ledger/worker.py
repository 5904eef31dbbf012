"""A process that the tests start: it waits for a line, works on a store, says what it has done.

``worker.py record STORE NAME COUNT ORGANISATION`` registers and moves members; ``worker.py once STORE
ACTION`` records one action under the given id; ``worker.py die STORE ACTION`` does so and dies after the
log has it and before the ledger has; ``worker.py rebuild STORE`` dies in the middle of rebuilding.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

from taizhang.ledger.building import Builder
from taizhang.workspace import Workspace

OFF = {"liudai"}


def say(*words: object) -> None:
    print(*words, flush=True)


def die(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def record(ws: Workspace, name: str, count: str, organisation: str) -> None:
    for k in range(int(count)):
        fields = {"name": f"{name}{k}", "organisation": organisation}
        receipt = ws.record("member.register", fields, on="2012-01-01")
        say(receipt.ids["member"], *receipt.seq)
        if k % 3 == 0:
            details = {"member": receipt.ids["member"], "phone": "13800000000"}
            receipt = ws.record("member.correct_details", details, on="2012-02-01")
            say("-", *receipt.seq)


def once(ws: Workspace, action: str) -> None:
    fields = {"name": "只此一个", "kind": "支部"}
    receipt = ws.record("organisation.found", fields, on="2012-01-01", action_id=action)
    say(*receipt.seq)


def main() -> None:
    what, store, *rest = sys.argv[1:]
    with Workspace.open(store, disabled=OFF) as ws:
        say("ready")
        sys.stdin.readline()
        if what == "record":
            record(ws, *rest)
        elif what == "once":
            once(ws, *rest)
        elif what == "die":
            append = ws.log.append

            def append_and_die(*args: Any, **more: Any) -> int:
                append(*args, **more)
                die()
                return 0

            ws.log.append = append_and_die  # type: ignore[method-assign]
            once(ws, *rest)
        elif what == "rebuild":
            Builder.finish_common = die  # type: ignore[method-assign,assignment]
            ws.rebuild()


if __name__ == "__main__":
    main()
