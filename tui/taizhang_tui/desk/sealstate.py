"""How far the log is sealed (封存), as far as a glance at the store's files tells.

A glance verifies nothing: it compares how far the last seal reaches with how far the log does.
Whether what was sealed is still what it was, ``taizhang verify`` tells.
"""

from __future__ import annotations

from msgspec import Struct

from taizhang.workspace import Workspace
from taizhang_eventstore.errors import StoreError


class SealState(Struct, frozen=True):
    """``sealed`` and ``head`` are positions: the last that is sealed (0: none), the last there is."""

    sealed: int
    head: int
    trouble: tuple[str, str] | None = None
    """In Chinese and in English: why the last sealing came to nothing, or the seals are unreadable."""

    older: tuple[str, str] | None = None
    """In both languages: in which way the log is older than what is known of it."""

    @property
    def since(self) -> int:
        """Tells how many events came since the seal."""
        return max(0, self.head - self.sealed)

    @property
    def torn(self) -> bool:
        """Tells if the log ends before its seal does: events are gone."""
        return self.sealed > self.head


def seal_state(ws: Workspace) -> SealState:
    """A glance at the store's seals; two small reads. Never fails, see ``trouble``."""
    head = ws.log.head()
    found = ws.continuity.trouble
    older = None if found is None else (found.zh, found.en)
    try:
        seals = ws.sealing.seals
        # Without its notes on the tree the names of the seals still tell how far they reach.
        sealed = seals.position() or max(seals.sizes(), default=0)
    except StoreError as error:
        return SealState(0, head, error.pair, older)
    trouble = ws.sealing.trouble
    return SealState(sealed, head, None if trouble is None else trouble.pair, older)
