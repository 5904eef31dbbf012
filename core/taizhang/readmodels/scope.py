"""What belongs to one entity: every row that refers to it; to an organisation also all that is below.

Of an organisation these are the organisations of its subtree and the members who belong to one of
them (memberships and groups), each at either of the two moments that are compared.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from taizhang.readmodels.points import Point, stored, values

if TYPE_CHECKING:
    from taizhang.declarations.programme import Table
    from taizhang.declarations.registry import Registry
    from taizhang.ledger.view import LedgerView

BELONGING = ("memberships", "group_memberships")
"""Tables that say which organisation a member is in."""


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
    """What belongs to the entity at either moment. Raises :class:`Usage` for an unknown kind."""
    table = ledger.registry.entity(kind).table
    if kind != "organisation" or "parent" not in table.fields:
        return Scope(kind, id, {kind: (id,)})
    below = ledger.db.execute(
        f"WITH RECURSIVE stood(id, parent) AS ({stored(table, 'r.id, r.parent', 'OR')}), "
        "below(id) AS (SELECT :id UNION SELECT s.id FROM below b JOIN stood s ON s.parent = b.id) "
        "SELECT id FROM below",
        {**values(before, after), "id": id},
    )
    ids = tuple(row[0] for row in below)
    members: set[str] = set()
    given = {**values(before, after), "ids": json.dumps(ids)}
    for name in BELONGING:
        if (of := ledger.registry.tables.get(name)) is not None:
            belong = stored(of, "r.member AS member, r.organisation AS organisation", "OR")
            found = ledger.db.execute(
                f"SELECT member FROM ({belong}) "
                "WHERE organisation IN (SELECT value FROM json_each(:ids))",
                given,
            )
            members.update(row[0] for row in found)
    return Scope(kind, id, {kind: ids, "member": tuple(sorted(members))})


__all__ = ["Scope", "scope_of"]
