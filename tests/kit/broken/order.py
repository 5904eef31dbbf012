"""Keeps the nickname that comes first in the alphabet, and so compares tokens, which are in order of recording."""

from datetime import date
from typing import Annotated

from taizhang.api import Event, PersonName, Programme, RefKind, Row, field

programme = Programme("order", "试验|Trial", api=1)

Guest = Annotated[str, RefKind("order_guest", person=True)]


class GuestRow(Row):
    """A guest."""

    name: PersonName = field("姓名|Name")


guests = programme.folds("guests", "来宾|Guests", GuestRow, entity="order_guest", prefix="og")


@programme.event("guest_named", "记来宾|Guest named")
class GuestNamed(Event):
    """A guest."""

    order_guest: Guest = field("来宾|Guest")
    name: PersonName = field("姓名|Name")


@guests.step(GuestNamed)
def _named(state: GuestRow | None, event: GuestNamed, on: date) -> GuestRow:
    return GuestRow(name=event.name if state is None else min(state.name, event.name))
