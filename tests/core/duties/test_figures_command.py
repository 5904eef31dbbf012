"""Figures as people ask for them: over time, by group, of an organisation, with the rows behind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest import Office

COMMUNITY = "天井湖社区党工委"


def test_a_share_is_that_of_its_duty(county: Office) -> None:
    read = county.read("figures", "rate")
    closed = [r for r in read if r["period"] == "2012年第四季度"]
    whole = next(r for r in closed if r["whole"])
    assert (whole["done"], whole["obliged"], whole["shown"], whole["unit"]) == (
        130,
        142,
        "91.5",
        "%",
    )
    assert {r["group_label"] for r in closed if not r["whole"]} == {"示例县委"}
    rows = county.read(
        "figures", "rate", "--rows", "--organisation", COMMUNITY, "--window", "2012-12-01"
    )
    assert len(rows) == 142
    assert sum(r["state"] == "done" for r in rows) == 130
    code, out, err = county("figures", "rate", "--rows", "--window", "2012-12-01")
    assert (code, out) == (1, "")
    assert "名单只给本社区及以下" in err


def test_a_number_opens_its_rows(county: Office) -> None:
    served = [30 + 30 * (i % 2) for i in range(142) if not 6 <= i < 12]
    (number,) = county.read(
        "figures", "service.time", "--by", "-", "--periods", "1", "--on", "2012-12-31"
    )
    assert (number["value"], number["shown"]) == (sum(served), f"{sum(served) // 60}:00")
    rows = county.read("figures", "service.time", "--rows", "--on", "2012-12-31")
    assert sum(r["minutes"] for r in rows) == sum(served)
    # By month, by a column, of one branch, as it was known before anybody had served.
    (month,) = county.read(
        "figures", "time", "--by", "-", "--over", "month", "--window", "2012-10-01"
    )
    assert (month["period"], month["value"]) == ("2012年10月", sum(served))
    states = county.read("figures", "time", "--by", "state", "--window", "2012-10-01")
    assert [(r["group_label"], r["value"]) for r in states] == [
        (None, sum(served)),
        ("待核", sum(served)),
    ]
    part = county.read(
        "figures", "people", "--organisation", "天桥总支", "--by", "-", "--window", "2012-10-01"
    )
    assert part[0]["value"] == sum(not 6 <= i < 12 and i % 3 == 0 for i in range(142))
    known = next(e["seq"] for e in county.read("events", "--type", "service.logged")) - 1
    (before,) = county.read("figures", "time", "--by", "-", "--over", "-", "--known", str(known))
    assert (before["value"], before["shown"]) == (None, "无数据")


def test_all_figures_at_once(county: Office) -> None:
    read = county.read("figures")
    assert {"member.count", "service.time", "quarterly.rate"} <= {
        f["figure"] for f in read["figures"]
    }
    assert [b["balance"] for b in read["balances"]] == ["year.members"]
    code, out, _ = county("figures")
    assert code == 0
    assert "党员年度增减表（year.members）2013年：0，差额 0" in out
    # Each number states what it is made of, and one that is asked for alone tells it to people too.
    defined = {f["figure"]: f["definition"] for f in read["figures"]}
    assert "“服务时间”合计" in defined["service.time"]
    assert defined["quarterly.rate"].startswith(
        "已完成的占应办的百分比；应办：“双重管理与挂靠”（attachments）"
    )
    assert read["balances"][0]["definition"].startswith("存量：“组织关系”（memberships）")
    for name in ("quarterly.rate", "service.time"):
        assert f"定义：{defined[name]}" in county("figures", name)[1]
    assert f"定义：{read['balances'][0]['definition']}" in county("figures", "year.members")[1]
    (line, *_) = county.read("due", "--duty", "check")["lines"]
    assert line["definition"] in defined["quarterly.rate"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nothing",), "没有统计数 nothing"),
        (("time", "--by", "what"), "个人数据"),
        (("time", "--by", "nothing"), "没有列 nothing"),
        (("time", "--over", "week"), "--over 只能是"),
        (("rate", "--by", "state"), "完成率只按组织分"),
        (("year.members", "--by", "organisation"), "平衡表不分组"),
        (("year.members", "--window", "2014-01-01"), "还没有开始"),
        (("time", "--closing", "3"), "只用于平衡表"),
        (("--rows",), "要写明统计数的名称"),
        (("--by", "state"), "要写明统计数的名称"),
    ],
)
def test_what_cannot_be_asked_is_said(county: Office, words: tuple[str, ...], said: str) -> None:
    code, out, err = county("figures", *words)
    assert (code, out) == (2, "")
    assert said in err


def test_the_years_table_names_nobody_from_above(county: Office) -> None:
    sheet: Any = county.read("figures", "year.members", "--window", "2012-01-01")
    assert (sheet["opening"], sheet["closing"], sheet["residual"]) == (0, 0, 0)
    code, _, err = county("figures", "year.members", "--rows")
    assert code == 1
    assert "名单只给本社区及以下" in err
