"""An office with a committee, a branch and a few members, for the tests of the bundled programmes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from officekit.desk import Desk

from taizhang.duties.board import STATES, states_of
from taizhang.duties.figures import figure_of, values
from taizhang.workspace import Workspace


class Office(Desk):
    """A desk with the words of duties and figures."""

    def row(self, table: str, on: str, known: int | None = None, **where: Any) -> dict[str, Any]:
        """The only row there is."""
        (row,) = self.ws.at(on, known).rows(table, **where)
        return row

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
