"""Batches as people read them: who recorded how much of what as one, and how much of it is void now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from datetime import date, datetime

    from taizhang.workspace import Workspace


class Batch(Struct, frozen=True):
    """One batch, as it stands now."""

    batch: str
    """Its id, by which it is reverted."""
    first: int
    """The position of its first event."""
    last: int
    events: int
    void: int
    """How many of its events are void."""
    names: dict[str, int]
    """Its events by the name of their type."""
    actor: str
    recorded_at: datetime
    on: date
    """The day on which its first event was true."""


def batches(ws: Workspace) -> list[Batch]:
    """All batches in the order of recording; those from before batches were listed too.

    Read from the ledger's own list, and the first event of each from the log.
    """
    found: dict[str, list[tuple[str, int, int, int]]] = {}
    for batch, *row in ws.db.execute(
        "SELECT batch, name, first, last, events FROM _batches ORDER BY first"
    ):
        found.setdefault(batch, []).append(tuple(row))
    heads = {e.position: e.envelope for e in ws.log.at(rows[0][1] for rows in found.values())}
    made = []
    for batch, rows in found.items():
        first, last = rows[0][1], max(row[2] for row in rows)
        head = heads[first]
        made.append(
            Batch(
                batch,
                first,
                last,
                sum(row[3] for row in rows),
                _void(ws, first, last),
                {name: events for name, _, _, events in rows},
                head.actor,
                head.recorded_at,
                head.on,
            )
        )
    return made


def _void(ws: Workspace, first: int, last: int) -> int:
    """Tells how many events from ``first`` to ``last`` are void: facts, and voids that were voided."""
    dead: set[int] = set()
    for seq, target in ws.db.execute(
        "SELECT seq, target FROM amendments WHERE kind = 'void' AND (root BETWEEN ? AND ? "
        "OR root IN (SELECT root FROM amendments WHERE seq BETWEEN ? AND ?)) ORDER BY seq DESC",
        (first, last, first, last),
    ):
        if seq not in dead:
            dead.add(target)
    return sum(first <= seq <= last for seq in dead)
