"""Admission: what is asked of a programme before it joins the vocabulary."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from taizhang.declarations.programme import Programme
from taizhang.declarations.registry import Registry
from taizhang.loading.checking import hold
from taizhang.loading.duty_checks import check
from taizhang.loading.trouble import Examined, Trouble
from taizhang.words.errors import Usage
from taizhang.words.labels import Label


def take_in(registry: Registry, programme: Programme) -> None:
    """Adds a programme that is sound.

    Raises :class:`~taizhang.words.errors.Usage` where it does not fit beside those that are there, keeps of persons
    what is not kept, breaks another static check, or declares a duty or figure over what is not there; then
    the registry is as it was.
    """
    registry.fits(programme)
    hold(programme, registry)
    check(programme, registry)
    registry.add(programme)


def vocabulary_of(programmes: Iterable[Programme]) -> Registry:
    """A vocabulary of programmes, each held to :func:`take_in` in turn."""
    made = Registry()
    for programme in programmes:
        take_in(made, programme)
    return made


def taken(it: Examined) -> Iterator[Trouble]:
    """Takes the programme into the registry, after the others; what is refused there is told."""
    try:
        take_in(it.registry, it.programme)
    except Usage as error:
        yield Trouble("names", it.programme.id, "", Label(*error.pair))


__all__ = ["take_in", "taken", "vocabulary_of"]
