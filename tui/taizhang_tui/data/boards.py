"""Screens of programmes (插件的屏), read for the screen: under guard, and never from one that has failed."""

from __future__ import annotations

from taizhang.declarations.boards import ScreenDeclaration, Shown
from taizhang.isolation.guard import PluginFault
from taizhang.readmodels.listing import Column, Listed, Row
from taizhang.workspace import Workspace
from taizhang_tui.data.desk import Moment


def shown(ws: Workspace, screen: ScreenDeclaration, moment: Moment, language: str) -> Shown:
    """What the screen shows at both clocks. Raises :class:`PluginFault`, of now or of before."""
    guard = ws.registry.guard
    code = ws.registry.programmes[screen.owner].code
    if guard.knows(screen.owner) and (fault := guard.quarantine.of(screen.owner, code)) is not None:
        raise PluginFault(fault)
    label = screen.label
    with guard.calling(screen.owner, f"显示“{label.zh}”|showing '{label.en}'"):
        return screen.make(ws.at(moment.on, moment.known), language)


def source(board: Shown) -> Listed:
    """Its rows."""
    columns = [
        Column(f"c{i}", heading, 2, 40, "number" if number else "text")
        for i, (heading, number) in enumerate(zip(board.headings, board.numbers, strict=True))
    ]
    rows = [Row(str(i), cells) for i, cells in enumerate(board.rows)]
    return Listed(columns, rows)
