"""A balance of amounts: what a branch has in its box, what it took and paid, in yuan; and of time and numbers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from taizhang.workspace import Workspace

if TYPE_CHECKING:
    from conftest import Office

PROGRAMME = '''
"""活动经费: what is in the box when it is counted, and what came and went."""

from taizhang.api import (
    Choice, Money, Organisation, Programme, Row, Selection, deed_of, field, flow_in, flow_out
)

programme = Programme("box", "活动经费|The box", api=1, needs=("organisations",))


class BoxRow(Row):
    """The box of a branch as it was counted (盘点)."""

    organisation: Organisation = field("组织|Organisation")
    amount: Money = field("结存|In it")


class TakenRow(Row):
    """An amount that came, or went."""

    organisation: Organisation = field("组织|Organisation")
    way: Choice = field("收支|Way", choices=("收入|In", "支出|Out"))
    amount: Money = field("金额|Amount", low=1)


boxes = programme.spans("boxes", "结存|Boxes", BoxRow, key=("organisation",))
moves = programme.records("moves", "收支|Moves", TakenRow)
deed_of(programme, boxes, "box.count", "盘点|Count", event="box_counted")
deed_of(programme, moves, "move.record", "记收支|Record a move", event="move_recorded")


def _moved(way):
    return Selection("box_moves", "organisation", where={"way": way})


programme.balance(
    "funds", "经费收支结存表|Funds", stock=Selection("box_boxes"), sum="amount", per="month",
    flows=[
        flow_in("收入|Taken", _moved("收入"), sum="amount"),
        flow_out("支出|Paid", _moved("支出"), sum="amount"),
    ],
)
'''


def _branches(path: Path) -> None:
    with Workspace.init(path, today=dt.date(2012, 6, 30), actor="张三") as ws:

        def do(action: str, on: str, **fields: str) -> None:
            ws.record(action, fields, on=on)

        do("organisation.found", "2012-01-01", name="社区党工委", kind="党工委")
        for name in ("第一支部", "第二支部"):
            fields = {"name": name, "kind": "支部", "parent": "社区党工委"}
            do("organisation.found", "2012-01-01", **fields)
            do("box.box.count", "2012-05-31", organisation=name, amount="1,000.50")
        for way, amount in (("收入", "200.25"), ("支出", "1000.75")):
            do("box.move.record", "2012-06-10", organisation="第一支部", way=way, amount=amount)
        do("box.move.record", "2012-06-11", organisation="第二支部", way="支出", amount="0.50")
        do("box.box.count", "2012-06-29", organisation="第一支部", amount="200")
        do("box.box.count", "2012-06-29", organisation="第二支部", amount="900")


@pytest.fixture
def branches(
    install: Callable[[str, str], None],
    copied: Callable[..., Path],
    capsys: pytest.CaptureFixture[str],
    office_of: Callable[[Path], Office],
) -> Office:
    install("box", PROGRAMME)
    return office_of(copied(_branches))


def test_opening_and_what_came_less_what_went_is_closing_in_yuan(branches: Office) -> None:
    sheet = branches.read("figures", "funds")
    assert (sheet["opening"], sheet["closing"], sheet["kind"]) == (2001, 1100, "money")
    assert [(f["label"], f["count"]) for f in sheet["flows"]] == [
        ("收入", 200.25),
        ("支出", 1001.25),
    ]
    # A hundred yuan are missing, and it is told where.
    assert sheet["residual"] == -100
    assert [(u["name"], u["change"]) for u in sheet["unexplained"]] == [("第二支部", -100)]
    first = branches.read("figures", "funds", "--organisation", "第一支部")
    assert (first["opening"], first["closing"], first["residual"]) == (1000.5, 200, 0)
    _, out, _ = branches("figures", "funds", "--closing", "1,200.00")
    assert "金额（元）" in out
    assert "1,100.00（书面 1,200.00）" in out
    assert "第二支部" in out
    assert out.rstrip().endswith("-100.00")
    rows = branches.read("figures", "funds", "--rows", "--organisation", "第二支部")
    assert [(r["flow"], r["name"], r["amount"]) for r in rows] == [
        ("期初", "第二支部", 1000.5), ("支出", "第二支部", 0.5), ("期末", "第二支部", 900)
    ]  # fmt: skip
    code, _, err = branches("figures", "funds", "--closing", "许多")
    assert (code, "应为金额" in err) == (2, True)
    before = branches.read("figures", "funds", "--window", "2012-05-01")
    assert (before["opening"], before["closing"], before["residual"]) == (0, 2001, 2001)
