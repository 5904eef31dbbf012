"""An event on one line (摘要), the same for the command line and the screens: its fields by their labels,
entities by name or by what they hold, numbers of people masked.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from taizhang.declarations.fields import FieldSpec, specs
from taizhang.declarations.masks import guessed
from taizhang.ledger.naming import called, nameless
from taizhang.ledger.view import LedgerView
from taizhang.words.labels import Label, clean
from taizhang_eventstore.recorded import Recorded

ARROW = " → "
_CHANGED = Label("（已改）", " (changed)")

Lost = Callable[[str, str], Sequence[str]]
"""Gives the name of an entity, by its kind and id, that no ledger holds any more, or else what it held."""


def shown(
    spec: FieldSpec, value: Any, ledger: LedgerView, language: str, *, plain: bool = False
) -> str:
    """One value: an entity by name, a number of a person masked unless ``plain``."""
    if value in (None, "", ()):
        return ""
    if spec.entity is not None and spec.entity in ledger.registry.entities:
        return called(ledger, spec.entity, value, language)
    if spec.line is not None and len(value) == 1:
        own = specs(spec.line)
        told = (
            shown(s, getattr(value[0], n), ledger, language, plain=plain) for n, s in own.items()
        )
        return " ".join(filter(None, told)) if value[0] is not None else spec.show(value, language)
    return spec.show(value, language) if plain else spec.masked(value, language)


def masked_payload(event: Recorded) -> dict[str, Any]:
    """The payload as stored, numbers of people masked: by their fields' kinds, or by their looks
    where this program does not read the event or the stored shape is an older one.
    """
    fields = {} if event.event is None else specs(type(event.event))  # type: ignore[arg-type]
    return {name: _masked(fields.get(name), value) for name, value in event.payload.items()}


def _masked(spec: FieldSpec | None, value: Any) -> Any:
    """A stored value, or the values of a line, masked."""
    if spec is not None and isinstance(value, str):
        return spec.kind.mask(value)
    if spec is not None and spec.line is not None and isinstance(value, list):
        own = specs(spec.line)
        return [
            {name: _masked(own.get(name), one) for name, one in line.items()}
            if isinstance(line, dict)
            else guessed(line)
            for line in value
        ]
    return guessed(value)


def summary(
    ledger: LedgerView,
    event: Recorded,
    language: str = "zh",
    names: Mapping[str, str] | None = None,
    *,
    plain: bool = False,
    lost: Lost | None = None,
    before: Mapping[str, Any] | None = None,
) -> str:
    """The fields of an event, nothing for what is empty or told already, and its reason.

    Args:
        ledger: That of the event's day.
        event: The event.
        language: ``zh`` or ``en``.
        names: Stand for ids that no ledger holds yet.
        plain: Numbers of people are not masked.
        lost: Gives the name of an entity that no ledger holds any more.
        before: What fields that are set anew held until then.

    Returns:
        The words on one line.
    """
    if event.event is None:
        payload = event.payload if plain else masked_payload(event)
        return clean(", ".join(f"{k}={v}" for k, v in payload.items() if v not in (None, "")))
    parts = [content(ledger, event.event, language, names, plain=plain, lost=lost, before=before)]
    return clean("  ".join(filter(None, [*parts, reason_of(event, language)])))


def reason_of(event: Recorded, language: str) -> str:
    """The reason of an event as it ends a line; empty without one."""
    reason = event.envelope.reason
    if not reason:
        return ""
    return f"({reason})" if language == "en" else f"（{reason}）"


def content(
    ledger: LedgerView,
    said: Any,
    language: str = "zh",
    names: Mapping[str, str] | None = None,
    *,
    plain: bool = False,
    lost: Lost | None = None,
    before: Mapping[str, Any] | None = None,
) -> str:
    """The fields of what was ``said``, by their labels, as in :func:`summary`."""
    texts: dict[str, str] = {}
    told: dict[str, list[str]] = {}
    fields = specs(type(said))
    for name, spec in fields.items():
        value = getattr(said, name)
        new = (names or {}).get(value) if isinstance(value, str) else None
        texts[name] = new or shown(spec, value, ledger, language, plain=plain)
        if lost is not None and spec.entity is not None and value and texts[name] == value:
            if held := lost(spec.entity, value):
                texts[name], told[name] = " ".join(held), list(held)
            continue
        if new is None and value and spec.entity in ledger.registry.entities:
            known = ledger.names(str(spec.entity), [value]).get(value, value)
            held = nameless(ledger, str(spec.entity), value, language) if known == value else []
            told[name] = held or [known]
    olds = {
        name: shown(fields[name], value, ledger, language, plain=plain)
        for name, value in (before or {}).items()
    }
    words = {**texts, **{f"{name} before": old for name, old in olds.items()}}
    return "  ".join(
        f"{fields[name].label.text(language)} "
        + (turned(olds[name], text, language) if name in olds else text)
        for name, text in texts.items()
        if text and not _repeats(told.get(name), words, told)
    )


def turned(old: str, new: str, language: str) -> str:
    """Tells what stood there and what does."""
    # Behind a mask both may look the same.
    return f"{old}{ARROW}{new}" + (_CHANGED.text(language) if old == new else "")


def _repeats(told: list[str] | None, texts: Mapping[str, str], references: Collection[str]) -> bool:
    """Tells if what is told of an entity is all in the event's own words, as where it begins with it."""
    if not told:
        return False
    own = {text for name, text in texts.items() if len(told) > 1 or name not in references}
    return own.issuperset(told)


__all__ = ["ARROW", "content", "masked_payload", "shown", "summary", "turned"]
