"""What random histories seldom meet: states that stood on no day, breaks that are none, later states."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from dutykit.oracle import Oracle, Past
from dutykit.probe import Closed, Cut, Do, Opened, Tie, registry
from msgspec import structs

from taizhang.declarations.fields import Event
from taizhang.duties.standing import Compiler
from taizhang.duties.windows import containing
from taizhang.store.paths import Voided
from taizhang.testing.ledgers import replayed, view
from taizhang.testing.logs import Said, numbered, void

IN, ON = "在职党员", "2012-07-09"


def category(day: str, which: str = IN) -> tuple[Event, str]:
    """m-0 is of a category from a day on."""
    made = registry().make_event(
        "member.category_set", {"member": "m-0", "scheme": "三种党员", "category": which}
    )
    return made, day


def membership(day: str) -> tuple[Event, str]:
    """m-0 belongs to o-0 from a day on."""
    fields = {"member": "m-0", "organisation": "o-0", "how": "调整"}
    return registry().make_event("member.moved", fields), day


def founded(day: str, kind: str) -> tuple[Event, str]:
    """o-0 is founded."""
    fields = {"organisation": "o-0", "name": "甲", "kind": kind}
    return registry().make_event("organisation.founded", fields), day


def tie(day: str, kind: str = "甲", level: int | None = None) -> tuple[Event, str]:
    """m-0 is linked."""
    return Tie(member="m-0", kind=kind, organisation="o-0", level=level), day


def cut(day: str, kind: str = "甲") -> tuple[Event, str]:
    """m-0 is linked no more."""
    return Cut(member="m-0", kind=kind), day


def paper(day: str, months: int | None = None) -> tuple[Event, str]:
    """m-0 bears a paper that is valid for some months, or for ever."""
    return registry().make_event("probe.paper_given", {"member": "m-0", "months": months}), day


def card(day: str, last: str | None = None) -> tuple[Event, str]:
    """m-0 has a pass that says its last day, or none."""
    until = last and dt.date.fromisoformat(last)
    return registry().make_event("probe.pass_given", {"member": "m-0", "last": until}), day


def state(
    duty: str, facts: list[tuple[Event, str]], on: str = ON, **more: Any
) -> tuple[str, int | None]:
    """The state of the only one obliged, on which ledger and oracle agree; the duty says ``more``."""
    history = numbered(
        [Said(i, event, dt.date.fromisoformat(day), 0)] for i, (event, day) in enumerate(facts, 1)
    )
    history = [
        void(said, said.position - 1, said.position - 1) if isinstance(said.event, Voided) else said
        for said in history
    ]
    r = registry()
    day = dt.date.fromisoformat(on)
    with replayed(history, r) as projector:
        window = containing(r.duties[f"probe.{duty}"], day)
        assert window is not None
        window = replace(window, version=structs.replace(window.version, **more))
        (row,) = view(projector, day).query(Compiler(r.tables, window, day).sql())
        oracle = Oracle(Past(history, r, None), window.version, window.begin, window.end, day)
        assert oracle.states() == {row["entity"]: (row["state"], row["value"])}
        return row["state"], row["value"]


@pytest.mark.parametrize(
    ("duty", "facts", "on", "expected"),
    [
        # A link that was cut on the day it was tied stood on no day.
        ("inside", [membership("2012-04-01"), tie("2012-04-02"), cut("2012-04-02")], "2012-05-01", ("due", 0)),
        ("inside", [membership("2012-04-01"), tie("2012-04-02"), cut("2012-04-03")], "2012-05-01", ("done", 1)),
        # From one category into another, both obliged: obliged without a break, and so overdue.
        ("tied", [category("2012-03-30"), category("2012-07-05", "流动党员")], ON, ("overdue", 0)),
        ("tied", [category("2012-03-30"), category("2012-04-01", "在册党员"), category("2012-07-05")], ON, ("due", 0)),
        # Fourteen days after the last link was cut, and one more.
        ("tied", [category("2012-03-30"), tie("2012-04-01"), cut("2012-06-25")], ON, ("due", 0)),
        ("tied", [category("2012-03-30"), tie("2012-04-01"), cut("2012-06-24")], ON, ("overdue", 0)),
        ("tied", [category("2012-03-30"), tie("2012-04-01"), cut("2012-06-24"), tie("2012-07-09", "乙")], ON, ("done", 1)),
        # Set anew without a break, it has not ended in between.
        ("level", [category("2012-03-30"), tie("2012-04-01", level=1), tie("2012-07-05", level=1)], ON, ("overdue", 1)),
        ("level", [category("2012-03-30"), tie("2012-04-01", level=1), cut("2012-07-01"), tie("2012-07-05", level=1)], ON, ("due", 1)),
        ("level", [category("2012-03-30"), tie("2012-04-01", level=3), tie("2012-05-01", "乙", 1)], ON, ("overdue", 1)),
        ("level", [category("2012-03-30"), tie("2012-04-01")], ON, ("no_data", None)),
        # A paper of three months runs out on the day of that number, or on the month's last; then it is as if ended.
        ("papered", [category("2012-01-01"), paper("2012-03-31", 3), card("2012-03-31")], "2012-06-30", ("done", 2)),
        ("papered", [category("2012-01-01"), paper("2012-03-31", 3), card("2012-03-31")], "2012-07-01", ("due", 1)),
        ("papered", [category("2012-01-01"), paper("2012-03-31", 3), card("2012-03-31")], "2012-07-07", ("overdue", 1)),
        ("papered", [category("2012-01-01"), paper("2012-03-31", 3), card("2012-03-31"), paper("2012-06-30", 1)], ON, ("done", 2)),
        ("papered", [category("2012-01-01"), paper("2012-03-31"), card("2012-03-31", "2012-07-05")], ON, ("due", 1)),
        ("papered", [category("2012-01-01"), paper("2012-03-31"), card("2012-07-06", "2012-07-05")], ON, ("overdue", 1)),
        # An organisation is what it was on that day, not what it came to be.
        ("inside", [membership("2012-04-01"), founded("2012-05-01", "外部组织")], "2012-04-20", ("due", 0)),
        # Cases are dealt with on the day that their column says.
        ("closed", [category("2012-04-01"), (Opened(probe_task="k-0", name="甲", member="m-0"), "2012-04-01"), (Closed(probe_task="k-0"), "2012-07-02")], "2012-06-30", ("due_soon", 0)),
        ("closed", [category("2012-04-01"), (Opened(probe_task="k-0", name="甲", member="m-0"), "2012-04-01"), (Closed(probe_task="k-0"), "2012-06-29")], "2012-06-30", ("done", 1)),
        # A deed that is entered for a day to come is not done yet; neither is one held after all.
        ("some", [category("2012-04-01"), (Do(member="m-0", kind="甲"), "2012-07-03")], "2012-07-02", ("due", 0)),
        ("held", [category("2012-04-01"), (Do(member="m-0", kind="甲", held=dt.date(2012, 7, 20)), "2012-07-03")], ON, ("due", 0)),
        ("held", [category("2012-04-01"), (Do(member="m-0", kind="甲", held=dt.date(2012, 7, 1)), "2012-06-03")], ON, ("done", 1)),
        # A sum of nothing is no data, unless nothing is nought; a cap is not kept by silence.
        ("time", [category("2012-04-01"), (Do(member="m-0", kind="甲"), "2012-07-03")], ON, ("no_data", None)),
        ("nought", [category("2012-04-01"), (Do(member="m-0", kind="甲"), "2012-07-03")], ON, ("due", 0)),
        ("cap", [category("2012-04-01")], ON, ("no_data", None)),
    ],
)  # fmt: skip
def test_edges(
    duty: str, facts: list[tuple[Event, str]], on: str, expected: tuple[str, int | None]
) -> None:
    assert state(duty, facts, on) == expected


@pytest.mark.parametrize(
    ("duty", "last", "expected"),
    [
        # Of a window counts what began in it, ended or not; of what has to hold every day what stands.
        ("inside", cut("2012-05-01"), ("exceeded", 2)),
        ("tied", cut("2012-05-01"), ("done", 1)),
        ("tied", cut("2012-05-01", "乙"), ("done", 1)),
        # What was voided, here the second link, has never been.
        ("inside", (Voided(), "2012-05-01"), ("done", 1)),
        ("tied", (Voided(), "2012-05-01"), ("done", 1)),
        ("tied", tie("2012-05-01", "丙"), ("exceeded", 3)),
    ],
)
def test_at_most_counts_what_was_ended_and_not_what_was_voided(
    duty: str, last: tuple[Event, str], expected: tuple[str, int]
) -> None:
    """As the guide for authors has it."""
    facts = [
        membership("2012-04-01"),
        category("2012-04-01"),
        tie("2012-04-01"),
        tie("2012-04-02", "乙"),
    ]
    assert state(duty, [*facts, last], "2012-06-20", at_least=None, at_most=1) == expected
