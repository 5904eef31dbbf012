"""What whoever uses a store has to know, though nothing is refused for it."""

from __future__ import annotations

from typing import Protocol

from taizhang.decisions.encryption import lost, some_lost
from taizhang.decisions.opened import Opened
from taizhang.isolation.guard import PluginFault
from taizhang.ledger.keyed import without_key
from taizhang.ledger.unread import unread
from taizhang.loading.loader import PluginState
from taizhang.store.sealing import unsealed
from taizhang.words.labels import Label
from taizhang.workspace.settling import unproved


class Warned(Opened, Protocol):
    """An open store, with what became of its programmes."""

    plugins: list[PluginState]

    @property
    def keys_missing(self) -> bool:
        """The keys are lost."""
        ...


def missing(store: Warned) -> list[Label]:
    """One sentence for each programme that should be here and is not, or has failed since it was loaded: what
    it would add to an answer is not in it.
    """
    said = [label for p in store.plugins if (label := p.warning) is not None]
    for name, programme in store.registry.programmes.items():
        fault = store.registry.guard.quarantine.of(name, programme.code)
        if fault is not None:
            said.append(Label(*PluginFault(fault).pair))
    return said


def warnings(store: Warned) -> list[Label]:
    """One sentence each: of a log that is older than what is known of it, a ledger that another program has
    changed, keys that are lost, all or some, lines of the list of erasures that nothing proves, plugins that
    could not be loaded or have failed, settings of theirs that do not do, events that the ledger lacks and a
    seal that could not be made.
    """
    ring = store.keyring
    older = store.continuity.trouble
    said = [] if older is None else [older]
    if store.ledger.foreign is not None:
        said.append(store.ledger.foreign)
    said += [lost(store)] if store.keys_missing else some_lost(without_key(store.ledger.db, ring))
    said += unproved(ring)
    said += missing(store)
    said += [wrong.label for wrong in store.registry.misconfigured]
    said += [u.label for u in unread(store.log, store.registry)]
    if store.sealing.trouble is not None:
        said.append(unsealed(store.sealing.trouble))
    return said


__all__ = ["Warned", "missing", "warnings"]
