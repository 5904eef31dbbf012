"""Story H.7: a matter to be handled within three working days, over a week of holidays."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from taizhang.cli import main

Tell = Callable[..., Any]


@pytest.fixture
def tell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Tell:
    """``tell("show", "members", code=0)``: what a command of a new store says, as JSON."""

    def call(*words: str, code: int = 0) -> Any:
        capsys.readouterr()
        left = 0
        try:
            main(["--store", str(tmp_path / "store"), *words, "--json"])
        except SystemExit as leave:
            left = int(leave.code or 0)
        said = capsys.readouterr()
        assert left == code, said.err
        return json.loads(said.out) if code == 0 else said.err

    return call


def test_accepted_on_a_friday_before_the_holidays(tell: Tell) -> None:
    """09-29 was worked, 09-30 to 10-07 was holiday: the three days are 09-29, 10-08 and 10-09."""
    tell("init")
    tell("record", "organisation.found", "--name", "社区", "--kind", "党工委", "--on", "2005-01-01")
    accept = ["record", "wujian.matter.accept", "--on", "2012-09-28", "--number", "2012-118"]
    accept += ["--kind", "限时件", "--days", "3", "--organisation", "社区", "--what", "路灯不亮"]
    assert "calendar.seed" in tell(*accept, code=1)
    tell("record", "calendar.seed")
    tell(*accept)
    show = ["show", "wujian_matters", "--on", "2012-09-28"]
    (row,) = tell(*show)
    assert (row["awaits"], row["due"]) == ("限期办理", "2012-10-09")
    # A later circular gives the eighth off: known from then on, and true from its day on.
    head = str(tell("events", "--limit", "1")[0]["seq"])
    holidays = ["--holidays", "2012-09-30..10-08", "--worked", "2012-09-29"]
    tell("record", "calendar.arrange", "--on", "2012-09-29", "--year", "2012", *holidays)
    assert [tell(*show)[0]["due"], tell(*show, "--known", head)[0]["due"]] == ["2012-10-09"] * 2
    show[-1] = "2012-09-29"
    assert tell(*show)[0]["due"] == "2012-10-10"
    assert tell(*show, "--known", head)[0]["due"] == "2012-10-09"
    handled = ["record", "wujian.matter.handle", "--on", "2012-10-10", "--matter", "2012-118"]
    tell(*handled)
    late = {f["code"] for f in tell("findings")}
    assert late == set()
