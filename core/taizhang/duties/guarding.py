"""Duties and figures of plugins are theirs to get wrong: one that fails stops no other.

They are data, but an author may hand over objects that are not quite that.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from taizhang.isolation.guard import PluginFault

if TYPE_CHECKING:
    from taizhang.ledger.view import LedgerView

T = TypeVar("T")


def guarded(ledger: LedgerView, owner: str, doing: str, work: Callable[[], T]) -> T | None:
    """Runs ``work`` and returns what it gives; None where the plugin ``owner`` has failed, now (then it is in
    quarantine for ``doing``, ``中文|English``) or before.

    Args:
        ledger: Has the guard, and the quarantine.
        owner: The plugin whose code runs.
        doing: What it does, for people.
        work: The call.
    """
    guard = ledger.registry.guard
    if guard.knows(owner) and guard.faulty(owner):
        return None
    try:
        with guard.calling(owner, doing):
            return work()
    except PluginFault:
        return None


__all__ = ["guarded"]
