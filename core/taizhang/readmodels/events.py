"""Events as people and programs read them: what kind they are, their state, a line for lists, all of them as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from taizhang.declarations.lines import split_name
from taizhang.declarations.registry import Registry
from taizhang.readmodels import summaries
from taizhang.readmodels.amended import amended
from taizhang.readmodels.reader import Reader
from taizhang.words.labels import Label
from taizhang_eventstore.recorded import Recorded

_STATES = {
    "living": Label("", ""),
    "corrected": Label("已更正", "corrected"),
    "void": Label("已作废", "void"),
    "correction": Label("更正", "correction"),
    "voiding": Label("作废", "void of"),
}


def label(registry: Registry, event: Recorded, language: str = "zh") -> str:
    """Names the kind of an event; the stored name where no loaded programme knows it.

    Args:
        registry: Knows the types of event.
        event: The event.
        language: ``zh`` or ``en``.
    """
    declared = registry.events.get(event.name)
    return declared.label.text(language) if declared is not None else event.name


def summary(
    reader: Reader,
    event: Recorded,
    language: str = "zh",
    names: Mapping[str, str] | None = None,
    *,
    plain: bool = False,
    pending: Sequence[Recorded] = (),
) -> str:
    """An event on one line: its fields, or of an amendment what it changes.

    Args:
        reader: reads the ledger of the event's day.
        event: the event.
        language: ``zh`` or ``en``.
        names: stand for ids that no ledger holds yet.
        plain: numbers of people in full.
        pending: events that are only tried with it.
    """
    ledger = reader.at(event.envelope.on)
    return amended(reader.log, ledger, event, language, names, plain=plain, pending=pending)


def event_state(reader: Reader, event: Recorded) -> str:
    """``living``, ``corrected`` or ``void``; amendments are ``correction`` or ``voiding`` unless void."""
    rows = reader.db.execute(
        "SELECT seq, target, kind, line FROM amendments WHERE root = ? ORDER BY seq DESC",
        (event.envelope.root or event.position,),
    ).fetchall()
    own = event.envelope.line
    of_line = {seq for seq, _, _, line in rows if line is not None}
    dead: set[int] = set()
    corrected = False
    for seq, target, kind, line in rows:
        if seq in dead:
            continue
        if kind == "void" and (line is None or target in of_line):
            dead.add(target)
        elif seq > event.position and (own is None or line in (None, own)):
            corrected = True
    if event.position in dead:
        return "void"
    if event.envelope.voids is not None:
        return "voiding"
    if corrected:
        return "corrected"
    return "correction" if event.envelope.corrects is not None else "living"


def state_label(code: str, event: Recorded, language: str = "zh") -> str:
    """The state ``code`` of an event in words, with what it amends."""
    envelope = event.envelope
    mark = _STATES[code].text(language)
    if envelope.amends is not None and code != "void":
        mark = f"{mark} #{envelope.amends}"
        if envelope.line is not None:
            number = split_name(envelope.line)[1]
            mark += f" line {number}" if language == "en" else f" 第 {number} 行"
    return mark


def event_cells(
    reader: Reader,
    event: Recorded,
    language: str = "zh",
    *,
    plain: bool = False,
    pending: Sequence[Recorded] = (),
) -> dict[str, Any]:
    """An event with its envelope, payload, label, state and a one-line summary.

    Numbers of people are masked unless ``plain``; ``pending`` are events that are only tried with it.

    Args:
        reader: Reads log and ledger.
        event: The event.
        language: ``zh`` or ``en``.
        plain: Numbers of people are shown whole.
        pending: Events that are only being tried.
    """
    envelope = event.envelope
    state = event_state(reader, event)
    return {
        "seq": event.position,
        "type": event.type,
        "name": event.name,
        "label": label(reader.registry, event, language),
        "on": envelope.on.isoformat(),
        "recorded_at": envelope.recorded_at.isoformat(),
        "actor": envelope.actor,
        "reason": envelope.reason,
        "document": envelope.document,
        "cause": envelope.cause,
        "correlation": envelope.correlation,
        "corrects": envelope.corrects,
        "voids": envelope.voids,
        "root": envelope.root,
        "line": envelope.line,
        "plugin": envelope.plugin,
        "plugin_version": envelope.plugin_version,
        "id": envelope.id,
        "action": envelope.action,
        "i": envelope.i,
        "n": envelope.n,
        "tags": list(event.tags),
        "payload": event.payload if plain else summaries.masked_payload(event),
        "state": state,
        "state_label": state_label(state, event, language),
        "summary": summary(reader, event, language, plain=plain, pending=pending),
        "trouble": None if event.trouble is None else Label.of(event.trouble).text(language),
    }


__all__ = ["event_cells", "event_state", "label", "state_label", "summary"]
