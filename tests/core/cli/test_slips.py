"""The return slip of a transfer (回执): who owes it, until when, and what `due` says of it."""

from collections.abc import Callable
from typing import Any

import pytest

from .conftest import register


def moved(office: Callable[..., Any], start: str, to: str, received: str) -> str:
    """A member's letter from one to the other, received on a day; its id."""
    result = register(office, "王小明", start)
    assert result.code == 0, result.err
    words = ("--member", "王小明", "--to", to, "--valid-days", "90", "--on", "2012-01-10")
    issued = office("record", "transfer.issue", *words, "--json")
    letter = str(issued.json["ids"]["transfer"])
    taken = office("record", "transfer.receive", "--transfer", letter, "--on", received)
    assert taken.code == 0, taken.err
    return letter


def pressing(office: Callable[..., Any], on: str, below: str = "") -> list[tuple[str, ...]]:
    """Duties that press on a day: which, how, where, until when."""
    result = office("due", "--on", on, *(("--organisation", below) if below else ()), "--json")
    assert result.code == 0, result.err
    return [
        (line["duty"], line["state"], line["organisation_name"], line["due"])
        for line in result.json["names"]
    ]


@pytest.mark.parametrize(
    ("start", "to", "duty", "owing"),
    [
        ("外地党组织", "第一支部", "transfer.slip", "第一支部"),
        ("第一支部", "第二支部", "transfer.slip", "第二支部"),
        ("第一支部", "外地党组织", "transfer.slip_awaited", "第一支部"),
    ],
    ids=["in", "within", "out"],
)
def test_a_slip_is_due_within_a_month_where_it_is_seen_to(
    office: Any, start: str, to: str, duty: str, owing: str
) -> None:
    letter = moved(office, start, to, "2012-01-31")
    day = "2012-02-29"  # January's last day has no other in February
    for on, state in (("2012-02-22", "due_soon"), (day, "due_soon"), ("2012-03-01", "overdue")):
        assert pressing(office, on) == [(duty, state, owing, day)], on
        assert pressing(office, on, owing) == [(duty, state, owing, day)], on
    other = "第二支部" if owing == "第一支部" else "第一支部"
    assert pressing(office, "2012-03-01", other) == []
    back = office("record", "transfer.return_slip", "--transfer", letter, "--on", "2012-03-02")
    assert back.code == 0, back.err
    assert pressing(office, "2012-03-01") == [(duty, "overdue", owing, day)]
    assert pressing(office, "2012-03-02") == []


def test_the_branch_that_received_owes_the_slip_and_not_the_one_it_was_for(office: Any) -> None:
    assert register(office, "王小明", "外地党组织").code == 0
    words = ("--member", "王小明", "--to", "第二支部", "--valid-days", "90", "--on", "2012-01-10")
    letter = office("record", "transfer.issue", *words, "--json").json["ids"]["transfer"]
    merging = ("--organisation", "第二支部", "--to", "第一支部", "--on", "2012-01-20")
    merged = office("record", "organisation.merge", *merging)
    assert merged.code == 0, merged.err
    taken = office("record", "transfer.receive", "--transfer", letter, "--on", "2012-02-01")
    assert taken.code == 0, taken.err
    late = ("transfer.slip", "overdue", "第一支部", "2012-03-01")
    assert pressing(office, "2012-03-02", "天井湖社区党工委") == [late]
