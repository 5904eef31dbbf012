"""What is next in a file, from when, by when, and what is missing, as SQL over its row and the steps taken.

All four follow from the course (:mod:`.course`) by the rule of the ledger's day, so that a file that began under one
edition goes on under the next; and at both clocks, so that a step entered late moves them as known from then on.
"""

from __future__ import annotations

from collections.abc import Callable

from taizhang.api import in_force, months_later
from taizhang.office.development.course import (
    ACTIVIST,
    ASKED,
    CANDIDATE,
    DISCUSSED,
    EDITIONS,
    LIMITS,
    OBSERVED,
    OBSERVED_EVERY,
    STEPS,
    Edition,
)

OPEN = ("培养中", "预备期", "转正待归档")
"""The states in which a step is awaited."""

OPEN_SQL = ", ".join(f"'{state}'" for state in OPEN)


def _by_edition(said: Callable[[Edition], str]) -> str:
    """SQL that says one thing under each edition."""
    cases = [
        f"WHEN clock_on() < '{e.until.isoformat()}' THEN {said(e)}"
        if e.until
        else f"ELSE {said(e)}"
        for e in EDITIONS
    ]
    return f"CASE {' '.join(cases)} END"


def _following(edition: Edition) -> str:
    """SQL: the place of the step after the one reached, as an edition has it."""
    cases = [
        f"WHEN r.reached < {step.place} THEN {step.place}"
        for step in in_force(STEPS, edition.since)
    ]
    return f"CASE {' '.join(cases)} END"


NEXT_PLACE = f"CASE WHEN r.state IN ({OPEN_SQL}) THEN {_by_edition(_following)} END"


def taken(place: int) -> str:
    """SQL: the day on which a step was taken last, NULL where it was not."""
    return (
        "(SELECT max(s.on_date) FROM development_steps s WHERE s.development = r.id "
        f"AND s.place = {place} AND s.passed)"
    )


def _due(edition: Edition) -> str:
    """SQL: by when the step that follows is to be taken under an edition."""
    cases = [
        f"WHEN {limit.place} THEN {months_later(taken(limit.after), str(limit.most))}"
        for limit in in_force(LIMITS, edition.since)
        if limit.most
    ]
    end = "coalesce(r.postponed, r.probation_ends)"
    cases += [f"WHEN {place} THEN {end}" for place in (ASKED, DISCUSSED)]
    return f"CASE {_following(edition)} {' '.join(cases)} END"


BY = f"CASE WHEN r.state IN ({OPEN_SQL}) THEN {_by_edition(_due)} END"

_YEAR = f"date({months_later(taken(ACTIVIST), '12')}, '+' || r.paused || ' days')"
EARLIEST = f"CASE WHEN r.reached >= {ACTIVIST} AND r.reached < {CANDIDATE} THEN {_YEAR} END"
"""The first day on which somebody may be made a candidate; time in which a file rested does not count."""

_OBSERVED = f"coalesce({taken(OBSERVED)}, {taken(ACTIVIST)})"
REVIEW = (
    "CASE WHEN r.stage = '入党积极分子' AND r.state = '培养中' "
    f"THEN {months_later(_OBSERVED, str(OBSERVED_EVERY))} END"
)
"""By when an activist is to be observed again."""

_TERMS = " ".join(f"WHEN {step.place} THEN '{step.term}'" for step in STEPS)
NEXT = f"CASE {NEXT_PLACE} {_TERMS} END"

_LIST = ", ".join(
    f"({s.place}, '{s.term}', '{s.since.isoformat()}', '{s.until.isoformat() if s.until else '~'}')"
    for s in STEPS
)


def skipped(file: str, reached: str) -> str:
    """SQL: the steps before ``reached`` that were not taken, though they were steps on the day of the first one that was
    taken after them; rows of place and term.
    """
    first = (
        f"(SELECT min(t.on_date) FROM development_steps t WHERE t.development = {file} "
        "AND t.place > c.column1 AND t.passed)"
    )
    return (
        f"SELECT c.column1 AS place, c.column2 AS term FROM (VALUES {_LIST}) c "
        f"WHERE c.column1 < {reached} AND NOT EXISTS (SELECT 1 FROM development_steps s "
        f"WHERE s.development = {file} AND s.place = c.column1 AND s.passed) "
        f"AND c.column3 <= {first} AND {first} < c.column4"
    )


_WAITS = (
    "(SELECT CASE WHEN d.result IS NULL THEN '公示未结束' ELSE '公示结果：' || d.result END "
    "FROM disclosures d WHERE d.id = r.disclosure AND d.result IS NOT '不影响')"
)
MISSING = (
    "(SELECT group_concat(term, '、') FROM (SELECT term FROM "
    f"({skipped('r.id', 'r.reached')} ORDER BY place) UNION ALL SELECT {_WAITS} WHERE {_WAITS} IS NOT NULL))"
)

__all__ = [
    "BY",
    "EARLIEST",
    "MISSING",
    "NEXT",
    "NEXT_PLACE",
    "OPEN",
    "REVIEW",
    "skipped",
    "taken",
]
