"""The tables' demonstration app with files to show in it, and the whole app on a small store."""

import datetime as dt
import shutil
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from types import ModuleType

import pytest

from taizhang.workspace import Workspace
from taizhang_tui.testing import Stage, staged


@pytest.fixture(scope="session")
def demo() -> ModuleType:
    """The app of a frame and a table of members."""
    from officekit import demo_app

    return demo_app


@pytest.fixture(scope="session")
def members(demo: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of 5,000 members, the hostile ones from number 20 on."""
    path = tmp_path_factory.mktemp("members") / "members.db"
    demo.make(path, 5_000)
    return path


Staged = Callable[..., AbstractAsyncContextManager[Stage]]


@pytest.fixture(name="staged")
def _staged() -> Staged:
    """``async with staged(store) as stage``: the app, its main screen read."""
    return staged


def _record(ws: Workspace, action: str, on: str, **fields: str) -> str:
    """Records an action; gives the new id, if there is one."""
    ids = ws.record(action, fields, on=on, accept=True).ids
    return str(next(iter(ids.values()), ""))


HOSTILE = ("李[/]", "[@click=app.quit]张", "[red]王[/red]", "陈\u202e文\u200b")
"""Names that would be markup, or would turn a line around."""


def _community(path: Path) -> None:
    """A small community: three branches of which one was merged, 26 members, letters, a team."""
    with Workspace.init(path, name="小社区", today=dt.date(2012, 12, 31), actor="示例员") as ws:
        top = _record(ws, "organisation.found", "2005-01-01", name="湖滨社区党委", kind="党委")
        branches = [
            _record(ws, "organisation.found", "2006-03-01", name=n, kind="支部", parent=top)
            for n in ("东湖支部", "西湖支部", "南湖支部")
        ]
        group = _record(
            ws,
            "organisation.found",
            "2006-04-01",
            name="第一党小组",
            kind="党小组",
            parent=branches[0],
        )
        outside = _record(
            ws, "organisation.found", "2006-03-01", name="铁路局机关支部", kind="外部组织"
        )
        names = ["王小明", "王晓敏", "吴新民", "赵国强", "钱桂英", "孙立伟", "周淑珍", "郑海燕"]
        for i, branch in enumerate(branches):
            for j, name in enumerate(names):
                member = _record(
                    ws,
                    "member.register",
                    f"200{7 + i}-05-11",
                    name=name if not i else name[0] + "东广正"[i] + name[2],
                    organisation=branch,
                    joined="2003-07-01",
                    phone="13812345678",
                    id_number=f"34070219750101{1234 + 8 * i + j}",
                    category="在职党员",
                )
                if not i and name == "王小明":
                    _record(
                        ws, "service.log", "2012-05-04", member=member, minutes="150", what="清扫"
                    )
                    _record(
                        ws, "member.join_group", "2008-01-01", member=member, organisation=group
                    )
                if not i and name == "赵国强":
                    _record(
                        ws,
                        "transfer.issue",
                        "2012-11-01",
                        member=member,
                        to=branches[1],
                        number="介1",
                    )
        for name in HOSTILE:
            _record(ws, "member.register", "2010-05-05", name=name, organisation=branches[1])
        _record(ws, "member.register", "2010-05-05", name="冯在外", organisation=outside)
        _record(ws, "organisation.merge", "2011-06-30", organisation=branches[2], to=branches[1])


@pytest.fixture(scope="session")
def community_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small community, built once. Not to be written."""
    path = tmp_path_factory.mktemp("community") / "store"
    _community(path)
    return path


@pytest.fixture
def community(community_template: Path, tmp_path: Path) -> Path:
    """A copy of the small community."""
    return Path(shutil.copytree(community_template, tmp_path / "community"))
