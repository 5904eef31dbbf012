"""The log's tree beside the hashes that were kept when it was sealed (比对): where do they part?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from taizhang_eventstore.seals.tree import HASH, Range

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import BinaryIO

    from taizhang_eventstore.verifying.scanning import Page


class Comparison:
    """The log's tree at every size that a seal names, and the first leaf that is not the kept one."""

    def __init__(self, sizes: Sequence[int], kept: BinaryIO | None) -> None:
        self.tree = Range()
        self.roots: dict[int, bytes] = {}
        self.size = 0
        self.first_leaf = b""
        self.differs: int | None = None
        """Index of the first leaf that differs from the one in ``leaves.bin``."""
        self.instead: bytes = b""
        self.instead_at = 0
        """That leaf, and its event's position."""
        self._wanted = sorted(set(sizes), reverse=True)
        self._kept = kept

    def take(self, page: Page) -> None:
        """Adds the leaves of a page."""
        if not self.size:
            self.first_leaf = page.leaves[:HASH]
        if self._kept is not None and self.differs is None:
            self._compare(page)
        done = 0
        end = self.size + len(page.leaves) // HASH
        while self._wanted and self._wanted[-1] <= end:
            size = self._wanted.pop()
            part = (size - self.size) * HASH
            self.tree.extend(page.leaves[done:part])
            done = part
            self.roots[size] = self.tree.root()
        self.tree.extend(page.leaves[done:])
        self.size = end

    def _compare(self, page: Page) -> None:
        kept = self._kept.read(len(page.leaves)) if self._kept is not None else b""
        if page.leaves == kept:
            return
        for k in range(0, len(kept) // HASH * HASH, HASH):
            if page.leaves[k : k + HASH] != kept[k : k + HASH]:
                self.differs = self.size + k // HASH
                self.instead = page.leaves[k : k + HASH]
                self.instead_at = page.positions[k // HASH]
                break
        if len(kept) < len(page.leaves):
            self._kept = None
