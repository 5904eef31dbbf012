"""The first event of a store (开账), which says what it is for and which keys are its own."""

from __future__ import annotations

from eventsourcing.dcb.api import DCBAppendCondition, DCBQuery, DCBQueryItem
from eventsourcing.persistence import IntegrityError

from taizhang import __version__
from taizhang.store.paths import StoreOpened, StorePaths, local_day, there_is_one
from taizhang_eventstore.ambient import Ambient
from taizhang_eventstore.envelope import Envelope
from taizhang_eventstore.log import Log


def stamp(log: Log, said: StoreOpened, paths: StorePaths, ambient: Ambient, actor: str) -> None:
    """Writes the first event of all.

    Args:
        log: an empty log.
        said: what the store is for.
        paths: the store, which a refusal names.
        ambient: clock and ids.
        actor: who makes the store.

    Raises:
        Usage: there is a store already.
    """
    envelope = Envelope(
        id=ambient.event_id(),
        action=ambient.event_id(),
        i=1,
        n=1,
        recorded_at=ambient.now(),
        on=local_day(ambient.now()),
        actor=actor,
        plugin="store",
        plugin_version=__version__,
    )
    stored = log.codec.encode(envelope, said, ["owner:store", f"action:{envelope.action}"])
    try:
        log.append([stored], DCBAppendCondition(DCBQuery([DCBQueryItem()]), after=None))
    except IntegrityError:
        raise there_is_one(paths) from None


__all__ = ["stamp"]
