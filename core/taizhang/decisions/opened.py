"""An open store as decisions see it."""

from __future__ import annotations

import datetime as dt
from typing import Protocol

from taizhang.declarations.registry import Registry
from taizhang.ledger.ledger_file import LedgerFile
from taizhang.store.continuity import Continuity
from taizhang.store.sealing import Sealing
from taizhang_eventstore.ambient import Ambient
from taizhang_eventstore.log import Log
from taizhang_eventstore.personal.keyring import Keyring


class Opened(Protocol):
    """An open store: :class:`taizhang.workspace.Workspace` is one."""

    registry: Registry
    log: Log
    ledger: LedgerFile
    keyring: Keyring
    ambient: Ambient
    sealing: Sealing
    continuity: Continuity
    actor: str
    correlation: str | None
    """What the events of a batch have in common."""
    strange_keys: bool
    """The `keys.db` that is there is another store's, and was left alone."""

    @property
    def demonstration(self) -> bool:
        """The store is stamped as a demonstration, with a clock of its own."""
        ...

    @property
    def encrypted(self) -> bool:
        """Personal texts are encrypted in this store; not in one of before they were."""
        ...

    def today(self) -> dt.date:
        """The day on which the store stands."""
        ...


__all__ = ["Opened"]
