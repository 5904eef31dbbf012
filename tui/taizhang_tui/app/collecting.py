"""The end of starting, for the garbage collector that rested meanwhile (:mod:`taizhang_tui.start`)."""

from __future__ import annotations

import gc


def started() -> None:
    """Has what is thrown away collected again, of what comes new from now on."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()
