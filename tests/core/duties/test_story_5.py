"""Story 5: 130 of 142 did both; the 12 names are shown to that community only, the county sees numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from taizhang.duties.board import people, states_of, windows_of
from taizhang.readmodels.due import told
from taizhang.store.paths import StorePaths
from taizhang.workspace import Workspace

if TYPE_CHECKING:
    from conftest import Office

MISSING = [f"党员{i:03d}" for i in range(12)]


def line(read: Any, organisation: str | None, duty: str = "quarterly.check") -> Any:
    """The one line of a closed quarter that an organisation has."""
    (found,) = [
        row
        for row in read["lines"]
        if row["duty"] == duty and row["closed"] and row["organisation_name"] == organisation
    ]
    return found


def test_the_county_sees_numbers(county: Office) -> None:
    read = county.read("due", "--duty", "check")
    every = line(read, "合计")
    assert (every["obliged"], every["done"], every["share"]) == (142, 130, 0.9155)
    assert every["states"]["missed"] == 12
    assert (every["begin"], every["end"], every["window"]) == (
        "2012-10-01",
        "2012-12-31",
        "2012年第四季度",
    )
    assert line(read, "示例县委")["obliged"] == 142
    assert read["names"] is None
    code, out, _ = county("due", "--duty", "check")
    assert code == 0
    assert "91.5%" in out
    assert "党员0" not in out
    assert "名单只给本社区" in out


def test_the_community_sees_the_names(county: Office) -> None:
    read = county.read("due", "--organisation", "天井湖社区党工委", "--state", "missed")
    assert line(read, "天井湖社区党工委")["states"]["missed"] == 12
    assert sorted(n["name"] for n in read["names"] if n["duty"] == "quarterly.check") == MISSING
    parts = [line(read, name) for name in ("天桥总支", "五松总支")]
    assert [p["obliged"] for p in parts] == [48, 94]
    assert sum(p["states"]["missed"] for p in parts) == 12
    below = county.read("due", "--organisation", "天桥总支", "--duty", "check", "--state", "missed")
    assert [n["name"] for n in below["names"]] == MISSING[::3]
    assert {n["organisation_name"] for n in below["names"]} == {"天桥总支"}
    code, out, _ = county("due", "--organisation", "天井湖社区党工委", "--duty", "check")
    assert code == 0
    assert all(name in out for name in MISSING)
    assert "党员012" not in out


def test_another_community_sees_nobody(county: Office) -> None:
    read = county.read("due", "--organisation", "东湖社区党工委")
    assert read["lines"] == []
    assert read["names"] == []


def test_above_and_outside_get_no_names(county: Office) -> None:
    for organisation in ("示例县委", "县供电局党支部"):
        read = county.read("due", "--organisation", organisation, "--state", "missed")
        assert read["names"] is None


def test_the_store_may_say_what_a_community_is(county: Office) -> None:
    StorePaths(county.store).set("communities", ["天桥总支"])
    above = county.read("due", "--organisation", "天井湖社区党工委", "--duty", "check")
    assert above["names"] is None
    below = county.read("due", "--organisation", "天桥总支", "--duty", "check", "--state", "missed")
    assert len(below["names"]) == 4


def test_late_facts_and_voids_change_a_past_quarter_as_known_later(county: Office) -> None:
    before = county.read("due", "--duty", "check")
    known = county.read("events", "--limit", "1")[0]["seq"]
    code, _, err = county(
        "record", "quarterly.checkin.record", "--member", "党员000", "--how", "电话", "--on", "2012-12-30"
    )  # fmt: skip
    assert code == 0, err
    after = county.read("due", "--duty", "check")
    assert line(after, "合计")["done"] == 131
    late = county.read("events", "--limit", "1")[0]["seq"]
    assert county.read("due", "--duty", "check", "--known", str(known))["lines"] == before["lines"]
    assert county("void", str(late), "--reason", "记错")[0] == 0
    assert line(county.read("due", "--duty", "check"), "合计")["done"] == 130
    assert line(county.read("due", "--duty", "check", "--known", str(late)), "合计")["done"] == 131


def test_while_it_runs_it_is_due_and_then_due_soon(county: Office) -> None:
    for on, state in (
        ("2012-10-05", "due"),
        ("2012-12-17", "due_soon"),
        ("2012-12-31", "due_soon"),
    ):
        read = county.read("due", "--duty", "check", "--on", on)
        (row,) = [
            r
            for r in read["lines"]
            if r["window"] == "2012年第四季度" and r["organisation"] is None
        ]
        assert row["closed"] is False
        assert row["states"][state] == 142 - row["done"]
    assert row["done"] == 130
    old = county.read("due", "--duty", "check", "--window", "2012-02-01")
    assert {r["window"] for r in old["lines"]} == {"2012年第一季度"}
    assert line(old, "合计")["states"]["missed"] == 142


def test_half_an_hour_is_not_an_hour(county: Office) -> None:
    read = county.read("due", "--duty", "quarterly.service")
    row = line(read, "合计", "quarterly.service")
    served = sum(not 6 <= i < 12 and i % 2 == 1 for i in range(142))
    assert (row["done"], row["states"]["no_data"]) == (served, 0)


def test_words_that_are_off_are_refused(county: Office) -> None:
    for words, said in (
        (("--duty", "nothing"), "没有职责 nothing"),
        (("--state", "asleep"), "没有状态 asleep"),
        (("--organisation", "月球支部"), "月球支部"),
        (("--window", "soon"), "应写成"),
    ):
        code, out, err = county("due", *words)
        assert code in (1, 2)
        assert said in err
        assert out == ""


def test_a_column_beside_a_list_says_the_same(county: Office) -> None:
    with Workspace.open(county.store) as ws:
        ledger = ws.at("2013-01-05")
        community = ledger.called("organisation", "天井湖社区党工委")[0]
        listed = {
            (s.window.duty.name, s.window.begin, s.id, s.state)
            for window in windows_of(ledger, ["check", "service"])
            for s in people(ledger, window, community)
        }
        ids = [r["id"] for r in ledger.rows("members")]
        found = states_of(ledger, "member", ids)
        assert {
            (s.window.duty.name, s.window.begin, s.id, s.state)
            for some in found.values()
            for s in some
        } == listed
        late = ledger.called("member", "党员000")[0]
        assert told(found[late][0]) == "未完成 季度报到和志愿服务"
        assert len(found[late]) > 1
        assert states_of(ledger, "member", [late]) == {late: found[late]}
        assert states_of(ledger, "unit", ids) == {}


def test_one_who_belongs_outside_only_has_no_duty_here(county: Office) -> None:
    def told() -> dict[str, int]:
        read = county.read("due", "--duty", "check", "--window", "2013-01-05")
        return {row["organisation_name"]: row["obliged"] for row in read["lines"]}

    assert told() == {"合计": 142, "示例县委": 142}
    assert county("record", "member.detach", "--member", "党员013", "--on", "2013-01-02")[0] == 0
    assert told() == {"合计": 141, "示例县委": 141}
    (whole,) = (v for v in county.read("figures", "member.category") if v["whole"])
    assert whole["value"] == 141


def test_a_day_on_which_a_duty_does_not_hold_is_answered_with_since_when_it_does(
    county: Office,
) -> None:
    """Nobody is told that there is nothing to be done where it is not known yet what."""
    asked = ("due", "--duty", "quarterly.check")
    told = "职责“季度报到和志愿服务”（quarterly.check）自 2012-01-01 起施行，2011-12-31 的不计"
    for words in (("--on", "2011-12-31"), ("--window", "2011-12-31")):
        assert told in county(*asked, *words)[1]
    answer = county.read(*asked, "--on", "2011-12-31")
    assert answer["lines"] == []
    assert [(d["duty"], d["since"], d["until"]) for d in answer["not_in_force"]] == [
        ("quarterly.check", "2012-01-01", None)
    ]
    assert "not_in_force" not in county.read(*asked, "--on", "2012-01-01")
    # Of a standing duty too, and what was done before it held counts in none.
    assert (
        "（sanguan.led）自 2009-01-01 起施行，2008-12-31 的不计"
        in (county("due", "--duty", "sanguan.led", "--on", "2008-12-31")[1])
    )
