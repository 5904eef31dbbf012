"""What an author writes of a field: ``field(...)``, before the annotation beside it is known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from taizhang.declarations.duties import Where
from taizhang.words.labels import Label

REQUIRED: Any = msgspec.NODEFAULT
"""Marks a field without default."""


class Written(Struct, frozen=True):
    """The content of ``field(...)`` as an author wrote it, before the annotation is known."""

    label: Label | None
    default: Any
    choices: tuple[Label, ...]
    low: int | None
    high: int | None
    help: Label | None
    ended: bool
    about: str | None
    lines: type[Any] | None
    fits: tuple[tuple[str, Any], ...]
    otherwise: Label | None

    def over(self, inherited: Written | None) -> Written:
        """Completes what was written by what the inherited field says: all but the default, which is said
        anew, as a type checker understands it.
        """
        if inherited is None:
            return self
        said = {name: getattr(self, name) for name in self.__struct_fields__}
        said = {k: v for k, v in said.items() if not (v is None or v is False or v == ())}
        return replace(inherited, **{**said, "default": self.default})

    def helped(self, help: str) -> Written:
        """Gives it ``help`` where people may leave the field out and it has no help of its own."""
        if self.default is not None or self.help is not None:
            return self
        return replace(self, help=Label.of(help))


def field(
    label: str = "",
    *,
    default: Any = REQUIRED,
    choices: Sequence[str] = (),
    low: int | None = None,
    high: int | None = None,
    help: str | None = None,
    ended: bool = False,
    about: str | None = None,
    lines: type[Any] | None = None,
    fits: Where | None = None,
    otherwise: str | None = None,
) -> Any:
    """A field of a declaration.

    Args:
        label: ``"中文|English"``. Without one it is a field of a :class:`Shared` base said otherwise: all
            but the default is as it is there, unless given here.
        default: The value where people give none; without it the field is required.
        choices: Pairs as the label is, of which the Chinese side is stored.
        low: The inclusive lower bound of a number, or of how many lines there are.
        high: The upper one.
        help: A sentence for whoever fills it in, a pair too.
        ended: Whether a reference may name something that had ended on the day.
        about: The reference field whose entity a personal text is about
            (see :mod:`taizhang.declarations.subjects`).
        lines: The struct of one line, for a field that is annotated ``Lines[...]``
            (see :mod:`taizhang.declarations.lines`).
        fits: Conditions, as those of a selection, on the entity that a field of an action refers to, as it
            stands on the day: ``{"holds_members": True}``. Others are not offered, and refused.
        otherwise: What is told of those that do not fit, a pair in which ``{name}`` and the columns of the
            entity may stand.

    Raises:
        TypeError: ``fits`` without ``otherwise``, or the other way round.
    """
    if bool(fits) != bool(otherwise):
        raise TypeError("say with otherwise= what is told of those that do not fit")
    return Written(
        Label.of(label) if label else None,
        default,
        tuple(Label.of(c) for c in choices),
        low,
        high,
        Label.of(help) if help else None,
        ended,
        about,
        lines,
        tuple((fits or {}).items()),
        Label.of(otherwise) if otherwise else None,
    )
