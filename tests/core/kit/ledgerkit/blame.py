"""Who set a cell, by brute force: what a timeline tells when some events had never been recorded."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from operator import attrgetter
from typing import Any

import msgspec

from taizhang.declarations.declared import Impossible
from taizhang.declarations.programme import Table
from taizhang.declarations.registry import Registry
from taizhang.testing import oracle
from taizhang.testing.logs import Said

NOTHING = "(no row)"
"""What a column shows on a day without a row."""

Told = tuple[Any, int]
"""What a cell shows, and the fact that brought it; 0 where nothing ever did."""


def keys(
    history: Sequence[Said], registry: Registry, table: Table[Any], known: int
) -> list[tuple[Any, ...]]:
    """The timelines of a table that the history has ever reached up to a position."""
    seen = [s for s in history if s.end <= known and type(s.event) in table.feeds]
    found: set[tuple[Any, ...]] = set()
    for said in seen:
        feed = table.feeds[type(said.event)]
        for number, content in oracle.contents(said, [replace(said, line=None)], feed):
            root = said.root or said.position
            if table.shape != "record":
                found.add(tuple(attrgetter(feed.fields[k])(content) for k in table.key))
            elif said.line is not None and number:
                found.add((_row(table, root, int(said.line.split("/")[1])),))
            else:
                found.add((_row(table, root, number),))
    return sorted(found, key=str)


def _row(table: Table[Any], root: int, number: int) -> int:
    """What names a row of a fact, or of one of its lines."""
    return root * 4096 + number if table.lined else root


def fact_of(table: Table[Any], src: int) -> int:
    """The fact that brought what a cell shows."""
    return src // 4096 if table.lined else src


def told(
    history: Sequence[Said],
    registry: Registry,
    table: Table[Any],
    key: tuple[Any, ...],
    column: str,
    on: date,
    known: int,
) -> Told:
    """What the cell shows on a day as known at a position, and the fact that brought it."""
    if table.shape == "record":
        lines = oracle.timelines(history, registry, table, known).values()
        line = [f for some in lines for f in some if (_row(table, f[2], f[3]),) == key]
    else:
        line = oracle.timelines(history, registry, table, known).get(key, [])
    found: Told = (NOTHING, 0)
    state: Any = None
    for day, _, position, number, content in line:
        root = _row(table, position, number)
        if day > on:
            break
        feed = table.contents[type(content)]
        if table.shape == "fold":
            try:
                state = feed.make(state, content, day)  # type: ignore[misc]
            except Impossible:
                continue
            value = _cell(table, key, column, state)
            if not found[1] or value != found[0]:
                found = (value, root)
        elif feed.make is None:
            with suppress(TypeError):
                if feed.when is None or feed.when(content):
                    found = found if found[1] and found[0] == NOTHING else (NOTHING, root)
        elif (state := feed.make(content)) is not None:
            found = (_cell(table, key, column, state), root)
    return found


def _cell(table: Table[Any], key: tuple[Any, ...], column: str, state: Any) -> Any:
    if state is None:
        return NOTHING
    if column == "id":
        return key[0]
    value = msgspec.structs.asdict(state)[column]
    if isinstance(value, bool):
        return int(value)
    return value.isoformat() if isinstance(value, date) else value


def only_up_to(history: Sequence[Said], position: int, table: Table[Any], src: int) -> list[Said]:
    """The history in which what the row ``src`` is made of was corrected no more after the event at
    ``position``.
    """
    family = _family(history, table, src)
    return _without(history, [s for s in family if s.position > position])


def before(history: Sequence[Said], position: int, table: Table[Any], src: int) -> list[Said]:
    """The history in which what the row ``src`` is made of was corrected no more from the event at
    ``position`` on; without the fact where the event is its first.
    """
    family = _family(history, table, src)
    return _without(history, [s for s in family if s.position >= position])


def _family(history: Sequence[Said], table: Table[Any], src: int) -> list[Said]:
    """What was said of a fact; of a line of it what is about all of it or about that line."""
    root, number = fact_of(table, src), src % 4096 if table.lined else 0
    found = [s for s in history if (s.root or s.position) == root]
    if not number:
        return found
    own = {f"{feed.lines}/{number}" for feed in table.feeds.values()}
    return [s for s in found if s.line is None or s.line in own]


def _without(history: Sequence[Said], versions: Sequence[Said]) -> list[Said]:
    """The history without some versions of a fact, and without what made these void or revived them."""
    line_of = {s.position: s.line for s in history}
    gone = {
        s.position
        for s in versions
        if s.voids is None or (s.line is not None and line_of[s.voids] is None)
    }
    for said in history:
        if said.voids in gone:
            gone.add(said.position)
    return [s for s in history if s.position not in gone]
