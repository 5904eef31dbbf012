"""What an answer lacks (所缺): tables of programmes that failed have no rows to show, and say so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from taizhang.words.errors import Refused
from taizhang.words.labels import Label

if TYPE_CHECKING:
    from taizhang.declarations.tables import Table
    from taizhang.ledger.view import LedgerView


def fault_of(ledger: LedgerView, table: Table[Any]) -> Label | None:
    """Why a table has no rows, where its programme could not be projected."""
    unit = ledger.registry.unit_of(table.owner)
    row = ledger.db.execute("SELECT fault FROM _tracking WHERE unit = ?", (unit,)).fetchone()
    return Label.of(row[0]) if row is not None and row[0] else None


def stands(ledger: LedgerView, table: Table[Any]) -> None:
    """Raises :class:`Refused` for a table that has no rows because its programme failed."""
    if (fault := fault_of(ledger, table)) is not None:
        raise Refused(
            "台账 {table} 现在没有内容：插件 {owner} {zh}|{table} has no rows now: the plugin {owner} {en}",
            table=table.name,
            owner=table.owner,
            zh=fault.zh,
            en=fault.en,
        )


__all__ = ["fault_of", "stands"]
