"""An office with a committee, a branch and a few members, for the tests of the bundled programmes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from taizhang.duties.board import STATES, states_of
from taizhang.duties.figures import figure_of, values
from taizhang.errors import TaizhangError
from taizhang.ledger.findings import find
from taizhang.workspace import Receipt, Workspace


class Office:
    """Records actions and reads tables; ``ws`` is the workspace underneath."""

    def __init__(self, ws: Workspace) -> None:
        self.ws = ws

    def do(self, action: str, on: str, **fields: Any) -> Receipt:
        """Records an action on a day."""
        return self.ws.record(action, fields, on=on)

    def make(self, action: str, on: str, **fields: Any) -> str:
        """Records an action and gives the id of what it made."""
        (made,) = self.do(action, on, **fields).ids.values()
        return str(made)

    def refused(self, action: str, on: str, **fields: Any) -> str:
        """The Chinese sentence with which an action is refused; nothing may have been written."""
        before = self.ws.log.head()
        with pytest.raises(TaizhangError) as refusal:
            self.do(action, on, **fields)
        assert self.ws.log.head() == before
        zh, en = refusal.value.pair
        assert zh != en
        return zh

    def row(self, table: str, on: str, known: int | None = None, **where: Any) -> dict[str, Any]:
        """The only row there is."""
        (row,) = self.ws.at(on, known).rows(table, **where)
        return row

    def codes(self, on: str) -> list[str]:
        """The findings of a day."""
        return [f.code for f in find(self.ws.at(on))]

    def id(self, name: str) -> str:
        """The id of a member by name."""
        (found,) = self.ws.at("2012-01-01").called("member", name)
        return found

    def states(
        self, duty: str, kind: str, id: str, on: str, known: int | None = None
    ) -> list[tuple[str, int | None]]:
        """State and value of one entity in a duty: of the window that runs, after the one before it."""
        found = states_of(self.ws.at(on, known), kind, [id], tuple(STATES), [duty]).get(id, [])
        found.sort(key=lambda s: s.window.begin)
        return [(s.state, s.value) for s in found]

    def figure(self, name: str, on: str, within: str | None = None) -> dict[object, int | None]:
        """The numbers of a figure by group, the whole under None; of the last period there is."""
        ledger = self.ws.at(on)
        figure = figure_of(ledger, name)
        inside = None if within is None else ledger.called("organisation", within)[0]
        every = values(ledger, figure, inside)
        last = [v for v in every if v.period == every[-1].period]
        return {None if v.whole else v.group: v.value for v in last}

    def sound(self) -> None:
        """Nothing breaks a hard rule, and a rebuild gives the same rows."""
        assert [f for f in self.ws.findings() if f.hard] == []
        tables = self.ws.registry.tables
        before = {t: self.ws.at().spans(t) for t in tables}
        self.ws.rebuild()
        assert {t: self.ws.at().spans(t) for t in tables} == before


def _opened(path: Path) -> None:
    with Workspace.init(path, today=dt.date(2012, 12, 31), actor="张三") as ws:
        for name, kind, parent in (
            ("社区党工委", "党工委", None),
            ("第一支部", "支部", "社区党工委"),
            ("外地党组织", "外部组织", None),
        ):
            fields = {"name": name, "kind": kind, "parent": parent}
            ws.record("organisation.found", fields, on="2010-01-01")
        for name, category in (("甲", "在册党员"), ("乙", "在册党员"), ("丙", "流动党员")):
            fields = {"name": name, "organisation": "第一支部", "category": category}
            ws.record("member.register", fields, on="2010-01-01")
        ws.record("calendar.seed", {}, on="2010-01-01")


@pytest.fixture
def office(copied: Callable[..., Path]) -> Iterator[Office]:
    """The office: 甲 and 乙 are on the roll of 第一支部, 丙 is mobile; all years are arranged."""
    with Workspace.open(copied(_opened), actor="张三") as ws:
        yield Office(ws)
