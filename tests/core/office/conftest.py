"""A desk: one real store in a temporary folder, and short words for working on it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from officekit import meetings
from officekit.desk import Desk

from taizhang.ledger.view import LedgerView
from taizhang.workspace import Workspace


class SlicesDesk(Desk):
    """A desk with the words of the core's slices."""

    def at(self, on: str) -> LedgerView:
        """The ledger on a day."""
        return self.ws.at(on)

    def rows(self, table: str, on: str, **where: Any) -> list[dict[str, Any]]:
        """Rows of a table on a day."""
        return self.ws.at(on).rows(table, **where)

    def value(self, table: str, column: str, on: str, **where: Any) -> Any:
        """One column of the only row there is."""
        (row,) = self.rows(table, on, **where)
        return row[column]

    def branch(self, member: str, on: str) -> str:
        """The one branch that a member is in on a day."""
        return str(self.value("memberships", "organisation", on, member=member))

    def organisation(
        self, name: str, kind: str, parent: str | None = None, on: str | None = None
    ) -> str:
        """Founds an organisation."""
        return self.make("organisation.found", on, name=name, kind=kind, parent=parent)

    def member(self, name: str, organisation: str, on: str | None = None, **more: Any) -> str:
        """Registers a member."""
        return str(
            self.do("member.register", on, name=name, organisation=organisation, **more).ids[
                "member"
            ]
        )


def _empty(path: Path) -> None:
    Workspace.init(path, today=dt.date(2012, 12, 31), actor="张三").close()


@pytest.fixture
def desk(copied: Callable[..., Path]) -> Iterator[SlicesDesk]:
    """A desk on an empty store whose today is 2012-12-31."""
    with Workspace.open(copied(_empty), actor="张三") as ws:
        yield SlicesDesk(ws)


@pytest.fixture
def tree(desk: SlicesDesk) -> dict[str, str]:
    """A 党工委 with a 总支, two branches, a group in the first, and an organisation outside."""
    planted = {"工委": desk.organisation("天井湖社区党工委", "党工委")}
    planted["总支"] = desk.organisation("天桥新村总支", "总支", planted["工委"])
    planted["一"] = desk.organisation("第一支部", "支部", planted["总支"])
    planted["二"] = desk.organisation("第二支部", "支部", planted["总支"])
    planted["组"] = desk.organisation("第一党小组", "党小组", planted["一"])
    planted["外"] = desk.organisation("县供电局党支部", "外部组织")
    return planted


@pytest.fixture
def branch(copied: Callable[..., Path]) -> Path:
    """A store whose today is 2026-06-30, with a branch of four members and its group."""
    return copied(meetings.branch)


@pytest.fixture
def ws(branch: Path) -> Iterator[Workspace]:
    """The same, open."""
    with Workspace.open(branch, actor="张三") as opened:
        yield opened
