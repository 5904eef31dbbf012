"""One applicant's way to full membership across two branches, with the rules of 2026 coming in between (G.lifecycle)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from officekit.commands import Run, runner, seq

WHO = ("--development", "周明")


def step(tz: Run, on: str, *more: str, **how: Any) -> Any:
    return tz("record", "development.record", *WHO, *more, "--on", on, **how)


def file(tz: Run, on: str, *columns: str, known: int | None = None) -> tuple[Any, ...]:
    clock = () if known is None else ("--known", str(known))
    (row,) = tz("show", "development", "--on", on, *clock)
    return tuple(row[column] for column in columns)


def due(tz: Run, duty: str, on: str, branch: str) -> list[tuple[str, str]]:
    said = tz("due", "--duty", f"development.{duty}", "--on", on, "--organisation", branch)
    return [(name["name"], name["state"]) for name in said["names"]]


def offices(tz: Run) -> None:
    """A Party committee with two branches and two full members; the days off of 2026."""
    tz("init", "--since", "2020-01-01", "--programmes", "")
    tz("record", "calendar.seed", "--first", "2026", "--last", "2026", "--on", "2025-11-01")
    found = ("record", "organisation.found", "--on", "2020-01-01")
    tz(*found, "--name", "社区党委", "--kind", "党委")
    for name in ("第一支部", "第二支部"):
        tz(*found, "--name", name, "--kind", "支部", "--parent", "社区党委")
    for name, branch in (("王小明", "第一支部"), ("李秀英", "第二支部")):
        tz("record", "member.register", "--name", name, "--organisation", branch, "--on", "2020-01-01")  # fmt: skip


def test_from_application_to_full_membership(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tz = runner(tmp_path / "store", capsys)
    offices(tz)
    # Under the rules of 2014, in the first branch.
    tz("record", "development.apply", "--name", "周明", "--organisation", "第一支部", "--on", "2024-11-01")  # fmt: skip
    assert file(tz, "2024-11-10", "next", "by") == ("党组织派人谈话", "2024-12-01")
    assert due(tz, "next", "2024-11-10", "第一支部") == [("周明", "due_soon")]
    refusal = step(tz, "2024-12-20", refused=True)
    assert "1 个月内（发展党员工作细则 2014" in refusal
    step(tz, "2024-12-20", "--reason", "申请人在外地")
    step(tz, "2025-03-10")
    assert file(tz, "2025-03-10", "stage", "earliest") == ("入党积极分子", "2026-03-10")
    step(tz, "2025-03-20")
    step(tz, "2025-03-25", "--sponsor", "王小明")
    assert due(tz, "review", "2025-08-15", "第一支部") == [("周明", "due_soon")]
    step(tz, "2025-08-20")
    assert due(tz, "review", "2025-09-30", "第一支部") == []
    # The second branch goes on: the year counts from the first one's decision.
    tz("record", "development.move", *WHO, "--organisation", "第二支部", "--on", "2025-10-08")
    assert file(tz, "2025-10-08", "stage", "earliest") == ("入党积极分子", "2026-03-10")
    step(tz, "2026-02-01", "--step", "培养教育考察")
    # One and the same file: the next step is another one under the rules of 2026.
    assert file(tz, "2026-05-10", "next") == ("确定发展对象",)
    assert file(tz, "2026-05-11", "next") == ("支委会讨论拟列",)
    assert "2026（据二手资料）" in step(
        tz, "2026-05-20", "--step", "确定发展对象", refused=True
    )  # neither proposed, nor agreed to, nor put up
    step(tz, "2026-05-20")
    step(tz, "2026-05-25")
    tz(
        "record", "disclosure.post", "--name", "拟列发展对象公示", "--kind", "拟列发展对象",
        "--organisation", "第二支部", "--days", "5", "--on", "2026-05-26",
    )  # fmt: skip
    step(tz, "2026-05-26", "--disclosure", "拟列发展对象公示")
    assert file(tz, "2026-05-29", "next", "missing") == ("确定发展对象", "公示未结束")
    assert "公示到 2026-06-01，尚无结果" in step(tz, "2026-05-29", refused=True)
    tz("record", "disclosure.conclude", "--disclosure", "拟列发展对象公示", "--on", "2026-06-01")
    plan = ("record", "development.plan", "--year", "2026", "--on", "2026-02-20")
    tz(*plan, "--organisation", "社区党委", "--quota", "1")
    step(tz, "2026-06-02")
    assert file(tz, "2026-06-02", "stage", "missing") == ("发展对象", None)
    (used,) = tz("show", "development_plans", "--on", "2026-06-02")
    assert (used["used"], used["left"]) == (1, 0)
    step(tz, "2026-06-03", "--sponsor", "王小明", "--second", "李秀英")
    step(tz, "2026-06-20")
    assert "集中培训不足" in step(tz, "2026-07-01", "--days", "2", refused=True)
    step(tz, "2026-07-02", "--days", "3")
    step(tz, "2026-07-20")
    step(tz, "2026-08-01")
    step(tz, "2026-08-05")
    assert file(tz, "2026-08-06", "next", "by") == ("支部大会讨论接收", "2026-09-01")
    late = step(tz, "2026-09-10", refused=True)
    assert "1 个月内（发展党员工作细则 2026（据二手资料））" in late
    step(tz, "2026-09-10", "--reason", "大会两次不足法定人数")
    step(tz, "2026-11-20")
    assert len(tz("show", "members", "--on", "2026-12-01")) == 2
    approved = seq(step(tz, "2026-12-05", "--json"))
    # Three dates: decided in September, approved in December, a member from September on.
    assert file(tz, "2026-12-05", "decided", "approved", "effective", "probation_ends") == (
        "2026-09-10", "2026-12-05", "2026-09-10", "2027-09-10",
    )  # fmt: skip
    on = ("show", "members", "--on", "2026-10-01")
    assert {r["name"]: r["stage"] for r in tz(*on)}["周明"] == "预备党员"
    assert "周明" not in {r["name"] for r in tz(*on, "--known", str(approved - 1))}
    for day in ("2026-12-10", "2026-12-12", "2027-01-04", "2027-03-01"):
        step(tz, day)
    assert file(tz, "2027-03-01", "step", "next") == ("继续教育考察", "提出转正申请")
    assert due(tz, "confirm", "2027-08-01", "第二支部") == [("周明", "due_soon")]
    step(tz, "2027-08-25")
    step(tz, "2027-09-12")
    assert file(tz, "2027-09-13", "next", "by") == ("上级党委审批转正", "2027-12-12")
    step(tz, "2027-10-20")
    # Approved in October, a full member from the end of the probation.
    stages = {day: {r["name"]: r["stage"] for r in tz("show", "members", "--on", day)}["周明"]
              for day in ("2027-09-09", "2027-09-10")}  # fmt: skip
    assert stages == {"2027-09-09": "预备党员", "2027-09-10": "正式党员"}
    assert due(tz, "confirm", "2027-12-01", "第二支部") == []
    step(tz, "2027-10-28")
    assert file(tz, "2027-11-01", "state", "confirmed", "next", "missing") == (
        "已归档", "2027-09-10", None, None,
    )  # fmt: skip
