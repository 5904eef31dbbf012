"""Story H.11: terms by the rule of their day, and the reminder six months ahead, through the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from officekit.commands import runner


def test_terms(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tz = runner(tmp_path / "store", capsys)

    def due(on: str) -> list[tuple[str, str]]:
        said = tz("due", "--duty", "term.due", "--on", on, "--json")
        return [(name["state"], name["due"]) for name in said["names"]]

    def term(on: str, *known: str) -> tuple[int, str]:
        (row,) = tz("show", "terms", "--on", on, *known, "--json")
        return row["ordinal"], row["due"]

    tz("init", "--since", "2010-01-01", "--programmes", "")
    tz(
        "record",
        "organisation.found",
        "--name",
        "社区党总支",
        "--kind",
        "总支",
        "--on",
        "2012-01-01",
    )
    body = ("--body", "社区总支委员会")
    new = ("--name", body[1], "--kind", "总支委员会", "--organisation", "社区党总支")
    tz("record", "body.found", *new, "--on", "2012-01-01")
    tz("record", "term.begin", *body, "--on", "2016-09-10")
    assert term("2018-12-31") == (1, "2019-09-10")  # it ends under the rule of its beginning
    assert due("2019-03-09") == []
    assert due("2019-03-10") == [("due_soon", "2019-09-10")]
    seq = str(tz("record", "term.begin", *body, "--on", "2019-09-10", "--json")["seq"][0])
    assert term("2019-12-31") == (2, "2024-09-10")
    assert due("2024-03-09") == []
    assert due("2024-03-10") == [("due_soon", "2024-09-10")]
    # Nobody was elected in time: the term is overdue, and whoever sits serves on.
    assert term("2024-12-31") == (2, "2024-09-10")
    assert due("2024-12-31") == [("overdue", "2024-09-10")]
    tz("record", "term.extend", *body, "--due", "2025-06-30", "--on", "2024-09-01")
    assert term("2024-12-31") == (2, "2025-06-30")
    assert due("2024-12-31") == [("due_soon", "2025-06-30")]
    assert term("2024-12-31", "--known", seq) == (2, "2024-09-10")
