"""Duties as people and programs read them: labels for names, names for ids, shares as percent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from taizhang.declarations.kinds import Bad
from taizhang.duties.board import STATES, Line, Standing
from taizhang.ledger.naming import called
from taizhang.ledger.resolving import resolve
from taizhang.words.errors import Invalid, Problem
from taizhang.words.labels import Label, clean

if TYPE_CHECKING:
    from taizhang.ledger.view import LedgerView

EVERYBODY = Label("合计", "all")
OTHERS = Label("（其他）", "(others)")
"""Those who belong to no organisation of the store's own, or to outside ones only."""


def percent(share: float | None) -> str:
    """A share with one decimal, nothing where there is none."""
    return "" if share is None else f"{share * 100:.1f}%"


def communities_of(ledger: LedgerView, settings: Mapping[str, Any]) -> tuple[str, ...] | None:
    """The organisations that the store's setting ``communities`` lists, by name or id; None where it
    says nothing.
    """
    listed = settings.get("communities")
    if not isinstance(listed, list):
        return None
    found: list[str] = []
    for text in map(str, listed):
        found += ledger.called("organisation", text) or [text]
    return tuple(found)


def organisation_of(ledger: LedgerView, text: str) -> str:
    """The organisation written as ``text``, also one that has ended. Raises :class:`Invalid`."""
    try:
        return resolve("organisation", text, ledger, ended=True)
    except Bad as bad:
        label = ledger.registry.entity("organisation").label
        raise Invalid([Problem("organisation", label, bad.rule, bad.candidates)]) from None


def organisation_name(ledger: LedgerView, line: Line, language: str = "zh") -> str:
    """What the organisation of a line is called."""
    if line.organisation is None:
        return EVERYBODY.text(language)
    if not line.organisation:
        return OTHERS.text(language)
    names = ledger.names("organisation", [line.organisation])
    return names.get(line.organisation) or line.organisation


def line_json(ledger: LedgerView, line: Line, language: str = "zh") -> dict[str, Any]:
    """A line as data. ``organisation`` null is everybody, empty all who belong to none of the store's own."""
    window = line.window
    return {
        "duty": window.duty.name,
        "label": window.version.label.text(language),
        "source": window.version.source,
        "window": window.label.text(language),
        "begin": window.begin.isoformat(),
        "end": _iso(window.end),
        "closed": window.closed(ledger.on),
        "organisation": line.organisation,
        "organisation_name": organisation_name(ledger, line, language),
        "obliged": line.obliged,
        "done": line.done,
        "share": None if line.share is None else round(line.share, 4),
        "states": {s: line.counts.get(s, 0) for s in STATES},
    }


def standing_json(
    ledger: LedgerView, standings: Sequence[Standing], language: str = "zh"
) -> list[dict[str, Any]]:
    """Those who stand somewhere, with their names."""
    names: dict[str, dict[str, str]] = {}
    for kind in {s.kind for s in standings}:
        names[kind] = ledger.names(kind, sorted({s.id for s in standings if s.kind == kind}))
    there = ledger.names(
        "organisation", sorted({s.organisation for s in standings if s.organisation})
    )
    return [
        {
            "duty": s.window.duty.name,
            "label": s.window.version.label.text(language),
            "window": s.window.label.text(language),
            "state": s.state,
            "state_label": STATES[s.state].text(language),
            "entity": s.kind,
            "id": s.id,
            "name": clean(names[s.kind].get(s.id) or called(ledger, s.kind, s.id, language)),
            "organisation": s.organisation,
            "organisation_name": there.get(s.organisation) if s.organisation else None,
            "value": s.value,
            "needed": s.needed,
            "due": _iso(s.due),
        }
        for s in standings
    ]


def board_json(
    ledger: LedgerView,
    organisation: str | None,
    lines: list[dict[str, Any]],
    names: list[dict[str, Any]] | None,
) -> dict[str, Any]:
    """The whole answer; ``names`` null where whoever asks stands above a community."""
    return {
        "on": ledger.on.isoformat(),
        "known": ledger.known,
        "organisation": organisation,
        "lines": lines,
        "names": names,
    }


def told(standing: Standing, language: str = "zh") -> str:
    """Where one stands in a duty, in a few words: ``将到期 季度报到``. The state first: it is what a narrow
    column must not cut.
    """
    label = standing.window.version.label
    return f"{STATES[standing.state].text(language)} {label.text(language)}"


def _iso(day: dt.date | None) -> str | None:
    return None if day is None else day.isoformat()


__all__ = [
    "board_json",
    "communities_of",
    "line_json",
    "organisation_name",
    "organisation_of",
    "percent",
    "standing_json",
    "told",
]
