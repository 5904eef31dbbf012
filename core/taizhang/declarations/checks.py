"""Checks: rules on the ledger that a programme declares, and what becomes of a breach."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from taizhang.words.labels import Label

if TYPE_CHECKING:
    from taizhang.declarations.ledger import Ledger

Find = Callable[["Ledger", Sequence[str] | None], Iterable[tuple[str, int]]]
"""What a check runs: ``find(ledger, ids)`` yields ``(id, src)`` for every breach."""

Tell = Callable[["Ledger", str, int], Label]
"""What says of one breach, ``(id, src)``, the facts and what to do."""


class Check(Struct, frozen=True):
    """A rule on the ledger: ``find`` yields ``(id, src)`` for every breach among ``ids`` (or all).

    Hard breaches refuse the action that would cause them; soft ones ask for a reason, unless it ``asks`` for
    none: what somebody honestly records is then listed as found, and no excuse is wanted. ``reads`` names the
    tables that ``find`` looks at, None where it does not say: then it is run after every action. ``tell``
    says of one breach what stands against it, where the label alone does not help people on.
    """

    code: str
    label: Label
    entity: str
    hard: bool
    owner: str
    find: Find
    reads: frozenset[str] | None = None
    tell: Tell | None = None
    asks: bool = True
