"""Deprecation (弃用): what authors may rely on goes in three steps: a warning, an error, and then it is gone.

``@deprecated(since="0.3", gone="0.5", instead="programme.records")`` on a hook, a function or a method of
the programme interface: from ``since`` on whoever uses it is warned, once by name; from ``gone`` on it is
refused with the same sentence, for one more release, after which the name itself is taken away.
"""

from __future__ import annotations

import functools
import re
import warnings
from collections.abc import Callable
from typing import Any, TypeVar

from msgspec import Struct

import taizhang
from taizhang.words.errors import Usage

F = TypeVar("F", bound=Callable[..., Any])

APART = 2
"""Minor releases between the warning and the error."""

_WARNED: set[str] = set()


class Deprecation(Struct, frozen=True):
    """One name that is going: in which versions, and what stands in its place."""

    name: str
    since: str
    gone: str
    instead: str

    def tell(self, stacklevel: int = 2) -> None:
        """Warns of it, once; raises :class:`Usage` when its time is up."""
        now = _version(taizhang.__version__)
        if now >= _version(self.gone):
            raise Usage(
                "{name} 自 {gone} 版起不再支持，请改用 {instead}"
                "|{name} is supported no longer since {gone}; use {instead}",
                name=self.name,
                gone=self.gone,
                instead=self.instead,
            )
        if now >= _version(self.since) and self.name not in _WARNED:
            _WARNED.add(self.name)
            warnings.warn(
                f"{self.name} is deprecated since {self.since} and refused from {self.gone} on; "
                f"use {self.instead}",
                DeprecationWarning,
                stacklevel=stacklevel + 1,
            )


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", text)[:3])


def deprecated(*, since: str, gone: str, instead: str) -> Callable[[F], F]:
    """Marks a hook, a function or a method as going. Authors have two minor releases at least between
    ``since`` and ``gone``, or until the next major one: ValueError otherwise.
    """
    first, last = _version(since), _version(gone)
    if last[0] < first[0] or (last[0] == first[0] and last[1] - first[1] < APART):
        raise ValueError(f"deprecated since {since} and gone in {gone}: too soon for authors")

    def mark(function: F) -> F:
        said = Deprecation(function.__qualname__, since, gone, instead)

        @functools.wraps(function)
        def call(*given: Any, **named: Any) -> Any:
            said.tell()
            return function(*given, **named)

        vars(call)["deprecation"] = said
        return call  # type: ignore[return-value]

    return mark


def deprecation_of(function: object) -> Deprecation | None:
    """Returns what was said of a function that is going, None for others."""
    found = getattr(function, "deprecation", None)
    return found if isinstance(found, Deprecation) else None
