"""The cells of a workbook (.xlsx), read in a process of its own.

A file of two kilobytes can say that there is a cell in the last column of the last row, or the same text of
twenty megabytes a thousand times; what reads it then asks for all the memory, and ends the process that it
is in. So it is in another one, which may use so much and no more.
"""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

from taizhang.words.errors import Refused

MAX_INFLATED = 200_000_000
"""Bytes that the parts of a workbook may claim to have."""

MAX_MEMORY = 2 << 30
"""Bytes that reading may use."""

MAX_TEXT = 100_000_000
"""Characters of all cells together."""

PATIENCE = 120
"""Seconds."""

_UNREADABLE, _TOO_MUCH = 4, 5
_CHILD = f"""
import datetime, json, sys
try:
    import resource
    resource.setrlimit(resource.RLIMIT_AS, ({MAX_MEMORY}, {MAX_MEMORY}))
except (ImportError, ValueError, OSError):
    pass
from python_calamine import CalamineError, CalamineWorkbook
def plain(value):
    if isinstance(value, datetime.datetime):
        value = value.date()
    return value.isoformat() if isinstance(value, datetime.date) else value
try:
    sheet = CalamineWorkbook.from_path(sys.argv[1]).get_sheet_by_index(0)
    rows = sheet.to_python(skip_empty_area=False, nrows=int(sys.argv[2]))
except (CalamineError, IndexError, OSError):
    sys.exit({_UNREADABLE})
if sum(len(c) for row in rows for c in row if isinstance(c, str)) > {MAX_TEXT}:
    sys.exit({_TOO_MUCH})
for row in rows:
    print(json.dumps([plain(c) for c in row], default=str))
"""


def cells_of(path: Path, most: int) -> list[list[Any]]:
    """The first ``most`` rows of the first sheet: texts, numbers, truths, days as ``2012-07-01``.

    Raises :class:`Refused` for a file that is no workbook, or unfolds to too much.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            # What the archive claims is checked first; what it does is bounded in any case.
            if sum(i.file_size for i in archive.infolist()) > MAX_INFLATED:
                raise _too_much(path)
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        raise _unreadable(path) from None
    command = [sys.executable, "-I", "-c", _CHILD, str(path.absolute()), str(most)]
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE, check=False
        )
    except subprocess.TimeoutExpired:
        raise _too_much(path) from None
    if done.returncode == _UNREADABLE:
        raise _unreadable(path)
    if done.returncode:
        raise _too_much(path)
    return [json.loads(line) for line in done.stdout.splitlines()]


def _too_much(path: Path) -> Refused:
    return Refused(
        "{path} 展开后过大（有一格远在表外，或文字太长），没有读|{path} unfolds to too much (a cell lies far outside, or a text is too long) and was not read",
        path=path.name,
    )


def _unreadable(path: Path) -> Refused:
    return Refused(
        "{path} 不是可读的 .xlsx 文件：已损坏、设了密码，或只是改了扩展名"
        "|{path} is not a readable .xlsx file: it is damaged, has a password, or is of another kind",
        path=path.name,
    )


__all__ = ["MAX_INFLATED", "cells_of"]
