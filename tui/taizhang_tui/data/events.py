"""Events as people read them: a line for lists, with numbers of people masked."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from taizhang.declaring.declare import FieldSpec, specs
from taizhang.ledger.naming import called, nameless
from taizhang.ledger.view import Ledger
from taizhang.showing.tables import event_state, masked_payload
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


def shown(spec: FieldSpec, value: Any, ledger: Ledger, language: str, mask: bool = True) -> str:
    """One value: an entity by name, a number of a person masked."""
    if value in (None, ""):
        return ""
    if spec.entity is not None and spec.entity in ledger.registry.entities:
        return called(ledger, spec.entity, value, language)
    return spec.masked(value, language) if mask else spec.show(value, language)


def label(view: View, event: Recorded, language: str) -> str:
    """What kind of event it is."""
    declared = view.registry.events.get(event.name)
    return declared.label.text(language) if declared is not None else event.name


def summary(view: View, event: Recorded, language: str, names: dict[str, str] | None = None) -> str:
    """The fields of an event on one line; ``names`` stand for ids that no ledger holds yet."""
    if event.event is None:
        payload = masked_payload(event)
        return cells.clean(", ".join(f"{k}={v}" for k, v in payload.items() if v not in (None, "")))
    ledger = view.at(event.envelope.on)
    texts: dict[str, str] = {}
    told: dict[str, list[str]] = {}
    fields = specs(type(event.event))  # type: ignore[arg-type]
    for name, spec in fields.items():
        value = getattr(event.event, name)
        new = (names or {}).get(value) if isinstance(value, str) else None
        texts[name] = new or shown(spec, value, ledger, language)
        if new is None and value and spec.entity in ledger.registry.entities:
            known = ledger.names(str(spec.entity), [value]).get(value, value)
            held = nameless(ledger, str(spec.entity), value, language) if known == value else []
            told[name] = held or [known]
    parts = [
        f"{fields[name].label.text(language)} {text}"
        for name, text in texts.items()
        if text and not _repeats(told.get(name), texts, told)
    ]
    if event.envelope.reason:
        parts.append(f"（{event.envelope.reason}）")
    return cells.clean("  ".join(parts))


def _repeats(told: list[str] | None, texts: Mapping[str, str], references: Collection[str]) -> bool:
    """Whether what is told of an entity is all in the event's own words, as where it begins with it."""
    if not told:
        return False
    own = {text for name, text in texts.items() if len(told) > 1 or name not in references}
    return own.issuperset(told)


def state(view: View, event: Recorded, language: str) -> tuple[str, str]:
    """Its state as a code and in words with what it amends."""
    code = event_state(view.as_workspace, event)
    words = say(STATES[code], language) if STATES[code] else ""
    if event.envelope.amends is not None and code != "void":
        words = f"{words} #{event.envelope.amends}"
    return code, words
