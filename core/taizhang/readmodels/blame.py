"""Naming the event that set a column: of records and spans the row's own, of folds the step since
which the column has had its value; and of an amended fact that version which brought it.

A correction is named when with the version before it the same day would not show the same, from the
same fact: it may have changed the value, or moved the fact to this day, before or behind another one.
So the answer is found by trying: the timeline is told again with each version of the fact in turn.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from taizhang.declarations.declared import Impossible
from taizhang.readmodels.timeline import Timeline, Version

if TYPE_CHECKING:
    from taizhang.ledger.facts import Fact
    from taizhang_eventstore.recorded import Recorded

BEGAN: Final = ("since", "on_date")
ENDED: Final = "until"


TELLING = "说明来由|telling why"
"""What a programme's functions are called for once more."""


class Absent:
    """The value that a column shows on a day that has no row."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = Absent()


@dataclass(frozen=True, slots=True)
class Run:
    """Rows of a timeline one after the other, ``first`` to ``last``, that show one value; ``src`` is
    the fact that brought it, ``until`` the day on which the next run begins.
    """

    value: Any
    first: int
    last: int
    src: int
    since: str
    until: str | None

    @property
    def passing(self) -> bool:
        """Tells if no day ever showed it."""
        return self.since == self.until


def value_of(timeline: Timeline, version: Version | None, column: str) -> Any:
    """Returns what a stored row shows in a column, as it is stored."""
    if version is None or version.gap:
        return ABSENT
    if column in BEGAN:
        return version.since
    if column == ENDED:
        return version.until
    return version.values[timeline.columns.index(column)]


def agree(timeline: Timeline, column: str, one: Any, other: Any) -> bool:
    """Tells if a reader sees the same in both."""
    if one is ABSENT or other is ABSENT:
        return one is other
    return timeline.same(column, one, other)


def runs(timeline: Timeline, rows: Sequence[Version], column: str) -> list[Run]:
    """The runs of a column. Every row of a span is set whole by its fact and is a run by itself."""
    whole = timeline.table.shape != "fold" or column in (*BEGAN, ENDED)
    found: list[Run] = []
    for i, row in enumerate(rows):
        value = value_of(timeline, row, column)
        last = found[-1] if found else None
        if last is None and row.gap and row.problem:
            continue  # Nothing was there, and this fact could not begin it.
        joins = value is ABSENT or not whole
        if last is not None and joins and agree(timeline, column, last.value, value):
            found[-1] = Run(last.value, last.first, i, last.src, last.since, row.until)
        else:
            found.append(Run(value, i, i, row.src, row.since, row.until))
    return found


def setter(
    timeline: Timeline,
    rows: Sequence[Version],
    run: Run,
    column: str,
    day: str,
    *,
    beyond: str = "",
) -> Recorded | None:
    """The event that brought ``run`` of ``column``, as ``day`` shows it and, where that is given, the
    day ``beyond`` does not yet. None for what has no end.
    """
    if column == ENDED and run.value is not ABSENT:
        following = timeline.after(rows[run.last])
        if following is None:
            return None
        return _earliest(timeline, following.src, lambda f: f.day == following.since)
    if column in BEGAN and run.value is not ABSENT:
        return _earliest(timeline, run.src, lambda f: f.day == run.since)
    tells = {"record": _recorded, "span": _spanned, "fold": _folded}[timeline.table.shape]
    with timeline.source.registry.guard.calling(timeline.table.owner, TELLING):
        return _earliest(
            timeline,
            run.src,
            lambda fact: beyond < fact.day <= day and tells(timeline, rows, run, column, fact),
        )


def _earliest(timeline: Timeline, src: int, tells: Callable[[Fact], bool]) -> Recorded | None:
    """Of the versions of a fact the first from which on all tell the same as the one that counts."""
    versions = timeline.versions_of(src)
    if not versions:
        return None
    found = versions[-1]
    for version in reversed(versions[:-1]):
        fact = timeline.fact(src, version)
        if fact is None or not tells(fact):
            break
        found = version
    return found


def mover(timeline: Timeline, src: int) -> Recorded | None:
    """The correction that moved a fact to the day which it has; None where it always had it."""
    versions = timeline.versions_of(src)
    fact = timeline.fact(src, versions[-1]) if len(versions) > 1 else None
    if fact is None:
        return None
    day = fact.day
    found = _earliest(timeline, src, lambda other: other.day == day)
    return None if found is versions[0] else found


def _recorded(
    timeline: Timeline, rows: Sequence[Version], run: Run, column: str, fact: Fact
) -> bool:
    return _made(timeline, column, run.value, fact)


def _made(timeline: Timeline, column: str, value: Any, fact: Fact) -> bool:
    """Tells if the row that the fact makes by itself shows ``value``."""
    feed = timeline.table.contents[type(fact.event)]
    if feed.when is not None and not feed.when(fact.event):
        return False
    if feed.make is None or value is ABSENT:
        return feed.make is None and value is ABSENT
    values = timeline.shape.maker(feed)(fact.event)
    if values is None:
        return False
    return timeline.same(column, values[timeline.columns.index(column)], value)


def _spanned(
    timeline: Timeline, rows: Sequence[Version], run: Run, column: str, fact: Fact
) -> bool:
    before = rows[run.first - 1] if run.first else None
    if before is not None and fact.order < before.order:
        return False
    # Of several ends one after the other the first is the one that counts.
    if run.last > run.first and fact.order > rows[run.first + 1].order:
        return False
    return _made(timeline, column, run.value, fact)


def _folded(timeline: Timeline, rows: Sequence[Version], run: Run, column: str, fact: Fact) -> bool:
    """Folds the life again up to the run, with ``fact`` in place of the version that counts."""
    others = {row.src for row in rows[: run.last + 1]} - {run.src}
    facts = sorted(
        [*timeline.source.resolve_all(timeline.table, others), fact], key=lambda f: f.order
    )
    place = timeline.columns.index(column)
    state: Any = None
    value: Any = ABSENT
    src = 0
    for one in facts:
        make: Any = timeline.table.contents[type(one.event)].make
        try:
            state = make(state, one.event, one.on)
        except Impossible:
            continue
        except Exception:  # A programme's step met what the ledger never had it meet.
            return False
        now = ABSENT if state is None else timeline.shape.values(state, timeline.key)[place]
        if not src or not agree(timeline, column, value, now):
            value, src = now, one.src
    return src == run.src and agree(timeline, column, value, run.value)


__all__ = [
    "ABSENT",
    "BEGAN",
    "ENDED",
    "Absent",
    "Run",
    "agree",
    "mover",
    "runs",
    "setter",
    "value_of",
]
