"""The list of erasures (删除名单), kept with the seals: who was erased, so that it stays so.

A backup brings back keys, and an older log does not know what was erased after it. The list is
short and says nothing of a person but an id: JSON lines in ``seals/erasures.jsonl``, ``subject``,
``position`` of the event that erased, ``recorded_at``. A line that was cut short by a crash is
passed over, and written again by whoever opens the store next.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from taizhang_eventstore.files import append, read, writing

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

NAME: Final = "erasures.jsonl"


class Erasure(msgspec.Struct, frozen=True):
    """One line."""

    subject: str
    position: int
    recorded_at: str


_encode: Final = msgspec.json.Encoder().encode
_decode: Final = msgspec.json.Decoder(Erasure).decode


class Erasures:
    """The list of the store in the directory `root`. Reading makes nothing."""

    def __init__(self, root: Path) -> None:
        self.path = root / "seals" / NAME

    def load(self) -> list[Erasure]:
        """All of them, in the order in which they were made. Raises `StoreError`."""
        found = []
        for line in (read(self.path) or b"").split(b"\n"):
            try:
                found.append(_decode(line))
            except msgspec.DecodeError:
                continue
        return found

    def state(self) -> tuple[int, int]:
        """A mark that changes with the file; cheap."""
        try:
            found = self.path.stat()
        except OSError:
            return 0, 0
        return found.st_mtime_ns, found.st_size

    def add(self, erasures: Iterable[Erasure]) -> None:
        """Adds lines; on the disk when this returns. Raises `StoreError`."""
        lines = b"".join(_encode(e) + b"\n" for e in erasures)
        if not lines:
            return
        with writing(self.path):
            self.path.parent.mkdir(mode=0o700, exist_ok=True)
        append(self.path, lines)
