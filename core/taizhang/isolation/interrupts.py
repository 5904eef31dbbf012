"""Ctrl-C, noted: so that a ``KeyboardInterrupt`` that a plugin raises by itself is not taken for it."""

from __future__ import annotations

import signal
import threading
from types import FrameType

pressed: bool | None = None
"""Whether Ctrl-C was pressed; None where nobody looks, and every KeyboardInterrupt counts as that."""


def watch() -> None:
    """Looks from now on. Does nothing outside the main thread, or where Ctrl-C means something else."""
    global pressed

    def noted(number: int, frame: FrameType | None) -> None:
        global pressed
        pressed = True
        signal.default_int_handler(number, frame)

    if threading.current_thread() is not threading.main_thread():
        return
    handler = signal.getsignal(signal.SIGINT)
    if handler is signal.SIG_IGN:
        pressed = False  # in the background, where the keyboard does not reach
    elif handler is signal.default_int_handler:
        signal.signal(signal.SIGINT, noted)
        pressed = False
