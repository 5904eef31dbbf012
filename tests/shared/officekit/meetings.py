"""A branch of four members and its group, in the year in which most rules of voting hold; meetings of it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from taizhang.workspace import Workspace

LINES = ["王小明=出席", "张伟=请假", "李秀英"]
DAY = "2026-05-08"


def branch(path: Path) -> None:
    """Founds a store whose today is 2026-06-30."""
    with Workspace.init(path, today=dt.date(2026, 6, 30), actor="张三") as ws:
        for name, kind, parent in (
            ("天井湖社区党委", "党委", None),
            ("第一支部", "支部", "天井湖社区党委"),
            ("第一党小组", "党小组", "第一支部"),
            ("县供电局支部", "外部组织", None),
        ):
            fields = {"name": name, "kind": kind, "parent": parent}
            ws.record("organisation.found", fields, on="2005-01-01")
        for name in ("王小明", "张伟", "李秀英", "赵强"):
            fields = {"name": name, "organisation": "第一支部"}
            ws.record("member.register", fields, on="2010-01-01")


def hold(ws: Workspace, on: str = DAY, lines: Any = LINES, **fields: Any) -> int:
    """Records a meeting; its position."""
    given = {"organisation": "第一支部", "kinds": "支部党员大会,党课", "attendance": lines}
    return ws.record("meeting.hold", {**given, **fields}, on=on).seq[0]
