"""Events as the forms tell them, read where a view of the desk reads."""

from __future__ import annotations

from taizhang.readmodels import events
from taizhang.readmodels.events import summary
from taizhang_eventstore.recorded import Recorded
from taizhang_tui.data.desk import View


def label(view: View, event: Recorded, language: str) -> str:
    """What kind of event it is."""
    return events.label(view.registry, event, language)


__all__ = ["label", "summary"]
