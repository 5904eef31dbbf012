"""What is asked for, what was decided, and what came of it: the words between deciding and its clients."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from taizhang.declare import Event
from taizhang.errors import Finding
from taizhang_eventstore.recorded import Recorded


@dataclass(frozen=True, slots=True)
class Request:
    """What someone wants recorded: an action with its fields, and the envelope's words."""

    action: str
    fields: Mapping[str, Any]
    on: str | date
    reason: str | None = None
    document: str | None = None
    cause: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was recorded: positions, new ids by entity kind, and findings accepted with a reason."""

    seq: tuple[int, ...]
    ids: Mapping[str, Any]
    findings: tuple[Finding, ...] = ()
    events: tuple[Recorded, ...] = ()
    actions: tuple[str, ...] = ()


@dataclass(slots=True)
class Draft:
    """One event on its way, before it has an envelope."""

    event: Event
    on: date
    tags: list[str]
    cause: str | None = None
    corrects: int | None = None
    voids: int | None = None
    root: int | None = None


@dataclass(slots=True)
class Decided:
    """One action's events and the words around them."""

    drafts: list[Draft]
    reason: str | None = None
    document: str | None = None
    cause: str | None = None
    action_id: str | None = None
    line: int | None = None
