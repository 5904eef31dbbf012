"""The known clock in people's words: positions, moments, minutes, days, and nonsense."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from taizhang.words.errors import Invalid
from taizhang.workspace import Workspace
from taizhang_eventstore.ambient import SeededAmbient
from taizhang_eventstore.verifying.verifying import verify

CHINA = dt.timezone(dt.timedelta(hours=8))


@pytest.fixture(scope="module")
def ws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """Not to be written. A store opened on 07-01 at 9:00; #2 at 17:05:30 of 07-05, #3 at 0:30 of 07-06, in China."""
    ambient = SeededAmbient(1, dt.datetime(2012, 7, 1, 9, tzinfo=CHINA))
    with Workspace.init(tmp_path_factory.mktemp("clocks") / "store", ambient=ambient) as made:
        for name, moment in (
            ("一", dt.datetime(2012, 7, 5, 17, 5, 30, 500, tzinfo=CHINA)),
            ("二", dt.datetime(2012, 7, 6, 0, 30, tzinfo=CHINA)),
        ):
            ambient.set(moment)
            made.record("organisation.found", {"name": name, "kind": "支部"}, on="2012-07-01")
        yield made


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("0", 0),
        ("2", 2),
        ("#2", 2),
        ("２", 2),
        ("0000000000000000000002", 2),
        ("99", 3),
        ("99999999999999999999999", 3),
        ("2012-06-30", 0),
        ("2012-7-5", 2),
        ("2012年7月5日", 2),
        ("2012-07-06", 3),
        ("2012-07-05 17:04", 1),
        ("2012-07-05 17:05", 2),
        ("2012-07-05T17:05:30", 2),
        ("2012-07-05T17:05:30.000400", 1),
        ("2012-07-05T09:05:30.000500+00:00", 2),
        ("2012-07-05T09:05Z", 2),
        ("0001-01-01", 0),
        ("0999-01-01", 0),
        ("9999-12-31", 3),
        ("9999-12-31T23:59:59-12:00", 3),
    ],
)
def test_a_position_or_the_end_of_what_is_named(ws: Workspace, text: str, position: int) -> None:
    assert ws.known_at(text) == position


@pytest.mark.parametrize("text", ["", " ", "abc", "-5", "17:05", "2012-13-01", "2012-02-30", "1e3"])
def test_anything_else_is_refused_by_name(ws: Workspace, text: str) -> None:
    with pytest.raises(Invalid) as refusal:
        ws.known_at(text)
    assert refusal.value.problems[0].field == "known"


def test_a_clock_of_2099_is_declared_wrong_and_times_mean_something_again(tmp_path: Path) -> None:
    """Recorded in 2099 for a day; what came before and after is found by its times, what came then with what was before."""
    ambient = SeededAmbient(3, dt.datetime(2012, 7, 1, 9, tzinfo=CHINA))
    with Workspace.init(tmp_path / "store", ambient=ambient) as ws:

        def found(name: str, *day: int) -> int:
            ambient.set(dt.datetime(*day, 9, tzinfo=CHINA))
            fields = {"name": name, "kind": "外部组织"}
            return ws.record("organisation.found", fields, on="2012-01-01").seq[0]

        first = found("甲", 2012, 7, 2)
        wrong = [found("乙", 2099, 1, 1), found("丙", 2099, 1, 2)]
        after = found("丁", 2012, 7, 4)
        assert ws.known_at("2012-07-05") == first
        said = ws.record(
            "store.declare_clock", {"first": wrong[0], "last": wrong[1]}, reason="主板电池没电"
        )
        times = ("2012-07-01", "2012-07-02", "2012-07-03", "2012-07-04", "2098-01-01")
        known = [ws.known_at(day) for day in times]
        assert known == [first - 1, wrong[1], wrong[1], said.seq[0], said.seq[0]]
        assert after < said.seq[0]
        with pytest.raises(Invalid, match="晚于最后事件"):
            ws.record("store.declare_clock", {"first": 3, "last": 2}, reason="反了")
        told = ws.at("2012-12-31", "2012-07-03").rows("organisations")
        assert {row["name"] for row in told} == {"甲", "乙", "丙"}
        ws.rebuild()
        assert [ws.known_at(day) for day in times] == known
    assert verify(tmp_path / "store").verified
