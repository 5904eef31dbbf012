"""What an action, or a policy, gives (所给的事件): held to the declarations before anything is made of it.

A stored event is for ever. So what is yielded is looked at where it is yielded, inside the guard: events that
are declared, each field of the type that it says, on a day, resting on facts that are there.
"""

from __future__ import annotations

from datetime import date

from taizhang.declarations.conforming import conforming
from taizhang.declarations.fields import Dated, Event
from taizhang.declarations.registry import Registry
from taizhang.isolation.boundary import Misgiven, shape, upto


def events_of(given: object, registry: Registry, on: date, most: int, last: int) -> list[Dated]:
    """The events that were given, each with its day.

    Args:
        given: what an action's ``decide``, or a policy, returned; generators are used up.
        registry: what is declared.
        on: the day of those that say none.
        most: how many there may be.
        last: the position of the last event that there is, tried ones included.

    Raises:
        Misgiven: one is no event, or not what its declaration says.
    """
    return [_dated(one, registry, on, last) for one in upto(given, most)]


def _dated(given: object, registry: Registry, on: date, last: int) -> Dated:
    made = given if isinstance(given, Dated) else Dated(given, on)  # type: ignore[arg-type]
    event: object = made.event
    if not isinstance(event, Event) or type(event) not in registry.event_of:
        raise Misgiven(
            f"给出的 {shape(event)} 不是登记过的事件 / gave a {shape(event)}, which is no declared event"
        )
    conforming(type(event))(event)
    name = type(event).__name__
    if type(made.on) is not date:
        raise Misgiven(
            f"{name} 的日期是 {shape(made.on)} / the day of {name} is a {shape(made.on)}"
        )
    if made.cause is not None and not isinstance(made.cause, str):
        raise Misgiven(
            f"{name} 的缘由是 {shape(made.cause)} / the cause of {name} is a {shape(made.cause)}"
        )
    if not isinstance(made.after, tuple | list) or not all(
        type(position) is int and 0 < position <= last for position in made.after
    ):
        raise Misgiven(
            f"{name} 的 after 应为已有事件的序号 / after= of {name} has to be positions of events that are there"
        )
    return made


__all__ = ["events_of"]
