"""The hierarchy: the one tree of entities by which everything is asked for, counted and shown.

One programme declares which table holds it (:meth:`~taizhang.declarations.programme.Programme.hierarchy`).
Duties, figures, scopes and lists are compiled over what it says, and know no table of it by name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from taizhang.declarations.columns import chosen, entity_table, kind_of, references, terms
from taizhang.declarations.duties import Selection, Where
from taizhang.words.errors import Usage

if TYPE_CHECKING:
    from taizhang.declarations.programme import Table
    from taizhang.declarations.registry import Registry


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


class Way(Struct, frozen=True):
    """One table by which entities belong: ``column`` to ``to``, which is of ``kind``."""

    table: str
    column: str
    to: str
    kind: str


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


def ways(registry: Registry, kind: str) -> list[Way]:
    """How entities of a kind belong, the first one first: as programmes say, or else by the references
    of their own table, those to the hierarchy before those to anything else.
    """
    found = []
    for said in registry.belongings:
        table, column, of = chosen(registry.tables, Selection(said.table, said.column))
        if of == kind:
            found.append(Way(said.table, column, said.to, kind_of(table, said.to)))
    table_ = entity_table(registry.tables, kind)
    if found or table_ is None:
        return found
    tree = registry.hierarchy
    if tree is not None:
        own = [c for c in references(table_, tree.kind) if c != "id"]
        if own:
            return [Way(table_.name, "id", c, tree.kind) for c in own]
    others = [c for c in references(table_) if c != "id" and kind_of(table_, c) != kind]
    return [Way(table_.name, "id", c, kind_of(table_, c)) for c in others[:1]]


__all__ = ["Hierarchy", "Way", "declared", "ways"]
