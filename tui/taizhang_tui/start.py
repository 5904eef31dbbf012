"""The door of the terminal: what is made while starting lives as long as the program.

The garbage collector would look through it again and again, and find nothing: it rests until the first
paint, and then leaves alone what is there. That is about a tenth of the time that starting takes.
"""

from __future__ import annotations

import gc


def run(store: str, actor: str | None = None, *, read_only: bool = False) -> int:
    """Opens the terminal on the store in ``store``, ``read_only`` as on one from elsewhere; returns
    the exit code.

    Args:
        store: the directory of the store.
        actor: who works here; None for whoever the settings name.
        read_only: nothing is written.
    """
    gc.disable()
    try:
        from taizhang_tui.app.running import run as start

        return start(store, actor, read_only=read_only)
    finally:
        gc.enable()
