"""What somebody looks back at: a cell, or what is compared."""

from __future__ import annotations

from msgspec import Struct


class Looked(Struct, frozen=True):
    """A cell: a table, the key of a row (an id, or ``#`` and the position of its event), and perhaps a
    column.
    """

    table: str
    key: str
    column: str | None = None


class Subject(Struct, frozen=True):
    """The subject of a comparison: one table, everything about one entity, or (neither given) all tables. A
    table and an entity are the rows of the table that are about it.
    """

    table: str | None = None
    kind: str | None = None
    id: str | None = None
