"""What an event sets anew (改为): the details that its entity had before, so that both are told, old and new."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from taizhang.declarations.fields import specs
from taizhang.readmodels.timeline import Timeline

if TYPE_CHECKING:
    from taizhang.ledger.view import LedgerView
    from taizhang_eventstore.log import Log
    from taizhang_eventstore.recorded import Recorded


def before(log: Log, ledger: LedgerView, event: Recorded) -> dict[str, Any]:
    """The values that fields of an event had until then, where it says another one: of an entity that was there on
    its day, as known before its action.

    Args:
        log: Where the entity's facts stand.
        ledger: Any view of the ledger.
        event: The event, of the log or one that is only tried.
    """
    said, found = event.event, dict[str, Any]()
    if said is None:
        return found
    of: Any = type(said)
    fields = specs(of)
    known = event.position - event.envelope.i
    for name, spec in fields.items():
        declared = ledger.registry.entities.get(spec.entity or "")
        if declared is None or of not in declared.table.feeds or not getattr(said, name):
            continue
        table = declared.table
        if table.key_columns != ("id",) or table.feeds[of].lines is not None:
            continue
        if table.feeds[of].fields.get(table.key[0]) != name:
            continue  # It names another one of the kind besides.
        line = Timeline(ledger, log, table, (getattr(said, name),), known)
        rows = line.upto(event.envelope.on.isoformat(), 1)
        if not rows or rows[-1].gap:
            continue
        values = dict(zip(line.columns, rows[-1].values, strict=True))
        for column in values.keys() & fields.keys():
            old, new = line.read(column, values[column]), getattr(said, column)
            if (
                new not in (None, "")
                and old not in (None, "")
                and fields[column].kind.column(new) != old
            ):
                found[column] = old
    return found


__all__ = ["before"]
