"""Commands on a store, and short words for what they answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Run = Callable[..., Any]
"""Runs a command: ``tz("show", "members")`` gives what it answers as data, ``refused=True`` the sentence of a refusal."""


def column(rows: list[dict[str, Any]], *names: str) -> list[tuple[Any, ...]]:
    return [tuple(row[name] for name in names) for row in rows]


def seq(said: Any) -> int:
    return int(said["seq"][0])
