"""The envelope (信封): what every event carries beside its payload."""

from __future__ import annotations

import datetime as dt

import msgspec


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """The envelope of an event: who recorded what, when, on which ground. It has the same fields for every
    type of event.

    All fields are always written to the stored JSON, defaults too, so that a later change of
    a default never changes what an old event says.
    """

    id: str
    """The event's own id, sortable by time of recording."""

    action: str
    """The id of the action (操作) whose events are appended together."""

    i: int
    """This is event `i` of the action, counted from 1 ..."""

    n: int
    """... of `n`."""

    recorded_at: dt.datetime
    """When it was recorded, UTC: the writer's claim (登记时间)."""

    on: dt.date
    """When it was true (生效日期)."""

    actor: str
    """Who recorded it (经办人)."""

    reason: str | None = None
    """Why (事由)."""

    document: str | None = None
    """The paper that it rests on (文号)."""

    cause: str | None = None
    """What the action is a part of, such as 整建制 for a whole branch moving."""

    correlation: str | None = None
    """Groups several actions, such as one import."""

    corrects: int | None = None
    """The position of the fact whose payload this one replaces (更正)."""

    voids: int | None = None
    """The position of the fact, correction or void that this one takes back (作废)."""

    root: int | None = None
    """The position of the first fact of the family that an amendment belongs to."""

    line: str | None = None
    """The line of the fact that an amendment is about, such as ``attendance/3``; None where it is about
    all of it. Of a correction the payload holds that line alone, beside what all lines share."""

    plugin: str
    """Who declared the event's type: a slice of the core or a programme."""

    plugin_version: str
    """That plugin's version when the event was recorded."""

    sealed: dict[str, str] = {}
    """Encrypted personal fields by name (see `cipher`), the reason as ``@reason``; empty where
    nothing is sealed."""

    @property
    def closes(self) -> bool:
        """Tells if this is the last event of its action."""
        return self.i == self.n

    @property
    def amends(self) -> int | None:
        """The position that this event corrects or voids, if it does either."""
        return self.corrects if self.corrects is not None else self.voids
