"""Deriving: declarations made of other declarations, so that an author writes each field once."""

from __future__ import annotations

import hashlib
import types
import typing
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from taizhang.declarations.actions import Deed
from taizhang.declarations.fields import REQUIRED, Declared, DeclaredMeta, field, hints_of, specs
from taizhang.declarations.kinds import RefKind
from taizhang.declarations.programme import DEFAULT_RANK, Programme, Table

Fields = dict[str, tuple[Any, Any]]
"""For each field its annotation and what ``field(...)`` gave."""

D = TypeVar("D", bound=Declared)

LATE = 80
"""Order among facts of one day of what ends a state."""


def declared(base: type[D], name: str, doc: str, fields: Fields, **methods: Any) -> type[D]:
    """A subclass of ``base`` with more fields: what ``class name(base): ...`` would have made."""
    namespace = {
        "__module__": __name__,
        "__qualname__": name,
        "__doc__": doc,
        "__annotations__": {key: annotation for key, (annotation, _) in fields.items()},
        **{key: said for key, (_, said) in fields.items()},
        **methods,
    }
    made: type[D] = DeclaredMeta(name, (base,), namespace)
    specs(made)  # whatever is wrong with it is said here, to the author
    return made


def asked(row: type[Declared], names: Mapping[str, bool], *, changed: bool = False) -> Fields:
    """Fields of ``row`` as an event or an action asks for them. A reference has to live on the day, also where the
    row may keep one that has ended.

    Args:
        row: whose fields they are.
        names: says of each field whether it has to be given, though the row may be without it until then.
        changed: those that need not be given stay as they are: left out they are None, whatever the row's
            default is.
    """
    hints = hints_of(row)
    found: Fields = {}
    for name, required in names.items():
        spec = specs(row)[name]
        default = None if changed else spec.default
        said = field(
            f"{spec.label.zh}|{spec.label.en}",
            default=REQUIRED if required else default,
            choices=[f"{c.zh}|{c.en}" for c in spec.choices],
            low=spec.low,
            high=spec.high,
            help=None if spec.help is None else f"{spec.help.zh}|{spec.help.en}",
            about=spec.about,
        )
        hint = _given(hints[name]) if required else hints[name]
        found[name] = (hint | None if changed and not required else hint, said)
    return found


def stored_name(programme: Programme, noun: str, done: str) -> str:
    """The name of an event without its owner: ``regulation.adopted`` of a slice, which owns the noun, and
    ``circular_issued`` of a programme.

    Args:
        programme: whose event it is.
        noun: what it is about.
        done: the participle.
    """
    return f"{noun}{'.' if programme.nouns else '_'}{done}"


def deed_of(
    programme: Programme,
    table: Table[Any],
    action: str,
    label: str,
    *,
    event: str,
    rank: int = DEFAULT_RANK,
    check: Callable[[Any], Iterable[str]] | None = None,
) -> type[Deed]:
    """Declares the plain case, in which what is recorded is the row: a deed of the fields of a table, which it feeds.

    Args:
        programme: whose deed it is.
        table: the table that it feeds.
        action: how the action is called.
        label: how people call it, ``中文|English``.
        event: how what is recorded is stored.
        rank: order among facts of one day, lower first.
        check: rules among the fields, as :meth:`Deed.check`.
    """
    wanted = {n: s.required for n, s in specs(table.row).items()}
    name = "".join(part.capitalize() for part in action.replace(".", "_").split("_"))
    methods = {} if check is None else {"check": check}
    doc = f"{label.replace('|', ': ')}."
    made = declared(Deed, name, doc, asked(table.row, wanted), **methods)
    programme.deed(action, label, event=event, rank=rank)(made)
    if table.shape == "record":
        table.records(made)
    else:
        table.sets(made)
    return made


def ending(
    programme: Programme,
    action: str,
    label: str,
    *,
    event: str,
    clears: Sequence[Table[Any]],
    rank: int = LATE,
) -> type[Deed]:
    """A deed that ends spans and says no more than which.

    Args:
        programme: whose deed it is.
        action: how the action is called.
        label: how people call it, ``中文|English``.
        event: how what is recorded is stored.
        clears: the tables whose spans it ends, all of one key.
        rank: where it stands among the facts of one day, late unless it says otherwise.
    """
    first = clears[0]
    own = {n: s.required for n, s in specs(first.row).items() if n in first.key}
    name = "".join(part.capitalize() for part in action.replace(".", "_").split("_"))
    made = declared(Deed, name, f"{label.replace('|', ': ')}.", asked(first.row, own))
    programme.deed(action, label, event=event, rank=rank)(made)
    for table in clears:
        table.clears(made)
    return made


def reference_of(annotated: Any) -> RefKind | None:
    """The kind of reference that a type such as ``Unit`` is annotated with, None for any other type."""
    kinds = getattr(annotated, "__metadata__", ())
    return next((kind for kind in kinds if isinstance(kind, RefKind)), None)


def one_of(noun: str) -> str:
    """``a post``: one of what ``noun`` names, in English."""
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun.replace('_', ' ')}"


def _given(hint: Any) -> Any:
    """An annotation without its None."""
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        return next(a for a in typing.get_args(hint) if a is not type(None))
    return hint


def code_of(file: str) -> str:
    """Hash of a mechanism's source: tables that it feeds are built anew when it has changed."""
    return hashlib.sha256(Path(file).read_bytes()).hexdigest()[:16]
