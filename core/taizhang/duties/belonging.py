"""Which organisation an entity belongs to (归属), as SQL, and the subtree of an organisation.

Slices and programmes say it once for each kind of entity (``Programme.belongs``): a member belongs where
the formal relation is, to the group, and where the member is attached. One may belong to several and is
counted once in each subtree. A kind of which nothing is said belongs where its own table's references
lead.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from taizhang.declarations.columns import chosen, entity_table, kind_of, references
from taizhang.declarations.duties import Selection
from taizhang.duties.predicates import condition, literal, name, stands

if TYPE_CHECKING:
    from taizhang.declarations.registry import Registry

ORGANISATION = "organisation"
OUTSIDE = "外部组织"
ABOVE = ("党工委", "党委")
"""Kinds of organisation that are communities or stand above them."""

_DEPTH = 4
"""Through how many references belonging is followed: a case of a pledge of a member of a branch."""


@dataclass(frozen=True, slots=True)
class Way:
    """One table by which entities belong: ``column`` to ``to``, an organisation or another kind."""

    table: str
    column: str
    to: str
    kind: str


def ways(registry: Registry, kind: str) -> list[Way]:
    """How entities of a kind belong, the first one first."""
    found = []
    for said in registry.belongings:
        table, column, of = chosen(registry.tables, Selection(said.table, said.column))
        if of == kind:
            found.append(Way(said.table, column, said.to, kind_of(table, said.to)))
    if found:
        return found
    table_ = entity_table(registry.tables, kind)
    if table_ is None:
        return []
    own = [c for c in references(table_, ORGANISATION) if c != "id"]
    if own:
        return [Way(table_.name, "id", c, ORGANISATION) for c in own]
    others = [c for c in references(table_) if c != "id" and kind_of(table_, c) != kind]
    return [Way(table_.name, "id", c, kind_of(table_, c)) for c in others[:1]]


def belongs(registry: Registry, kind: str, day: str) -> str:
    """``entity, organisation, rank`` on a day (SQL) for all entities of a kind; rank 0 comes first."""
    made = list(_belongs(registry, kind, day, _DEPTH))
    nothing = "SELECT NULL AS entity, NULL AS organisation, 0 AS rank WHERE 0"
    return " UNION ALL ".join(made) or nothing


def _belongs(registry: Registry, kind: str, day: str, depth: int) -> Iterator[str]:
    if kind == ORGANISATION and "organisations" in registry.tables:
        yield (
            "SELECT r.id AS entity, r.id AS organisation, 0 AS rank "
            f"FROM organisations_all r WHERE {stands(day)}"
        )
        return
    if not depth:
        return
    for rank, way in enumerate(ways(registry, kind)):
        table = registry.tables[way.table]
        here = f"r.on_date <= {day}" if table.shape == "record" else stands(day)
        rows = f"FROM {name(way.table + '_all')} r"
        entity, to = f"r.{name(way.column)}", f"r.{name(way.to)}"
        if way.kind == ORGANISATION:
            yield (
                f"SELECT {entity} AS entity, {to} AS organisation, {rank} AS rank {rows} "
                f"WHERE {here} AND {to} IS NOT NULL"
            )
        elif through := " UNION ALL ".join(_belongs(registry, way.kind, day, depth - 1)):
            yield (
                f"SELECT {entity} AS entity, b.organisation AS organisation, b.rank AS rank {rows} "
                f"JOIN ({through}) b ON b.entity = {to} WHERE {here}"
            )


def spells(registry: Registry, kind: str) -> str:
    """``entity, organisation, since, until`` of every day (SQL), until exclusive and ``'~'`` while it
    lasts. The day on which one stops belonging without belonging elsewhere is the last one: on it
    somebody leaves.
    """
    made = list(_spells(registry, kind, _DEPTH))
    nothing = "SELECT NULL AS entity, NULL AS organisation, '' AS since, '' AS until WHERE 0"
    return " UNION ALL ".join(made) or nothing


def _spells(registry: Registry, kind: str, depth: int) -> Iterator[str]:
    if kind == ORGANISATION and "organisations" in registry.tables:
        yield (
            "SELECT r.id AS entity, r.id AS organisation, r.since, coalesce(r.until, '~') AS until "
            "FROM organisations_all r"
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
        if way.kind == ORGANISATION:
            yield (
                f"SELECT s.entity AS entity, s.target AS organisation, s.since AS since, "
                f"{until} AS until FROM ({rows}) s"
            )
        elif through := " UNION ALL ".join(_spells(registry, way.kind, depth - 1)):
            yield (
                "SELECT s.entity AS entity, b.organisation AS organisation, "
                f"max(s.since, b.since) AS since, min({until}, b.until) AS until "
                f"FROM ({rows}) s JOIN ({through}) b ON b.entity = s.target"
            )


def of_selection(registry: Registry, selection: Selection, day: str) -> str:
    """The same for the entities of a selection: where its rows say so, or else as usual."""
    table, column, kind = chosen(registry.tables, selection)
    to = selection.organisation
    if to is None and table.entity is None:
        own = references(table, ORGANISATION)
        to = own[0] if len(own) == 1 and own[0] != column else None
    if to is None:
        return belongs(registry, kind, day)
    where = condition(registry.tables, table, selection.where, day)
    return (
        f"SELECT DISTINCT r.{name(column)} AS entity, r.{name(to)} AS organisation, 0 AS rank "
        f"FROM {name(table.name + '_all')} r WHERE {stands(day)}{where}"
    )


def outsiders(here: str, day: str) -> str:
    """Of ``here`` (SQL of ``entity, organisation``) the entities that belong to outside organisations
    only: who was transferred out has no duties with us and is not one of ours, though the ledger goes
    on knowing where they are. Who belongs nowhere is none of these.
    """
    return (
        f"SELECT h.entity FROM ({here}) h LEFT JOIN organisations_all o ON o.id = h.organisation "
        f"AND {stands(day, 'o')} WHERE h.entity IS NOT NULL "
        f"GROUP BY h.entity HAVING min(o.kind IS {literal(OUTSIDE)})"
    )


def below(organisation: str | None, day: str) -> str:
    """``child, id`` (SQL, a recursive table's body): what is in the subtree of each child of an
    organisation (None: of each top, outside ones left out), and under the child ``''`` everything in its own.
    """
    lives = stands(day, "o")
    if organisation is None:
        there = "SELECT 1 FROM organisations_all p WHERE p.id = o.parent AND " + stands(day, "p")
        start = (
            f"SELECT o.id, o.id FROM organisations_all o WHERE {lives} AND o.kind <> '{OUTSIDE}' "
            f"AND (o.parent IS NULL OR NOT EXISTS ({there}))"
        )
    else:
        this = literal(organisation)
        start = (
            f"SELECT '', o.id FROM organisations_all o WHERE o.id = {this} AND {lives} UNION ALL "
            f"SELECT o.id, o.id FROM organisations_all o WHERE o.parent = {this} AND {lives}"
        )
    # UNION, not UNION ALL: two organisations that a race left under each other end there.
    return (
        f"{start} UNION SELECT b.child, o.id FROM below b JOIN organisations_all o "
        f"ON o.parent = b.id WHERE {lives}"
    )


__all__ = [
    "ABOVE",
    "ORGANISATION",
    "OUTSIDE",
    "Way",
    "belongs",
    "below",
    "of_selection",
    "outsiders",
    "spells",
    "ways",
]
