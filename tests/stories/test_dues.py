"""A year of dues through the command line: charged by month, a late pay rise, arrears, a reduction, what is published."""

from __future__ import annotations

from pathlib import Path

import pytest
from officekit.commands import runner

BRANCH = ("--organisation", "第一支部")


def test_a_year_of_dues(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tz = runner(tmp_path / "store", capsys)

    def dues(on: str, *known: str, member: str = "王小明") -> dict[str, tuple[int, int]]:
        rows = tz("show", "dues", "--on", on, "--where", f"member={member}", *known)
        return {row["month"]: (row["due"], row["paid"]) for row in rows}

    tz("init", "--since", "2012-01-01", "--programmes", "")
    tz("record", "organisation.found", "--name", "社区党委", "--kind", "党委", "--on", "2012-01-01")
    new = ("--name", "第一支部", "--kind", "支部", "--parent", "社区党委")
    tz("record", "organisation.found", *new, "--on", "2012-01-01")
    for name in ("王小明", "张伟", "李秀英"):
        tz("record", "member.register", "--name", name, *BRANCH, "--on", "2012-01-01")
    fix = ("record", "dues.fix", "--on", "2012-01-01", "--member")
    # 0.5 % of 3,217.00 is 16.085 yuan: half a fen is rounded up; above 3,000 it is 1 %.
    tz(*fix, "王小明", "--base", "在职工薪", "--income", "3217")
    tz(*fix, "张伟", "--base", "离退休", "--income", "3217")
    tz(*fix, "李秀英", "--base", "农民", "--monthly", "0.5")
    rates = {
        row["member_name"]: row["monthly"] for row in tz("show", "dues_rates", "--on", "2012-01-01")
    }
    assert rates == {"王小明": 3217, "张伟": 1609, "李秀英": 50}
    assert "20" in tz(*fix, "李秀英", "--base", "农民", "--monthly", "5", "--on", "2012-01-02")
    tz("void", str(tz("events", "--limit", "1")[0]["seq"]), "--reason", "试")

    reduce = ("--monthly", "0", "--through", "2012-12", "--approved", "社区党委")
    tz("record", "dues.reduce", "--member", "李秀英", *reduce, "--on", "2012-11-01")
    for month in range(1, 13):
        tz(
            "record",
            "dues.charge",
            *BRANCH,
            "--month",
            f"2012-{month:02d}",
            "--on",
            f"2012-{month:02d}-01",
        )
    assert "已登记过应缴" in tz(
        "record", "dues.charge", *BRANCH, "--month", "2012-03", "--on", "2012-05-01", refused=True
    )
    assert dues("2012-12-31", member="李秀英")["2012-11"] == (0, 0)
    assert dues("2012-12-31", member="李秀英")["2012-10"] == (50, 0)
    for month in range(1, 7):
        paid = ("--payments", "王小明=32.17", "--payments", "李秀英=0.5")
        on = f"2012-{month:02d}-15"
        tz("record", "dues.collect", *BRANCH, "--month", f"2012-{month:02d}", *paid, "--on", on)

    # The rise of April comes to light in July: three months are named, two clocks tell them apart.
    anew = (
        "record",
        "dues.recharge",
        "--member",
        "王小明",
        "--start",
        "2012-04",
        "--monthly",
        "40",
    )
    rise = tz(*anew, "--on", "2012-12-10", "--json")
    assert [event["type"] for event in tz("events", "--limit", "1")] == ["dues.recharged@1"]
    assert dues("2012-12-31")["2012-03"] == (3217, 3217)
    assert dues("2012-12-31")["2012-04"] == (4000, 3217)
    assert dues("2012-12-31", "--known", str(rise["seq"][0] - 1))["2012-04"] == (3217, 3217)
    assert dues("2012-12-09")["2012-04"] == (3217, 3217)
    back = tz(
        "record", "dues.collect", *BRANCH, "--month", "2012-04", "--payments", "王小明=7.83",
        "--on", "2012-12-20",
    )  # fmt: skip
    assert "已隔 8 个月" in back
    assert dues("2012-12-31")["2012-04"] == (4000, 4000)

    names = tz("due", "--duty", "dues.paid", "--on", "2012-12-31", *BRANCH)["names"]
    assert {name["name"] for name in names if name["state"] == "overdue"} == {
        "王小明",
        "张伟",
        "李秀英",
    }
    behind = {line["code"] for line in tz("findings")}
    assert {"dues.behind-3", "dues.behind-5"} <= behind
    tz("record", "dues.publish", *BRANCH, "--year", "2012", "--on", "2012-12-31")
    (published,) = tz("show", "dues_publications", "--on", "2012-12-31")
    assert (published["members"], published["settled"], published["amount"]) == (3, 0, None)
    up = ("--to", "社区党委", "--first", "2012-01", "--last", "2012-12", "--amount", "100")
    tz("record", "dues.remit", *BRANCH, *up, "--on", "2012-12-31")
    tz("record", "dues.contribute", "--member", "张伟", "--amount", "1000", "--on", "2012-06-30")
    (given,) = tz("show", "dues_contributions", "--on", "2012-12-31")
    assert (given["amount"], given["central"]) == (100_000, True)
