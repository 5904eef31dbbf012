"""The tables' demonstration app with files to show in it, and the whole app on a small store."""

import asyncio
import datetime as dt
import importlib.util
import shutil
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from types import ModuleType

import pytest
from textual.events import Key
from textual.keys import _character_to_key
from textual.pilot import Pilot

from taizhang.workspace import Workspace
from taizhang_tui.app import TaizhangApp
from taizhang_tui.data.desk import Desk


@pytest.fixture(scope="session")
def demo() -> ModuleType:
    """The module ``demo_app.py`` beside this file."""
    path = Path(__file__).with_name("demo_app.py")
    spec = importlib.util.spec_from_file_location("taizhang_demo_app", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def members(demo: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of 5,000 members, the hostile ones from number 20 on."""
    path = tmp_path_factory.mktemp("members") / "members.db"
    demo.make(path, 5_000)
    return path


PATIENCE = 30.0
"""Seconds after which something is taken not to happen; a busy computer may need many of them."""


class Stage:
    """The app on a store, run by a pilot: keys go in, text comes out."""

    def __init__(self, app: TaizhangApp, pilot: Pilot[int]) -> None:
        self.app, self.pilot = app, pilot

    def lines(self) -> list[str]:
        """What the screen shows, line by line."""
        return [strip.text for strip in self.app.screen._compositor.render_strips()] or [""]

    def text(self) -> str:
        """What the screen shows."""
        return "\n".join(self.lines())

    async def press(self, *keys: str) -> None:
        """Presses keys; one that begins with a quote is typed letter by letter."""
        for key in keys:
            for one in key[1:] if key.startswith("'") else [key]:
                name = _character_to_key(one) if len(one) == 1 else one
                self.app.post_message(Key(name, one if len(one) == 1 else None))
        await self.until(lambda: self.app._message_queue.empty() and not self.app.typing)
        await asyncio.sleep(0)

    async def until(self, condition: Callable[[], object], seconds: float = PATIENCE) -> None:
        """Waits for something that a thread brings about."""
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, f"it did not happen:\n{self.text()}"
            await asyncio.sleep(0.02)

    async def shows(self, *words: str, seconds: float = PATIENCE) -> None:
        """Waits until all the words are on the screen."""
        await self.until(lambda: all(word in self.text() for word in words), seconds)

    def told(self) -> list[str]:
        """The messages, each as one line without blanks: where they are wrapped depends on the width."""
        return ["".join(n.message.split()) for n in self.app._notifications]

    async def tells(self, *words: str) -> None:
        """Waits until one message has all the words."""
        bare = ["".join(word.split()) for word in words]
        await self.until(lambda: any(all(word in told for word in bare) for told in self.told()))

    async def gone(self, word: str) -> None:
        """Waits until a word is off the screen."""
        await self.until(lambda: word not in self.text())


Staged = Callable[..., AbstractAsyncContextManager[Stage]]


@pytest.fixture
def staged() -> Staged:
    """``async with staged(store) as stage``: the app, its main screen read."""

    @asynccontextmanager
    async def run(
        path: Path, size: tuple[int, int] = (80, 24), actor: str = "测试员", wait: str = "姓名"
    ) -> AsyncIterator[Stage]:
        desk = Desk(str(path), actor)
        app = TaizhangApp(desk, desk.open())
        try:
            async with app.run_test(size=size, notifications=True) as pilot:
                stage = Stage(app, pilot)
                await stage.shows(wait)
                await stage.until(lambda: not stage.app.workers._workers)
                yield stage
        finally:
            desk.close()

    return run


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
            for name in names:
                member = _record(
                    ws,
                    "member.register",
                    f"200{7 + i}-05-11",
                    name=name if not i else name[0] + "东广正"[i] + name[2],
                    organisation=branch,
                    joined="2003-07-01",
                    phone="13812345678",
                    id_number="340702197501011234",
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
