"""What is read from the lineage (沿革) of organisations."""

from __future__ import annotations

from typing import Any

from taizhang.api import Ledger


def lineage_of(ledger: Ledger, organisation: str, *, back: bool = False) -> list[dict[str, Any]]:
    """Everything that ``organisation`` became (or, ``back``, came from), step by step (沿革).

    Rows have ``organisation``, ``successor``, ``how``, ``on_date`` and ``step`` counted from 1.
    """
    here, there = ("successor", "organisation") if back else ("organisation", "successor")
    return ledger.query(
        "WITH RECURSIVE walk(id, step) AS (SELECT ?, 0 "
        f"UNION SELECT l.{there}, walk.step + 1 FROM walk JOIN lineage_all l "
        f"ON l.{here} = walk.id WHERE walk.step < 100) "
        "SELECT l.organisation, l.successor, l.how, l.on_date, min(walk.step) + 1 AS step "
        f"FROM walk JOIN lineage_all l ON l.{here} = walk.id "
        "GROUP BY l.src ORDER BY step, l.on_date, l.src",
        organisation,
    )
