"""How far a store's seals say that its log has come (封存所及), told without ciphers at every opening.

Names, the tree's notes and the kept leaves are believed by nobody: where the log does not agree with
them, `contradiction` of `sealing` looks at the seals themselves.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from taizhang_eventstore.files import opened, read, writing
from taizhang_eventstore.seals.tree import HASH

RANGE = "taizhang.range 1"
"""How the file ``range`` begins: what it is, and its version."""

MARK = "contradicted.json"
"""The file of a store that names an event which was seen here and is not in the log."""


class Reach(NamedTuple):
    """The last event that was sealed; no event at all where ``size`` is 0."""

    size: int
    """How many events."""

    position: int
    """The last one's position, as far as it is known: the same number where nothing else is said."""

    leaf: bytes
    """The hash of its leaf, empty where it is not known."""


def reach(root: str | os.PathLike[str]) -> Reach:
    """Finds how far the seals in a store's directory reach, by whatever is left of them. Raises `StoreError`."""
    directory = Path(root) / "seals"
    with writing(directory):
        entries = list(os.scandir(directory)) if directory.is_dir() else []
        # An empty one is what a loss of power has left.
        names = [e.name for e in entries if not e.name.endswith(".seal") or e.stat().st_size]
    sizes = [int(n[:-5]) for n in names if n.endswith(".seal") and n[:-5].isdecimal()]
    noted, position = _noted(directory / "range")
    with writing(directory):
        kept = (directory / "leaves.bin").stat().st_size // HASH if "leaves.bin" in names else 0
    size = max(0, noted, kept, *sizes)
    leaf = b""
    if size and kept >= size and (file := opened(directory / "leaves.bin")) is not None:
        with file:
            file.seek((size - 1) * HASH)
            leaf = file.read(HASH)
    return Reach(size, position if noted == size else size, leaf)


def _noted(path: Path) -> tuple[int, int]:
    """Number of events and last position, as ``range`` says; zeros where it says nothing."""
    with suppress(OSError, ValueError):
        word, size, position, *_ = (read(path) or b"").decode("ascii", "replace").split("\n")
        if word == RANGE and size.isascii() and position.isascii():
            return int(size), int(position)
    return 0, 0


__all__ = ["MARK", "RANGE", "Reach", "reach"]
