"""A desk: one real store in a temporary folder, and short words for working on it."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from officekit import meetings
from officekit.commands import Run, runner
from officekit.desk import Desk

from taizhang.cli import main
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


@pytest.fixture(scope="module")
def registers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with a general branch, a member and a unit."""
    store = tmp_path_factory.mktemp("registers") / "store"
    for words in (
        ("init", "--since", "2009-01-01", "--programmes", ""),
        ("record", "organisation.found", "--name", "桃源社区党总支", "--kind", "总支"),
        ("record", "organisation.found", "--name", "第一支部", "--kind", "支部"),
        ("record", "member.register", "--name", "王小明", "--organisation", "第一支部"),
        ("record", "unit.register", "--name", "环城一小", "--kind", "事业单位"),
        ("record", "calendar.seed", "--first", "2012", "--last", "2012"),
    ):
        on = ("--on", "2009-01-01") if words[0] == "record" else ()
        with pytest.raises(SystemExit) as end:
            main(["--store", str(store), *words, *on])
        assert end.value.code in (0, None), words
    return store


@pytest.fixture
def tz(registers: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command on a copy of the store; gives its JSON, or what it refused."""
    return runner(shutil.copytree(registers, tmp_path / "store"), capsys)
