"""Story H.2, a letter under way: due in thirty days, overdue, reissued, received; the year's total stays 971 and on every day
the member is in exactly one branch. Through the command line, on the demonstration.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from officekit.commands import Run, column, runner, seq


@pytest.fixture
def tz(demo: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    return runner(demo, capsys)


def test_a_letter_of_thirty_days(tz: Run) -> None:
    def branches(day: str, *known: str) -> list[str]:
        rows = tz("show", "memberships", "--on", day, "--where", f"member={who}", *known)
        return [row["organisation_name"] for row in rows]

    def total() -> int:
        rows = tz("statistics", "T1", "--year", "2012")
        return int({row["row"]: row["value"] for row in rows}["16"])

    # Somebody who was in one branch all the year, and another branch of the community.
    ends = [
        {row["member"]: row for row in tz("show", "memberships", "--on", day, "--limit", "2000")}
        for day in ("2012-01-01", "2012-12-31")
    ]
    under_way = {row["member"] for row in tz("show", "transfers", "--on", "2012-12-31", "--limit", "2000")}  # fmt: skip
    who, home = next(
        (member, row)
        for member, row in sorted(ends[0].items())
        if member in ends[1]
        and ends[1][member]["since"] == row["since"]
        and member not in under_way
        and row["organisation_name"].endswith("支部")
        and "外" not in row["organisation_name"]
    )
    sender = home["organisation_name"]
    to = next(
        row["organisation_name"]
        for row in ends[1].values()
        if row["organisation_name"].endswith("支部") and row["organisation_name"] != sender
    )
    assert total() == 971
    issue = ("--member", who, "--to", to, "--number", "0391", "--valid_days", "30")
    tz("record", "transfer.issue", *issue, "--on", "2012-03-01")
    (letter,) = tz("show", "transfers", "--on", "2012-03-01", "--where", "number=0391")
    assert (letter["due"], letter["state"]) == ("2012-03-31", "在途")

    def waiting(day: str) -> list[str]:
        below = ("--organisation", home["organisation"])
        said = tz("due", "--duty", "transfer.letter", "--on", day, *below)
        return [name["state"] for name in said["names"] if name["name"] == "0391"]

    assert waiting("2012-03-31") == ["due_soon"]
    assert waiting("2012-04-01") == ["overdue"]
    assert branches("2012-04-01") == [sender]
    new = ("--transfer", letter["id"], "--number", "0391-2")
    tz("record", "transfer.reissue", *new, "--on", "2012-04-01")
    received = tz("record", "transfer.receive", "--transfer", "0391-2", "--on", "2012-04-05", "--json")  # fmt: skip
    for day, branch in (
        ("2012-02-29", sender), ("2012-03-01", sender), ("2012-04-01", sender), ("2012-04-04", sender),
        ("2012-04-05", to), ("2012-12-31", to),
    ):  # fmt: skip
        assert branches(day) == [branch], day
    known = ("--known", str(seq(received) - 1))
    assert branches("2012-04-05", *known) == [sender]
    states = column(
        tz("show", "transfers", "--on", "2012-04-05", "--where", f"member={who}"), "state"
    )
    assert states == [("已重开",), ("已接收",)]
    assert waiting("2012-04-05") == []
    assert total() == 971
