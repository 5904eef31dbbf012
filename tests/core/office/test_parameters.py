"""Parameters of the office, decided otherwise than published, with the day from which that holds."""

from __future__ import annotations

from officekit.commands import Run


def test_a_term_is_as_long_as_the_community_s_superior_decided(tz: Run) -> None:
    """The office's own: the term of a body, which an office may decide otherwise, with its source."""
    own = ("--name", "任期", "--of", "支部委员会·其他", "--value", "24")
    tz("record", "parameter.set", *own, "--source", "街道党工委批复", "--on", "2019-01-01")
    for number, day in ((1, "2018-12-31"), (2, "2019-01-01")):
        body = f"委员会{number}"
        new = (
            "--name",
            body,
            "--kind",
            "支部委员会",
            "--organisation",
            "第一支部",
            "--place",
            "其他",
        )
        tz("record", "body.found", *new, "--on", "2018-10-01")
        tz("record", "term.begin", "--body", body, "--on", day)
    rows = tz("show", "terms", "--on", "2019-01-01")
    assert [row["due"] for row in rows] == ["2021-12-31", "2021-01-01"]
    (row,) = tz("show", "parameters", "--on", "2019-01-01")
    assert (row["value"], row["source"]) == (24_000, "街道党工委批复")
    assert tz("show", "parameters", "--on", "2018-12-31") == []
