"""Policies (随之而来): what follows from an event, said by whoever has to follow.

The slice that ends a membership does not know who holds a post; the programme that has posts says that they
end with it. ``@programme.follows("member.left", "卸任|Posts end")`` decorates a function of the ledger and the
event that gives further events; ``programme.spans(..., ends_with=("member",))`` is the policy that most need.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from msgspec import Struct

from taizhang.declarations.fields import Dated, Event
from taizhang.declarations.ledger import Ledger
from taizhang.words.labels import Label

Follow = Callable[[Ledger, Any], Iterable[Event | Dated]]
"""What a policy runs: the ledger of the event's day, as it was before, and the event."""


class Policy(Struct, frozen=True):
    """One policy of one programme: after which event, by its stored name, and what then."""

    owner: str
    event: str
    label: Label
    follow: Follow


__all__ = ["Follow", "Policy"]
