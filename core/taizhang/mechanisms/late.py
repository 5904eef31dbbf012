"""Findings of steps: what is awaited and late, and what has no due date since a year is not arranged."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from taizhang.declarations.ledger import Ledger
from taizhang.declarations.programme import Programme, Table
from taizhang.mechanisms.rules import among
from taizhang.words.labels import Label


def late_steps(
    programme: Programme, table: Table[Any], noun: str, label: Label, working: bool
) -> None:
    """Declares the findings of steps.

    Args:
        programme: whose they are.
        table: the table of what has steps.
        noun: what events and actions call one.
        label: what people call it.
        working: a due date counts working days.
    """
    name, entity, zh, en = table.name, table.entity or noun, label.zh, label.en

    @programme.check(f"{noun}-overdue", f"{zh}已过期限|overdue: {en}", entity=entity, hard=False)
    def overdue(ledger: Ledger, ids: Sequence[str] | None) -> Iterable[tuple[str, int]]:
        """Finds what is awaited on the ledger's day and was due before it."""
        sql = f"SELECT id, src FROM {name} WHERE awaits IS NOT NULL AND due < ? AND "
        found = ledger.query(sql + among("id", ids), ledger.on.isoformat(), *(ids or ()))
        return [(row["id"], row["src"]) for row in found]

    if not working:
        return

    @programme.check(
        f"{noun}-undated",
        f"{zh}的期限经过没有录入放假安排的年份，算不出；见 calendar.seed 和 calendar.arrange"
        f"|no due date for {en}: a year on the way is not arranged; see calendar.seed and "
        "calendar.arrange",
        entity=entity,
        hard=False,
    )
    def undated(ledger: Ledger, ids: Sequence[str] | None) -> Iterable[tuple[str, int]]:
        """Finds what is awaited and has no due date, since nobody has said which days are worked."""
        sql = f"SELECT id, src FROM {name} WHERE working IS NOT NULL AND due IS NULL AND "
        return [(r["id"], r["src"]) for r in ledger.query(sql + among("id", ids), *(ids or ()))]


__all__ = ["late_steps"]
