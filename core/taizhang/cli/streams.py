"""What is printed (输出): characters that act on a terminal never reach it, wherever they come from.

Names in events, arguments, paths, key files, help texts of programmes: all of them are somebody's. So the
streams themselves let nothing through that moves the cursor, sets a title or turns writing round; data keep
theirs, for JSON escapes them.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TextIO

ACTING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)
"""Controls but tab and end of line, marks of writing direction, halves of characters."""


def escaped(text: str) -> str:
    """JSON whose texts hold such characters, with these written as JSON does."""
    return ACTING.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


class Plain:
    """A stream that shows � for what would act."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream

    def write(self, text: str) -> int:
        """Writes text."""
        return self.stream.write(ACTING.sub("\ufffd", text))

    def writelines(self, lines: Iterable[str]) -> None:
        """Writes texts."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)


@contextmanager
def plainly() -> Iterator[None]:
    """``with plainly():`` — standard output and error are such streams."""
    out, err = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = Plain(out), Plain(err)
    try:
        yield
    finally:
        sys.stdout, sys.stderr = out, err


def whole(stream: TextIO) -> TextIO:
    """The stream itself, for what is this program's own: a bar of progress, the terminal's screens."""
    return stream.stream if isinstance(stream, Plain) else stream


def nowhere() -> None:
    """Sends what is left of the output nowhere: it would be tried once more at the end, and fail again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


__all__ = ["ACTING", "Plain", "escaped", "nowhere", "plainly", "whole"]
