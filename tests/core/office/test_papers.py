"""Letters with what their form asks, and the papers that are not letters, through the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from officekit.commands import Run, column, runner, seq

covers = pytest.mark.covers


@pytest.fixture
def office(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """A committee with two branches and three members of the first, and an organisation outside."""
    tz = runner(tmp_path / "store", capsys)
    tz("init", "--since", "2010-01-01", "--programmes", "")
    found = ("record", "organisation.found", "--on", "2010-01-01", "--name")
    tz(*found, "社区党委", "--kind", "党委")
    tz(*found, "街道党委", "--kind", "党委")
    for name in ("第一支部", "第二支部"):
        tz(*found, name, "--kind", "支部", "--parent", "社区党委")
    tz(*found, "县供电局党支部", "--kind", "外部组织")
    for name in ("王小明", "张伟", "李秀英"):
        tz("record", "member.register", "--name", name, "--organisation", "第一支部", "--on", "2010-01-01")  # fmt: skip
    tz("record", "member.register", "--name", "赵国强", "--organisation", "县供电局党支部", "--on", "2010-01-01")  # fmt: skip
    return tz


def letters(tz: Run, day: str, *more: str) -> dict[str, tuple[str, str]]:
    rows = tz("show", "transfers", "--on", day, *more)
    return {row["number"]: (row["member_name"], row["state"]) for row in rows}


def test_letters_are_numbered_refused_printed_and_lapse(office: Run) -> None:
    to = ("--to", "第二支部", "--on", "2012-03-01")
    issue = ("record", "transfer.issue", "--member")
    tz = office
    tz(*issue, "王小明", *to, "--number", "自动", "--dues-until", "2012-02", "--why", "搬迁")
    tz(*issue, "张伟", *to, "--number", "自动", "--valid_days", "10")
    assert letters(tz, "2012-03-01") == {
        "2012-0001": ("王小明", "在途"),
        "2012-0002": ("张伟", "在途"),
    }
    (row,) = tz("show", "transfers", "--on", "2012-03-01", "--where", "number=2012-0001")
    assert (row["dues_until"], row["why"], row["prints"]) == ("2012-02", "搬迁", 0)
    # One that is recorded late takes the next number, not one of a later day.
    late = ("--to", "第二支部", "--number", "自动", "--on", "2012-02-01")
    tz(*issue, "李秀英", *late)
    assert letters(tz, "2012-02-01") == {"2012-0003": ("李秀英", "在途")}
    tz("record", "transfer.cancel", "--transfer", "2012-0003", "--on", "2012-02-02")
    # A number is borne once by a sender and year, among letters that count.
    again = ("--number", "2012-0002", *to)
    assert "同一年已有此号" in tz(*issue, "李秀英", *again, refused=True)
    printing = ("record", "transfer.print", "--transfer", "2012-0001", "--on", "2012-03-01")
    tz(*printing)
    assert "补开须写事由" in tz(*printing, refused=True)
    tz(*printing, "--because", "原件遗失")
    (row,) = tz("show", "transfers", "--on", "2012-03-01", "--where", "number=2012-0001")
    assert row["prints"] == 2
    refused = tz(
        "record", "transfer.refuse", "--transfer", "2012-0001", "--refusal", "查无此人", "--on", "2012-03-05",
        "--json",
    )  # fmt: skip
    lapse = ("record", "transfer.lapse", "--transfer", "2012-0002")
    assert "有效至 2012-03-11" in tz(*lapse, "--on", "2012-03-11", refused=True)
    late = tz(
        "due", "--duty", "transfer.letter", "--on", "2012-03-12", "--organisation", "社区党委"
    )
    assert [name["state"] for name in late["names"]] == ["overdue"]
    tz(*lapse, "--on", "2012-03-12")
    states = {number: state for number, (_, state) in letters(tz, "2012-03-12").items()}
    assert states == {"2012-0001": "已拒绝", "2012-0002": "已超期", "2012-0003": "已取消"}
    before = letters(tz, "2012-03-12", "--known", str(seq(refused) - 1))
    assert before["2012-0001"] == ("王小明", "在途")
    # Both stay where they were, and the numbers are free again.
    assert len(tz("show", "memberships", "--on", "2012-03-12", "--where", "organisation=第一支部")) == 3  # fmt: skip
    tz(*issue, "李秀英", "--number", "2012-0002", "--to", "第二支部", "--on", "2012-04-01")


def test_no_letters_while_a_branch_goes_over_as_a_whole(office: Run) -> None:
    tz = office
    move = ("--organisation", "社区党委", "--to", "街道党委", "--on", "2012-05-01")
    begun = tz("record", "organisation.begin_move", *move, "--json")
    issue = ("record", "transfer.issue", "--member", "王小明", "--to", "第二支部", "--on")
    assert "“社区党委”正在整建制转移" in tz(*issue, "2012-05-02", refused=True)
    assert column(tz("show", "whole_moves", "--on", "2012-05-02"), "organisation_name", "to_name") == [("社区党委", "街道党委")]  # fmt: skip
    assert tz("show", "whole_moves", "--on", "2012-05-02", "--known", str(seq(begun) - 1)) == []
    tz("record", "organisation.move", "--organisation", "社区党委", "--parent", "街道党委", "--on", "2012-05-10")  # fmt: skip
    tz("record", "organisation.end_move", "--organisation", "社区党委", "--on", "2012-05-10")
    tz(*issue, "2012-05-11")


@covers("D2.09")
def test_one_who_arrives_comes_over_or_is_placed(office: Run) -> None:
    tz = office
    tz("record", "member.register", "--name", "钱桂英", "--organisation", "县供电局党支部", "--on", "2010-01-01")  # fmt: skip
    direct = ("record", "transfer.direct", "--to", "第一支部", "--on", "2012-06-01", "--member")
    tz(*direct, "赵国强", "--occupied", "是", "--settled", "是")
    did = tz(*direct, "钱桂英", "--occupied", "是", "--settled", "否", "--json")
    ways = dict(column(tz("show", "arrivals", "--on", "2012-06-01"), "member_name", "way"))
    assert ways == {"赵国强": "转接组织关系", "钱桂英": "编入基层组织"}
    placed = column(tz("show", "attachments", "--on", "2012-06-01"), "member_name", "organisation_name", "kind")  # fmt: skip
    assert placed == [("钱桂英", "第一支部", "流动党员")]
    assert tz("show", "attachments", "--on", "2012-06-01", "--known", str(seq(did) - 1)) == []
    tz("record", "transfer.issue", "--member", "赵国强", "--to", "第一支部", "--number", "自动", "--on", "2012-06-01")  # fmt: skip
    tz("record", "transfer.receive", "--transfer", "2012-0001", "--on", "2012-06-10")
    homes = dict(column(tz("show", "memberships", "--on", "2012-06-10"), "member_name", "organisation_name"))  # fmt: skip
    assert (homes["赵国强"], homes["钱桂英"]) == ("第一支部", "县供电局党支部")


def test_papers_end_on_their_last_day(office: Run) -> None:
    tz = office
    new = ("record", "paper.issue", "--organisation", "第一支部", "--on", "2012-01-10")
    tz(*new, "--number", "证1", "--kind", "党员证明信", "--member", "王小明", "--valid_until", "2012-03-31")  # fmt: skip
    long = tz(*new, "--number", "证2", "--kind", "党员证明信", "--member", "张伟", "--valid_until", "2012-12-31")  # fmt: skip
    assert "一般不超过 6 个月" in long
    tz(*new, "--number", "活1", "--kind", "流动党员活动证", "--member", "李秀英", "--valid_until", "2013-01-09", "--purpose", "外出务工", "--place", "上海")  # fmt: skip

    def valid(day: str) -> dict[str, int]:
        return {n["group"]: n["value"] for n in tz("figures", "paper.count", "--on", day) if n["group"]}  # fmt: skip

    assert valid("2012-03-31") == {"党员证明信": 2, "流动党员活动证": 1}
    assert valid("2012-04-01") == {"党员证明信": 1, "流动党员活动证": 1}
    soon = tz("due", "--duty", "paper.ending", "--on", "2012-03-25", "--organisation", "社区党委")
    assert [name["name"] for name in soon["names"]] == ["证1"]
    tz("record", "paper.return", "--paper", "证2", "--on", "2012-05-01")
    assert "党员证明信" not in valid("2012-05-01")
