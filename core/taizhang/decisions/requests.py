"""What is asked for, what was decided, and what came of it: the words between deciding and its clients."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from msgspec import Struct

from taizhang.declarations.fields import Event
from taizhang.words.errors import Finding, Problem
from taizhang.words.labels import Label
from taizhang_eventstore.recorded import Recorded


class Request(Struct, frozen=True):
    """A wish to record something: an action with its fields, and the envelope's words."""

    action: str
    fields: Mapping[str, Any]
    on: str | date
    reason: str | None = None
    document: str | None = None
    cause: str | None = None
    line: int | None = None
    dated: bool = True
    """Whether somebody said the day; otherwise it is the one on which it was asked for."""


def requested(
    action: str, fields: Mapping[str, Any] | None, words: Mapping[str, Any], today: date
) -> Request:
    """A request of people's words; its day is ``today`` where they name none.

    Args:
        action: The name of the action.
        fields: What was given for it, by field.
        words: What the envelope says: ``on``, ``reason``, ``document``, ``cause``.
        today: The day where ``on`` names none.
    """
    given = dict(words)
    on = given.pop("on", None) or today
    return Request(
        action, dict(fields or {}), on, dated="on" in words and bool(words["on"]), **given
    )


class Receipt(Struct, frozen=True):
    """The answer to what was recorded: positions, new ids by entity kind, findings accepted with a reason,
    and notices, which ask for none (:mod:`taizhang.decisions.notices`).
    """

    seq: tuple[int, ...]
    ids: Mapping[str, Any]
    findings: tuple[Finding, ...] = ()
    events: tuple[Recorded, ...] = ()
    actions: tuple[str, ...] = ()
    notices: tuple[Problem, ...] = ()
    batch: str | None = None
    """The batch that all of it is, if it was recorded as one: it can be reverted as one."""
    refused: tuple[Problem, ...] = ()
    """Of many subjects those that were left out, each with why."""
    sources: Mapping[int, Label] = {}
    """By the positions of events that follow from others: whose rule that is."""


class Draft(Struct):
    """One event on its way, before it has an envelope."""

    event: Event
    on: date
    tags: list[str]
    cause: str | None = None
    corrects: int | None = None
    voids: int | None = None
    root: int | None = None
    source: Label | None = None
    """Whose rule it is that this event follows from another, if it does."""
    part: str | None = None
    """The line of the fact that an amendment is about: ``attendance/3``."""

    concerns: list[str] | None = None
    """The tags of what a reason is about, where not of all: of a fact with lines what these share."""


class Decided(Struct):
    """One action's events and the words around them."""

    drafts: list[Draft]
    reason: str | None = None
    document: str | None = None
    cause: str | None = None
    action_id: str | None = None
    line: int | None = None
    notices: tuple[Problem, ...] = ()
