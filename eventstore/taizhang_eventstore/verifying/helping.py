"""A second process that reads the later part of a log while this one reads the earlier (分头核验).

It is believed only where it has nothing to say: a part that is as it should be in every respect, and begins
exactly where this process has come to. Whatever else becomes of it, killed, out of memory, something found,
this process reads that part itself and says what it always said. So findings never depend on there being two.
"""

from __future__ import annotations

import json
import os
import sqlite3
import tempfile
import threading
from array import array
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import IO, Final

import msgspec

from taizhang_eventstore.seals.tree import HASH
from taizhang_eventstore.verifying.scanning import UNREADABLE, Joint, Page, Scan
from taizhang_eventstore.verifying.tags import tags_sum

WORTHWHILE: Final = 50_000
"""Below so many events one process is done before another has begun."""

SHARE: Final = 0.52
"""The part of the log that this process reads: it makes the tree besides, the other adds up the tags."""

NEAR: Final = 200
"""Among so many events before the cut the end of an action is looked for."""

Open = Callable[[], sqlite3.Connection]


class _Head(msgspec.Struct):
    id: str
    i: int
    n: int
    recorded_at: str


class Helper:
    """The other process, which has begun; see :func:`helping`."""

    def __init__(self, pid: int, answer: int, leaves: IO[bytes], joint: Joint) -> None:
        self.cut = joint.position
        """The last position that this process has to read before it takes over what the other has read."""
        self._pid = pid
        self._answer = answer
        self._leaves = leaves
        self._joint = joint

    def take_over(self, scan: Scan) -> tuple[list[Page], int | None] | None:
        """Takes over what the other process has read, if it may be believed; the scan has then come to its
        end.

        Returns:
            The pages, and what the index of tags adds up to (see :func:`tags_sum`); None where this process
            has to read on.
        """
        if scan.joint != self._joint:
            return None
        said = b""
        with suppress(OSError):
            while part := os.read(self._answer, 1 << 16):
                said += part
        try:
            told = json.loads(said)
            pages = list(_pages(self._leaves, told["pages"]))
            if sum(len(p.positions) for p in pages) != told["count"]:
                return None
            rest = Joint(*told["joint"])
            scan.join(rest, told["count"], told["tag_sum"])
        except (ValueError, TypeError, KeyError, OSError):
            return None
        return pages, told["index"]

    def end(self) -> None:
        """Ends the other process, whatever it is doing, and waits for it."""
        with suppress(ProcessLookupError):
            os.kill(self._pid, 9)
        with suppress(ChildProcessError):
            os.waitpid(self._pid, 0)


@contextmanager
def helping(connect: Open, scan: Scan, first: int, last: int) -> Iterator[Helper | None]:
    """Has another process read the later part of a log, where that pays and can be had.

    Args:
        connect: opens a connection that reads the log.
        scan: the pass of this process, which has not begun.
        first: the first position that there is.
        last: the last one that is looked at.

    Yields:
        The helper, or None where this process is alone: one core, no ``fork``, other threads, a short log.
    """
    with ExitStack() as ends:
        yield _begun(connect, scan, first, last, ends)


def _begun(connect: Open, scan: Scan, first: int, last: int, ends: ExitStack) -> Helper | None:
    if not _possible() or last - first < WORTHWHILE:
        return None
    try:
        joint = _joint(connect(), first + int((last - first) * SHARE))
        if joint is None:
            return None
        leaves = tempfile.TemporaryFile()  # noqa: SIM115 - it is closed with the rest
        ends.callback(leaves.close)
        reading, writing = os.pipe()
        ends.callback(os.close, reading)
    except (sqlite3.Error, OSError):
        return None
    try:
        pid = os.fork()
    except OSError:
        os.close(writing)
        return None
    if pid == 0:
        _child(connect, scan, joint, leaves, writing)
    os.close(writing)
    helper = Helper(pid, reading, leaves, joint)
    ends.callback(helper.end)
    return helper


def _possible() -> bool:
    if not hasattr(os, "fork") or threading.active_count() > 1:
        return False
    try:
        return len(os.sched_getaffinity(0)) > 1
    except AttributeError:
        return (os.cpu_count() or 1) > 1


def _joint(connection: sqlite3.Connection, near: int) -> Joint | None:
    """The last event up to a position, or not long before it, that ends its action."""
    rows = connection.execute(
        "SELECT seq, data FROM events WHERE seq <= ? ORDER BY seq DESC LIMIT ?", (near, NEAR)
    )
    for seq, data in rows:
        try:
            head = msgspec.json.decode(data, type=_Head)
        except (*UNREADABLE, TypeError):
            return None
        if head.i == head.n:
            return Joint(seq, head.id, head.recorded_at)
    return None


def _child(connect: Open, scan: Scan, joint: Joint, leaves: IO[bytes], answer: int) -> None:
    """The other process's whole life; it never returns."""
    try:
        connection = connect()
        connection.text_factory = bytearray
        mine = Scan(connection, scan.until)
        mine.factor = scan.factor
        mine.begin(joint)
        sizes = []
        for page in mine.pages():
            sizes.append(len(page.positions))
            leaves.write(array("q", page.positions).tobytes())
            leaves.write(page.leaves)
            if not mine.clean:
                os._exit(1)
        leaves.flush()
        rest = mine.joint
        if rest is None:
            os._exit(1)
        said = {
            "pages": sizes,
            "count": mine.count,
            "tag_sum": mine.tag_sum,
            "joint": list(rest),
            "index": tags_sum(connect(), mine.factor, mine.until),
        }
        told = json.dumps(said).encode()
        while told:
            told = told[os.write(answer, told) :]
    except BaseException:
        os._exit(1)
    os._exit(0)


def _pages(leaves: IO[bytes], sizes: list[int]) -> Iterator[Page]:
    leaves.seek(0)
    for size in sizes:
        positions = array("q")
        positions.frombytes(leaves.read(8 * size))
        yield Page(positions, leaves.read(HASH * size))


__all__ = ["Helper", "helping"]
