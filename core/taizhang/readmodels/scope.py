"""What belongs to one entity: every row that refers to it; to one of the hierarchy also all that is below.

Of one of the hierarchy these are all of its subtree and the persons who have their place in one of
them, each at either of the two moments that are compared.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from taizhang.declarations.belonging import homes
from taizhang.ledger.schema import quoted
from taizhang.readmodels.points import Point, stored, values

if TYPE_CHECKING:
    from taizhang.declarations.programme import Table
    from taizhang.declarations.registry import Registry
    from taizhang.ledger.view import LedgerView


@dataclass(frozen=True, slots=True)
class Scope:
    """The ids of the entities that are in it, by kind."""

    kind: str
    id: str
    ids: Mapping[str, tuple[str, ...]]

    def values(self) -> dict[str, Any]:
        """The values of the SQL."""
        return {f"ids_{kind}": json.dumps(ids) for kind, ids in self.ids.items()}

    def tables(self, registry: Registry) -> list[Table[Any]]:
        """The tables that can have rows in it."""
        return [t for t in registry.tables.values() if self.columns(t)]

    def columns(self, table: Table[Any]) -> list[tuple[str, str]]:
        """Columns of a table that refer to entities of these kinds, each with the kind."""
        columns = [("id", table.entity), *((n, s.entity) for n, s in table.fields.items())]
        return [(name, kind) for name, kind in columns if kind is not None and kind in self.ids]

    def within(self, kind: str) -> str:
        """SQL: the ids of a kind."""
        return f"SELECT value FROM json_each(:ids_{kind})"


def scope_of(ledger: LedgerView, kind: str, id: str, before: Point, after: Point) -> Scope:
    """Finds what belongs to the entity at either moment. Raises :class:`Usage` for an unknown kind."""
    ledger.registry.entity(kind)
    registry, tree = ledger.registry, ledger.registry.hierarchy
    if tree is None or tree.kind != kind:
        return Scope(kind, id, {kind: (id,)})
    row = f"r.id, r.{quoted(tree.parent)} AS parent"
    stood = stored(registry.tables[tree.table], row, "OR")
    below = ledger.db.execute(
        f"WITH RECURSIVE stood(id, parent) AS ({stood}), "
        "below(id) AS (SELECT :id UNION SELECT s.id FROM below b JOIN stood s ON s.parent = b.id) "
        "SELECT id FROM below",
        {**values(before, after), "id": id},
    )
    ids = {kind: tuple(row[0] for row in below)}
    given = {**values(before, after), "ids": json.dumps(ids[kind])}
    for person in sorted(registry.persons & set(registry.entities)):
        found: set[str] = set()
        for way in homes(registry, person):
            both = f"r.{quoted(way.column)} AS person, r.{quoted(way.to)} AS place"
            belong = stored(registry.tables[way.table], both, "OR")
            rows = ledger.db.execute(
                f"SELECT person FROM ({belong}) WHERE place IN (SELECT value FROM json_each(:ids))",
                given,
            )
            found.update(row[0] for row in rows)
        ids[person] = tuple(sorted(found))
    return Scope(kind, id, ids)


__all__ = ["Scope", "scope_of"]
