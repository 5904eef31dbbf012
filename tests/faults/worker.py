"""A process that works on a store, to be killed, starved and lied to by the tests of faults.

It writes a line for everything that has become of an action: ``ack ACTION SEQ...`` once it is
recorded, ``refused ACTION KIND SENTENCE`` when an error said no; KIND is the error's class, with ``!``
before it when it is none that people can read. ``worker.py JOB STORE ...``; the jobs are below.
"""

from __future__ import annotations

import os
import resource
import sys
from collections.abc import Callable
from pathlib import Path

from taizhang.cli import main
from taizhang.ledger.building import Builder
from taizhang.maintenance.backup import backup as keep
from taizhang.workspace import Workspace
from taizhang_eventstore.errors import BilingualError


def say(*words: object) -> None:
    """Writes one line that the test can read at once."""
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


def ready() -> None:
    """Says that the work can begin, and waits until it may."""
    say("ready")
    sys.stdin.readline()


def register(ws: Workspace, action: str, branch: str) -> None:
    """One action of two events, and what became of it."""
    fields = {"name": f"党员{action}", "organisation": branch, "category": "在职党员"}
    try:
        receipt = ws.record("member.register", fields, on="2012-01-01", action_id=action)
    except BilingualError as error:
        say("refused", action, type(error).__name__, error.text())
    except Exception as error:
        say("refused", action, "!" + type(error).__name__, " ".join(str(error).split()))
    else:
        say("ack", action, *receipt.seq)


def opened(store: str) -> Workspace:
    """The store, or the end of this process."""
    try:
        return Workspace.open(store)
    except BilingualError as error:
        say("refused", "open", type(error).__name__, error.text())
    except Exception as error:
        say("refused", "open", "!" + type(error).__name__, " ".join(str(error).split()))
    sys.exit(0)


def record(store: str, name: str, count: str, branch: str = "甲支部") -> None:
    """Registers COUNT members and ends."""
    with opened(store) as ws:
        for k in range(int(count)):
            register(ws, f"{name}-{k}", branch)


def wait(store: str, name: str, count: str, branch: str = "甲支部") -> None:
    """The same, once told to begin."""
    with opened(store) as ws:
        ready()
        for k in range(int(count)):
            register(ws, f"{name}-{k}", branch)


def day(store: str, name: str, count: str) -> None:
    """The same, and seals at the end, as somebody does who works on a store for a day."""
    with opened(store) as ws:
        for k in range(int(count)):
            register(ws, f"{name}-{k}", "甲支部")
        ws.close_seal()


def command(store: str, *words: str) -> None:
    """Runs a command of the command line."""
    main(["--store", store, *words])


def seals(store: str, name: str, count: str) -> None:
    """The same, sealing after every third."""
    with opened(store) as ws:
        for k in range(int(count)):
            register(ws, f"{name}-{k}", "甲支部")
            if k % 3 == 2:
                ws.sealing.seal()
                say("sealed", ws.sealing.seals.sizes()[-1])


def moves(store: str, name: str, count: str, member: str) -> None:
    """Moves one and the same member to and fro, for writers who are in each other's way."""
    with opened(store) as ws:
        ready()
        for k in range(int(count)):
            there = ws.at("2012-06-01").rows("memberships", member=member)[0]["organisation"]
            names = {r["id"]: r["name"] for r in ws.at("2012-06-01").rows("organisations")}
            to = "乙支部" if names[there] == "甲支部" else "甲支部"
            action = f"{name}-{k}"
            try:
                receipt = ws.record(
                    "member.move", {"member": member, "organisation": to},
                    on="2012-06-01", action_id=action, reason="试",
                )  # fmt: skip
            except BilingualError as error:
                say("refused", action, type(error).__name__)
            else:
                say("ack", action, *receipt.seq)


def limit(store: str, name: str, size: str) -> None:
    """Registers under a limit on file sizes until refused three times, then without."""
    with opened(store) as ws:
        _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(size), hard))
        for k in range(400):
            register(ws, f"{name}-{k}", "甲支部")
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
        register(ws, f"{name}-after", "甲支部")


def init(store: str) -> None:
    """Makes the store, or is told that somebody was faster; ends as the command does."""
    ready()
    main(["--store", store, "init", "--json"])


def first(store: str, name: str) -> None:
    """Opens a store that nobody has opened yet, and registers one member."""
    ready()
    with opened(store) as ws:
        register(ws, f"{name}-0", "甲支部")


def rebuild(store: str) -> None:
    """Dies in the middle of rebuilding, once rows are written and before the swap."""
    ws = opened(store)
    Builder.finish_common = lambda _: os.kill(os.getpid(), 9)  # type: ignore[method-assign]
    ws.rebuild()


def backup(store: str, dest: str) -> None:
    """Backs the store up."""
    made = keep(Path(store), Path(dest))
    say("ack", "backup", made.manifest.events)


if __name__ == "__main__":
    jobs: dict[str, Callable[..., None]] = {
        f.__name__: f
        for f in (record, wait, day, command, seals, moves, limit, init, first, rebuild, backup)
    }  # fmt: skip
    jobs[sys.argv[1]](*map(str, (Path(sys.argv[2]), *sys.argv[3:])))
