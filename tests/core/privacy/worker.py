"""A process that erases a person and is killed at a step: ``worker.py STORE SUBJECT STEP``."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from taizhang.ledger import purge
from taizhang.maintenance import erasing
from taizhang.workspace import Workspace
from taizhang_eventstore.personal.erasures import Erasures
from taizhang_eventstore.personal.keyring import Keyring


def die(*_: object) -> Any:
    os.kill(os.getpid(), signal.SIGKILL)


def then_die(function: Callable[..., Any]) -> Callable[..., Any]:
    def run(*arguments: Any) -> Any:
        function(*arguments)
        die()

    return run


def main(store: str, subject: str, step: str) -> None:
    with Workspace.open(store, actor="李静") as ws:
        if step == "event":
            ws.settlement.settle = die  # type: ignore[method-assign]
        elif step == "list":
            Erasures.mend = then_die(Erasures.mend)  # type: ignore[method-assign]
        elif step == "drafts":
            Keyring.destroy = die  # type: ignore[method-assign]
        elif step == "keys":
            Keyring.destroy = then_die(Keyring.destroy)  # type: ignore[method-assign]
        elif step == "rows":
            purge._clean = die
        print("ready", flush=True)
        kind, _, id = subject.partition(":")
        erasing.erase(ws, kind, id, "本人书面要求")


if __name__ == "__main__":
    main(*sys.argv[1:])
