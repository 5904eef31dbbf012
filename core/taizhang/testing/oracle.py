"""An oracle: what the ledger has to say, computed by brute force from the history alone.

It shares no code with the ledger but the declarations: no resolution of amendments, no splicing, no
history, no SQL.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import date
from typing import Any

import msgspec

from taizhang.declarations.programme import Impossible, Table
from taizhang.declarations.registry import Registry
from taizhang.testing.logs import Said

Shown = tuple[Any, ...]


def counts(said: Said, all_: Sequence[Said]) -> bool:
    """Whether an event counts: nothing that counts makes it void."""
    return not any(v.voids == said.position and counts(v, all_) for v in all_)


def facts(history: Sequence[Said], known: int | None = None) -> Iterator[tuple[int, Said]]:
    """Each living fact: the position of its root, and the version of it that counts."""
    seen = [s for s in history if known is None or s.end <= known]
    for root in (s for s in seen if s.root is None):
        family = [root, *(s for s in seen if s.root == root.position)]
        if counts(root, family):
            versions = [s for s in family if s.voids is None and counts(s, family)]
            yield root.position, versions[-1]


def timelines(
    history: Sequence[Said], registry: Registry, table: Table[Any], known: int | None = None
) -> dict[Any, list[tuple[date, int, int, Said]]]:
    """The facts that feed a table in folding order, by the timeline that they are on."""
    found: dict[Any, list[tuple[date, int, int, Said]]] = {}
    for root, said in facts(history, known):
        if type(said.event) in table.feeds:
            key = tuple(getattr(said.event, k) for k in table.key)
            rank = registry.event_of[type(said.event)].rank
            found.setdefault(key, []).append((said.on, rank, root, said))
    return {key: sorted(line, key=lambda f: f[:3]) for key, line in found.items()}


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
        states: list[tuple[date, Any, int]] = []
        before: Any = None
        for day, _, root, said in line:
            feed = table.feeds[type(said.event)]
            if table.shape == "fold":
                with suppress(Impossible):
                    before = feed.make(before, said.event, day)  # type: ignore[misc]
                states.append((day, before, root))
            elif feed.make is None:
                if feed.when is None or feed.when(said.event):
                    states.append((day, None, root))
            elif (row := feed.make(said.event)) is not None:
                states.append((day, row, root))
        for i, (day, row, root) in enumerate(states):
            until = states[i + 1][0] if i + 1 < len(states) else None
            if table.shape == "record":
                if on is None or day <= on:
                    found.append((*_cells(row), day.isoformat(), root))
            elif row is not None and (on is None or (day <= on and (until is None or on < until))):
                id_ = key if table.entity else ()
                end = until and until.isoformat()
                found.append((*id_, *_cells(row), day.isoformat(), end, root))
    return sorted(found, key=str)


def _cells(row: Any) -> Iterator[Any]:
    for value in msgspec.structs.astuple(row):
        yield (
            int(value)
            if isinstance(value, bool)
            else (value.isoformat() if isinstance(value, date) else value)
        )
