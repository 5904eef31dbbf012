"""Masks (掩码): numbers of people as everybody may see them, their ends only.

Lists, summaries and pages show telephone and ID numbers masked; who needs one in full asks for it
(``--plain``, a key on the screens). Which fields are masked, their kinds say (:meth:`Kind.mask`).
"""

from __future__ import annotations

import re
from typing import Any

HEAD, TAIL = 3, 4
SHORT = 11
"""Numbers with fewer characters would be told by both ends: only the last two are left."""

# What has no declaration here goes by its shape: an ID number, a mobile and a landline number.
_NUMBER = re.compile(r"(?<!\d)(\d{17}[\dXx]|1\d{10}|0\d{2,3}-\d{7,8})(?![\dXx])")


def masked(number: str) -> str:
    """A number with its middle hidden; words that stand in its place (〔已删除〕) are left alone."""
    if not any(c.isdigit() for c in number):
        return number
    if len(number) < SHORT:
        return "*" * max(0, len(number) - 2) + number[-2:]
    return number[:HEAD] + "*" * (len(number) - HEAD - TAIL) + number[-TAIL:]


def guessed(value: Any) -> Any:
    """Stored data that nothing here declares, with all that looks like a person's number masked."""
    if isinstance(value, str):
        return _NUMBER.sub(lambda found: masked(found[0]), value)
    if isinstance(value, list):
        return [guessed(v) for v in value]
    if isinstance(value, dict):
        return {k: guessed(v) for k, v in value.items()}
    return value
