"""The tree that seals a log (封存树): RFC 6962 with SHA-256, its roots and its proofs.

Hashes of leaves come from `merkle`; here they are 32 bytes each, often many of them joined in
one buffer, as they stand in ``seals/leaves.bin``. `Range` holds of a tree only what is needed
to grow it and to tell its root, so that sealing costs the new events alone.

Verification follows RFC 9162, 2.1.3.2 and 2.1.4.2, and shares nothing with what makes the
proofs but the hash of a node.
"""

from __future__ import annotations

import hashlib
from hashlib import sha256
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Self

HASH: Final = 32
"""Bytes of a hash."""

EMPTY: Final = hashlib.sha256(b"").digest()
"""The root of the tree without leaves."""

_NODE: Final = b"\x01"


def node(left: bytes, right: bytes) -> bytes:
    """The hash of a node over two others."""
    return sha256(_NODE + left + right).digest()


def _above(level: bytes) -> bytes:
    """The nodes over a level of an even number of nodes, joined."""
    return b"".join(
        [sha256(_NODE + level[k : k + 2 * HASH]).digest() for k in range(0, len(level), 2 * HASH)]
    )


class Range:
    """A tree of which only the peaks are kept (压缩区间): the roots of its full subtrees.

    `peaks[k]` is the root of the full subtree of 2**k leaves, None where the number of leaves
    has no such bit.
    """

    __slots__ = ("peaks",)

    def __init__(self, peaks: Sequence[bytes | None] = ()) -> None:
        self.peaks = list(peaks)

    @property
    def size(self) -> int:
        """The number of leaves."""
        return sum(1 << k for k, peak in enumerate(self.peaks) if peak is not None)

    def extend(self, leaves: bytes) -> None:
        """Adds leaves, their hashes joined in order."""
        level, k = leaves, 0
        while level:
            if k == len(self.peaks):
                self.peaks.append(None)
            peak = self.peaks[k]
            if peak is not None:
                level = peak + level
            odd = len(level) // HASH % 2
            self.peaks[k] = level[-HASH:] if odd else None
            level = _above(level[:-HASH] if odd else level)
            k += 1

    def root(self) -> bytes:
        """The root of the tree as it is."""
        found: bytes | None = None
        for peak in self.peaks:
            if peak is not None:
                found = peak if found is None else node(peak, found)
        return EMPTY if found is None else found

    def copy(self) -> Self:
        """A range of its own with the same leaves."""
        return type(self)(self.peaks)

    @classmethod
    def of(cls, size: int, hashes: Sequence[bytes]) -> Self:
        """From the number of leaves and the peaks, largest subtree first.

        Raises ValueError when there are not as many hashes as `size` has bits.
        """
        if len(hashes) != size.bit_count() or any(len(h) != HASH for h in hashes):
            msg = f"not the peaks of {size} leaves"
            raise ValueError(msg)
        left = list(hashes)
        return cls([left.pop() if size >> k & 1 else None for k in range(size.bit_length())])

    def hashes(self) -> list[bytes]:
        """The peaks, largest subtree first."""
        return [peak for peak in reversed(self.peaks) if peak is not None]


def root(leaves: bytes) -> bytes:
    """The root over leaves whose hashes are joined."""
    tree = Range()
    tree.extend(leaves)
    return tree.root()


def inclusion(leaves: bytes, index: int) -> list[bytes]:
    """The proof that leaf `index`, from 0, is in the tree over `leaves`: from leaf to root.

    Raises IndexError when there is no such leaf.
    """
    return inclusions(leaves, [index])[index]


def inclusions(leaves: bytes, indexes: Iterable[int]) -> dict[int, list[bytes]]:
    """Proves several leaves, by their indexes; the tree is gone through once.

    Raises IndexError when one of them is not there.
    """
    paths: dict[int, list[bytes]] = {index: [] for index in indexes}
    for index in paths:
        if not 0 <= index < len(leaves) // HASH:
            msg = f"no leaf {index} among {len(leaves) // HASH}"
            raise IndexError(msg)
    level, depth = leaves, 0
    while paths and len(level) > HASH:
        for index, path in paths.items():
            sibling = (index >> depth ^ 1) * HASH
            if sibling < len(level):
                path.append(level[sibling : sibling + HASH])
        # The last node of an odd number of nodes rises as it is.
        odd = len(level) // HASH % 2
        level = _above(level[:-HASH]) + level[-HASH:] if odd else _above(level)
        depth += 1
    return paths


def consistency(leaves: bytes, size: int) -> list[bytes]:
    """The proof that the tree over the first `size` of `leaves` is the beginning of the whole.

    Empty for the whole itself and for no leaf at all. Raises IndexError when there are fewer.
    """
    count = len(leaves) // HASH
    if not 0 <= size <= count:
        msg = f"no {size} leaves among {count}"
        raise IndexError(msg)
    return _subproof(leaves, size, True) if 0 < size < count else []


def _subproof(leaves: bytes, size: int, known: bool) -> list[bytes]:
    """SUBPROOF of RFC 6962, 2.1.2; `known`: whether the verifier has this subtree's root."""
    count = len(leaves) // HASH
    if size == count:
        return [] if known else [root(leaves)]
    half = 1 << (count - 1).bit_length() - 1
    left, right = leaves[: half * HASH], leaves[half * HASH :]
    if size <= half:
        return [*_subproof(left, size, known), root(right)]
    return [*_subproof(right, size - half, False), root(left)]


def includes(root: bytes, size: int, index: int, leaf: bytes, path: Sequence[bytes]) -> bool:
    """Tells if `path` proves that leaf number `index`, from 0, of the tree is `leaf`."""
    if not 0 <= index < size:
        return False
    at, last, found = index, size - 1, leaf
    for step in path:
        if last == 0:
            return False
        if at & 1 or at == last:
            found = node(step, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = node(found, step)
        at, last = at >> 1, last >> 1
    return last == 0 and found == root


def continues(
    old_root: bytes, old_size: int, new_root: bytes, new_size: int, path: Sequence[bytes]
) -> bool:
    """Tells if `path` proves that the old tree is the beginning of the new one."""
    if not 0 <= old_size <= new_size:
        return False
    if old_size == new_size:
        return not path and old_root == new_root
    if old_size == 0:
        return not path and old_root == EMPTY
    if not path:
        return False
    steps = list(path)
    if old_size & (old_size - 1) == 0:
        steps.insert(0, old_root)
    at, last = old_size - 1, new_size - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    old = new = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            old, new = node(step, old), node(step, new)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            new = node(new, step)
        at, last = at >> 1, last >> 1
    return last == 0 and old == old_root and new == new_root
