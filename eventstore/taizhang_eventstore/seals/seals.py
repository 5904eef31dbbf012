"""The seals of a store (封存) as files, and reading them; `sealing` makes them.

Everything here stands beside the log; the log's own file is not touched::

    seal.key                     the private key (0600); whoever has it can seal
    seals/seal.pub               its public half, a line each; the last one signs
    seals/000000024118.seal      a seal, named by the number of events that it covers
    seals/leaves.bin             the hashes of the sealed leaves, 32 bytes each, in order
    seals/range                  the tree's peaks, so that the next seal costs new events only

``range`` and ``leaves.bin`` are trusted by nobody. The range counts only if its root stands in
a seal signed by this store; the leaves only as far as a seal's root comes out of them.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from taizhang_eventstore.ambient import base32
from taizhang_eventstore.errors import StoreError, StoreNotFound
from taizhang_eventstore.files import opened, read
from taizhang_eventstore.seals.checkpoint import Seal
from taizhang_eventstore.seals.note import KeyMalformed, Signer, Verifier, decode64
from taizhang_eventstore.seals.reach import RANGE
from taizhang_eventstore.seals.tree import HASH, Range

PASSING: Final = "passing"
"""The last line of ``range`` where the next seal of its kind takes the last one's place."""


class SealKeyMissing(StoreError):
    """There is no private key to seal with."""


_NO_KEY: Final = (
    "没有封存私钥 {path}，不能封存。若已遗失，用 taizhang seal --new-key 另造一把，并把新公钥另行保存。"
    "|There is no private key {path} to seal with. If it is lost, taizhang seal --new-key makes "
    "another; keep its public half elsewhere."
)


def origin_of(first_leaf: bytes) -> str:
    """The name of a log for its seals, from the hash of its first event's leaf.

    80 bits: an event carries random ids, so no two offices' logs share a name.
    """
    return f"taizhang/{base32(int.from_bytes(first_leaf[:10]), 16)}"


class Seals:
    """The seals of the store in the directory `root`. Reading makes nothing."""

    def __init__(self, root: str | os.PathLike[str]) -> None:
        self.root = Path(root)
        self.directory = self.root / "seals"
        self.key = self.root / "seal.key"
        self.public = self.directory / "seal.pub"
        self.leaves = self.directory / "leaves.bin"
        self.range = self.directory / "range"

    # Keys

    def verifiers(self) -> list[Verifier]:
        """The public keys that the store itself names, the present one last. Raises `KeyMalformed`."""
        lines = (read(self.public) or b"").decode(errors="replace").splitlines()
        return [Verifier.parse(line) for line in lines if line.strip()]

    def signer(self) -> Signer:
        """The private key. Raises `SealKeyMissing` and `KeyMalformed`."""
        text = read(self.key)
        if text is None:
            raise SealKeyMissing(_NO_KEY, path=self.key)
        return Signer.parse(text.decode(errors="replace"))

    def passing(self) -> int:
        """The size of the last seal, if nobody had asked for it; 0 otherwise."""
        lines = (read(self.range) or b"").decode(errors="replace").split("\n")
        return int(lines[1]) if lines[-2:-1] == [PASSING] and lines[1].isdecimal() else 0

    # Seals that are there

    def path(self, size: int) -> Path:
        """Returns where the seal over `size` events stands."""
        return self.directory / f"{size:012}.seal"

    def sizes(self) -> list[int]:
        """The sizes of the seals that are there, by their file names, rising."""
        if not self.directory.is_dir():
            return []
        # An empty one is what a loss of power has left of a seal that nobody had asked for.
        names = (
            e.name[:-5]
            for e in os.scandir(self.directory)
            if e.name.endswith(".seal") and e.stat().st_size
        )
        return sorted(int(name) for name in names if name.isascii() and name.isdigit())

    def load(self, size: int) -> Seal | None:
        """The seal over `size` events, None where there is none, or an empty file. Verifies nothing."""
        data = read(self.path(size))
        return Seal.parse(data) if data else None

    def latest(self) -> Seal | None:
        """The seal over the most events. Verifies nothing. Raises `StoreError` if malformed."""
        sizes = self.sizes()
        return self.load(sizes[-1]) if sizes else None

    def position(self) -> int:
        """The last position that was sealed, 0 if unknown: a hint when to seal again."""
        state = self.state()
        return state[1] if state else 0

    def sealed_leaves(self, size: int) -> bytes:
        """The first `size` leaves' hashes from ``leaves.bin``; fewer if it has fewer."""
        if (file := opened(self.leaves)) is None:
            return b""
        with file:
            found = file.read(size * HASH)
        return found[: len(found) // HASH * HASH]

    def sealed_leaf(self, index: int) -> bytes:
        """One leaf's hash from ``leaves.bin``; empty where it has none."""
        if (file := opened(self.leaves)) is None:
            return b""
        with file:
            file.seek(index * HASH)
            return file.read(HASH)

    def leaves_kept(self) -> int:
        """Tells how many leaves ``leaves.bin`` holds."""
        return self.leaves.stat().st_size // HASH if self.leaves.exists() else 0

    def state(self) -> tuple[Range, int] | None:
        """The tree's peaks and the position it ends at, as ``range`` says: to be believed by none."""
        lines = (read(self.range) or b"").decode(errors="replace").split("\n")
        if lines[-2:-1] == [PASSING]:
            del lines[-2]
        try:
            word, size, position, *hashes, _ = lines
            tree = Range.of(int(size), [decode64(h) or b"" for h in hashes])
            return (tree, int(position)) if word == RANGE else None
        except ValueError:
            return None


def load_file(path: str | os.PathLike[str]) -> Seal:
    """The seal in a file of one's own. Raises `StoreNotFound` and `StoreError`."""
    data = read(Path(path))
    if data is None:
        raise StoreNotFound("找不到封存文件 {path}。|There is no seal at {path}.", path=path)
    return Seal.parse(data)


def keys_of(text: str) -> list[Verifier]:
    """Public keys given as text, or as a file that holds one a line. Raises `KeyMalformed`."""
    try:
        return [Verifier.parse(text)]
    except KeyMalformed:
        data = read(Path(text)) if len(text) < 1_000 else None
        if not data:
            raise
        lines = data.decode(errors="replace").splitlines()
        return [Verifier.parse(line) for line in lines if line.strip()]
