"""Events as people read them: what they are, a line for lists, their state."""

from __future__ import annotations

from collections.abc import Sequence

from taizhang.readmodels.amended import amended
from taizhang.readmodels.tables import event_state
from taizhang_eventstore.recorded import Recorded
from taizhang_tui import cells
from taizhang_tui.data.desk import View
from taizhang_tui.words import say

STATES = {
    "living": "",
    "corrected": "已更正|corrected",
    "void": "已作废|void",
    "correction": "更正|correction of",
    "voiding": "作废|void of",
}


def label(view: View, event: Recorded, language: str) -> str:
    """What kind of event it is."""
    declared = view.registry.events.get(event.name)
    return declared.label.text(language) if declared is not None else event.name


def summary(
    view: View,
    event: Recorded,
    language: str,
    names: dict[str, str] | None = None,
    pending: Sequence[Recorded] = (),
) -> str:
    """An event on one line, an amendment by what it changes; ``names`` stand for ids that no ledger holds yet,
    ``pending`` are events that are only tried with it.
    """
    ledger = view.at(event.envelope.on)
    return cells.clean(amended(view.log, ledger, event, language, names, pending=pending))


def state(view: View, event: Recorded, language: str) -> tuple[str, str]:
    """Its state as a code and in words with what it amends."""
    code = event_state(view.as_workspace, event)
    words = say(STATES[code], language) if STATES[code] else ""
    if event.envelope.amends is not None and code != "void":
        words = f"{words} #{event.envelope.amends}"
    return code, words
