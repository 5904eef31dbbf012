"""Making a store (开账): its keys, its first event, its first seal and ledger."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, TypeVar

import msgspec
from eventsourcing.dcb.api import DCBAppendCondition, DCBQuery, DCBQueryItem
from eventsourcing.persistence import IntegrityError

from taizhang import __version__
from taizhang.decisions.opened import Opened
from taizhang.store.paths import (
    DEMONSTRATION,
    ORDINARY,
    StoreOpened,
    StorePaths,
    founding,
    local_day,
    opening_day,
    there_is_one,
)
from taizhang.store.unlocking import create_keys
from taizhang.words.errors import NotFound, Usage
from taizhang_eventstore.ambient import Ambient
from taizhang_eventstore.envelope import Envelope
from taizhang_eventstore.errors import translating
from taizhang_eventstore.log import Log

if TYPE_CHECKING:
    from taizhang_eventstore.personal.wrapping import Secret


class Founded(Opened, Protocol):
    """An open store that has no event yet."""

    stamp: StoreOpened | None

    def close(self) -> None:
        """Closes its files."""
        ...


S = TypeVar("S", bound=Founded)


def no_store(paths: StorePaths) -> NotFound:
    """Makes the refusal for a directory without a store."""
    return NotFound(
        "{path} 不是台账账册；先用 taizhang init 建账"
        "|{path} is not a store; make one with taizhang init",
        path=paths.root,
    )


def store_of(paths: StorePaths, name: str, today: dt.date | None) -> StoreOpened:
    """The stamp of a new store: its name, or else the directory's; a demonstration's own today."""
    return StoreOpened(
        name=name or paths.root.name or "台账",
        purpose=ORDINARY if today is None else DEMONSTRATION,
        today=today,
    )


def found(
    paths: StorePaths,
    said: StoreOpened,
    ambient: Ambient,
    secret: Secret | None,
    opened: Callable[..., S],
    since: dt.date | None = None,
) -> S:
    """Makes a store, of several processes that begin at once in one alone.

    Args:
        paths: where; the directory is made.
        said: its stamp, without the keys.
        ambient: clock, ids and keys.
        secret: what unlocks its keys, or else a key file that is made for it.
        opened: opens the files that were made; it is given the ``secret``.
        since: the day on which its books begin; today if None.

    Returns:
        The open store, its ledger level with its first event.

    Raises:
        Usage: there is a store already, or its books would begin after today.
    """
    today = local_day(ambient.now())
    if since is not None and since > today:
        raise Usage(
            "开账日 {since} 在今天（{today}）之后|the books cannot begin on {since}, which is after today ({today})",
            since=since,
            today=today,
        )
    with translating(paths.root), founding(paths):
        demonstration = said.purpose == DEMONSTRATION
        keys, secret = create_keys(paths, secret, ambient, demonstration=demonstration)
        keys.close()
        store = opened(secret=secret)
        try:
            store.stamp = msgspec.structs.replace(said, keys=keys.id)
            _begin(store.log, store.stamp, paths, ambient, store.actor, since or today)
            store.registry.opening = opening_day(store.log)
            store.sealing.begin()
            store.ledger.level()
        except BaseException:
            store.close()
            raise
        return store


def _begin(
    log: Log, said: StoreOpened, paths: StorePaths, ambient: Ambient, actor: str, on: dt.date
) -> None:
    """Writes the first event of all. Raises :class:`Usage` when there is one."""
    envelope = Envelope(
        id=ambient.event_id(),
        action=ambient.event_id(),
        i=1,
        n=1,
        recorded_at=ambient.now(),
        on=on,
        actor=actor,
        plugin="store",
        plugin_version=__version__,
    )
    stored = log.codec.encode(envelope, said, ["owner:store", f"action:{envelope.action}"])
    try:
        log.append([stored], DCBAppendCondition(DCBQuery([DCBQueryItem()]), after=None))
    except IntegrityError:
        raise there_is_one(paths) from None


__all__ = ["found", "store_of"]
