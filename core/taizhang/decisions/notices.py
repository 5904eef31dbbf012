"""Notices (提醒): what people should look at again in what they record. They refuse nothing, and ask for no
reason as soft findings do.

Findings look at the ledger, where texts about people are tokens, and go on standing in it; a notice is of
the moment of recording, when what was typed is there to be read. A notice is a :class:`Problem` that stands
against nothing. They come from the kinds of the fields given, from the day, from the action
(:meth:`Action.notices`), and from the clock.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from msgspec.structs import replace

from taizhang.decisions.opened import Opened
from taizhang.decisions.parsing import ON, PARTIAL
from taizhang.decisions.requests import Request
from taizhang.declarations.actions import Action, Deed
from taizhang.declarations.declared import ActionDeclaration
from taizhang.declarations.fields import Dated, Event, FieldSpec, specs
from taizhang.declarations.kinds import too_early
from taizhang.isolation.boundary import labels
from taizhang.ledger.facts import FactSource
from taizhang.ledger.schema import quoted
from taizhang.ledger.view import LedgerView
from taizhang.store.paths import local_time
from taizhang.words.errors import Problem, subjects
from taizhang.words.labels import Label, clean

SLACK = timedelta(minutes=1)
"""So far apart the clocks of two computers may well be."""

YEAR = 366

LISTED = 8

_CLOCK = Label("时钟", "clock")


def of_request(
    store: Opened,
    declaration: ActionDeclaration,
    action: Action | Deed,
    on: date,
    decided: Sequence[Dated],
    facts: FactSource,
) -> list[Problem]:
    """All that people should look at again in one action; reading for it is no part of the condition.

    Args:
        store: the open store.
        declaration: the action's.
        action: what was asked for.
        on: its day.
        decided: the events that it has given.
        facts: the facts of the log and of what was tried before.
    """
    values = {name: getattr(action, name) for name in declaration.fields}
    found = [
        *of_fields(declaration.fields, values, store.today()),
        *of_action(action, declaration.label, store.ledger.reading(on)),
        *of_day(on, store.today()),
    ]
    for made in decided:
        then = store.ledger.reading(made.on)
        found += of_repeat(made.event, then, facts)
        if made.event is not action:
            found += of_action(made.event, declaration.label, then)
    return found


def of_dating(
    store: Opened, request: Request, on: date, made: Collection[str]
) -> Iterator[Problem]:
    """What is to be said of how a day was given: not whole, or not at all for what others will belong to.

    Args:
        store: The open store; the books of a demonstration begin on no day, and nothing is older than they.
        request: What was asked for.
        on: The day that it has come to.
        made: The kinds of what is made.
    """
    if isinstance(request.on, str) and PARTIAL.fullmatch(clean(request.on)):
        said = Label(f"只写到年或月，按 {on} 登记", f"only a year or a month: recorded as of {on}")
        yield Problem("on", ON, said)
    registry = store.registry
    tree = None if registry.opening is None else registry.hierarchy
    if not request.dated and tree is not None and tree.kind in made:
        said = Label(
            f"没有写日期，按今天（{on}）算；更早的事都不能记在它名下，早已成立的请作废后写明 --on 重记",
            f"no day was given, so it begins today ({on}); nothing older can be recorded of it: if it is older, "
            "void this and record it with --on",
        )
        yield Problem("on", registry.action(request.action).label, said)


def of_fields(
    declared: Mapping[str, FieldSpec], values: Mapping[str, Any], today: date
) -> Iterator[Problem]:
    """Gathers what the kinds say of the values given."""
    for name, value in values.items():
        spec = declared[name]
        if value is not None and (said := spec.kind.notice(value, today)) is not None:
            yield Problem(name, spec.label, said)


def of_action(action: Action | Event, label: Label, ledger: LedgerView) -> Iterator[Problem]:
    """Gathers what an action, or an event, says itself; ``ledger`` is one whose reading is not remembered."""
    for said in labels(action.notices(ledger)):
        yield Problem("", label, said)


def of_repeat(event: Event, ledger: LedgerView, facts: FactSource) -> Iterator[Problem]:
    """Points out an entry made twice: another fact of that day which says just the same.

    Looked for among records, and among entities without a name of their own, which nothing else tells apart.
    """
    cls = type(event)
    declared = specs(cls)
    for table in ledger.registry.tables.values():
        if cls not in table.feeds or table.lined or (table.shape != "record" and table.title):
            continue
        by = next((n for n, s in specs(table.row).items() if s.entity and n in declared), None)
        if table.shape == "span" or by is None:
            continue
        made = {n for n, s in declared.items() if table.entity and s.entity == table.entity}
        day = "on_date" if table.shape == "record" else "since"
        found = ledger.query(
            # Through the view, which shows texts about people.
            f"SELECT * FROM {quoted(table.name + '_all')} WHERE {quoted(by)} = ? AND {day} = ? "
            "ORDER BY src LIMIT 50",
            getattr(event, by),
            ledger.on.isoformat(),
        )
        for row in found:
            told = facts.told(row["src"])
            if told is None or type(told.event) is not cls:
                continue
            personal = {n: row.get(n) for n, s in declared.items() if s.kind.personal}
            other = {n: getattr(told.event, n) for n in declared if n not in made} | personal
            if all((getattr(event, n) or None) == (said or None) for n, said in other.items()):
                said = Label(
                    f"同一天已有一条完全相同的登记（#{row['src']}），请核对是否重复",
                    f"the very same was recorded of that day already (#{row['src']}): look whether it is twice",
                )
                yield Problem("", ledger.registry.event_of[cls].label, said)
                return


def of_day(on: date, today: date) -> Iterator[Problem]:
    """A day more than a year ahead, or before all that is kept, is mostly a slip of the pen."""
    if (early := too_early(on.year)) is not None:
        yield Problem("on", ON, early)
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


__all__ = ["of_action", "of_clock", "of_dating", "of_day", "of_fields", "of_request", "told"]
