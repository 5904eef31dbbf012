"""Where in the hierarchy an entity belongs (归属), as SQL, and the subtrees of the hierarchy.

Slices and programmes say it once for each kind of entity (``Programme.belongs``): a member belongs where
the formal relation is, to the group, and where the member is attached. One may belong to several and is
counted once in each subtree. A kind of which nothing is said belongs where its own table's references
lead.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from taizhang.declarations.belonging import ways
from taizhang.declarations.columns import chosen, references
from taizhang.declarations.duties import Selection, Where
from taizhang.declarations.hierarchy import Hierarchy
from taizhang.duties.predicates import condition, literal, name, stands, valid_until

if TYPE_CHECKING:
    from taizhang.declarations.registry import Registry

_DEPTH = 4
"""Through how many references belonging is followed: a case of a pledge of a member of a branch."""

NOWHERE = "SELECT NULL AS child, NULL AS id WHERE 0"
"""No subtree (SQL): where there is no hierarchy."""


def belongs(registry: Registry, kind: str, day: str) -> str:
    """``entity, node, rank`` on a day (SQL) for all entities of a kind; rank 0 comes first.

    Args:
        registry: Knows the ways of belonging.
        kind: The kind of entity.
        day: The day, as SQL.
    """
    made = list(_belongs(registry, kind, day, _DEPTH))
    nothing = "SELECT NULL AS entity, NULL AS node, 0 AS rank WHERE 0"
    return " UNION ALL ".join(made) or nothing


def _belongs(registry: Registry, kind: str, day: str, depth: int) -> Iterator[str]:
    if (tree := registry.hierarchy) is not None and kind == tree.kind:
        yield (
            "SELECT r.id AS entity, r.id AS node, 0 AS rank "
            f"FROM {every(tree)} r WHERE {stands(day)}"
        )
        return
    if not depth:
        return
    for rank, way in enumerate(ways(registry, kind)):
        table = registry.tables[way.table]
        here = f"r.on_date <= {day}" if table.shape == "record" else stands(day)
        rows = f"FROM {name(way.table + '_all')} r"
        entity, to = f"r.{name(way.column)}", f"r.{name(way.to)}"
        if tree is not None and way.kind == tree.kind:
            yield (
                f"SELECT {entity} AS entity, {to} AS node, {rank} AS rank {rows} "
                f"WHERE {here} AND {to} IS NOT NULL"
            )
        elif through := " UNION ALL ".join(_belongs(registry, way.kind, day, depth - 1)):
            yield (
                f"SELECT {entity} AS entity, b.node AS node, b.rank AS rank {rows} "
                f"JOIN ({through}) b ON b.entity = {to} WHERE {here}"
            )


def spells(registry: Registry, kind: str) -> str:
    """``entity, node, since, until`` of every day (SQL), until exclusive and ``'~'`` while it
    lasts. The day on which one stops belonging without belonging elsewhere is the last one: on it
    somebody leaves.
    """
    made = list(_spells(registry, kind, _DEPTH))
    nothing = "SELECT NULL AS entity, NULL AS node, '' AS since, '' AS until WHERE 0"
    return " UNION ALL ".join(made) or nothing


def _spells(registry: Registry, kind: str, depth: int) -> Iterator[str]:
    if (tree := registry.hierarchy) is not None and kind == tree.kind:
        yield (
            "SELECT r.id AS entity, r.id AS node, r.since, coalesce(r.until, '~') AS until "
            f"FROM {every(tree)} r"
        )
        return
    if not depth:
        return
    for way in ways(registry, kind):
        table = registry.tables[way.table]
        if table.shape == "record":
            columns = "r.on_date AS since, NULL AS until, NULL AS next"
        else:
            line = ", ".join(f"r.{name(k)}" for k in table.key_columns)
            columns = (
                f"r.since AS since, r.until AS until, lead(r.since) OVER (PARTITION BY {line} "
                "ORDER BY r.since, r.until IS NULL, r.until, r.src) AS next"
            )
        rows = (
            f"SELECT r.{name(way.column)} AS entity, r.{name(way.to)} AS target, {columns} "
            f"FROM {name(way.table + '_all')} r WHERE r.{name(way.to)} IS NOT NULL"
        )
        until = (
            "CASE WHEN s.until IS NULL THEN '~' WHEN s.next = s.until THEN s.until "
            "ELSE date(s.until, '+1 day') END"
        )
        if tree is not None and way.kind == tree.kind:
            yield (
                f"SELECT s.entity AS entity, s.target AS node, s.since AS since, "
                f"{until} AS until FROM ({rows}) s"
            )
        elif through := " UNION ALL ".join(_spells(registry, way.kind, depth - 1)):
            yield (
                "SELECT s.entity AS entity, b.node AS node, "
                f"max(s.since, b.since) AS since, min({until}, b.until) AS until "
                f"FROM ({rows}) s JOIN ({through}) b ON b.entity = s.target"
            )


def of_selection(registry: Registry, selection: Selection, day: str) -> str:
    """Says in SQL where the entities of a selection belong: where its rows say so, or else as usual."""
    table, column, kind = chosen(registry.tables, selection)
    to = own_place(registry, selection)
    if to is None:
        return belongs(registry, kind, day)
    where = condition(registry.tables, table, selection.where, day)
    return (
        f"SELECT DISTINCT r.{name(column)} AS entity, r.{name(to)} AS node, 0 AS rank "
        f"FROM {name(table.name + '_all')} r WHERE {stands(day, until=valid_until(table))}{where}"
    )


def own_place(registry: Registry, selection: Selection) -> str | None:
    """The column by which a row of a selection itself says where its entity belongs, if it does."""
    table, column, _ = chosen(registry.tables, selection)
    tree = registry.hierarchy
    if selection.organisation is not None or table.entity is not None or tree is None:
        return selection.organisation
    own = references(table, tree.kind)
    return own[0] if len(own) == 1 and own[0] != column else None


def every(tree: Hierarchy) -> str:
    """The view (SQL) of all rows of the hierarchy, of every day."""
    return name(tree.table + "_all")


def holds(registry: Registry, tree: Hierarchy, where: Where, day: str, row: str) -> str:
    """The conditions hold of a row of the hierarchy (SQL, 0 or 1); no conditions hold of none."""
    if not where:
        return "0"
    return (
        f"coalesce(1{condition(registry.tables, registry.tables[tree.table], where, day, row)}, 0)"
    )


def outsiders(registry: Registry, here: str, day: str) -> str:
    """Of ``here`` (SQL of ``entity, node``) the entities that belong outside only: who was transferred
    out has no duties with us and is not one of ours, though the ledger goes on knowing where they are.
    Who belongs nowhere is none of these.

    Args:
        registry: Knows the hierarchy.
        here: Who is looked at, as SQL.
        day: The day, as SQL.
    """
    tree = registry.hierarchy
    if tree is None:
        return "SELECT NULL AS entity WHERE 0"
    return (
        f"SELECT h.entity FROM ({here}) h LEFT JOIN {every(tree)} o ON o.id = h.node "
        f"AND {stands(day, 'o')} WHERE h.entity IS NOT NULL "
        f"GROUP BY h.entity HAVING min({holds(registry, tree, tree.outside, day, 'o')})"
    )


def below(registry: Registry, root: str | None, day: str) -> str:
    """``child, id`` (SQL, a recursive table's body): what is in the subtree of each child of ``root``
    (None: of each top, outside ones left out), and under the child ``''`` everything in its own.
    """
    tree = registry.hierarchy
    if tree is None:
        return NOWHERE
    lives, table, up = stands(day, "o"), every(tree), name(tree.parent)
    if root is None:
        there = f"SELECT 1 FROM {table} p WHERE p.id = o.{up} AND {stands(day, 'p')}"
        start = (
            f"SELECT o.id, o.id FROM {table} o WHERE {lives} "
            f"AND NOT {holds(registry, tree, tree.outside, day, 'o')} "
            f"AND (o.{up} IS NULL OR NOT EXISTS ({there}))"
        )
    else:
        this = literal(root)
        start = (
            f"SELECT '', o.id FROM {table} o WHERE o.id = {this} AND {lives} UNION ALL "
            f"SELECT o.id, o.id FROM {table} o WHERE o.{up} = {this} AND {lives}"
        )
    # UNION, not UNION ALL: two that a race left under each other end there.
    return (
        f"{start} UNION SELECT b.child, o.id FROM below b JOIN {table} o "
        f"ON o.{up} = b.id WHERE {lives}"
    )


__all__ = [
    "NOWHERE",
    "belongs",
    "below",
    "every",
    "holds",
    "of_selection",
    "outsiders",
    "own_place",
    "spells",
]
