"""Belonging: by which tables entities belong to the hierarchy, or to what belongs to it in its turn."""

from __future__ import annotations

from msgspec import Struct

from taizhang.declarations.columns import chosen, entity_table, kind_of, references
from taizhang.declarations.duties import Selection
from taizhang.declarations.registry import Registry


class Way(Struct, frozen=True):
    """One table by which entities belong: ``column`` to ``to``, which is of ``kind``."""

    table: str
    column: str
    to: str
    kind: str


def ways(registry: Registry, kind: str) -> list[Way]:
    """Lists the ways in which entities of a kind belong, the first one first: as programmes say, or else by
    the references of their own table, those to the hierarchy before those to anything else.
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


def homes(registry: Registry, kind: str) -> list[Way]:
    """Lists those ways by which an entity of a kind is in one place at a time: spans of which it is the whole
    key.
    """
    return [w for w in ways(registry, kind) if registry.tables[w.table].key == (w.column,)]


__all__ = ["Way", "homes", "ways"]
