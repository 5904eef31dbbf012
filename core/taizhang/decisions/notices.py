"""Notices (提醒): what people should look at again in what they record. They refuse nothing, and ask for no
reason as soft findings do.

Findings look at the ledger, where texts about people are tokens, and go on standing in it; a notice is of
the moment of recording, when what was typed is there to be read. A notice is a :class:`Problem` that stands
against nothing. They come from the kinds of the fields given, from the day, from the action
(:meth:`Action.notices`), and from the clock.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from msgspec.structs import replace

from taizhang.decisions.parsing import ON
from taizhang.declarations.actions import Action, Deed
from taizhang.declarations.fields import FieldSpec
from taizhang.isolation.boundary import labels
from taizhang.ledger.view import LedgerView
from taizhang.store.paths import local_time
from taizhang.words.errors import Problem, subjects
from taizhang.words.labels import Label

SLACK = timedelta(minutes=1)
"""So far apart the clocks of two computers may well be."""

YEAR = 366

LISTED = 8

_CLOCK = Label("时钟", "clock")


def of_fields(declared: Mapping[str, FieldSpec], values: Mapping[str, Any]) -> Iterator[Problem]:
    """What the kinds say of the values given."""
    for name, value in values.items():
        spec = declared[name]
        if value is not None and (said := spec.kind.notice(value)) is not None:
            yield Problem(name, spec.label, said)


def of_action(action: Action | Deed, label: Label, ledger: LedgerView) -> Iterator[Problem]:
    """What the action says itself; ``ledger`` is one whose reading is not remembered."""
    for said in labels(action.notices(ledger)):
        yield Problem("", label, said)


def of_day(on: date, today: date) -> Iterator[Problem]:
    """A day more than a year ahead is mostly a slip of the pen."""
    if (on - today).days > YEAR:
        said = Label(
            f"{on} 比今天（{today}）晚一年以上，请核对",
            f"{on} is more than a year after today ({today}): look again",
        )
        yield Problem("on", ON, said)


def of_clock(db: sqlite3.Connection, now: datetime) -> Iterator[Problem]:
    """A clock that stands before what was recorded already: the times of recording will be wrong."""
    row = db.execute("SELECT recorded_at FROM _actions ORDER BY seq DESC LIMIT 1").fetchone()
    if row is None:
        return
    latest = datetime.fromisoformat(row[0])
    if now < latest - SLACK:
        here, last = local_time(now), local_time(latest)
        said = Label(
            f"本机是 {here}，早于上次登记的 {last}，请校准",
            f"{here} here, which is before the last recording at {last}: set it right",
        )
        yield Problem("", _CLOCK, said)


def told(notices: Sequence[Problem], language: str = "zh") -> list[str]:
    """Notices as sentences: the same one of many lines or subjects once, with eight of them at most."""
    borne: dict[Problem, tuple[list[int], list[str]]] = {}
    for notice in notices:
        lines, whom = borne.setdefault(replace(notice, line=None, who=""), ([], []))
        whom.append(notice.who)
        if notice.line is not None:
            lines.append(notice.line)
    return [
        replace(notice, who=subjects(whom, language)).text(language) + _listed(lines, language)
        for notice, (lines, whom) in borne.items()
    ]


def _listed(lines: Sequence[int], language: str) -> str:
    if not lines:
        return ""
    more = len(lines) > LISTED
    if language == "en":
        listed = ", ".join(map(str, lines[:LISTED]))
        rest = f" and more, {len(lines)} in all" if more else ""
        return f" (line{'s' if len(lines) > 1 else ''} {listed}{rest})"
    listed = "、".join(map(str, lines[:LISTED]))
    return f"（第 {listed} 行等 {len(lines)} 行）" if more else f"（第 {listed} 行）"


__all__ = ["of_action", "of_clock", "of_day", "of_fields", "told"]
