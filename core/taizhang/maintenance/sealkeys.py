"""Changing the key that signs the seals (换封存密钥): recorded as an event, and signed for by the old key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from taizhang.decisions.decision import Attempt, Decided, Draft, run
from taizhang.store.paths import SealKeyChanged
from taizhang.store.sealing import LISTS
from taizhang_eventstore.errors import StoreError
from taizhang_eventstore.seals.sealing import contradiction, create_key

if TYPE_CHECKING:
    from taizhang.workspace import Workspace
    from taizhang_eventstore.seals.checkpoint import Seal
    from taizhang_eventstore.seals.note import Verifier


def renew(ws: Workspace, reason: str | None = None) -> tuple[Verifier, Seal, bool]:
    """Makes another key, has the old one sign for it if it can, records that, and seals with the new one.

    Args:
        ws: the open store.
        reason: why the key is changed.

    Returns:
        The new public key, the seal, and whether the old key has signed for the new one.

    Raises:
        SealMismatch: the log is not the one that was sealed before; nothing was changed.
        OlderLog: somebody has to decide about the log first.
        StoreError: something cannot be read or written.
    """
    ws.writable()
    ws.continuity.require()
    seals, recorder = ws.sealing.seals, ws.log.recorder
    if (wrong := contradiction(seals, recorder)) is not None:
        raise wrong
    try:
        seals.signer()
        signed = True
    except StoreError:
        signed = False
    key = create_key(seals, recorder, anew=True, lists=LISTS)

    def planned(attempt: Attempt) -> None:
        draft = Draft(SealKeyChanged(key=key.encode(), signed=signed), ws.today(), [])
        attempt.add(Decided([draft], reason or None), accept=True)

    run(ws, planned, commit=True)
    return key, ws.sealing.seal(), signed


__all__ = ["renew"]
