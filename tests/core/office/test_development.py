"""Development files: what is found, what stops and goes on, and what follows for membership (G.lifecycle)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from taizhang.api import ERASED, in_force
from taizhang.maintenance.erasing import erase
from taizhang.office.development.course import STEPS, edition_of
from taizhang.office.development.screens import guide

Tree = dict[str, str]
UP_TO_MEETING = (
    ("2009-01-05", "党组织派人谈话"),
    ("2009-02-01", "确定入党积极分子"),
    ("2009-02-02", "指定培养联系人"),
    ("2009-08-01", "培养教育考察"),
    ("2010-03-01", "确定发展对象"),
    ("2010-03-02", "确定入党介绍人"),
    ("2010-03-10", "政治审查"),
    ("2010-03-20", "集中培训"),
    ("2010-04-01", "支委会审查"),
    ("2010-04-05", "填写入党志愿书"),
    ("2010-05-01", "支部大会讨论接收"),
    ("2010-05-10", "上级党委派人谈话"),
)
"""The days of one file under the edition of 1990, which has no filing and no examination by the superior."""


@pytest.fixture
def tree(desk: Any) -> Tree:
    """A 党工委 with two branches."""
    top = desk.organisation("天井湖社区党工委", "党工委", None, "2009-01-01")
    found = {key: desk.organisation(f"第{key}支部", "支部", top, "2009-01-01") for key in "一二"}
    return {"工委": top, **found}


class Files:
    """Short words for one file."""

    def __init__(self, desk: Any, branch: str, name: str = "周明", **more: Any) -> None:
        self.desk, self.name = desk, name
        made = desk.do("development.apply", "2009-01-01", name=name, organisation=branch, **more)
        self.id = made.ids["development"]

    def step(self, on: str, step: str | None = None, **more: Any) -> Any:
        fields = {"development": self.id, "step": step, **more}
        return self.desk.ws.record(
            "development.record", {k: v for k, v in fields.items() if v is not None}, on=on
        )

    def refused(self, on: str, step: str | None = None, **more: Any) -> str:
        fields = {"development": self.id, "step": step, **more}
        return self.desk.refused("development.record", on, **{k: v for k, v in fields.items() if v})

    def do(self, verb: str, on: str, **more: Any) -> Any:
        return self.desk.do(f"development.{verb}", on, development=self.id, **more)

    def row(self, on: str) -> dict[str, Any]:
        (row,) = self.desk.rows("development", on, id=self.id)
        return row

    def admitted(self) -> str:
        """Goes as far as the approval of the admission; gives the member's id."""
        for day, term in UP_TO_MEETING:
            self.step(day, term)
        self.step("2010-07-01", "上级党委审批接收")
        return str(self.row("2010-07-01")["member"])


def test_probation_is_extended_once_put_off_and_confirmed(desk: Any, tree: Tree) -> None:
    """Under the edition of 1990 nothing is missing; extension moves the end, putting off does not."""
    file = Files(desk, tree["一"])
    member = file.admitted()
    row = file.row("2010-07-01")
    assert (row["missing"], row["probation_ends"], row["stage"]) == (None, "2011-05-01", "预备党员")
    assert desk.value("members", "stage", "2010-05-01", id=member) == "预备党员"
    file.step("2010-07-02", "编入党支部和党小组")
    file.step("2010-07-03", "入党宣誓")
    file.step("2010-12-01", "继续教育考察")
    file.step("2011-04-20", "提出转正申请")
    assert "没有这种结果" in file.refused("2011-05-02", "政治审查", result="取消")
    assert "延长须填延长月数" in file.refused("2011-05-02", result="延长")
    assert "半年至一年" in file.refused("2011-05-10", "上级党委审批转正", result="延长", months=3)
    file.step("2011-05-02", "支部大会讨论转正", result="延长", months=6)
    file.step("2011-05-20", "上级党委审批转正", result="延长", months=6)
    row = file.row("2011-06-01")
    assert (row["probation_ends"], row["next"], row["by"]) == (
        "2011-11-01",
        "提出转正申请",
        "2011-11-01",
    )
    assert "只能延长一次" in file.refused("2011-11-02", "支部大会讨论转正", result="延长", months=6)
    assert "超过 6 个月" in desk.refused(
        "development.put_off", "2011-10-01", development=file.id, through="2012-06-01"
    )
    file.do("put_off", "2011-10-01", through="2012-03-01")
    assert file.row("2011-10-01")["by"] == "2012-03-01"
    file.step("2012-02-01", "提出转正申请")
    file.step("2012-02-10", "支部大会讨论转正")
    file.step("2012-03-10", "上级党委审批转正")
    # The old end counts, though it was discussed later.
    assert file.row("2012-03-10")["confirmed"] == "2011-11-01"
    assert desk.value("members", "stage", "2011-11-01", id=member) == "正式党员"
    assert desk.value("members", "stage", "2011-10-31", id=member) == "预备党员"
    file.step("2012-03-20", "材料归档")
    assert file.row("2012-03-20")["state"] == "已归档"
    desk.sound()


def test_cancelled_on_approval_and_developed_anew(desk: Any, tree: Tree) -> None:
    """Whoever is cancelled leaves on the approval; a later file leads the same person back."""
    file = Files(desk, tree["一"])
    member = file.admitted()
    desk.ws.record(
        "development.record",
        {"development": file.id, "step": "支部大会讨论转正", "result": "取消"},
        on="2010-10-01",
        reason="支部大会决定",
    )
    assert desk.rows("members", "2010-10-31", id=member)
    file.step("2010-11-01", "上级党委审批转正", result="取消")
    assert file.row("2010-11-01")["state"] == "取消资格"
    assert not desk.rows("members", "2010-11-01", id=member)
    assert desk.value("departures", "how", "2010-12-01") == "取消预备党员资格"
    assert "取消资格" in file.refused("2010-12-01", "材料归档")
    again = desk.make(
        "development.apply", "2011-01-01", name="周明", organisation=tree["二"], member=member,
        special="其他特殊情况",
    )  # fmt: skip
    desk.do("development.record", "2012-05-01", development=again, step="上级党委审批接收")
    assert desk.value("memberships", "how", "2012-05-01", member=member) == "重新入党"
    assert desk.value("members", "stage", "2012-05-01", id=member) == "预备党员"
    desk.sound()


def test_periods_add_up_over_a_rest_and_branches(desk: Any, tree: Tree) -> None:
    """A file that rested for 92 days may come to its candidate 92 days later; the member's move takes it along."""
    file = Files(desk, tree["一"])
    file.step("2009-01-05", "党组织派人谈话")
    file.step("2009-02-01", "确定入党积极分子")
    assert file.row("2009-02-01")["earliest"] == "2010-02-01"
    file.do("stop", "2009-05-01")
    assert "中止" in file.refused("2009-06-01", "指定培养联系人")
    file.do("resume", "2009-08-01", organisation=tree["二"])
    row = file.row("2009-08-01")
    assert (row["organisation"], row["paused"], row["earliest"]) == (tree["二"], 92, "2010-05-04")
    file.step("2009-08-02", "指定培养联系人")
    file.step("2009-09-01", "培养教育考察")
    assert "满 12 个月后" in file.refused("2010-05-03", "确定发展对象")
    file.step("2010-05-04", "确定发展对象")
    for day, term in (
        ("2010-06-01", "确定入党介绍人"), ("2010-06-02", "政治审查"), ("2010-06-03", "集中培训"),
        ("2010-06-04", "支委会审查"), ("2010-06-05", "填写入党志愿书"),
        ("2010-06-06", "支部大会讨论接收"), ("2010-06-07", "上级党委派人谈话"),
        ("2010-07-01", "上级党委审批接收"),
    ):  # fmt: skip
        file.step(day, term)
    member = file.row("2010-07-01")["member"]
    desk.do("member.move", "2010-08-01", member=member, organisation=tree["一"])
    assert file.row("2010-08-01")["organisation"] == tree["一"]
    desk.do("member.leave", "2010-09-01", member=member, how="死亡")
    assert file.row("2010-09-01")["state"] == "中止"
    assert file.row("2010-09-01")["next"] is None
    desk.sound()


def test_special_admissions_plans_and_sponsors(desk: Any, tree: Tree) -> None:
    """Of a special admission nothing is missing; the second candidate is beyond a quota of one."""
    special = Files(desk, tree["一"], "吴刚", special="直接接收")
    special.step("2009-03-01", "上级党委审批接收")
    assert special.row("2009-03-01")["stage"] == "预备党员"
    desk.do("development.plan", "2009-12-01", organisation=tree["工委"], year=2010, quota=1)
    first, second = Files(desk, tree["一"]), Files(desk, tree["二"], "郑华")
    for file in (first, second):
        for day, term in UP_TO_MEETING[:4]:
            file.step(day, term)
    first.step("2010-03-01", "确定发展对象")
    assert "超过当年计划" in second.refused("2010-03-02", "确定发展对象")
    desk.ws.record(
        "development.record", {"development": second.id}, on="2010-03-02", reason="追加指标"
    )
    (plan,) = desk.rows("development_plans", "2010-12-31")
    assert (plan["used"], plan["left"]) == (2, -1)
    assert "前面有步骤没有记（发展党员工作细则（试行）1990）" in first.refused(
        "2010-04-01", "政治审查"
    )
    sponsor = desk.member("预备者", tree["一"], stage="预备党员")
    assert "应为正式党员" in first.refused("2010-04-01", "确定入党介绍人", sponsor=sponsor)
    board = guide(desk.at("2010-12-31"), "zh")
    assert "1990" in board.words
    told = [tuple(row[2:]) for row in board.rows if row[1] == "周明"]
    assert told[0] == ("1", "递交入党申请书", "已办", "2009-01-01", "")
    assert [row[1] for row in told if row[2] == "下一步"] == ["确定入党介绍人"]
    assert [row[0] for row in told if row[2] == "未办"][:2] == ["10", "11"]
    # The file's name is the person's: erasing the one erases the other.
    erase(desk.ws, "member", special.row("2010-12-31")["member"], "本人要求")
    assert special.row("2010-12-31")["name"] == ERASED
    figures = desk.at("2010-12-31").counts("development", "stage")
    assert figures == {"预备党员": 1, "发展对象": 2}


@pytest.mark.parametrize(
    ("day", "wanted"),
    [
        (dt.date(2010, 1, 1), 20),
        (dt.date(2020, 1, 1), 25),
        (dt.date(2026, 5, 11), 27),
    ],
)
def test_the_steps_of_an_edition(day: dt.date, wanted: int) -> None:
    assert len(in_force(STEPS, day)) == wanted
    assert edition_of(day).label.count("二手") == (wanted == 27)
