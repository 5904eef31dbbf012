"""Checkpoints (封存文本): which log, how many events, which root, and proofs beside them.

https://c2sp.org/tlog-checkpoint, https://c2sp.org/tlog-proof, and for consistency the body of
a request to a witness, https://c2sp.org/tlog-witness. A checkpoint is the text of a signed
note; signed, it is a *seal* (封存): some 200 bytes that fit on paper.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from taizhang_eventstore.errors import StoreError
from taizhang_eventstore.seals import tree
from taizhang_eventstore.seals.note import Note, Verifier, decode64, encode64, signed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Self

    from taizhang_eventstore.seals.note import Signer

PROOF: Final = "c2sp.org/tlog-proof@v1"

# No log is longer, and no proof has more steps.
_NUMBER: Final = re.compile(r"0|[1-9][0-9]{0,17}", re.ASCII)
_STEPS: Final = 63


class CheckpointMalformed(StoreError):
    """A signed note whose text is not a checkpoint."""

    exit_code = 3


class ProofMalformed(StoreError):
    """Not a proof in the form in which `prove` writes it."""

    exit_code = 3


_CHECKPOINT: Final = (
    "封存文本的内容不对：应依次为账册名、事件数、树根。"
    "|The text of the seal is wrong: it holds the log's name, the number of events and the root."
)
_PROOF: Final = "证明文件的格式不对：{zh}。|The proof is not in its exact form: {en}."


def _number(text: str) -> int | None:
    return int(text) if _NUMBER.fullmatch(text) else None


HEIR: Final = "key"
"""The first word of a seal's line that names the key which signs from then on."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The length of a log, and the root of the tree over it."""

    origin: str
    """Which log: ``taizhang/`` and 16 characters made from its first event."""

    size: int
    """How many events, from the first."""

    root: bytes
    """The root over them, 32 bytes."""

    extensions: tuple[str, ...] = ()
    """Further lines: how lists beside the log stood (`seals.chained`). Others are kept as they are found."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """From a note's text. Raises `CheckpointMalformed`."""
        lines = text.split("\n")
        if len(lines) < 4 or lines.pop() or not all(lines):
            raise CheckpointMalformed(_CHECKPOINT)
        origin, number, encoded, *rest = lines
        size, found = _number(number), decode64(encoded)
        if size is None or found is None or len(found) != tree.HASH:
            raise CheckpointMalformed(_CHECKPOINT)
        return cls(origin, size, found, tuple(rest))

    def encode(self) -> str:
        """The note's text."""
        lines = (self.origin, str(self.size), encode64(self.root), *self.extensions)
        return "".join(line + "\n" for line in lines)


@dataclass(frozen=True, slots=True)
class Seal:
    """A signed checkpoint (封存)."""

    checkpoint: Checkpoint
    note: Note

    @property
    def size(self) -> int:
        """Tells how many events it seals."""
        return self.checkpoint.size

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """From the bytes of a seal; verifies nothing. Raises `NoteMalformed` and `CheckpointMalformed`."""
        note = Note.parse(data)
        return cls(Checkpoint.parse(note.text), note)

    @classmethod
    def make(cls, checkpoint: Checkpoint, *signers: Signer) -> Self:
        """The checkpoint, signed."""
        return cls(checkpoint, signed(checkpoint.encode(), *signers))

    def encode(self) -> bytes:
        """The bytes of the seal."""
        return self.note.encode()


def heirs(seal: Seal) -> list[Verifier]:
    """The keys that a seal names as those which sign from then on, and that have signed it as well."""
    found = []
    for line in seal.checkpoint.extensions:
        word, _, text = line.partition(" ")
        if word != HEIR:
            continue
        try:
            key = Verifier.parse(text)
            seal.note.check([key])
        except StoreError:
            continue
        found.append(key)
    return found


def succeeded(seals: Iterable[Seal], known: Sequence[Verifier]) -> list[Verifier]:
    """The keys that are believed by whoever believes `known`: also those that one of them has named its heir.

    Args:
        seals: the seals of a store, the earlier first.
        known: the keys that are believed.
    """
    found = list(known)
    for seal in seals:
        named = [key for key in heirs(seal) if key not in found]
        if not named:
            continue
        try:
            seal.note.check(found)
        except StoreError:
            continue
        found += named
    return found


def _hashes(lines: Sequence[str]) -> tuple[bytes, ...]:
    found = [decode64(line) or b"" for line in lines]
    if len(found) > _STEPS or any(len(h) != tree.HASH for h in found):
        raise ProofMalformed(_PROOF, zh="哈希行不对", en="a line of hash is wrong")
    return tuple(found)


def _halves(data: bytes) -> tuple[list[str], Seal]:
    """The lines before the first empty line, and the seal after it."""
    above, blank, below = data.partition(b"\n\n")
    try:
        lines = above.decode().split("\n")
    except UnicodeDecodeError:
        lines = []
    if not blank or not lines:
        raise ProofMalformed(_PROOF, zh="缺少封存", en="there is no seal in it")
    return lines, Seal.parse(below)


def _wrong() -> ProofMalformed:
    return ProofMalformed(_PROOF, zh="开头几行不对", en="its first lines are wrong")


@dataclass(frozen=True, slots=True)
class InclusionProof:
    """A proof that one event is in a sealed log, with the event itself."""

    index: int
    """Its number, from 0."""

    path: tuple[bytes, ...]
    seal: Seal
    leaf: bytes
    """The leaf's bytes, unhashed, as in `merkle.leaf_bytes`: the event."""

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """From the bytes of a proof; verifies nothing. Raises `StoreError`."""
        (first, *lines), seal = _halves(data)
        if first != PROOF:
            raise _wrong()
        leaf = b""
        if lines and lines[0].startswith("extra "):
            leaf = decode64(lines.pop(0).removeprefix("extra ")) or b""
        word, _, number = (lines.pop(0) if lines else "").partition(" ")
        index = _number(number)
        if word != "index" or index is None or not leaf:
            raise _wrong()
        return cls(index, _hashes(lines), seal, leaf)

    def encode(self) -> bytes:
        """The bytes of the proof."""
        lines = [PROOF, f"extra {encode64(self.leaf)}", f"index {self.index}"]
        lines += [encode64(step) for step in self.path]
        return "\n".join(lines).encode() + b"\n\n" + self.seal.encode()

    def holds(self, leaf_hash: bytes) -> bool:
        """Tells if the path leads from `leaf_hash` to the seal's root. Checks no signature."""
        head = self.seal.checkpoint
        return tree.includes(head.root, head.size, self.index, leaf_hash, self.path)


@dataclass(frozen=True, slots=True)
class ConsistencyProof:
    """A proof that a sealed log is the beginning of a longer one."""

    old_size: int
    path: tuple[bytes, ...]
    seal: Seal
    """The later seal; the earlier one is kept by whoever asks."""

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """From the bytes of a proof; verifies nothing. Raises `StoreError`."""
        (first, *lines), seal = _halves(data)
        size = _number(first.removeprefix("old ")) if first.startswith("old ") else None
        if size is None:
            raise _wrong()
        return cls(size, _hashes(lines), seal)

    def encode(self) -> bytes:
        """The bytes of the proof."""
        lines = [f"old {self.old_size}", *(encode64(step) for step in self.path)]
        return "\n".join(lines).encode() + b"\n\n" + self.seal.encode()

    def holds(self, old: Checkpoint) -> bool:
        """Tells if the log sealed by `old` is the beginning of this one. Checks no signature."""
        new = self.seal.checkpoint
        return (old.origin, old.size) == (new.origin, self.old_size) and tree.continues(
            old.root, old.size, new.root, new.size, self.path
        )
