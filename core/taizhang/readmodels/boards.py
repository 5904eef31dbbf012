"""Screens of programmes (插件的屏) for every client: made under guard, and never by one that has failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from taizhang.isolation.guard import PluginFault
from taizhang.readmodels.listing import Column, Listed, Row

if TYPE_CHECKING:
    from taizhang.declarations.boards import ScreenDeclaration, Shown
    from taizhang.ledger.view import LedgerView


def shown(ledger: LedgerView, screen: ScreenDeclaration, language: str) -> Shown:
    """Returns what the screen shows of the ledger. Raises :class:`PluginFault`, of now or of before.

    Args:
        ledger: The ledger at its two clocks.
        screen: The screen as declared.
        language: ``zh`` or ``en``.
    """
    guard = ledger.registry.guard
    code = ledger.registry.programmes[screen.owner].code
    if guard.knows(screen.owner) and (fault := guard.quarantine.of(screen.owner, code)) is not None:
        raise PluginFault(fault)
    label = screen.label
    with guard.calling(screen.owner, f"显示“{label.zh}”|showing '{label.en}'"):
        return screen.make(ledger, language)


def listing(board: Shown) -> Listed:
    """Its rows."""
    return Listed(
        [
            Column(f"c{i}", heading, 2, 40, "number" if number else "text")
            for i, (heading, number) in enumerate(zip(board.headings, board.numbers, strict=True))
        ],
        [Row(str(i), cells) for i, cells in enumerate(board.rows)],
    )


__all__ = ["listing", "shown"]
