"""The list of erasures (删除名单), kept with the seals: who was erased, so that it stays so.

A backup brings back keys, and an older log does not know what was erased after it. The list is
short and says nothing of a person but an id: JSON lines in ``seals/erasures.jsonl``, ``subject``,
``position`` of the event that erased, ``recorded_at``, and ``proof`` that this event stands in the
sealed log (`seals.attesting` makes it and holds it to its word). The list is anybody's to write, so
a line counts by the event in the log, or by its proof, and never by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from taizhang_eventstore.files import alone, put, read, writing

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

NAME: Final = "erasures.jsonl"

EVENT: Final = "subject.erased"
"""The event that erases; its payload has the ``subject``."""


class Erasure(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line."""

    subject: str
    position: int
    recorded_at: str
    proof: str = ""
    """A C2SP tlog-proof of the event; empty where it was not sealed yet."""


_encode: Final = msgspec.json.Encoder().encode
_decode: Final = msgspec.json.Decoder(Erasure).decode


def read_line(line: bytes) -> Erasure | None:
    """Reads a line; None for one that cannot be read."""
    try:
        return _decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def mended(text: bytes, logged: Iterable[Erasure]) -> bytes:
    """The list with a line for each erasure in the log, and without what a crash has cut short.

    Args:
        text: the list as it stands.
        logged: the erasures that the log has, with the proofs that there are for them. A line of theirs
            without proof makes way for one that has it.

    Returns:
        The same bytes where there is nothing to mend. Lines that say something else are kept as they
        are, also those that cannot be read and are no beginning of a whole one: they may speak of
        somebody of whom this log does not know.
    """
    wanted = {(e.subject, e.position): e for e in logged}
    lines: list[bytes] = []
    for line in filter(None, text.split(b"\n")):
        said = read_line(line)
        better = None if said is None else wanted.pop((said.subject, said.position), None)
        if said is not None and better is not None and better.proof:
            line = line if better.proof == said.proof else _encode(better)
        lines.append(line)
    lines += map(_encode, wanted.values())
    whole = [line for line in lines if read_line(line) is not None]
    kept = [line for line in lines if read_line(line) is not None or not _cut(line, whole)]
    return b"".join(line + b"\n" for line in kept)


def _cut(line: bytes, whole: Iterable[bytes]) -> bool:
    """Tells if a line that cannot be read is the beginning of a whole one, perhaps of one with a proof."""
    if not line.strip(b"\0 \r"):
        return True
    return any(one.startswith(line) or line.startswith(one[:-1] + b",") for one in whole)


class Erasures:
    """The list of the store in the directory `root`. Reading makes nothing."""

    def __init__(self, root: Path) -> None:
        self.path = root / "seals" / NAME

    def load(self) -> list[Erasure]:
        """All of them, in the order in which they were made. Raises `StoreError`."""
        return list(filter(None, map(read_line, self._text().split(b"\n"))))

    def unreadable(self) -> list[int]:
        """The numbers, from 1, of lines that cannot be read. Raises `StoreError`."""
        lines = enumerate(self._text().split(b"\n"), 1)
        return [number for number, line in lines if line.strip() and read_line(line) is None]

    def _text(self) -> bytes:
        return read(self.path) or b""

    def state(self) -> tuple[int, int]:
        """A mark that changes with the file; cheap."""
        try:
            found = self.path.stat()
        except OSError:
            return 0, 0
        return found.st_mtime_ns, found.st_size

    def mend(self, logged: Iterable[Erasure]) -> None:
        """Brings the list level with the log (`mended`); on the disk when this returns. Raises `StoreError`."""
        logged = list(logged)
        if mended(text := self._text(), logged) == text:
            return
        with writing(self.path):
            self.path.parent.mkdir(mode=0o700, exist_ok=True)
        with alone(self.path.parent):
            put(self.path, mended(self._text(), logged), mode=0o600)
