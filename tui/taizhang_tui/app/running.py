"""Running the terminal: the passphrase is asked, the app runs on an opening store, and what went wrong is said."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from taizhang.store.paths import StorePaths
from taizhang.store.unlocking import unlock
from taizhang_eventstore.errors import StoreError
from taizhang_tui.app.application import TaizhangApp, language
from taizhang_tui.desk.desk import Desk
from taizhang_tui.words import say


def ask_passphrase() -> str:
    """The passphrase of the store, typed unseen."""
    from getpass import getpass

    return getpass(say("口令：|Passphrase: ", language()))


def run(store: str, actor: str | None = None, *, read_only: bool = False) -> int:
    """Opens the terminal on the store in ``store``, ``read_only`` as on one from elsewhere; returns
    the exit code.

    Args:
        store: the directory of the store.
        actor: who works here; None for whoever the settings name.
        read_only: nothing is written.
    """
    # Before anything is drawn: a passphrase is typed at the bare terminal.
    secret = unlock(StorePaths(Path(store)), ask_passphrase)
    desk = Desk(store, actor, secret=secret, from_elsewhere=read_only)
    opening = None if desk.look() else desk.open()
    app = TaizhangApp(desk, opening)
    for name in ("SIGTERM", "SIGHUP"):
        if (number := getattr(signal, name, None)) is not None:
            signal.signal(number, app.told_to_end)
    unsealed: StoreError | None = None
    try:
        code = app.run()
    finally:
        unsealed = desk.close()
    from taizhang_tui.faults import record_fault, say_unsealed

    spoiled = say_unsealed(unsealed, app.language) if unsealed is not None else 0
    if app.failure is not None:
        return record_fault(app.failure, app.language)
    _drop_unsent()
    return (code if isinstance(code, int) else app.return_code) or spoiled


def _drop_unsent() -> None:
    """Drops what a terminal that has gone did not take: it would spoil the exit code when Python ends."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
