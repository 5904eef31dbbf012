"""A spill: items put aside by partition, in a file that has no name, and taken back partition by
partition. So what is larger than memory is put into another order by two passes over it.

One process puts into a spill, and others that were forked from the same may take out of it, once they
are told where everything is (:meth:`Spill.places`).
"""

from __future__ import annotations

import marshal
import os
import tempfile
from array import array
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

Item = tuple[Any, ...]
"""Of plain values: numbers, texts, bytes, None, and tuples of these."""

HELD = 5_000
"""So many items wait in memory before they are written."""


class Spill:
    """Items in ``partitions`` numbered from 0, each in the order in which they were put.

    Items are added to the lists of ``waiting``, and their number is told to :meth:`added`.
    """

    def __init__(self, folder: Path, partitions: int, held: int = HELD) -> None:
        self.waiting: list[list[Item]] = [[] for _ in range(partitions)]
        self._file = tempfile.TemporaryFile(dir=folder, buffering=0)  # noqa: SIM115
        # Where each partition's chunks begin and how long they are, in turns: not tuples, for there are
        # as many as partitions times writes.
        self._chunks = [array("Q") for _ in range(partitions)]
        self._end = 0
        self._held = held
        self._count = 0

    def added(self, count: int) -> None:
        """So many items were added; raises OSError when the disk is full."""
        self._count += count
        if self._count >= self._held:
            self._write()

    def put(self, data: bytes) -> tuple[int, int]:
        """Puts bytes that belong to no partition; returns where they are, for :meth:`read`."""
        place = self._end, len(data)
        self._append(data)
        return place

    def read(self, start: int, length: int) -> bytes:
        """Reads what is there in the file."""
        # Not seek and read: processes that share a file share the place where they are in it.
        return os.pread(self._file.fileno(), length, start)

    def settle(self) -> None:
        """Writes what waits in memory."""
        self._write()

    def places(self, partitions: Sequence[int]) -> list[bytes]:
        """Locates the items of partitions, once they are settled."""
        return [self._chunks[p].tobytes() for p in partitions]

    def told(self, partitions: Sequence[int], places: Sequence[bytes]) -> None:
        """Takes over the :meth:`places` of another process."""
        for partition, place in zip(partitions, places, strict=True):
            self._chunks[partition] = array("Q", place)

    def _write(self) -> None:
        made, end = [], self._end
        for partition, items in enumerate(self.waiting):
            if items:
                chunk = marshal.dumps(items)
                made.append(chunk)
                self._chunks[partition].extend((end, len(chunk)))
                end += len(chunk)
                items.clear()
        self._append(b"".join(made))
        self._count = 0

    def _append(self, data: bytes) -> None:
        self._end += len(data)
        left = memoryview(data)
        while left:
            left = left[self._file.write(left) :]

    def take(self, partition: int) -> list[Item]:
        """The items of a partition, which is empty from now on."""
        items: list[Item] = []
        chunks = self._chunks[partition]
        for start, length in zip(chunks[::2], chunks[1::2], strict=True):
            items += marshal.loads(self.read(start, length))
        items += self.waiting[partition]
        self.waiting[partition] = []
        self._chunks[partition] = array("Q")
        return items

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
