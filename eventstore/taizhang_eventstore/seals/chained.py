"""Lists beside the log whose lines are chained (链式清单): who looked at whom, for one.

A line of JSON says in ``prev`` which line stands before it: the SHA-256 of that line's bytes, in base64. Where the
line before says no ``prev`` (it is of a time before lines were chained, or a crash has cut it short) it is the SHA-256
of all bytes up to there. So no line can be taken out, changed or put between without every later one showing it,
and the last one is held by a seal: its further line ``list NAME LINES HASH`` says how many there were, and the hash that
the next line would say of them.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import os
from typing import TYPE_CHECKING, Final, NamedTuple

from taizhang_eventstore.files import alone, opened, plain, private, read, settle, writing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import BinaryIO

WORD: Final = "list"
"""The first word of a seal's line about a list."""

MOST: Final = 1 << 30
"""Bytes of a list at the most: ten million lines."""


_BLOCK: Final = 1 << 20


class Head(NamedTuple):
    """A list as it is after so many of its lines."""

    lines: int
    hash: bytes


def _text(hash_: bytes) -> str:
    return base64.b64encode(hash_).decode()


def add(path: Path, made: Callable[[str], bytes]) -> None:
    """Adds a line to a list, on the disk when this returns.

    Args:
        path: the list; it is made if need be.
        made: makes the line, without its end, from the ``prev`` that it has to say.

    Raises:
        StoreError: it cannot be read or written.
    """
    new = plain(path) is None
    private(path)
    with alone(path), writing(path):
        with open(os.open(path, os.O_RDWR | os.O_APPEND), "r+b") as file:
            size = file.seek(0, os.SEEK_END)
            line = made(_text(_before(file, size)) if size else "")
            end = b"\n" if size and os.pread(file.fileno(), 1, size - 1) != b"\n" else b""
            os.write(file.fileno(), end + line + b"\n")
            os.fsync(file.fileno())
        if new:
            settle(path.parent)


def _before(file: BinaryIO, size: int) -> bytes:
    """The hash that the next line says of what is there; reads the last line only, where that is chained."""
    step = 4096
    while True:
        start = max(0, size - step)
        tail = os.pread(file.fileno(), size - start, start).rstrip(b"\n")
        cut = tail.rfind(b"\n")
        if cut >= 0 or start == 0:
            last = tail[cut + 1 :]
            break
        step *= 4
    if said(last) is not None:
        return hashlib.sha256(last).digest()
    file.seek(0)
    return hashlib.sha256(_ended(file.read(size))).digest()


def _ended(data: bytes) -> bytes:
    return data if data.endswith(b"\n") or not data else data + b"\n"


def said(line: bytes) -> str | None:
    """The ``prev`` of a line; None for one without."""
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    prev = found.get("prev") if isinstance(found, dict) else None
    return prev if isinstance(prev, str) else None


def walk(path: Path) -> Iterator[tuple[Head, bool]]:
    """Reads a list from its beginning: how it stands after each line, and if that line fits the one before.

    Raises `StoreError` where it cannot be read. Yields nothing where there is none.
    """
    whole, before, number = hashlib.sha256(), b"", 0
    data = _ended(read(path, MOST) or b"")
    for number, line in enumerate(data.split(b"\n")[:-1], start=1):
        whole.update(line + b"\n")
        prev = said(line)
        fits = prev is None or prev == (_text(before) if number > 1 else "")
        before = whole.digest() if prev is None else hashlib.sha256(line).digest()
        yield Head(number, before), fits


def head_of(path: Path) -> Head | None:
    """A list as it is now, without looking whether its lines fit; None where there is no line. Raises `StoreError`."""
    file = opened(path)
    if file is None:
        return None
    with writing(path), file:
        size = file.seek(0, os.SEEK_END)
        if not size:
            return None
        file.seek(0)
        ends = last = 0
        while part := file.read(_BLOCK):
            ends, last = ends + part.count(b"\n"), part[-1]
        return Head(ends + (last != 0x0A), _before(file, size))


def sealed_line(name: str, found: Head) -> str:
    """The line of a seal that says how a list stood."""
    return f"{WORD} {name} {found.lines} {_text(found.hash)}"


def of_sealed(line: str) -> tuple[str, Head] | None:
    """Reads a seal's line; None for one that is about something else, or about no plain file beside the log."""
    words = line.split(" ")
    if len(words) != 4 or words[0] != WORD or not words[2].isdecimal() or len(words[2]) > 12:
        return None
    name = words[1]
    try:
        hash_ = base64.b64decode(words[3], validate=True)
    except (binascii.Error, ValueError):
        return None
    if "/" in name or "\\" in name or name.startswith("."):
        return None
    return name, Head(int(words[2]), hash_)
