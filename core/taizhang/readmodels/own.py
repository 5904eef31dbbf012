"""The last action of one's own, which undoing takes back: looked for in the whole log."""

from __future__ import annotations

from taizhang.readmodels.events import event_state
from taizhang.readmodels.reader import Reader
from taizhang_eventstore.recorded import Recorded

PAGE = 1_000
"""Events that are read at a time, newest first."""


def last_own(reader: Reader, actor: str) -> list[Recorded]:
    """The events of the last action of ``actor`` that is not void, the last of them first; none where there is
    no such action.

    Of a batch that was reverted, by whomever, what was kept then is passed over: it would be kept again.
    """
    reverted: set[str | None] = set()
    before: int | None = None
    while page := reader.log.backwards(before=before, limit=PAGE):
        for event in page:
            envelope = event.envelope
            if envelope.voids is not None and envelope.correlation is not None:
                if event_state(reader, event) != "void" and (
                    target := reader.log.get(envelope.voids)
                ):
                    reverted.add(target.envelope.correlation)
            elif (
                envelope.actor == actor
                and envelope.plugin != "store"
                and (envelope.correlation is None or envelope.correlation not in reverted)
                and event_state(reader, event) != "void"
            ):
                return list(reader.log.read(tags=[f"action:{envelope.action}"]))[::-1]
        before = page[-1].position
    return []
