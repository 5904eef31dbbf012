"""A duty of what goes by steps: its due date is a computed column, by working days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

from taizhang.declarations.duties import State
from taizhang.duties.board import board, people
from taizhang.workspace import Workspace

CASES = '''
"""Cases of three working days."""

import datetime as dt

from taizhang.api import Name, Not, Programme, Row, Selection, Step, Unit, WorkingDays, field, steps

programme = Programme("casebook", "办件|Cases", api=1, needs=("units",))


class CaseRow(Row):
    """A case."""

    name: Name = field("名称|Name")
    unit: Unit = field("单位|Unit")


steps(
    programme, "matter", "办件|Case", CaseRow,
    (Step("accept", "受理|Accepted"), Step("handle", "办理|Handled", due=WorkingDays(3))),
    prefix="cb", title="name",
)
programme.duty(
    "matters", "按期办结|Handled in time",
    who=Selection("casebook_matters", where={"awaits": Not(None)}, due="due"),
    counts=None, per="standing", since=dt.date(2012, 1, 1), soon=3,
)
programme.figure("open", "在办|Open", select=Selection("casebook_matters", where={"awaits": Not(None)}), by="due")
'''


def test_cases_are_due_by_working_days(install: Callable[[str, str], None], tmp_path: Path) -> None:
    install("casebook", CASES)
    with Workspace.init(tmp_path / "store", today=dt.date(2012, 12, 31), actor="张三") as ws:
        ws.record("calendar.seed", {}, on="2012-01-01")
        top = ws.record("organisation.found", {"name": "工委", "kind": "党工委"}, on="2012-01-01")
        organisation = top.ids["organisation"]
        unit = {"name": "供电所", "kind": "国有企业", "organisation": organisation}
        ws.record("unit.register", unit, on="2012-01-01")
        fields = {"name": "路灯", "unit": "供电所"}
        made = ws.record("casebook.matter.accept", fields, on="2012-09-28", accept=True)

        def state(on: str) -> tuple[State, str]:
            (person,) = people(
                ws.at(on), next(board(ws.at(on), organisation))[0].window, organisation
            )
            assert person.due is not None
            return person.state, person.due.isoformat()

        # Friday; Saturday was worked, and then came eight days of holiday (story 7).
        assert state("2012-10-07") == ("due_soon", "2012-10-09")
        assert state("2012-10-09") == ("due_soon", "2012-10-09")
        assert state("2012-10-10") == ("overdue", "2012-10-09")
        handled = {"matter": made.ids["casebookmatter"]}
        ws.record("casebook.matter.handle", handled, on="2012-10-11", accept=True)
        assert list(board(ws.at("2012-10-11"))) == []
        assert state("2012-10-10") == ("overdue", "2012-10-09")
