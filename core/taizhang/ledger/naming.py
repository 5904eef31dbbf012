"""What entities are called (称呼): by their names, or, where they have none, by what they hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from taizhang.declarations.fields import specs

if TYPE_CHECKING:
    from taizhang.ledger.view import LedgerView

TOLD = 3
"""Things said of what has no name."""


def called(ledger: LedgerView, entity: str, id: str, language: str = "zh") -> str:
    """Names an entity: by what it is called, or where it has no name what it holds, or else its id.

    Args:
        ledger: The ledger at its two clocks.
        entity: The kind of the entity.
        id: Its id.
        language: ``zh`` or ``en``.
    """
    name = ledger.names(entity, [id]).get(id)
    return name if name and name != id else " ".join(nameless(ledger, entity, id, language)) or id


def nameless(ledger: LedgerView, entity: str, id: str, language: str = "zh") -> list[str]:
    """Names what has no name, such as a letter or a deed, by the first things that it holds.

    Args:
        ledger: The ledger at its two clocks.
        entity: The kind of the entity.
        id: Its id.
        language: ``zh`` or ``en``.
    """
    table = ledger.registry.entity(entity).table
    row = ledger.get(table.name, id)
    if row is None:
        return []
    fields = specs(table.row)
    held = sorted(fields, key=lambda name: fields[name].entity is None)  # who and where come first
    told = [
        ", ".join(ledger.names(spec.entity, [row[name]]).values())
        if spec.entity is not None
        else spec.masked(row[name], language)
        for name in held
        if row[name] not in (None, "") and (spec := fields[name]).kind.name != "yes"
    ]
    return told[:TOLD]


__all__ = ["called", "nameless"]
