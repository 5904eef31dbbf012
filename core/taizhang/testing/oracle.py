"""An oracle: what the ledger has to say, computed by brute force from the history alone.

It shares no code with the ledger but the declarations: no resolution of amendments, no splicing, no
history, no SQL.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import date
from operator import attrgetter
from typing import Any

import msgspec

from taizhang.declarations.declared import Impossible
from taizhang.declarations.lines import line_fields
from taizhang.declarations.programme import Table
from taizhang.declarations.registry import Registry
from taizhang.testing.logs import Said

Shown = tuple[Any, ...]


def counts(said: Said, all_: Sequence[Said]) -> bool:
    """Tells if an event counts: nothing that counts makes it void, but for a line of it."""
    return not any(
        v.voids == said.position and counts(v, all_) and (v.line is None or said.line is not None)
        for v in all_
    )


def facts(
    history: Sequence[Said], known: int | None = None
) -> Iterator[tuple[int, Said, list[Said]]]:
    """Each living fact: the position of its root, the version of it that counts, and all that counts and
    says something of it or of a line: voids of amendments do not.
    """
    seen = [s for s in history if known is None or s.end <= known]
    for root in (s for s in seen if s.root is None):
        family = [root, *(s for s in seen if s.root == root.position)]
        if counts(root, family):
            line_of = {s.position: s.line for s in family}
            living = [
                s
                for s in family
                if counts(s, family)
                and (s.voids is None or (s.line is not None and line_of[s.voids] is None))
            ]
            yield root.position, [s for s in living if s.line is None][-1], living


def line_at(field: str, number: int, living: Sequence[Said]) -> Any:
    """Tells what the newest living word about a line says; None where it is not there."""
    for said in reversed(living):
        if said.line is None:
            lines = getattr(said.event, field)
            return lines[number - 1] if number <= len(lines) else None
        if said.line == f"{field}/{number}":
            # A line that the event never had is not there to be corrected.
            if said.voids is not None or not _there(field, number, living, said.position):
                return None
            return getattr(said.event, field)[0]
    return None


def _there(field: str, number: int, living: Sequence[Said], until: int) -> bool:
    whole = [s for s in living if s.line is None and s.position < until]
    return number <= len(getattr(whole[-1].event, field))


def contents(said: Said, living: Sequence[Said], feed: Any) -> Iterator[tuple[int, Any]]:
    """Lists what the rows of a fact are made of: 0 with all of it, or each of its lines by number."""
    event = said.event
    lines = {
        f: [line_at(f, k + 1, living) for k in range(len(getattr(event, f)))]
        for f in line_fields(type(event))
    }
    if feed.lines is None:
        there = {f: tuple(x for x in some if x is not None) for f, some in lines.items()}
        yield 0, msgspec.structs.replace(event, **there)
        return
    shared = msgspec.structs.replace(event, **dict.fromkeys(lines, ()))
    for number, line in enumerate(lines[feed.lines], 1):
        if line is not None:
            yield number, feed.content(shared, line)


Told = tuple[date, int, int, int, Any]
"""A fact's day, rank, root, the number of its line, what its row is made of."""


def timelines(
    history: Sequence[Said], registry: Registry, table: Table[Any], known: int | None = None
) -> dict[Any, list[Told]]:
    """The facts that feed a table in folding order, by the timeline that they are on."""
    found: dict[Any, list[Told]] = {}
    for root, said, living in facts(history, known):
        feed = table.feeds.get(type(said.event))
        if feed is not None:
            rank = registry.event_of[type(said.event)].rank
            for number, content in contents(said, living, feed):
                key = tuple(attrgetter(feed.fields[k])(content) for k in table.key)
                found.setdefault(key, []).append((said.on, rank, root, number, content))
    return {key: sorted(line, key=lambda f: f[:4]) for key, line in found.items()}


def rows(
    history: Sequence[Said],
    registry: Registry,
    table: Table[Any],
    on: date | None = None,
    known: int | None = None,
) -> list[Shown]:
    """The rows that a reader sees, on a day or (None) on every day: values, time, source."""
    found: list[Shown] = []
    for key, line in timelines(history, registry, table, known).items():
        states: list[tuple[date, Any, tuple[int | None, ...]]] = []
        before: Any = None
        for day, _, root, number, content in line:
            feed = table.contents[type(content)]
            src: tuple[int | None, ...] = (number or None, root) if table.lined else (root,)
            if table.shape == "fold":
                with suppress(Impossible):
                    before = feed.make(before, content, day)  # type: ignore[misc]
                states.append((day, before, src))
            elif feed.make is None:
                if feed.when is None or feed.when(content):
                    states.append((day, None, src))
            elif (row := feed.make(content)) is not None:
                states.append((day, row, src))
        for i, (day, row, src) in enumerate(states):
            until = states[i + 1][0] if i + 1 < len(states) else None
            if table.shape == "record":
                if on is None or day <= on:
                    found.append((*_cells(row), day.isoformat(), *src))
            elif row is not None and (on is None or (day <= on and (until is None or on < until))):
                id_ = key if table.entity else ()
                end = until and until.isoformat()
                found.append((*id_, *_cells(row), day.isoformat(), end, *src))
    return sorted(found, key=str)


def _cells(row: Any) -> Iterator[Any]:
    for value in msgspec.structs.astuple(row):
        yield (
            int(value)
            if isinstance(value, bool)
            else (value.isoformat() if isinstance(value, date) else value)
        )
