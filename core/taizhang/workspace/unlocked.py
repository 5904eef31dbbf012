"""The keys with which one open store reads personal texts, or the lack of them."""

from __future__ import annotations

from msgspec import Struct

from taizhang.store.paths import StorePaths, keys_of
from taizhang.store.unlocking import Ask, open_keys, secret_of
from taizhang_eventstore.errors import StoreError
from taizhang_eventstore.files import keep_private, there
from taizhang_eventstore.log import Log
from taizhang_eventstore.personal.erasures import Erasures
from taizhang_eventstore.personal.keyring import Keyring
from taizhang_eventstore.personal.wrapping import Secret
from taizhang_eventstore.seals.attesting import standing


class Unlocked(Struct, frozen=True):
    """The keys of an open store, and what they were unlocked with."""

    keyring: Keyring
    secret: Secret | None
    strange: bool
    """The `keys.db` that is there is another store's: what was encrypted with it nobody would open again."""


def unlocked(
    paths: StorePaths,
    log: Log,
    erasures: Erasures,
    secret: Secret | None,
    ask: Ask | None,
    *,
    read_only: bool,
    from_elsewhere: bool,
) -> Unlocked:
    """Has personal texts opened, if the keys are there; they are read as missing otherwise. Whatever of the
    store others could read is taken from them first.

    Args:
        paths: the store.
        log: it says which keys are the store's own.
        erasures: the list beside the seals; whoever is erased by it or by the log is read so.
        secret: what unlocks the keys; None to look for it where the store says.
        ask: asks a person for a passphrase.
        read_only: nothing is written to `keys.db`.
        from_elsewhere: the store was handed over; it is looked at without its names if they stay locked.

    Raises:
        StoreError: the keys cannot be unlocked.
    """
    if not read_only:
        keep_private(paths.root, paths.seals, paths.drafts)
    found = standing(paths.root, log, erasures.load())
    keys, locked = None, None
    if there(paths.keys):
        try:
            secret = secret or secret_of(paths, ask, from_elsewhere=from_elsewhere)
            keys = open_keys(paths, secret, read_only=read_only)
        except StoreError as error:
            if not from_elsewhere:
                raise
            locked = error
    own = keys_of(log)
    strange = keys is not None and bool(own) and keys.id not in own
    if keys is not None and strange:
        keys.close()
        keys = None
    ring = Keyring(keys, found.erased, found.claimed)
    ring.locked = locked
    return Unlocked(ring, secret, strange)


__all__ = ["Unlocked", "unlocked"]
