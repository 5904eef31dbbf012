"""The hierarchy: the one tree of entities by which everything is asked for, counted and shown.

One programme declares which table holds it (:meth:`~taizhang.declarations.programme.Programme.hierarchy`).
Duties, figures, scopes and lists are compiled over what it says, and know no table of it by name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from taizhang.declarations.columns import kind_of, terms
from taizhang.declarations.duties import Where
from taizhang.words.errors import Usage

if TYPE_CHECKING:
    from taizhang.declarations.tables import Table


class Hierarchy(Struct, frozen=True):
    """A tree of entities of ``kind``: each names the one above it in the column ``parent``.

    ``outside`` says of which rows the store has none of the business: they are there because something
    comes from them or goes to them. ``community`` says which are communities or stand above them: names
    of those who have not done a duty are for a community and below.
    """

    owner: str
    table: str
    kind: str
    parent: str
    outside: Where
    community: Where


def declared(
    owner: str,
    tables: Mapping[str, Table[Any]],
    table: str,
    parent: str,
    outside: Where,
    community: Where,
) -> Hierarchy:
    """The hierarchy that a programme declares, checked against its own tables. Raises ValueError."""
    kind = tables[table].entity if table in tables else None
    if kind is None:
        raise ValueError(f"{owner} has no table of entities called {table}")
    try:
        if kind_of(tables[table], parent) != kind:
            raise ValueError(f"{owner}: the column {parent} of {table} does not refer to {kind}")
        for where in (outside, community):
            terms(tables, tables[table], where)
    except Usage as wrong:
        raise ValueError(f"{owner}: {wrong}") from None
    return Hierarchy(owner, table, kind, parent, outside, community)


__all__ = ["Hierarchy", "declared"]
