"""Going on with an older log (接着旧日志记): somebody's decision, recorded as an event with its reason.

What speaks against the log is kept beside the seals under other names, so that it can be verified with later.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from taizhang.decisions.decision import Attempt, Decided, Draft, Receipt, run
from taizhang.decisions.parsing import parse_word
from taizhang.store.paths import StoreContinued
from taizhang.words.errors import Refused, Usage

if TYPE_CHECKING:
    from taizhang.workspace import Workspace


def go_on(ws: Workspace, reason: str) -> tuple[Receipt, list[Path]]:
    """Records the decision, puts away the seals that do not fit, and seals what there is.

    Args:
        ws: the open store.
        reason: why this log is the right one.

    Returns:
        What was recorded, and the files that were put away.

    Raises:
        Refused: nothing is known of a newer log.
        OlderLog: its file was replaced while it was open: it has to be opened again first.
        Usage: there is no reason.
        StoreError: it cannot be recorded.
    """
    ws.writable()
    said = parse_word("reason", reason)
    if not said:
        raise Usage("接着旧日志记必须说明事由|to go on with an older log needs a reason")
    trouble = ws.continuity.trouble
    if trouble is None:
        raise Refused(
            "这份日志不比所知的旧，照常登记就行|this log is not older than what is known of it: record as usual"
        )
    if ws.log.replaced:
        ws.continuity.require()

    def planned(attempt: Attempt) -> None:
        draft = Draft(StoreContinued(newer=str(trouble)), ws.today(), [])
        attempt.add(Decided([draft], said), accept=True)

    with ws.continuity.deciding():
        receipt = run(ws, planned, commit=True)
    moved = ws.continuity.decided()
    ws.close_seal()
    return receipt, moved


__all__ = ["go_on"]
