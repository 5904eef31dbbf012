"""A spill: items put aside by partition, in a file that has no name, and taken back partition by
partition. So what is larger than memory is put into another order by two passes over it.
"""

from __future__ import annotations

import marshal
import tempfile
from array import array
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

    def _write(self) -> None:
        made = []
        for partition, items in enumerate(self.waiting):
            if items:
                chunk = marshal.dumps(items)
                made.append(chunk)
                self._chunks[partition].extend((self._end, len(chunk)))
                self._end += len(chunk)
                items.clear()
        data = memoryview(b"".join(made))
        while data:
            data = data[self._file.write(data) :]
        self._count = 0

    def take(self, partition: int) -> list[Item]:
        """The items of a partition, which is empty from now on."""
        items: list[Item] = []
        chunks = self._chunks[partition]
        for start, length in zip(chunks[::2], chunks[1::2], strict=True):
            self._file.seek(start)
            items += marshal.loads(self._file.read(length))
        items += self.waiting[partition]
        self.waiting[partition] = []
        self._chunks[partition] = array("Q")
        return items

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
